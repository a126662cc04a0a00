"""Fenced code blocks of Markdown and other prose, as CommonMark 0.31 section 4.5 defines them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .view import Stream, View

_FENCE = re.compile(
    rb"^([ \t]{0,40}(?:[-*+]|\d{1,9}[.)])?[ \t>]{0,40})(`{3,}|~{3,})([^\n]*)$", re.MULTILINE
)
_DEEPEST = 100
"""Bytes of a line in which a fence must begin; the pattern reaches no farther."""
_QUOTE = re.compile(rb"^[ \t]{0,40}(?:> ?){1,20}", re.MULTILINE)


def _fences(text: bytes) -> Iterator[re.Match[bytes]]:
    """Every line that may be a fence, in order."""
    place = 0
    marks = {mark: text.find(mark) for mark in (b"```", b"~~~")}
    while hits := [at for at in marks.values() if at >= 0]:
        at = min(hits)
        line = max(place, text.rfind(b"\n", max(0, at - _DEEPEST), at) + 1)
        if line or at < _DEEPEST:
            fence = _FENCE.match(text, line)
            if fence is not None:
                yield fence
        place = text.find(b"\n", at) + 1 or len(text)
        for mark, found in marks.items():
            if 0 <= found < place:
                marks[mark] = text.find(mark, place)


def blocks(text: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of what stands between fences, and whether inside a quotation.

    A block that is never closed reaches to the end.
    """
    opened: tuple[bytes, int, bool] | None = None
    for fence in _fences(text):
        marks, info = fence[2], fence[3].strip()
        if opened is None:
            # Inline code may begin a line; its marks close on the same line.
            if marks[:1] == b"~" or b"`" not in info:
                opened = marks, min(len(text), fence.end() + 1), b">" in fence[1]
        elif marks.startswith(opened[0]) and not info:
            if opened[1] < fence.start():
                yield opened[1], fence.start(), opened[2]
            opened = None
    if opened is not None and opened[1] < len(text):
        yield opened[1], len(text), opened[2]


def fenced(text: bytes) -> Iterator[View]:
    """The code blocks of a text, without the marks of quotations around them."""
    stream = Stream(code=True)
    for start, end, quoted in blocks(text):
        if quoted:
            edges = [start]
            for mark in _QUOTE.finditer(text, start, end):
                edges += mark.span()
            edges.append(end)
            for first, last in [*pairwise(edges)][::2]:
                if first < last:
                    stream.copy(text[first:last], first)
        else:
            stream.copy(text[start:end], start)
        stream.part(end)
        if len(stream.text) > 1 << 20:
            yield stream.view()
    if stream.text:
        yield stream.view()


def fenced_in(view: View) -> Iterator[View]:
    """The code blocks inside a view's prose."""
    stream = Stream(code=True)
    for start, end, _ in blocks(view.text):
        # A block that nothing closes ends with its value.
        until = view.text.find(b"\x00", start, end)
        end = end if until < 0 else until
        stream.through(view, start, end)
        stream.part(view.span(end - 1, end).end)
    if stream.text:
        yield stream.view(view.label)
