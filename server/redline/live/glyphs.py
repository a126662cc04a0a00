"""A text but for its white space, and where each character of it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from redline.live.places import Place

_END = re.compile(r"\r\n?|\n")


def squeeze(text: str) -> str:
    """Leave out all white space; what is left are a text's glyphs."""
    return "".join(text.split())


@dataclass(frozen=True)
class Glyphs:
    """The glyphs of a text that begins at ``origin``, numbered from 0, and their places."""

    text: str
    origin: Place

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines without their ends; at least one."""
        return _END.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _END.finditer(self.text))]

    @cached_property
    def squeezed(self) -> str:
        """All glyphs."""
        return squeeze(self.text)

    @cached_property
    def _counts(self) -> list[int]:
        """How many glyphs stand up to the end of each line."""
        return list(accumulate(len(squeeze(line)) for line in self.lines))

    def before(self, index: int, lead: int = 0) -> Place:
        """Where glyph ``index`` begins, or ``lead`` characters of white space before.

        White space of other lines is not taken in; a negative ``lead`` takes in all of the line.
        """
        row, column = self._find(index)
        line = self.lines[row][:column]
        room = len(line) - len(line.rstrip())
        return self._place(row, column - (room if lead < 0 else min(lead, room)))

    def behind(self, index: int, trail: int = 0) -> Place:
        """Where glyph ``index`` ends, or ``trail`` characters of white space behind.

        A negative ``trail`` takes in all white space of the line, and the line's end.
        """
        row, column = self._find(index)
        line = self.lines[row][column + 1 :]
        room = len(line) - len(line.lstrip())
        if room == len(line) and row + 1 < len(self.lines) and not 0 <= trail <= room:
            return self._place(row + 1, 0)
        return self._place(row, column + 1 + (room if trail < 0 else min(trail, room)))

    def joint(self, index: int) -> Place:
        """A place between glyph ``index`` and the one before; at the ends the text's own."""
        if not index:
            return self.origin
        if index < len(self.squeezed):
            return self.behind(index - 1)
        return self.end

    @property
    def end(self) -> Place:
        """Behind the text, white space included."""
        return self._place(len(self.lines) - 1, len(self.lines[-1]))

    def blanks(self, place: tuple[int, int]) -> int:
        """How many characters of white space stand before a line and column, up to a glyph."""
        row = place[0] - self.origin.line
        offset = self._starts[row] + place[1] - (0 if row else self.origin.column)
        return offset - len(self.text[:offset].rstrip())

    def after(self, index: int, blanks: int) -> Place:
        """A place before glyph ``index``, ``blanks`` characters behind the one before."""
        if not 0 < index < len(self.squeezed):
            return self.joint(index)
        place = self.behind(index - 1)
        row = place.line - self.origin.line
        offset = self._starts[row] + place.column - (0 if row else self.origin.column)
        room = self.text[offset : offset + blanks]
        offset += len(room) - len(room.lstrip())
        row = bisect_right(self._starts, offset) - 1
        return self._place(row, offset - self._starts[row])

    def index(self, place: tuple[int, int]) -> int:
        """How many glyphs stand before a line and column, which lie within the text."""
        row = place[0] - self.origin.line
        column = place[1] if row else place[1] - self.origin.column
        return (self._counts[row - 1] if row else 0) + len(squeeze(self.lines[row][:column]))

    def between(self, first: int, last: int) -> str:
        """The text from glyph ``first`` up to glyph ``last``, white space between included."""
        if first >= last:
            return ""
        return self.text[self._offset(first) : self._offset(last - 1) + 1]

    def rows(self, first: int, last: int) -> range:
        """Numbers of the text's lines on which glyphs ``first`` to ``last`` stand."""
        if first >= last:
            return range(0)
        return range(bisect_right(self._counts, first), bisect_right(self._counts, last - 1) + 1)

    def on_row(self, row: int, first: int, last: int) -> str:
        """What of glyphs ``first`` to ``last`` stands on a line of the text."""
        begins = self._counts[row - 1] if row else 0
        if first <= begins and self._counts[row] <= last:
            return self.lines[row].strip()
        return self.between(max(first, begins), min(last, self._counts[row]))

    def _offset(self, index: int) -> int:
        row, column = self._find(index)
        return self._starts[row] + column

    def _find(self, index: int) -> tuple[int, int]:
        row = bisect_right(self._counts, index)
        return row, _column(self.lines[row], index - (self._counts[row - 1] if row else 0))

    def _place(self, row: int, column: int) -> Place:
        return Place(self.origin.line + row, column if row else self.origin.column + column)


def _column(line: str, nth: int) -> int:
    """The column of the ``nth`` glyph of ``line``."""
    seen = -1
    for column, character in enumerate(line):
        seen += not character.isspace()
        if seen == nth:
            return column
    raise IndexError(nth)
