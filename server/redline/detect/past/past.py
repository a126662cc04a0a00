"""The time rule beyond one file: what stood anywhere in the repository before a message.

Blame says how old a line is where it stands. A person's function that was moved to another
file, or a project's own way of writing things, is older than that: it stood elsewhere. What
sessions account for is asked again with such lines as old as they are, so the matching itself
decides what is left. A text stood before a message only if it was committed before that very
message: what the assistant itself brought in earlier clears nothing of the message that
brought it, whatever its later messages repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from redline.detect.history import History
from redline.detect.sessions import blocks, is_renamed
from redline.git import Objects
from redline.git.cache import folder_for
from redline.matching.prints import is_code
from redline.model import Evidence, EvidenceKind, Skip, Strength

if TYPE_CHECKING:
    from .lines import Lines
    from .stood import Stood

Times = list["int | None"]
"""When each line was committed (ms); None: not committed yet."""
Ask = Callable[[Times], list[Evidence]]
"""What sessions account for in the text, given the times of its lines."""

_ENOUGH_BITS = 180.0
"""Rarity of what is new in a region from which what stood beside it does not matter."""
_FEWEST_BITS = 50.0
"""And below which nothing is left to go by: lines that stood in part tell no more than others."""
_FEWEST_RENAMED = 100.0
"""The same for a likeness but for names: a project's classes and tests have one another's shape."""
_ROUNDS = 24
"""A line's age rules out all younger messages at once, so two or three rounds are usual."""


class Past:
    """What stood in one repository; opened when first asked, to be closed after use."""

    def __init__(self, history: History, cache: Path | None = None) -> None:
        """``cache`` is a folder for what can be computed anew; None keeps nothing."""
        self._history = history
        self._cache = cache
        self._objects: Objects = history.repository.objects()
        self._opened: Stood | None = None
        self._cut: set[str] = set()
        self._left_out: dict[str, set[str]] = {}

    def __enter__(self) -> Past:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End git's process and close the cache."""
        self._objects.close()
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def settle(self, path: str, text: bytes, times: Times, ask: Ask) -> list[Evidence]:
        """Give what sessions account for in ``text``, the content of ``path``, less its past.

        ``times`` is what blame says. Only texts in which something is found cost anything.
        """
        found = ask(times)
        known: dict[tuple[int, int], Lines] = {}
        for _ in range(_ROUNDS):
            dated = [piece for piece in found if _is_dated(piece)]
            older = self._older(path, text, times, dated, known)
            if older == times:
                break
            times = older
            found = ask(times)
        return found

    def skips(self, path: str, *, protected: bool) -> list[Skip]:
        """Tell what could not be compared for a file that was settled."""
        told: list[Skip] = []
        if path in self._cut:
            reason = "history is cut off: what stood here before the session is not known"
            told.append(Skip(path, reason, protected, "run git fetch --unshallow"))
        if names := self._left_out.get(path):
            reason = (
                f"{len(names)} older files or branches, too large or too many, were not compared"
            )
            told.append(Skip(path, reason, protected=False))
        return told

    @property
    def _stood(self) -> Stood:
        if self._opened is None:
            from .stood import Stood

            repository = self._history.repository
            folder = None if self._cache is None else folder_for(repository, self._cache)
            self._opened = Stood(self._objects, self._history.ages, folder)
        return self._opened

    def _older(
        self,
        path: str,
        text: bytes,
        times: Times,
        found: list[Evidence],
        known: dict[tuple[int, int], Lines],
    ) -> Times:
        """The times of the lines, those that stood elsewhere as old as they were there.

        ``known`` keeps the lines of each block (by its first byte) at each moment (ms).
        """
        older = list(times)
        line = 0
        for start, end in blocks(text):
            block = text[start:end]
            here = [piece for piece in found if piece.span.start < end and piece.span.end > start]
            fresh = {piece.time for piece in here if piece.time is not None}
            fresh = {moment for moment in fresh if (start, moment) not in known}
            if fresh:
                known |= {
                    (start, moment): lines
                    for moment, lines in self._looked_up(path, block, fresh).items()
                }
            if here:
                at = {moment: lines for (byte, moment), lines in known.items() if byte == start}
                _date(at, block, start, line, here, older)
            line += block.count(b"\n")
        return older

    def _looked_up(self, path: str, block: bytes, moments: Iterable[int]) -> dict[int, Lines]:
        """The lines of a block at each moment (ms)."""
        # NumPy comes with these, and most runs find nothing to ask about.
        from redline.matching.prints import take

        from .lines import Lines
        from .stood import kin_of

        kin = kin_of(path)
        prints = take(block, abstract=is_code(path), bulk=True)
        found = {}
        for moment in sorted(moments):
            if not self._stood.known_at(moment):
                self._cut.add(path)
            found[moment] = Lines.of(prints, partial(self._stood.first, kin, moment))
            self._left_out.setdefault(path, set()).update(self._stood.left_out(kin, moment))
        return found


def _date(
    at: dict[int, Lines],
    block: bytes,
    start: int,
    line: int,
    found: list[Evidence],
    older: Times,
) -> None:
    """Date the lines of one block that begins at byte ``start`` and line ``line`` of its text."""
    from .lines import COPIED, COPIED_SURELY

    spans = [_lines_of(block, piece.span.start - start, piece.span.end - start) for piece in found]
    recorded = {
        row
        for piece, (first, last) in zip(found, spans, strict=True)
        if piece.strength is Strength.RECORDED
        for row in range(first, last + 1)
    }
    for piece, (first, last) in zip(found, spans, strict=True):
        assert piece.time is not None
        lines = at[piece.time]
        last = min(last, len(lines.tokens) - 1)
        renamed = is_renamed(piece)
        stands, since, covered = lines.stood(renamed=renamed)
        least = COPIED_SURELY if piece.strength is Strength.RECORDED else COPIED
        gone = {row for run in lines.copied(stands, first, last, least) for row in run}
        if piece.strength is not Strength.RECORDED:
            whole = int(lines.tokens[first : last + 1].sum())
            new = whole - int(covered[first : last + 1].sum())
            bits = (piece.bits or 0.0) * new
            if bits < _ENOUGH_BITS * whole:
                fewest = _FEWEST_RENAMED if renamed else _FEWEST_BITS
                told = stands if bits >= fewest * whole else covered > 0
                gone |= {row for row in range(first, last + 1) if told[row]} - recorded
        for row in gone:
            place = line + row
            stood = int(since[row]) or max(int(since[other]) for other in gone)
            if place < len(older) and (older[place] is None or stood < (older[place] or 0)):
                older[place] = stood


def _lines_of(block: bytes, start: int, end: int) -> tuple[int, int]:
    """First and last line (from 0) of the bytes from ``start`` to before ``end``."""
    start, end = max(0, start), min(len(block), end)
    first = block.count(b"\n", 0, start)
    return first, first + block.count(b"\n", start, max(start, end - 1))


def _is_dated(piece: Evidence) -> bool:
    from_index = piece.kind in (EvidenceKind.SESSION, EvidenceKind.EDIT)
    return from_index and piece.time is not None
