"""The protected units of one text: what a code lens stands above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redline.matching.views.notebooks import is_notebook, sources
from redline.model import Span, Unit, ZoneHit
from redline.syntax.languages import Language, language_of
from redline.syntax.trees import UnparsedError, parse
from redline.syntax.unit_rows import UNITS
from redline.syntax.units import enclosing_unit

if TYPE_CHECKING:
    import tree_sitter

_LENSED = frozenset(("function", "method", "class", "interface", "impl", "module"))
"""Kinds of units that people read as one; a key of a record or a heading is none."""
MOST = 500
"""Units that are told of one file."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A unit, or the whole file, that lies in a zone whose rules object to something."""

    kind: str
    """``file``, ``function``, ``method``, ``class``, ``cell``, ..."""
    name: str
    """Empty for a file."""
    span: Span
    """Bytes of the text; the unit's first line is where a lens stands."""
    zones: tuple[str, ...]


def protected_units(path: str, text: bytes, zones: tuple[ZoneHit, ...]) -> tuple[Protected, ...]:
    """List the protected units of a text by place: the file itself first where it is one.

    In a file that is protected whole, its functions, classes and cells are told as well; else
    only the units that a rule file picks. Never raises: a text that is not parsed has itself.
    """
    whole = tuple(dict.fromkeys(hit.zone for hit in zones if hit.span is None))
    found: dict[Span, Protected] = {}
    if whole:
        for unit in _units(path, text):
            found[unit.span] = Protected(unit.kind, unit.name, unit.span, whole)
    language = language_of(path, text[:256])
    for hit in zones:
        if hit.span is None:
            continue
        known = found.get(hit.span)
        if known is not None:
            names = tuple(dict.fromkeys((hit.zone, *known.zones)))
            found[hit.span] = Protected(known.kind, known.name, known.span, names)
            continue
        around = enclosing_unit(text, language, hit.span) if language else None
        exact = around is not None and around.span == hit.span
        kind, name = (around.kind, around.name) if around and exact else ("part", "")
        found[hit.span] = Protected(kind, name, hit.span, (hit.zone, *whole))
        if len(found) >= MOST:
            break
    units = sorted(found.values(), key=lambda one: (one.span.start, -one.span.end))
    if whole:
        units.insert(0, Protected("file", "", Span(0, len(text)), whole))
    return tuple(units)


def _units(path: str, text: bytes) -> Iterator[Unit]:
    if path.endswith(".ipynb") and is_notebook(text):
        for number, (_, begun, strings) in enumerate(sources(text), 1):
            if strings and number <= MOST:
                yield Unit("cell", f"cell {number}", Span(begun, strings[-1][1]))
        return
    language = language_of(path, text[:256])
    rows = UNITS.get(language.name) if language is not None else None
    if language is None or rows is None:
        return
    kinds = frozenset(name for name, row in rows.rows.items() if row.kind in _LENSED)
    try:
        root = parse(language, text).root_node
    except UnparsedError:
        return
    count = behind = 0
    for node in _nodes(root, kinds):
        unit = _named(text, language, node)
        if unit is None or unit.kind not in _LENSED or unit.span.start < behind:
            continue
        yield unit
        if unit.kind in ("function", "method"):
            # A function inside another is read with it.
            behind = unit.span.end
        count += 1
        if count >= MOST:
            return


def _nodes(root: tree_sitter.Node, kinds: frozenset[str]) -> Iterator[tree_sitter.Node]:
    """Walk to every node of some kinds, by place, however deep a text nests."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.type in kinds:
            yield node
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return


def _named(text: bytes, language: Language, node: tree_sitter.Node) -> Unit | None:
    unit = enclosing_unit(text, language, Span(node.start_byte, node.end_byte))
    if unit is None or unit.span.end < node.end_byte or unit.span.start > node.start_byte:
        return None
    return unit
