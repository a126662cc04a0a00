"""What a watching thread tells an event loop: gathered while nobody takes it, and bounded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

MOST_TOLD = 1_000
"""Paths that are told one by one; of more than that it is told that much has happened."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What has happened since the last one."""

    paths: frozenset[str] = frozenset()
    """Absolute paths that came, changed or went; what is there now, the disk tells."""
    much: bool = False
    """More has happened than ``paths`` tell: look at everything."""
    notes: tuple[str, ...] = ()
    """What a person should know, each once, in one line."""


class Mailbox:
    """Where the thread puts what it hears, and the event loop takes it from; bounded."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ready = asyncio.Event()
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._much = False
        self._notes: dict[str, None] = {}
        self._fault: BaseException | None = None

    def put(self, paths: Iterable[str], *, much: bool = False, notes: Iterable[str] = ()) -> None:
        """Add to what waits; from the thread."""
        with self._lock:
            self._paths.update(paths)
            if much or len(self._paths) > MOST_TOLD:
                self._much = True
                self._paths.clear()
            self._notes.update(dict.fromkeys(notes))
        self._wake()

    def fail(self, fault: BaseException) -> None:
        """Let the taker raise ``fault``; from the thread."""
        self._fault = fault
        self._wake()

    async def taken(self) -> Touched:
        """Take all that waits, or wait for something."""
        await self._ready.wait()
        self._ready.clear()
        if self._fault is not None:
            raise self._fault
        with self._lock:
            told = Touched(frozenset(self._paths), self._much, tuple(self._notes))
            self._paths.clear()
            self._notes.clear()
            self._much = False
        return told

    def _wake(self) -> None:
        # The loop may be closed by the time that something is heard.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ready.set)
