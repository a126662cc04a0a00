"""Where a block that was put in came from, if it is the project's own text: taint follows copies.

What the text of a file is known to be stays known of its copy; what is clean there needs no
question here. Runs in the process that judges.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from redline.live.analysis import LiveMark
from redline.live.searching import Search, Text
from redline.live.spans import ByteMap
from redline.live.trace import Copy, Trace
from redline.live.workroom import Workroom
from redline.matching.prints import Prints, take
from redline.matching.regions import run_bits
from redline.matching.telling import INFORMATIVE
from redline.model import Evidence, EvidenceKind, Span, Strength

_MOST_BLOCK = 1 << 20
"""Bytes of a block that is looked for."""
_RAREST = 3
"""Lines by which files are looked for."""
_MOST_COPIES = 4
"""Places of the text that are judged."""
_FEWEST_TOKENS = 4
"""Of a block without its outermost tokens."""
_MOST_EVIDENCE = 50


def trace(
    room: Workroom, path: str, block: str | bytes, held: Mapping[str, str] | None = None
) -> Trace:
    """Look for ``block``, which was put into ``path``, in the project's own text.

    ``held`` are the texts of open documents by path, that of ``path`` as it was before the
    block came in; without it the file itself is not looked at, for it may be saved already.
    Where the text stands clean as well as tainted, the evidence only makes suspect. Bounded in
    files and bytes, whatever the project holds.
    """
    data = block.encode("utf-8", "surrogatepass") if isinstance(block, str) else block
    if len(data) > _MOST_BLOCK:
        return Trace(complete=False)
    prints = take(data, abstract=False)
    search = Search(room, path, dict(held or {}))
    copies: list[Copy] = []
    found: list[Evidence] = []
    for text, there, rows in _places(prints, search.texts(_rarest(prints, data))):
        copy, evidence = _judged(room, text, there, rows, prints)
        copies.append(copy)
        found += evidence
        if len(copies) == _MOST_COPIES:
            break
    if any(copy.clean for copy in copies):
        found = [replace(piece, strength=Strength.SUSPECTED) for piece in found]
    copies.sort(key=lambda copy: copy.clean)
    kept = sorted(dict.fromkeys(found), key=lambda piece: (-piece.strength, piece.span))
    places = ByteMap(data)
    marks = [LiveMark(places.extent(piece.span), piece) for piece in kept[:_MOST_EVIDENCE]]
    return Trace(tuple(copies), tuple(marks), search.complete or bool(copies))


def _rarest(prints: Prints, data: bytes) -> list[bytes]:
    """The lines by which the block is looked for, the rarest first."""
    lines = [line for line, weight in enumerate(prints.weights) if weight >= INFORMATIVE]
    lines.sort(key=lambda line: -run_bits(prints, line, line))
    found = (data[prints.line_starts[n] : prints.line_starts[n + 1]].strip() for n in lines)
    return list(dict.fromkeys(found))[:_RAREST]


def _places(prints: Prints, texts: Iterable[Text]) -> Iterator[tuple[Text, Prints, range]]:
    """Texts that hold the block's tokens in a row, with the rows of theirs that do.

    A selection may begin or end inside a word, so the outermost tokens may differ.
    """
    tokens = array("Q", map(int, prints.hashes))
    cuts = [(0, 0), (1, 0), (0, 1), (1, 1)] if len(tokens) > _FEWEST_TOKENS + 1 else [(0, 0)]
    needles = [(cut, tokens[cut : len(tokens) - end].tobytes()) for cut, end in cuts]
    for text in texts:
        there = take(text.data, abstract=False)
        packed = array("Q", map(int, there.hashes)).tobytes()
        for cut, needle in needles:
            row = _find(packed, needle, tokens.itemsize, cut)
            if row >= 0:
                yield text, there, range(row - cut, min(row - cut + len(tokens), len(there.hashes)))
                break


def _find(packed: bytes, needle: bytes, size: int, least: int) -> int:
    """The first row from ``least`` on at which ``needle`` begins; -1 where it does not."""
    at = packed.find(needle, least * size)
    while at >= 0 and at % size:
        at = packed.find(needle, at + 1)
    return at // size if at >= 0 else -1


def _judged(
    room: Workroom, text: Text, there: Prints, rows: range, prints: Prints
) -> tuple[Copy, list[Evidence]]:
    """Ask what is known of the text where it stands, and carry it over to the block."""
    lines = (_line_of(there, rows[0]) + 1, _line_of(there, rows[-1]) + 1)
    with room.holding(text.path, text.data) as judge:
        facts, _ = judge.facts(text.path, every=True)
    found: list[Evidence] = []
    span = Span(int(there.starts[rows[0]]), int(there.ends[rows[-1]]))
    for piece in facts.evidence:
        if not piece.span.overlaps(span):
            continue
        first = max(rows.start, bisect_left(there.starts, piece.span.start))
        last = min(rows.stop, bisect_right(there.ends, piece.span.end)) - 1
        if first <= last:
            found.append(_carried(piece, prints, first - rows.start, last - rows.start))
    copy = Copy(text.path, *lines, text.committed, clean=not found)
    told = f"copied from {copy}"
    return copy, [replace(piece, detail=f"{told}, {piece.detail}") for piece in found]


def _carried(piece: Evidence, prints: Prints, first: int, last: int) -> Evidence:
    """The evidence as it holds for tokens ``first`` to ``last`` of the block: whole lines."""
    starts, rows = prints.line_starts, prints.line_tokens
    head, tail = _line_of(prints, first), _line_of(prints, last)
    begin = starts[head] if rows[head] == first else prints.starts[first]
    end = starts[tail + 1] if rows[tail + 1] == last + 1 else prints.ends[last]
    span = Span(int(begin), int(end))
    return replace(piece, kind=EvidenceKind.EDIT, span=span, position=None)


def _line_of(prints: Prints, token: int) -> int:
    """The line (from 0) on which a token stands."""
    return bisect_right(prints.line_tokens, token) - 1
