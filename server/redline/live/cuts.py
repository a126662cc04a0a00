"""What was taken out of marked text, so that it comes back with its origin."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LEAST_GLYPHS: Final = 12
"""Of a text that is known again anywhere; shorter ones are everybody's."""
_DEEPEST: Final = 50
_MOST_PIECES: Final = 100
_MOST_ENTRIES: Final = 100
_MOST_GLYPHS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Owned(Generic[T]):
    """Glyphs ``first`` to ``last`` (exclusive) of a text are of a mark with this payload."""

    payload: T
    share: float
    """Of the mark when it was set."""
    mark: int
    """Its number; what came of one mark makes one again."""
    first: int
    last: int
    lead: int = 0
    """How much white space before is the mark's; negative: all of the line."""
    trail: int = 0
    """How much white space behind is the mark's; negative: all of the line, and its end."""

    def within(self, first: int, last: int) -> Owned[T] | None:
        """The part that lies in a stretch, numbered from the stretch's beginning."""
        begin, end = max(self.first, first), min(self.last, last)
        if begin >= end:
            return None
        return replace(
            self,
            first=begin - first,
            last=end - first,
            lead=-1 if begin > self.first else self.lead,
            trail=-1 if end < self.last else self.trail,
        )

    def moved(self, by: int) -> Owned[T]:
        """The same, ``by`` glyphs farther on."""
        return replace(self, first=self.first + by, last=self.last + by)


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """Text that was taken out in one go: its glyphs, and whose they were."""

    glyphs: str
    owned: tuple[Owned[T], ...]
    inner: tuple[Inner[T], ...] = ()
    """What had been taken out of it before, strictly inside."""
    depth: int = 0
    """How deep pieces lie in pieces."""


@dataclass(frozen=True, slots=True)
class Inner(Generic[T]):
    """What was taken out of a text before glyph ``at``, ``blanks`` characters behind the last."""

    at: int
    blanks: int
    pieces: tuple[Piece[T], ...]


class Cuts(Generic[T]):
    """The last pieces of marked text that were taken out, in any document; held in memory only.

    One ring for several documents makes text that is cut in one and put into another keep its
    origin. A text is known again by its glyphs: by all of a piece's, by a part of them, or with
    others around them.
    """

    def __init__(self) -> None:
        self._pieces: deque[Piece[T]] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, piece: Piece[T]) -> None:
        """Remember a piece; short ones, and ones without an owner, are let go."""
        if len(piece.glyphs) < LEAST_GLYPHS or not piece.owned or piece in self._pieces:
            return
        self._pieces.append(piece)
        self._size += len(piece.glyphs)
        while len(self._pieces) > _MOST_ENTRIES or (
            self._size > _MOST_GLYPHS and len(self._pieces) > 1
        ):
            self._size -= len(self._pieces.popleft().glyphs)

    def forget(self, unwanted: Callable[[T], bool]) -> None:
        """Let go of what was of marks whose payload is unwanted."""
        pieces = without(self._pieces, unwanted)
        self._pieces = deque(piece for piece in pieces if piece.owned)
        self._size = sum(len(piece.glyphs) for piece in self._pieces)

    def find(self, glyphs: str) -> tuple[Owned[T], ...]:
        """Tell whose the glyphs of a text that came in were; the newest pieces first."""
        if len(glyphs) < LEAST_GLYPHS:
            return ()
        taken: list[tuple[int, int]] = []
        found: list[Owned[T]] = []
        for piece in reversed(self._pieces):
            for at, first, last in _places(piece.glyphs, glyphs):
                if any(at < end and begin < at + last - first for begin, end in taken):
                    continue
                taken.append((at, at + last - first))
                part = piece_of(piece.glyphs, piece.owned, first, last)
                found += [owned.moved(at) for owned in part.owned]
        return tuple(sorted(found, key=lambda owned: (owned.first, owned.last)))


def piece_of(glyphs: str, owned: Iterable[Owned[T]], first: int, last: int) -> Piece[T]:
    """A stretch of glyphs that were taken out."""
    parts = (one.within(first, last) for one in owned)
    return Piece(glyphs[first:last], tuple(part for part in parts if part))


def without(pieces: Iterable[Piece[T]], unwanted: Callable[[T], bool]) -> list[Piece[T]]:
    """The same pieces, with nothing in them of marks whose payload is unwanted."""
    return [
        replace(
            piece,
            owned=tuple(one for one in piece.owned if not unwanted(one.payload)),
            inner=tuple(
                replace(one, pieces=tuple(without(one.pieces, unwanted))) for one in piece.inner
            ),
        )
        for piece in pieces
    ]


