"""What is open follows what happens to it: folders, names, settings, and clients that err."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from assistant_log import Log
from redline.indexer import update
from redline.indexer.edits import LiveEdit, learn
from repositories import Sample

from .client import PATIENCE
from .conftest import PUSH
from .test_landing import OTHER, OWN, _await_index, hint
from .test_notebooks import ABLE, Book, none, some
from .test_watching import MARKED, WAY, rules

ASKED = ["paste-of-unknown-origin"]
FOUND = ["grader-external"]


@pytest.fixture
def served(start, maze):
    """A client of a server that is asked to judge soon, and a grader's URI."""
    return start(PUSH, delay=20), (maze.root / "graders/name.py").as_uri()


def closed(client, uri):
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def saved(client, uri):
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def folders(client, added=(), removed=()):
    event = {
        name: [{"uri": uri, "name": "one"} for uri in uris]
        for name, uris in (("added", added), ("removed", removed))
    }
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})


def faults(client):
    """The errors that the server noted; it must have ended."""
    return [line for line in client.said if "Traceback" in line or " ERROR " in line]


ODD = [
    "",
    "x",
    "file:",
    "file:///",
    "file:///c:/graders/way.py",
    "file:///C%3A/graders/way.py",
    "file://server/share/graders/way.py",
    "file:////graders/way.py",
    "file:///graders/a%00b.py",
    "file:///graders/%ff%fe.py",
    "file:///graders/" + "a" * 10_000,
    "file:///" + "graders/" * 2_000 + "way.py",
    "file:///graders/\ud800.py",
    "file://[/graders/way.py",
    "untitled://[x",
    "untitled:",
    "untitled:Untitled-1",
    "untitled:/graders/new.py",
    "git:/graders/way.py?{}",
    "vscode-notebook-cell:/graders/way.ipynb#x",
    "http://example.org/graders/way.py",
    "%%%",
    "file:///%",
]


@pytest.mark.parametrize("workspace", [True, False], ids=["in a workspace", "alone"])
def test_no_uri_ends_anything(start, maze, workspace):
    client = start(PUSH, folders=None if workspace else [])
    for uri in ODD:
        client.open(uri, MARKED)
        client.change(uri, 2, (0, 0, 0, 0, "\n"))
        saved(client, uri)
        closed(client, uri)
    uri = (maze.root / "graders/new.py").as_uri()
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    client.shut_down()
    client.wait()
    assert faults(client) == []


def test_dots_in_a_uri_do_not_hide_a_protected_place(served, maze):
    client, _ = served
    uri = f"{maze.root.as_uri()}/src/../graders/new.py"
    client.open(uri, MARKED)
    rules(client, uri, FOUND)


def test_a_link_in_a_protected_place_is_judged_there_in_a_workspace_behind_a_link(
    start, maze, tmp_path
):
    (tmp_path / "link").symlink_to(maze.root)
    maze.write("src/way.py", MARKED)
    (maze.root / "graders/link.py").symlink_to("../src/way.py")
    (maze.root / "evals").symlink_to("src")
    client = start(PUSH, folders=[(tmp_path / "link").as_uri()])
    uri = (tmp_path / "link/graders/link.py").as_uri()
    client.open(uri, MARKED)
    rules(client, uri, FOUND)


def test_two_names_of_one_file_are_two_documents(served, maze):
    client, uri = served
    other = uri.replace("name", "n%61me")
    for name in (uri, other):
        client.open(name, MARKED)
        rules(client, name, FOUND)
    closed(client, uri)
    rules(client, uri, [])
    client.change(other, 2, (0, 0, 1, 0, ""))
    rules(client, other, [])


def test_opening_twice_takes_the_second_text(served):
    client, uri = served
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    client.open(uri, OWN, version=1)
    client.change(uri, 2, (0, 0, 0, 0, MARKED.partition("\n")[0] + "\n"))
    rules(client, uri, FOUND)


def test_what_is_said_of_documents_that_are_not_open_ends_nothing(served):
    client, uri = served
    client.change(uri, 2, "x")
    saved(client, uri)
    closed(client, uri)
    client.notify("redline/editOrigin", hint(uri, 2, "paste"))
    client.open(uri, MARKED)
    rules(client, uri, FOUND)


