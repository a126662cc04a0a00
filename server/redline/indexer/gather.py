"""Take a session's events in order: produced text, less what was there before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from redline.matching.pieces import (
    Piece,
    make_piece,
    read_hashes,
    subtract,
    subtract_exactly,
)
from redline.matching.prints import is_code
from redline.matching.seen import Seen
from redline.matching.views import unfold
from redline.origins.events import Context, Event, Produced, Session, Settled, Unread

_MOST_WAITING = 32 << 20
"""Bytes of context that may wait to be fingerprinted."""


@dataclass(slots=True)
class Stored:
    """A piece with what the store needs beside its hashes."""

    piece: Piece
    event: Produced
    outcome: str


class Gatherer:
    """Takes a session file's events in order; keeps pieces less what was there before them."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.pieces: list[Stored] = []
        self.sessions: dict[str, Session] = {}
        self.newest: dict[str, int] = {}
        self.settled: list[Settled] = []
        self.unread: Counter[str] = Counter()
        self.late: list[tuple[str, str, Seen]] = []
        """Session, call and what stood before it, for calls told in an earlier reading."""
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._told: set[int] = set()
        self._by_call: dict[tuple[str, str], list[Stored]] = {}

    @property
    def names(self) -> set[str]:
        """Every session that something was told of."""
        names = {stored.event.session for stored in self.pieces} | self.newest.keys()
        names |= {settled.session for settled in self.settled}
        return names | {session for session, _, _ in self.late}

    def take(self, event: Event) -> None:
        """Take the next event of the file."""
        match event:
            case Context():
                self._context(event)
            case Produced():
                self._produced(event)
            case Settled():
                self._settled(event)
            case Session():
                self.sessions[event.id] = _merged(self.sessions.get(event.id), event)
            case Unread():
                self.unread[event.reason] += 1

    def flush(self) -> None:
        """Fingerprint the context that waits: many small texts in one call.

        Only text that comes before something produced matters, and much comes after all of it.
        """
        if self._waiting:
            self.seen.add(read_hashes(self._waiting))
            self._waiting = []
            self._waiting_bytes = 0

    def _context(self, event: Context) -> None:
        text = event.text.encode("utf-8", "surrogatepass")
        if event.late_for is not None:
            earlier = Seen()
            earlier.add(read_hashes([text, *_values(text)]))
            call = (event.session, event.late_for)
            if call not in self._by_call:
                self.late.append((*call, earlier))
            for stored in self._by_call.get(call, ()):
                subtract_exactly(stored.piece, earlier)
        # Prompts and files are told again and again; once is enough.
        told = hash(text)
        if told in self._told:
            return
        self._told.add(told)
        for shown in (text, *_values(text)):
            self._waiting.append(shown)
            self._waiting_bytes += len(shown)
        if self._waiting_bytes > _MOST_WAITING:
            self.flush()

    def _produced(self, event: Produced) -> None:
        self.flush()
        text = event.text.encode("utf-8", "surrogatepass")
        code = event.path is None or is_code(event.path)
        # What a value says is a piece of its own: it may come to stand in another container.
        views = ((view.text, view.code) for view in unfold(event.path, text))
        for produced, renamable in ((text, code), *views):
            piece = make_piece(produced, code=renamable)
            subtract(piece, self.seen)
            stored = Stored(piece, event, event.outcome.value)
            self.pieces.append(stored)
            if event.call is not None:
                self._by_call.setdefault((event.session, event.call), []).append(stored)
        if event.time is not None:
            self.newest[event.session] = max(self.newest.get(event.session, 0), event.time)

    def _settled(self, event: Settled) -> None:
        self.settled.append(event)
        for stored in self._by_call.get((event.session, event.call), ()):
            stored.outcome = event.outcome.value


def _values(text: bytes) -> Iterator[bytes]:
    """What a text that was shown says in values, cells and fences."""
    return (view.text for view in unfold(None, text))


def _merged(old: Session | None, new: Session) -> Session:
    if old is None:
        return new
    return Session(
        new.id,
        new.assistant,
        new.format,
        old.parent or new.parent,
        old.cwd or new.cwd,
        old.commit or new.commit,
        old.repository or new.repository,
        old.time if old.time is not None else new.time,
    )
