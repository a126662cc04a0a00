"""Read assistants' sessions into the origin index: only what is new, one transaction a file."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from redline.indexer.gather import Gatherer
from redline.indexer.identity import head_of, name_of, resume_of, stamp_of, tail_of
from redline.indexer.saving import save_gathered
from redline.matching.schema import IndexFault, SourceRow
from redline.matching.seen import Seen
from redline.matching.tidy import crowded, tidy
from redline.matching.writer import Writer
from redline.origins.homes import homes, session_files
from redline.origins.sessions.readers import NoReader
from redline.origins.sessions.reading import open_session

_TELLING_HEAD = 256
"""Bytes of a file's start that tell it from others under whatever name."""
_KEEP_SEEN_MS = 24 * 3600 * 1000
"""A session idle for a day is read again whole, should it go on after all."""

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all and the file being read."""


@dataclass(slots=True)
class UpdateReport:
    """What one update did."""

    index: Path
    files: int = 0
    """Session files found, of formats that are read."""
    read: int = 0
    """Of these, read because they were new or had grown."""
    fresh_bytes: int = 0
    """Bytes read this time, after decompression."""
    pieces: int = 0
    """Pieces of produced text added."""
    strangers: int = 0
    """Files found that are no session of any assistant we know."""
    gone: int = 0
    """Files read before that are no longer there; what they held stays known."""
    unread: Counter[str] = field(default_factory=Counter)
    """Records that could not be read this time, by reason."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    """Files and folders that could not be read at all: path, reason."""
    seconds: float = 0.0


def update(
    roots: Iterable[Path] | None, index: Path, progress: Progress | None = None
) -> UpdateReport:
    """Read what is new below ``roots``, or in the known homes of all assistants.

    Several processes may do so at once: a file that another one has read meanwhile is
    read again from where that one ended. Raises ``IndexFault``.
    """
    begun = time.perf_counter()
    report = UpdateReport(index)

    def fail(error: OSError) -> None:
        report.failures.append((str(error.filename or ""), error.strerror or str(error)))

    named = list(roots) if roots is not None else None
    for root in named or ():
        if not os.path.lexists(root):
            report.failures.append((str(root), "there is no such file or folder"))
    folders = named if named is not None else [home.folder for home in homes()]
    try:
        with Writer(index) as store:
            known = {row.path: row for row in store.sources()}
            paths = list(session_files(folders, fail))
            _follow_moves(store, paths, known)
            sizes = [_size(path) for path in paths]
            total, done = sum(sizes), 0
            for path, size in zip(paths, sizes, strict=True):
                if progress is not None:
                    progress(done, total, path.name)
                try:
                    _update_file(store, path, known.get(name_of(path)), report)
                except OSError as error:
                    fail(error)
                if crowded(store):
                    tidy(store)
                done += size
            if progress is not None:
                progress(total, total, "")
            _mark_gone(store, known.values(), {name_of(path) for path in paths}, report)
            with store.writing():
                store.forget_seen(_now() - _KEEP_SEEN_MS)
            tidy(store)
    except sqlite3.Error as error:
        raise IndexFault(f"the index {index} cannot be written: {error}") from error
    report.seconds = time.perf_counter() - begun
    return report


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _now() -> int:
    return time.time_ns() // 1_000_000


def _update_file(store: Writer, path: Path, row: SourceRow | None, report: UpdateReport) -> None:
    size, mtime_ns, inode = stamp_of(path)
    if row is not None and row.gone != 1:
        if row.format.startswith("no reader"):
            if (row.size, row.mtime_ns) == (size, mtime_ns):
                report.unread[row.format] += 1
                return
        elif (row.size, row.mtime_ns, row.inode) == (size, mtime_ns, inode):
            report.files += 1
            return
    for _ in range(3):
        if _read_file(store, path, row, report):
            return
        # Another process wrote this file's row while we read: begin where it ended.
        row = store.source(name_of(path))
    report.failures.append((str(path), "other processes kept reading it; run the update again"))


def _read_file(store: Writer, path: Path, row: SourceRow | None, report: UpdateReport) -> bool:
    """Read one file and store it; False where another process did so meanwhile."""
    size, mtime_ns, inode = stamp_of(path)
    resume = resume_of(path, row, size)
    session = open_session(path, resume)
    if session is None:
        report.strangers += 1
        return True
    if isinstance(session, NoReader):
        with store.writing():
            number = _save_source(
                store, path, session.reason, "", (size, mtime_ns, inode), 0, "{}", None
            )
            store.save_unread(number, {session.reason: 1}, fresh=True)
        report.unread[session.reason] += 1
        return True
    appending = resume is not None and resume.reader == session.reader.name and resume.offset > 0
    appending = appending and session.reader.appendable
    start = resume.offset if resume is not None and appending else 0
    gathered = Gatherer(Seen(row.seen or b"") if row is not None and appending else Seen())
    for event in session:
        gathered.take(event)
    live = session.reader.appendable and mtime_ns // 1_000_000 > _now() - _KEEP_SEEN_MS
    if live:
        gathered.flush()
    with store.writing():
        current = store.source(name_of(path))
        if (current and (current.offset, current.state)) != (row and (row.offset, row.state)):
            return False
        number = _save_source(
            store,
            path,
            session.reader.name,
            session.reader.assistant or "",
            (size, mtime_ns, inode),
            session.resume.offset,
            json.dumps(session.resume.state, separators=(",", ":")),
            gathered.seen.pack() if live else None,
        )
        added = save_gathered(
            store,
            number,
            gathered,
            mtime_ns // 1_000_000,
            session.reader.name,
            session.reader.assistant or "unknown",
        )
        store.save_unread(number, dict(gathered.unread), fresh=not appending)
    report.files += 1
    report.read += 1
    report.pieces += added
    report.unread += gathered.unread
    report.fresh_bytes += (session.resume.offset or size) - start
    return True


def _save_source(
    store: Writer,
    path: Path,
    format: str,
    assistant: str,
    stamp: tuple[int, int, int],
    offset: int,
    state: str,
    seen: bytes | None,
) -> int:
    size, mtime_ns, inode = stamp
    return store.save_source(
        name_of(path),
        format=format,
        assistant=assistant,
        inode=inode,
        size=size,
        mtime_ns=mtime_ns,
        offset=offset,
        head=head_of(path),
        tail=tail_of(path, offset),
        state=state,
        seen=seen,
        read_at=_now(),
    )


def _follow_moves(store: Writer, paths: Iterable[Path], known: dict[str, SourceRow]) -> None:
    """Find new names of files that are no longer there: renamed, or compressed by their owner.

    What they begin with, after decompression, is still the same.
    """
    lost = [row for row in known.values() if row.offset and not os.path.lexists(row.path)]
    lost = [row for row in lost if int.from_bytes(row.head[1:5], "little") >= _TELLING_HEAD]
    if not lost:
        return
    for path in paths:
        name = name_of(path)
        if name in known:
            continue
        for row in lost:
            with suppress(OSError):
                if head_of(path, int.from_bytes(row.head[1:5], "little")) == row.head:
                    with store.writing():
                        store.move_source(row.id, name)
                    moved = store.source(name)
                    known.pop(row.path)
                    lost.remove(row)
                    if moved is not None:
                        # Compressed, it is smaller and has not shrunk.
                        known[name] = replace(moved, size=-1)
                    break


def _mark_gone(
    store: Writer, known: Iterable[SourceRow], found: set[str], report: UpdateReport
) -> None:
    missing = [
        row
        for row in known
        if not row.gone and row.path not in found and not os.path.lexists(row.path)
    ]
    if missing:
        with store.writing():
            store.mark_gone(row.id for row in missing)
    report.gone = len(missing)
