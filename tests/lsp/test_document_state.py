"""What plugins are told of the state of a document: ``redline/documentState``."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from .assisted import ALLOWED, HUMAN, PATH, THEIRS, assist, command
from .client import Refused
from .conftest import PULL, PUSH
from .test_actions_declare import HAND, PASTED, entries
from .test_notebooks import SYNC, Book

METHOD = "redline/documentState"
STATES = {"experimental": {"redline": {"documentState": True, "overview": True}}}


def able(base=PUSH):
    """What a plugin says of itself."""
    return {**base, **STATES}


def state(client, uri=None, version=None):
    """The next state of a judged text, of a document and a version where these are given."""
    return client.until(
        lambda one: (
            one.get("method") == METHOD
            # Where the machine is slow that is said first.
            and one["params"]["state"] != "judging"
            and uri in (None, one["params"]["textDocument"]["uri"])
            and version in (None, one["params"]["textDocument"]["version"])
        )
    )["params"]


def grader(sample):
    return (sample.root / PATH).as_uri()


@pytest.mark.parametrize("base", [PUSH, PULL], ids=["push", "pull"])
def test_a_grader_with_a_finding(start, maze, base):
    assist(maze)
    client = start(able(base))
    client.open(grader(maze), HUMAN + THEIRS, version=7)
    told = state(client)
    (region,) = told.pop("regions")
    assert told == {
        "textDocument": {"uri": grader(maze), "version": 7},
        "state": "findings",
        "words": "grader: 1 finding",
        "zones": ["grader"],
        "counts": {"error": 1, "warning": 0, "note": 0},
        "questions": 0,
    }
    assert len(region.pop("fingerprint")) == 32
    assert region == {
        "range": {
            "start": {"line": 5, "character": 0},
            "end": {"line": 17, "character": 0},
        },
        "assistant": "claude-code",
        "strength": "recorded",
        "words": "12 lines from Claude Code",
    }


def edge(client, uri):
    """Wait until the present text was judged, and all that follows from it was told."""
    client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})


def states(client):
    """All states told so far."""
    return [one["params"] for one in client.seen if one.get("method") == METHOD]


def test_of_what_is_clean_and_what_lies_outside(start, maze):
    client = start(able())
    client.open(grader(maze), HUMAN)
    told = state(client)
    assert (told["state"], told["words"], told["zones"]) == ("clean", "grader: clean", ["grader"])
    assert (told["regions"], told["counts"]) == ([], {"error": 0, "warning": 0, "note": 0})
    notes, elsewhere = (maze.root / "notes.py").as_uri(), maze.root.parent.as_uri() + "/x.py"
    for uri in (notes, elsewhere):
        client.open(uri, HUMAN)
        told = state(client, uri)
        assert (told["state"], told["words"], told["zones"]) == ("outside", "", [])


def test_a_zone_that_allows_everything_protects_nothing(start, maze):
    maze.write("redline.yaml", ALLOWED)
    client = start(able())
    client.open(grader(maze), HUMAN)
    told = state(client)
    assert (told["state"], told["words"], told["zones"]) == ("outside", "", ["free"])


def test_regions_are_told_where_no_rule_objects_too(start, maze):
    maze.write("redline.yaml", ALLOWED)
    assist(maze)
    client = start(able())
    client.open(grader(maze), HUMAN + THEIRS)
    told = state(client)
    assert (told["state"], told["counts"]["error"]) == ("outside", 0)
    (region,) = told["regions"]
    assert (region["words"], region["strength"]) == ("12 lines from Claude Code", "recorded")
    assert "fingerprint" not in region


@pytest.mark.parametrize(
    "experimental",
    [None, {}, 7, "redline", [], {"redline": None}, {"redline": {"documentState": "yes"}}],
    ids=str,
)
def test_who_does_not_ask_for_states_is_sent_none(start, maze, experimental):
    client = start({**PUSH, "experimental": experimental})
    client.open(grader(maze), HUMAN)
    edge(client, grader(maze))
    assert states(client) == []
    with pytest.raises(Refused, match="-32601"):
        client.request("redline/overview")


def test_edits_that_only_move_regions_are_left_to_the_client(start, maze):
    assist(maze)
    client = start(able(), delay=50)
    uri = grader(maze)
    client.open(uri, HUMAN + THEIRS)
    state(client)
    client.change(uri, 2, (0, 0, 0, 0, "\n"))
    edge(client, uri)
    client.change(uri, 3, (1, 0, 1, 0, "# by hand\n"), (2, 0, 2, 0, "# by hand\n"))
    edge(client, uri)
    assert states(client)[-1]["textDocument"]["version"] == 1
    # A key inside a region may be followed otherwise by a client.
    client.change(uri, 4, (9, 4, 9, 4, "x"))
    told = state(client, version=4)
    assert told["regions"][0]["range"]["start"] == {"line": 8, "character": 0}


def test_what_is_taken_out_and_put_back_at_once_is_told_again(start, maze):
    assist(maze)
    client = start(able(), delay=50)
    uri = grader(maze)
    client.open(uri, HUMAN + THEIRS)
    before = state(client)
    # An editor's own marks do not come back by an undo.
    client.change(uri, 2, (5, 0, 17, 0, ""))
    client.change(uri, 3, (5, 0, 5, 0, THEIRS))
    assert state(client, version=3)["regions"] == before["regions"]


def test_a_finding_that_goes_is_told(start, maze):
    assist(maze)
    client = start(able(), delay=50)
    uri = grader(maze)
    client.open(uri, HUMAN + THEIRS)
    state(client)
    client.change(uri, 2, (5, 0, 17, 0, ""))
    told = state(client, version=2)
    assert (told["state"], told["regions"]) == ("clean", [])


def test_a_paste_that_nobody_knows_asks_and_an_answer_settles_it(start, maze):
    maze.git("config", "user.name", "Ada Example")
    maze.git("config", "user.email", "ada@example.org")
    client = start(able(), delay=50)
    uri = grader(maze)
    client.open(uri, HAND)
    client.change(uri, 2, (4, 0, 4, 0, PASTED))
    told = client.until(
        lambda one: one.get("method") == METHOD and one["params"]["state"] == "asking"
    )["params"]
    assert (told["words"], told["questions"]) == ("grader: 1 paste to explain", 1)
    assert told["counts"] == {"error": 0, "warning": 0, "note": 0}
    (region,) = told["regions"]
    assert (region["assistant"], region["strength"]) == ("undeclared", "suspected")
    assert region["words"] == "9 lines of unknown origin"
    answer = {"uri": uri, "fingerprint": region["fingerprint"], "answer": "mine"}
    command(client, "redline.declare", answer)
    client.until(
        lambda one: one.get("method") == METHOD and one["params"]["words"] == "grader: clean"
    )


def test_a_person_can_declare_lines_that_nobody_asked_about(start, maze):
    maze.git("config", "user.name", "Ada Example")
    maze.git("config", "user.email", "ada@example.org")
    client = start(able(), delay=50)
    uri = grader(maze)
    client.open(uri, HUMAN + THEIRS)
    assert state(client)["state"] == "clean"
    place = {"start": {"line": 5, "character": 0}, "end": {"line": 17, "character": 0}}
    told = {"uri": uri, "range": place, "answer": "assistant", "assistant": "cursor"}
    assert command(client, "redline.declare", told)
    told = state(client)
    assert told["words"] == "grader: 1 finding"
    assert [(one["assistant"], one["strength"]) for one in told["regions"]] == [
        ("cursor", "declared")
    ]


def test_what_lies_in_no_zone_cannot_be_declared(start, maze):
    maze.git("config", "user.name", "Ada Example")
    maze.git("config", "user.email", "ada@example.org")
    client = start(able())
    uri = (maze.root / "walk.py").as_uri()
    client.open(uri, f"{HUMAN}@task\n{THEIRS}")
    state(client)

    def declared(first, last):
        place = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
        told = {"uri": uri, "range": place, "answer": "mine"}
        return command(client, "redline.declare", told)

    with pytest.raises(Refused, match="this text lies in no zone"):
        declared(0, 3)
    assert declared(6, 18)
    (entry,) = entries(maze)
    assert entry["zone"] == "eval-task"


def test_cells_are_told_one_by_one(start, maze):
    assist(maze)
    client = start({**able(), "notebookDocument": SYNC})
    book = Book(client, maze, [("a", HUMAN), ("b", THEIRS)])
    first, second = state(client, book.key("a")), state(client, book.key("b"))
    assert (first["words"], first["regions"]) == ("grader: clean", [])
    assert second["words"] == "grader: 1 finding"
    (region,) = second["regions"]
    assert region["range"]["start"] == {"line": 0, "character": 0}
    assert region["words"] == "12 lines from Claude Code"


def test_a_text_without_a_file_has_a_state_too(start, maze):
    client = start(able())
    client.open("untitled:Untitled-1", f"@task\n{HUMAN}")
    told = state(client, "untitled:Untitled-1")
    assert (told["state"], told["zones"]) == ("clean", ["eval-task"])


def test_a_project_that_leaves_the_workspace_takes_its_protection_along(start, maze):
    client = start(able())
    uri = "untitled:Untitled-1"
    client.open(uri, f"@task\n{HUMAN}")
    assert state(client, uri)["state"] == "clean"
    gone = {"added": [], "removed": [{"uri": maze.root.as_uri(), "name": "maze"}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": gone})
    assert state(client, uri)["state"] == "outside"


def test_a_text_that_cannot_be_judged_does_not_look_clean(start, maze):
    index = Path(os.environ["REDLINE_INDEX"])
    index.parent.mkdir(parents=True)
    index.write_bytes(b"no index at all" * 100)
    client = start(able())
    client.open(grader(maze), HUMAN)
    told = state(client)
    assert told["state"] == "notJudged"
    assert told["words"] == f"not judged: {told['reason']}"


@pytest.mark.skipif(os.name == "nt", reason="no process can be stopped there")
def test_who_waits_long_is_told_that_it_is_being_judged(start, maze):
    client = start(able())
    client.open(grader(maze), HUMAN)
    state(client)
    report = command(client, "redline.debugInformation")
    judge = int(re.search(r"judging process: (\d+)", report)[1])
    other = (maze.root / "graders" / "other.py").as_uri()
    os.kill(judge, signal.SIGSTOP)
    try:
        client.open(other, HUMAN)
        told = client.notification(METHOD)
    finally:
        os.kill(judge, signal.SIGCONT)
    assert (told["textDocument"]["uri"], told["state"]) == (other, "judging")
    assert (told["words"], told["regions"]) == ("judging", [])
    assert state(client, other)["state"] == "clean"


def test_a_text_opened_again_is_told_again(start, maze):
    client = start(able())
    uri = grader(maze)
    for _ in range(2):
        client.open(uri, HUMAN)
        assert state(client)["state"] == "clean"
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
