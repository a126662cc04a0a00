"""Take a session's events in order: produced text, less what was there before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from redline.matching.bulk import I64, U64, Flags
from redline.matching.forms import is_data
from redline.matching.pieces import (
    Batch,
    Piece,
    drop_form,
    make_batches,
    read_batches,
    subtract_exactly,
)
from redline.matching.prints import is_code
from redline.matching.seen import Recent, Seen
from redline.matching.views import unfold
from redline.origins.events import Context, Event, Produced, Session, Settled, Unread

_MOST_WAITING = 1 << 20
"""Bytes of text that wait to be fingerprinted together, once some of it was produced."""
_MOST_READ = 4 << 20
"""Bytes of context alone that wait: what nothing produced comes after need not be looked at."""
_MOST_TOLD = 1 << 15
"""Texts that are remembered as told before."""


@dataclass(slots=True)
class Stored:
    """A piece with what the store needs beside its hashes."""

    event: Produced
    """Without its text."""
    outcome: str
    time: int
    """The number of the event in this reading."""
    data: bool = False
    """What it repeats is its form."""
    piece: Piece = field(init=False)
    """There once the text was fingerprinted."""


@dataclass(frozen=True, slots=True)
class _Late:
    """Context that stood before a call, told only after it."""

    call: tuple[str, str]
    """Session and id."""
    time: int
    shown: range
    """The texts among those that wait."""


class Gatherer:
    """Takes a session file's events in order; keeps pieces less what was there before them.

    Texts wait until there are enough to be fingerprinted in one call. Each is numbered by its
    event, so that a piece is judged by what came before it and by nothing else.
    """

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.pieces: list[Stored] = []
        """Whole after ``finish``, as ``late``."""
        self.sessions: dict[str, Session] = {}
        self.newest: dict[str, int] = {}
        self.settled: list[Settled] = []
        self.unread: Counter[str] = Counter()
        self.late: list[tuple[str, str, Seen]] = []
        """Session, call and what stood before it, for calls told in an earlier reading."""
        self.held = 0
        """About how many bytes ``pieces`` and ``late`` take."""
        self._time = 0
        self._shown: list[bytes] = []
        self._shown_at: list[int] = []
        self._produced: list[tuple[bytes, bool]] = []
        self._produced_as: list[Stored] = []
        self._waiting_bytes = 0
        self._lates: list[_Late] = []
        self._told: set[int] = set()
        self._by_call: dict[tuple[str, str], list[Stored]] = {}

    @property
    def names(self) -> set[str]:
        """Every session that something was told of."""
        names = {stored.event.session for stored in self.pieces} | self.newest.keys()
        names |= {settled.session for settled in self.settled}
        return names | {session for session, _, _ in self.late}

    def take(self, event: Event) -> None:
        """Take the next event of the file; raises ``OSError`` where ``seen`` does."""
        self._time += 1
        match event:
            case Context():
                self._take_context(event)
            case Produced():
                self._take_produced(event)
            case Settled():
                self.settled.append(event)
                for stored in self._by_call.get((event.session, event.call), ()):
                    stored.outcome = event.outcome.value
            case Session():
                self.sessions[event.id] = _merged(self.sessions.get(event.id), event)
            case Unread():
                self.unread[event.reason] += 1
        needed = self._produced or self._lates
        if self._waiting_bytes > (_MOST_WAITING if needed else _MOST_READ):
            self._fingerprint()

    def finish(self, *, seen: bool) -> None:
        """Fingerprint what waits; ``seen``: for the sake of later readings all of it.

        Only text that comes before something produced matters, and much comes after all of it.
        """
        if not seen:
            needed = [one.time for one in self._produced_as[-1:]]
            needed += [one.time for one in self._lates[-1:]]
            last = max(needed, default=0)
            while self._shown_at and self._shown_at[-1] > last:
                self._shown_at.pop()
                self._shown.pop()
        self._fingerprint()

    def let_go(self) -> None:
        """Drop what was stored meanwhile; what is told of it later counts as told late."""
        self.pieces, self.settled, self.late = [], [], []
        self._by_call = {}
        self.held = 0

    def _take_context(self, event: Context) -> None:
        text = event.text.encode("utf-8", "surrogatepass")
        told = hash(text)
        # Prompts and files are told again and again; once is enough.
        if event.late_for is None and told in self._told:
            return
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told.add(told)
        begin = len(self._shown)
        for shown in (text, *_values(text)):
            self._shown.append(shown)
            self._shown_at.append(self._time)
            self._waiting_bytes += len(shown)
        if event.late_for is not None:
            shown_by = range(begin, len(self._shown))
            self._lates.append(_Late((event.session, event.late_for), self._time, shown_by))

    def _take_produced(self, event: Produced) -> None:
        text = event.text.encode("utf-8", "surrogatepass")
        code = event.path is None or is_code(event.path)
        bare = replace(event, text="")
        # What a value says is a piece of its own: it may come to stand in another container.
        views = ((view.text, view.code) for view in unfold(event.path, text))
        data = is_data(event.path, text)
        for number, produced in enumerate(((text, code), *views)):
            stored = Stored(bare, event.outcome.value, self._time, data and not number)
            self.pieces.append(stored)
            self._produced.append(produced)
            self._produced_as.append(stored)
            self._waiting_bytes += len(produced[0])
            if event.call is not None:
                self._by_call.setdefault((event.session, event.call), []).append(stored)
        if event.time is not None:
            self.newest[event.session] = max(self.newest.get(event.session, 0), event.time)

    def _fingerprint(self) -> None:
        """Fingerprint all that waits, and judge what was produced by what came before it."""
        recent, stood = self._read()
        done = 0
        for batch in make_batches(self._produced):
            known = self._produced_as[done : done + len(batch.digests)]
            self._judge(batch, known, recent)
            done += len(known)
        self.seen.add_recent(recent)
        for late, earlier in zip(self._lates, stood, strict=True):
            told = [one for one in self._by_call.get(late.call, ()) if one.time < late.time]
            for stored in told:
                subtract_exactly(stored.piece, earlier)
            if not told:
                self.late.append((*late.call, earlier))
                self.held += 4 * len(earlier)
        self._shown, self._shown_at, self._lates = [], [], []
        self._produced, self._produced_as = [], []
        self._waiting_bytes = 0

    def _judge(self, batch: Batch, waiting: list[Stored], recent: Recent) -> None:
        times = np.array([stored.time for stored in waiting], np.int64)

        def holds(hashes: U64, numbers: I64) -> Flags:
            return recent.holds(hashes, times[numbers]) | self.seen.holds(hashes)

        batch.known_by(holds)
        for stored, piece in zip(waiting, batch.split(), strict=True):
            stored.piece = piece
            if stored.data:
                drop_form(piece)
            self.held += piece.size

    def _read(self) -> tuple[Recent, list[Seen]]:
        """What the context that waits says, and of it what each late one says."""
        times = np.array(self._shown_at, np.int64)
        columns: list[tuple[U64, I64]] = []
        stood = [Seen() for _ in self._lates]
        late_for = np.full(len(times), -1, np.int64)
        for number, late in enumerate(self._lates):
            late_for[late.shown.start : late.shown.stop] = number
        for hashes, texts in read_batches(self._shown):
            columns.append((hashes, times[texts]))
            if self._lates:
                owners = late_for[texts]
                rows = np.argsort(owners, kind="stable")
                edges = np.flatnonzero(np.diff(owners[rows], prepend=-1, append=-2))
                for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                    stood[int(owners[rows[first]])].add(hashes[rows[first:last]])
        hashes = np.concatenate([np.empty(0, np.uint64), *(column for column, _ in columns)])
        told_at = np.concatenate([np.empty(0, np.int64), *(column for _, column in columns)])
        return Recent(hashes, told_at), stood


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
