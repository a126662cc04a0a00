"""Merge runs into one, in blocks: memory is bounded, whatever their size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from .columns import I64, U32, U64, Columns, Flags, unmix
from .run import Run
from .write import RunWriter, order_of

_BLOCK_BITS = 17
"""Fingerprints of a block, as a power of two; each costs some hundred bytes meanwhile."""


@dataclass(frozen=True, slots=True)
class Input:
    """A run to be merged, without the pieces in the rows ``dead`` of its ``ids``."""

    run: Run
    dead: Sequence[int] = ()

    def living(self) -> int:
        """Fingerprints that will be kept."""
        columns = self.run.columns
        gone = columns.counts[np.asarray(self.dead, np.int64)].sum(dtype=np.int64)
        return len(self.run) - int(gone)


def merge(
    inputs: Sequence[Input], file: IO[bytes], step: Callable[[], None] | None = None
) -> bytes:
    """Write one run of all that lives into ``file``; return its digest.

    ``step`` is called after each block. Raises ``OSError``, and ``ValueError`` where an
    input is damaged or the sum is more than a run can hold.
    """
    ids, spans, counts = _pieces(inputs)
    writer = RunWriter(file, ids, spans, counts)
    parts = [_Part(one, ids, writer.bases) for one in inputs]
    total = writer.layout.count
    bits = min(writer.layout.bits, max(0, total.bit_length() - _BLOCK_BITS))
    for block in range(1 << bits):
        taken = [part.stretch(block, bits) for part in parts]
        mixed = np.concatenate([one[0] for one in taken])
        positions = np.concatenate([one[1] for one in taken])
        order = order_of(mixed, positions)
        writer.add(mixed[order], positions[order], (block + 1) << (writer.layout.bits - bits))
        if step is not None:
            step()
    return writer.finish()


def blocks(run: Run) -> Iterator[tuple[U64, U32, U32]]:
    """All of a run in bounded parts: hashes, pieces, places. Raises ``ValueError`` if damaged."""
    columns = run.columns
    bits = min(run.layout.bits, max(0, len(run).bit_length() - _BLOCK_BITS))
    for block in range(1 << bits):
        mixed, begin = columns.stretch(block, block + 1, bits)
        entries = np.arange(begin, begin + len(mixed))
        pieces, places = columns.told(entries, columns.owners(entries))
        yield unmix(mixed), pieces.astype(np.uint32), places.astype(np.uint32)


def _pieces(inputs: Sequence[Input]) -> tuple[U32, U64, U32]:
    """All living pieces: their numbers, ascending, the places and fingerprints of each."""
    numbers: list[U32] = []
    spans: list[U64] = []
    counts: list[U32] = []
    for one in inputs:
        columns = one.run.columns
        living = _living(one, columns)
        numbers.append(columns.ids[living])
        spans.append(np.diff(columns.bases)[living])
        counts.append(columns.counts[living])
    ids, rows = np.unique(np.concatenate(numbers), return_inverse=True)
    span = np.zeros(len(ids), np.uint64)
    np.maximum.at(span, rows, np.concatenate(spans))
    count = np.zeros(len(ids), np.uint32)
    np.add.at(count, rows, np.concatenate(counts))
    return ids, span, count


def _living(one: Input, columns: Columns) -> Flags:
    living = np.ones(len(columns.ids), np.bool_)
    living[np.asarray(one.dead, np.int64)] = False
    return living


class _Part:
    """One input, as the output will number it."""

    def __init__(self, one: Input, ids: U32, bases: U64) -> None:
        self._columns = one.run.columns
        self._living = _living(one, self._columns)
        rows = np.searchsorted(ids, self._columns.ids[self._living])
        # By wrapping: an input's piece may move towards either end.
        self._shifts = np.zeros(len(self._living), np.uint64)
        self._shifts[self._living] = bases[rows] - self._columns.bases[:-1][self._living]
        self._even = bool(self._living.all()) and len(set(self._shifts.tolist())) <= 1

    def stretch(self, block: int, bits: int) -> tuple[U64, U64]:
        mixed, begin = self._columns.stretch(block, block + 1, bits)
        positions = self._columns.positions[begin : begin + len(mixed)].astype(np.uint64)
        if self._even:
            # Its pieces lie together in the output, too: the newest run has the newest ones.
            return mixed, positions + self._shifts[:1] if len(positions) else positions
        owners: I64 = np.searchsorted(self._columns.bases, positions, side="right") - 1
        positions = positions + self._shifts[owners]
        living = self._living[owners]
        return mixed[living], positions[living]
