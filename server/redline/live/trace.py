"""What the project itself knows of a block of text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from redline.live.analysis import LiveMark
from redline.live.places import Extent, Place


@dataclass(frozen=True, slots=True)
class Copy:
    """A place in the project where the very text stands."""

    path: str
    """Relative to the root."""
    first_line: int
    last_line: int
    """From 1, both inclusive."""
    committed: bool
    """It stands in the last commit, and no longer on disk."""
    clean: bool
    """No evidence speaks of it there."""

    def __str__(self) -> str:
        """Write the place as people do."""
        lines = f"{self.first_line}-{self.last_line}"
        return f"{self.path}:{self.first_line if self.first_line == self.last_line else lines}"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the project knows of a block."""

    copies: tuple[Copy, ...] = ()
    """Where it stands, those with evidence first; none: its origin is unknown."""
    marks: tuple[LiveMark, ...] = ()
    """What is known of the lines there, carried over; extents count from the block's start."""
    complete: bool = True
    """All of the project was looked at; False: it may stand where nobody looked."""

    @property
    def known(self) -> bool:
        """The block is the project's own text: nothing need be asked."""
        return bool(self.copies)

    def at(self, start: Place) -> tuple[LiveMark, ...]:
        """The marks in a text in which the block begins at ``start``."""
        return tuple(
            replace(mark, extent=Extent(_behind(start, mark.extent.start), _behind(start, end)))
            for mark in self.marks
            for end in (mark.extent.end,)
        )

    def __str__(self) -> str:
        """Say it to people, without a full stop."""
        if not self.copies:
            return "nothing in this repository tells where it is from"
        return f"from this repository, {self.copies[0]}"


def _behind(start: Place, place: Place) -> Place:
    """A place that counts from ``start``, as one that counts from the text's beginning."""
    if place.line:
        return Place(start.line + place.line, place.column)
    return Place(start.line, start.column + place.column)
