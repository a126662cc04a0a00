"""Functions and lines to copy, and the places of a host at which a copy can stand."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from redline.syntax.trees import UnparsedError

from .corpora import Document
from .grammar import BODY, MEMBER, TOP, Grammar, Source

MOST_LINES, LEAST_LINES = 60, 8
"""Of a function that is copied."""
_HOST_LINES = range(50, 141)
_LICENCE = re.compile(r"(?i)licen[cs]e|copyright")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text at the margin that was told, whole lines; ``place`` is where such a text can stand."""

    text: str
    place: str
    name: str
    """Of the told file."""


@dataclass(frozen=True, slots=True)
class Host:
    """Lines of a file into which nothing was copied yet."""

    name: str
    text: str


def functions(grammar: Grammar, document: Document) -> Iterator[Piece]:
    """Functions of 8 to 60 lines, each set against the margin and parsed without an error."""
    for text, place in _functions(grammar, document):
        if LEAST_LINES <= text.count("\n") <= MOST_LINES:
            yield Piece(text, place, document.name)


def snippets(grammar: Grammar, document: Document, lines: int) -> Iterator[Piece]:
    """One run of whole statements of exactly so many lines from each function long enough."""
    for text, place in _functions(grammar, document):
        if not 2 * lines < text.count("\n") <= MOST_LINES:
            continue
        run = _run(Source(grammar, text, place), lines)
        if run:
            yield Piece(run, BODY, document.name)


def hosts(grammar: Grammar, documents: list[Document]) -> list[Host]:
    """Parts of the documents of about 50 to 140 lines, cut between functions or members."""
    found = []
    for document in documents:
        source = _source(grammar, document.text, TOP, bare=True)
        if source is None or source.broken:
            continue
        found += [Host(document.name, text) for text in _slices(source, document.text)]
    return found


def put(
    grammar: Grammar, host: Host, text: str, place: str, rng: random.Random
) -> tuple[str, int, int] | None:
    """Put a text into a host; return the whole and the first and last line of what was put.

    Lines count from 0, the last is inclusive. None where the host has no such place.
    """
    source = _source(grammar, host.text, TOP, bare=True)
    places = list(_places(source, place)) if source else []
    if not places:
        return None
    row, indent = rng.choice(places)
    lines = host.text.splitlines(keepends=True)
    put_in = textwrap.indent(text, indent).splitlines(keepends=True)
    gap = [] if place == BODY else ["\n"]
    whole = [*lines[: row + 1], *gap, *put_in, *gap, *lines[row + 1 :]]
    first = row + 1 + len(gap)
    return "".join(whole), first, first + len(put_in) - 1


def _functions(grammar: Grammar, document: Document) -> Iterator[tuple[str, str]]:
    source = _source(grammar, document.text, TOP, bare=True)
    if source is None:
        return
    lines = document.text.splitlines(keepends=True)
    for node in source.walk():
        if node.type not in grammar.functions:
            continue
        outer = node.parent if node.parent and node.parent.type in grammar.outer else node
        first, last = outer.start_point.row, outer.end_point.row
        text = textwrap.dedent("".join(lines[first : last + 1]))
        text = text if text.endswith("\n") else text + "\n"
        place = MEMBER if node.type in grammar.methods else TOP
        if text[0].isspace() or text.count("\n") > 400:
            continue
        piece = _source(grammar, text, place)
        # What begins or ends in the middle of a line is no piece of its own.
        if piece and not piece.broken and piece.function() and _alone(piece):
            yield text, place


def _alone(piece: Source) -> bool:
    function = piece.function()
    if function is None:
        return False
    if function.parent and function.parent.type in piece.grammar.outer:
        function = function.parent
    return piece.text(function).strip() == piece.edited(()).strip()


def _run(source: Source, lines: int) -> str | None:
    """The run of that many lines nearest to the middle of the function."""
    text = source.bytes.decode().splitlines(keepends=True)
    best: tuple[float, int] | None = None
    middle = len(text) / 2
    for block in source.walk():
        if block.type not in source.grammar.blocks or block.parent is None:
            continue
        nodes = source.statements(block)
        ends = {node.end_point.row for node in nodes}
        for node in nodes:
            first = node.start_point.row
            if text[first][: node.start_point.column].strip() or first + lines - 1 not in ends:
                continue
            # A closing bracket is hardly a line; of five lines one may be.
            if sum(len(line.strip()) <= 3 for line in text[first : first + lines]) <= lines // 5:
                best = min(best or (1e9, 0), (abs(first - middle), first))
    if best is None:
        return None
    return textwrap.dedent("".join(text[best[1] : best[1] + lines]))


def _slices(source: Source, text: str) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    children, tail = source.root.named_children, 0
    # A file that is one class is cut between its members.
    while True:
        large = [c for c in children if (c.end_point.row - c.start_point.row) * 3 > len(lines) * 2]
        body = large[0].child_by_field_name("body") if large else None
        inner = large[0].child_by_field_name("declaration") if large else None
        body = body or (inner and inner.child_by_field_name("body"))
        if not body or large[0].type in source.grammar.functions or not body.named_child_count:
            break
        if "{" not in source.text(body)[:1]:
            break
        tail = body.end_point.row
        children = body.named_children
    if not children:
        return
    if tail:
        top, starts = source.root.named_children[0], children[0].start_point.row
        licence = top.end_point.row < starts and _LICENCE.search(source.text(top))
        drop = top.end_point.row + 1 if licence else 0
        head, foot = "".join(lines[drop:starts]), "".join(lines[tail:])
    else:
        head, foot = "", ""
    first: int | None = None
    for child in children:
        begins, ends = child.start_point.row, child.end_point.row
        if child.type in source.grammar.comments and _LICENCE.search(source.text(child)):
            continue
        if first is None:
            first = begins
        if ends - first + 1 >= _HOST_LINES.stop:
            first = None
        elif ends - first + 1 >= _HOST_LINES.start and child.type not in source.grammar.comments:
            yield head + "".join(lines[first : ends + 1]) + foot
            first = None


def _places(source: Source, place: str) -> Iterator[tuple[int, str]]:
    """(last line before the place, indentation)."""
    lines = source.bytes.decode().splitlines()
    grammar = source.grammar
    for node in source.walk():
        row = node.end_point.row
        if place == BODY and node.type in grammar.blocks and node.parent is not None:
            for one in source.statements(node)[:-1]:
                start = lines[one.start_point.row][: one.start_point.column]
                alone = not lines[one.end_point.row].encode()[one.end_point.column :].strip(b"; ")
                if not start.strip() and alone and one.type not in grammar.jumps:
                    yield one.end_point.row, start
        elif place == TOP and node.parent is not None and node.parent.parent is None:
            if node.type in grammar.functions | grammar.classes | grammar.outer:
                yield row, ""
        elif place == MEMBER and node.type in grammar.functions:
            parent = node.parent and node.parent.parent
            if parent and parent.type in grammar.classes:
                start = lines[node.start_point.row][: node.start_point.column]
                if not start.strip():
                    yield row, start


def _source(grammar: Grammar, text: str, place: str, bare: bool = False) -> Source | None:
    try:
        return Source(grammar, text, "file" if bare else place)
    except UnparsedError:
        return None
