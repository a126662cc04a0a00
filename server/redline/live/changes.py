"""What a batch of edits comes to: one change for each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from redline.live.alignment import Block, Hole, align, holes
from redline.live.glyphs import Glyphs
from redline.live.lane import Item, Lane
from redline.live.places import Edit, Extent, Place
from redline.live.text import split_lines


@dataclass(frozen=True)
class Change:
    """What one place lost and what it got, after a whole batch of edits."""

    start: Place
    end: Place
    """Where ``inserted`` ends."""
    removed: str
    inserted: str

    @cached_property
    def old(self) -> Glyphs:
        """The glyphs that went; their places say nothing."""
        return Glyphs(self.removed, self.start)

    @cached_property
    def new(self) -> Glyphs:
        """The glyphs that came."""
        return Glyphs(self.inserted, self.start)

    @cached_property
    def blocks(self) -> list[Block]:
        """What stayed of the removed text."""
        return align(self.old, self.new) if self.removed and self.inserted else []

    @cached_property
    def holes(self) -> list[Hole]:
        """What did not stay, and what came in its stead."""
        every = holes(self.blocks, len(self.old.squeezed), len(self.new.squeezed))
        return [hole for hole in every if hole.first < hole.last or hole.new_first < hole.new_last]

    @property
    def blank(self) -> bool:
        """White space alone has changed."""
        return not self.holes

    def extent(self, first: int, last: int) -> Extent:
        """Where glyphs of the inserted text lie, and the white space around them on a line."""
        return Extent(self.new.before(first, -1), self.new.behind(last - 1, -1))

    def text(self, first: int, last: int) -> str:
        """Glyphs of the inserted text, with the white space between."""
        return self.new.between(first, last)


def net(edits: Sequence[Edit]) -> list[Change]:
    """Join edits that were applied one after the other where they touch; in order of place."""
    lane: Lane[_Region] = Lane()
    for edit in edits:
        touched = lane.take(edit)
        if len(touched) == 1 and touched[0].follow(edit):
            lane.add(touched[0])
        else:
            lane.add(_Region.joined(edit, touched))
    return [region.change() for region in lane.items()]


class _Region(Item):
    """A stretch of the text that differs from before, from one of its places to the other."""

    __slots__ = ("_parts", "removed")

    def __init__(self, start: Place, end: Place, removed: str, inserted: str) -> None:
        super().__init__([(start.line, start.column), (end.line, end.column)])
        self.removed = removed
        self._parts = [inserted]

    @property
    def inserted(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0]

    def change(self) -> Change:
        return Change(Place(*self.places[0]), Place(*self.places[1]), self.removed, self.inserted)

    def follow(self, edit: Edit) -> bool:
        """Take in a key at the end at no cost; False for anything else."""
        if edit.removed or (edit.start.line, edit.start.column) != self.places[1]:
            return False
        self._parts.append(edit.inserted)
        self.places = [self.places[0], (edit.new_end.line, edit.new_end.column)]
        return True

    @classmethod
    def joined(cls, edit: Edit, touched: list[_Region]) -> _Region:
        """The edit and all that it touches as one; what lies between is in its removed text."""
        removed: list[str] = []
        at = edit.start
        start, head, tail, end = edit.start, "", "", edit.new_end
        for one in touched:
            begins, ends = Place(*one.places[0]), Place(*one.places[1])
            if begins < at:
                start, head = begins, _up_to(one.inserted, begins, at)
            else:
                removed.append(_between(edit, at, begins))
            removed.append(one.removed)
            if edit.end < ends:
                tail = one.inserted[len(_up_to(one.inserted, begins, edit.end)) :]
                end = edit.moved(ends)
            at = max(at, ends)
        removed.append(_between(edit, at, edit.end))
        return cls(start, end, "".join(removed), head + edit.inserted + tail)


def _between(edit: Edit, start: Place, end: Place) -> str:
    """What the edit removed between two places of the text before it."""
    if start >= end:
        return ""
    first = len(_up_to(edit.removed, edit.start, start))
    return edit.removed[first : len(_up_to(edit.removed, edit.start, end))]


def _up_to(text: str, start: Place, place: Place) -> str:
    """What of a text that begins at ``start`` stands before ``place``."""
    if place <= start:
        return ""
    if place.line == start.line:
        return text[: place.column - start.column]
    lines = split_lines(text)
    rows = place.line - start.line
    return "".join(lines[:rows]) + lines[rows][: place.column]
