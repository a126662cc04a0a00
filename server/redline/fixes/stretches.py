"""Stretches of a text that can be taken out: whole lines, blank lines about them, line ends."""

from __future__ import annotations

from redline.model import Span

BOM = b"\xef\xbb\xbf"


def first_byte(text: bytes) -> int:
    """Where the text begins, behind a byte order mark."""
    return len(BOM) if text.startswith(BOM) else 0


def line_start(text: bytes, at: int) -> int:
    """The first byte of the line that holds ``at``; a byte order mark is in none."""
    return max(text.rfind(b"\n", 0, at) + 1, first_byte(text))


def line_end(text: bytes, at: int) -> int:
    """The byte behind the line that holds ``at``, its line end included."""
    found = text.find(b"\n", at)
    return len(text) if found < 0 else found + 1


def whole_lines(text: bytes, span: Span) -> Span | None:
    """Widen a span to whole lines where it leaves nothing but blanks of them; else None."""
    start = line_start(text, max(span.start, first_byte(text)))
    end = span.end if text[: span.end].endswith(b"\n") else line_end(text, span.end)
    if text[start : span.start].strip(b" \t") or text[span.end : end].strip():
        return None
    return Span(start, end)


def removal(text: bytes, span: Span) -> Span:
    """What goes when a span is taken out.

    Whole lines take the shorter run of the blank lines around them along, so that two runs do
    not add up; at an end of the text all blank lines on that side. Anything else is itself.
    """
    lines = whole_lines(text, span)
    if lines is None:
        return Span(max(span.start, first_byte(text)), span.end)
    above, below = blank_above(text, lines.start), blank_below(text, lines.end)
    if above == first_byte(text):
        return Span(above, below)
    if below == len(text):
        return Span(above, below)
    if lines.start - above < below - lines.end:
        return Span(above, lines.end)
    return Span(lines.start, below) if above < lines.start else lines


def blank_above(text: bytes, start: int) -> int:
    """Where the blank lines directly above a line begin; ``start`` itself without any."""
    first = first_byte(text)
    while start > first:
        line = line_start(text, start - 1)
        if text[line:start].strip():
            break
        start = line
    return start


def blank_below(text: bytes, end: int) -> int:
    """Where the blank lines directly below a line end; ``end`` itself without any."""
    while end < len(text):
        line = line_end(text, end)
        if text[end:line].strip():
            break
        end = line
    return end


def newline_at(text: bytes, at: int) -> bytes:
    """The line end that is used around a place, CR LF or LF."""
    end = text.find(b"\n", at)
    if end < 0:
        end = text.rfind(b"\n")
    return b"\r\n" if end > 0 and text[end - 1 : end] == b"\r" else b"\n"


def indentation(text: bytes, at: int) -> bytes:
    """The blanks that the line of a place begins with."""
    start = line_start(text, at)
    line = text[start : line_end(text, start)]
    return line[: len(line) - len(line.lstrip(b" \t"))]


def count_lines(text: bytes) -> int:
    """Lines of a stretch, the last one without a line end included."""
    return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))


def these_lines(text: bytes, span: Span) -> str:
    """Name a region for a menu: ``these 12 lines``, ``this line``, ``this part of the line``."""
    lines = count_lines(text[span.start : span.end])
    if lines == 1 and whole_lines(text, span) is None:
        return "this part of the line"
    return "this line" if lines <= 1 else f"these {lines} lines"
