"""How a place in a file of values is named: by row and column, by cell, by path of keys."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from redline.model import Span

from .escapes import split_json
from .kinds import Kind, kind_of
from .notebooks import sources
from .tables import delimiter_of, rows

_TOKEN = re.compile(rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?([ \t\r\n]*+:)?|([{}\[\],])')
_KEY = re.compile(r"[ \t]*(?:- +)*[\"']?([^\s\"':#][^\n\"':]{0,80})[\"']?[ \t]*:(?:\s|\Z)")
_FARTHEST = 8 << 20
"""Bytes that are read again to name a place; what lies deeper in one document has no name."""
_LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Places:
    """Names the places of one file."""

    text: bytes
    noun: str
    """``row`` or ``cell``; empty where a file has neither."""
    find: Callable[[int], tuple[int, str]]
    """The number of the row that holds a byte, and what it is inside: a column, a pointer."""

    def name(self, span: Span) -> str:
        """Name a span of the file's bytes; empty where there is nothing to say beside its lines."""
        begin, end = span.start, span.end
        while end - 1 > begin and self.text[end - 1] in b" \t\r\n,":
            end -= 1
        first, inside = self.find(begin)
        last, until = self.find(max(begin, end - 1))
        inside = inside if inside == until else ""
        if not self.noun:
            return inside
        if first == last:
            return f"{self.noun} {first}, {inside}" if inside else f"{self.noun} {first}"
        return f"{self.noun}s {first} to {last}"


def places_of(path: str, text: bytes) -> Places:
    """How to name the places of a file; what is read for it is read on the first question."""
    kind = kind_of(path, text)
    if kind is Kind.JSON_LINES:
        return Places(text, "row", _in_json_lines(text))
    if kind is Kind.TABLE:
        return Places(text, "row", _in_table(text))
    if kind is Kind.NOTEBOOK:
        return Places(text, "cell", _in_notebook(text))
    if kind is Kind.JSON:
        return Places(text, "", lambda offset: (0, _pointer(text, 0, offset)))
    if kind is Kind.YAML:
        return Places(text, "", lambda offset: (0, _key(text, offset)))
    return Places(text, "", lambda _: (0, ""))


def _in_json_lines(text: bytes) -> Callable[[int], tuple[int, str]]:
    starts: list[int] = []

    def find(offset: int) -> tuple[int, str]:
        if not starts:
            starts.append(0)
            place = text.find(b"\n")
            while place >= 0:
                starts.append(place + 1)
                place = text.find(b"\n", place + 1)
        row = bisect_right(starts, offset)
        return row, _pointer(text, starts[row - 1], offset)

    return find


def _in_table(text: bytes) -> Callable[[int], tuple[int, str]]:
    starts: list[int] = []
    mark = delimiter_of(text)

    def find(offset: int) -> tuple[int, str]:
        if not starts:
            starts.extend(start for start, _, _ in rows(text, mark))
        row = max(0, bisect_right(starts, offset) - 1)
        if not starts or offset == starts[row]:
            return row, ""
        _, _, cells = next(rows(text[starts[row] :], mark))
        column = bisect_right([start for start, _ in cells], offset - starts[row]) - 1
        _, _, heads = next(rows(text, mark))
        if row and 0 <= column < len(heads):
            head = text[heads[column][0] : heads[column][1]].strip(b'" \t')
            if head:
                return row, f"column {_shown(head)}"
        return row, f"column {column + 1}"

    return find


def _in_notebook(text: bytes) -> Callable[[int], tuple[int, str]]:
    starts: list[int] = []

    def find(offset: int) -> tuple[int, str]:
        if not starts:
            starts.append(-1)
            starts.extend(begun for _, begun, _ in sources(text))
        return max(1, bisect_right(starts, offset) - 1), ""

    return find


def _pointer(text: bytes, start: int, offset: int) -> str:
    """The JSON pointer (RFC 6901) of the value that holds a byte; empty outside all of them."""
    if offset - start > _FARTHEST:
        return ""
    # For each array its index, for each object its last key.
    stack: list[int | bytes] = []
    for token in _TOKEN.finditer(text, start):
        mark = token[3]
        if token.start() > offset:
            # The blanks before a key are its own.
            if mark is None and token[2] is not None and stack and stack[-1] == b"":
                stack[-1] = token[1]
            break
        if mark is None:
            if token[2] is not None and stack and isinstance(stack[-1], bytes):
                stack[-1] = token[1]
        elif mark in b"{[":
            stack.append(b"" if mark == b"{" else 0)
        elif mark == b",":
            if stack:
                stack[-1] = stack[-1] + 1 if isinstance(stack[-1], int) else b""
        elif stack:
            stack.pop()
    if stack and stack[-1] == b"":
        stack.pop()
    if len(stack) > 8:
        return ""
    return "".join("/" + (_shown(one) if isinstance(one, bytes) else str(one)) for one in stack)


def _key(text: bytes, offset: int) -> str:
    """The key on the line where a YAML scalar begins, or above it where that is a block."""
    line = text.rfind(b"\n", 0, offset) + 1
    indent: int | None = None
    for _ in range(2000):
        end = text.find(b"\n", line)
        raw = text[line : len(text) if end < 0 else min(end, line + 400)]
        depth = len(raw) - len(raw.lstrip(b" "))
        key = _KEY.match(raw.decode("utf-8", "replace"))
        if raw.strip() and (indent is None or depth < indent):
            if key is not None:
                return f"key {_shown(key[1].encode())}"
            indent = depth
        if not line:
            break
        line = text.rfind(b"\n", 0, line - 1) + 1
    return ""


def _shown(raw: bytes) -> str:
    name = b"".join(split_json(raw[: 4 * _LONGEST])[0]).decode("utf-8", "replace")
    name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name).strip()
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
