"""The protected units of one text: what a code lens stands above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from redline.live.above import Above, Protected
from redline.live.analysis import Analysis
from redline.live.claims import Claim, lines_of
from redline.live.places import Extent
from redline.live.spans import ByteMap
from redline.live.workroom import Workroom
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
"""Units that are told of one file; as many again where rule files pick them one by one."""
_PART = Unit("part", "", Span(0, 0))


def units_above(room: Workroom, analysis: Analysis, text: bytes, cell: bool = False) -> Above:
    """List the protected units of the text (UTF-8) that was analysed, each with its words.

    With ``cell`` the text is one cell of the notebook that the analysis is of, and one unit.
    """
    if cell:
        zones = tuple(dict.fromkeys(hit.zone for hit in analysis.zones))
        units: tuple[Protected, ...] = (Protected("cell", "", Span(0, len(text)), zones),)
    else:
        units = protected_units(analysis.path, text, analysis.zones)
    places = ByteMap(text)
    extents = tuple(places.extent(unit.span) for unit in units)
    words = words_of(extents, analysis, sessions=room.index is not None)
    file = next(
        (extent for unit, extent in zip(units, extents, strict=True) if unit.kind == "file"), None
    )
    told = (
        _named_words(unit, said, beside=file is not None and file.start.line == extent.start.line)
        for unit, extent, said in zip(units, extents, words, strict=True)
    )
    return Above(units, extents, tuple(told))


def _named_words(unit: Protected, said: str, *, beside: bool) -> str:
    """Say what the words are of, where two lenses may stand on one line."""
    if unit.kind == "file":
        return f"this file: {said}"
    return f"{unit.name or f'this {unit.kind}'}: {said}" if beside else said


def words_of(units: Sequence[Extent], analysis: Analysis, *, sessions: bool) -> tuple[str, ...]:
    """Say what is known of the lines of each unit.

    Each line counts once, for its strongest evidence. Without any the words say that none was
    found, and whether ``sessions`` are indexed at all; they never say that a person wrote it.
    """
    skip = next((skip for skip in analysis.skips if skip.protected), None)
    if skip is not None:
        return (f"not judged: {skip.reason}",) * len(units)
    found = sorted(
        zip(analysis.evidence, analysis.evidence_extents, strict=True),
        key=lambda one: (one[0].strength, -(one[0].time or 0)),
    )
    count = max((lines_of(extent).stop for _, extent in found), default=0)
    best: list[Claim | None] = [None] * count
    for piece, extent in found:
        lines = lines_of(extent)
        best[lines.start : lines.stop] = [Claim.of(piece)] * len(lines)
    none = "no assistant text found" + ("" if sessions else "; no sessions are indexed")
    told = []
    for unit in units:
        lines = lines_of(unit)
        claims = Counter(filter(None, best[lines.start : lines.stop]))
        said = (claim.words(number) for claim, number in sorted(claims.items()))
        told.append(", ".join(said) or none)
    return tuple(told)


def protected_units(path: str, text: bytes, zones: tuple[ZoneHit, ...]) -> tuple[Protected, ...]:
    """List the protected units of a text by place: the file itself first where it is one.

    In a file that is protected whole, its functions, classes and cells are told as well; else
    only the units that a rule file picks. Never raises: a text that is not parsed has itself.
    """
    whole = tuple(dict.fromkeys(hit.zone for hit in zones if hit.span is None))
    named = {unit.span: unit for unit in _units(path, text)} if zones else {}
    picked: dict[Span, dict[str, None]] = {span: {} for span in named} if whole else {}
    for hit in zones:
        if hit.span is not None and len(picked) < 2 * MOST:
            picked.setdefault(hit.span, {})[hit.zone] = None
    found: list[Protected] = []
    for span, names in picked.items():
        # What a query picks may be no function and no class: a key, a stage of a build.
        unit = named.get(span, _PART)
        found.append(
            Protected(unit.kind, unit.name, span, tuple({**names, **dict.fromkeys(whole)}))
        )
    units = sorted(found, key=lambda one: (one.span.start, -one.span.end))
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
