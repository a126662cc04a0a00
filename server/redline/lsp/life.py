"""From the first byte to the exit code: a server on its standard streams or on a socket."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from redline.lsp.log import describe
from redline.lsp.wire_pipe import open_writer, read_pipe, take_standard_streams

if TYPE_CHECKING:
    from redline.lsp.protocol import Protocol as Connection

_PATIENCE: Final = 1.0
"""Seconds that what is cancelled has to clean up, and the client to read the last answers."""
_SETTLED: Final = 1.0
"""Seconds after the greeting, when what is open has been judged."""
_BETWEEN_LOOKS: Final = 3.0
"""Seconds between two looks whether the editor is alive, where the system does not tell."""

_log = logging.getLogger(__name__)


class _Served(Protocol):
    """The part of the server that life needs."""

    @property
    def protocol(self) -> Connection: ...

    @property
    def session(self) -> Any: ...  # noqa: ANN401 -- only its end is asked for


class _Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...
    def close(self) -> object: ...
    async def drain(self) -> object: ...


_Connect: TypeAlias = Callable[[_Served, Callable[[], None]], Awaitable[_Writer]]


def serve_stdio(server: _Served) -> int:
    """Serve the client at the other end of the standard streams; return the exit code.

    Raises ``OSError`` where they are closed.
    """
    source, sink = take_standard_streams()

    async def connect(server: _Served, lost: Callable[[], None]) -> _Writer:
        writer = open_writer(sink, lost)
        server.protocol.set_writer(writer)
        read_pipe(source, server.protocol.feed, lost)
        return writer

    return _run(_serve(server, connect))


def serve_tcp(server: _Served, port: int, listening: Callable[[int], None]) -> int:
    """Serve the first client that connects to ``port`` of this machine; return the exit code.

    Nothing but the loopback address is listened on, and nothing after the first connection.
    Port 0 takes any that is free; ``listening`` is called with the one that was taken. Raises
    ``OSError`` where it cannot be had.
    """

    async def connect(server: _Served, lost: Callable[[], None]) -> _Writer:
        loop = asyncio.get_running_loop()
        connected: asyncio.Future[_Writer] = loop.create_future()

        def accept() -> _Socket:
            return _Socket(server.protocol, lost, connected)

        listener = await loop.create_server(accept, "127.0.0.1", port)
        listening(listener.sockets[0].getsockname()[1])
        try:
            return await connected
        finally:
            listener.close()

    return _run(_serve(server, connect))


class _Socket(asyncio.Protocol):
    """A client on a socket, once it has shown that it speaks the protocol.

    A page in a browser can make it talk to any port of this machine; what does not begin with a
    header of the protocol is hung up on, and the next may come.
    """

    def __init__(
        self,
        protocol: Connection,
        lost: Callable[[], None],
        connected: asyncio.Future[_Writer],
    ) -> None:
        self._protocol = protocol
        self._gone = lost
        self._connected = connected
        self._first = b""
        self._ours = False
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._ours:
            self._protocol.feed(data)
            return
        self._first += data
        start = self._first[: len(b"content-")].lower()
        if self._connected.done() or not b"content-".startswith(start):
            _log.warning("hung up on somebody who does not speak the protocol, or came too late")
            self._transport.abort()
        elif start == b"content-":
            self._ours = True
            self._connected.set_result(self)
            self._protocol.set_writer(self)
            self._protocol.feed(self._first)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
        if self._ours:
            self._gone()

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def close(self) -> None:
        self._transport.abort()

    async def drain(self) -> None:
        self._transport.close()
        await self._closed.wait()


async def _serve(server: _Served, connect: _Connect) -> int:
    loop = asyncio.get_running_loop()
    over: asyncio.Future[int] = loop.create_future()
    protocol = server.protocol

    def end(code: int) -> None:
        if not over.done():
            over.set_result(code)

    def lost() -> None:
        _log.info("the client has gone")
        end(protocol.exit_code)

    def greeted(process: int | None) -> None:
        loop.call_later(_SETTLED, _settle)
        if process is not None:
            _watch(process, lambda: end(protocol.exit_code))

    loop.set_exception_handler(_noted)
    _listen_to_signals(loop, end)
    protocol.ended, protocol.greeted = end, greeted
    connecting = asyncio.ensure_future(connect(server, lost))
    awaited: set[asyncio.Future[Any]] = {connecting, over}
    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        # A signal came before any client did.
        connecting.cancel()
        return over.result()
    writer = connecting.result()
    code = await over
    with suppress(TimeoutError):
        await asyncio.wait_for(writer.drain(), _PATIENCE)
    # It warns of every process that ends after the loop; all are told to end now.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        server.session.end()
    except Exception as error:
        _log.error("could not tidy up: %s", describe(error))
    protocol.abandon()
    writer.close()
    return code


def _noted(_loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """Note what nobody awaited, without the arguments that asyncio would quote."""
    error = told.get("exception")
    if error is None:
        _log.warning("%s", told["message"])
    else:
        _log.error("failed where nobody waits for it: %s", describe(error))


def _run(main: Coroutine[Any, Any, int]) -> int:
    """Run a loop that waits for nobody at its end, unlike ``asyncio.run``."""
    gc.set_threshold(20_000, 20, 50)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        code = loop.run_until_complete(main)
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=_PATIENCE))
        loop.run_until_complete(asyncio.sleep(0))
        return code
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _settle() -> None:
    """Spare what was made to start from ever being looked through for garbage again."""
    gc.collect()
    gc.freeze()


def leave(code: int) -> int:
    """Return ``code``, or end the process with it at once where threads would be waited for."""
    threads = [one for one in threading.enumerate() if one is not threading.main_thread()]
    if any(not thread.daemon for thread in threads):
        logging.shutdown()
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
    return code


def _listen_to_signals(loop: asyncio.AbstractEventLoop, end: Callable[[int], None]) -> None:
    def heard(number: int) -> None:
        _log.info("ended by %s", signal.Signals(number).name)
        # As shells report it.
        end(128 + number)

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, heard, number)
        except NotImplementedError:
            signal.signal(number, lambda got, _frame: loop.call_soon_threadsafe(heard, got))


def _watch(process: int, gone: Callable[[], None]) -> None:
    """Call ``gone`` when the process has ended; one that is not there now is not watched.

    An editor outside this container names a process that cannot be seen from here.
    """
    loop = asyncio.get_running_loop()

    def ended() -> None:
        _log.info("the editor's process %d has ended", process)
        gone()

    if process <= 0 or not _runs(process):
        _log.info("the editor's process %d cannot be seen, so it is not watched", process)
        return
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):
            handle = os.pidfd_open(process)

            def ready() -> None:
                loop.remove_reader(handle)
                os.close(handle)
                ended()

            loop.add_reader(handle, ready)
            return

    def look() -> None:
        if _runs(process):
            loop.call_later(_BETWEEN_LOOKS, look)
        else:
            ended()

    loop.call_later(_BETWEEN_LOOKS, look)


def _runs(process: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        # SYNCHRONIZE; a handle that is not signalled is of a process that runs.
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x100000, False, process)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == 0x102)
        finally:
            kernel.CloseHandle(handle)
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
