"""Read one session file: what was gathered of it, part by part, and where to read on."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redline.indexer.gather import Gatherer
from redline.indexer.identity import resume_of, stamp_of
from redline.matching.schema import SourceRow
from redline.matching.seen import Seen
from redline.origins.events import Produced
from redline.origins.sessions.readers import NoReader
from redline.origins.sessions.reading import Resume, SessionFile, open_session

KEEP_SEEN_MS = 24 * 3600 * 1000
"""A session idle for a day is read again whole, should it go on after all."""
_MOST_SEEN = 4 << 20
"""Members of ``Seen`` that are stored, 4 bytes each; who read more is read again whole."""
_MOST_HELD = 4 << 20
"""Bytes of columns from which a part is to be stored."""


@dataclass(slots=True)
class Reading:
    """One reading of a file, from its beginning or from where the last one ended."""

    path: Path
    row: SourceRow | None
    """The file as the index knew it when the reading began."""
    stamp: tuple[int, int, int]
    """Size, newest time in ns, and inode."""
    reader: str
    assistant: str | None
    start: int
    """Where it began, in bytes."""
    appending: bool
    gathered: Gatherer
    offset: int = 0
    """Where to read on; this and what follows is there after the last part."""
    state: str = "{}"
    seen: bytes | None = None
    session: SessionFile | None = field(default=None, repr=False)
    """None once it is exhausted."""

    @property
    def time(self) -> int:
        """The file's newest time in ms."""
        return self.stamp[1] // 1_000_000

    def parts(self, most: int | None = None) -> Generator[bool, None, None]:
        """Read on until ``most`` bytes are to be stored, and so on; True with the last part.

        Who takes a part stores it before asking for the next: then it is let go.
        """
        session = self.session
        assert session is not None
        try:
            yield from self._parts(session, _MOST_HELD if most is None else most)
        finally:
            # What remains travels between processes; open files do not.
            self.gathered.seen.close()
            self.gathered.seen, self.session = Seen(), None

    def _parts(self, session: SessionFile, most: int) -> Iterator[bool]:
        gathered, position = self.gathered, self.start
        for event in session:
            if isinstance(event, Produced) and event.position > position:
                # Only between two records: what one tells is stored at once.
                if gathered.held > most:
                    gathered.finish(seen=True)
                    yield False
                    gathered.let_go()
                position = event.position
            gathered.take(event)
        live = session.reader.appendable and self.time > now() - KEEP_SEEN_MS
        gathered.finish(seen=live)
        if live and len(gathered.seen) <= _MOST_SEEN:
            self.seen = gathered.seen.pack()
        self.offset = session.resume.offset
        self.state = json.dumps(session.resume.state, separators=(",", ":"))
        yield True


def begin(path: Path, row: SourceRow | None, spill: Path) -> Reading | NoReader | None:
    """Recognise a file and prepare its reading; None: it is no session.

    What does not fit in memory is put into the folder ``spill``.

    :raises OSError: if it cannot be opened or read.
    """
    stamp = stamp_of(path)
    resume: Resume | None = resume_of(path, row, stamp[0])
    session = open_session(path, resume)
    if session is None or isinstance(session, NoReader):
        return session
    appending = resume is not None and resume.reader == session.reader.name and resume.offset > 0
    appending = appending and session.reader.appendable
    seen = row.seen if row is not None and appending else None
    return Reading(
        path,
        row,
        stamp,
        session.reader.name,
        session.reader.assistant,
        resume.offset if resume is not None and appending else 0,
        appending,
        Gatherer(Seen(seen or b"", spill)),
        session=session,
    )


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