@pytest.mark.parametrize("versions", [(1, 1, 1), (7, 3, 2), (0, -1, -2)])
def test_the_text_is_followed_whatever_its_versions_are(served, versions):
    client, uri = served
    client.open(uri, OWN)
    first, second, third = versions
    client.change(uri, first, (0, 0, 0, 0, MARKED))
    client.change(uri, second, (1, 0, 2, 0, ""))
    client.change(uri, third, (0, 0, 0, 0, "\n"))
    while True:
        (told,) = rules(client, uri, FOUND)
        if told["range"]["start"]["line"] == 1:
            break


def test_a_document_goes_where_its_folder_goes(start, maze, tmp_path):
    other = Sample.new(tmp_path / "other")
    other.commit("Begin", {"redline.yaml": "schema: policy/1\nextends: []\n"})
    client = start(PUSH, folders=[])
    uri = (maze.root / "graders/new.py").as_uri()
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    # A workspace that the file is not in, then the one that it is in.
    folders(client, added=[other.root.as_uri()])
    rules(client, uri, [])
    folders(client, added=[maze.root.as_uri()])
    rules(client, uri, FOUND)
    folders(client, removed=[maze.root.as_uri()])
    rules(client, uri, [])
    folders(client, removed=[other.root.as_uri()])
    rules(client, uri, FOUND)
    client.shut_down()
    client.wait()
    assert faults(client) == []


def test_cells_go_where_the_folder_of_their_notebook_goes(start, maze, tmp_path):
    (tmp_path / "other").mkdir()
    other, root = (tmp_path / "other").as_uri(), maze.root.as_uri()
    client = start(ABLE, folders=[root, other], delay=20)
    book = Book(client, maze, [("a", "x = 1\n"), ("b", OWN)])
    book.edit("b", 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    book.told("b", some)
    folders(client, removed=[root])
    book.told("b", none)
    # What landed in it is not forgotten.
    folders(client, added=[root])
    assert book.told("b", some)["diagnostics"][0]["code"] == ASKED[0]
    client.shut_down()
    client.wait()
    assert faults(client) == []


def test_folders_that_come_and_go_in_one_breath(served, maze):
    client, uri = served
    client.open(uri, OWN)
    root = maze.root.as_uri()
    for _ in range(20):
        folders(client, added=[root], removed=[root])
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    folders(client, added=[root], removed=[root])
    # What landed before the folder went is not forgotten.
    rules(client, uri, ASKED)
    client.shut_down()
    client.wait()
    assert faults(client) == []


def test_the_rules_of_a_project_inside_another_are_its_own(start, maze):
    inner = Sample.new(maze.root / "inner")
    inner.commit("Begin", {"redline.yaml": "schema: policy/1\nextends: []\n"})
    client = start(PUSH, folders=[maze.root.as_uri(), inner.root.as_uri()])
    free, grader = (inner.root / "graders/new.py").as_uri(), (maze.root / "graders/n.py").as_uri()
    client.open(free, MARKED)
    client.open(grader, MARKED)
    rules(client, grader, FOUND)
    folders(client, removed=[inner.root.as_uri()])
    rules(client, free, FOUND)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are told by /proc")
def test_projects_of_files_that_were_opened_alone_end_with_them(start, maze, tmp_path):
    client = start(PUSH, folders=[])
    for number in range(12):
        sample = Sample.new(tmp_path / f"project{number}")
        uri = (sample.root / "graders/new.py").as_uri()
        client.open(uri, MARKED)
        rules(client, uri, FOUND)
        closed(client, uri)
    limit = time.monotonic() + PATIENCE
    while len(_children(client.process.pid)) > 10:
        assert time.monotonic() < limit
        time.sleep(0.01)


def _children(pid):
    names = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for name in names for child in name.read_text().split()]


def test_a_file_event_opens_no_project(start, maze, tmp_path):
    client = start(PUSH, folders=[])
    stray = tmp_path / "stray" / "graders" / "new.py"
    stray.parent.mkdir(parents=True)
    stray.write_text(MARKED)
    changed = {"changes": [{"uri": stray.as_uri(), "type": 1}]}
    client.notify("workspace/didChangeWatchedFiles", changed)
    uri = (maze.root / "graders/new.py").as_uri()
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    assert not [
        one
        for one in client.seen
        if one.get("method") == "textDocument/publishDiagnostics"
        and one["params"]["uri"] == stray.as_uri()
    ]


