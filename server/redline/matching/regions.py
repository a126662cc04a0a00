"""Regions: how far a match reaches, and how surprising its tokens are."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .forms import TIMES
from .prints import INFORMATIVE, Prints
from .rarity import tables
from .schema import PieceRow, SessionRow
from .streams import Stream

SURE_BITS = 180.0
SURE_TOKENS = 30
"""From here a match is beyond chance: see docs/matching.md."""

LONG_LINE = 6
"""Tokens of a line that may be joined over one that differs."""

LineTimes = Sequence["int | None"]
"""When each line was committed (ms); None: not committed yet."""

_MUCH_LINES = 8
"""Lines of a piece of unknown origin that are asked about wherever they stand,"""
_MUCH_SHARE = 0.6
"""or, of a shorter piece, this share of its lines."""


@dataclass(frozen=True, slots=True)
class Match:
    """A region that a piece accounts for."""

    start: int
    end: int
    """Bytes, end exclusive; whole lines where the edges allow."""
    first_line: int
    last_line: int
    """Lines from 0, both inclusive."""
    piece: PieceRow
    session: SessionRow
    how: str
    """``verbatim``, ``renamed``, ``prose`` or ``lines``; ``written``: to this very path."""
    bits: float
    tokens: int
    """Tokens covered by matched grams or lines."""
    share: float
    """Covered tokens of all tokens in the region, 0 to 1."""

    @property
    def sure(self) -> bool:
        """Beyond chance."""
        return self.how == "written" or (self.bits >= SURE_BITS and self.tokens >= SURE_TOKENS)


@dataclass(frozen=True, slots=True)
class Young:
    """Which lines are not older than a message; asked line by line, for most are never asked."""

    times: LineTimes
    since: int

    def __getitem__(self, line: int) -> bool:
        """Tell of one line (from 0); one that nobody dated is young."""
        time = self.times[line] if line < len(self.times) else None
        # Commit times have whole seconds, so a line of the message's own second is young.
        return time is None or time + 999 >= self.since


def line_of(stream: Stream, token: int) -> int:
    """The line (from 0) on which a token of a stream stands."""
    return bisect_right(stream.lines, token) - 1


def run_bits(prints: Prints, first: int, last: int) -> float:
    """Rarity of whole lines (from 0, inclusive); each distinct line counts once.

    A line that data repeats is its form, and counts nothing.
    """
    table = tables().raw
    total = 0.0
    uses = Counter(map(int, prints.lines)) if prints.data else Counter()
    counted: set[int] = set()
    for line in range(first, last + 1):
        value = int(prints.lines[line])
        if value in counted or not prints.weights[line] or uses[value] >= TIMES:
            continue
        counted.add(value)
        start, end = int(prints.line_tokens[line]), int(prints.line_tokens[line + 1])
        # The first token is judged after the one before it, which is not of the line.
        before = 1 if line > first and start else 0
        hashes = [int(word) for word in prints.hashes[start - before : end]]
        total += sum(table.bits(hashes)[before:])
    return total


def same_line(
    prints: Prints,
    piece: PieceRow,
    line: int,
    other: int,
    young: Young | None,
    *,
    shapes: bool = False,
) -> bool:
    """Tell whether two lines are the same; with ``shapes`` but for their names."""
    return (
        0 <= line < len(prints.lines)
        and 0 <= other < len(piece.lines)
        and (
            int(prints.lines[line]) == piece.lines[other]
            or (shapes and 0 != int(prints.shapes[line]) == piece.shapes[other])
        )
        and (young is None or young[line])
    )


def trimmed(prints: Prints, first: int, last: int) -> tuple[int, int]:
    """Leave out what tells next to nothing beyond a blank line: the brace that ends another
    function is like any other brace."""

    def spoken(line: int) -> int:
        """Bytes of words in a line's code; comments came in with the brace below them."""
        rows = prints.code.rows[prints.code.lines[line] : prints.code.lines[line + 1]]
        sizes = (int(prints.ends[row]) - int(prints.starts[row]) for row in rows)
        return sum(size for size in sizes if size > 1)

    def paragraph(line: int, step: int, end: int) -> tuple[int, int]:
        """The line behind the blank ones that end an edge's paragraph, and bytes of its words;
        looked at until they are enough."""
        weight = 0
        while line != end and prints.lines[line] and weight < INFORMATIVE:
            weight += spoken(line)
            line += step
        while line != end and not prints.lines[line]:
            line += step
        return line, weight

    while first < last:
        line, weight = paragraph(first, 1, last)
        if line == last or weight >= INFORMATIVE:
            break
        first = line
    while first < last:
        line, weight = paragraph(last, -1, first)
        if line == first or weight >= INFORMATIVE:
            break
        last = line
    return first, last


def beside(covered: int, tokens: int) -> bool:
    """Tell whether too little of an edge line is covered: half of a short one is chance."""
    return covered < max(LONG_LINE, tokens / 2)


def region(
    prints: Prints,
    piece: PieceRow,
    session: SessionRow,
    how: str,
    first: int,
    last: int,
    start: int,
    end: int,
    bits: float,
    covered: int,
    stream: Stream | None = None,
) -> Match:
    """Turn tokens ``start`` to ``end`` inside lines ``first`` to ``last`` into a region.

    Tokens are those of the whole text; ``covered`` counts tokens of ``stream``, or of the text,
    where nothing is said of likeness: then edges that tell next to nothing stay.
    An edge line belongs whole where at least half of it is covered; else the region
    begins or ends at the token, or, over several lines, leaves the line out.
    """
    places = prints.line_tokens if stream is None else stream.lines

    def empty(line: int) -> bool:
        return bool(places[line] == places[line + 1])

    first_byte = last_byte = -1
    line_start, line_end = int(prints.line_tokens[first]), int(prints.line_tokens[first + 1])
    if start > line_start and beside(line_end - start, line_end - line_start):
        if first < last:
            first += 1
            # The comment or blank line below came in with the line that goes.
            while first < last and empty(first):
                first += 1
        else:
            first_byte = int(prints.starts[start])
    line_start, line_end = int(prints.line_tokens[last]), int(prints.line_tokens[last + 1])
    if end < line_end and beside(end - line_start, line_end - line_start):
        if last > first:
            last -= 1
            while last > first and empty(last):
                last -= 1
        else:
            last_byte = int(prints.ends[end - 1])
    while last > first and not prints.lines[last]:
        last -= 1
    while first < last and not prints.lines[first]:
        first += 1
    if stream is prints.code:
        first, last = trimmed(prints, first, last)
    first_byte = int(prints.line_starts[first]) if first_byte < 0 else first_byte
    last_byte = int(prints.line_starts[last + 1]) if last_byte < 0 else last_byte
    inside = int(places[last + 1]) - int(places[first])
    covered = min(inside, covered)
    share = covered / inside if inside else 1.0
    return Match(
        first_byte, last_byte, first, last, piece, session, how, bits, covered, min(1.0, share)
    )


def is_much(match: Match) -> bool:
    """Tell whether a match is enough of its piece to ask about: eight lines, or most of it.

    A few lines that somebody's text shares with a pasted block are everybody's.
    """
    lines = sum(1 for value in match.piece.lines if value)
    return match.last_line - match.first_line + 1 >= min(_MUCH_LINES, _MUCH_SHARE * lines)
