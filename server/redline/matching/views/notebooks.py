"""Cells of Jupyter notebooks: their sources joined, code apart from prose; outputs left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .escapes import split_json
from .view import Stream, View, drained

_TOKEN = re.compile(
    rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?([ \t\r\n]*+:)?|([{}\[\]])'  # a key, a string, a bracket
)


def is_notebook(text: bytes) -> bool:
    """Tell whether a JSON text is a notebook, by the keys that each has (nbformat 4)."""
    return b'"cells"' in text and b'"nbformat"' in text and b'"cell_type"' in text


def sources(text: bytes) -> Iterator[tuple[bytes, int, list[tuple[int, int]]]]:
    """Yield each cell's type, where it begins, and the insides of its source's strings.

    Cells are the objects in ``cells`` at depth 2, wherever else such keys may stand.
    """
    depth = 0
    key = b""
    cells = False
    kind = b""
    begun = 0
    found: list[tuple[int, int]] = []
    field = b""
    for token in _TOKEN.finditer(text):
        bracket = token[3]
        if bracket is None:
            if token[2] is not None:
                key = token[1]
                if depth == 1:
                    cells = key == b"cells"
                elif depth == 3:
                    field = key
            elif cells and depth == 3 and field == b"cell_type":
                kind = token[1]
            elif cells and field == b"source" and depth in (3, 4):
                found.append(token.span(1))
        elif bracket in b"{[":
            depth += 1
            if depth == 3:
                kind, begun, found, field = b"", token.start(), [], b""
        elif depth:
            depth -= 1
            if cells and depth == 2:
                yield kind, begun, found


def notebook(text: bytes) -> Iterator[View]:
    """Views of a notebook: its code cells, and its other ones."""
    code, prose = Stream(code=True), Stream(code=False)
    for kind, _, strings in sources(text):
        stream = code if kind == b"code" else prose
        for start, end in strings:
            stream.decoded(*split_json(text[start:end]), start)
        if strings:
            stream.part(strings[-1][1])
        yield from drained((code, prose))
    yield from drained((code, prose), 1)
