"""Texts in string literals of code, where a line end is written as an escape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .escapes import split_literal
from .values import Sink
from .view import View

_STRING = re.compile(
    rb"(?<!\w)([A-Za-z]{0,2})"
    rb"(?:\"([^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+)\"|'([^'\\\n]*+(?:\\.[^'\\\n]*+)*+)')",
    re.DOTALL,
)
_JOINED = re.compile(rb"[\"'][ \t\r\n+.&\\]*+\Z")
"""What may stand between two literals that are one text: the first one's quote, and layout."""
_FARTHEST = 400
"""Bytes between them."""
_MOST_PARTS = 1 << 16
"""Escapes and the texts between them that are one text; what follows is another."""


def literals(text: bytes) -> Iterator[View]:
    """Views of the literals that hold escaped line ends; neighbours are one text."""
    sink = Sink()
    parts: list[bytes] = []
    sizes: list[int] = []
    begun = end = 0
    place = 0
    while (escape := text.find(b"\\n", place)) >= 0:
        line = max(text.rfind(b"\n", 0, escape) + 1, end)
        for string in _STRING.finditer(text, line, _line_end(text, escape)):
            group = 2 if string[2] is not None else 3
            raw = string[group]
            if b"\\n" not in raw or b"r" in string[1].lower():
                continue
            gap = text[end : string.start()] if string.start() - end < _FARTHEST else b"?"
            more, widths = split_literal(raw)
            # The quotes between two literals are of no text.
            if parts and len(parts) < _MOST_PARTS and _JOINED.match(gap):
                parts += [b"", *more]
                sizes += [string.start(group) - end, *widths]
            else:
                yield from _put(sink, parts, sizes, begun)
                parts, sizes, begun = more, widths, string.start(group)
            end = string.end(group)
        place = _line_end(text, escape)
    yield from _put(sink, parts, sizes, begun)
    yield from sink.rest()


def _line_end(text: bytes, place: int) -> int:
    return text.find(b"\n", place) + 1 or len(text)


def _put(sink: Sink, parts: list[bytes], sizes: list[int], begun: int) -> Iterator[View]:
    if b"\n" in b"".join(parts).strip():
        sink.parts(parts, sizes, begun)
        yield from sink.full()
