"""A run's columns as arrays: look-ups in bulk, and whole stretches decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .layout import FACTOR, UNDO

if TYPE_CHECKING:
    from .run import Run

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_AT_ONCE = 1 << 14
"""Queries looked up at once: the columns of so many stay in a core's own cache."""
_FEW = 64
_SCANNED = 1 << 20
"""Positions looked through at once."""


class Columns:
    """The columns of one run, mapped, not copied."""

    def __init__(self, run: Run) -> None:
        """Map what ``run`` maps."""
        layout = run.layout
        self.bits = layout.bits
        self.filter: U64 = np.frombuffer(run.filter, np.uint64)
        self.offsets: U32 = np.frombuffer(run.offsets, np.uint32)
        self.heads: U32 = np.frombuffer(run.heads, np.uint32)
        self.tails: npt.NDArray[np.unsignedinteger] = np.frombuffer(
            run.tails, f"u{layout.tail_width}"
        )
        self.positions: npt.NDArray[np.unsignedinteger] = np.frombuffer(
            run.positions, f"u{layout.position_width}"
        )
        self.ids: U32 = np.frombuffer(run.ids, np.uint32)
        self.bases: U64 = np.frombuffer(run.bases, np.uint64)
        self.counts: U32 = np.frombuffer(run.counts, np.uint32)

    def find(self, mixed: U64) -> tuple[I64, I64]:
        """Look up mixed hashes; rows of those that are known, ascending, and their first entries.

        Raises ``IndexError`` where the columns are damaged.
        """
        empty = np.empty(0, np.int64)
        starts = range(0, len(mixed), _AT_ONCE)
        likely = np.concatenate(
            [empty, *(self._likely(mixed[at : at + _AT_ONCE]) + at for at in starts)]
        )
        rows, places = [empty], [empty]
        for start in range(0, len(likely), _AT_ONCE):
            part = likely[start : start + _AT_ONCE]
            known, place = self._bisect(mixed[part])
            rows.append(part[known])
            places.append(place)
        return np.concatenate(rows), np.concatenate(places)

    def _likely(self, mixed: U64) -> I64:
        """Rows whose two bits in the filter are set: all that are known, and few others."""
        words = self.filter.take((mixed >> np.uint64(64 - self.bits)).view(np.int64))
        one = words >> ((mixed >> np.uint64(58 - self.bits)) & np.uint64(63))
        two = words >> ((mixed >> np.uint64(52 - self.bits)) & np.uint64(63))
        return np.flatnonzero(one & two & np.uint64(1))

    def _bisect(self, mixed: U64) -> tuple[I64, I64]:
        """Rows of the known, and their first entries, by bisection inside their buckets."""
        bits = np.uint64(self.bits)
        buckets = (mixed >> np.uint64(64 - self.bits)).view(np.int64)
        heads = ((mixed << bits) >> np.uint64(32)).astype(np.uint32)
        low = self.offsets.take(buckets).astype(np.int64)
        ends = self.offsets.take(buckets + 1).astype(np.int64)
        high = ends.copy()
        # As many rounds for all rows as for the fullest bucket: fewer calls, no row singled out.
        for _ in range(int((ends - low).max()).bit_length()):
            middle = (low + high) >> 1
            less = (self.heads.take(middle, mode="clip") < heads) & (low < high)
            low = np.where(less, middle + 1, low)
            high = np.where(less, high, middle)
        rows = np.flatnonzero(low < ends)
        rows = rows[self.heads.take(low[rows]) == heads[rows]]
        return self._exact(mixed[rows], rows, low[rows], ends[rows])

    def _exact(self, mixed: U64, rows: I64, low: I64, ends: I64) -> tuple[I64, I64]:
        """Go on from the first entry with the same head to the one with the same tail as well."""
        wanted = self._wanted(mixed)
        high = ends.copy()
        active = np.flatnonzero(self._keys(low) < wanted)
        while len(active):
            middle = (low[active] + high[active]) >> 1
            less = self._keys(middle) < wanted[active]
            low[active[less]] = middle[less] + 1
            high[active[~less]] = middle[~less]
            active = active[low[active] < high[active]]
        same = np.flatnonzero(low < ends)
        same = same[self._keys(low[same]) == wanted[same]]
        return rows[same], low[same]

    def _wanted(self, mixed: U64) -> U64:
        """What bucket leaves of hashes, as ``_keys`` gives it for entries."""
        rest = 32 - self.bits
        low = mixed & np.uint64((1 << 32 + rest) - 1)
        return (low >> np.uint64(rest)) << np.uint64(32) | low & np.uint64((1 << rest) - 1)

    def _keys(self, places: I64) -> U64:
        heads = self.heads.take(places).astype(np.uint64)
        return heads << np.uint64(32) | self.tails.take(places).astype(np.uint64)

    def entries(
        self, mixed: U64, places: I64, most: int, dead: Flags | None
    ) -> tuple[I64, I64, I64]:
        """The first ``most`` living entries of known hashes, from the entries ``find`` gave on.

        Gives rows of ``mixed``, entries, and their rows in ``ids``. ``dead``: a flag for each
        piece of this run; None: all of them live.
        """
        ends = self.offsets.take((mixed >> np.uint64(64 - self.bits)).view(np.int64) + 1)
        wanted = self._wanted(mixed)
        room = np.full(len(mixed), most)
        active = np.arange(len(mixed))
        found: list[tuple[I64, I64, I64]] = []
        step = 0
        while len(active):
            if step >= most + _FEW:
                # Many dead in a row: one by one they would cost a round each.
                found += [
                    self._rest(int(row), wanted[row], int(places[row]) + step, int(ends[row]),
                               int(room[row]), dead)
                    for row in active
                ]  # fmt: skip
                break
            here = places[active] + step
            inside = here < ends[active]
            active, here = active[inside], here[inside]
            same = self._keys(here) == wanted[active]
            active, here = active[same], here[same]
            owners = self.owners(here)
            living = slice(None) if dead is None else ~dead[owners]
            found.append((active[living], here[living], owners[living]))
            room[active[living]] -= 1
            active = active[room[active] > 0]
            step += 1
        rows, entries, owners = (
            np.concatenate([np.empty(0, np.int64), *columns])
            for columns in (zip(*found, strict=True) if found else ((), (), ()))
        )
        return rows, entries, owners

    def _rest(
        self, row: int, wanted: np.uint64, place: int, end: int, room: int, dead: Flags | None
    ) -> tuple[I64, I64, I64]:
        here = np.arange(place, end)
        here = here[: int(np.searchsorted(self._keys(here), wanted, side="right"))]
        owners = self.owners(here)
        living = np.flatnonzero(np.ones(len(here), np.bool_) if dead is None else ~dead[owners])
        living = living[:room]
        return np.full(len(living), row), here[living], owners[living]

    def owners(self, places: I64) -> I64:
        """Rows in ``ids`` of the pieces that entries belong to."""
        positions = self.positions.take(places).astype(np.uint64)
        return np.searchsorted(self.bases, positions, side="right") - 1

    def told(self, places: I64, owners: I64) -> tuple[I64, I64]:
        """Pieces and places of entries whose rows in ``ids`` are known."""
        spots = self.positions.take(places).astype(np.int64)
        return self.ids.take(owners).astype(np.int64), spots - self.bases.take(owners).view(
            np.int64
        )

    def rows_of(self, pieces: Mapping[int, int], number: int) -> list[int]:
        """``Run.rows_of`` for many pieces."""
        ids = np.fromiter(pieces, np.int64, len(pieces))
        below = np.fromiter(pieces.values(), np.int64, len(pieces))
        rows: list[int] = np.flatnonzero(np.isin(self.ids, ids[number < below])).tolist()
        return rows

    def stretch(self, first: int, last: int, bits: int) -> tuple[U64, int]:
        """Mixed hashes that begin with ``first`` up to ``last`` - 1 in ``bits`` bits.

        Gives the first one's entry as well: they lie in a row.
        Raises ``ValueError`` where the columns are damaged.
        """
        shift = self.bits - bits
        low = first << shift if shift >= 0 else first >> -shift
        high = last << shift if shift >= 0 else ((last - 1) >> -shift) + 1
        edges = self.offsets[low : high + 1].astype(np.int64)
        sizes = np.diff(edges)
        begin, end = int(edges[0]), int(edges[-1])
        if end > len(self.heads) or (sizes < 0).any():
            raise ValueError("its offsets are damaged")
        rest = np.uint64(32 - self.bits)
        mixed = np.repeat(np.arange(low, high, dtype=np.uint64), sizes) << np.uint64(64 - self.bits)
        mixed |= self.heads[begin:end].astype(np.uint64) << rest
        mixed |= self.tails[begin:end].astype(np.uint64)
        if (mixed[1:] < mixed[:-1]).any():
            raise ValueError("its fingerprints are out of order")
        if shift < 0:
            # The buckets are wider than what was asked for.
            named = mixed >> np.uint64(64 - bits)
            inner = np.searchsorted(named, np.array([first, last], np.uint64))
            begin, mixed = begin + int(inner[0]), mixed[inner[0] : inner[1]]
        return mixed, begin

    def of_rows(self, rows: list[int]) -> tuple[U64, U32, I64]:
        """All entries of the pieces in these rows of ``ids``: hashes, pieces, places.

        Reads every position, for a run is in the order of hashes.
        """
        found: list[I64] = []
        for start in range(0, len(self.positions), _SCANNED):
            part = self.positions[start : start + _SCANNED]
            for row in rows:
                inside = (part >= self.bases[row]) & (part < self.bases[row + 1])
                found.append(np.flatnonzero(inside) + start)
        entries = np.sort(np.concatenate([np.empty(0, np.int64), *found]))
        buckets = np.searchsorted(self.offsets, entries, side="right") - 1
        mixed = buckets.astype(np.uint64) << np.uint64(64 - self.bits)
        mixed |= self.heads[entries].astype(np.uint64) << np.uint64(32 - self.bits)
        mixed |= self.tails[entries].astype(np.uint64)
        pieces, places = self.told(entries, self.owners(entries))
        return unmix(mixed), pieces.astype(np.uint32), places


def mix(hashes: npt.ArrayLike) -> U64:
    """Spread hashes evenly: winnowing keeps minima, which crowd at the lower end."""
    return np.asarray(hashes, np.uint64) * np.uint64(FACTOR)


def unmix(mixed: U64) -> U64:
    """Give back what was mixed."""
    return mixed * np.uint64(UNDO)
