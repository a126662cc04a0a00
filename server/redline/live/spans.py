"""Bytes of a text to lines and columns as editors count them, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from redline.live.places import Extent, Place
from redline.model import Span

_LINE_END = re.compile(rb"\r\n|\r|\n")


class ByteMap:
    """Maps a text's bytes (UTF-8, lone surrogates let pass) to places and back."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self._text))]

    def place(self, offset: int) -> Place:
        """The place of a byte; one inside a character counts as behind it."""
        line = bisect_right(self._starts, offset) - 1
        head = self._text[self._starts[line] : offset]
        try:
            column = len(head.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            column = len(head.decode("utf-8", "replace"))
        return Place(line, column)

    def extent(self, span: Span) -> Extent:
        """The extent of a span."""
        return Extent(self.place(span.start), self.place(span.end))

    def offset(self, place: Place) -> int:
        """The first byte of the character at a place; the line's end beyond its last."""
        if place.line >= len(self._starts):
            return len(self._text)
        start = self._starts[place.line]
        following = self._starts[place.line + 1 : place.line + 2]
        line = self._text[start : following[0] if following else len(self._text)]
        head = line.decode("utf-8", "surrogatepass")[: place.column]
        return start + len(head.encode("utf-8", "surrogatepass"))

    def span(self, extent: Extent) -> Span:
        """The span of an extent."""
        return Span(self.offset(extent.start), self.offset(extent.end))