def test_another_index_is_in_force_at_once(start, maze, tmp_path):
    log = Log(tmp_path / "elsewhere" / "session.jsonl")
    log.say(f"Try this:\n\n```python\n{WAY}```\n")
    update([tmp_path / "elsewhere"], tmp_path / "other.sqlite")
    client = start(PUSH)
    uri = (maze.root / "graders/new.py").as_uri()
    client.open(uri, WAY)
    # It changes while the text is judged, and again.
    for index in (tmp_path / "none.sqlite", tmp_path / "other.sqlite"):
        told = {"settings": {"redline": {"index": str(index)}}}
        client.notify("workspace/didChangeConfiguration", told)
    rules(client, uri, FOUND)


def test_settings_that_are_null_change_nothing(served):
    client, uri = served
    for told in (None, {"redline": None}, [], "x"):
        client.notify("workspace/didChangeConfiguration", {"settings": told})
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    rules(client, uri, ASKED)


def test_a_client_that_has_no_settings_any_more_has_those_of_the_start(start, maze):
    able = {**PUSH, "workspace": {"configuration": True}}
    client = start(able, delay=20, answers={"workspace/configuration": [{"ask": False}]})
    client.until(lambda one: one.get("method") == "workspace/configuration")
    client.answers["workspace/configuration"] = [None]
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    client.until(lambda one: one.get("method") == "workspace/configuration")
    uri = (maze.root / "graders/name.py").as_uri()
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    rules(client, uri, ASKED)


def test_watching_ends_where_the_settings_say_so(start, maze):
    client = start(PUSH, words=("--log-level", "info"), watchFiles=True)
    client.said_that(f"watching {maze.root}")
    told = {"settings": {"redline": {"watchFiles": False}}}
    client.notify("workspace/didChangeConfiguration", told)
    client.request("workspace/executeCommand", {"command": "redline.debugInformation"})
    maze.write("graders/new.py", MARKED)
    told = {"settings": {"redline": {"watchFiles": True}}}
    client.notify("workspace/didChangeConfiguration", told)
    limit = time.monotonic() + PATIENCE
    while sum(f"watching {maze.root}" in line for line in client.said) < 2:
        assert time.monotonic() < limit
        time.sleep(0.01)
    uri = (maze.root / "graders/other.py").as_uri()
    maze.write("graders/other.py", MARKED)
    rules(client, uri, FOUND)


def test_a_paste_is_asked_about_though_it_is_closed_and_opened_at_once(served):
    client, uri = served
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    closed(client, uri)
    client.open(uri, f"{OWN}\n\n{OTHER}")
    rules(client, uri, ASKED)


def test_a_paste_that_is_saved_and_closed_at_once_is_known_later(served, maze):
    client, uri = served
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    maze.write("graders/name.py", f"{OWN}\n\n{OTHER}")
    saved(client, uri)
    closed(client, uri)
    _await_index(maze)
    # Under a name that the editor has not seen before.
    other = (maze.root / "graders/again.py").as_uri()
    client.open(other, f"{OWN}\n\n{OTHER}")
    rules(client, other, ASKED)


def test_a_paste_with_autosave_is_asked_about(served, maze):
    client, uri = served
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    maze.write("graders/name.py", f"{OWN}\n\n{OTHER}")
    saved(client, uri)
    rules(client, uri, ASKED)


def test_closed_and_opened_with_a_text_that_no_file_has_is_no_reload(served):
    client, uri = served
    client.open(uri, OWN)
    closed(client, uri)
    client.open(uri, f"{OWN}\n\n{OTHER}")
    rules(client, uri, ASKED)


def test_closed_and_opened_with_what_the_file_has_asks_nothing(served, maze):
    client, uri = served
    client.open(uri, OWN)
    closed(client, uri)
    maze.write("graders/name.py", f"{MARKED}{OWN}\n\n{OTHER}")
    client.open(uri, f"{MARKED}{OWN}\n\n{OTHER}")
    rules(client, uri, FOUND)


def test_a_client_that_calls_a_paste_a_reload_is_not_believed(served):
    client, uri = served
    client.open(uri, OWN)
    client.notify("redline/editOrigin", hint(uri, 2, "reload"))
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    rules(client, uri, ASKED)


def test_a_completion_is_learnt_before_the_server_ends(served, maze):
    client, uri = served
    client.open(uri, OWN)
    told = {"source": "inlineCompletionAccept", "extensionId": "GitHub.copilot"}
    client.notify("redline/editOrigin", hint(uri, 2, "inline_completion", detailed=told))
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    client.shut_down()
    assert client.wait() == 0
    _await_index(maze)


