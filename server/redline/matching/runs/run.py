"""One run, open for reading: its columns, and what it holds of a fingerprint."""

from __future__ import annotations

import mmap
import os
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .layout import DIGEST_BYTES, HEADER_BYTES, read_header

if TYPE_CHECKING:
    from .columns import Columns

_CODES: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
_AT_ONCE = 4 << 20
"""Bytes read at once to check a digest."""
_MANY_DEAD = 256


class Run:
    """A run's columns; safe to share between threads. Fields are as ``docs/formats`` names them."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        """Read a run's bytes. Raises ``ValueError`` saying what is wrong."""
        if sys.byteorder != "little":
            raise ValueError("runs are read on little-endian machines only")
        view = memoryview(data)
        self.data = data
        self.digest = bytes(view[HEADER_BYTES - DIGEST_BYTES : HEADER_BYTES])
        """Of the header, and through it of the whole run."""
        self.layout, self._content = read_header(bytes(view[:HEADER_BYTES]), len(view))
        columns = {
            name: view[section.start : section.end].cast(_CODES[section.width])
            for name, section in self.layout.sections().items()
        }
        self.filter, self.offsets = columns["filter"], columns["offsets"]
        self.heads, self.tails = columns["heads"], columns["tails"]
        self.positions = columns["positions"]
        self.ids, self.bases, self.counts = columns["ids"], columns["bases"], columns["counts"]

    def __len__(self) -> int:
        return self.layout.count

    @cached_property
    def columns(self) -> Columns:
        """The same for NumPy."""
        from .columns import Columns

        return Columns(self)

    def first(self, mixed: int) -> int | None:
        """The entry where the fingerprint begins, without NumPy; None where it is unknown."""
        bits = self.layout.bits
        bucket = mixed >> (64 - bits)
        word = self.filter[bucket]
        if not word >> (mixed >> (58 - bits) & 63) & word >> (mixed >> (52 - bits) & 63) & 1:
            return None
        start, end = self.offsets[bucket], self.offsets[bucket + 1]
        # Over heads and tails together: the head alone is not all of the hash.
        place = bisect_left(range(end), self._wanted(mixed), start, end, key=self._entry)
        return place if place < end and self._entry(place) == self._wanted(mixed) else None

    def entries(self, place: int, mixed: int) -> Iterator[tuple[int, int]]:
        """Piece and place of each entry of one fingerprint, from the entry ``first`` gave on."""
        end = self.offsets[(mixed >> (64 - self.layout.bits)) + 1]
        wanted = self._wanted(mixed)
        while place < end and self._entry(place) == wanted:
            position = self.positions[place]
            row = bisect_right(self.bases, position) - 1
            yield self.ids[row], position - self.bases[row]
            place += 1

    def _entry(self, place: int) -> int:
        return self.heads[place] << 32 | self.tails[place]

    def _wanted(self, mixed: int) -> int:
        rest = 32 - self.layout.bits
        low = mixed & ((1 << 32 + rest) - 1)
        return low >> rest << 32 | low & ((1 << rest) - 1)

    def rows_of(self, pieces: Mapping[int, int], number: int) -> list[int]:
        """Rows of the pieces that are dead here: ``pieces`` says below which run each one is.

        ``number``: this run's own.
        """
        if len(pieces) > _MANY_DEAD:
            return self.columns.rows_of(pieces, number)
        rows = []
        for piece, below in pieces.items():
            if number < below:
                row = bisect_left(self.ids, piece)
                if row < len(self.ids) and self.ids[row] == piece:
                    rows.append(row)
        return sorted(rows)

    def check(self) -> None:
        """Read all of it and compare digests; raises ``ValueError`` where it is damaged."""
        view = memoryview(self.data)
        parts = b"".join(
            _digest(view[section.start : section.end])
            for section in self.layout.sections().values()
        )
        if blake2b(parts, digest_size=DIGEST_BYTES).digest() != self._content:
            raise ValueError("its content is damaged")


def map_run(path: Path) -> Run:
    """Map a run's file; raises ``OSError``, and ``ValueError`` saying what is wrong."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise ValueError("it is empty")
        return Run(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _digest(view: memoryview) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for start in range(0, len(view), _AT_ONCE):
        digest.update(view[start : start + _AT_ONCE])
    return digest.digest()
