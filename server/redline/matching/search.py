"""Find the regions of a text that an indexed piece of produced text accounts for.

Seeds (equal fingerprints) are chained along diagonals, scored in bits of rarity with
each distinct gram counted once, and widened over equal lines. What a line's history
rules out is no seed: a line older than the message cannot have come from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .keyed import keyed
from .lookup import Lookup
from .prints import Prints
from .regions import (
    LineTimes,
    Match,
    Seed,
    Young,
    line_of,
    own_lines,
    region,
    run_bits,
    same_line,
    token_bits,
    widen,
)
from .schema import PieceRow, SessionRow
from .store import Store
from .tokens import ABSTRACT_K, RAW_K

INFORMATIVE = 8
"""Bytes of words that make a line worth looking up."""
LIKELY_BITS = 140.0
"""From here it is worth a warning."""
_GAP = 40
"""Tokens a chain may jump over: a few changed statements."""
_SHIFT = 14
"""Tokens by which the two sides of a chain may drift apart."""
_MOST_PIECES = 256
"""Pieces examined for one text, those with the most seeds first."""
_MOST_WALKS = 16
"""Runs of equal lines that may lead over one line; each starts at another place of the piece."""


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
) -> tuple[dict[int, list[Seed]], dict[int, list[tuple[int, int]]]]:
    seeds: dict[int, list[Seed]] = defaultdict(list)
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key in store.index_keys():
        for grams, size in ((prints.raw, RAW_K), (prints.abstract, ABSTRACT_K)):
            for token, piece, place in lookup.find(keyed(grams, key)):
                seeds[piece].append(Seed(token, place, size, int(grams[token])))
        for line, piece, place in lookup.find(keyed(prints.lines, key)):
            if prints.weights[line] >= INFORMATIVE:
                lines[piece].append((line, place))
    return seeds, lines


def young_lines(piece: PieceRow, times: LineTimes | None) -> Young | None:
    """Which lines may come from a piece, by their age; None: all of them."""
    return None if times is None or piece.time is None else Young(times, piece.time)


def _fresh(prints: Prints, seed: Seed, young: Young | None) -> bool:
    if young is None:
        return True
    first, last = line_of(prints, seed.token), line_of(prints, seed.token + seed.size - 1)
    return all(young[line] for line in range(first, last + 1))


def _chains(seeds: list[Seed]) -> list[list[Seed]]:
    seeds.sort(key=lambda seed: (seed.token, seed.place))
    done: list[list[Seed]] = []
    open_: list[list[Seed]] = []
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
    chain: list[Seed],
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
    raw_bits, abstract_bits = token_bits(prints, start, end)
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
    own = own_lines(prints, piece, chain, *lines, exact=how == "verbatim")
    wide = widen(prints, piece, chain, *lines, young, exact=how == "verbatim")
    # An edge that had to be drawn in is no place to grow from.
    first, last = (
        grown if kept == line else kept for grown, kept, line in zip(wide, own, lines, strict=True)
    )
    # What was widened is whole lines.
    start = min(start, int(prints.line_tokens[first])) if first < line_of(prints, start) else start
    end = max(end, int(prints.line_tokens[last + 1])) if last > line_of(prints, end - 1) else end
    return region(prints, piece, session, how, first, last, start, end, bits, covered)


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
        while same_line(prints, piece, last + 1, end + 1, young):
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
            region(prints, piece, session, "lines", first, last, start, stop, bits, stop - start)
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
