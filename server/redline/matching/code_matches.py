"""Regions of code: chains of what is the same, or the same but for names."""

from __future__ import annotations

from collections.abc import Sequence

from .align import Run, Seed, Side, chains
from .asked import Asked, common_runs
from .edges import Edges, own_lines, widen
from .layout import above, below, enters
from .prints import Prints
from .regions import Match, Young, line_of, region
from .score import Score, parts, score, young_parts
from .shelf import Known
from .walk import ahead, back

_WALK_BITS = 25.0
"""A chain of less is not worth being led on."""
_PART_BITS = 30.0
"""What a part of a chain has to tell by itself, where somebody's lines cut it off."""
_EXACT = 0.9
"""Share of a region that is the very same from which no name was changed."""
_ENTERED = 6
"""Tokens of a line behind a blank one that make it part of a chain; ``def`` alone does not."""
_GAP = 40
"""Tokens a chain may jump over on either side: a few changed statements."""


def code_matches(
    asked: Asked,
    known: Known,
    seeds: Sequence[Seed],
    young: Young | None,
) -> list[Match]:
    """Find what the code of a text has of a piece's."""
    prints, stream = asked.prints, asked.prints.code
    codes = known.codes
    matches = []
    for chain in chains(common_runs(stream, asked.code, known.code, seeds, young), _GAP):
        whole = score(chain, codes, stream, asked.surprise.raw, asked.surprise.abstract)
        if whole.bits < _WALK_BITS:
            continue
        chain = _walked(asked, known.code, chain, young)
        whole = score(chain, codes, stream, asked.surprise.raw, asked.surprise.abstract)
        if not asked.tells(whole.bits, whole.lines):
            continue
        for part in parts(chain, stream):
            told = score(part, codes, stream, asked.surprise.raw, asked.surprise.abstract)
            if told.bits >= min(_PART_BITS, whole.bits):
                matches.append(_painted(prints, known, part, whole.bits, told, young))
    return matches


def _walked(asked: Asked, other: Side, chain: list[Run], young: Young | None) -> list[Run]:
    """A chain with what it may be led on to, within its function."""
    prints, stream = asked.prints, asked.prints.code
    head, tail = min(chain, key=lambda run: run.start), max(chain, key=lambda run: run.end)
    first, last = line_of(stream, head.start), line_of(stream, tail.end - 1)
    found: list[Run] = []
    if stream.lines[first + 1] - head.start >= _ENTERED or _filled(prints, first + 1):
        stop = int(stream.lines[above(prints, first, last)])
        found += back(asked.code, other, stream.hashes, head, stop)
    if tail.end - stream.lines[last] >= _ENTERED or not enters(prints, last):
        stop = int(stream.lines[below(prints, first, last) + 1])
        found += ahead(asked.code, other, stream.hashes, tail, stop)
    if young is not None:
        found = [part for run in found for part in young_parts(run, stream, young)]
    return sorted([*chain, *found], key=lambda run: (run.start, run.end))


def _filled(prints: Prints, line: int) -> bool:
    return 0 <= line < len(prints.lines) and bool(prints.lines[line])


def _painted(
    prints: Prints,
    known: Known,
    part: Sequence[Run],
    bits: float,
    told: Score,
    young: Young | None,
) -> Match:
    """The region of a part of a chain: from the first token that tells something to the last."""
    stream, piece, session = prints.code, known.piece, known.session
    exact = told.exact >= _EXACT * told.covered
    edges = Edges(told.first, _place(part, told.first), told.last, _place(part, told.last))
    lines = line_of(stream, edges.head), line_of(stream, edges.tail)
    own = own_lines(prints, piece, edges, *lines, exact=exact)
    wide = widen(prints, piece, edges, young, exact=exact)
    # An edge that had to be drawn in is no place to grow from.
    first, last = (
        grown if kept == line else kept for grown, kept, line in zip(wide, own, lines, strict=True)
    )
    start, end = int(stream.rows[edges.head]), int(stream.rows[edges.tail]) + 1
    # What was widened or drawn in is whole lines.
    start = int(prints.line_tokens[first]) if first != lines[0] else start
    end = int(prints.line_tokens[last + 1]) if last != lines[1] else end
    how = "verbatim" if 2 * told.exact >= told.covered else "renamed"
    return region(prints, piece, session, how, first, last, start, end, bits, told.covered, stream)


def _place(part: Sequence[Run], token: int) -> int:
    """The piece's token that stands for one of the text's."""
    return next(run.place + token - run.start for run in part if run.start <= token < run.end)
