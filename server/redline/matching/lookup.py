"""Look fingerprints up in all runs of an index, less what died since they were written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from .runs.layout import FACTOR, MASK, MOST_HITS
from .runs.run import Run, map_run
from .schema import IndexFault, RunRow
from .store import Store

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .runs.columns import I64, U32, U64

MOST_USES = 8
"""Uses of one fingerprint in a text that are looked up; a ladder of equal lines has thousands."""
_NAME = re.compile(r"[0-9a-f]{8,16}-[0-9a-f]{8}\.run")
_TRIES = 20
_MANY_INLINE = 8


class Lookup:
    """Find fingerprints. Keeps the runs mapped; safe to share between threads."""

    def __init__(self, runs: Sequence[tuple[int, Run]], dead: Mapping[int, int]) -> None:
        """Take runs with their numbers; ``dead``: pieces, each below the run that it lives from."""
        self._runs: list[tuple[Run, frozenset[int]]] = []
        self._count = 0
        for number, run in runs:
            rows = run.rows_of(dead, number)
            self._count += len(run) - sum(run.counts[row] for row in rows)
            self._runs.append((run, frozenset(run.ids[row] for row in rows)))

    def without(self, pieces: frozenset[int]) -> Lookup:
        """The same runs as if some pieces were not in them."""
        made = Lookup((), {})
        made._runs = [(run, dead | pieces) for run, dead in self._runs]
        made._count = self._count
        return made

    def __len__(self) -> int:
        """Living fingerprints."""
        return self._count

    def find(self, values: Sequence[int]) -> list[tuple[int, int, int]]:
        """Rows ``(query row, piece, place)`` for the known values, sorted; 0 is never looked up.

        At most ``MOST_HITS`` for a row, and for the first ``MOST_USES`` rows of a value. Raises
        ``IndexFault`` for damage met on the way.
        """
        if not self._count:
            return []
        try:
            if isinstance(values, list):
                return self._find_plain(values)
            columns = self.find_bulk(values)
        except (IndexError, ValueError) as error:
            raise IndexFault(
                f"the index is damaged: {error}; `redline index status` tells where"
            ) from error
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def _find_plain(self, values: Sequence[int]) -> list[tuple[int, int, int]]:
        hits: list[tuple[int, int, int]] = []
        uses: dict[int, int] = {}
        for row, value in enumerate(values):
            if not value or uses.get(value, 0) == MOST_USES:
                continue
            mixed = value * FACTOR & MASK
            found: list[tuple[int, int]] = []
            for run, dead in self._runs:
                place = run.first(mixed)
                if place is not None:
                    living = (one for one in run.entries(place, mixed) if one[0] not in dead)
                    found += islice(living, MOST_HITS)
            if found:
                uses[value] = uses.get(value, 0) + 1
                found.sort()
                hits += [(row, piece, spot) for piece, spot in found[:MOST_HITS]]
        return hits

    def find_bulk(self, values: npt.ArrayLike) -> tuple[I64, I64, I64]:
        """As ``find``, as three parallel columns. Raises ``IndexError`` for damage."""
        import numpy as np

        from .runs.columns import mix

        if not self._runs:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
        wanted = np.asarray(values, np.uint64)
        mixed = mix(wanted)
        found: list[tuple[I64, I64, I64]] = []
        for run, dead in self._runs:
            columns = run.columns
            rows, first = columns.find(mixed)
            few = (wanted[rows] != 0) & (_uses(wanted[rows]) < MOST_USES)
            rows, first = rows[few], first[few]
            gone = np.isin(columns.ids, np.fromiter(dead, np.uint32, len(dead))) if dead else None
            within, entries, owners = columns.entries(mixed[rows], first, MOST_HITS, gone)
            found.append((rows[within], *columns.told(entries, owners)))
        rows, pieces, places = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((places, pieces, rows))
        rows, pieces, places = rows[order], pieces[order], places[order]
        if len(self._runs) > 1:
            # Each run gave as many as all of them may.
            stay = _uses(rows) < MOST_HITS
            rows, pieces, places = rows[stay], pieces[stay], places[stay]
        return rows, pieces, places


def _uses(values: npt.NDArray[np.uint64 | np.int64]) -> npt.NDArray[np.int64]:
    """How often each value stood before its place."""
    import numpy as np

    if not len(values):
        return np.empty(0, np.int64)
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    fresh = np.concatenate(([True], ranked[1:] != ranked[:-1]))
    first = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
    uses = np.empty(len(values), np.int64)
    uses[order] = np.arange(len(values)) - first
    return uses


def runs_folder(index: Path) -> Path:
    """Where the files of an index's runs lie."""
    return index.with_name(index.name + ".runs")


