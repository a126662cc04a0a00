"""Read session files in processes of their own, ahead of the one that writes the index."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from redline.indexer.reading import Reading, begin
from redline.interrupts import interrupts_wait
from redline.matching.schema import SourceRow
from redline.origins.sessions.readers import NoReader

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_WORTH = 8 << 20
"""Bytes to read from which other processes earn what it costs to start them."""
_MOST_JOBS = 4
"""Each takes the memory of one reading."""
_LARGEST = 32 << 20
"""Bytes of a file up to which another process reads it, for that one holds all it gathers."""
_MOST_CARRIED = 16 << 20
"""Bytes of columns that it hands over at most."""
_AHEAD = 1
"""Files a process that are begun before they are asked for."""

Read: TypeAlias = Reading | NoReader | None
"""A finished reading, or none: of a format without a reader, or of no session."""
Task: TypeAlias = tuple[Path, int, SourceRow | None]
"""A file to read, its size in bytes, and how the index knows it."""


def jobs_for(tasks: Sequence[Task], jobs: int | None) -> int:
    """How many processes to read with; 1: this one alone."""
    if jobs is None:
        # What was read before is not read again, or seldom.
        size = sum(size - min(size, row.offset if row else 0) for _, size, row in tasks)
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        jobs = min(cores, _MOST_JOBS) if size >= _WORTH else 1
    return max(1, min(jobs, len(tasks)))


class Readers:
    """Processes that read files; what they gathered is handed over in the order of asking.

    All start at once, so make this before there are threads or an open database. Close it.
    """

    def __init__(self, jobs: int, spill: Path) -> None:
        self._jobs, self._spill = jobs, spill
        self._pool: ProcessPoolExecutor | None = None
        if jobs > 1:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            # Elsewhere than on Linux forking is not safe at all.
            way = get_context("fork" if sys.platform == "linux" else None)
            self._pool = ProcessPoolExecutor(jobs, way, initializer=_prepare)
            with interrupts_wait():
                self._pool.submit(os.getpid)

    def close(self) -> None:
        """End the processes, after the file that each is reading."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, tasks: Iterable[Task]) -> Iterator[Callable[[], Read]]:
        """For each task, in order, a function that reads the file, or hands over what was read.

        A reading whose ``session`` is there has yet to be taken in parts. It raises ``OSError``.
        """
        waiting: deque[Callable[[], Read]] = deque()
        for path, size, row in tasks:
            waiting.append(self._reader(path, size, row))
            if len(waiting) > (self._jobs * _AHEAD if self._pool is not None else 0):
                yield waiting.popleft()
        yield from waiting

    def _reader(self, path: Path, size: int, row: SourceRow | None) -> Callable[[], Read]:
        here = partial(begin, path, row, self._spill)
        if self._pool is None or size > _LARGEST:
            return here
        # A process that was killed, for want of memory perhaps, ends the pool; go on without it.
        with suppress(BrokenExecutor):
            future = self._pool.submit(_read, path, row, self._spill)
            return partial(_result, future, here)
        return here


def _result(future: Future[Read | _TooMuch], here: Callable[[], Read]) -> Read:
    with suppress(BrokenExecutor):
        read = future.result()
        if not isinstance(read, _TooMuch):
            return read
    return here()


class _TooMuch:
    """More was gathered than is handed over: the process that writes has to read the file."""


def _read(path: Path, row: SourceRow | None, spill: Path) -> Read | _TooMuch:
    reading = begin(path, row, spill)
    if isinstance(reading, Reading):
        with closing(reading.parts(_MOST_CARRIED)) as parts:
            if not next(parts):
                return _TooMuch()
    return reading


def _prepare() -> None:
    import threading

    # Ctrl-C reaches all processes of a terminal; the parent ends the others, each without a word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed ends no pool, and its processes would wait for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
