"""Read Agent Trace records: ranges of lines with the conversation that wrote them.

Format: cursor/agent-trace ``README.md`` and ``schemas.ts``, version 0.1.0, and what is written in
practice. Where records lie and how they survive a rebase is undefined; a range is a hint until a
hash confirms it. URLs in a record may point into its author's home: they are never taken out.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from redline.origins.records.names import UNKNOWN, assistant_id
from redline.origins.records.values import elements, field, milliseconds, model_name, printable

LINE_LIMIT = 8 << 20
"""Bytes of one record."""

# Events, not files.
_PSEUDO_PATHS = frozenset({".sessions", ".shell-history", ".unknown"})
_REVISION = re.compile(r"[0-9a-f]{7,64}\Z")
_HASH = re.compile(r"(sha256|murmur3):([0-9a-f]{8,64})\Z")


@dataclass(frozen=True, slots=True)
class TraceRange:
    """Lines ``start`` to ``end``, from 1, both included, of a file when it was edited."""

    path: str
    start: int
    end: int
    assistant: str
    model: str | None
    session: str | None
    """The record's id."""
    time: int | None
    revision: str | None
    """HEAD when the edit happened: mostly the parent of the commit that holds the text."""
    content_hash: str | None


def read(lines: Iterable[bytes], unread: Counter[str]) -> Iterator[TraceRange]:
    """Read JSONL (or records one by one); a bad line is counted in ``unread`` and skipped."""
    # Only here: a run without traces does without it.
    import orjson

    for line in lines:
        if not line.strip():
            continue
        if len(line) > LINE_LIMIT:
            unread["the record is too large"] += 1
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            unread["the record is not JSON"] += 1
            continue
        if not isinstance(record, dict) or not isinstance(record.get("files"), list):
            unread["the record names no files"] += 1
            continue
        yield from _ranges(record)


def verify(content_hash: str, text: bytes) -> bool | None:
    """Compare a range's lines with its hash; None if the algorithm is not known.

    The format defines none. Known in practice: SHA-256 (whole, or its first 16 or 8 hex digits)
    and unseeded MurmurHash3 (32 bits), over the text with LF and without trailing line feeds.
    """
    known = _HASH.match(content_hash)
    if known is None:
        return None
    plain = text.replace(b"\r\n", b"\n")
    forms = {plain, plain.rstrip(b"\n"), plain.rstrip(b"\n") + b"\n"}
    if known[1] == "sha256":
        return any(hashlib.sha256(form).hexdigest().startswith(known[2]) for form in forms)
    return any(f"{_murmur3(form):08x}" == known[2] for form in forms)


def _ranges(record: dict[str, object]) -> Iterator[TraceRange]:
    revision = field(record.get("vcs"), "revision")
    revision = revision.lower() if isinstance(revision, str) else None
    tool = field(record.get("tool"), "name")
    moment = milliseconds(record.get("timestamp"))
    for file in elements(record.get("files")):
        path = field(file, "path")
        if not isinstance(path, str) or path in _PSEUDO_PATHS or "\0" in path:
            continue
        for talk in elements(field(file, "conversations")):
            for span in elements(field(talk, "ranges")):
                who = field(span, "contributor") or field(talk, "contributor")
                start, end = field(span, "start_line"), field(span, "end_line")
                if field(who, "type") == "human" or type(start) is not int or type(end) is not int:
                    continue
                if not 1 <= start <= end:
                    continue
                claimed = field(span, "content_hash")
                yield TraceRange(
                    path=path.removeprefix("./"),
                    start=start,
                    end=end,
                    assistant=assistant_id(tool) if tool else UNKNOWN,
                    model=model_name(field(who, "model_id")),
                    session=printable(record.get("id")),
                    time=moment,
                    revision=revision if revision and _REVISION.match(revision) else None,
                    content_hash=claimed.lower() if isinstance(claimed, str) else None,
                )


def _murmur3(data: bytes) -> int:
    """MurmurHash3, x86, 32 bits, seed 0 (Austin Appleby, public domain)."""
    mask = 0xFFFFFFFF
    state = 0
    whole = len(data) & ~3
    for at in range(0, len(data), 4):
        block = int.from_bytes(data[at : at + 4], "little") * 0xCC9E2D51 & mask
        block = ((block << 15 | block >> 17) & mask) * 0x1B873593 & mask
        state ^= block
        if at < whole:
            state = ((state << 13 | state >> 19) * 5 + 0xE6546B64) & mask
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & mask
    state = (state ^ state >> 13) * 0xC2B2AE35 & mask
    return state ^ state >> 16
