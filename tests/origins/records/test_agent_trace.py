from __future__ import annotations

import hashlib
import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from redline.origins.records.agent_trace import TraceRange, read, verify

RECORD = {
    "version": "1.0",
    "id": "11111111-2222-4333-8444-555555555555",
    "timestamp": "2026-09-01T10:00:00Z",
    "vcs": {"type": "git", "revision": "ABCDEF1234567890"},
    "tool": {"name": "cursor", "version": "9.9"},
    "files": [
        {
            "path": "./evals/g.py",
            "conversations": [
                {
                    "url": "file:///home/ada/transcript.jsonl",
                    "contributor": {"type": "ai", "model_id": "acme/m-1"},
                    "ranges": [
                        {"start_line": 10, "end_line": 24, "content_hash": "sha256:01234567"},
                        {"start_line": 30, "end_line": 31, "contributor": {"type": "human"}},
                        {"start_line": 9, "end_line": 3},
                        {"start_line": True, "end_line": "x"},
                    ],
                }
            ],
        },
        {"path": ".sessions", "conversations": [{"ranges": [{"start_line": 1, "end_line": 1}]}]},
    ],
}  # fmt: skip


def test_a_record_gives_its_ranges_and_bad_lines_are_counted():
    unread: Counter[str] = Counter()
    lines = [json.dumps(RECORD).encode(), b"", b"{", b"[]", b'{"files": 3}', b"[" * 100_000]
    assert list(read(lines, unread)) == [
        TraceRange(
            path="evals/g.py",
            start=10,
            end=24,
            assistant="cursor",
            model="acme/m-1",
            session="11111111-2222-4333-8444-555555555555",
            time=1_788_256_800_000,
            revision="abcdef1234567890",
            content_hash="sha256:01234567",
        )
    ]
    assert unread == {"the record is not JSON": 2, "the record names no files": 2}


def test_hashes_are_compared_as_they_are_written_in_practice():
    digest = hashlib.sha256(b"a\nb").hexdigest()
    for length in (64, 16, 8):
        assert verify(f"sha256:{digest[:length]}", b"a\r\nb\r\n") is True
    assert verify("sha256:00000000", b"a\n") is False
    assert verify("murmur3:248bfa47", b"hello\n") is True
    assert verify("md5:00000000000000000000000000000000", b"a\n") is None


@given(st.lists(st.binary()))
def test_any_lines_are_read(lines):
    list(read(lines, Counter()))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(["vcs", "tool", "timestamp", "id", "files"]), json_values)
def test_wrong_types_are_survived(key, value):
    list(read([json.dumps(RECORD | {key: value}).encode()], Counter()))
