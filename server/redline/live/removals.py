"""Text that left a document lately, so that it is known when it comes back."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from redline.live.cuts import LEAST_GLYPHS, Cuts, Owned, Piece
from redline.live.glyphs import squeeze
from redline.live.places import Place
from redline.matching.telling import INFORMATIVE

_LONGEST_RUN: Final = 200_000
_MOST_LINES: Final = 5_000
_MOST_ARRIVALS: Final = 100


@dataclass(frozen=True, slots=True)
class Removal:
    """Glyphs that left a document."""

    document: int
    place: Place
    """Of the first."""
    start: Place
    """Where they were taken out, white space included: what was there before has met here."""
    again: bool = False
    """They had come in at once before: their return is a redo."""
    glyphs: str = ""


class Removals:
    """What left any of a session's documents; held in memory only, and bounded.

    Deletions that follow one another at one place count as one, as editors undo them.
    """

    def __init__(self) -> None:
        self.arrivals: Cuts[None] = Cuts()
        """What was cut out of blocks that had come in, of all documents."""
        self._cuts: Cuts[Removal] = Cuts()
        self._open: Removal | None = None
        self._lines: OrderedDict[int, None] = OrderedDict()
        """Hashes of telling lines, the oldest first."""
        self._hashes: deque[int] = deque(maxlen=_MOST_ARRIVALS)

    def arrived(self, glyphs: str) -> None:
        """Note a text that came in at once; only its hash is kept."""
        if len(glyphs) >= LEAST_GLYPHS:
            self._hashes.append(hash(glyphs))

    def add(self, removal: Removal, end: Place, lines: Sequence[str]) -> bool:
        """Note what stood up to a place, with the whole lines on which it stood.

        Tells whether it had come in at once before.
        """
        for glyphs in map(squeeze, lines[-_MOST_LINES:]):
            if len(glyphs) >= INFORMATIVE:
                self._lines[hash(glyphs)] = None
                self._lines.move_to_end(hash(glyphs))
        while len(self._lines) > _MOST_LINES:
            self._lines.popitem(last=False)
        again = hash(removal.glyphs) in self._hashes
        last, here = self._open, replace(removal, again=again)
        if last and last.document == here.document and len(last.glyphs) < _LONGEST_RUN:
            if end == last.start:
                here = replace(here, glyphs=here.glyphs + last.glyphs)
            elif here.start == last.start:
                here = replace(here, glyphs=last.glyphs + here.glyphs, place=last.place)
            else:
                self._close()
        else:
            self._close()
        self._open = here
        return again

    def find(self, glyphs: str) -> tuple[Owned[Removal], ...]:
        """Tell which glyphs of a text that came in are ones that left."""
        self._close()
        return self._cuts.find(glyphs)

    def knows(self, line: str) -> bool:
        """Tell whether a line left lately: a sort brings lines back in another order."""
        return hash(squeeze(line)) in self._lines

    def _close(self) -> None:
        if self._open:
            glyphs, note = self._open.glyphs, replace(self._open, glyphs="")
            self._cuts.add(Piece(glyphs, (Owned(note, 1.0, 0, 0, len(glyphs)),)))
            self._open = None
