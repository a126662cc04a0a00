"""What unrelated packages share, licence heads and idioms: a set of fingerprints to look up in.

``scripts/background`` makes ``common.bin``. A fingerprint is a member by its upper 30 bits:
the first 22 name a bucket, the other 8 are kept in it, ascending. So the set costs some ten
bits a member when compressed, takes one stranger in 256 for a member at 2^22 of them, and
never forgets one; and with the same widths a larger set holds all that a smaller one held,
which no Bloom or fuse filter of fitting size promises. ``docs/background.md`` has the
figures of the alternatives.

The file, little-endian: magic (7 bytes) and version (1); members (u32); CRC-32 of the rest
(u32); buckets' sizes, 16 to a u64, four bits each, the first lowest; remainders, a byte each.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .bulk import U64, Flags

_FILE = Path(__file__).with_name("common.bin")
_MAGIC = b"RLCommn"
_VERSION = 1
_HEAD = struct.Struct("<7sBII")
BUCKET_BITS = 22
REMAINDER_BITS = 8
_SIZES = 16
"""Buckets to a u64."""
_FULLEST = 15
"""Members of a bucket at most: of 2^22 random ones none comes near."""
_STEP = 1 << 13
"""Fingerprints looked up at once: their columns stay in a core's own cache."""
_LOW_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
_EACH_BYTE = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)
_PADDING = bytes(16)


class Damaged(Exception):
    """The bytes are no such set, of another version, or cut."""


@dataclass(frozen=True, slots=True)
class Common:
    """A set of 64-bit fingerprints; see above for its form and its errors."""

    members: int
    _sizes: U64
    """Sizes of 16 buckets in each."""
    _starts: npt.NDArray[np.uint32]
    """First remainder of every 16th bucket."""
    _remainders: U64
    """The eight remainders that begin at each byte, unaligned."""
    _packed: bytes

    @classmethod
    def of(cls, hashes: U64) -> Common:
        """Make the set of these fingerprints.

        A bucket that overflows, which takes an attack or some 2^24 members, keeps its lowest.
        """
        values = np.asarray(hashes, np.uint64) >> np.uint64(64 - BUCKET_BITS - REMAINDER_BITS)
        values.sort()
        values = values[np.diff(values, prepend=~values[:1]) != 0]
        buckets = values >> np.uint64(REMAINDER_BITS)
        room = np.arange(len(values)) - np.searchsorted(buckets, buckets) < _FULLEST
        values, buckets = values[room], buckets[room]
        sizes = np.zeros((1 << BUCKET_BITS) // _SIZES, np.uint64)
        one = np.uint64(1) << ((buckets % np.uint64(_SIZES)) * np.uint64(4))
        np.add.at(sizes, (buckets // np.uint64(_SIZES)).astype(np.int64), one)
        rest = sizes.astype("<u8").tobytes() + values.astype(np.uint8).tobytes()
        return cls.unpack(_HEAD.pack(_MAGIC, _VERSION, len(values), zlib.crc32(rest)) + rest)

    @classmethod
    def unpack(cls, data: bytes) -> Common:
        """Read what ``pack`` gave; raises ``Damaged``."""
        if len(data) < _HEAD.size or not data.startswith(_MAGIC):
            raise Damaged("this is no table of common code")
        _, version, members, checksum = _HEAD.unpack_from(data)
        if version != _VERSION:
            raise Damaged(f"the table has version {version}, this Redline reads {_VERSION}")
        words = (1 << BUCKET_BITS) // _SIZES
        whole = _HEAD.size + words * 8 + members
        if len(data) != whole or zlib.crc32(memoryview(data)[_HEAD.size :]) != checksum:
            raise Damaged("the table is cut or changed")
        sizes = np.frombuffer(data, "<u8", words, _HEAD.size).astype(np.uint64)
        starts = np.zeros(words, np.uint32)
        np.cumsum(_sum_of_nibbles(sizes[:-1]), out=starts[1:])
        padded = data[_HEAD.size + words * 8 :] + _PADDING
        remainders = np.ndarray((members + 8,), "<u8", padded, 0, (1,))
        return cls(members, sizes, starts, remainders, data)

    def pack(self) -> bytes:
        """The file's bytes; the same members give the same."""
        return self._packed

    def holds(self, hashes: U64) -> Flags:
        """Tell of each fingerprint whether it is a member; strangers pass as one by chance."""
        values = np.asarray(hashes, np.uint64)
        found = np.empty(len(values), np.bool_)
        for start in range(0, len(values), _STEP):
            found[start : start + _STEP] = self._hold(values[start : start + _STEP])
        return found

    def _hold(self, values: U64) -> Flags:
        bucket = values >> np.uint64(64 - BUCKET_BITS)
        group = (bucket >> np.uint64(4)).astype(np.int64)
        sizes = self._sizes.take(group)
        place = (bucket & np.uint64(_SIZES - 1)) << np.uint64(2)
        size = (sizes >> place) & np.uint64(15)
        before = sizes & ~(~np.uint64(0) << place)
        start = self._starts.take(group) + _sum_of_nibbles(before)
        wanted = (values >> np.uint64(64 - BUCKET_BITS - REMAINDER_BITS)) & np.uint64(255)
        wanted *= _EACH_BYTE
        found = _among(self._remainders[start], wanted, size)
        more = np.flatnonzero(size > 8)
        if len(more):
            rest = self._remainders[start[more] + 8]
            found[more] |= _among(rest, wanted[more], size[more] - np.uint64(8))
        return found


def _sum_of_nibbles(words: U64) -> U64:
    """The sum of the sixteen 4-bit numbers in each word."""
    halves = (words & _LOW_NIBBLES) + ((words >> np.uint64(4)) & _LOW_NIBBLES)
    return (halves * _EACH_BYTE) >> np.uint64(56)


def _among(eight: U64, wanted: U64, size: U64) -> Flags:
    """Tell whether one of the first ``size`` bytes is the wanted one, which all bytes hold."""
    eight = eight ^ wanted
    # Bytes past the bucket are made to differ; a shift by 64 would be undefined.
    shift = np.minimum(size, np.uint64(7)) * np.uint64(8)
    beyond = (~np.uint64(0) << shift) * (size < np.uint64(8))
    eight |= beyond
    # The classical test for a zero byte is exact about whether there is one.
    zero: Flags = ((eight - _EACH_BYTE) & ~eight & _HIGH_BITS) != 0
    return zero


@cache
def common() -> Common:
    """The shipped set; raises ``RuntimeError`` where its file is damaged."""
    try:
        return Common.unpack(_FILE.read_bytes())
    except (OSError, Damaged) as error:
        raise RuntimeError(f"{_FILE}: {error}: install Redline again") from error
