"""The look-up table: every fingerprint of the index, sorted, mapped into memory.

A derived file beside the index: magic, generation and count (u64 each), then the
hashes (u64, ascending), the pieces and the places (u32 each), little-endian. It is
written whole and renamed into place; one of another generation is made anew.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .store import Store

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_MAGIC = int.from_bytes(b"redline1", "little")
_HEADER = struct.Struct("<QQQ")
_HEAD_BITS = 22
MOST_HITS = 32
"""Pieces looked at for one fingerprint; more say no more."""
MOST_USES = 8
"""Uses of one fingerprint in a text that are looked up; a ladder of equal lines has thousands."""


class Lookup:
    """Find fingerprints. Keeps the file mapped; safe to share between threads."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        """Take the file's content as ``_pack`` lays it out."""
        _, _, count = _HEADER.unpack_from(data)
        view = memoryview(data)
        start = _HEADER.size
        self._data = data
        self._known: npt.NDArray[np.bool_] | None = None
        self.hashes = view[start : start + 8 * count].cast("Q")
        start += 8 * count
        self.pieces = view[start : start + 4 * count].cast("I")
        start += 4 * count
        self.places = view[start : start + 4 * count].cast("I")

    def __len__(self) -> int:
        return len(self.hashes)

    def find(self, values: Sequence[int]) -> list[tuple[int, int, int]]:
        """Rows ``(query row, piece, place)`` for the known values; 0 is never looked up.

        At most ``MOST_HITS`` for a row, and for the first ``MOST_USES`` rows of a value.
        """
        if not len(self.hashes):
            return []
        if not isinstance(values, list):
            return self._find_bulk(values)
        hits: list[tuple[int, int, int]] = []
        hashes, count = self.hashes, len(self.hashes)
        uses: dict[int, int] = {}
        for row, value in enumerate(values):
            if not value:
                continue
            place = bisect_left(hashes, value)
            if place == count or hashes[place] != value:
                continue
            uses[value] = uses.get(value, 0) + 1
            if uses[value] > MOST_USES:
                continue
            last = min(count, place + MOST_HITS)
            while place < last and hashes[place] == value:
                hits.append((row, self.pieces[place], self.places[place]))
                place += 1
        return hits

    def _find_bulk(self, values: Sequence[int]) -> list[tuple[int, int, int]]:
        import numpy as np

        wanted = np.asarray(values, np.uint64)
        known: npt.NDArray[np.uint64] = np.frombuffer(self.hashes, np.uint64)
        # Most hashes are unknown, and one look at their upper bits tells.
        rows = np.flatnonzero(self._heads()[wanted >> np.uint64(64 - _HEAD_BITS)])
        some = wanted[rows]
        places = np.searchsorted(known, some)
        equal = (known[np.minimum(places, len(known) - 1)] == some) & (some != 0)
        rows, places, some = rows[equal], places[equal], some[equal]
        few = _uses(some) < MOST_USES
        hits: list[tuple[int, int, int]] = []
        for row, place, value in zip(
            rows[few].tolist(), places[few].tolist(), some[few].tolist(), strict=True
        ):
            last = min(len(known), place + MOST_HITS)
            while place < last and self.hashes[place] == value:
                hits.append((row, self.pieces[place], self.places[place]))
                place += 1
        return hits

    def _heads(self) -> npt.NDArray[np.bool_]:
        """Which upper bits occur at all; made when first needed, 4 MiB."""
        if self._known is None:
            import numpy as np

            known: npt.NDArray[np.uint64] = np.frombuffer(self.hashes, np.uint64)
            self._known = np.zeros(1 << _HEAD_BITS, np.bool_)
            self._known[known >> np.uint64(64 - _HEAD_BITS)] = True
        return self._known


def _uses(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """How often each value stood before its place."""
    import numpy as np

    if not len(values):
        return np.empty(0, np.int64)
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    fresh = np.concatenate(([True], ranked[1:] != ranked[:-1]))
    first = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
    uses = np.empty(len(values), np.int64)
    uses[order] = np.arange(len(values)) - first
    return uses


def lookup_path(index: Path) -> Path:
    """Where the table of an index lies."""
    return index.with_name(index.name + ".lookup")


def open_lookup(store: Store) -> Lookup:
    """Map the table of ``store``, making it first where it is missing or old."""
    path = lookup_path(store.path)
    generation = store.generation()
    found = _map(path, generation)
    if found is not None:
        return found
    data = _pack(store, generation)
    # A read-only folder is no reason to stop: the table is then held in memory.
    with suppress(OSError):
        _write(path, data)
        found = _map(path, generation)
    return found or Lookup(data)


def _map(path: Path, generation: int) -> Lookup | None:
    if sys.byteorder != "little":
        return None
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    if len(data) < _HEADER.size:
        return None
    magic, written, count = _HEADER.unpack_from(data)
    whole = len(data) == _HEADER.size + 16 * count
    return Lookup(data) if (magic, written) == (_MAGIC, generation) and whole else None


def _pack(store: Store, generation: int) -> bytes:
    import numpy as np

    batches = list(store.prints())
    hashes = np.frombuffer(b"".join(batch[0] for batch in batches), "<u8")
    pieces = np.frombuffer(b"".join(batch[1] for batch in batches), "<u4")
    places = np.frombuffer(b"".join(batch[2] for batch in batches), "<u4")
    order = np.argsort(hashes, kind="stable")
    return b"".join(
        (
            _HEADER.pack(_MAGIC, generation, len(hashes)),
            hashes[order].tobytes(),
            pieces[order].tobytes(),
            places[order].tobytes(),
        )
    )


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            os.chmod(part, 0o600)
            file.write(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
