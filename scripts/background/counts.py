"""Counts single tokens, pairs and triples; packs them as ``redline.matching.rarity`` reads them.

Pairs and triples are counted in many more buckets than are shipped. Only the most frequent
are kept, as many as fill a part of the shipped table, so that few of them share a bucket:
a rare pair would look as ordinary as the common one it met there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from redline.matching.bulk import U64
from redline.matching.bulk_prints import take_bulk
from redline.matching.rarity import ONE_BITS, PAIR_BITS, TRIPLE_BITS, UNSEEN
from redline.matching.surprise import abstract_values
from redline.matching.tokens import MIX_1, MIX_3

_FINE_BITS = 25
FILLED = 0.7
"""Kept pairs, and kept triples, to a bucket of the shipped table."""
_LEAST = 3
"""Under so many sightings a pair or a triple says nothing: its tokens are judged alone."""
CHANNELS = ("raw", "abstract", "words")


class Channel:
    """The counts of one channel."""

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self.tokens = 0
        self._ones = np.zeros(1 << ONE_BITS, np.uint32)
        self._pairs = np.zeros(1 << _FINE_BITS, np.uint32)
        self._triples = np.zeros(1 << _FINE_BITS, np.uint32)

    def add(self, values: U64) -> None:
        """Count a stream of token hashes."""
        self.tokens += len(values)
        previous, older = _shifted(values, 1), _shifted(values, 2)
        pair = (previous * np.uint64(3) + values) * np.uint64(MIX_3)
        triple = (older * np.uint64(MIX_1) + previous * np.uint64(3) + values) * np.uint64(MIX_3)
        _count(self._ones, values >> np.uint64(64 - ONE_BITS))
        _count(self._pairs, pair >> np.uint64(64 - _FINE_BITS))
        _count(self._triples, triple >> np.uint64(64 - _FINE_BITS))

    def pack(self) -> bytes:
        """Quarter bits of singles, then pairs, then triples, one byte a bucket."""
        smooth = self._ones + 0.5
        singles = _quarters(-np.log2(smooth / smooth.sum()))
        pairs = _kept(self._pairs, PAIR_BITS, self.tokens)
        triples = _kept(self._triples, TRIPLE_BITS, self.tokens)
        return b"".join(table.tobytes() for table in (singles, pairs, triples))


class Counts:
    """The counts of all channels."""

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self.channels = {name: Channel() for name in CHANNELS}

    def add(self, text: bytes) -> None:
        """Count a text of less than a megabyte, or some."""
        prints = take_bulk(text, abstract=False)
        self.channels["raw"].add(np.asarray(prints.code.hashes, np.uint64))
        self.channels["abstract"].add(np.asarray(abstract_values(prints.code), np.uint64))
        self.channels["words"].add(np.asarray(prints.prose.hashes, np.uint64))

    def pack(self) -> bytes:
        """The whole of ``rarity.bin``."""
        return b"".join(self.channels[name].pack() for name in CHANNELS)


def _shifted(values: U64, places: int) -> U64:
    moved = np.zeros_like(values)
    moved[places:] = values[:-places]
    return moved


def _count(table: npt.NDArray[np.uint32], buckets: U64) -> None:
    np.add.at(table, buckets.astype(np.int64), np.uint32(1))


def _kept(fine: npt.NDArray[np.uint32], bits: int, tokens: int) -> npt.NDArray[np.uint8]:
    """The shipped table of the most frequent; of two that meet in a bucket the more frequent."""
    most = int(FILLED * (1 << bits))
    seen = fine[fine >= _LEAST]
    floor = int(np.partition(seen, len(seen) - most)[len(seen) - most]) if len(seen) > most else 0
    coarse = fine.reshape(1 << bits, -1).max(axis=1)
    told = coarse >= max(floor, _LEAST)
    joint = _quarters(-np.log2(np.maximum(coarse, 1) / max(tokens, 1)))
    return np.where(told, joint, np.uint8(UNSEEN)).astype(np.uint8)


def _quarters(bits: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Quarter bits in a byte; the largest, 63.75 bits, is beyond any count."""
    return np.clip(np.round(bits * 4), 1, 255).astype(np.uint8)
