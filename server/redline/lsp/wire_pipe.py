"""The standard input and output as an event loop's own, without a thread where the system can."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
import stat
import sys
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

_PIECE: Final = 1 << 18
_MOST_HELD: Final = 1 << 28
"""Bytes that wait for a client that does not read; beyond it counts as gone."""


def take_standard_streams() -> tuple[int, int]:
    """Take standard input and output for the protocol alone; return their new descriptors.

    What anything else prints goes to the standard error from now on, also what a library or a
    child process does, and reads find nothing. Raises ``OSError`` where one is closed.
    """
    if sys.stdin is None or sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.flush()
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (source, sink):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return source, sink


def read_pipe(source: int, feed: Callable[[bytes], None], lost: Callable[[], None]) -> None:
    """Call ``feed`` with what can be read, as soon as it can; ``lost`` at the end."""
    loop = asyncio.get_running_loop()

    def ready() -> None:
        try:
            data = os.read(source, _PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            feed(data)
        else:
            loop.remove_reader(source)
            lost()

    try:
        loop.add_reader(source, ready)
    except (NotImplementedError, OSError):
        # Windows has no such thing for pipes, Linux none for files.
        read_in_thread(source, feed, lost)


def read_in_thread(source: int, feed: Callable[[bytes], None], lost: Callable[[], None]) -> None:
    """Read as ``read_pipe`` does, with one thread that waits; it ends with the process."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            while data := os.read(source, _PIECE):
                loop.call_soon_threadsafe(feed, data)
        except OSError:
            pass
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(lost)

    threading.Thread(target=read, name="standard input", daemon=True).start()


class PipeWriter:
    """Writes at once what the client takes at once, and the rest when it reads again.

    The descriptor stays as blocking as it was, for it may be shared with other processes: no
    more is written than is known not to wait. Never blocks.
    """

    def __init__(self, sink: int, lost: Callable[[], None]) -> None:
        self._sink = sink
        self._lost = lost
        self._held: deque[memoryview] = deque()
        self._size = 0
        self._drained = asyncio.Event()
        self._drained.set()
        self._socket: socket.socket | None = None
        self._room = select.poll()
        self._room.register(sink, select.POLLOUT)
        if stat.S_ISSOCK(os.fstat(sink).st_mode):
            self._socket = socket.socket(fileno=os.dup(sink))

    def write(self, data: bytes) -> None:
        """Send ``data`` behind all that was sent before."""
        if self._size:
            self._hold(memoryview(data))
        elif rest := self._push(memoryview(data)):
            self._hold(rest)
            asyncio.get_running_loop().add_writer(self._sink, self._again)

    async def drain(self) -> None:
        """Wait until all is sent."""
        await self._drained.wait()

    def close(self) -> None:
        """Give up what was not sent; nothing can be sent afterwards."""
        self._size = 0
        self._held.clear()
        self._drained.set()
        asyncio.get_running_loop().remove_writer(self._sink)
        if self._socket is not None:
            self._socket.close()

    def _hold(self, data: memoryview) -> None:
        if self._size + len(data) > _MOST_HELD:
            self._gone()
            return
        self._held.append(data)
        self._size += len(data)
        self._drained.clear()

    def _again(self) -> None:
        while self._held:
            first = self._held[0]
            rest = self._push(first)
            self._size -= len(first) - len(rest)
            if rest:
                self._held[0] = rest
                return
            self._held.popleft()
        asyncio.get_running_loop().remove_writer(self._sink)
        self._drained.set()

    def _push(self, data: memoryview) -> memoryview:
        """Write what does not wait; return the rest."""
        try:
            while data:
                if self._socket is not None:
                    size = self._socket.send(data, socket.MSG_DONTWAIT)
                elif self._room.poll(0):
                    size = os.write(self._sink, data[: select.PIPE_BUF])
                else:
                    break
                data = data[size:]
        except BlockingIOError:
            pass
        except OSError:
            self._gone()
            return memoryview(b"")
        return data

    def _gone(self) -> None:
        self.close()
        self._lost()


class ThreadWriter:
    """Writes in a thread of its own, where the system cannot tell whether a write would wait."""

    def __init__(self, sink: int, lost: Callable[[], None]) -> None:
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._sink = sink
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        threading.Thread(target=self._run, name="standard output", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Send ``data`` behind all that was sent before."""
        self._queue.put(data)

    async def drain(self) -> None:
        """Wait until all is sent; nothing can be sent afterwards."""
        self._queue.put(None)
        await self._done.wait()

    def close(self) -> None:
        """Give up: the thread ends with the process."""

    def _run(self) -> None:
        try:
            while (data := self._queue.get()) is not None:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._sink, rest) :]
        except OSError:
            self._tell(self._lost)
        self._tell(self._done.set)

    def _tell(self, what: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)


def open_writer(sink: int, lost: Callable[[], None]) -> PipeWriter | ThreadWriter:
    """Return the writer for this system; ``lost`` is called when nobody reads any more."""
    return PipeWriter(sink, lost) if hasattr(select, "poll") else ThreadWriter(sink, lost)
