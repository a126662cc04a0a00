"""Write a run: block by block of ascending hashes, each column where the layout has it."""

from __future__ import annotations

import io
import os
from hashlib import blake2b
from typing import IO

import numpy as np
import numpy.typing as npt

from .columns import I64, U32, U64, mix
from .layout import DIGEST_BYTES, HEADER_BYTES, MOST_COUNT, MOST_HITS, Layout


class RunWriter:
    """Lays out a run of known size; blocks come in order and cover whole buckets."""

    def __init__(self, file: IO[bytes], ids: U32, spans: U64, counts: U32) -> None:
        """Begin a run in ``file``, which is seekable, empty and open for writing.

        ``ids``: its pieces, ascending; ``spans``: the places that each one has; ``counts``: the
        fingerprints that each one has. Raises ``ValueError`` for more than a run can hold.
        """
        bases = np.concatenate(([np.uint64(0)], np.cumsum(spans, dtype=np.uint64)))
        count = int(counts.sum(dtype=np.uint64))
        if count > MOST_COUNT:
            raise ValueError(f"a run cannot hold {count:,} fingerprints")
        self.layout = Layout.of(count, len(ids), int(bases[-1]))
        self.bases = bases
        self._file = file
        self._sections = self.layout.sections()
        self._written = dict.fromkeys(self._sections, 0)
        self._digests = {name: blake2b(digest_size=DIGEST_BYTES) for name in self._sections}
        self._bucket = 0
        self._count = 0
        self._put("bases", bases)
        self._put("ids", ids)
        self._put("counts", counts)
        self._put("offsets", np.zeros(1, np.uint64))

    def add(self, mixed: U64, positions: U64, until: int) -> None:
        """Write the next hashes with their positions: all that lie in buckets below ``until``."""
        bits, rest = self.layout.bits, np.uint64(32 - self.layout.bits)
        buckets = (mixed >> np.uint64(64 - bits)).view(np.int64) - self._bucket
        sizes = np.bincount(buckets, minlength=until - self._bucket)
        ends = np.cumsum(sizes)
        marks = np.uint64(1) << ((mixed >> np.uint64(58 - bits)) & np.uint64(63))
        marks |= np.uint64(1) << ((mixed >> np.uint64(52 - bits)) & np.uint64(63))
        words = np.zeros(until - self._bucket, np.uint64)
        filled = np.flatnonzero(sizes)
        if len(filled):
            words[filled] = np.bitwise_or.reduceat(marks, ends[filled] - sizes[filled])
        self._put("filter", words)
        self._put("offsets", ends + self._count)
        self._put("heads", mixed >> rest)
        self._put("tails", mixed & np.uint64((1 << (32 - bits)) - 1))
        self._put("positions", positions)
        self._bucket = until
        self._count += len(mixed)

    def finish(self) -> bytes:
        """Write the header, return its digest; raises ``ValueError`` if the counts were wrong."""
        if (self._count, self._bucket) != (self.layout.count, 1 << self.layout.bits):
            raise ValueError("it holds another number of fingerprints than it says")
        digests = b"".join(self._digests[name].digest() for name in self._sections)
        header = self.layout.header(blake2b(digests, digest_size=DIGEST_BYTES).digest())
        # Where the last columns are empty nothing was written behind the padding before them.
        self._file.write(bytes(self.layout.size() - self._file.seek(0, os.SEEK_END)))
        self._file.seek(0)
        self._file.write(header)
        return header[HEADER_BYTES - DIGEST_BYTES :]

    def _put(self, name: str, values: npt.NDArray[np.unsignedinteger | np.signedinteger]) -> None:
        section = self._sections[name]
        # Narrowed: of a head the upper bits are the bucket's.
        data = values.astype(f"<u{section.width}").tobytes()
        self._file.seek(section.start + self._written[name])
        self._file.write(data)
        self._digests[name].update(data)
        self._written[name] += len(data)


def build(hashes: npt.ArrayLike, pieces: npt.ArrayLike, places: npt.ArrayLike) -> bytes:
    """A run of fingerprints that fit into memory; three parallel columns, in any order.

    Of one hash in one piece the first ``MOST_HITS`` places are kept. Raises ``ValueError`` for
    numbers of pieces or places that no run can hold.
    """
    mixed = mix(hashes)
    given = np.asarray(pieces, np.uint64)
    spots = np.asarray(places, np.uint64)
    if len(given) and max(int(given.max()), int(spots.max())) >= 1 << 32:
        raise ValueError("the number of a piece or of a place has more than 32 bits")
    ids, owners = np.unique(given, return_inverse=True)
    spans = np.zeros(len(ids), np.uint64)
    np.maximum.at(spans, owners, spots + np.uint64(1))
    bases = np.cumsum(spans) - spans
    positions = bases[owners] + spots
    order = order_of(mixed, positions)
    order = order[_ranks(mixed[order], owners[order]) < MOST_HITS]
    counts = np.bincount(owners[order], minlength=len(ids)).astype(np.uint32)
    file = io.BytesIO()
    writer = RunWriter(file, ids.astype(np.uint32), spans, counts)
    writer.add(mixed[order], positions[order], 1 << writer.layout.bits)
    writer.finish()
    return file.getvalue()


def order_of(mixed: U64, positions: U64) -> I64:
    """The order of two parallel columns by hash, then by position."""
    order = np.argsort(mixed)
    ranked = mixed[order]
    equal = ranked[1:] == ranked[:-1]
    # Few hashes are there twice: to sort these again is cheaper than to sort all by two columns.
    twins = np.flatnonzero(np.concatenate((equal, [False])) | np.concatenate(([False], equal)))
    if len(twins):
        some = order[twins]
        order[twins] = some[np.lexsort((positions[some], mixed[some]))]
    return order


def _ranks(mixed: U64, owners: I64) -> I64:
    """How many entries of the same hash and piece stand before each."""
    if not len(mixed):
        return np.empty(0, np.int64)
    fresh = np.concatenate(([True], (mixed[1:] != mixed[:-1]) | (owners[1:] != owners[:-1])))
    first = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
    ranks: I64 = np.arange(len(mixed)) - first
    return ranks
