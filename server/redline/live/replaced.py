"""What stood where blocks have come in: kept while the document is open, so that it can come back.

It is held in memory only, bounded, and is in no index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from redline.live.places import Edit, Extent, Place

_MOST = 20
_LONGEST = 100_000
"""Characters that stood in one place."""
_MOST_TOGETHER = 500_000


@dataclass(frozen=True, slots=True)
class Replaced:
    """One stretch of text that came in where another had stood."""

    extent: Extent
    """Where it lies now."""
    before: str
    """What had stood there."""
    intact: bool = True
    """Nothing within it was edited since."""


class Replacements:
    """What the blocks of one document replaced."""

    def __init__(self) -> None:
        self._known: list[Replaced] = []
        """The oldest first."""
        self._fresh: list[Replaced] = []
        """Of the change that is being followed."""
        self._cut: tuple[Place, str] | None = None
        """What the last edits took out, and where; what comes in there replaces it."""

    def follow(self, edit: Edit) -> None:
        """Follow an edit."""
        self._known = _moved(self._known, edit)
        self._fresh = _moved(self._fresh, edit)
        before = edit.removed
        if self._cut is not None:
            place, cut = self._cut
            if edit.end == place:
                before += cut
            elif edit.start == place:
                before = cut + before
        self._cut = None if edit.inserted else (edit.start, before[-_LONGEST:])
        if edit.inserted and before.strip() and len(before) <= _LONGEST:
            self._fresh.append(Replaced(Extent(edit.start, edit.new_end), before))

    def landed(self, blocks: Sequence[Extent], *, again: bool = False) -> None:
        """End a change: what became of it is known if it brought blocks, or brought them again."""
        self._known += [
            one for one in self._fresh if again or any(map(one.extent.overlaps, blocks))
        ]
        self._fresh = []
        while len(self._known) > _MOST or sum(len(o.before) for o in self._known) > _MOST_TOGETHER:
            del self._known[0]

    def over(self, extents: Sequence[Extent]) -> tuple[Replaced, ...]:
        """What is known of some extents, the newest first."""
        return tuple(one for one in self._known[::-1] if any(map(one.extent.overlaps, extents)))


def _moved(known: Sequence[Replaced], edit: Edit) -> list[Replaced]:
    """Where they lie after an edit; without those that it takes away or joins with others."""
    found = []
    for one in known:
        start, end = one.extent.start, one.extent.end
        if edit.end <= start:
            found.append(replace(one, extent=Extent(edit.moved(start), edit.moved(end))))
        elif end <= edit.start:
            found.append(one)
        elif start <= edit.start and edit.end <= end and (start, end) != (edit.start, edit.end):
            found.append(replace(one, extent=Extent(start, edit.moved(end)), intact=False))
    return found
