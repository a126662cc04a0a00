"""Which commit each line comes from, and where it stood there."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hunk:
    """Consecutive lines that one commit brought, consecutive there too."""

    start: int
    """First line in the text asked about, from 0."""
    count: int
    commit: str | None
    """The full object name; None: not committed yet."""
    line: int
    """Line of ``start`` in that commit's file, from 1."""
    path: str
    """The file's path in that commit."""
    time: int | None
    """The committer's time in ms; None: not committed yet."""
    boundary: bool = False
    """History is cut off at this commit: an older one may have brought the lines."""

    @property
    def end(self) -> int:
        """Line after the last, from 0."""
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Blame:
    """The hunks of one text in order, without gaps; lines are split at ``\\n`` only."""

    hunks: tuple[Hunk, ...]
    complete: bool = True
    """False where objects are missing (a partial clone): a rename may stand as a new file."""

    def hunk(self, line: int) -> Hunk | None:
        """Find the hunk of a line, counted from 0; None past the end."""
        at = bisect_right(self.hunks, line, key=lambda hunk: hunk.start) - 1
        return self.hunks[at] if at >= 0 and line < self.hunks[at].end else None

    def times(self) -> list[int | None]:
        """List the committer's time of each line in ms; None: not committed yet."""
        return [hunk.time for hunk in self.hunks for _ in range(hunk.count)]


def count_lines(text: bytes) -> int:
    """Count lines as git does: split at ``\\n``, a last one without it counts."""
    return text.count(b"\n") + (bool(text) and not text.endswith(b"\n"))


def uncommitted(path: str, lines: int) -> Blame:
    """Say that no line is committed."""
    return Blame((Hunk(0, lines, None, 1, path, None),) if lines else ())


_HEADER = re.compile(rb"([0-9a-f]{40,64}) (\d+) (\d+) (\d+)$")


def parse_incremental(
    output: Iterable[bytes], path: str, shallow: frozenset[str], lines: int | None = None
) -> Blame:
    """Read ``git blame --incremental`` (gitformat: git-blame(1), "INCREMENTAL OUTPUT").

    ``output`` are its lines without their ends. Chosen over ``--porcelain`` because it repeats no
    content. A root commit counts as a boundary only if it is in ``shallow``. With ``lines`` the
    result covers exactly so many, gaps being uncommitted.
    """
    times: dict[bytes, int] = {}
    hunks: list[Hunk] = []
    commit, orig, final, count = b"", 0, 0, 0
    for line in output:
        if header := _HEADER.match(line):
            commit = header[1]
            orig, final, count = (int(header[i]) for i in (2, 3, 4))
        elif line.startswith(b"committer-time "):
            times[commit] = int(line[15:]) * 1000 if line[15:].isdigit() else 0
        elif line.startswith(b"filename ") and commit:
            name = commit.decode()
            if commit.strip(b"0"):
                there = os.fsdecode(unquote(line[9:]))
                cut = name in shallow
                hunks.append(Hunk(final - 1, count, name, orig, there, times.get(commit), cut))
            else:
                hunks.append(Hunk(final - 1, count, None, orig, path, None))
            commit = b""
    hunks.sort(key=lambda hunk: hunk.start)
    return Blame(tuple(_joined(_filled(hunks, path, lines))))


def _filled(hunks: list[Hunk], path: str, lines: int | None) -> Iterable[Hunk]:
    at = 0
    for hunk in hunks:
        if hunk.start > at:
            yield Hunk(at, hunk.start - at, None, at + 1, path, None)
        count = hunk.count if lines is None else min(hunk.count, lines - hunk.start)
        if hunk.start < at or count <= 0:
            continue
        at = hunk.start + count
        if count == hunk.count:
            yield hunk
        else:
            yield Hunk(
                hunk.start, count, hunk.commit, hunk.line, hunk.path, hunk.time, hunk.boundary
            )
    if lines is not None and at < lines:
        yield Hunk(at, lines - at, None, at + 1, path, None)


def _joined(hunks: Iterable[Hunk]) -> Iterable[Hunk]:
    held: Hunk | None = None
    for hunk in hunks:
        if held is not None and (held.commit, held.path, held.line + held.count) == (
            hunk.commit,
            hunk.path,
            hunk.line,
        ):
            held = Hunk(
                held.start,
                held.count + hunk.count,
                held.commit,
                held.line,
                held.path,
                held.time,
                held.boundary,
            )
            continue
        if held is not None:
            yield held
        held = hunk
    if held is not None:
        yield held


_ESCAPE = re.compile(rb'\\([0-7]{3}|[abfnrtv"\\])')
_ESCAPED = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b'"': b'"',
    b"\\": b"\\",
}


def unquote(name: bytes) -> bytes:
    """Undo git's C-style quoting of a path (git-config(1), ``core.quotePath``)."""
    if len(name) < 2 or name[:1] != b'"' or name[-1:] != b'"':
        return name

    def plain(match: re.Match[bytes]) -> bytes:
        text = match[1]
        return _ESCAPED[text] if text in _ESCAPED else bytes([int(text, 8) & 255])

    return _ESCAPE.sub(plain, name[1:-1])
