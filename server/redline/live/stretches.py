"""A mark as an edit divides it: what lies before, in and behind the text that was replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from redline.live.alignment import Block
from redline.live.glyphs import Glyphs
from redline.live.places import Edit, Place

Pair = tuple[int, int]
"""Line and column, from 0; quicker to compare than a ``Place``."""
Part = tuple[Pair, Pair] | int
"""An own stretch, or how many foreign glyphs stand between two."""

_MOST_STRETCHES: Final = 200


@dataclass(frozen=True, slots=True)
class Inside:
    """Own glyphs ``first`` to ``last`` (exclusive) of a text that an edit removed or put in."""

    first: int
    last: int
    lead: int = 0
    """How much white space before is own, too; negative: all of the line."""
    trail: int = 0
    """How much white space behind is own, too; negative: all of the line, and its end."""

    @property
    def size(self) -> int:
        """How many glyphs it has."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Divided:
    """A mark's stretches around an edit; those behind it are where they lie afterwards."""

    before: list[Part]
    inside: list[Inside]
    behind: list[Part]


def divide(places: Sequence[Pair], foreign: Sequence[int], edit: Edit, old: Glyphs) -> Divided:
    """Divide own stretches (``places`` two and two) and the ``foreign`` counts between them.

    A stretch that begins where it ends is where own glyphs were taken out.

    How the foreign glyphs of one gap lie on both sides of an edit is not known; those that stay
    are counted before it, which changes no sum.
    """
    start, end = _pair(edit.start), _pair(edit.end)
    divided = Divided([], [], [])
    for row in range(0, len(places), 2):
        here = places[row], places[row + 1]
        if row and (count := foreign[row // 2 - 1]):
            _divide_gap((places[row - 1], here[0]), count, (start, end), edit, old, divided)
        if here[1] <= start:
            divided.before.append(here)
            continue
        if here[0] >= end:
            divided.behind.append((_moved(here[0], edit), _moved(here[1], edit)))
            continue
        if here[0] < start:
            divided.before.append((here[0], start))
        if start < end:
            low, high = max(here[0], start), min(here[1], end)
            first, last = old.index(low), old.index(high)
            if here[0] == here[1]:
                divided.inside.append(Inside(first, first))
            elif first < last:
                lead = _apart(low, old.before(first)) if low == here[0] else -1
                trail = _apart(old.behind(last - 1), high) if high == here[1] else -1
                divided.inside.append(Inside(first, last, lead, trail))
        if here[1] > end:
            divided.behind.append((_pair(edit.new_end), _moved(here[1], edit)))
    return divided


def kept(inside: Sequence[Inside], blocks: Sequence[Block]) -> list[Inside]:
    """Which own glyphs an edit left standing, numbered as in the text that it put in."""
    return [
        replace(
            one,
            first=low + block.new - block.old,
            last=high + block.new - block.old,
            lead=-1 if low > one.first else one.lead,
            trail=-1 if high < one.last else one.trail,
        )
        for one in inside
        for block in blocks
        if (low := max(one.first, block.old)) < (high := min(one.last, block.old + block.size))
    ]


def assemble(
    divided: Divided, own: Sequence[Inside], new: Glyphs
) -> tuple[list[Pair], list[int], int]:
    """Put a mark together again, with ``own`` glyphs of the text that came in.

    Returns its places and foreign counts, as ``divide`` takes them, and how many foreign glyphs
    are no longer told apart because the mark is in too many pieces.
    """
    middle: list[Part] = []
    at = 0
    for one in sorted(own, key=lambda one: (one.first, one.last)):
        if one.first < at:
            continue  # taken out of the midst of what is own again
        middle.append(one.first - at)
        if one.size:
            first = new.before(one.first, one.lead)
            last = new.behind(one.last - 1, one.trail)
        else:
            first = last = new.after(one.first, one.trail)
        middle.append((_pair(first), _pair(last)))
        at = one.last
    middle.append(len(new.squeezed) - at)
    places: list[Pair] = []
    foreign: list[int] = []
    waiting = 0
    for part in (*divided.before, *middle, *divided.behind):
        if isinstance(part, int):
            waiting += part
        elif not places:
            places += part
            waiting = 0
        elif waiting:
            foreign.append(waiting)
            places += part
            waiting = 0
        else:
            places[-1] = max(places[-1], part[1])
    sunk = 0
    if len(foreign) > _MOST_STRETCHES:
        half = _MOST_STRETCHES // 2
        sunk = sum(foreign[:half])
        places[1 : 2 * half + 1] = []
        del foreign[:half]
    return places, foreign, sunk


def _divide_gap(
    gap: tuple[Pair, Pair],
    count: int,
    removed: tuple[Pair, Pair],
    edit: Edit,
    old: Glyphs,
    divided: Divided,
) -> None:
    start, end = removed
    if gap[1] <= start:
        divided.before.append(count)
    elif gap[0] >= end:
        divided.behind.append(count)
    else:
        if start < end:
            low, high = max(gap[0], start), min(gap[1], end)
            count -= old.index(high) - old.index(low)
        (divided.before if gap[0] < start else divided.behind).append(count)


def _apart(left: Pair | Place, right: Pair | Place) -> int:
    """Characters between two places of a line; -1 for whole lines."""
    one, other = (_pair(at) if isinstance(at, Place) else at for at in (left, right))
    whole = one[0] != other[0] or not one[1]
    return -1 if whole else other[1] - one[1]


def _moved(place: Pair, edit: Edit) -> Pair:
    line, column = place
    if line == edit.end.line:
        column += edit.new_end.column - edit.end.column
    return line + edit.new_end.line - edit.end.line, column


def _pair(place: Place) -> Pair:
    return place.line, place.column
