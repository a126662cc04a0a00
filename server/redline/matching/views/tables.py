"""Cells and rows of CSV and TSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from .values import Sink, is_long
from .view import LARGEST, View

_DELIMITERS = b",;\t|"
_QUOTED = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"?')
_DOUBLED = re.compile(rb'("")')
_HEAD = 1 << 16
_LONGEST = 1 << 20
"""Bytes of a row."""
_MOST_CELLS = 1 << 16


def delimiter_of(text: bytes) -> bytes:
    """The delimiter that the first line uses most outside quotes; a comma if it has none."""
    line = _QUOTED.sub(b"", text[:_HEAD].lstrip().partition(b"\n")[0])
    best = max(_DELIMITERS, key=lambda mark: line.count(mark))
    return bytes((best,))


def rows(text: bytes, delimiter: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield start and end of each row, line end included, and of its cells, quotes included.

    RFC 4180 as Python's ``csv`` reads it: a quote opens a cell only at the cell's start.
    """
    cell = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"?[^%b\n]*+|[^%b\n]*+' % (delimiter, delimiter))
    start, size = 0, len(text)
    while start < size:
        end = text.find(b"\n", start) + 1 or size
        line = text[start:end].rstrip(b"\r\n")
        cells: list[tuple[int, int]] = []
        place = start
        if b'"' not in line:
            # So long a line is no row; what it says is found in the file itself.
            if len(line) <= _LONGEST:
                ends = list(accumulate(len(part) + 1 for part in line.split(delimiter)))
                cells = [
                    (place + first, place + last - 1)
                    for first, last in zip([0, *ends], ends, strict=False)
                ]
        else:
            while True:
                found = cell.match(text, place)
                end = place if found is None else found.end()
                if len(cells) < _MOST_CELLS:
                    cells.append((place, end))
                if text[end : end + 1] != delimiter:
                    break
                place = end + 1
            if text[end - 1 : end] == b"\r" and cells[-1][1] > cells[-1][0]:
                cells[-1] = (cells[-1][0], end - 1)
            end = min(size, end + 1)
        yield start, end, cells
        start = end


def table(text: bytes, delimiter: bytes) -> Iterator[View]:
    """Views of a table: long cells, and a record for each row, the head's among them."""
    sink = Sink()
    looked = 0
    for start, end, cells in rows(text, delimiter):
        shorts: list[bytes] = []
        for first, last in cells:
            raw = text[first:last].strip()
            quoted = raw[:1] == b'"'
            if not quoted and not is_long(raw):
                shorts.append(raw)
                continue
            source = text.index(raw, first)
            if quoted:
                closed = len(raw) > 1 and raw.endswith(b'"')
                raw, source = raw[1 : -1 if closed else None], source + 1
                if b'""' in raw:
                    short = sink.escaped(raw, source, _split)
                    if short is not None:
                        shorts.append(short)
                    continue
            if is_long(raw):
                sink.plain(raw, source)
            else:
                shorts.append(raw)
        sink.record(shorts, start, end)
        if end - looked > LARGEST:
            looked = end
            yield from sink.full()
    yield from sink.rest()


def _split(raw: bytes) -> tuple[list[bytes], list[int]]:
    parts = _DOUBLED.split(raw)
    sizes = list(map(len, parts))
    parts[1::2] = [b'"'] * (len(parts) // 2)
    return parts, sizes
