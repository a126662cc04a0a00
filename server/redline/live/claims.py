"""Words for whose some lines are, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from redline.live.places import Extent
from redline.live.wording import who
from redline.model import UNDECLARED, Evidence, EvidenceKind, Strength
from redline.report.summary import plural


class Way(IntEnum):
    """How the origin of lines is told."""

    KNOWN = 0
    COMMIT = 1
    """A trailer speaks of a commit, not of each of its lines."""
    SUSPECTED = 2
    UNKNOWN = 3
    """Nobody has said where they are from."""


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """What is said of lines: in which way, and of which assistant."""

    way: Way
    assistant: str

    @staticmethod
    def of(piece: Evidence) -> Claim:
        """What a piece of evidence says."""
        if piece.assistant == UNDECLARED:
            way = Way.UNKNOWN
        elif piece.strength is Strength.SUSPECTED:
            way = Way.SUSPECTED
        else:
            way = Way.COMMIT if piece.kind is EvidenceKind.COMMIT else Way.KNOWN
        return Claim(way, piece.assistant)

    def words(self, count: int) -> str:
        """Say it of ``count`` lines."""
        lines, name = plural(count, "line"), who(self.assistant)
        if self.way is Way.UNKNOWN:
            return f"{lines} of unknown origin"
        if self.way is Way.SUSPECTED:
            return f"{lines} that may come from {name}"
        if self.way is Way.COMMIT:
            return f"{lines} of a commit that names {name}"
        return f"{lines} from {name}"


def lines_of(extent: Extent) -> range:
    """The lines of an extent; one that it ends at the beginning of is none."""
    start, end = extent.start, extent.end
    if start >= end:
        return range(start.line, start.line)
    last = end.line - 1 if end.column == 0 and end.line > start.line else end.line
    return range(start.line, last + 1)
