"""Letter by letter, but faster than hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from redline.live.changes import Change
from redline.live.cuts import LEAST_GLYPHS
from redline.live.glyphs import squeeze
from redline.live.places import Edit, Extent, Place

_RATE: Final = 25.0
"""Glyphs in a second that hands may type for long; the fastest typists reach about twenty."""
_ALLOWANCE: Final = 40.0
"""Glyphs beyond that which may come together: a client that was busy, keys that were rolled."""
_FARTHEST: Final = _ALLOWANCE + _RATE
"""A storm of any length is over a second or two after its end."""
_GATHERED: Final = 0.5
_MOST_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Fast:
    """Letters that came faster than hands."""

    extent: Extent
    text: str
    again: bool
    """All of it was typed before: a macro or a repeated command."""


class Pace:
    """How far ahead of hands the letters of one document have come.

    A client may gather keys for as long as it likes: what counts is the time since the last
    notification. A storm of keys is told all the same, because clients that gather send the first
    key at once.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last = 0.0
        self._start = self._end = Place(0, 0)
        self._run: list[str] = []
        self._fast = False
        self._typed = ""

    def take(self, edits: Sequence[Edit], changes: list[Change], time: float) -> Fast | None:
        """Take in letters; give the run of them that came too fast, if it does.

        ``changes`` is what ``edits`` come to.
        """
        # Several cursors get the same key at once.
        glyphs = sum(map(len, {squeeze(change.inserted) for change in changes}))
        since = max(time - self._last, 0.0)
        self._last = time
        # Some clients send the first key by itself and gather the next ones.
        resting = not self._ahead and (len(self._run) > 1 or since > _GATHERED)
        self._ahead = min(max(0.0, self._ahead - _RATE * since + glyphs), _FARTHEST + glyphs)
        for edit in edits:
            if resting or not self._start <= edit.start <= self._end:
                self._begin(edit.start)
                resting = False
            self._end = max(edit.moved(self._end), edit.new_end)
            if len(self._run) < _MOST_KEPT:
                self._run.append(edit.inserted)
        if self._ahead <= _ALLOWANCE:
            return None
        self._fast = True
        text = "".join(self._run)
        known = squeeze(text)
        again = len(known) >= LEAST_GLYPHS and known in self._typed
        return Fast(Extent(self._start, self._end), text, again)

    def _begin(self, place: Place) -> None:
        if not self._fast:
            self._typed = (self._typed + squeeze("".join(self._run)))[-_MOST_KEPT:]
        self._start = self._end = place
        self._run, self._fast = [], False