def test_an_untitled_document_is_followed(start, maze):
    client = start(PUSH, delay=20)
    maze.write("redline.yaml", "schema: policy/1\nzones:\n  - {id: grader, globs: ['**']}\n")
    uri = "untitled:Untitled-1"
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    rules(client, uri, ASKED)
    closed(client, uri)
    rules(client, uri, [])


def test_many_files_that_land_at_once_are_all_looked_at(start, maze):
    client = start(PUSH, words=("--log-level", "info"), watchFiles=True)
    client.said_that(f"watching {maze.root}")
    heap = maze.root.parent / "heap"
    heap.mkdir()
    for number in range(450):
        (heap / f"way{number:03}.py").write_text(MARKED if number == 449 else "x = 1\n")
    os.rename(heap, maze.root / "graders/heap")
    rules(client, (maze.root / "graders/heap/way449.py").as_uri(), FOUND)


def test_a_file_that_nobody_has_open_keeps_what_was_known_when_it_is_renamed(start, maze):
    text = "def hours(maze):\n    return maze.walls_per_hour * 24\n"
    index = maze.root.parent / "state" / "index.sqlite"
    index.parent.mkdir()
    old, new = maze.root / "src/hours.py", maze.root / "graders/hours.py"
    learn(index, [LiveEdit(old.resolve().as_posix(), text, "copilot", "completion", 1)])
    maze.write("src/hours.py", text)
    client = start(PUSH)
    shutil.move(old, new)
    pair = {"oldUri": old.as_uri(), "newUri": new.as_uri()}
    client.notify("workspace/didRenameFiles", {"files": [pair]})
    rules(client, new.as_uri(), FOUND)


def test_rules_that_break_and_heal(start, maze):
    client = start(PUSH, words=("--log-level", "info"), watchFiles=True)
    client.said_that(f"watching {maze.root}")
    uri = (maze.root / "notes/way.py").as_uri()
    client.open(uri, MARKED)
    maze.write("redline.yaml", "schema: policy/1\nzones:\n  - {id: grader, globs: [notes/]}\n")
    rules(client, uri, FOUND)
    maze.write("redline.yaml", "zones: [")
    # The last good rules hold.
    client.change(uri, 2, (0, 0, 0, 0, "\n"))
    while rules(client, uri, FOUND)[0]["range"]["start"]["line"] != 1:
        pass
    maze.write("redline.yaml", "schema: policy/1\nzones:\n  - {id: grader, globs: [other/]}\n")
    rules(client, uri, [])


def test_an_index_that_is_deleted_while_it_is_used(served, maze):
    client, uri = served
    client.open(uri, OWN)
    client.change(uri, 2, (5, 0, 5, 0, f"\n\n{OTHER}"))
    rules(client, uri, ASKED)
    _await_index(maze)
    shutil.rmtree(maze.root.parent / "state")
    client.change(uri, 3, (0, 0, 0, 0, f"{WAY}\n\n"))
    rules(client, uri, ASKED * 2)
    client.shut_down()
    client.wait()
    assert faults(client) == []


def test_a_branch_with_many_files_is_followed(start, maze):
    maze.git("checkout", "-q", "-b", "other")
    many = {f"graders/way{number:03}.py": "x = 1\n" for number in range(500)}
    maze.commit("Many", {**many, "graders/new.py": MARKED})
    maze.git("checkout", "-q", "-")
    client = start(PUSH, words=("--log-level", "info"), watchFiles=True)
    client.said_that(f"watching {maze.root}")
    uri = (maze.root / "graders/name.py").as_uri()
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    maze.git("checkout", "-q", "other")
    rules(client, (maze.root / "graders/new.py").as_uri(), FOUND)
    maze.git("checkout", "-q", "-")
    rules(client, (maze.root / "graders/new.py").as_uri(), [])


def test_a_repository_that_breaks_while_it_is_used(served, maze):
    client, uri = served
    client.open(uri, MARKED)
    rules(client, uri, FOUND)
    shutil.rmtree(maze.root / ".git")
    client.change(uri, 2, (0, 0, 1, 0, ""))
    rules(client, uri, [])
    client.change(uri, 3, (0, 0, 0, 0, MARKED))
    rules(client, uri, FOUND)
