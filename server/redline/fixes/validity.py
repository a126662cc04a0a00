"""Whether edits leave a text well formed in its language, so that no fix breaks a file."""

from __future__ import annotations

import ast
import csv
import io
import json
import tomllib
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from redline.fixes.edits import FileEdit
from redline.fixes.stretches import first_byte, line_end, line_start
from redline.model import Span
from redline.syntax.languages import Language, grammar_of
from redline.syntax.trees import UnparsedError, bounded, parse

if TYPE_CHECKING:
    import tree_sitter

_LARGEST_STRICT = 4 << 20
"""Bytes that the strict readers take; beyond it tree-sitter alone judges."""
_LARGEST_SLICE = 256 << 10
_MOST_CALLS = 20_000
"""Progress calls of a parse that goes on from another; a few hundred are usual."""


def well_formed(language: Language | None, text: bytes) -> bool | None:
    """Tell whether a text reads without an error; None where nobody here can tell.

    Python, JSON and TOML are read by their own readers, CSV by its quotes, the rest by
    tree-sitter. Nothing is executed.
    """
    if language is None:
        return None
    strict = _STRICT.get(language.name)
    if strict is not None and len(text) <= _LARGEST_STRICT:
        return _reads(strict, text)
    try:
        return not parse(language, text).root_node.has_error
    except UnparsedError:
        return None


def still_well_formed(
    language: Language | None, before: bytes, edits: Iterable[FileEdit]
) -> bool | None:
    """Tell whether edits of a text leave it well formed; None where that cannot be told.

    What was not well formed before cannot be told. The work is that of the edits, not of the
    text, but for the parse of ``before``, which is kept for the next question.
    """
    if language is None:
        return None
    edits = sorted(edits, key=lambda edit: edit.span)
    after = _applied(before, edits)
    if language.name == "jsonl":
        return _records(before, after, edits)
    whole = _WHOLE.get(language.name)
    if whole is not None and len(before) <= _LARGEST_STRICT and _read_before(whole, before):
        return _reads(whole, after)
    # Newer than the strict reader knows, or with comments: the grammar may know better.
    try:
        tree = parse(language, before)
        if tree.root_node.has_error:
            return None
        changed = _reparsed(language, tree, before, after, edits)
    except UnparsedError:
        return None
    if changed.root_node.has_error:
        return False
    if language.name != "python":
        return True
    return _python_around(tree, before, changed, after, edits)


def _applied(text: bytes, edits: Sequence[FileEdit]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for edit in edits:
        parts += (text[at : edit.span.start], edit.replacement)
        at = edit.span.end
    return b"".join((*parts, text[at:]))


def _shifted(edits: Sequence[FileEdit]) -> list[Span]:
    """Where each replacement lies in the text after the edits."""
    found: list[Span] = []
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        found.append(Span(start, start + len(edit.replacement)))
        shift += len(edit.replacement) - (edit.span.end - edit.span.start)
    return found


def _reparsed(
    language: Language,
    tree: tree_sitter.Tree,
    before: bytes,
    after: bytes,
    edits: Sequence[FileEdit],
) -> tree_sitter.Tree:
    """Parse the text after the edits, going on from the tree of the text before."""
    grammar = grammar_of(language)
    assert grammar is not None  # there is a tree
    old = tree.copy()
    for edit in reversed(edits):
        # From the last on, so that each edit's old place is its place still.
        start, new = edit.span.start, edit.replacement
        row, column = _point(before, start)
        rows, width = _point(new, len(new))
        old.edit(
            start_byte=start,
            old_end_byte=edit.span.end,
            new_end_byte=start + len(new),
            start_point=(row, column),
            old_end_point=_point(before, edit.span.end),
            new_end_point=(row + rows, width if rows else column + width),
        )
    return bounded(grammar, after, _MOST_CALLS, old)


def _point(text: bytes, at: int) -> tuple[int, int]:
    return text.count(b"\n", 0, at), at - (text.rfind(b"\n", 0, at) + 1)


def _python_around(
    tree: tree_sitter.Tree,
    before: bytes,
    changed: tree_sitter.Tree,
    after: bytes,
    edits: Sequence[FileEdit],
) -> bool | None:
    """Have Python itself read the statements around each edit: the grammar forgives indents."""
    verdict: bool | None = True
    for edit, place in zip(edits, _shifted(edits), strict=True):
        old = _statements(tree, before, edit.span)
        new = _statements(changed, after, place)
        if max(len(old), len(new)) > _LARGEST_SLICE or not _reads(_python, old):
            verdict = None
        elif not _reads(_python, new):
            return False
    return verdict


def _statements(tree: tree_sitter.Tree, text: bytes, span: Span) -> bytes:
    """The statements of a module that touch a span, one more on each side; whole lines."""
    cursor = tree.root_node.walk()
    if cursor.goto_first_child_for_byte(span.start) is None:
        # It lies behind the last statement.
        cursor.goto_last_child()
    # A comment is no statement: a head may lack its body behind it.
    while cursor.goto_previous_sibling() and cursor.node is not None:
        if cursor.node.type != "comment":
            break
    first = last = cursor.node.start_byte if cursor.node is not None else 0
    while cursor.node is not None:
        last = cursor.node.end_byte
        beyond = cursor.node.start_byte > span.end and cursor.node.type != "comment"
        if beyond or not cursor.goto_next_sibling():
            break
    return text[line_start(text, min(first, span.start)) : line_end(text, max(last, span.end))]


def _records(before: bytes, after: bytes, edits: Sequence[FileEdit]) -> bool | None:
    """Read only the records that the edits touch."""
    verdict: bool | None = True
    for edit, place in zip(edits, _shifted(edits), strict=True):
        old = before[line_start(before, edit.span.start) : line_end(before, edit.span.end)]
        new = after[line_start(after, place.start) : line_end(after, place.end)]
        if not _reads(_jsonl, old):
            verdict = None
        elif not _reads(_jsonl, new):
            return False
    return verdict


def _reads(reader: Callable[[bytes], None], text: bytes) -> bool:
    try:
        reader(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, csv.Error):
        return False
    return True


@lru_cache(maxsize=2)
def _read_before(reader: Callable[[bytes], None], text: bytes) -> bool:
    """As ``_reads``, kept: several fixes are planned for one text."""
    return _reads(reader, text)


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


_WHOLE: dict[str, Callable[[bytes], None]] = {
    "json": _json,
    "notebook": _json,
    "toml": _toml,
    "csv": _csv,
}
_STRICT = _WHOLE | {"python": _python, "jsonl": _jsonl}
