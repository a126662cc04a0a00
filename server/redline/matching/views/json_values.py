"""String values and records of JSON and JSON Lines, found by one pass that no damage stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .escapes import split_json
from .values import MOST_SHORT, Rows, Sink, is_long
from .view import LARGEST, View

# A string never crosses a line end (RFC 8259 section 7): a lost quote costs one line.
_STRING = rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?'
_KEY = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[ \t\r\n]*+:[ \t\r\n]*+'
# A row of numbers is one value, or vectors would cost a step for each.
_WORDS = rb"([-+.\w]++(?:[ \t\r\n]*+,[ \t\r\n]*+[-+.\d][-+.\w]*+)*+)"
_VALUE = rb"(?:" + _STRING + rb"|" + _WORDS + rb")"
_ROW = re.compile(_KEY + _VALUE + rb"?+|" + _VALUE)
_BRACKETED = rb"(?:" + _STRING + rb"|" + _WORDS + rb"|([{}\[\]]))"
_TOKEN = re.compile(_KEY + _BRACKETED + rb"?+|" + _BRACKETED)

_JSON_LINES = re.compile(rb"\s*\{[^\n]*\}[ \t\r]*\n\s*(?:\{|\Z)")


def is_json_lines(text: bytes) -> bool:
    """Tell whether the first two lines are an object each."""
    return _JSON_LINES.match(text[: 1 << 20]) is not None


def json_lines(text: bytes) -> Iterator[View]:
    """Views of a text of which each line is a record."""
    sink = Sink()
    start, looked, size = 0, 0, len(text)
    while start < size:
        end = text.find(b"\n", start) + 1 or size
        shorts: list[bytes] = []
        for token in _ROW.finditer(text, start, end):
            group = token.lastindex
            if group is None:
                continue
            raw = token[group]
            if b"\\" in raw and group & 1:
                short = sink.escaped(raw, token.start(group), split_json)
                if short is not None and len(shorts) <= MOST_SHORT:
                    shorts.append(short)
            elif not is_long(raw):
                if len(shorts) <= MOST_SHORT:
                    shorts.append(raw)
            else:
                sink.plain(raw, token.start(group))
        sink.record(shorts, start, end)
        start = end
        if start - looked > LARGEST:
            looked = start
            yield from sink.full()
    yield from sink.rest()


def json_document(text: bytes) -> Iterator[View]:
    """Views of one JSON document, or of a fragment of one."""
    sink = Sink()
    rows = Rows(sink)
    looked = 0
    for token in _TOKEN.finditer(text):
        group = token.lastindex
        if group is None:
            continue
        kind = group % 3
        raw = token[group]
        if kind == 1 and b"\\" in raw:
            short = sink.escaped(raw, token.start(group), split_json)
            if short is not None:
                rows.short(short)
        elif not kind:
            if raw in b"{[":
                rows.open(token.start(group), array=raw == b"[")
            elif rows.close(token.end(group)) and token.end() - looked > LARGEST:
                looked = token.end()
                yield from sink.full()
        elif not is_long(raw):
            rows.short(raw)
        else:
            sink.plain(raw, token.start(group), shown=True)
    yield from sink.rest()
