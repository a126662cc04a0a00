"""JSON-RPC over pygls: every request answered once, nothing held that nobody waits for."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Awaitable, Callable, Container, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.feature_manager import is_thread_function

from redline.lsp.log import describe
from redline.lsp.wire import Framer, MessageFault, decode
from redline.lsp.wire_params import read_params
from redline.lsp.wire_send import LONGEST_NAME, Sender

if TYPE_CHECKING:
    from cattrs import Converter

_log = logging.getLogger(__name__)

Steps: TypeAlias = Generator[Any, Any, Any]
"""A handler that yields other handlers with their arguments, as those of pygls do."""


class Endpoint(Sender):
    """One client's connection: messages in, handlers run, messages out.

    Every request is answered once, also one that cannot be understood; a notification that
    cannot be is logged. Everything runs on the event loop's thread. It leans on private names of
    pygls 2.1: tests hold each of them.
    """

    def __init__(self, server: Any, converter: Converter) -> None:  # noqa: ANN401 -- above us
        self._ready = False
        self._framer = Framer()
        self._answering: dict[int | str, asyncio.Future[Any]] = {}
        self._working: set[asyncio.Future[Any]] = set()
        super().__init__(server, converter)

    def feed(self, data: bytes) -> None:
        """Take bytes from the client and do what the messages in them say."""
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        messages: list[tuple[Any, int]] = []
        for body in self._framer.feed(data):
            try:
                if isinstance(body, MessageFault):
                    raise body
                messages.append((decode(body), len(body)))
            except MessageFault as fault:
                if isinstance(body, bytes):
                    self._framer.reject(body)
                _log.error("received %s", fault)
                self._refuse(None, types.ErrorCodes.ParseError, f"received {fault}")
        withdrawn = {
            message["params"].get("id")
            for message, _ in messages
            if isinstance(message, dict)
            and message.get("method") == types.CANCEL_REQUEST
            and isinstance(message.get("params"), dict)
            and isinstance(message["params"].get("id"), int | str)
        }
        for message, size in messages:
            try:
                self._take(message, size, withdrawn)
            except Exception as error:
                self._report(error, "a message")

    def _take(self, message: Any, size: int, withdrawn: Container[object]) -> None:  # noqa: ANN401
        if not isinstance(message, dict):
            self._refuse(None, types.ErrorCodes.InvalidRequest, "a message must be an object")
            return
        method, number = message.get("method"), message.get("id")
        asks = "id" in message
        known = isinstance(number, int | str) and not isinstance(number, bool)
        if method is None and ("result" in message or "error" in message):
            self._note("received", "an answer", number, size)
            self._answered(number if known else None, message)
        elif not isinstance(method, str) or (asks and not known):
            what = "a request needs a method" if known else "an id must be a number or a text"
            self._refuse(number if known else None, types.ErrorCodes.InvalidRequest, what)
        elif asks:
            self._note("received", method, number, size)
            self._request(number, method, message.get("params"), number in withdrawn)
        else:
            self._note("received", method, None, size)
            self._notification(method, message.get("params"))

    def _request(self, number: Any, method: str, told: object, withdrawn: bool) -> None:  # noqa: ANN401
        codes = types.ErrorCodes
        if number in self._answering:
            self._refuse(number, codes.InvalidRequest, "this id belongs to a request that runs")
        elif self._shutdown:
            self._refuse(number, codes.InvalidRequest, "the server is shutting down")
        elif method == types.INITIALIZE and self._workspace is not None:
            self._refuse(number, codes.InvalidRequest, "the server is initialized already")
        elif not self._ready and method != types.INITIALIZE:
            self._refuse(number, codes.ServerNotInitialized, "the server is not initialized")
        elif withdrawn:
            self._refuse(number, types.LSPErrorCodes.RequestCancelled, "the request was cancelled")
        elif (handler := self._handler(method)) is None:
            self._refuse(
                number, codes.MethodNotFound, f"there is no method {method[:LONGEST_NAME]!r}"
            )
        else:
            try:
                token = self._ctx_msg_id.set(number)
                try:
                    params = read_params(self._converter, method, told)
                    result = self._call(handler, (params,))
                    if inspect.isawaitable(result):
                        result = asyncio.ensure_future(result)
                finally:
                    self._ctx_msg_id.reset(token)
            except Exception as error:
                self._failed(number, method, error)
                return
            if not asyncio.isfuture(result):
                self._answer(number, method, result)
                return
            self._answering[number] = result
            result.add_done_callback(lambda done: self._finish(number, method, done))

    def _notification(self, method: str, told: object) -> None:
        if method == types.CANCEL_REQUEST:
            self._cancel(told)
            return
        if (not self._ready or self._shutdown) and method != types.EXIT:
            _log.debug("ignored %s: it is not the time for it", method[:LONGEST_NAME])
            return
        handler = self._handler(method)
        if handler is None:
            # Methods that begin so may be ignored, says the protocol.
            note = _log.debug if method.startswith("$/") else _log.warning
            note("ignored %s: there is no such notification", method[:LONGEST_NAME])
            return
        try:
            result = self._call(handler, (read_params(self._converter, method, told),))
        except MessageFault as fault:
            _log.error("ignored %s: %s", method, fault)
            return
        except Exception as error:
            self._report(error, method)
            return
        if inspect.isawaitable(result):
            future = asyncio.ensure_future(result)
            self._working.add(future)
            future.add_done_callback(lambda done: self._worked(method, done))

    def _cancel(self, told: object) -> None:
        number = told.get("id") if isinstance(told, dict) else None
        future = self._answering.get(number) if isinstance(number, int | str) else None
        if future is None:
            # Its answer is on the way, as a rule.
            _log.debug("ignored a cancellation of no request that runs")
        else:
            future.cancel()

    def _handler(self, method: str) -> Callable[..., Any] | None:
        return self.fm.builtin_features.get(method) or self.fm.features.get(method)

    def _call(
        self,
        handler: Callable[..., Any],
        arguments: tuple[Any, ...],
        named: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 -- whatever the handler returns, or an awaitable of it
        if is_thread_function(handler):  # type: ignore[no-untyped-call]  # untyped in pygls
            loop = asyncio.get_running_loop()
            pool = self._server.thread_pool
            return loop.run_in_executor(pool, lambda: handler(*arguments, **(named or {})))
        result = handler(*arguments, **(named or {}))
        return self._drive(result) if inspect.isgenerator(result) else result

    def _drive(self, steps: Steps, value: object = None, fault: BaseException | None = None) -> Any:  # noqa: ANN401 -- as above
        """Run a handler that yields others, at once as far as nothing has to be awaited."""
        while True:
            try:
                step = steps.send(value) if fault is None else steps.throw(fault)
            except StopIteration as stop:
                return stop.value
            value = fault = None
            try:
                value = self._call(*step)
            except Exception as error:
                fault = error
            if inspect.isawaitable(value):
                return self._driven(steps, value)

    async def _driven(self, steps: Steps, pending: Awaitable[Any]) -> Any:  # noqa: ANN401
        value, fault = None, None
        try:
            value = await pending
        except BaseException as error:
            fault = error
        result = self._drive(steps, value, fault)
        return await result if inspect.isawaitable(result) else result

    def _finish(self, number: int | str, method: str, done: asyncio.Future[Any]) -> None:
        self._answering.pop(number, None)
        if done.cancelled():
            code = types.LSPErrorCodes.RequestCancelled
            self._refuse(number, code, "the request was cancelled")
        elif (error := done.exception()) is not None:
            self._failed(number, method, error)
        else:
            self._answer(number, method, done.result())

    def _worked(self, method: str, done: asyncio.Future[Any]) -> None:
        self._working.discard(done)
        if not done.cancelled() and (error := done.exception()) is not None:
            self._report(error, method)

    def abandon(self) -> None:
        """Cancel all that runs and all that was asked: nobody is there any more."""
        self._shutdown = True
        for running in (*self._answering.values(), *self._working):
            running.cancel()
        self._give_up_all()

    def _answer(self, number: int | str, method: str, result: object) -> None:
        try:
            plain = self._converter.unstructure(result)
            self._send({"jsonrpc": "2.0", "id": number, "result": plain}, method)
        except Exception as error:
            self._failed(number, method, error)

    def _failed(self, number: int | str, method: str, error: BaseException) -> None:
        if isinstance(error, MessageFault):
            _log.error("refused %s: %s", method, error)
            self._refuse(number, types.ErrorCodes.InvalidParams, str(error))
        elif isinstance(error, JsonRpcException):
            _log.info("refused %s: %s", method, describe(error))
            self._refuse(number, error.code, error.message, error.data)
        else:
            self._report(error, method)
            self._refuse(number, types.ErrorCodes.InternalError, f"failed: {describe(error)}")
