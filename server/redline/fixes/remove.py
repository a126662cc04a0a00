"""Take a region out: whole lines with tidy blank lines, list items with their commas."""

from __future__ import annotations

import re

from redline.fixes.edits import Case, FileEdit, NoFixError
from redline.fixes.stretches import (
    indentation,
    line_end,
    line_start,
    newline_at,
    removal,
    whole_lines,
)
from redline.fixes.validity import still_well_formed
from redline.model import Span
from redline.syntax import plain
from redline.syntax.languages import Family, Language, language_of
from redline.syntax.trees import UnparsedError, parse

_COMMAS = frozenset({"json", "notebook"})


def cut(case: Case) -> tuple[tuple[FileEdit, ...], bool]:
    """Take the region out of its file; tell too whether the rest is known to be well formed.

    Raises ``NoFixError`` where the rest would be broken, or a mark go without its text.
    """
    if case.marks_only:
        raise NoFixError("a mark is not taken away from the text that it speaks of")
    language = language_of(case.path, case.text[:256])
    if language is not None and _cuts_open(case, language):
        raise NoFixError("it holds one end of a longer piece")
    for edits in _ways(case, language):
        sound = still_well_formed(language, case.text, edits)
        if sound is not False:
            return edits, bool(sound)
    raise NoFixError("what is left would not be well formed")


def _cuts_open(case: Case, language: Language) -> bool:
    """Tell whether the region holds one end of a longer piece and not the other.

    A text without that end can be well formed all the same, and means something else: a quoted
    row, a fence, a comment; a block whose head goes, so that it joins the one above.
    """
    text, span = case.text, case.span
    if language.name == "csv":
        return bool(text.count(b'"', 0, span.start) % 2 or text.count(b'"', 0, span.end) % 2)
    if language.name != "markdown":
        records = language.family is Family.PROSE or language.name == "jsonl"
        return not records and _beheads(text, language, span)
    for start, end, _ in plain.blocks(text):
        opening, closing = line_end(text, start), line_start(text, max(end - 1, start))
        if span.end <= start or end <= span.start or (span.start <= start and end <= span.end):
            continue
        if not (opening <= span.start and span.end <= closing):
            return True
    return False


_HOLDERS = frozenset(
    "block body_statement statements indented_block decorated_definition block_node "
    "block_mapping block_sequence document".split()
)
"""Nodes of all languages that have no head of their own: they begin with the first they hold."""
_STATEMENT = re.compile(rb"^[ \t]*[^\s#]", re.MULTILINE)


def _beheads(text: bytes, language: Language, span: Span) -> bool:
    """Tell whether something begins in the region and goes on behind it."""
    following = span.end + len(text[span.end :]) - len(text[span.end :].lstrip())
    if language.name in ("python", "yaml"):
        # Their grammars count a comment to whatever stands above it.
        found = _STATEMENT.search(text, span.end) if whole_lines(text, span) else None
        following = found.end() - 1 if found else len(text)
    if following >= len(text):
        return False
    try:
        root = parse(language, text).root_node
    except UnparsedError:
        return False
    if root.has_error:
        return False
    last = span.start + len(text[span.start : span.end].rstrip()) - 1
    node = root.descendant_for_byte_range(last, following + 1)
    while node is not None and node.parent is not None and node.start_byte >= span.start:
        braced = text[node.start_byte : node.start_byte + 1] in (b"{", b"[", b"(")
        if node.end_byte > following and (braced or node.type not in _HOLDERS):
            return True
        node = node.parent
    return False


def _ways(case: Case, language: Language | None) -> list[tuple[FileEdit, ...]]:
    """The ways to take it out, the plainest first."""
    gone = removal(case.text, case.span)
    ways: list[tuple[FileEdit, ...]] = [(FileEdit(case.path, gone, b""),)]
    if language is None:
        return ways
    if language.name in _COMMAS:
        ways.append(_with_commas(case.path, case.text, gone))
    elif language.name == "python":
        placeholder = _placeholder(case, language)
        if placeholder is not None:
            ways.append((placeholder,))
    return ways


def _with_commas(path: str, text: bytes, gone: Span) -> tuple[FileEdit, ...]:
    """Leave one comma between two items and none beside a bracket."""
    before = len(text[: gone.start].rstrip())
    after = len(text) - len(text[gone.end :].lstrip())
    left, right = text[before - 1 : before], text[after : after + 1]
    edits = [FileEdit(path, gone, b"")]
    if left == b"," and right in (b"]", b"}", b","):
        edits.insert(0, FileEdit(path, Span(before - 1, before), b""))
    elif left in (b"[", b"{") and right == b",":
        edits.append(FileEdit(path, Span(after, after + 1), b""))
    elif left not in (b"[", b"{", b",") and right not in (b"]", b"}", b","):
        edits.insert(0, FileEdit(path, Span(before, before), b","))
    return _joined(path, edits)


def _joined(path: str, edits: list[FileEdit]) -> tuple[FileEdit, ...]:
    """Make one edit of those that touch: editors refuse an insertion beside a deletion."""
    joined: list[FileEdit] = []
    for edit in edits:
        if joined and joined[-1].span.end == edit.span.start:
            last = joined.pop()
            span = Span(last.span.start, edit.span.end)
            edit = FileEdit(path, span, last.replacement + edit.replacement)
        joined.append(edit)
    return tuple(joined)


def _placeholder(case: Case, language: Language) -> FileEdit | None:
    """Leave a statement where Python wants one: a function that says nothing must not pass."""
    lines = whole_lines(case.text, case.span)
    if lines is None:
        return None
    try:
        root = parse(language, case.text).root_node
    except UnparsedError:
        return None
    at = lines.start
    while at < lines.end:
        end = line_end(case.text, at)
        first = at + len(case.text[at:end]) - len(case.text[at:end].lstrip())
        node = root.descendant_for_byte_range(first, first) if first < end else None
        while node is not None and node.type != "block":
            node = node.parent
        # A comment before the first statement is not in the block yet.
        if node is not None and node.parent is not None and node.start_byte >= lines.start:
            loud = node.parent.type == "function_definition"
            statement = b"raise NotImplementedError" if loud else b"pass"
            line = indentation(case.text, first) + statement + newline_at(case.text, lines.start)
            return FileEdit(case.path, lines, line)
        at = end
    return None
