"""Marks that stay with their text while it is edited, cut, moved, formatted and undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, Generic, TypeVar

from redline.live.alignment import Block, Hole, align, holes
from redline.live.cuts import (
    LEAST_GLYPHS,
    Cuts,
    Inner,
    Owned,
    Piece,
    along,
    flat,
    holding,
    inside,
    owners,
    piece_of,
    split,
    whereabouts,
    without,
)
from redline.live.glyphs import Glyphs, squeeze
from redline.live.lane import Lane
from redline.live.places import Edit, Extent, Place
from redline.live.stretches import Divided, Inside, assemble, divide, kept
from redline.live.tracks import Arrival, Mark, Scar, Track, insides, owned_by

__all__ = ["Mark", "Tracker"]

T = TypeVar("T")

_MOST_ARRIVALS: Final = 8
_MOST_SCARS: Final = 200
_MOST_IN_SCAR: Final = 200_000
"""Glyphs; what was taken out of one place before is forgotten beyond."""
_READ_LINES: Final = 1_000
"""Lines of a mark that are read to count its glyphs; the rest of a longer one is reckoned."""

_numbers = count()


class Tracker(Generic[T]):
    """Marks of one text.

    What is put in strictly inside a mark lies in it and lowers its share; what is put in at its
    edges stays outside. What is taken out shrinks it. A replacement keeps of a mark the glyphs
    that both texts have in common, in order, so that a formatter changes nothing. What was taken
    out of a mark belongs to it again when the same glyphs come in at that place (undo), or, for
    longer ones, anywhere, and in any document that shares ``cuts`` (cut and paste, moved lines).

    The cost of an edit grows with its own text and with the marks that it touches, not with the
    text, and hardly with the other marks.
    """

    def __init__(
        self,
        text: Callable[[Extent], str] | None = None,
        cuts: Cuts[T] | None = None,
        least: float = 0.15,
    ) -> None:
        """``text`` gives what lies in an extent now; it is asked when ``marks`` is read.

        Without it shares are not lowered. A mark whose share falls under ``least`` is no longer
        told, but comes back if its text does.
        """
        self._text = text
        self._cuts: Cuts[T] = Cuts() if cuts is None else cuts
        self._least = least
        self._tracks: Lane[Track[T]] = Lane()
        self._scars: Lane[Scar[T]] = Lane()
        self._scar_count = 0
        self._edits = 0
        self._arrivals: list[Arrival] = []
        """The last ones: the rest of a move may follow."""

    def reset(self, marks: Iterable[Mark[T]]) -> None:
        """Follow these marks and no others; what was cut before is still remembered."""
        self._tracks.clear()
        self._scars.clear()
        self._scar_count = 0
        self._arrivals.clear()
        for mark in marks:
            self.add(mark)

    def add(self, mark: Mark[T]) -> None:
        """Follow one more mark; an empty one is let go."""
        if not mark.extent.is_empty:
            self._tracks.add(Track(mark, next(_numbers)))

    def drop(self, unwanted: Callable[[T], bool]) -> None:
        """Follow no longer the marks whose payload is unwanted, nor what was cut out of them."""
        wanted = [track for track in self._tracks.items() if not unwanted(track.payload)]
        self._tracks.clear()
        for track in wanted:
            self._tracks.add(track)
        for scar in self._scars.items():
            scar.pieces = tuple(without(scar.pieces, unwanted))
        self._cuts.forget(unwanted)

    @property
    def marks(self) -> tuple[Mark[T], ...]:
        """All marks by place, as they are after the edits that ``move`` was told."""
        found = []
        for track in self._tracks.items():
            extent, foreign = track.shown()
            share = track.share * self._standing(track, extent, foreign)
            if share and share >= min(self._least, track.share):
                found.append(Mark(extent, track.payload, share))
        return tuple(found)

    def move(self, edit: Edit) -> None:
        """Follow one edit; each of a batch by itself, in the order in which they were applied."""
        touched = self._tracks.take(edit)
        scars = self._scars.take(edit)
        self._scar_count -= len(scars)
        self._arrivals = [one.moved(edit) for one in self._arrivals if one.stands(edit)]
        new = Glyphs(edit.inserted, edit.start)
        if not (touched or scars or len(self._cuts)):
            self._remember(new, edit)
            return
        self._edits += 1
        old = Glyphs(edit.removed, edit.start)
        blocks = align(old, new) if edit.removed and edit.inserted else []
        divided = [divide(track.places, track.foreign, edit, old) for track in touched]
        left = [scar.inner(old) for scar in scars]
        back: list[Owned[T]] = []
        gone = Piece(old.squeezed, owned_by(touched, divided))
        stubs: list[tuple[Inside, set[int]]] = []
        for hole in holes(blocks, len(old.squeezed), len(new.squeezed)):
            here = [one for one in left if hole.first <= one.at <= hole.last]
            left = [one for one in left if not hole.first <= one.at <= hole.last]
            back += self._mend(hole, gone, here, new, stubs)
        if not back and not blocks:
            self._remember(new, edit)
        for one in left:
            self._wound(new, replace(one, at=_mapped(one.at - 1, blocks) + 1), stubs)
        for track, parts in zip(touched, divided, strict=True):
            mine = [one for one in back if track.owns(one)]
            back = [one for one in back if not track.owns(one)]
            own = [*kept(parts.inside, blocks), *insides(mine)]
            own += [stub for stub, numbers in stubs if track.number in numbers]
            self._put(track, parts, own, new)
        self._set(back, new)
        if gone.owned and len(gone.glyphs) >= LEAST_GLYPHS:
            self._arrivals = [one for one in self._arrivals if not self._arrived(one.glyphs)]

    def _set(self, owned: Sequence[Owned[T]], new: Glyphs) -> None:
        """Make marks of glyphs that came in."""
        for number in dict.fromkeys(one.mark for one in owned):
            mine = [one for one in owned if one.mark == number]
            nowhere = Mark(Extent(new.origin, new.origin), mine[0].payload, mine[0].share)
            self._put(Track(nowhere, number), Divided([], [], []), insides(mine), new)

    def _arrived(self, arrival: Glyphs) -> bool:
        """Tell whether what came in lately is what has just gone; then it is marked."""
        owned = self._cuts.find(arrival.squeezed)
        self._set(owned, arrival)
        return bool(owned)

    def _remember(self, new: Glyphs, edit: Edit) -> None:
        """An editor that moves text may put it in before it takes it out."""
        if len(new.text) >= LEAST_GLYPHS and len(new.squeezed) >= LEAST_GLYPHS:
            self._arrivals = [*self._arrivals[1 - _MOST_ARRIVALS :], Arrival(new, edit.new_end)]

    def _mend(
        self,
        hole: Hole,
        gone: Piece[T],
        scars: list[Inner[T]],
        new: Glyphs,
        stubs: list[tuple[Inside, set[int]]],
    ) -> list[Owned[T]]:
        """Tell whose the glyphs were that came in; keep as a scar what went and did not.

        Adds to ``stubs`` where in the new text scars are, and of which marks.
        """
        came = new.squeezed[hole.new_first : hole.new_last]
        whole = piece_of(gone.glyphs, gone.owned, hole.first, hole.last)
        pieces = holding(whole, [replace(one, at=one.at - hole.first) for one in scars])
        if _size(pieces) > _MOST_IN_SCAR:
            pieces = [whole]
        found = whereabouts(pieces, came) if came and pieces else -1
        if found < 0 and came and any(piece.inner for piece in pieces):
            found = whereabouts(flat(pieces), came)
            pieces = flat(pieces) if found >= 0 else pieces
        if found < 0:
            self._wound(new, Inner(hole.new_first, 0, tuple(pieces)), stubs)
            back = self._cuts.find(came)
        else:
            end = found + len(came)
            standing = split(pieces, found, end)
            back = tuple(along(standing))
            before, behind = split(pieces, 0, found), split(pieces, end, _size(pieces))
            self._wound(new, Inner(hole.new_first, 0, tuple(before)), stubs)
            for one in inside(standing):
                self._wound(new, replace(one, at=hole.new_first + one.at), stubs)
            self._wound(new, Inner(hole.new_last, 0, tuple(behind)), stubs)
        self._cuts.add(whole)
        return [one.moved(hole.new_first) for one in back]

    def _wound(self, new: Glyphs, cut: Inner[T], stubs: list[tuple[Inside, set[int]]]) -> None:
        numbers = owners(cut.pieces)
        if not numbers:
            return
        stubs.append((Inside(cut.at, cut.at, trail=cut.blanks), numbers))
        self._scars.add(Scar(new.after(cut.at, cut.blanks), cut.pieces, self._edits))
        self._scar_count += 1
        if self._scar_count > 2 * _MOST_SCARS:
            newest = sorted(self._scars.items(), key=lambda scar: -scar.born)[:_MOST_SCARS]
            self._scars.clear()
            for scar in newest:
                self._scars.add(scar)
            self._scar_count = len(newest)
            remembered = {number for scar in newest for number in owners(scar.pieces)}
            tracks = self._tracks.items()
            self._tracks.clear()
            for track in tracks:
                if track.number in remembered or not track.shown()[0].is_empty:
                    self._tracks.add(track)

    def _put(self, track: Track[T], parts: Divided, own: list[Inside], new: Glyphs) -> None:
        """Let a track go on with what it has now."""
        if track.own is not None:
            track.own += sum(one.size for one in own) - sum(one.size for one in parts.inside)
        track.places, track.foreign, sunk = assemble(parts, own, new)
        track.sunk += sunk
        track.worn = track.worn or bool(parts.inside)
        if track.places:
            self._tracks.add(track)

    def _standing(self, track: Track[T], extent: Extent, foreign: int) -> float:
        """How much of a track is its own."""
        if extent.is_empty:
            return 0.0
        if not (foreign or track.worn) or self._text is None:
            return 1.0
        if track.own is None:
            track.own = max(self._glyphs(extent) - foreign, 0)
        return track.own / (track.own + foreign) if track.own else 0.0

    def _glyphs(self, extent: Extent) -> int:
        assert self._text is not None
        lines = extent.end.line - extent.start.line
        if lines <= _READ_LINES:
            return len(squeeze(self._text(extent)))
        head = Extent(extent.start, Place(extent.start.line + _READ_LINES, 0))
        return len(squeeze(self._text(head))) * lines // _READ_LINES


def _size(pieces: list[Piece[T]]) -> int:
    return sum(len(piece.glyphs) for piece in pieces)


def _mapped(glyph: int, blocks: list[Block]) -> int:
    """Where a glyph that stayed stands in the new text."""
    return next(
        glyph + block.new - block.old
        for block in blocks
        if block.old <= glyph < block.old + block.size
    )
