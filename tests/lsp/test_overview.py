"""What plugins are told of the whole workspace: ``redline/overview``."""

from __future__ import annotations

from .assisted import HUMAN, PATH, THEIRS, assist, command
from .conftest import PUSH
from .test_document_state import able, edge, state
from .test_notebooks import SYNC, Book

CHECK = "redline.checkWorkspace"
TEAM = """\
schema: policy/1
extends: [builtin:evals-default]
zones:
  - {id: secrets, title: Secret answers, globs: [answers/]}
rules:
  - id: secret-answers
    title: Nobody's model writes answers
    zones: [secrets]
    by: [any]
    effect: forbid
    message: Answers are written by people.
    help: Write it yourself.
    why: They are the key.
"""


def overview(client):
    """The only project of the workspace."""
    (project,) = client.request("redline/overview")["projects"]
    return project


def zone(project, name):
    """One of a project's zones."""
    (found,) = (one for one in project["zones"] if one["name"] == name)
    return found


def findings(project):
    """All findings: zone, path and message."""
    return [
        (one["name"], file["path"], finding["message"].partition(".")[0])
        for one in project["zones"]
        for file in one["files"]
        for finding in file["findings"]
    ]


def changed(client):
    """Wait until there is something new."""
    client.notification("redline/overviewChanged")


def test_zones_stand_in_the_policys_order_with_what_they_protect(start, maze):
    maze.write("redline.yaml", TEAM)
    project = overview(start(able()))
    assert (project["uri"], project["name"]) == (maze.root.as_uri(), "maze")
    assert project["rules"] == [(maze.root / "redline.yaml").as_uri()]
    assert (project["checked"], project["complete"]) == (None, False)
    assert "fault" not in project
    forbidden = "external assistants may not write here"
    reviewed = "what external assistants write here needs a human review"
    assert [(one["name"], one["protects"]) for one in project["zones"]] == [
        ("eval-task", forbidden),
        ("grader", forbidden),
        ("training-data", forbidden),
        ("model-accessible", "assistants may not write here"),
        ("scaffolding", reviewed),
        ("calibration", reviewed),
        ("workflow", reviewed),
        ("secrets", "assistants may not write here"),
    ]
    secrets = zone(project, "secrets")
    assert (secrets["title"], secrets["files"]) == ("Secret answers", [])
    assert secrets["location"] == {
        "uri": (maze.root / "redline.yaml").as_uri(),
        "range": {
            "start": {"line": 3, "character": 0},
            "end": {"line": 3, "character": 0},
        },
    }
    # A shipped pack lies in no file of the project.
    assert "location" not in zone(project, "grader")


def test_an_open_document_is_told_from_what_it_holds(start, maze):
    assist(maze)
    client = start(able(), delay=50)
    uri = (maze.root / PATH).as_uri()
    client.open(uri, HUMAN + THEIRS)
    state(client)
    (file,) = zone(overview(client), "grader")["files"]
    assert (file["uri"], file["path"]) == (uri, PATH)
    (finding,) = file["findings"]
    assert (finding["rule"], finding["level"]) == ("grader-external", "error")
    assert (finding["assistant"], finding["strength"]) == ("claude-code", "recorded")
    assert finding["range"]["start"] == {"line": 5, "character": 0}
    assert finding["message"].startswith("These 12 lines were written by Claude Code. ")
    assert [one["words"] for one in finding["evidence"]] == [
        "Claude Code: wrote this text to this file (recorded, 2026-03-01 10:00 UTC)",
        "zone grader: matches 'graders/'",
    ]
    shown = command(
        client,
        "redline.showEvidence",
        {"uri": uri, "fingerprint": finding["fingerprint"], "show": False},
    )
    assert shown["comparisons"][0]["rows"]
    # A key moves it at once.
    client.change(uri, 2, (0, 0, 0, 0, "\n"))
    (file,) = zone(overview(client), "grader")["files"]
    assert file["findings"][0]["range"]["start"] == {"line": 6, "character": 0}


