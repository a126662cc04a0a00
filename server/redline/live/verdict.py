"""What the changes of one notification say by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from redline.live.changes import Change
from redline.live.glyphs import squeeze
from redline.live.hints import EditOrigin
from redline.live.landing import Basis, Kind
from redline.live.places import Edit, Extent
from redline.live.text import split_lines
from redline.live.weight import Weight

_LONGEST_KEY: Final = 400
"""Characters of a change that one key may make: a line end takes its indentation along."""


@dataclass(slots=True)
class Verdict:
    """What the changes alone say, before any hint."""

    version: int
    time: float
    kind: Kind
    basis: Basis
    weight: Weight = field(default_factory=lambda: Weight(0, 0))
    parts: list[Extent] = field(default_factory=list)
    """Text that came in at once."""
    told: EditOrigin | None = None


def runs(edits: Sequence[Edit]) -> Iterator[tuple[Sequence[Edit], bool]]:
    """Split a batch where keys end and something larger begins, or the other way round.

    Tells of each part whether it is keys. A batch that also takes out is judged in one: what came
    in first may be gone again.
    """
    if any(edit.removed.strip() for edit in edits[1:]):
        filled = [edit for edit in edits if edit.inserted.strip()]
        yield edits, all(map(_is_key, filled))
        return
    first = 0
    keys: bool | None = None
    for row, edit in enumerate(edits):
        if not edit.inserted or edit.inserted.isspace():
            continue  # what only takes out belongs to either
        here = _is_key(edit)
        if keys is not None and here != keys:
            yield edits[first:row], keys
            first = row
        keys = here
    if first < len(edits):
        yield edits[first:], keys is not False


def _is_key(edit: Edit) -> bool:
    """One key may have done it: a letter, a pair of brackets, a line end with indentation."""
    if len(edit.inserted) <= 2:
        return True
    if len(edit.inserted) > _LONGEST_KEY:
        return False
    change = Change(edit.start, edit.new_end, edit.removed, edit.inserted)
    return sum(hole.new_last - hole.new_first for hole in change.holes) <= 2


def is_spacing(changes: list[Change]) -> bool:
    """White space as keys put it in: in one place, and at most one line end."""
    if len(changes) != 1:
        return False
    old, new = changes[0].removed, changes[0].inserted
    if old == new:
        return True  # a closing bracket that was there already
    return abs(len(split_lines(new)) - len(split_lines(old))) <= 1 and not squeeze(old + new)


def left_of(size: int, covered: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of ``size`` glyphs that none of the ``covered`` ones takes in."""
    at = 0
    for first, last in (*sorted(covered), (size, size)):
        if at < first:
            yield at, first
        at = max(at, last)


def heavier(one: Verdict, other: Verdict) -> Verdict:
    """Join the verdicts of two stretches of one batch."""
    first, second = (one, other) if _rank(one) > _rank(other) else (other, one)
    weight = Weight(
        first.weight.lines + second.weight.lines, first.weight.letters + second.weight.letters
    )
    return replace(first, weight=weight, parts=[*first.parts, *second.parts])


def _rank(verdict: Verdict) -> tuple[bool, int, bool]:
    return verdict.weight.asks, verdict.weight.letters, verdict.kind is not Kind.TYPE


def moved(extent: Extent, edits: Iterable[Edit]) -> Extent:
    """Where an extent is after more edits."""
    for edit in edits:
        extent = Extent(edit.moved(extent.start), edit.moved(extent.end, stays=True))
    return extent
