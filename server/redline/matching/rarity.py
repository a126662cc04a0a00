"""How surprising a run of tokens is, in bits, from counts over ordinary public code.

Four tables of quarter bits, one byte a bucket: single tokens and pairs, raw and
abstract. A token's surprise is that of its pair less its predecessor's where the
pair is known, else its own; buckets share their counts, so a collision can only
make text look more ordinary. ``scripts/build_rarity.py`` makes the file from package registries'
ordinary downloads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .tokens import MASK, MIX_3, PARAMETER

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ONE_BITS = 16
PAIR_BITS = 18
UNSEEN = 0
"""A pair's bucket with this value holds nothing."""
_FILE = Path(__file__).with_name("rarity.bin")
ABSTRACT_NAME = PARAMETER
"""What stands for every renamable name in the abstract tables."""


@dataclass(frozen=True, slots=True)
class Table:
    """Quarter bits of single tokens and of pairs."""

    ones: bytes
    pairs: bytes

    def bits(self, values: Sequence[int]) -> list[float]:
        """Surprise of each token after the one before it."""
        result: list[float] = []
        previous = 0
        own = 0
        for value in values:
            joint = self.pairs[pair_bucket(previous, value)]
            before, own = own, self.ones[value >> (64 - ONE_BITS)]
            result.append((min(own, max(1, joint - before)) if joint else own) / 4)
            previous = value
        return result

    def bits_bulk(self, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
        """The same with NumPy."""
        import numpy as np

        previous = np.zeros_like(values)
        previous[1:] = values[:-1]
        mixed = (previous * np.uint64(3) + values) * np.uint64(MIX_3)
        joint = np.frombuffer(self.pairs, np.uint8)[mixed >> np.uint64(64 - PAIR_BITS)].astype(int)
        own = np.frombuffer(self.ones, np.uint8)[values >> np.uint64(64 - ONE_BITS)].astype(int)
        before = np.zeros_like(own)
        before[1:] = own[:-1]
        known = np.minimum(own, np.maximum(1, joint - before))
        bits: npt.NDArray[np.float64] = np.where(joint == UNSEEN, own, known) / 4.0
        return bits


def pair_bucket(previous: int, value: int) -> int:
    """The bucket of two tokens in a row."""
    return (((previous * 3 + value) * MIX_3) & MASK) >> (64 - PAIR_BITS)


@cache
def tables() -> tuple[Table, Table]:
    """The shipped tables: raw, abstract."""
    data = _FILE.read_bytes()
    one, pair = 1 << ONE_BITS, 1 << PAIR_BITS
    if len(data) != 2 * (one + pair):
        raise RuntimeError(f"{_FILE} is damaged: install Redline again")
    raw = Table(data[:one], data[one : one + pair])
    rest = data[one + pair :]
    return raw, Table(rest[:one], rest[one:])
