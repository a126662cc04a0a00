"""Messages to bytes and back: the base protocol of the Language Server Protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

LARGEST_BODY: Final = 1 << 29
"""Bytes of one message. A 50 MB file of control characters, escaped, is a little over half."""

_LARGEST_HEADER: Final = 1 << 13
_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.I | re.M)
_MARK: Final = re.compile(rb"content-length[ \t]*:[ \t]*\d{1,18}[ \t]*\r?\n", re.I)
_LONGEST_MARK: Final = 80


class MessageFault(Exception):
    """Bytes that are no message; the text says why and quotes nothing of them."""


class Framer:
    """Cuts a stream of bytes into the bodies of messages.

    A line break cannot stand in JSON as it is, so a ``Content-Length`` line marks the next
    message wherever it is found: after a broken header, or a length that was wrong, reading goes
    on there.
    """

    def __init__(self, largest: int = LARGEST_BODY) -> None:
        self._held = bytearray()
        self._wanted = -1
        """Bytes of the body that is being read; -1 in a header, -2 while seeking one."""
        self._largest = largest

    def feed(self, data: bytes) -> Iterator[bytes | MessageFault]:
        """Yield the bodies that are complete now, and a fault for each stretch that is none."""
        self._held += data
        while True:
            if self._wanted == -2 and not self._found():
                return
            if self._wanted == -1:
                fault = self._header()
                if fault is not None:
                    yield fault
                    continue
                if self._wanted == -1:
                    return
            if len(self._held) < self._wanted:
                return
            body = bytes(memoryview(self._held)[: self._wanted])
            del self._held[: self._wanted]
            self._wanted = -1
            yield body

    def reject(self, body: bytes) -> None:
        """Take back a body that was no message: what was lost may begin inside it."""
        mark = _MARK.search(body)
        if mark is not None:
            self._held[:0] = body[mark.start() :]
            self._wanted = -1

    @property
    def inside(self) -> bool:
        """A message has begun and is not complete."""
        return bool(self._held) or self._wanted >= 0

    def _header(self) -> MessageFault | None:
        end = _END.search(self._held, 0, _LARGEST_HEADER)
        if end is None:
            if len(self._held) <= _LARGEST_HEADER:
                return None
            self._wanted = -2
            return MessageFault("a header that does not end")
        head = bytes(self._held[: end.start()])
        lengths = _LENGTH.findall(head)
        if not lengths:
            # After a body that was longer than it said, its rest stands before the next mark.
            mark = _MARK.search(self._held, 0, end.end())
            self._wanted = -1 if mark else -2
            del self._held[: mark.start() if mark else end.end()]
            return MessageFault("a header without a Content-Length")
        length = int(lengths[-1])
        del self._held[: end.end()]
        if length > self._largest:
            self._wanted = -2
            return MessageFault(f"a message of {length:,} bytes; {self._largest:,} are the most")
        self._wanted = length
        return None

    def _found(self) -> bool:
        mark = _MARK.search(self._held)
        if mark is None:
            del self._held[: max(0, len(self._held) - _LONGEST_MARK)]
            return False
        del self._held[: mark.start()]
        self._wanted = -1
        return True


def decode(body: bytes) -> Any:  # noqa: ANN401 -- JSON from outside is anything
    """Return the JSON value of a body; half surrogate pairs are kept.

    Raises ``MessageFault`` for anything else.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # Slower, but it knows half surrogate pairs and deeper nesting.
        return json.loads(body.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise MessageFault("a message that is not UTF-8") from None
    except RecursionError:
        raise MessageFault("a message that is nested too deeply") from None
    except ValueError as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise MessageFault(f"a message that is not JSON{place}") from None


def encode(message: dict[str, Any]) -> bytes:
    """Return a message with its header; half surrogate pairs leave as escapes."""
    try:
        body = orjson.dumps(message)
    except TypeError:
        body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
