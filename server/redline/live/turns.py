"""Batches of changes that turn an earlier batch round: undo and redo as editors send them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from redline.live.changes import Change
from redline.live.landing import Kind
from redline.matching.telling import INFORMATIVE

_MOST: Final = 500


class Turns:
    """The last batches of one document that took something out; hashes only.

    It knows undone edits again whose parts are each too short to be known by themselves.
    """

    def __init__(self) -> None:
        self._past: OrderedDict[int, Kind] = OrderedDict()
        """What it would be to turn each of them round."""

    def take(self, changes: list[Change]) -> Kind | None:
        """Tell whether a batch turns an earlier one round, and how; remember it."""
        if not changes:
            return None
        place = changes[0].start
        sides = [(hash(one.old.squeezed), hash(one.new.squeezed)) for one in changes]
        earlier = self._past.get(hash((place, *((came, gone) for gone, came in sides))))
        if sum(len(change.old.squeezed) for change in changes) >= INFORMATIVE:
            self._past[hash((place, *sides))] = Kind.REDO if earlier is Kind.UNDO else Kind.UNDO
            if len(self._past) > _MOST:
                self._past.popitem(last=False)
        return earlier
