"""Which file is it: the one read before, grown since, or another under its name."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path

from redline.matching.schema import SourceRow
from redline.origins.homes import parts_of
from redline.origins.records_io import ZSTD_MAGIC, read_head
from redline.origins.sessions.reading import Resume

_HEAD = 4096
"""Bytes at a file's start that tell whether it is still the same file."""
_TAIL = 512
"""And bytes before the place where reading ended."""


def name_of(path: Path) -> str:
    """A file's name in the index; bytes that are no text are escaped, for SQLite wants text."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Size and newest time of all parts, and the first one's identity."""
    stats = [part.stat() for part in parts_of(path)]
    return (
        sum(stat.st_size for stat in stats),
        max(stat.st_mtime_ns for stat in stats),
        # SQLite's integers are signed; some file systems use all 64 bits.
        stats[0].st_ino & ((1 << 63) - 1),
    )


def resume_of(path: Path, row: SourceRow | None, size: int) -> Resume | None:
    """Where to read on; None: from the beginning.

    A file that shrank, or that begins or goes on otherwise than before, is another file
    under the old name; one whose context was forgotten is read whole, to subtract it again.
    """
    if row is None or not row.offset or row.seen is None or size < row.size:
        return None
    if row.head[:1] != b"p" or head_of(path, int.from_bytes(row.head[1:5], "little")) != row.head:
        return None
    if row.tail and tail_of(path, row.offset) not in (b"", row.tail):
        return None
    return Resume(row.format, row.offset, json.loads(row.state))


def tail_of(path: Path, offset: int) -> bytes:
    """Hash the bytes before ``offset`` as they lie on disk; empty where that is not where they are.

    A file rewritten in place keeps its first bytes, but hardly these as well.
    """
    if len(parts_of(path)) > 1:
        return b""
    with path.open("rb") as file:
        if file.read(len(ZSTD_MAGIC)) == ZSTD_MAGIC:
            return b""
        start = max(0, offset - _TAIL)
        file.seek(start)
        return blake2b(file.read(offset - start), digest_size=8).digest()


def head_of(path: Path, length: int = _HEAD) -> bytes:
    """Hash the first bytes of a file, as they are after decompression: mark, length, hash."""
    data = read_head(path, length)
    return b"p" + len(data).to_bytes(4, "little") + blake2b(data, digest_size=11).digest()
