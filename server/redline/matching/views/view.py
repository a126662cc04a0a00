"""A derived text and its exact map back to the bytes of the file."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from redline.model import Span

BETWEEN = b"\n\x00\n"
"""Stands between two values of one view, so that no gram or line reaches from one to the other."""


@dataclass(frozen=True, slots=True)
class View:
    """Values of one kind, decoded and joined; ``starts``, ``sources``, ``ends`` are parallel.

    A row is a stretch: ``text`` from ``starts[i]`` to ``starts[i + 1]`` stands in the file at
    ``sources[i]`` to ``ends[i]``. Where both are equally long it is a copy, byte for byte; else
    it is one thing that is written otherwise there (an escape, a record). What stands between
    two values has no bytes in the file: its source is its end.
    """

    text: bytes
    code: bool
    """Renaming means something in it."""
    starts: Sequence[int]
    sources: Sequence[int]
    ends: Sequence[int]
    records: bool = False
    """Each line is a record, named by its short values."""
    label: Callable[[int], str] | None = None
    """Names the place of a byte of ``text``, where the file's own bytes do not tell it."""

    def span(self, start: int, end: int) -> Span:
        """The bytes of the file that ``text[start:end]`` came from, first to last."""
        first = self._stretch(start)
        last = self._stretch(max(start, end - 1))
        return Span(self._begin(first, start), self._end(last, end))

    def spans(self, start: int, end: int) -> list[Span]:
        """As ``span``, one for each value that the bytes touch; ascending as in ``text``."""
        found = []
        stretch, last = self._stretch(start), self._stretch(max(start, end - 1))
        begin: int | None = None
        until = 0
        for row in range(stretch, last + 1):
            after = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)
            if after == self.starts[row]:
                continue
            if self.sources[row] == self.ends[row]:
                if begin is not None:
                    found.append(Span(begin, until))
                    begin = None
                continue
            if begin is None:
                begin = self._begin(row, max(start, self.starts[row]))
            until = self._end(row, min(end, after))
        if begin is not None:
            found.append(Span(begin, until))
        return found

    def _stretch(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _copied(self, row: int) -> bool:
        after = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)
        return after - self.starts[row] == self.ends[row] - self.sources[row]

    def _begin(self, row: int, offset: int) -> int:
        return self.sources[row] + (offset - self.starts[row] if self._copied(row) else 0)

    def _end(self, row: int, offset: int) -> int:
        if self._copied(row):
            return self.sources[row] + offset - self.starts[row]
        return self.ends[row]


class Stream:
    """A view while it is being put together."""

    __slots__ = ("_ends", "_sources", "_starts", "code", "records", "text")

    def __init__(self, *, code: bool, records: bool = False) -> None:
        self.code = code
        self.records = records
        self.text = bytearray()
        self._starts: list[int] = []
        self._sources: list[int] = []
        self._ends: list[int] = []

    def copy(self, data: bytes, source: int) -> None:
        """Append bytes that stand in the file just so, from ``source`` on."""
        self._stretch(source, source + len(data))
        self.text += data

    def stands_for(self, data: bytes, source: int, end: int) -> None:
        """Append what is written otherwise in the file, from ``source`` to ``end``."""
        self._stretch(source, end)
        if len(data) == end - source > 1:
            # As long as what it stands for, it would pass for a copy: part it.
            self.text += data[:1]
            data = data[1:]
            self._stretch(source, end)
        self.text += data

    def _stretch(self, source: int, end: int) -> None:
        self._starts.append(len(self.text))
        self._sources.append(source)
        self._ends.append(end)

    def decoded(self, parts: Sequence[bytes], sizes: Sequence[int], source: int) -> None:
        """Append parts that follow each other in the file, there ``sizes`` bytes long."""
        place = len(self.text)
        self._starts.extend(accumulate(map(len, parts[:-1]), initial=place))
        ends = list(accumulate(sizes, initial=source))
        self._sources.extend(ends[:-1])
        self._ends.extend(ends[1:])
        self.text += b"".join(parts)

    def through(self, view: View, start: int, end: int) -> None:
        """Append a part of another view, with its map."""
        first, last = view._stretch(start), view._stretch(max(start, end - 1))
        shift = len(self.text) - start
        self._starts.extend(place + shift for place in view.starts[first : last + 1])
        self._sources.extend(view.sources[first : last + 1])
        self._ends.extend(view.ends[first : last + 1])
        # What is cut at an edge keeps its part; what is no copy stays what it stands for.
        row = len(self._starts) - 1
        if view._copied(last):
            self._ends[row] = view._end(last, end)
        row -= last - first
        self._starts[row] = len(self.text)
        if view._copied(first):
            self._sources[row] = view._begin(first, start)
        self.text += view.text[start:end]

    def part(self, end: int) -> None:
        """End a value, which ends in the file at ``end``."""
        self._stretch(end, end)
        self.text += BETWEEN

    def view(self, label: Callable[[int], str] | None = None) -> View:
        """Hand over what was put together, and begin anew."""
        made = View(
            bytes(self.text),
            self.code,
            # Eight bytes a number instead of forty; while it grows a list is faster.
            array("q", self._starts),
            array("q", self._sources),
            array("q", self._ends),
            self.records,
            label,
        )
        self.text = bytearray()
        self._starts, self._sources, self._ends = [], [], []
        return made


LARGEST = 1 << 20
"""Bytes of text from which a view is handed over; values are cut so that it stays about that."""


def drained(streams: Iterable[Stream], size: int = LARGEST) -> list[View]:
    """The views that have ``size`` bytes and more."""
    return [stream.view() for stream in streams if len(stream.text) >= size]
