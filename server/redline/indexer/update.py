"""Read assistants' sessions into the origin index: only what is new, wherever it is cut off."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from redline.indexer.ahead import Read, Readers, Task, jobs_for
from redline.indexer.identity import head_of, name_of, stamp_of, tail_of
from redline.indexer.reading import KEEP_SEEN_MS, Reading, begin, now
from redline.indexer.saving import save_gathered
from redline.matching.schema import LIVE_EDITS, IndexFault, SourceRow
from redline.matching.tidy import crowded, tidy
from redline.matching.writer import Writer
from redline.origins.homes import homes, session_files
from redline.origins.sessions.readers import NoReader

_MOST_LOOSE = 8 << 20
"""Bytes of runs inside the index from which they are merged at once: a merge reads them whole."""
_TELLING_HEAD = 256
"""Bytes of a file's start that tell it from others under whatever name."""

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
    roots: Iterable[Path] | None,
    index: Path,
    progress: Progress | None = None,
    jobs: int | None = None,
) -> UpdateReport:
    """Read what is new below ``roots``, or in the known homes of all assistants.

    ``jobs`` processes read and this one writes; None: as many as what is new is worth.
    The index is the same with any number. Several updates may run at once: a file that another
    one has read meanwhile is read again from where that one ended. Raises ``IndexFault``.
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
    paths = list(session_files(folders, fail))
    try:
        with Writer(index) as store:
            known = {row.path: row for row in store.sources()}
            _follow_moves(store, paths, known)
        fresh = list(_fresh(paths, known, report, fail))
        total, done = sum(size for _, size, _ in fresh), 0
        # Processes start before the index is open again: none of them must touch it.
        readers = Readers(jobs_for(fresh, jobs), index.parent)
        with closing(readers), Writer(index) as store:
            for (path, size, _), read in zip(fresh, readers.read(fresh), strict=True):
                if progress is not None:
                    progress(done, total, path.name)
                try:
                    _store(store, path, read(), report)
                except OSError as error:
                    fail(error)
                done += size
            if progress is not None:
                progress(total, total, "")
            _mark_gone(store, known.values(), {name_of(path) for path in paths}, report)
            with store.writing():
                store.forget_seen(now() - KEEP_SEEN_MS)
            tidy(store)
    except sqlite3.Error as error:
        raise IndexFault(f"the index {index} cannot be written: {error}") from error
    report.seconds = time.perf_counter() - begun
    return report


def _fresh(
    paths: Sequence[Path],
    known: dict[str, SourceRow],
    report: UpdateReport,
    fail: Callable[[OSError], None],
) -> Iterator[Task]:
    """The files to read, in order; those that are as they were are counted."""
    for path in paths:
        row = known.get(name_of(path))
        try:
            size, mtime_ns, inode = stamp_of(path)
        except OSError as error:
            fail(error)
            continue
        same = row is not None and row.gone != 1 and (row.size, row.mtime_ns) == (size, mtime_ns)
        if row is not None and same and row.format.startswith("no reader"):
            report.unread[row.format] += 1
        elif row is not None and same and row.inode == inode:
            report.files += 1
        else:
            yield path, size, row


def _store(store: Writer, path: Path, reading: Read, report: UpdateReport) -> None:
    """Store a file's reading; read again where another process did so meanwhile."""
    for _ in range(3):
        if reading is None:
            report.strangers += 1
            return
        if isinstance(reading, NoReader):
            _save_unreadable(store, path, reading.reason, report)
            return
        if _stored(store, reading, report):
            return
        # Another process wrote this file's row while we read: begin where it ended.
        reading = begin(path, store.source(name_of(path)), store.path.parent)
    report.failures.append((str(path), "other processes kept reading it; run the update again"))


def _save_unreadable(store: Writer, path: Path, reason: str, report: UpdateReport) -> None:
    with store.writing():
        number = _save_source(store, path, reason, "", stamp_of(path))
        store.save_unread(number, {reason: 1}, fresh=True)
    report.unread[reason] += 1


def _stored(store: Writer, reading: Reading, report: UpdateReport) -> bool:
    """Store a reading, part by part; False where another process wrote its row meanwhile."""
    path, row, gathered = reading.path, reading.row, reading.gathered
    assistant = reading.assistant or ""
    added = 0
    for last in reading.parts() if reading.session is not None else (True,):
        with store.writing():
            current = store.source(name_of(path))
            if (current and (current.offset, current.state)) != (row and (row.offset, row.state)):
                return False
            if last:
                place = (reading.offset, reading.state, reading.seen)
                number = _save_source(store, path, reading.reader, assistant, reading.stamp, *place)
                store.save_unread(number, dict(gathered.unread), fresh=not reading.appending)
            elif row is None:
                # As if of another size: should this process end here, it is read again whole.
                stamp = (-1, *reading.stamp[1:])
                number = _save_source(store, path, reading.reader, assistant, stamp)
                row = store.source(name_of(path))
            else:
                number = row.id
            added += save_gathered(
                store, number, gathered, reading.time, reading.reader, assistant or "unknown"
            )
        if crowded(store) or sum(row.size for row in store.runs()) > _MOST_LOOSE:
            tidy(store)
    report.files += 1
    report.read += 1
    report.pieces += added
    report.unread += gathered.unread
    report.fresh_bytes += (reading.offset or reading.stamp[0]) - reading.start
    return True


def _save_source(
    store: Writer,
    path: Path,
    format: str,
    assistant: str,
    stamp: tuple[int, int, int],
    offset: int = 0,
    state: str = "{}",
    seen: bytes | None = None,
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
        read_at=now(),
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
        if not row.gone
        and row.format != LIVE_EDITS
        and row.path not in found
        and not os.path.lexists(row.path)
    ]
    if missing:
        with store.writing():
            store.mark_gone(row.id for row in missing)
    report.gone = len(missing)
