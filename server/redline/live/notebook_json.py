"""A notebook's JSON taken apart at its cells, each with the place of its source.

The format is nbformat 4: an object whose ``cells`` are objects with a ``source``, a string or a
list of strings. The parts, put together again, are the file byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_EMPTY = '{\n "cells": [],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'

Strings = tuple[tuple[int, int], ...]
"""Where the insides of strings begin and end, in code points."""


@dataclass(frozen=True, slots=True)
class OldCell:
    """A cell of the file: its text, and its source's place in it."""

    raw: str
    kind: str
    id: str | None
    source: str
    value: tuple[int, int]
    """Where the value of ``source`` stands in ``raw``."""
    strings: tuple[tuple[int, int], ...]
    """The insides of its strings."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A notebook's text, taken apart at its cells."""

    head: str
    old: tuple[OldCell, ...]
    between: str
    """Stands between two cells."""
    tail: str
    ascii: bool
    """Other letters are written as escapes."""
    indent: str
    """Before the lines of a source."""

    def fresh(self, *, code: bool, id: str | None) -> tuple[str, str]:
        """What stands before and behind the source of a new cell, as nbformat writes it."""
        outer = self.indent[:-2] or " "
        keys: dict[str, str] = {"cell_type": '"code"' if code else '"markdown"'}
        if code:
            keys["execution_count"] = "null"
        keys |= {"id": json.dumps(id)} if id is not None else {}
        keys["metadata"] = "{}"
        if code:
            keys["outputs"] = "[]"
        lines = [f'"{key}": {value},' for key, value in keys.items()]
        return "\n".join(
            ["{", *(f"{outer} {line}" for line in lines), f'{outer} "source": ']
        ), f"\n{outer}}}"

    def source(self, text: str) -> tuple[str, Strings]:
        """Write a cell's source, line by line; and where the insides of its strings are."""
        lines = [line for line in re.split(r"(?<=\n)", text) if line]
        if not lines:
            return "[]", ()
        value = "["
        strings = []
        for number, line in enumerate(lines):
            value += ("," if number else "") + "\n" + self.indent
            quoted = _quoted(line, ascii_only=self.ascii)
            strings.append((len(value) + 1, len(value) + len(quoted) - 1))
            value += quoted
        return f"{value}\n{self.indent[:-1]}]", tuple(strings)


def apart(base: bytes | None) -> Apart:
    """Take a notebook apart; what is no notebook, or nests too deep, counts as an empty one."""
    if base is not None:
        try:
            return _taken_apart(base.decode("utf-8"))
        except (ValueError, KeyError, TypeError, IndexError, StopIteration, RecursionError):
            pass
    return _taken_apart(_EMPTY)


def _taken_apart(text: str) -> Apart:
    at = _skip(text, 1 if text.startswith("\ufeff") else 0)
    _, start, end = next(found for found in _members(text, at) if found[0] == "cells")
    spans = list(_elements(text, start))
    old = tuple(_cell(text[first:last]) for first, last in spans)
    if not spans:
        return Apart(
            text[: start + 1] + "\n  ", (), ",\n  ", f"\n {text[end - 1 :]}", False, "    "
        )
    between = text[spans[0][1] : spans[1][0]] if len(spans) > 1 else ",\n  "
    first = next((one for one in old if one.strings), None)
    indent = "    "
    if first is not None:
        lead = re.search(r"\n([ \t]*)\"\Z", first.raw[: first.strings[0][0]])
        indent = lead[1] if lead else indent
    head, tail = text[: spans[0][0]], text[spans[-1][1] :]
    return Apart(head, old, between, tail, text.isascii() and "\\u" in text, indent)


def _cell(raw: str) -> OldCell:
    kind, id, value, source = "", None, (0, 0), ""
    strings: list[tuple[int, int]] = []
    for key, start, end in _members(raw, 0):
        if key == "cell_type":
            kind = str(json.loads(raw[start:end]))
        elif key == "id":
            id = str(json.loads(raw[start:end]))
        elif key == "source":
            value = (start, end)
            told = json.loads(raw[start:end])
            if isinstance(told, str):
                source, strings = told, [(start + 1, end - 1)]
            else:
                source = "".join(told)
                strings = [(first + 1, last - 1) for first, last in _elements(raw, start)]
    if value == (0, 0):
        raise KeyError("source")
    return OldCell(raw, kind, id, source, value, tuple(strings))


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Yield key, and begin and end of its value, of the object at ``at``."""
    _expect(text, at, "{")
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _decoded_at(text, at)
        at = _skip(text, at)
        _expect(text, at, ":")
        start = _skip(text, at + 1)
        _, end = _decoded_at(text, start)
        yield str(key), start, end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
        else:
            _expect(text, at, "}")


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each element of the array at ``at``."""
    _expect(text, at, "[")
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _decoded_at(text, at)
        yield at, end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
        else:
            _expect(text, at, "]")


def _decoded_at(text: str, at: int) -> tuple[Any, int]:
    value, end = _DECODER.raw_decode(text, at)
    return value, end


def _expect(text: str, at: int, char: str) -> None:
    if text[at] != char:
        raise ValueError(f"no {char} at {at}")


def _quoted(text: str, *, ascii_only: bool) -> str:
    # A lone surrogate has no UTF-8: it is written as the escape that it came as.
    alone = any("\ud800" <= char <= "\udfff" for char in text)
    return json.dumps(text, ensure_ascii=ascii_only or alone)
