"""Sorted runs of half hashes on disk, for a set that is larger than memory should be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
import numpy.typing as npt

U32: TypeAlias = npt.NDArray[np.uint32]
_RATIO = 4
"""A run is merged with the next where it is not so many times as long."""
_BLOCK = 4096
"""Members that are read for one look-up; the first of each block stays in memory."""
_CHUNK = 64 * _BLOCK
"""Members that are read at once where all are."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Members in ascending order, u32 each, in a file without a name."""

    file: IO[bytes]
    count: int
    heads: U32
    """The first member of each block."""

    def read(self, place: int, count: int) -> U32:
        """Members from number ``place``, ``count`` at most."""
        self.file.seek(4 * place)
        return np.frombuffer(self.file.read(4 * min(count, self.count - place)), np.uint32)

    def chunks(self) -> Iterator[U32]:
        """All members."""
        return (self.read(place, _CHUNK) for place in range(0, self.count, _CHUNK))


class Spilled:
    """Sorted runs in temporary files: a log-structured merge tree.

    The files have no name and end with the process, killed or not. Their members are hashes.
    Memory is that of a few chunks, and 4 bytes for every 4,096 members.
    """

    def __init__(self, folder: Path) -> None:
        """Put the files into ``folder``, not where temporary files may lie in memory."""
        self._folder = folder
        self._runs: list[_Run] = []

    def __len__(self) -> int:
        return sum(run.count for run in self._runs)

    def add(self, members: U32) -> None:
        """Take in ascending members; raises ``OSError`` where the disk is full."""
        self._runs.append(self._written([members]))
        while len(self._runs) > 1 and self._runs[-2].count < _RATIO * self._runs[-1].count:
            first, second = self._runs[-2:]
            self._runs[-2:] = [self._written(_merged(first.chunks(), second.chunks()))]
            first.file.close()
            second.file.close()

    def _written(self, chunks: Iterable[U32]) -> _Run:
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - outlives this
        count = 0
        heads = [np.empty(0, np.uint32)]
        for chunk in chunks:
            file.write(chunk.tobytes())
            heads.append(chunk[-count % _BLOCK :: _BLOCK].copy())
            count += len(chunk)
        file.flush()
        return _Run(file, count, np.concatenate(heads))

    def holds(self, members: U32) -> npt.NDArray[np.bool_]:
        """Tell for each of ``members``, in any order, whether it is in a run."""
        asked = distinct(members.copy())
        found = np.zeros(len(asked), np.bool_)
        for run in self._runs:
            blocks = np.searchsorted(run.heads, asked, "right") - 1
            edges = np.flatnonzero(np.diff(blocks, prepend=-2, append=len(run.heads)))
            for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                block = int(blocks[first])
                if block >= 0:
                    there = run.read(block * _BLOCK, _BLOCK)
                    some = asked[first:last]
                    places = np.minimum(np.searchsorted(there, some), len(there) - 1)
                    found[first:last] |= there[places] == some
        answers: npt.NDArray[np.bool_] = found[np.searchsorted(asked, members)]
        return answers

    def close(self) -> None:
        """Remove the files."""
        for run in self._runs:
            run.file.close()
        self._runs = []

    def chunks(self) -> Iterator[U32]:
        """All members, run after run."""
        for run in self._runs:
            yield from run.chunks()


def _merged(first: Iterator[U32], second: Iterator[U32]) -> Iterator[U32]:
    """Merge two ascending columns, a chunk of each in memory at a time."""
    none = np.empty(0, np.uint32)
    one, other = next(first, none), next(second, none)
    while len(one) and len(other):
        # What is not above the end of either chunk is complete.
        bound = min(one[-1], other[-1])
        cuts = np.searchsorted(one, bound, "right"), np.searchsorted(other, bound, "right")
        yield distinct(np.concatenate((one[: cuts[0]], other[: cuts[1]])))
        one, other = one[cuts[0] :], other[cuts[1] :]
        one = one if len(one) else next(first, none)
        other = other if len(other) else next(second, none)
    for rest, more in ((one, first), (other, second)):
        if len(rest):
            yield rest
            yield from more


def distinct(values: U32) -> U32:
    """Sort in place, and drop repetitions; ``np.unique`` hashes first and is slower for this."""
    values.sort()
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values
