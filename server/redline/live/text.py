"""The text of an open document, kept line by line so that a key costs what it changes."""

from __future__ import annotations

import io
import re
from typing import Final

from redline.live.places import Edit, Extent, Place

_OTHER_ENDS: Final = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""Where ``str.splitlines`` would split too."""
_SPLIT_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class LiveText:
    """A document's text under edit.

    Lines end at LF, CR LF or CR alone and at nothing else, as the Language Server Protocol
    counts them. An edit copies the lines that it touches and moves the list behind them; it never
    walks the text. Half surrogate pairs, which a client may send, are kept; two halves that
    meet become the character that they are.
    """

    __slots__ = ("lines",)

    lines: list[str]
    """Each with its end; the last has none and may be empty, so there is always one."""

    def __init__(self, text: str = "") -> None:
        self.lines = split_lines(_paired(text))

    def __str__(self) -> str:
        return "".join(self.lines)

    @property
    def end(self) -> Place:
        """Behind the last character."""
        return Place(len(self.lines) - 1, len(self.lines[-1]))

    def to_bytes(self) -> bytes:
        """Return the text as UTF-8; half surrogate pairs take three bytes (``surrogatepass``)."""
        return "".join(self.lines).encode("utf-8", "surrogatepass")

    def slice(self, extent: Extent) -> str:
        """Return what lies in ``extent``; places outside the text count as the nearest inside."""
        start, end = self._ordered(extent.start, extent.end)
        return self._between(start, end)

    def place(self, line: int, units: int, encoding: str) -> Place:
        """Return the place at a client's position.

        ``line`` counts from 0, ``units`` are code units of ``encoding`` (``utf-8``, ``utf-16``
        or ``utf-32``) from the line's start. A column behind the line's text is the end of that
        text, a line behind the last is the end of all, one inside a character is its start.
        """
        if line >= len(self.lines):
            return self.end
        if line < 0 or units <= 0:
            return Place(max(line, 0), 0)
        text = self.lines[line]
        size = _content_size(text)
        if text.isascii() or encoding == "utf-32":
            return Place(line, min(units, size))
        return Place(line, _code_points(text[: min(units, size)], units, encoding))

    def units(self, place: Place, encoding: str) -> tuple[int, int]:
        """Return a place as a client counts: line from 0, code units of ``encoding``."""
        place = self._inside(place)
        text = self.lines[place.line]
        if text.isascii() or encoding == "utf-32":
            return place.line, place.column
        return place.line, _code_units(text[: place.column], encoding)

    def apply(self, start: Place, end: Place, text: str) -> Edit:
        """Put ``text`` where ``start`` to ``end`` stood; places outside count as the nearest.

        A range that runs backwards is taken forwards. Where a CR and an LF (or the halves of a
        surrogate pair) meet over a border of the edit, the edit that is returned takes in both
        halves, so that none of its places lies inside a line end or a character.
        """
        start, end = self._ordered(start, end)
        head = self.lines[start.line][: start.column]
        tail = self.lines[end.line][end.column :]
        text = _paired(text)
        follows = text or tail
        if start.column == 0 and start.line and follows.startswith("\n"):
            before = self.lines[start.line - 1]
            if before.endswith("\r"):
                start, head, text = Place(start.line - 1, len(before) - 1), before[:-1], "\r" + text
        elif _meet(head, follows):
            start = Place(start.line, start.column - 1)
            head, text = head[:-1], _paired(head[-1] + text)
        if text.endswith("\r") and tail.startswith("\n"):
            end, tail, text = Place(end.line + 1, 0), self.lines[end.line + 1], text + "\n"
        elif _meet(text, tail):
            end = Place(end.line, end.column + 1)
            text, tail = _paired(text + tail[0]), tail[1:]
        removed = self._between(start, end)
        if "\n" not in text and "\r" not in text:
            self.lines[start.line : end.line + 1] = [head + text + tail]
            new_end = Place(start.line, len(head) + len(text))
        else:
            fresh = split_lines(text)
            new_end = Place(start.line + len(fresh) - 1, len(fresh[-1]))
            fresh[0] = head + fresh[0]
            fresh[-1] += tail
            self.lines[start.line : end.line + 1] = fresh
        return Edit(start, end, removed, text, new_end)

    def replace(self, text: str) -> Edit:
        """Take ``text`` for the whole; the edit that is returned spares what both have in common.

        Equal texts give an edit of nothing by nothing.
        """
        before, after = str(self), _paired(text)
        shared = common_prefix(before, after)
        while _splits_end(before, shared) or _splits_end(after, shared):
            shared -= 1
        room = min(len(before), len(after)) - shared
        behind = common_prefix(before[len(before) - room :][::-1], after[len(after) - room :][::-1])
        while _splits_end(before, len(before) - behind) or _splits_end(after, len(after) - behind):
            behind -= 1
        start = _advance(Place(0, 0), before[:shared])
        removed = before[shared : len(before) - behind]
        inserted = after[shared : len(after) - behind]
        self.lines = split_lines(after)
        return Edit(start, _advance(start, removed), removed, inserted, _advance(start, inserted))

    def _between(self, start: Place, end: Place) -> str:
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        first = self.lines[start.line][start.column :]
        last = self.lines[end.line][: end.column]
        return "".join((first, *self.lines[start.line + 1 : end.line], last))

    def _inside(self, place: Place) -> Place:
        if place.line >= len(self.lines):
            return self.end
        if place.line < 0 or place.column <= 0:
            return Place(max(place.line, 0), 0)
        return Place(place.line, min(place.column, _content_size(self.lines[place.line])))

    def _ordered(self, start: Place, end: Place) -> tuple[Place, Place]:
        start, end = self._inside(start), self._inside(end)
        return (start, end) if start <= end else (end, start)


def common_prefix(left: str, right: str) -> int:
    """Return the length of what both begin with, by halving."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def split_lines(text: str) -> list[str]:
    """Split at LF, CR LF and CR, ends kept; the last line has no end, so one is always there."""
    if any(char in text for char in _OTHER_ENDS):
        # Without translation StringIO knows the three ends and no other, at half the speed.
        lines = list(io.StringIO(text, newline=""))
    else:
        lines = text.splitlines(keepends=True)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def _content_size(line: str) -> int:
    """Return how many characters stand before a line's end."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - line.endswith(("\n", "\r"))


def _code_points(text: str, units: int, encoding: str) -> int:
    """Count the characters of ``text`` that lie whole within its first ``units``."""
    if encoding == "utf-8":
        data = text.encode("utf-8", "surrogatepass")
        if units >= len(data):
            return len(text)
        while data[units] & 0xC0 == 0x80:
            units -= 1
        return len(data[:units].decode("utf-8", "surrogatepass"))
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        return min(units, len(text))
    if 2 * units >= len(data):
        return len(text)
    if units and 0xD8 <= data[2 * units - 1] < 0xDC and 0xDC <= data[2 * units + 1] < 0xE0:
        units -= 1
    return len(data[: 2 * units].decode("utf-16-le", "surrogatepass"))


def _code_units(text: str, encoding: str) -> int:
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _paired(text: str) -> str:
    """Make one character of each two halves of a surrogate pair that stand side by side."""
    if text.isascii() or not _SPLIT_PAIR.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _meet(left: str, right: str) -> bool:
    """Tell whether two halves of a surrogate pair lie on both sides of a border."""
    return "\ud800" <= left[-1:] <= "\udbff" and "\udc00" <= right[:1] <= "\udfff"


def _splits_end(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1] == "\r" and text[place] == "\n"


def _advance(place: Place, text: str) -> Place:
    """Return where ``text`` ends that begins at ``place``."""
    lines = split_lines(text)
    if len(lines) == 1:
        return Place(place.line, place.column + len(text))
    return Place(place.line + len(lines) - 1, len(lines[-1]))
