"""Whether a text is well formed in its language, so that no fix leaves a file broken."""

from __future__ import annotations

import ast
import csv
import io
import json
import tomllib
import warnings
from collections.abc import Callable

from redline.fixes.stretches import first_byte
from redline.syntax.languages import Language
from redline.syntax.trees import UnparsedError, parse

_LARGEST_STRICT = 4 << 20
"""Bytes that the strict readers take; beyond it tree-sitter alone judges."""


def well_formed(language: Language | None, text: bytes) -> bool | None:
    """Tell whether a text reads without an error; None where nobody here can tell.

    Python, JSON and TOML are read by their own readers, CSV by its quotes, the rest by
    tree-sitter. Nothing is executed.
    """
    if language is None:
        return None
    strict = _STRICT.get(language.name)
    if strict is not None and len(text) <= _LARGEST_STRICT:
        try:
            strict(text)
            return True
        except _REFUSALS:
            return False
    try:
        return not parse(language, text).root_node.has_error
    except UnparsedError:
        return None


def still_well_formed(language: Language | None, before: bytes, after: bytes) -> bool | None:
    """Tell whether a change broke what was well formed; None where that cannot be told."""
    first = well_formed(language, before)
    if first:
        return well_formed(language, after)
    if language is None or first is None or language.name not in _STRICT:
        return None
    # Newer or older than the strict reader knows, or with comments: the grammar may know better.
    try:
        if parse(language, before).root_node.has_error:
            return None
        return not parse(language, after).root_node.has_error
    except UnparsedError:
        return None


def _python(text: bytes) -> None:
    with warnings.catch_warnings():
        # What the file's author is warned of is no concern here.
        warnings.simplefilter("ignore")
        ast.parse(text)


def _json(text: bytes) -> None:
    if text.strip():
        json.loads(text[first_byte(text) :])


def _jsonl(text: bytes) -> None:
    for line in text[first_byte(text) :].split(b"\n"):
        if line.strip():
            json.loads(line)


def _toml(text: bytes) -> None:
    tomllib.loads(text[first_byte(text) :].decode())


def _csv(text: bytes) -> None:
    rows = io.StringIO(text.decode("utf-8", "replace"), newline="")
    for _ in csv.reader(rows, strict=True):
        pass


_STRICT: dict[str, Callable[[bytes], None]] = {
    "python": _python,
    "json": _json,
    "notebook": _json,
    "jsonl": _jsonl,
    "toml": _toml,
    "csv": _csv,
}
_REFUSALS = (ValueError, SyntaxError, RecursionError, MemoryError, csv.Error)
