"""Name the smallest unit around a place: a method, a key path, a heading, a cell, a record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redline.model import Span, Unit
from redline.syntax import plain
from redline.syntax.languages import Language
from redline.syntax.trees import UnparsedError, parse

if TYPE_CHECKING:
    import tree_sitter

_KINDS = {
    "function": "function function_definition function_declaration function_item "
    "generator_function_declaration",
    "method": "method_definition method_declaration constructor_declaration",
    "class": "class_definition class_declaration class abstract_class_declaration struct_item "
    "enum_item union_item record_declaration enum_declaration type_spec",
    "interface": "trait_item interface_declaration",
    "impl": "impl_item",
    "module": "mod_item internal_module",
    "key": "pair block_mapping_pair flow_pair table table_array_element",
    "item": "array block_sequence flow_sequence",
}
_KIND_OF = {node: kind for kind, nodes in _KINDS.items() for node in nodes.split()}
# `const grade = () => ...` is the function `grade` to everyone who reads it.
_FUNCTION_VALUES = ("arrow_function", "function_expression", "function", "generator_function")
_WRAPPERS = ("decorated_definition", "export_statement", "lexical_declaration")


def enclosing_unit(text: bytes, language: Language | None, span: Span) -> Unit | None:
    """Give the smallest named unit that covers a span (bytes), or None.

    Names are paths from the outside in: ``Scorer.grade``, ``tests[3].expected``; headings keep
    their marks (``# Title``) and cover the text down to the next heading of their rank; records
    and cells count from 1. A text too large to parse has no units.
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
    return _cell(text, root, span) if language.name == "notebook" else _named(text, root, span)


def _named(text: bytes, root: tree_sitter.Node, span: Span) -> Unit | None:
    """Climb from the smallest node around the span, collecting the parts of its name."""
    last = span.start + len(text[span.start : span.end].rstrip())
    first = span.end - len(text[span.start : span.end].lstrip())
    node = root.descendant_for_byte_range(first, max(last, first))
    unit: tuple[str, Span] | None = None
    parts: list[str] = []
    while node is not None:
        parent = node.parent
        kind, name, inside = _KIND_OF.get(node.type, ""), "", node
        if kind == "item":
            kind = ""
        elif kind:
            name = _name(text, node)
        elif node.type == "variable_declarator":
            value = node.child_by_field_name("value")
            if value is not None and value.type in _FUNCTION_VALUES:
                kind, name = "function", _name(text, node)
        if parent is not None and _KIND_OF.get(parent.type) == "item":
            siblings = parent.named_children
            position = next((i for i, n in enumerate(siblings) if n == node), None)
            kind, name = ("key", f"[{position}]") if position is not None else ("", "")
        if kind and name:
            parts.append(name)
            if unit is None:
                while inside.parent is not None and inside.parent.type in _WRAPPERS:
                    inside = inside.parent
                unit = kind, Span(inside.start_byte, inside.end_byte)
        node = parent
    if unit is None:
        return None
    kind, covered = unit
    name = ".".join(reversed(parts)).replace(".[", "[")
    if kind == "function" and "." in name and _in_class(root, covered):
        kind = "method"
    return Unit(kind, name, covered)


def _in_class(root: tree_sitter.Node, covered: Span) -> bool:
    node = root.descendant_for_byte_range(covered.start, covered.end)
    node = node.parent if node is not None else None
    while node is not None:
        kind = _KIND_OF.get(node.type)
        if kind in ("class", "impl", "interface"):
            return True
        if kind in ("function", "method"):
            return False
        node = node.parent
    return False


def _name(text: bytes, node: tree_sitter.Node) -> str:
    named = (
        node.child_by_field_name("name")
        or node.child_by_field_name("key")
        or node.child_by_field_name("type" if node.type == "impl_item" else "key")
    )
    if named is None and _KIND_OF.get(node.type) == "key":
        named = node.named_children[0] if node.named_children else None
    if named is None:
        return ""
    # A key can be as long as the file; a name is for one line of a message.
    raw = text[named.start_byte : min(named.end_byte, named.start_byte + 200)]
    return " ".join(raw.decode("utf-8", "replace").strip("\"'").split())


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
        if pair.type != "pair" or _name(text, pair) != "cells":
            continue
        cells = pair.child_by_field_name("value")
        for index, cell in enumerate(cells.named_children if cells is not None else (), 1):
            if cell.start_byte <= span.start and span.end <= cell.end_byte + 2:
                return Unit("cell", f"cell {index}", Span(cell.start_byte, cell.end_byte))
    return None
