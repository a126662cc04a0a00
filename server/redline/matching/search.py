"""Find the regions of a text that an indexed piece of produced text accounts for.

Seeds (equal fingerprints) are followed to the ends of what both texts have in common,
chained, and scored in bits of rarity. What a line's history rules out is no evidence:
a line older than the message cannot have come from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .align import Run, Seed, Side, chains, runs
from .keyed import keyed
from .prints import Prints
from .regions import (
    Edges,
    LineTimes,
    Match,
    Young,
    line_of,
    own_lines,
    region,
    run_bits,
    same_line,
    widen,
)
from .schema import PieceRow
from .score import Score, parts, passages, score, young_parts
from .shelf import Known, Shelf
from .streams import Stream
from .surprise import Surprise, surprise
from .tokens import ABSTRACT_K, RAW_K, WORD_K
from .walk import ahead, back

INFORMATIVE = 8
"""Bytes of words that make a line worth looking up."""
LIKELY_BITS = 100.0
"""From here it is worth a warning."""
SNIPPET_BITS = 50.0
"""From here as well, if it is three whole lines or more: chance ends in the middle of a line."""
_SNIPPET_LINES = 3
_WALK_BITS = 25.0
"""A chain of less is not worth being led on."""
_GAP = 40
"""Tokens a chain may jump over on either side: a few changed statements."""
_WORD_GAP = 12
"""Words a chain may jump over: a clause."""
_PARAGRAPHS_APART = 3
"""Lines without prose that end a passage: what stands beyond is another docstring."""
_MOST_PIECES = 256
"""Pieces examined for one text, those with the most seeds first."""
_MOST_WALKS = 16
"""Runs of equal lines that may lead over one line; each starts at another place of the piece."""


def search(
    prints: Prints,
    shelf: Shelf,
    times: LineTimes | None = None,
    floor: float = 0.0,
) -> list[Match]:
    """Find what the index accounts for; the best match of each stretch, by place.

    With a ``floor`` all is found that has so many bits, whether it is likely or not: that is
    for calibration.
    """
    seeds = _gather(prints, shelf)
    busiest = sorted(seeds, key=lambda number: -seeds[number].count)[:_MOST_PIECES]
    asked = _Asked(prints, floor)
    matches: list[Match] = []
    fetched = shelf.fetch(busiest)
    for number in busiest:
        known = fetched.get(number)
        if known is None:
            continue
        young = young_lines(known.piece, times)
        shown = asked.under_key(known.session.key)
        matches += _of_code(shown, known, seeds[number].code, young)
        matches += _of_prose(shown, known, seeds[number].words, young)
        matches += _line_runs(shown, known, seeds[number].lines, young)
    return _best(matches)


@dataclass(slots=True)
class _Seeds:
    """What one piece has in common with a text."""

    code: list[Seed]
    words: list[Seed]
    lines: list[tuple[int, int]]
    """Line of the text, line of the piece."""

    @property
    def count(self) -> int:
        return len(self.code) + len(self.words) + len(self.lines)


@dataclass
class _Asked:
    """The text, and what is worked out once for all pieces, when first needed."""

    prints: Prints
    floor: float

    def tells(self, bits: float, lines: int) -> bool:
        """Whether so much is worth a warning."""
        if self.floor:
            return bits >= self.floor
        return bits >= LIKELY_BITS or (lines >= _SNIPPET_LINES and bits >= SNIPPET_BITS)

    @cached_property
    def surprise(self) -> Surprise:
        return surprise(self.prints)

    @cached_property
    def code(self) -> Side:
        return Side.of(self.prints.code.codes)

    @cached_property
    def prose(self) -> Side:
        return Side.of(self.prints.prose.codes)

    def under_key(self, key: bytes) -> _Asked:
        """The same text as an index that was exported under ``key`` would hold its lines."""
        if not key:
            return self
        if key not in self._keyed:
            prints = self.prints
            lines, shapes = keyed(prints.lines, key), keyed(prints.shapes, key)
            self._keyed[key] = _Asked(replace(prints, lines=lines, shapes=shapes), self.floor)
        return self._keyed[key]

    @cached_property
    def _keyed(self) -> dict[bytes, _Asked]:
        return {}


def _gather(prints: Prints, shelf: Shelf) -> dict[int, _Seeds]:
    seeds: dict[int, _Seeds] = defaultdict(lambda: _Seeds([], [], []))
    channels = (prints.raw, prints.abstract, prints.words, prints.lines)
    words_from = len(prints.raw) + len(prints.abstract)
    lines_from = words_from + len(prints.words)
    # One look-up for all: what each costs by itself is more than what small files ask.
    together = _joined(channels)
    for key in shelf.store.index_keys():
        for row, piece, place in shelf.lookup.find(keyed(together, key)):
            if row < len(prints.raw):
                seeds[piece].code.append(Seed(row, place, RAW_K, renamed=False))
            elif row < words_from:
                seed = Seed(row - len(prints.raw), place, ABSTRACT_K, renamed=True)
                seeds[piece].code.append(seed)
            elif row < lines_from:
                seeds[piece].words.append(Seed(row - words_from, place, WORD_K, renamed=False))
            elif prints.weights[row - lines_from] >= INFORMATIVE:
                seeds[piece].lines.append((row - lines_from, place))
    return seeds


def _joined(channels: Sequence[Sequence[int]]) -> Sequence[int]:
    if isinstance(channels[0], list):
        return [value for channel in channels for value in channel]
    import numpy as np

    joined = np.concatenate([np.asarray(channel, np.uint64) for channel in channels])
    return joined  # type: ignore[return-value]


def young_lines(piece: PieceRow, times: LineTimes | None) -> Young | None:
    """Which lines may come from a piece, by their age; None: all of them."""
    return None if times is None or piece.time is None else Young(times, piece.time)


def _common(
    stream: Stream, own: Side, other: Side, seeds: Sequence[Seed], young: Young | None
) -> list[Run]:
    found = runs(own, other, stream.hashes, seeds)
    if young is not None:
        found = [part for run in found for part in young_parts(run, stream, young)]
    return found


def _of_code(
    asked: _Asked,
    known: Known,
    seeds: Sequence[Seed],
    young: Young | None,
) -> list[Match]:
    prints, stream = asked.prints, asked.prints.code
    codes = known.codes
    matches = []
    for chain in chains(_common(stream, asked.code, known.code, seeds, young), _GAP):
        whole = score(chain, codes, stream, asked.surprise.raw, asked.surprise.abstract)
        if whole.bits < _WALK_BITS:
            continue
        chain = _walked(asked, known.code, chain, young)
        whole = score(chain, codes, stream, asked.surprise.raw, asked.surprise.abstract)
        if not asked.tells(whole.bits, whole.lines):
            continue
        for part in parts(chain, stream):
            told = score(part, codes, stream, asked.surprise.raw, asked.surprise.abstract)
            if told.bits > 0:
                matches.append(_painted(prints, known, part, whole.bits, told, young))
    return matches


def _walked(asked: _Asked, other: Side, chain: list[Run], young: Young | None) -> list[Run]:
    """A chain with what it may be led on to: within its paragraph, for behind a blank line
    another function begins, and each is shaped like the next."""
    prints, stream = asked.prints, asked.prints.code
    head, tail = chain[0], max(chain, key=lambda run: run.end)
    first, last = line_of(stream, head.start), line_of(stream, tail.end - 1)
    while first > 0 and prints.lines[first - 1]:
        first -= 1
    while last + 1 < len(prints.lines) and prints.lines[last + 1]:
        last += 1
    found = [
        *back(asked.code, other, stream.hashes, head, int(stream.lines[first])),
        *ahead(asked.code, other, stream.hashes, tail, int(stream.lines[last + 1])),
    ]
    if young is not None:
        found = [part for run in found for part in young_parts(run, stream, young)]
    return sorted([*chain, *found], key=lambda run: (run.start, run.end))


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
    exact = 2 * told.exact >= told.covered
    edges = Edges(told.first, _place(part, told.first), told.last, _place(part, told.last))
    lines = line_of(stream, edges.head), line_of(stream, edges.tail)
    own = own_lines(prints, piece, edges, *lines, exact=exact)
    wide = widen(prints, piece, edges, young, exact=exact)
    # An edge that had to be drawn in is no place to grow from.
    first, last = (
        grown if kept == line else kept for grown, kept, line in zip(wide, own, lines, strict=True)
    )
    start, end = int(stream.rows[edges.head]), int(stream.rows[edges.tail]) + 1
    # What was widened is whole lines.
    start = int(prints.line_tokens[first]) if first < lines[0] else start
    end = int(prints.line_tokens[last + 1]) if last > lines[1] else end
    how = "verbatim" if exact else "renamed"
    return region(prints, piece, session, how, first, last, start, end, bits, told.covered, stream)


def _place(part: Sequence[Run], token: int) -> int:
    """The piece's token that stands for one of the text's."""
    return next(run.place + token - run.start for run in part if run.start <= token < run.end)


def _of_prose(
    asked: _Asked,
    known: Known,
    seeds: Sequence[Seed],
    young: Young | None,
) -> list[Match]:
    prints, stream = asked.prints, asked.prints.prose
    codes = known.word_codes
    matches = []
    found = _common(stream, asked.prose, known.prose, seeds, young)
    for chain in passages(chains(found, _WORD_GAP), stream, _PARAGRAPHS_APART):
        told = score(chain, codes, stream, asked.surprise.words, asked.surprise.words)
        if not asked.tells(told.bits, 0):
            continue
        first, last = line_of(stream, told.first), line_of(stream, told.last)
        start, end = int(stream.rows[told.first]), int(stream.rows[told.last]) + 1
        piece, session, bits = known.piece, known.session, told.bits
        edges = (first, last, start, end)
        matches.append(region(prints, piece, session, "prose", *edges, bits, told.covered, stream))
    return matches


def _line_runs(
    asked: _Asked,
    known: Known,
    seeds: Iterable[tuple[int, int]],
    young: Young | None,
) -> list[Match]:
    """Runs of at least three rare lines that follow each other in both texts."""
    prints, piece, session = asked.prints, known.piece, known.session
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
        if not asked.tells(bits, last - first + 1):
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
