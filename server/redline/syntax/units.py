"""Name the smallest unit around a place: a method, a key path, a heading, a cell, a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redline.model import Span, Unit
from redline.syntax import plain
from redline.syntax.languages import Language
from redline.syntax.trees import UnparsedError, parse
from redline.syntax.unit_rows import FUNCTION_VALUES, SECTIONS, UNITS, Section, Units, follow

if TYPE_CHECKING:
    import tree_sitter

_OWNERS = ("class", "impl", "interface")


def enclosing_unit(text: bytes, language: Language | None, span: Span) -> Unit | None:
    """Give the smallest named unit that covers a span (bytes), or None.

    Names are paths from the outside in, as the language writes them: ``Scorer.grade``,
    ``evals::Scorer::grade``, ``tests[3].expected``. Headings keep their marks (``# Title``) and
    cover the text down to the next heading of their rank; records and cells count from 1,
    nameless stages of a Dockerfile from 0. A text that is not parsed has no units.
    """
    if language is None or span.start >= len(text):
        return None
    if language.name in ("markdown", "rst", "text"):
        return _heading(text, span)
    if language.name in ("jsonl", "csv"):
        return _record(text, span)
    try:
        root = parse(language, text).root_node
    except UnparsedError:
        return None
    if language.name == "notebook":
        return _cell(text, root, span)
    if language.name in SECTIONS:
        return _section(text, root, span, SECTIONS[language.name])
    units = UNITS.get(language.name)
    return _named(text, root, span, units) if units is not None else None


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    name: str
    separator: str
    """Stands before the name where another precedes it."""
    node: tree_sitter.Node


def _named(text: bytes, root: tree_sitter.Node, span: Span, units: Units) -> Unit | None:
    """Climb from the smallest node around the span, collecting the parts of its name."""
    last = span.start + len(text[span.start : span.end].rstrip())
    first = span.end - len(text[span.start : span.end].lstrip())
    node = root.descendant_for_byte_range(first, max(last, first))
    parts: list[_Part] = []
    while node is not None and (units.nests or not parts):
        part = _part(text, node, units, alone=not parts)
        if part is not None:
            parts.append(part)
        node = node.parent
    if not parts:
        return None
    kind, covered = parts[0].kind, parts[0].node
    if kind == "function" and len(parts) > 1 and parts[1].kind in _OWNERS:
        kind = "method"
    while covered.parent is not None and covered.parent.type in units.wrappers:
        covered = covered.parent
    name = parts[-1].name
    for part in reversed(parts[:-1]):
        name += part.separator + part.name
    return Unit(kind, name, Span(covered.start_byte, covered.end_byte))


def _part(text: bytes, node: tree_sitter.Node, units: Units, alone: bool) -> _Part | None:
    parent = node.parent
    if parent is not None and parent.type in units.sequences:
        position = next((i for i, n in enumerate(parent.named_children) if n == node), None)
        return None if position is None else _Part("key", f"[{position}]", "", node)
    row = units.rows.get(node.type)
    if row is None or (row.alone and not alone) or (row.needs and not follow(node, row.needs)):
        return None
    if row.value:
        value = follow(node, row.value)
        if value is None or value.type not in FUNCTION_VALUES:
            return None
    separator = row.separator or units.separator
    name = _name(text, node, row.name)
    owner = follow(node, row.owner) if row.owner else None
    if name and owner is not None:
        name = f"{_shown(text, owner.start_byte, owner.end_byte)}{separator}{name}"
    return _Part(row.kind, name, separator, node) if name else None


def _name(text: bytes, node: tree_sitter.Node, path: str) -> str:
    if path.startswith("'"):
        return path.strip("'")
    if path == "head":
        body = node.child_by_field_name("body") or node.named_children[-1]
        return _shown(text, node.start_byte, body.start_byte)
    named = follow(node, path)
    if named is None:
        return ""
    if named.text == b"TEST" or (named.text or b"").startswith(b"TEST_"):
        # A macro that defines a test: what tells it from the others is in the brackets.
        named = named.parent or named
    tag = named.parent.parent if named.type == "quoted_attribute_value" and named.parent else None
    name = _shown(text, named.start_byte, named.end_byte)
    if tag is not None and tag.named_children:
        start = tag.named_children[0]
        return f"{_shown(text, start.start_byte, start.end_byte)}#{name}"
    return name


def _shown(text: bytes, start: int, end: int) -> str:
    # A key can be as long as the file; a name is for one line of a message.
    raw = text[start : min(end, start + 200)]
    return " ".join(raw.decode("utf-8", "replace").strip("\"'`").split())


def _section(text: bytes, root: tree_sitter.Node, span: Span, section: Section) -> Unit | None:
    """The part of a flat text from one node of a kind to the next."""
    opened = [node for node in root.named_children if node.type == section.begins]
    ends = [*(node.start_byte for node in opened[1:]), len(text)]
    for number, (node, end) in enumerate(zip(opened, ends, strict=False)):
        if node.start_byte <= span.start and span.end <= end:
            name = _name(text, node, section.name) or str(number)
            covered = text[node.start_byte : end].rstrip()
            return Unit(section.kind, name, Span(node.start_byte, node.start_byte + len(covered)))
    return None


def _record(text: bytes, span: Span) -> Unit | None:
    start = text.rfind(b"\n", 0, span.start) + 1
    end = text.find(b"\n", max(span.end - 1, start))
    end = len(text) if end < 0 else end
    if b"\n" in text[start:end]:
        return None
    number = text.count(b"\n", 0, start) + 1
    return Unit("record", f"record {number}", Span(start, end))


_HEADING = re.compile(rb"^ {0,3}(#{1,6})[ \t]+([^\n]*?)[ \t#]*\r?$", re.MULTILINE)


def _heading(text: bytes, span: Span) -> Unit | None:
    fences = [(start, end) for start, end, _ in plain.blocks(text)]
    best: Unit | None = None
    open_headings: list[tuple[int, int, str]] = []

    def close(rank: int, end: int) -> None:
        nonlocal best
        while open_headings and open_headings[-1][0] >= rank:
            _, start, name = open_headings.pop()
            covers = start <= span.start and span.end <= end
            if covers and (best is None or start > best.span.start):
                best = Unit("heading", name, Span(start, end))

    fence = 0
    for found in _HEADING.finditer(text):
        while fence < len(fences) and fences[fence][1] <= found.start():
            fence += 1
        if fence < len(fences) and fences[fence][0] <= found.start():
            continue
        rank = len(found[1])
        close(rank, found.start())
        title = b" ".join((found[1], found[2])).decode("utf-8", "replace")[:200]
        open_headings.append((rank, found.start(), title))
    close(0, len(text))
    return best


def _cell(text: bytes, root: tree_sitter.Node, span: Span) -> Unit | None:
    """The cell of a notebook (nbformat 4: the array ``cells`` of the outermost object)."""
    outermost = root.named_children[0] if root.named_children else None
    for pair in outermost.named_children if outermost is not None else ():
        if pair.type != "pair" or _name(text, pair, "key") != "cells":
            continue
        cells = pair.child_by_field_name("value")
        for index, cell in enumerate(cells.named_children if cells is not None else (), 1):
            if cell.start_byte <= span.start and span.end <= cell.end_byte + 2:
                return Unit("cell", f"cell {index}", Span(cell.start_byte, cell.end_byte))
    return None
