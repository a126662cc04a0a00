"""What an assistant had read before it wrote: a growing set of hashes, asked in bulk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from .bulk import I64, U64, Flags
from .spilled import U32, Spilled, distinct

_RATIO = 4
"""A run is merged with the next where it is not so many times as long."""
_MOST_HELD = 2 << 20
"""Members held in memory, 4 bytes each, where there is a folder to put more."""
_HALF = np.uint64(32)


class Seen:
    """A set of 64-bit hashes, held as sorted runs of their upper halves.

    Half a hash is enough: one in four thousand million is taken for another, and all
    that a false member costs is one fingerprint of many. Each run is several times as long
    as the next, as in a log-structured merge tree, so that a member is sorted again only as
    often as the set has grown by that factor.
    """

    def __init__(self, packed: bytes = b"", spill: Path | None = None) -> None:
        """Start from what ``pack`` gave; empty for nothing.

        With a folder ``spill`` memory is bounded: what is too much lies there, in files without
        a name that end with the process. ``add`` and ``holds`` may then raise ``OSError``.
        """
        self._runs: list[U32] = []
        self._spilled = None if spill is None else Spilled(spill)
        if packed:
            self._take(np.frombuffer(packed, "<u4"))

    def __len__(self) -> int:
        """Members, counting one again for each further run that holds it."""
        return sum(map(len, self._runs)) + (0 if self._spilled is None else len(self._spilled))

    def add(self, hashes: U64) -> None:
        """Take hashes in."""
        if len(hashes):
            self._take(distinct(_halves(hashes)))

    def add_recent(self, recent: Recent) -> None:
        """Take in what was read since, which is sorted already."""
        if len(recent.halves):
            self._take(recent.halves)

    def _take(self, run: U32) -> None:
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < _RATIO * len(self._runs[-1]):
            self._runs[-2:] = [distinct(np.concatenate(self._runs[-2:]))]
        if self._spilled is not None and sum(map(len, self._runs)) > _MOST_HELD:
            self._spilled.add(self._united())
            self._runs = []

    def _united(self) -> U32:
        if len(self._runs) > 1:
            self._runs = [distinct(np.concatenate(self._runs))]
        return self._runs[0] if self._runs else np.empty(0, np.uint32)

    def holds(self, hashes: U64) -> Flags:
        """Tell for each hash whether it is a member."""
        halves = _halves(hashes)
        found = np.zeros(len(hashes), np.bool_)
        for run in self._runs:
            places = np.searchsorted(run, halves)
            found |= run[np.minimum(places, len(run) - 1)] == halves
        if self._spilled is not None and len(self._spilled):
            found |= self._spilled.holds(halves)
        return found

    def close(self) -> None:
        """Let go of what lies on disk."""
        if self._spilled is not None:
            self._spilled.close()

    def pack(self) -> bytes:
        """All members in one piece of bytes (u32, little-endian, ascending)."""
        run = self._united()
        if self._spilled is not None and len(self._spilled):
            run = distinct(np.concatenate((*self._spilled.chunks(), run)))
        return run.astype("<u4").tobytes()


class Recent:
    """What was read lately, and when: tells what stood before each of several texts."""

    def __init__(self, hashes: U64, times: I64) -> None:
        """Take hashes, each with the number (below 2**32) of the event that told it."""
        keys = (hashes >> _HALF << _HALF) | times.astype(np.uint64)
        keys.sort()
        halves = _halves(keys)
        first = np.ones(len(keys), np.bool_)
        np.not_equal(halves[1:], halves[:-1], out=first[1:])
        self.halves: U32 = halves[first]
        self._times: U32 = keys[first].astype(np.uint32)

    def holds(self, hashes: U64, times: I64) -> Flags:
        """Tell for each hash whether it was read before its time."""
        if not len(self.halves):
            return np.zeros(len(hashes), np.bool_)
        halves = _halves(hashes)
        places = np.minimum(np.searchsorted(self.halves, halves), len(self.halves) - 1)
        found: Flags = (self.halves[places] == halves) & (self._times[places] < times)
        return found


def _halves(hashes: U64) -> npt.NDArray[np.uint32]:
    return (hashes >> _HALF).astype(np.uint32)
