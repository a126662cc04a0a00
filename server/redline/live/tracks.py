"""What a tracker follows: marks in pieces, and the places where some of them was taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from redline.live.cuts import Inner, Owned, Piece
from redline.live.glyphs import Glyphs
from redline.live.lane import Item
from redline.live.places import Edit, Extent, Place
from redline.live.stretches import Divided, Inside

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark(Generic[T]):
    """A stretch of text with what is known of it."""

    extent: Extent
    payload: T
    share: float = 1.0
    """How much of it is what was marked, 0 to 1, by glyphs (characters but white space)."""


class Track(Item, Generic[T]):
    """A mark: own stretches at ``places``, two and two, with foreign glyphs between them."""

    __slots__ = ("foreign", "number", "own", "payload", "share", "sunk", "worn")

    def __init__(self, mark: Mark[T], number: int) -> None:
        super().__init__([_pair(mark.extent.start), _pair(mark.extent.end)])
        self.payload = mark.payload
        self.share = mark.share
        self.number = number
        self.foreign: list[int] = []
        self.sunk = 0
        """Foreign glyphs that are no longer told from own ones."""
        self.own: int | None = None
        """Own glyphs; None until somebody wants to know."""
        self.worn = False
        """Some of it was taken out, so that nothing but white space may be left."""

    def owns(self, owned: Owned[T]) -> bool:
        """Tell whether glyphs that came back belong to it: they went from it, or from its like."""
        return owned.mark == self.number or (
            owned.share == self.share and owned.payload == self.payload
        )

    def shown(self) -> tuple[Extent, int]:
        """From the first own stretch to the last, and the foreign glyphs between.

        Stretches that begin where they end are where something was taken out.
        """
        if len(self.places) == 2:
            return Extent(Place(*self.places[0]), Place(*self.places[1])), self.sunk
        rows = range(0, len(self.places), 2)
        full = [row for row in rows if self.places[row] < self.places[row + 1]]
        if not full:
            return Extent(Place(*self.places[0]), Place(*self.places[0])), 0
        first, last = full[0], full[-1]
        extent = Extent(Place(*self.places[first]), Place(*self.places[last + 1]))
        return extent, sum(self.foreign[first // 2 : last // 2]) + self.sunk


class Scar(Item, Generic[T]):
    """A place where marked text was taken out, and the text, in pieces."""

    __slots__ = ("born", "pieces")

    def __init__(self, place: Place, pieces: tuple[Piece[T], ...], born: int) -> None:
        super().__init__([_pair(place)])
        self.pieces = pieces
        self.born = born

    def inner(self, old: Glyphs) -> Inner[T]:
        """The same as a place within a text that an edit removes, or at which it puts in."""
        if not old.text:
            return Inner(0, 0, self.pieces)
        return Inner(old.index(self.places[0]), old.blanks(self.places[0]), self.pieces)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Text that came in and was nobody's."""

    glyphs: Glyphs
    end: Place

    def stands(self, edit: Edit) -> bool:
        """An edit leaves it whole."""
        return edit.end <= self.glyphs.origin or self.end <= edit.start

    def moved(self, edit: Edit) -> Arrival:
        """Where it is after an edit that leaves it whole."""
        if self.end <= edit.start:
            return self
        origin = edit.moved(self.glyphs.origin)
        return Arrival(replace(self.glyphs, origin=origin), edit.moved(self.end))


def owned_by(tracks: Sequence[Track[T]], divided: Sequence[Divided]) -> tuple[Owned[T], ...]:
    """Whose the glyphs are of a text that an edit removes."""
    return tuple(
        Owned(track.payload, track.share, track.number, one.first, one.last, one.lead, one.trail)
        for track, parts in zip(tracks, divided, strict=True)
        for one in parts.inside
    )


def insides(owned: Iterable[Owned[T]]) -> list[Inside]:
    """The same glyphs as stretches of one mark."""
    return [Inside(one.first, one.last, one.lead, one.trail) for one in owned]


def _pair(place: Place) -> tuple[int, int]:
    return place.line, place.column