def test_a_check_of_the_workspace_tells_of_files_that_are_not_open(start, maze):
    assist(maze)
    maze.write(PATH, HUMAN + THEIRS)
    maze.write("graders/clean.py", HUMAN)
    client = start(able())
    assert findings(overview(client)) == []
    command(client, CHECK)
    project = overview(client)
    assert findings(project) == [
        ("grader", PATH, "These 12 lines were written by Claude Code"),
    ]
    assert project["complete"] is True
    assert project["checked"].endswith("Z")
    # What was mended since is told no more.
    maze.write(PATH, HUMAN)
    command(client, CHECK)
    assert findings(overview(client)) == []


def test_a_check_is_news(start, maze):
    client = start(able())
    client.ask("workspace/executeCommand", {"command": CHECK, "arguments": []})
    changed(client)


def test_what_an_open_document_holds_counts_and_its_file_once_it_is_closed(start, maze):
    assist(maze)
    maze.write(PATH, HUMAN + THEIRS)
    client = start(able())
    command(client, CHECK)
    uri = (maze.root / PATH).as_uri()
    client.open(uri, HUMAN)
    state(client)
    assert findings(overview(client)) == []
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert len(findings(overview(client))) == 1


def test_news_are_told_when_findings_come_and_go_and_not_for_every_key(start, maze):
    assist(maze)
    client = start(able(), delay=50)
    uri = (maze.root / PATH).as_uri()
    client.open(uri, HUMAN + THEIRS)
    changed(client)
    count = len(client.seen)
    for version in range(2, 12):
        client.change(uri, version, (2, 0, 2, 0, "x"))
    edge(client, uri)
    # Whatever was to be told stands before the answer to a request.
    assert not any(one.get("method") == "redline/overviewChanged" for one in client.seen[count:])
    client.change(uri, 12, (5, 0, 17, 0, ""))
    changed(client)
    assert findings(overview(client)) == []


def test_a_rule_file_that_is_wrong_is_told_and_the_old_rules_stay(start, maze):
    maze.write("redline.yaml", TEAM)
    client = start(able())
    assert "secrets" in [one["name"] for one in overview(client)["zones"]]
    uri = (maze.root / "redline.yaml").as_uri()
    broken = TEAM.replace("globs: [answers/]", "glob: [answers/]")
    client.open(uri, TEAM, language="yaml")
    client.change(uri, 2, broken)
    maze.write("redline.yaml", broken)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    changed(client)
    project = overview(client)
    assert project["fault"].startswith("redline.yaml:4: ")
    assert project["rules"] == [uri]
    assert "secrets" in [one["name"] for one in project["zones"]]


def test_cells_are_told_by_their_own_names(start, maze):
    assist(maze)
    client = start({**able(), "notebookDocument": SYNC})
    book = Book(client, maze, [("a", HUMAN), ("b", THEIRS)])
    state(client, book.key("b"))
    (file,) = zone(overview(client), "grader")["files"]
    assert (file["uri"], file["path"]) == (book.key("b"), "graders/way.ipynb")


def test_each_project_is_told(start, maze, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    client = start(able(), folders=[maze.root.as_uri(), other.as_uri()])
    projects = client.request("redline/overview")["projects"]
    assert [one["name"] for one in projects] == ["maze", "other"]
    gone = {"added": [], "removed": [{"uri": other.as_uri(), "name": "other"}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": gone})
    changed(client)
    assert overview(client)["name"] == "maze"


def test_of_very_many_findings_the_loudest_are_told(start, maze):
    assist(maze)
    for number in range(11):
        marked = "".join(f"# Generated by Claude Code\nx = {row}\n" for row in range(200))
        maze.write(f"graders/{number:02}.py", marked)
    maze.write(PATH, HUMAN + THEIRS)
    client = start(able())
    command(client, CHECK)
    project = overview(client)
    told = findings(project)
    assert len(told) + project["more"] == 2_201
    assert len(told) == 2_000
    assert ("grader", PATH, "These 12 lines were written by Claude Code") in told


def test_as_a_client_without_a_view_nothing_is_told(start, maze):
    assist(maze)
    client = start(PUSH)
    uri = (maze.root / PATH).as_uri()
    client.open(uri, HUMAN + THEIRS)
    edge(client, uri)
    assert not any(one.get("method", "").startswith("redline/") for one in client.seen)
