"""Reading on tells what reading at once tells; nothing that a file holds raises."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_samples import SESSIONS

from redline.origins.events import Unread
from redline.origins.sessions.reading import Resume, open_session
from redline.origins.sniff import recognise

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    import zstandard as zstd


def lines_of(name):
    return [json.dumps(record).encode() + b"\n" for record in SESSIONS[name]]


def read(path, resume=None):
    """Return the events and the resume, after the trip through JSON that storing it means."""
    session = open_session(path, resume)
    events = list(session)
    kept = session.resume
    return events, Resume(kept.reader, kept.offset, json.loads(json.dumps(kept.state)))


@pytest.mark.parametrize("name", SESSIONS)
def test_every_cut_between_and_inside_records(tmp_path, name):
    data = b"".join(lines_of(name))
    path = tmp_path / "session"
    path.write_bytes(data)
    at_once, _ = read(path)
    first = len(lines_of(name)[0])
    for cut in range(first, len(data), 7):
        path.write_bytes(data[:cut])
        before, resume = read(path)
        path.write_bytes(data)
        after, _ = read(path, resume)

        told = [event for event in before if not isinstance(event, Unread)] + after
        assert told == at_once


@pytest.mark.parametrize("name", SESSIONS)
def test_nothing_is_told_twice(tmp_path, name):
    path = tmp_path / "session"
    path.write_bytes(b"".join(lines_of(name)))
    _, resume = read(path)

    assert read(path, resume) == ([], resume)


def test_a_rollout_that_was_compressed_meanwhile_is_read_on(tmp_path):
    lines = lines_of("codex")
    plain, compressed = tmp_path / "rollout.jsonl", tmp_path / "rollout.jsonl.zst"
    plain.write_bytes(b"".join(lines))
    at_once, _ = read(plain)
    plain.write_bytes(b"".join(lines[:4]))
    before, resume = read(plain)
    compressed.write_bytes(zstd.compress(b"".join(lines)))

    assert before + read(compressed, resume)[0] == at_once


def test_a_file_of_another_format_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "session"
    path.write_bytes(b"".join(lines_of("codex")))
    events, _ = read(path)

    assert read(path, Resume("claude-code", 99, {"id": "S"}))[0] == events


WRONG = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """All paths to values inside a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def read_bytes(data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "session"
        path.write_bytes(data)
        session = open_session(path)
        return list(session) if hasattr(session, "reader") else []


@pytest.mark.parametrize("name", SESSIONS)
@given(data=st.data())
def test_wrong_types_anywhere_are_survived(name, data):
    records = list(SESSIONS[name])
    index = data.draw(st.integers(0, len(records) - 1))
    place = data.draw(st.sampled_from(sorted(places(records[index]), key=repr)))
    records[index] = replaced(records[index], place, data.draw(WRONG))

    read_bytes("".join(json.dumps(record) + "\n" for record in records).encode())


@pytest.mark.parametrize("name", SESSIONS)
@given(data=st.data())
def test_damage_anywhere_is_survived(name, data):
    whole = b"".join(lines_of(name))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))

    read_bytes(whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:])


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_recognised_or_not(data):
    recognise(data)
    recognise(data, complete=True)
    read_bytes(data)
