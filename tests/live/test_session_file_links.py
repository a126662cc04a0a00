"""Where a record stands in a session's file, as an editor counts."""

from __future__ import annotations

import os

import pytest

from redline.live.session_files import line_of, readable_sessions


@pytest.fixture
def session(tmp_path):
    file = tmp_path / "s.jsonl"
    file.write_bytes(b'{"a": 1}\n{"b": "\xff"}\n{"c": 3}')
    return str(file)


@pytest.mark.parametrize(("position", "line"), [(0, 1), (8, 1), (9, 2), (20, 3), (27, 3)])
def test_the_line_that_holds_a_byte(session, position, line):
    assert line_of(None, session, position) == line


@pytest.mark.parametrize("position", [-1, 28, 10**30])
def test_a_byte_that_is_not_there(session, position):
    assert line_of(None, session, position) is None


def test_only_texts_that_are_here_can_be_shown(session, tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "packed.jsonl.zst").write_bytes(b"")
    (tmp_path / "s.vscdb").write_bytes(b"")
    names = [str(tmp_path / name) for name in os.listdir(tmp_path)]
    assert readable_sessions(None, [*names, "/nowhere.jsonl", "a\0b.jsonl"]) == {session}
    assert line_of(None, str(tmp_path / "pipe.jsonl"), 0) is None
