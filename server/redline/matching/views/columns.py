"""Text columns of Parquet files, with the optional library ``pyarrow``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from .values import is_codelike, is_long, record_line
from .view import LARGEST, Stream, View

MAGIC = b"PAR1"
_ROWS = 256
"""Rows read at once; a row may be large."""


def is_parquet(text: bytes) -> bool:
    """Tell by the first and the last four bytes."""
    return text.startswith(MAGIC) and text.endswith(MAGIC) and len(text) > 2 * len(MAGIC)


def why_unreadable(text: bytes) -> str | None:
    """Why a Parquet file cannot be read, None if it can; asks for its footer only."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        return "it is Parquet, and pyarrow is not installed"
    try:
        parquet.ParquetFile(arrow.BufferReader(text))
    except (arrow.ArrowException, OSError, ValueError):
        return "its Parquet columns cannot be read"
    return None


def columns(text: bytes) -> Iterator[View]:
    """Views of a Parquet file; nothing where it is damaged or ``pyarrow`` is not installed.

    Values are compressed and packed, so each of them stands for the file's first four bytes;
    ``label`` names row and column. Memory is bounded by the row group's largest column pages.
    """
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        return
    makers = [_Named(code=True), _Named(code=False), _Named(code=False, records=True)]
    row = 0
    try:
        file = parquet.ParquetFile(arrow.BufferReader(text), memory_map=False)
        for batch in file.iter_batches(batch_size=_ROWS, use_threads=False):
            for record in batch.to_pylist():
                row += 1
                _take(record, row, makers)
            for maker in makers:
                if len(maker.stream.text) >= LARGEST:
                    yield maker.view()
    except (arrow.ArrowException, OSError, ValueError):
        pass
    for maker in makers:
        if maker.stream.text:
            yield maker.view()


class _Named:
    """A stream whose values are named by row and column."""

    def __init__(self, *, code: bool, records: bool = False) -> None:
        self.stream = Stream(code=code, records=records)
        self._starts: list[int] = []
        self._names: list[str] = []

    def add(self, value: bytes, name: str, *, apart: bool = True) -> None:
        self._starts.append(len(self.stream.text))
        self._names.append(name)
        self.stream.stands_for(value, 0, len(MAGIC))
        if apart:
            self.stream.part(len(MAGIC))

    def view(self) -> View:
        starts, names = self._starts, self._names
        self._starts, self._names = [], []
        return self.stream.view(lambda offset: names[max(0, bisect_right(starts, offset) - 1)])


def _take(record: dict[str, Any], row: int, makers: list[_Named]) -> None:
    code, prose, records = makers
    shorts: list[bytes] = []
    waiting: list[tuple[str, Any]] = list(record.items())[::-1]
    while waiting:
        column, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(column, inner) for inner in value.values()][::-1]
        elif isinstance(value, list):
            waiting += [(column, inner) for inner in value][::-1]
        elif isinstance(value, (bytes, bytearray)):
            continue
        elif value is not None:
            data = str(value).encode("utf-8", "surrogatepass")
            if is_long(data):
                maker = code if is_codelike(data) else prose
                maker.add(data, f"row {row}, column {column}")
            else:
                shorts.append(data)
    line = record_line(shorts)
    if line:
        records.add(line + b"\n", f"row {row}", apart=False)
