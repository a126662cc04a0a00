"""What plugins are told of the state of a document: ``redline/documentState``."""

from __future__ import annotations

import pytest

from .assisted import ALLOWED, HUMAN, PATH, THEIRS, assist
from .conftest import PULL, PUSH
from .test_actions_declare import HAND, PASTED

STATES = {"experimental": {"redline": {"documentState": True, "overview": True}}}


def able(base=PUSH):
    """What a plugin says of itself."""
    return {**base, **STATES}


def state(client, uri=None, version=None):
    """The next state of a judged text, of a document and a version where these are given."""
    return client.until(
        lambda one: (
            one.get("method") == "redline/documentState"
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
