"""Finds which fingerprints unrelated packages share, in files of bounded size.

Each family of packages adds its distinct fingerprints to shards by their highest bits; in
a shard that is sorted, a fingerprint that stands twice is shared.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from redline.matching.bulk import U64
from redline.matching.bulk_prints import take_bulk
from redline.matching.prints import INFORMATIVE

_SHARDS = 64
_SHIFT = np.uint64(58)


def fingerprints(text: bytes) -> U64:
    """Every fingerprint that a piece with this text in it could keep."""
    prints = take_bulk(text)
    lines = np.asarray(prints.lines, np.uint64)
    telling = lines[np.asarray(prints.weights) >= INFORMATIVE]
    columns = (prints.raw, prints.abstract, prints.words)
    found = np.concatenate([*(np.asarray(column, np.uint64) for column in columns), telling])
    return distinct(found[found != 0])


def distinct(values: U64) -> U64:
    """Sorted, each once; ``np.unique`` hashes first and is slower for this."""
    values.sort()
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values


class Shards:
    """A table of fingerprints too large for memory; ``shared`` reads it back."""

    def __init__(self, folder: Path) -> None:
        """Begin anew in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"{number:02}" for number in range(_SHARDS)]
        self._files: list[BinaryIO] = [path.open("wb") for path in self._paths]

    def add(self, values: U64) -> None:
        """Take in one family's distinct fingerprints, sorted."""
        edges = np.searchsorted(values >> _SHIFT, np.arange(_SHARDS + 1, dtype=np.uint64))
        for file, start, end in zip(self._files, edges[:-1], edges[1:], strict=True):
            file.write(values[start:end].astype("<u8").tobytes())

    def shared(self, least: int) -> U64:
        """Fingerprints that were added ``least`` times or more, sorted; the shards are removed."""
        found = []
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            values = np.fromfile(path, "<u8").astype(np.uint64)
            path.unlink()
            values.sort()
            same = values[least - 1 :] == values[: len(values) - least + 1]
            found.append(distinct(values[least - 1 :][same]))
        return np.concatenate(found)
