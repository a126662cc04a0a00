"""The recorded sessions beside the checkout: every piece, outcome and skip is accounted for.

The figures were checked against counts made directly from the JSON. Claude: 108 edits,
of which 106 add a line, and 37 writes, of which 2 make an empty file. Codex: 24
patches (19 distinct, sessions overlap), of which 23 add a line. Copilot: 3 edits, of which
2 add a line, and 2 files created. Answers: 208 of Claude's own and 7 of its sub-agents say
twelve words or more outside their blocks.
"""

from __future__ import annotations

from collections import Counter

import pytest

from redline.origins.events import Produced, Settled, Unread
from redline.origins.homes import session_files
from redline.origins.sessions.reading import open_session

FOLDERS = {
    "claude-code": (
        {"claude-code": 14},
        {
            "answer": 215,
            "edit": 140,
            "shell": 48,
            "write": 35,
            "chat": 30,
            "reasoning": 4,
            "plan": 1,
        },
        {"applied": 185, "failed": 3},
    ),
    "claude-code-projects": ({"claude-code": 8}, {"answer": 21, "reasoning": 9}, {}),
    "codex": (
        {"codex": 13},
        {"answer": 672, "chat": 94, "patch": 56, "shell": 26},
        {"applied": 44},
    ),
    "copilot-cli": (
        {"copilot-events": 4},
        {"reasoning": 48, "answer": 41, "edit": 9, "write": 2, "chat": 1},
        {"applied": 4},
    ),
    "specstory": ({"specstory": 11}, {"answer": 165, "reasoning": 129, "chat": 88, "write": 2}, {}),
    "vscode-copilot": ({"vscode-chat": 1}, {"answer": 14, "chat": 7}, {}),
}
CALLS = {
    "claude-code": {"edit": 106, "shell": 47, "write": 35, "plan": 1},
    "codex": {"patch": 23, "shell": 22},
    "copilot-cli": {"edit": 2, "write": 2},
}
"""Calls that produced text, by kind, where the format names its calls."""


def events_of(folder):
    for path in session_files([folder]):
        session = open_session(path)
        yield path, session.reader.name, list(session)


@pytest.mark.parametrize("name", FOLDERS)
def test_each_folder_is_read_without_a_skip(shared_data, name):
    readers, kinds, outcomes, unread = Counter(), Counter(), Counter(), Counter()
    calls = set()
    for path, reader, events in events_of(shared_data / "sessions" / name):
        readers[reader] += 1
        for event in events:
            match event:
                case Produced():
                    kinds[event.kind.value] += 1
                    if event.call is not None:
                        calls.add((path, event.call, event.kind.value))
                case Settled():
                    outcomes[event.outcome.value] += 1
                case Unread():
                    unread[event.reason] += 1

    assert (readers, kinds, outcomes) == FOLDERS[name]
    assert Counter(kind for _, _, kind in calls) == CALLS.get(name, {})
    assert unread == {}


def test_no_piece_is_empty_or_without_its_session(shared_data):
    for _, _, events in events_of(shared_data / "sessions"):
        assert events
        for event in events:
            if isinstance(event, Produced):
                assert event.text.strip()
                assert event.session
                assert event.model
