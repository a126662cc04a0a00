"""What an assistant had read before it wrote: a growing set of hashes, asked in bulk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .bulk import U64

U32 = npt.NDArray[np.uint32]
_RATIO = 4
"""A run is merged with the next where it is not so many times as long."""


class Seen:
    """A set of 64-bit hashes, held as sorted runs of their upper halves.

    Half a hash is enough: one in four thousand million is taken for another, and all
    that a false member costs is one fingerprint of many. Each run is several times as long
    as the next, as in a log-structured merge tree, so that a member is sorted again only as
    often as the set has grown by that factor.
    """

    def __init__(self, packed: bytes = b"") -> None:
        """Start from what ``pack`` gave; empty for nothing."""
        self._runs: list[U32] = [np.frombuffer(packed, "<u4")] if packed else []

    def add(self, hashes: U64) -> None:
        """Take hashes in."""
        if len(hashes):
            self._runs.append(_distinct(_halves(hashes)))
            while len(self._runs) > 1 and len(self._runs[-2]) < _RATIO * len(self._runs[-1]):
                self._runs[-2:] = [_distinct(np.concatenate(self._runs[-2:]))]

    def holds(self, hashes: U64) -> npt.NDArray[np.bool_]:
        """Tell for each hash whether it is a member."""
        found = np.zeros(len(hashes), np.bool_)
        halves = _halves(hashes)
        for run in self._runs:
            places = np.searchsorted(run, halves)
            found |= run[np.minimum(places, len(run) - 1)] == halves
        return found

    def pack(self) -> bytes:
        """All members in one piece of bytes (u32, little-endian, ascending)."""
        if len(self._runs) > 1:
            self._runs = [_distinct(np.concatenate(self._runs))]
        return self._runs[0].astype("<u4").tobytes() if self._runs else b""


def _distinct(values: U32) -> U32:
    """Sort, and drop repetitions; ``np.unique`` hashes first and is slower for this."""
    values.sort()
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values


def _halves(hashes: U64) -> U32:
    return (hashes >> np.uint64(32)).astype(np.uint32)
