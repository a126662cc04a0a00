"""Cut the lines of a region out of its file and mark the region's exact edges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from redline.model import Finding, Position
from redline.report.cells import ELLIPSIS, Line, clip, lay_out

WHOLE_UP_TO = 4
"""A region of so many lines is shown whole; of a longer one the first two and the last."""

# No more of a line than this many bytes on either side of an edge is decoded: a line of fifty
# megabytes costs no more than one of a screen's width.
_WINDOW = 2_000


class Role(Enum):
    """What a row shows."""

    SOURCE = "source"
    MARK = "mark"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Row:
    """One row beneath a finding; ``number`` is the line's number, or empty."""

    role: Role
    number: str
    text: str
    """Printable, at most as wide as was asked."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line's shown part, and the code points of it between which the region lies."""

    number: int
    line: Line
    first: int
    last: int
    blank_before: bool


def last_place(finding: Finding, data: bytes | None) -> Position:
    """Return the end of the region on its last line, exclusive.

    A region of whole lines ends at the first column of the line below; people, annotations
    and diffs want the line that it ends on. Without the text the column stays 1 there.
    """
    start, end = finding.start, finding.end
    if end.column > 1 or end.line <= start.line:
        return end
    if data is None:
        return Position(end.line - 1, 1)
    stop = min(finding.region.span.end, len(data))
    if data[stop - 1 : stop] == b"\n":
        stop -= 1
    if data[stop - 1 : stop] == b"\r":
        stop -= 1
    head = data.rfind(b"\n", 0, stop) + 1
    return Position(end.line - 1, len(data[head:stop].decode(errors="surrogateescape")) + 1)


def excerpt(finding: Finding, data: bytes, room: int) -> list[Row]:
    """Return the rows that show ``finding``'s region in ``data``, each at most ``room`` cells.

    One line is underlined with ``^``. Several are bracketed from ``/`` to ``^``, as rustc and
    ruff do; rows in the middle are counted. Text that changed since it was judged is shown
    as far as it goes.
    """
    begin = min(finding.region.span.start, len(data))
    end = max(begin, min(finding.region.span.end, len(data)))
    count = last_place(finding, None).line - finding.start.line + 1
    if count <= 1:
        return _single(_edge(data, finding.start.line, begin, begin, end), room)
    return _bracket(data, finding.start.line, begin, end, count, max(room - 2, 8))


def _single(edge: _Edge, room: int) -> list[Row]:
    text, start, stop = clip(edge.line, edge.first, edge.last, room)
    return [
        Row(Role.SOURCE, str(edge.number), text.rstrip()),
        Row(Role.MARK, "", " " * start + "^" * (stop - start)),
    ]


def _bracket(data: bytes, number: int, begin: int, end: int, count: int, room: int) -> list[Row]:
    rows: list[Row] = []
    first = _edge(data, number, begin, begin, end)
    text, start, _ = clip(first.line, first.first, first.last, room)
    if first.blank_before:
        rows.append(Row(Role.SOURCE, str(number), "/ " + text.rstrip()))
    else:
        rows.append(Row(Role.SOURCE, str(number), "  " + text.rstrip()))
        rows.append(Row(Role.MARK, "", " " + "_" * (start + 1) + "^"))
    shown_head = count - 1 if count <= WHOLE_UP_TO else 2
    head = begin
    for step in range(1, shown_head):
        head = _next_line(data, head)
        edge = _edge(data, number + step, head, begin, end)
        text, _, _ = clip(edge.line, 0, 0, room)
        rows.append(Row(Role.SOURCE, str(number + step), f"| {text}".rstrip()))
    hidden = count - 1 - shown_head
    if hidden:
        lines = "line" if hidden == 1 else "lines"
        rows.append(Row(Role.GAP, "...", f"|   {hidden:,} more {lines}"))
    edge = _edge(data, number + count - 1, _without_break(data, begin, end), begin, end)
    text, _, stop = clip(edge.line, max(0, edge.last - 1), edge.last, room)
    rows.append(Row(Role.SOURCE, str(edge.number), f"| {text}".rstrip()))
    rows.append(Row(Role.MARK, "", "|" + "_" * stop + "^"))
    return rows


def _edge(data: bytes, number: int, focus: int, begin: int, end: int) -> _Edge:
    """Lay out the line that byte ``focus`` lies in, near it, and find the region's part of it."""
    head = _line_head(data, focus)
    stop = data.find(b"\n", focus)
    stop = len(data) if stop < 0 else stop
    if stop > head and data[stop - 1 : stop] == b"\r":
        stop -= 1
    low = _boundary(data, max(head, focus - _WINDOW), stop)
    high = _boundary(data, min(stop, focus + _WINDOW), stop)
    first = min(max(begin, low), high)
    last = min(max(end, first), high)
    before = data[low:first].decode(errors="surrogateescape")
    part = data[first:last].decode(errors="surrogateescape")
    after = data[last:high].decode(errors="surrogateescape")
    lead = ELLIPSIS if low > head else ""
    line = lay_out(lead + before + part + after + (ELLIPSIS if high < stop else ""))
    return _Edge(
        number=number,
        line=line,
        first=len(lead) + len(before),
        last=len(lead) + len(before) + len(part),
        blank_before=not lead and not before.strip(),
    )


def _line_head(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _next_line(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found + 1


def _without_break(data: bytes, begin: int, end: int) -> int:
    """Step back over the line break that ends a region of whole lines."""
    return end - 1 if end > begin and data[end - 1 : end] == b"\n" else end


def _boundary(data: bytes, at: int, stop: int) -> int:
    """Move ``at`` forward to where a UTF-8 sequence begins; at most three bytes."""
    for _ in range(3):
        if at >= stop or data[at] & 0xC0 != 0x80:
            break
        at += 1
    return at
