"""How surprising a run of tokens is, in bits, from counts over ordinary public code.

For each channel three tables of quarter bits, one byte a bucket: single tokens, pairs and
triples. A token's surprise is that of its triple less that of the pair before it where the
triple is known, else of its pair less its predecessor's, else its own; buckets share their
counts, so a collision can only make text look more ordinary. ``scripts/background`` makes the
file from package registries' ordinary downloads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .tokens import MASK, MIX_1, MIX_3

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    _Number = TypeVar("_Number", np.uint64, np.int64)

ONE_BITS = 16
PAIR_BITS = 18
TRIPLE_BITS = 19
UNSEEN = 0
"""A bucket with this value holds nothing."""
FARTHEST = 16
"""Tokens back to a name's last use beyond which it counts as new, in the abstract tables."""
_FILE = Path(__file__).with_name("rarity.bin")


@dataclass(frozen=True, slots=True)
class Table:
    """Quarter bits of single tokens, of pairs and of triples."""

    ones: bytes
    pairs: bytes
    triples: bytes

    def bits(self, values: Sequence[int]) -> list[float]:
        """Surprise of each token after the two before it."""
        result: list[float] = []
        older = previous = 0
        own = joint = 0
        for value in values:
            before, own = own, self.ones[value >> (64 - ONE_BITS)]
            past, joint = joint, self.pairs[pair_bucket(previous, value)]
            whole = self.triples[triple_bucket(older, previous, value)]
            known = own
            if joint:
                known = min(own, max(1, joint - before))
                if whole and past:
                    known = min(known, max(1, whole - past))
            result.append(known / 4)
            older, previous = previous, value
        return result

    def bits_bulk(self, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
        """The same with NumPy."""
        import numpy as np

        def shifted(array: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
            moved = np.zeros_like(array)
            moved[1:] = array[:-1]
            return moved

        def looked_up(
            table: bytes, mixed: npt.NDArray[np.uint64], size: int
        ) -> npt.NDArray[np.int64]:
            quarters = np.frombuffer(table, np.uint8)[mixed >> np.uint64(64 - size)]
            found: npt.NDArray[np.int64] = quarters.astype(np.int64)
            return found

        previous = shifted(values)
        older = shifted(previous)
        pair = (previous * np.uint64(3) + values) * np.uint64(MIX_3)
        triple = (older * np.uint64(MIX_1) + previous * np.uint64(3) + values) * np.uint64(MIX_3)
        own = looked_up(self.ones, values, ONE_BITS)
        joint = looked_up(self.pairs, pair, PAIR_BITS)
        whole = looked_up(self.triples, triple, TRIPLE_BITS)
        past = shifted(joint)
        known = np.where(joint > 0, np.minimum(own, np.maximum(1, joint - shifted(own))), own)
        deep = np.minimum(known, np.maximum(1, whole - past))
        known = np.where((joint > 0) & (whole > 0) & (past > 0), deep, known)
        bits: npt.NDArray[np.float64] = known / 4.0
        return bits


def pair_bucket(previous: int, value: int) -> int:
    """The bucket of two tokens in a row."""
    return (((previous * 3 + value) * MIX_3) & MASK) >> (64 - PAIR_BITS)


def triple_bucket(older: int, previous: int, value: int) -> int:
    """The bucket of three tokens in a row."""
    return (((older * MIX_1 + previous * 3 + value) * MIX_3) & MASK) >> (64 - TRIPLE_BITS)


@dataclass(frozen=True, slots=True)
class Tables:
    """A table for each channel."""

    raw: Table
    abstract: Table
    """Names stand as their distance, see ``surprise``."""
    words: Table


@cache
def tables() -> Tables:
    """The shipped tables."""
    data = _FILE.read_bytes()
    sizes = [1 << ONE_BITS, 1 << PAIR_BITS, 1 << TRIPLE_BITS] * 3
    if len(data) != sum(sizes):
        raise RuntimeError(f"{_FILE} is damaged: install Redline again")
    ends = list(accumulate(sizes, initial=0))
    parts = [data[start:end] for start, end in pairwise(ends)]
    return Tables(Table(*parts[:3]), Table(*parts[3:6]), Table(*parts[6:]))
