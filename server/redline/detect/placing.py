"""Where a match in a view stands in its file: bytes, whole lines where it has most of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..lines import LineIndex
from ..matching.regions import LineTimes
from ..matching.views import View
from ..model import Span


@dataclass
class Paper:
    """A file's bytes, and what is worked out of its lines once for all matches."""

    text: bytes
    _index: LineIndex | None = None
    _widths: dict[int, int] = field(default_factory=dict)

    @property
    def lines(self) -> LineIndex:
        """The lines of the file."""
        if self._index is None:
            self._index = LineIndex(self.text)
        return self._index

    def width(self, line: int) -> int:
        """Bytes of a line (from 0) without the blanks around it."""
        if line not in self._widths:
            raw = self.text[self.lines.start(line) : self.lines.start(line + 1)]
            self._widths[line] = len(raw.strip())
        return self._widths[line]


def placed(view: View, start: int, end: int, paper: Paper) -> list[tuple[Span, Span]]:
    """Where the bytes ``start`` to ``end`` of a view stand: widened to whole lines, and as found.

    A line belongs whole where at least half of it is covered, by whichever values. What
    touches is one.
    """
    exact = [span for span in view.spans(start, end) if span.start < span.end]
    covered: dict[int, int] = {}
    edges = []
    for span in exact:
        first, last = paper.lines.line(span.start), paper.lines.line(span.end - 1)
        edges.append((first, last))
        if first == last:
            covered[first] = covered.get(first, 0) + span.end - span.start
        else:
            until = paper.lines.start(first + 1)
            covered[first] = covered.get(first, 0) + until - span.start
            covered[last] = covered.get(last, 0) + span.end - paper.lines.start(last)
    found: list[tuple[Span, Span]] = []
    for span, (first, last) in zip(exact, edges, strict=True):
        begin, until = span.start, span.end
        if 2 * covered[first] >= paper.width(first):
            begin = paper.lines.start(first)
        if 2 * covered[last] >= paper.width(last):
            until = paper.lines.start(last + 1)
        if found and begin <= found[-1][0].end and span.start >= found[-1][1].start:
            before, told = found[-1]
            found[-1] = (
                Span(before.start, max(before.end, until)),
                Span(told.start, max(told.end, span.end)),
            )
        else:
            found.append((Span(begin, until), span))
    return found


def named(view: View, start: int, end: int) -> str:
    """The view's own name for a part of it; empty where the file's bytes tell the place."""
    if view.label is None:
        return ""
    first, last = view.label(start), view.label(max(start, end - 1))
    return first if first == last else f"{first} to {last}"


def times_of(view: View, start: int, end: int, times: LineTimes, paper: Paper) -> list[int | None]:
    """When each line of a view's part was committed: its newest line in the file says so."""
    return [
        _newest(view.span(first, last), times, paper) for first, last in _lines(view, start, end)
    ]


def _lines(view: View, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = view.text.find(b"\n", start, end) + 1 or end
        yield start, stop
        start = stop


def _newest(span: Span, times: LineTimes, paper: Paper) -> int | None:
    first = paper.lines.line(span.start)
    last = paper.lines.line(max(span.start, span.end - 1))
    newest = 0
    for line in range(first, last + 1):
        time = times[line] if line < len(times) else None
        if time is None:
            return None
        newest = max(newest, time)
    return newest


@dataclass
class Claimed:
    """Which bytes of a file are accounted for, and by how strong evidence."""

    _spans: list[tuple[Span, int]] = field(default_factory=list)
    _merged: dict[int, tuple[list[int], list[int]]] = field(default_factory=dict)

    def add(self, span: Span, strength: int) -> None:
        """Take a span that evidence accounts for."""
        self._spans.append((span, strength))
        self._merged.clear()

    def holds(self, span: Span, strength: int) -> bool:
        """Tell whether evidence at least so strong accounts for all of a span."""
        starts, ends = self._of(strength)
        row = bisect_right(starts, span.start) - 1
        return row >= 0 and span.end <= ends[row]

    def touches(self, span: Span, strength: int) -> bool:
        """Tell whether evidence at least so strong accounts for some of a span."""
        starts, ends = self._of(strength)
        row = bisect_left(starts, span.end) - 1
        return row >= 0 and ends[row] > span.start

    def _of(self, strength: int) -> tuple[list[int], list[int]]:
        if strength not in self._merged:
            self._merged[strength] = _merged(s for s, told in self._spans if told >= strength)
        return self._merged[strength]


def _merged(spans: Iterable[Span]) -> tuple[list[int], list[int]]:
    """Begin and end of each stretch that spans cover without a gap, ascending."""
    starts: list[int] = []
    ends: list[int] = []
    for span in sorted(spans):
        if ends and span.start <= ends[-1]:
            ends[-1] = max(ends[-1], span.end)
        else:
            starts.append(span.start)
            ends.append(span.end)
    return starts, ends
