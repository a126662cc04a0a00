"""The records of a session file: complete lines with their byte offsets, in bounded memory."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from .events import Unread

LONGEST_LINE = 64 << 20
"""Bytes of the longest line that is read; longer ones hold images, not code."""
LARGEST_DOCUMENT = 256 << 20
"""Bytes of the largest file that is read as one document."""
_LONGEST_STREAM = 64 << 30  # a small hostile archive may unpack for ever
_BUFFER = 1 << 20
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

LINE_TOO_LONG = "line too long"
DOCUMENT_TOO_LARGE = "document too large"
STREAM_TOO_LONG = "stream too long"
INCOMPLETE_LINE = "incomplete last line"
DAMAGED_STREAM = "compressed data damaged"
NOT_JSON = "not JSON"
NOT_AN_OBJECT = "not a JSON object"
TOO_DEEP = "nested too deeply"
INVALID_UTF8 = "invalid UTF-8, replaced"


@dataclass(frozen=True, slots=True)
class Record:
    """One line without its end, or one whole document."""

    position: int
    """Its first byte, counted from 0 in the decompressed file."""
    data: bytes


Records: TypeAlias = Iterable[Record | Unread]


class LineSource:
    """Iterates over the lines of one file, or of the parts of one, from an offset.

    ``offset`` is where the next reading has to begin; it is right whenever the
    iteration stands between two items. A last line without its end counts only
    if it is a whole JSON value: its writer may be in the middle of it.

    :raises OSError: when iterated, if a part cannot be opened or read.
    """

    def __init__(self, parts: Sequence[Path], offset: int = 0) -> None:
        self.offset = offset
        self._parts = parts

    def __iter__(self) -> Iterator[Record | Unread]:
        with open_stream(self._parts) as stream:
            try:
                _skip(stream, self.offset)
                yield from self._lines(stream)
            except _damage():
                yield Unread(self.offset, DAMAGED_STREAM)

    def _lines(self, stream: IO[bytes]) -> Iterator[Record | Unread]:
        while line := stream.readline(LONGEST_LINE):
            position = self.offset
            if line.endswith(b"\n"):
                self.offset += len(line)
                if not line.isspace():
                    yield Record(position, line)
            elif len(line) == LONGEST_LINE:
                length, ended = _rest_of_line(stream)
                if not ended:
                    yield Unread(position, INCOMPLETE_LINE)
                    return
                self.offset += len(line) + length
                yield Unread(position, LINE_TOO_LONG)
            elif line.isspace():
                return
            elif isinstance(load(line)[0], dict):
                self.offset += len(line)
                yield Record(position, line)
            else:
                yield Unread(position, INCOMPLETE_LINE)
                return
            if self.offset > _LONGEST_STREAM:
                yield Unread(self.offset, STREAM_TOO_LONG)
                return


def read_document(parts: Sequence[Path]) -> Iterator[Record | Unread]:
    """Yield a whole file as one record.

    :raises OSError: if it cannot be opened or read.
    """
    with open_stream(parts) as stream:
        try:
            data = stream.read(LARGEST_DOCUMENT + 1)
        except _damage():
            yield Unread(0, DAMAGED_STREAM)
            return
    if len(data) > LARGEST_DOCUMENT:
        yield Unread(0, DOCUMENT_TOO_LARGE)
    else:
        yield Record(0, data)


def read_head(path: Path, size: int = 256 << 10) -> bytes:
    """Return the first decompressed bytes of a file; empty if its compression is damaged.

    :raises OSError: if it cannot be opened or read.
    """
    with open_stream((path,)) as stream:
        try:
            return stream.read(size)
        except _damage():
            return b""


def open_stream(parts: Sequence[Path]) -> IO[bytes]:
    """Open a file, or parts to be read as one, decompressed if it is zstd by its first bytes.

    :raises OSError: if a part cannot be opened.
    """
    if len(parts) > 1:
        return io.BufferedReader(_Parts(parts), _BUFFER)
    plain = io.BufferedReader(io.FileIO(parts[0]), _BUFFER)
    try:
        compressed = plain.peek(len(ZSTD_MAGIC))[: len(ZSTD_MAGIC)] == ZSTD_MAGIC
    except OSError:
        plain.close()
        raise
    if not compressed:
        return plain
    plain.close()
    return _decompressed(parts[0])


def load(data: bytes) -> tuple[object, str | None]:
    """Decode one JSON value; the second item says what was wrong with it.

    Bytes that are not UTF-8 and lone surrogates are replaced, and told. The value
    is None if nothing could be read, which a JSON ``null`` is taken for, too.
    """
    import orjson  # not needed by the commands that read no session

    try:
        return orjson.loads(data), None
    except orjson.JSONDecodeError:
        return _load_leniently(data)


def decoded(
    records: Records, is_worthless: Callable[[bytes], bool] | None = None
) -> Iterator[tuple[int, dict[str, Any]] | Unread]:
    """Decode the objects of a record source; ``is_worthless(data)`` spares decoding some."""
    import orjson  # as in load: once per file, not once per line

    loads = orjson.loads
    for record in records:
        if isinstance(record, Unread):
            yield record
            continue
        data = record.data
        if is_worthless is not None and is_worthless(data):
            continue
        reason: str | None = None
        try:
            value = loads(data)
        except orjson.JSONDecodeError:
            value, reason = _load_leniently(data)
        if reason is not None:
            yield Unread(record.position, reason)
        if isinstance(value, dict):
            yield record.position, value
        elif reason is None:
            yield Unread(record.position, NOT_AN_OBJECT)


def _load_leniently(data: bytes) -> tuple[object, str | None]:
    import json

    text = data.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        if "\\u" in text:
            # json lets lone surrogates through, which no later encoding accepts
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        return None, TOO_DEEP
    except ValueError:
        return None, NOT_JSON
    return value, INVALID_UTF8 if "�" in text else None


def _skip(stream: IO[bytes], size: int) -> None:
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        stream.seek(size)
        return
    while size > 0 and (chunk := stream.read(min(size, _BUFFER))):
        size -= len(chunk)


def _rest_of_line(stream: IO[bytes]) -> tuple[int, bool]:
    length = 0
    while chunk := stream.readline(_BUFFER):
        length += len(chunk)
        if chunk.endswith(b"\n"):
            return length, True
    return length, False


class _Parts(io.RawIOBase):
    """Files read one after the other as one stream, without seeking."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._waiting = list(reversed(parts))
        self._open: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  typing has no Buffer before 3.12
        while True:
            if self._open is None:
                if not self._waiting:
                    return 0
                self._open = open_stream((self._waiting.pop(),))
            chunk = self._open.read(len(buffer))
            if chunk:
                buffer[: len(chunk)] = chunk
                return len(chunk)
            self._open.close()
            self._open = None

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        super().close()


if sys.version_info >= (3, 14):

    def _decompressed(path: Path) -> IO[bytes]:
        from compression import zstd

        return zstd.ZstdFile(path)

    def _damage() -> tuple[type[Exception], ...]:
        from compression import zstd

        return (zstd.ZstdError, EOFError)

else:

    def _decompressed(path: Path) -> IO[bytes]:
        import zstandard

        compressed = open(path, "rb")  # noqa: SIM115  closed with the reader
        reader = zstandard.ZstdDecompressor().stream_reader(
            compressed, read_across_frames=True, closefd=True
        )
        return io.BufferedReader(reader, _BUFFER)  # raw in all but name

    def _damage() -> tuple[type[Exception], ...]:
        if "zstandard" not in sys.modules:
            return ()  # nothing was decompressed, so nothing can be damaged
        import zstandard

        return (zstandard.ZstdError,)
