"""Find the regions of a text that an indexed piece of produced text accounts for.

Seeds (equal fingerprints) are chained along diagonals, scored in bits of rarity with
each distinct gram counted once, and widened over equal lines. What a line's history
rules out is no seed: a line older than the message cannot have come from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .keyed import keyed
from .lookup import Lookup
from .prints import Prints
from .rarity import ABSTRACT_NAME, tables
from .store import PieceRow, SessionRow, Store
from .tokens import ABSTRACT_K, RAW_K

INFORMATIVE = 8
"""Bytes of words that make a line worth looking up."""
SURE_BITS = 180.0
SURE_TOKENS = 30
"""From here a match is beyond chance: see docs/matching.md."""
LIKELY_BITS = 140.0
"""From here it is worth a warning."""
_GAP = 40
"""Tokens a chain may jump over: a few changed statements."""
_SHIFT = 14
"""Tokens by which the two sides of a chain may drift apart."""
_LONG_LINE = 6
"""Tokens of a line that may be joined over one that differs."""
_MOST_PIECES = 256
"""Pieces examined for one text, those with the most seeds first."""
_MOST_WALKS = 16
"""Runs of equal lines that may lead over one line; each starts at another place of the piece."""

LineTimes = Sequence["int | None"]
"""When each line was committed (ms); None: not committed yet."""


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
    """``verbatim``, ``renamed`` or ``lines``; ``written``: to this very path."""
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


@dataclass(frozen=True, slots=True)
class _Seed:
    token: int
    """In the text."""
    place: int
    """The token of the piece."""
    size: int
    """Tokens of the gram."""
    gram: int


def search(
    prints: Prints, store: Store, lookup: Lookup, times: LineTimes | None = None
) -> list[Match]:
    """Find what the index accounts for; the best match of each stretch, by place."""
    seeds, line_seeds = _gather(prints, store, lookup)
    busiest = sorted(
        seeds.keys() | line_seeds.keys(),
        key=lambda piece: -len(seeds.get(piece, ())) - len(line_seeds.get(piece, ())),
    )[:_MOST_PIECES]
    matches: list[Match] = []
    for number in busiest:
        piece = store.piece(number)
        if piece is None:
            continue
        session = store.session(piece.session)
        young = young_lines(piece, times)
        shown = under_key(prints, session.key)
        for chain in _chains([s for s in seeds.get(number, ()) if _fresh(prints, s, young)]):
            match = _judge(shown, piece, session, chain, young)
            if match is not None:
                matches.append(match)
        matches += _line_runs(shown, piece, session, line_seeds.get(number, ()), young)
    return _best(matches)


def under_key(prints: Prints, key: bytes) -> Prints:
    """The same text as an index that was exported under ``key`` would hold its lines."""
    if not key:
        return prints
    return replace(prints, lines=keyed(prints.lines, key), shapes=keyed(prints.shapes, key))


def _gather(
    prints: Prints, store: Store, lookup: Lookup
) -> tuple[dict[int, list[_Seed]], dict[int, list[tuple[int, int]]]]:
    seeds: dict[int, list[_Seed]] = defaultdict(list)
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key in store.index_keys():
        for grams, size in ((prints.raw, RAW_K), (prints.abstract, ABSTRACT_K)):
            for token, piece, place in lookup.find(keyed(grams, key)):
                seeds[piece].append(_Seed(token, place, size, int(grams[token])))
        for line, piece, place in lookup.find(keyed(prints.lines, key)):
            if prints.weights[line] >= INFORMATIVE:
                lines[piece].append((line, place))
    return seeds, lines


def young_lines(piece: PieceRow, times: LineTimes | None) -> Young | None:
    """Which lines may come from a piece, by their age; None: all of them."""
    return None if times is None or piece.time is None else Young(times, piece.time)


def line_of(prints: Prints, token: int) -> int:
    """The line (from 0) on which a token stands."""
    return bisect_right(prints.line_tokens, token) - 1


def _fresh(prints: Prints, seed: _Seed, young: Young | None) -> bool:
    if young is None:
        return True
    first, last = line_of(prints, seed.token), line_of(prints, seed.token + seed.size - 1)
    return all(young[line] for line in range(first, last + 1))


def _chains(seeds: list[_Seed]) -> list[list[_Seed]]:
    seeds.sort(key=lambda seed: (seed.token, seed.place))
    done: list[list[_Seed]] = []
    open_: list[list[_Seed]] = []
    for seed in seeds:
        for chain in reversed(open_):
            last = chain[-1]
            if (
                seed.token - last.token <= _GAP + last.size
                and -2 < seed.place - last.place <= _GAP + last.size
                and abs((seed.token - seed.place) - (last.token - last.place)) <= _SHIFT
            ):
                chain.append(seed)
                break
        else:
            open_.append([seed])
            if len(open_) > 16:
                done.append(open_.pop(0))
    return done + open_


def _judge(
    prints: Prints,
    piece: PieceRow,
    session: SessionRow,
    chain: list[_Seed],
    young: Young | None,
) -> Match | None:
    start = min(seed.token for seed in chain)
    end = max(seed.token + seed.size for seed in chain)
    raw = bytearray(end - start)
    abstract = bytearray(end - start)
    counted: set[int] = set()
    for seed in chain:
        if seed.gram in counted:
            continue
        counted.add(seed.gram)
        cover = raw if seed.size == RAW_K else abstract
        for token in range(seed.token - start, seed.token - start + seed.size):
            cover[token] = 1
    lines = line_of(prints, start), line_of(prints, end - 1)
    raw_bits, abstract_bits = _bits(prints, start, end)
    for line in range(lines[0], lines[1] + 1):
        # Whoever uses the same library imports the same names.
        if not prints.weights[line]:
            for token in range(
                max(start, int(prints.line_tokens[line])),
                min(end, int(prints.line_tokens[line + 1])),
            ):
                raw_bits[token - start] = abstract_bits[token - start] = 0.0
    bits = sum(
        raw_bits[row] if raw[row] else abstract_bits[row] if abstract[row] else 0.0
        for row in range(end - start)
    )
    if bits < LIKELY_BITS:
        return None
    covered = sum(1 for pair in zip(raw, abstract, strict=True) if any(pair))
    how = "verbatim" if sum(raw) * 2 >= covered else "renamed"
    own = _own_lines(prints, piece, chain, *lines, exact=how == "verbatim")
    wide = _widen(prints, piece, chain, *lines, young)
    # An edge that had to be drawn in is no place to grow from.
    first, last = (
        grown if kept == line else kept for grown, kept, line in zip(wide, own, lines, strict=True)
    )
    # What was widened is whole lines.
    start = min(start, int(prints.line_tokens[first])) if first < line_of(prints, start) else start
    end = max(end, int(prints.line_tokens[last + 1])) if last > line_of(prints, end - 1) else end
    return _match(prints, piece, session, how, first, last, start, end, bits, covered)


def _bits(prints: Prints, start: int, end: int) -> tuple[list[float], list[float]]:
    raw_table, abstract_table = tables()
    hashes = [int(value) for value in prints.hashes[max(0, start - 1) : end]]
    names = prints.parameters[max(0, start - 1) : end]
    skip = 1 if start else 0
    abstract = [ABSTRACT_NAME if name else value for value, name in zip(hashes, names, strict=True)]
    return raw_table.bits(hashes)[skip:], abstract_table.bits(abstract)[skip:]


def run_bits(prints: Prints, first: int, last: int) -> float:
    """Rarity of whole lines (from 0, inclusive); each distinct line counts once."""
    table, _ = tables()
    total = 0.0
    counted: set[int] = set()
    for line in range(first, last + 1):
        value = int(prints.lines[line])
        if value in counted or not prints.weights[line]:
            continue
        counted.add(value)
        start, end = int(prints.line_tokens[line]), int(prints.line_tokens[line + 1])
        # The first token is judged after the one before it, which is not of the line.
        before = 1 if line > first and start else 0
        hashes = [int(word) for word in prints.hashes[start - before : end]]
        total += sum(table.bits(hashes)[before:])
    return total


def _own_lines(
    prints: Prints, piece: PieceRow, chain: list[_Seed], first: int, last: int, *, exact: bool
) -> tuple[int, int]:
    """Leave out edge lines that a gram merely reaches over.

    These are lines that the assistant had read; where the text is the same (``exact``), also
    short ones that differ: another ``return x`` is alike but for the name.
    """
    head = min(chain, key=lambda seed: seed.token)
    tail = max(chain, key=lambda seed: seed.token + seed.size)
    line = bisect_right(piece.line_tokens, tail.place + tail.size - 1) - 1
    while first < last and _foreign(prints, piece, last, line, exact=exact):
        last, line = last - 1, line - 1
    line = bisect_right(piece.line_tokens, head.place) - 1
    while first < last and _foreign(prints, piece, first, line, exact=exact):
        first, line = first + 1, line + 1
    return first, last


def _foreign(prints: Prints, piece: PieceRow, line: int, other: int, *, exact: bool) -> bool:
    """Tell whether a line is blank, was read before, or (``exact``) is short and differs."""
    if not prints.lines[line]:
        return True
    if not 0 <= other < len(piece.lines):
        return False
    if not piece.lines[other]:
        end = piece.line_tokens[other + 1] if other + 1 < len(piece.lines) else None
        return end is None or end > piece.line_tokens[other]
    short = int(prints.line_tokens[line + 1]) - int(prints.line_tokens[line]) < _LONG_LINE
    return exact and short and int(prints.lines[line]) != piece.lines[other]


def _widen(
    prints: Prints,
    piece: PieceRow,
    chain: list[_Seed],
    first: int,
    last: int,
    young: Young | None,
) -> tuple[int, int]:
    """Grow over lines that stand in the piece as well, beside the first and the last seed."""
    head = min(chain, key=lambda seed: seed.token)
    tail = max(chain, key=lambda seed: seed.token + seed.size)
    text_line = line_of(prints, head.token)
    piece_line = bisect_right(piece.line_tokens, head.place) - 1
    first = min(first, _edge(prints, piece, text_line, piece_line, -1, young))
    text_line = line_of(prints, tail.token + tail.size - 1)
    piece_line = bisect_right(piece.line_tokens, tail.place + tail.size - 1) - 1
    return first, max(last, _edge(prints, piece, text_line, piece_line, 1, young))


def _edge(
    prints: Prints,
    piece: PieceRow,
    line: int,
    other: int,
    step: int,
    young: Young | None,
) -> int:
    """Walk over lines that are alike, up or down, and over one that is not before a long one.

    Whoever renames a function rewords its docstring: the signature above still tells.
    """
    while True:
        if _same(prints, piece, line + step, other + step, young):
            line, other = line + step, other + step
            continue
        for far in (1, 2):
            there, over = line + far * step, other + far * step
            # Short lines have the shape of any other: each ``return x`` is like the next.
            if (
                _same(prints, piece, there, over, young, shapes=True)
                and int(prints.line_tokens[there + 1]) - int(prints.line_tokens[there])
                >= _LONG_LINE
            ):
                line, other = there, over
                break
        else:
            return line


def _same(
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
            or (shapes and int(prints.shapes[line]) == piece.shapes[other])
        )
        and (young is None or young[line])
    )


def _match(
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
) -> Match:
    """Turn tokens ``start`` to ``end`` inside lines ``first`` to ``last`` into a region.

    An edge line belongs whole where at least half of it is covered; else the region
    begins or ends at the token, or, over several lines, leaves the line out.
    """
    while last > first and not prints.lines[last]:
        last -= 1
    while first < last and not prints.lines[first]:
        first += 1
    first_byte, last_byte = int(prints.line_starts[first]), int(prints.line_starts[last + 1])
    line_start, line_end = int(prints.line_tokens[first]), int(prints.line_tokens[first + 1])
    if start > line_start and (line_end - start) * 2 < line_end - line_start:
        if first < last:
            first += 1
            first_byte = int(prints.line_starts[first])
        else:
            first_byte = int(prints.starts[start])
    line_start, line_end = int(prints.line_tokens[last]), int(prints.line_tokens[last + 1])
    if end < line_end and (end - line_start) * 2 < line_end - line_start:
        if last > first:
            last -= 1
            last_byte = int(prints.line_starts[last + 1])
        else:
            last_byte = int(prints.ends[end - 1])
    inside = int(prints.line_tokens[last + 1]) - int(prints.line_tokens[first])
    covered = min(inside, covered)
    share = covered / inside if inside else 1.0
    return Match(
        first_byte, last_byte, first, last, piece, session, how, bits, covered, min(1.0, share)
    )


def _line_runs(
    prints: Prints,
    piece: PieceRow,
    session: SessionRow,
    seeds: Iterable[tuple[int, int]],
    young: Young | None,
) -> list[Match]:
    """Runs of at least two rare lines that follow each other in both texts."""
    matches = []
    done = -1
    own = set(seeds)
    walked: dict[int, int] = {}
    visits = bytearray(len(prints.lines))
    for line, other in sorted(own):
        if line <= done or (young is not None and not young[line]):
            continue
        # The rest of a run says less than the run: walked again, equal lines cost their square.
        if line <= walked.get(line - other, -1) or visits[line] >= _MOST_WALKS:
            continue
        last, end = line, other
        rare = 1
        while _same(prints, piece, last + 1, end + 1, young):
            last, end = last + 1, end + 1
            visits[last] = min(255, visits[last] + 1)
            # A line that the assistant had read is no seed: it fills a run and proves nothing.
            rare += (last, end) in own
        walked[line - other] = last
        first = line
        if rare < 3:
            continue
        bits = run_bits(prints, first, last)
        if bits < LIKELY_BITS:
            continue
        done = last
        start, stop = int(prints.line_tokens[first]), int(prints.line_tokens[last + 1])
        matches.append(
            _match(prints, piece, session, "lines", first, last, start, stop, bits, stop - start)
        )
    return matches


def _best(matches: list[Match]) -> list[Match]:
    """Of matches for the same lines keep the richest; the oldest message where it is close."""
    matches.sort(key=lambda match: (-round(match.bits, -1), match.piece.time or 0, match.piece.id))
    taken: set[int] = set()
    kept = []
    for match in matches:
        lines = range(match.first_line, match.last_line + 1)
        if all(line in taken for line in lines):
            continue
        taken.update(lines)
        kept.append(match)
    return sorted(kept, key=lambda match: (match.start, -match.end))
