"""Find the regions of a text that an indexed piece of produced text accounts for.

Seeds (equal fingerprints) are followed to the ends of what both texts have in common,
chained, and scored in bits of rarity. What a line's history rules out is no evidence:
a line older than the message cannot have come from it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..model import UNDECLARED
from .align import Seed
from .asked import Asked, young_lines
from .code_matches import code_matches
from .keyed import keyed
from .line_matches import line_matches
from .prints import INFORMATIVE, Prints
from .prose_matches import prose_matches
from .regions import LineTimes, Match, is_much
from .runs.layout import MOST_HITS
from .schema import SessionRow
from .shelf import Shelf
from .tokens import ABSTRACT_K, RAW_K, WORD_K

_MOST_PIECES = 256
"""Pieces examined for one text, and as many again of unknown or doubtful origin."""


def search(
    prints: Prints,
    shelf: Shelf,
    times: LineTimes | None = None,
    floor: float = 0.0,
    doubtful: Callable[[SessionRow], bool] = lambda session: False,
) -> list[Match]:
    """Find what the index accounts for; the best match of each stretch, by place.

    ``doubtful`` tells sessions whose text only makes suspect: they give way to all others.
    With a ``floor`` all is found that has so many bits, whether it is likely or not: that is
    for calibration.
    """

    def unsure(session: SessionRow) -> bool:
        return session.assistant == UNDECLARED or doubtful(session)

    seeds = _gather(prints, shelf, unsure)
    busiest = _busiest(seeds, shelf, unsure)
    asked = Asked(prints, floor)
    matches: list[Match] = []
    fetched = shelf.fetch(busiest)
    for number in busiest:
        known = fetched.get(number)
        if known is None:
            continue
        young = young_lines(known.piece, times)
        shown = asked.under_key(known.session.key)
        found = seeds[number]
        if known.session.assistant == UNDECLARED:
            # Nobody is asked about text that is only like it, or has a few lines of it.
            code = [seed for seed in found.code if not seed.renamed]
            alike = code_matches(shown, known, code, young)
            alike += prose_matches(shown, known, found.words, young)
            alike = [match for match in alike if match.sure and match.how != "renamed"]
            matches += filter(is_much, alike)
            continue
        matches += code_matches(shown, known, found.code, young)
        matches += prose_matches(shown, known, found.words, young)
        matches += line_matches(shown, known, found.lines, young)
    return _best(matches, doubtful)


def _busiest(
    seeds: dict[int, _Seeds], shelf: Shelf, unsure: Callable[[SessionRow], bool]
) -> list[int]:
    """The pieces to examine, those with the most seeds first.

    A crowd of pieces of unknown or doubtful origin keeps no other one from being examined.
    """
    ordered = sorted(seeds, key=lambda number: -seeds[number].count)
    if len(ordered) <= _MOST_PIECES:
        return ordered
    kept: list[int] = []
    crowd: list[int] = []
    sessions = shelf.sessions(ordered)
    for number in ordered:
        session = sessions.get(number)
        if session is not None:
            (crowd if unsure(session) else kept).append(number)
    return kept[:_MOST_PIECES] + crowd[:_MOST_PIECES]


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


def _gather(
    prints: Prints, shelf: Shelf, unsure: Callable[[SessionRow], bool]
) -> dict[int, _Seeds]:
    seeds: dict[int, _Seeds] = defaultdict(lambda: _Seeds([], [], []))
    channels = (prints.raw, prints.abstract, prints.words, prints.lines)
    words_from = len(prints.raw) + len(prints.abstract)
    lines_from = words_from + len(prints.words)
    # One look-up for all: what each costs by itself is more than what small files ask.
    together = _joined(channels)
    for key in shelf.store.index_keys():
        for row, piece, place in _hits(keyed(together, key), shelf, unsure):
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


def _hits(
    values: Sequence[int], shelf: Shelf, unsure: Callable[[SessionRow], bool]
) -> list[tuple[int, int, int]]:
    """Look values up; where a look-up is full of doubtful pieces, look past them as well."""
    hits = shelf.lookup.find(values)
    if len(hits) < MOST_HITS:
        return hits
    counts = Counter(row for row, _, _ in hits)
    full = {row for row, count in counts.items() if count >= MOST_HITS}
    met = shelf.sessions({piece for row, piece, _ in hits if row in full}) if full else {}
    if not any(map(unsure, met.values())):
        return hits
    asked = [int(value) if row in full else 0 for row, value in enumerate(values)]
    return sorted({*hits, *shelf.lookup_without(unsure).find(asked)})


def _joined(channels: Sequence[Sequence[int]]) -> Sequence[int]:
    if isinstance(channels[0], list):
        return [value for channel in channels for value in channel]
    import numpy as np

    columns = [np.asarray(channel, np.uint64) for channel in channels]
    return np.concatenate(columns)  # type: ignore[return-value]


def _best(matches: list[Match], doubtful: Callable[[SessionRow], bool]) -> list[Match]:
    """Of matches for the same lines keep the richest; the oldest message where it is close.

    Text of unknown origin comes last, and only where it is the same: new names are no trace of
    a paste.
    """
    matches.sort(
        key=lambda match: (
            match.session.assistant == UNDECLARED,
            doubtful(match.session),
            -round(match.bits, -1),
            match.piece.time or 0,
            match.piece.id,
        )
    )
    taken: set[int] = set()
    kept = []
    for match in matches:
        if match.session.assistant == UNDECLARED and match.how == "renamed":
            continue
        lines = range(match.first_line, match.last_line + 1)
        if all(line in taken for line in lines):
            continue
        taken.update(lines)
        kept.append(match)
    return sorted(kept, key=lambda match: (match.start, -match.end))
