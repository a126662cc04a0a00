"""What goes to the client: notifications, questions and their answers, errors, traces."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from redline.lsp.log import describe
from redline.lsp.wire import encode

if TYPE_CHECKING:
    from cattrs import Converter

_MOST_UNANSWERED: Final = 1000
"""Requests to a client that never answers; the oldest is given up for a new one."""
LONGEST_NAME: Final = 100
"""Characters of a name from outside that are repeated in notes and answers."""

_log = logging.getLogger(__name__)


class Sender(LanguageServerProtocol):
    """The half of a connection that speaks; from any thread, in the order of the calls."""

    def __init__(self, server: Any, converter: Converter) -> None:  # noqa: ANN401 -- above us
        self._asked: dict[int | str, tuple[str, Future[Any]]] = {}
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()
        super().__init__(server, converter)

    def publish_raw(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification that is plain data already: no types, no conversion."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params}, method)

    def notify(self, method: str, params: Any | None = None) -> None:  # noqa: ANN401 -- by method
        """Send a notification; ``params`` are of the protocol's types, or plain data."""
        message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = self._converter.unstructure(params)
        self._send(message, method)

    def send_request(
        self,
        method: str,
        params: Any | None = None,  # noqa: ANN401 -- by method
        callback: Callable[[Any], None] | None = None,
        msg_id: int | str | None = None,
    ) -> Future[Any]:
        """Ask the client; the future has its result, or ``JsonRpcException`` for a refusal.

        ``callback`` is called with a result only. To cancel the future tells the client.
        """
        self._count += 1
        number = self._count if msg_id is None else msg_id
        future: Future[Any] = Future()
        if callback is not None:
            future.add_done_callback(lambda done: _called_back(done, callback))
        future.add_done_callback(lambda done: self._given_up(number, done))
        if len(self._asked) >= _MOST_UNANSWERED:
            next(iter(self._asked.values()))[1].cancel()
        self._asked[number] = (method, future)
        message = {"jsonrpc": "2.0", "id": number, "method": method}
        if params is not None:
            message["params"] = self._converter.unstructure(params)
        self._send(message, method)
        return future

    def send_request_async(
        self,
        method: str,
        params: Any | None = None,  # noqa: ANN401 -- by method
        msg_id: int | str | None = None,
    ) -> asyncio.Future[Any]:
        """Ask the client; as ``send_request``, to be awaited."""
        return asyncio.wrap_future(self.send_request(method, params, msg_id=msg_id))

    def _given_up(self, number: int | str, done: Future[Any]) -> None:
        if done.cancelled() and self._asked.pop(number, None) is not None:
            self.publish_raw(types.CANCEL_REQUEST, {"id": number})

    def _send_data(self, data: Any) -> None:  # noqa: ANN401 -- what pygls' own parts send
        self._send(self._converter.unstructure(data), "a message")

    def _send(self, message: dict[str, Any], what: str) -> None:
        data = encode(message)
        if self._loop is not None and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._write, data)
        else:
            self._write(data)
        if what != types.LOG_TRACE:
            self._note("sent", what, message.get("id"), len(data))

    def _write(self, data: bytes) -> None:
        if self.writer is not None:
            self.writer.write(data)

    def _note(self, verb: str, what: str, number: object, size: int) -> None:
        """Trace a message: what it is and how large, never what it holds."""
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s %s, %d bytes", verb, what[:LONGEST_NAME], size)
        if self.trace != types.TraceValue.Off:
            told = f"{verb} {what[:LONGEST_NAME]}" + (f" ({number})" if number is not None else "")
            params = {"message": told}
            if self.trace == types.TraceValue.Verbose:
                params["verbose"] = f"{size} bytes"
            self.publish_raw(types.LOG_TRACE, params)

    def _give_up_all(self) -> None:
        asked = list(self._asked.values())
        self._asked.clear()
        for _, future in asked:
            future.cancel()

    def _answered(self, number: int | str | None, message: dict[str, Any]) -> None:
        asked = None if number is None else self._asked.pop(number, None)
        if asked is None:
            _log.warning("ignored an answer to nothing that was asked")
            return
        method, future = asked
        if not future.set_running_or_notify_cancel():
            return
        try:
            if (error := message.get("error")) is not None:
                raise JsonRpcException.from_error(
                    self._converter.structure(error, types.ResponseError)
                )
            kind: Any = self.get_result_type(method)
            result = message.get("result")
            if kind is not None:
                whole = {"jsonrpc": "2.0", "id": number, "result": result}
                result = self._converter.structure(whole, kind).result
        except JsonRpcException as error:
            future.set_exception(error)
        except Exception as error:
            _log.error("the client's answer to %s is not what it must be", method)
            fault = JsonRpcException(f"the answer to {method} cannot be read")
            fault.__cause__ = error
            future.set_exception(fault)
        else:
            future.set_result(result)

    def _refuse(
        self, number: int | str | None, code: int, message: str, data: object = None
    ) -> None:
        error: dict[str, Any] = {"code": int(code), "message": message}
        if data is not None:
            error["data"] = self._converter.unstructure(data)
        self._send({"jsonrpc": "2.0", "id": number, "error": error}, "an error")

    def _report(self, error: BaseException, method: str) -> None:
        """Note a fault of ours, here and in the editor's own log of the server."""
        said = f"{method} failed: {describe(error)}"
        _log.error("%s", said)
        params = {"type": types.MessageType.Error.value, "message": f"Redline: {said}"}
        self.publish_raw(types.WINDOW_LOG_MESSAGE, params)


def _called_back(done: Future[Any], callback: Callable[[Any], None]) -> None:
    if not done.cancelled() and done.exception() is None:
        callback(done.result())