def open_lookup(store: Store) -> Lookup:
    """Map the fingerprints of ``store``, and hold its state: what is read later is of one moment.

    Raises ``IndexFault`` where a file of the index is missing or damaged.
    """
    runs = list(open_runs(store))
    dead = store.dead()
    if sum(row.name is None for row, _ in runs) > _MANY_INLINE:
        # A writer is at work, or was stopped: in one run they are asked once, not each.
        return Lookup(_joined(runs, dead), dead)
    return Lookup([(row.id, run) for row, run in runs], dead)


def open_runs(store: Store) -> Iterator[tuple[RunRow, Run]]:
    """Map all runs as they are now, and hold that state; raises ``IndexFault``.

    Those that lie inside the index are read one after the other, when it is their turn.
    """
    return ((row, open_run(store, row) if run is None else run) for row, run in _mapped(store))


def _mapped(store: Store) -> list[tuple[RunRow, Run | None]]:
    before: list[RunRow] = []
    for _ in range(_TRIES):
        store.hold()
        rows = store.runs()
        try:
            return [(row, open_run(store, row) if row.name else None) for row in rows]
        except FileNotFoundError as error:
            if rows == before:
                folder = runs_folder(store.path)
                raise IndexFault(
                    f"the index {store.path} lacks the file {error.filename}; copy the folder "
                    f"{folder} with it, or move both away and run `redline index update`"
                ) from error
        # A writer merged it into another one between our two looks.
        before = rows
        store.release()
    raise IndexFault(f"the index {store.path} keeps changing; wait for its writers and try again")


def open_run(store: Store, row: RunRow) -> Run:
    """Open one run. Raises ``FileNotFoundError``, and ``IndexFault`` where it is damaged."""
    where: object = store.path
    try:
        if row.name is None:
            run = Run(store.run_data(row.id))
        else:
            if not _NAME.fullmatch(row.name):
                raise ValueError("it names a file that is none of its own")
            where = runs_folder(store.path) / row.name
            run = map_run(runs_folder(store.path) / row.name)
        if run.digest != row.digest or len(run) != row.count:
            raise ValueError("it is not the one that the index names")
    except FileNotFoundError:
        raise
    except (ValueError, OSError) as error:
        raise IndexFault(
            f"the index {store.path} is damaged: {where}: {error}; move it and the folder "
            f"{runs_folder(store.path)} away and run `redline index update`"
        ) from error
    return run


def _joined(runs: Sequence[tuple[RunRow, Run]], dead: Mapping[int, int]) -> list[tuple[int, Run]]:
    import io

    from .runs.merge import Input, merge

    file = io.BytesIO()
    merge([Input(run, run.rows_of(dead, row.id)) for row, run in runs if row.name is None], file)
    # The dead were left out, so it counts as newer than all that died.
    newest = max(*dead.values(), 0, *(row.id for row, _ in runs))
    files = [(row.id, run) for row, run in runs if row.name is not None]
    return [*files, (newest, Run(file.getvalue()))]


def living_prints(store: Store) -> Iterator[tuple[U64, U32, U32]]:
    """All living fingerprints as they are now in bounded parts: hashes, pieces, places.

    The state is held from the call on, not from the first part. Raises ``IndexFault``, and
    ``ValueError`` or ``IndexError`` where a run is damaged inside.
    """
    return _living(open_runs(store), store.dead())


def _living(
    runs: Iterator[tuple[RunRow, Run]], dead: Mapping[int, int]
) -> Iterator[tuple[U64, U32, U32]]:
    import numpy as np

    from .runs.merge import blocks

    for row, run in runs:
        gone = [run.ids[at] for at in run.rows_of(dead, row.id)]
        for hashes, pieces, places in blocks(run):
            stay = ~np.isin(pieces, np.array(gone, np.uint32))
            yield hashes[stay], pieces[stay], places[stay]


def prints_of(store: Store, pieces: Collection[int]) -> tuple[U64, U32, U32]:
    """The living fingerprints of some pieces: hashes, pieces, places."""
    import numpy as np

    dead = store.dead()
    found: list[tuple[U64, U32, I64]] = []
    for row, run in open_runs(store):
        rows = set(run.rows_of(dict.fromkeys(pieces, row.id + 1), row.id))
        rows -= set(run.rows_of(dead, row.id))
        if rows:
            found.append(run.columns.of_rows(sorted(rows)))
    if not found:
        return np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.uint32)
    hashes, owners, places = (np.concatenate(column) for column in zip(*found, strict=True))
    return hashes, owners, places.astype(np.uint32)
