"""Places in a text as editors count them, and how an edit moves them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column, both from 0, columns in Unicode code points.

    Lines end at LF, CR LF or CR alone, as the Language Server Protocol counts them.
    """

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Extent:
    """A stretch of text; ``end`` is exclusive."""

    start: Place
    end: Place

    @property
    def is_empty(self) -> bool:
        """Nothing lies in it."""
        return self.start == self.end

    def overlaps(self, other: Extent) -> bool:
        """Tell whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """One content change that was applied: what stood between ``start`` and ``end`` before."""

    start: Place
    end: Place
    removed: str
    inserted: str
    new_end: Place
    """Where ``inserted`` ends in the text after the edit."""

    def moved(self, place: Place, *, stays: bool = False) -> Place:
        """Where a place of the text before lies in the text after.

        What lay inside the removed text goes to the edit's start. A place at the very edit's
        end (or at an insertion) goes behind the inserted text, with ``stays`` before it.
        """
        if place < self.start or (stays and place == self.start):
            return place
        if place < self.end or (stays and place == self.end):
            return self.start
        if place.line == self.end.line:
            return Place(self.new_end.line, self.new_end.column + place.column - self.end.column)
        return Place(place.line + self.new_end.line - self.end.line, place.column)
