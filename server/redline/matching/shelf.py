"""The pieces of an index that a run has met, made ready to be compared and kept for a while.

An idiom that one piece shares with one file it shares with many: what was fetched for one
file is asked again for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from .align import Side
from .keyed import masked
from .lookup import Lookup
from .schema import PieceRow, SessionRow
from .store import Store

_ROOM = 32 << 20
"""Bytes of columns that are kept; what was met first goes first."""


@dataclass
class Known:
    """A piece, its session, and its codes without the team's key."""

    piece: PieceRow
    session: SessionRow

    @cached_property
    def codes(self) -> bytes:
        """A byte a token of its code."""
        return masked(self.piece.codes, self.session.key, self.piece.digest)

    @cached_property
    def word_codes(self) -> bytes:
        """A byte a word of its prose."""
        return masked(self.piece.word_codes, self.session.key, self.piece.digest, words=True)

    @cached_property
    def code(self) -> Side:
        """Its code, to be compared."""
        return Side.of(self.codes)

    @cached_property
    def prose(self) -> Side:
        """Its prose, to be compared."""
        return Side.of(self.word_codes)

    @property
    def size(self) -> int:
        """About the bytes it takes."""
        piece = self.piece
        return 3 * (len(piece.codes) + len(piece.word_codes)) + 20 * len(piece.lines)


class Shelf:
    """An open index with what was taken out of it. Use one a thread."""

    def __init__(self, store: Store, lookup: Lookup) -> None:
        self.store = store
        self.lookup = lookup
        self._known: dict[int, Known] = {}
        self._sessions: dict[int, SessionRow] = {}
        self._size = 0
        self._clear: Lookup | None = None

    def fetch(self, numbers: Iterable[int]) -> dict[int, Known]:
        """The pieces of these numbers, by number; a pruned one is left out."""
        wanted = list(numbers)
        found = {number: self._known[number] for number in wanted if number in self._known}
        for piece in self.store.pieces([number for number in wanted if number not in found]):
            known = Known(piece, self._session(piece.session))
            found[piece.id] = self._known[piece.id] = known
            self._size += known.size
        while self._size > _ROOM and len(self._known) > 1:
            self._size -= self._known.pop(next(iter(self._known))).size
        return found

    def sessions(self, numbers: Iterable[int]) -> dict[int, SessionRow]:
        """The session of each piece, by the piece's number, without reading the pieces."""
        named = self.store.sessions_of(list(numbers))
        return {number: self._session(session) for number, session in named.items()}

    def lookup_without(self, doubtful: Callable[[SessionRow], bool]) -> Lookup:
        """Look-ups that pass over what sessions of a kind hold; the kind is asked about once."""
        if self._clear is None:
            named = [row.id for row in self.store.own_sessions() if doubtful(row)]
            self._clear = self.lookup.without(self.store.pieces_of(named))
        return self._clear

    def _session(self, number: int) -> SessionRow:
        if number not in self._sessions:
            self._sessions[number] = self.store.session(number)
        return self._sessions[number]
