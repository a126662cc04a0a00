"""A text that is asked about: what is worked out once for all pieces, and when they tell enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .align import Run, Seed, Side, runs
from .keyed import keyed
from .prints import Prints
from .regions import LineTimes, Young
from .schema import PieceRow
from .score import young_parts
from .streams import Stream
from .surprise import Surprise, surprise

LIKELY_BITS = 120.0
"""From here it is worth a warning."""
SNIPPET_BITS = 70.0
"""From here as well, if it is three whole lines or more and the very same: chance ends in the
middle of a line, and a project's idiom has other names."""
SNIPPET_LINES = 3
PROSE_BITS = 80.0
"""From here prose is worth a warning: people do not hit on each other's sentences by chance."""


@dataclass
class Asked:
    """The text, and what is worked out once for all pieces, when first needed."""

    prints: Prints
    floor: float

    def tells(self, bits: float, lines: int) -> bool:
        """Whether so much is worth a warning; ``lines``: whole ones that are the very same."""
        if self.floor:
            return bits >= self.floor
        return bits >= LIKELY_BITS or (lines >= SNIPPET_LINES and bits >= SNIPPET_BITS)

    def tells_prose(self, bits: float) -> bool:
        """Whether so many bits of prose are worth a warning."""
        return bits >= (self.floor or PROSE_BITS)

    @cached_property
    def surprise(self) -> Surprise:
        return surprise(self.prints)

    @cached_property
    def code(self) -> Side:
        return Side.of(self.prints.code.codes)

    @cached_property
    def prose(self) -> Side:
        return Side.of(self.prints.prose.codes)

    def under_key(self, key: bytes) -> Asked:
        """The same text as an index that was exported under ``key`` would hold its lines."""
        if not key:
            return self
        if key not in self._keyed:
            prints = self.prints
            lines, shapes = keyed(prints.lines, key), keyed(prints.shapes, key)
            self._keyed[key] = Asked(replace(prints, lines=lines, shapes=shapes), self.floor)
        return self._keyed[key]

    @cached_property
    def _keyed(self) -> dict[bytes, Asked]:
        return {}


def young_lines(piece: PieceRow, times: LineTimes | None) -> Young | None:
    """Which lines may come from a piece, by their age; None: all of them."""
    return None if times is None or piece.time is None else Young(times, piece.time)


def common_runs(
    stream: Stream, own: Side, other: Side, seeds: Sequence[Seed], young: Young | None
) -> list[Run]:
    """What one stream of the text has in common with a piece's, old lines cut out."""
    found = runs(own, other, stream.hashes, seeds)
    if young is not None:
        found = [part for run in found for part in young_parts(run, stream, young)]
    return found