def holding(piece: Piece[T], inner: Iterable[Inner[T]]) -> list[Piece[T]]:
    """A piece with what had been taken out before, by glyph; at its ends it stands beside it."""
    before: list[Piece[T]] = []
    within: list[Inner[T]] = []
    behind: list[Piece[T]] = []
    for one in inner:
        if 0 < one.at < len(piece.glyphs):
            within.append(one)
        else:
            (behind if one.at else before).extend(one.pieces)
    if len(before) > _MOST_PIECES:
        before = [joined(before)]
    if len(behind) > _MOST_PIECES:
        behind = [joined(behind)]
    if within:
        depth = 1 + max(there.depth for one in within for there in one.pieces)
        piece = replace(piece, inner=tuple(within), depth=depth)
    own = [piece] if piece.glyphs else []
    pieces = [*before, *own, *behind]
    return flat(pieces) if piece.depth > _DEEPEST else pieces


def flat(pieces: Iterable[Piece[T]]) -> list[Piece[T]]:
    """All that was ever taken out, each where it stood."""
    found: list[Piece[T]] = []
    for piece in pieces:
        at = 0
        for one in piece.inner:
            found += [piece_of(piece.glyphs, piece.owned, at, one.at), *flat(one.pieces)]
            at = one.at
        found.append(piece_of(piece.glyphs, piece.owned, at, len(piece.glyphs)))
    return found


def joined(pieces: list[Piece[T]]) -> Piece[T]:
    """One piece of several that stand one behind the other."""
    owned: list[Owned[T]] = []
    for one in along(flat(pieces)):
        last = owned[-1] if owned else None
        if last and (last.mark, last.last) == (one.mark, one.first):
            owned[-1] = replace(last, last=one.last, trail=one.trail)
        else:
            owned.append(one)
    return Piece("".join(piece.glyphs for piece in flat(pieces)), tuple(owned))


def owners(pieces: Iterable[Piece[T]]) -> set[int]:
    """The numbers of all marks that something was taken out of."""
    return {owned.mark for piece in flat(pieces) for owned in piece.owned}


def split(pieces: Iterable[Piece[T]], first: int, last: int) -> list[Piece[T]]:
    """Cut a stretch of glyphs out of pieces that stand one behind the other."""
    found: list[Piece[T]] = []
    at = 0
    for piece in pieces:
        begin, end = max(first - at, 0), min(last - at, len(piece.glyphs))
        at += len(piece.glyphs)
        if begin < end:
            found.append(_part(piece, begin, end))
    return found


def along(pieces: Iterable[Piece[T]]) -> Iterator[Owned[T]]:
    """Whose the glyphs are of pieces that stand one behind the other."""
    at = 0
    for piece in pieces:
        for owned in piece.owned:
            yield owned.moved(at)
        at += len(piece.glyphs)


def inside(pieces: Iterable[Piece[T]]) -> Iterator[Inner[T]]:
    """What was taken out of pieces that stand one behind the other, by glyph."""
    at = 0
    for piece in pieces:
        for one in piece.inner:
            yield replace(one, at=at + one.at)
        at += len(piece.glyphs)


def whereabouts(pieces: list[Piece[T]], glyphs: str) -> int:
    """Where among the joined pieces a text stands that comes back; -1 if it does not.

    Long texts may be any part; short ones only whole pieces, so that a letter that is typed
    where a word was taken out is not taken for the word's.
    """
    joined = "".join(piece.glyphs for piece in pieces)
    joints = {0, *accumulate(len(piece.glyphs) for piece in pieces)}
    at = joined.rfind(glyphs)
    while at >= 0:
        if len(glyphs) >= LEAST_GLYPHS or (at in joints and at + len(glyphs) in joints):
            return at
        at = joined.rfind(glyphs, 0, at + len(glyphs) - 1)
    return -1


def _part(piece: Piece[T], first: int, last: int) -> Piece[T]:
    if first == 0 and last == len(piece.glyphs):
        return piece
    part = piece_of(piece.glyphs, piece.owned, first, last)
    inner = tuple(replace(one, at=one.at - first) for one in piece.inner if first < one.at < last)
    return replace(part, inner=inner, depth=piece.depth if inner else 0)


def _places(piece: str, glyphs: str) -> Iterator[tuple[int, int, int]]:
    """Where a piece stands in a text, or the text in the piece: at, first and last of the piece."""
    if len(glyphs) < len(piece):
        first = piece.find(glyphs)
        if first >= 0:
            yield 0, first, first + len(glyphs)
        return
    at = glyphs.find(piece)
    while at >= 0:
        yield at, 0, len(piece)
        at = glyphs.find(piece, at + len(piece))
