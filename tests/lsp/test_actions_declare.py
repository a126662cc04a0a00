"""Where a pasted block is from: asked once, answered with one key, kept in the ledger."""

from __future__ import annotations

import json

import pytest

from .assisted import PATH, command
from .client import Refused
from .test_actions import FULL, Editor, actions, by_kind, resolved

HAND = "def load(path):\n    return path.read_text().splitlines()\n\n\n"
PASTED = '''def tolls_on_the_way(ferries, captain, harbour):
    """Sum of what every ferry between two harbours takes, less what the captain waives."""
    total = 0
    for ferry in ferries:
        if ferry.harbour == harbour and not captain.waives(ferry.toll):
            total += ferry.toll * ferry.passengers
        elif ferry.harbour is None:
            raise ValueError(f"{ferry!r} lands nowhere")
    return total / max(1, len(ferries))
'''


@pytest.fixture
def ada(maze):
    """The project of somebody whom git knows."""
    maze.git("config", "user.name", "Ada Example")
    maze.git("config", "user.email", "ada@example.org")
    return maze


def pasted(client, sample) -> tuple[str, dict]:
    """Paste a block into a grader and wait until somebody asks about it."""
    uri = (sample.root / PATH).as_uri()
    client.open(uri, HAND)
    client.change(uri, 2, (4, 0, 4, 0, PASTED))
    told = client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and any(d["code"] == "paste-of-unknown-origin" for d in one["params"]["diagnostics"])
        )
    )
    return uri, told["params"]["diagnostics"][0]


def entries(sample) -> list[dict]:
    """What the ledger holds."""
    files = sorted((sample.root / ".redline" / "ledger").rglob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def until_quiet(client, uri) -> None:
    """Wait until nothing is found any more."""
    client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and one["params"]["uri"] == uri
            and not one["params"]["diagnostics"]
        )
    )


def test_an_answer_takes_one_key_and_ends_the_question(ada, start):
    client = start(FULL)
    uri, _ = pasted(client, ada)
    found = actions(client, uri, line=5)
    assert [one["title"] for one in found] == [
        "This text is my own work",
        "This text is from elsewhere in this repository",
        "An assistant wrote this text",
        "This text is from the web",
        "I do not know where this text is from",
        "Remove these 9 lines",
    ]
    mine = found[0]["command"]
    kept = command(client, mine["command"], *mine["arguments"])
    until_quiet(client, uri)
    (entry,) = entries(ada)
    assert kept.endswith(".json")
    assert (entry["answer"], entry["path"], entry["zone"]) == ("mine", PATH, "grader")
    assert entry["lines"] == 9
    assert PASTED.split("\n")[2].strip() not in json.dumps(entry)
    assert actions(client, uri, line=5) == []


def test_an_assistant_is_asked_for_by_name_and_becomes_a_finding(ada, start):
    client = start(FULL)
    uri, _ = pasted(client, ada)
    client.answers["window/showMessageRequest"] = {"title": "Cursor"}
    theirs = actions(client, uri, line=5)[2]["command"]
    command(client, theirs["command"], *theirs["arguments"])
    told = client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and any(d["code"] == "grader-external" for d in one["params"]["diagnostics"])
        )
    )
    (diagnostic,) = told["params"]["diagnostics"]
    assert "declared" in diagnostic["message"]
    (entry,) = entries(ada)
    assert (entry["answer"], entry["assistant"]) == ("assistant", "cursor")
    # What is known to be an assistant's is taken out, not asked about.
    fixes = by_kind(actions(client, uri, line=5))
    assert set(fixes) == {"blank-body", "remove"}
    editor = Editor({uri: HAND + PASTED}, {uri: 2})
    editor.apply(resolved(client, fixes["remove"])["edit"])
    assert editor.texts[uri] == HAND.rstrip("\n") + "\n"


def test_who_is_asked_and_does_not_answer_has_said_nothing(ada, start):
    client = start(FULL)
    uri, diagnostic = pasted(client, ada)
    told = {"uri": uri, "fingerprint": diagnostic["data"]["fingerprint"]}
    client.answers["window/showMessageRequest"] = None
    assert command(client, "redline.declare", told) is None
    client.answers["window/showMessageRequest"] = {"title": "What a strange answer"}
    assert command(client, "redline.declare", told) is None
    client.answers["window/showMessageRequest"] = {"title": "This text is from the web"}
    assert command(client, "redline.declare", {**told, "link": "https://example.org/tolls"})
    asked = [one for one in client.seen if one.get("method") == "window/showMessageRequest"]
    place = f"lines 5 to 13 of {PATH}"
    assert {one["params"]["message"] for one in asked} == {
        f"Redline: Where is this text from: {place}?"
    }
    (entry,) = entries(ada)
    assert (entry["answer"], entry["link"]) == ("web", "https://example.org/tolls")


def test_a_range_is_declared_as_well(ada, start):
    client = start(FULL)
    uri, _ = pasted(client, ada)
    place = {"start": {"line": 4, "character": 0}, "end": {"line": 13, "character": 0}}
    assert command(client, "redline.declare", {"uri": uri, "range": place, "answer": "repository"})
    until_quiet(client, uri)


def test_what_makes_no_sense_is_refused_and_nothing_is_written(ada, start):
    client = start(FULL)
    uri, diagnostic = pasted(client, ada)
    told = {"uri": uri, "fingerprint": diagnostic["data"]["fingerprint"]}
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0}}
    for strange in (
        None,
        {},
        {"uri": 3},
        {**told, "answer": "perhaps"},
        {**told, "answer": ["mine"]},
        {**told, "answer": "web", "link": 7},
        {"uri": uri, "answer": "mine"},
        {"uri": uri, "range": place, "answer": "mine"},
        {"uri": uri, "range": "all", "answer": "mine"},
        {"uri": (ada.root / "other.py").as_uri(), "answer": "mine"},
    ):
        with pytest.raises(Refused):
            command(client, "redline.declare", strange)
    for calm in (
        {**told, "fingerprint": "0" * 32, "answer": "mine"},
        {**told, "answer": "assistant", "assistant": "No Such Name"},
        {**told, "answer": "web", "link": "two\nlines"},
    ):
        assert command(client, "redline.declare", calm) is None
    assert entries(ada) == []


def test_whom_git_does_not_know_can_declare_nothing(maze, start):
    client = start(FULL)
    uri, diagnostic = pasted(client, maze)
    told = {"uri": uri, "fingerprint": diagnostic["data"]["fingerprint"], "answer": "mine"}
    assert command(client, "redline.declare", told) is None
    said = [
        one["params"]["message"] for one in client.seen if one.get("method") == "window/showMessage"
    ]
    assert said[-1].startswith("Redline: The answer was not kept: git does not know who you are.")
    assert entries(maze) == []
