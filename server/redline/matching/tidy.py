"""Keep an index's runs few: merge the small ones, leave out what died, remove what nobody names.

A merge writes a new file and then switches to it in one transaction. Killed at any moment it
leaves the old state or the new one, and at most a file that the next writer removes.
"""

from __future__ import annotations

import io
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .lookup import open_run, runs_folder
from .runs.layout import MOST_COUNT
from .runs.merge import Input, merge
from .schema import IndexFault, RunRow
from .writer import Writer

INLINE_BYTES = 256 << 10
"""Up to this size together, runs stay inside the index: a small one is a single file."""
_READ_BYTES = 32 << 20
"""Bytes of runs inside the index that are read into memory to be merged."""
_RATIO = 4
"""A file stays as it is while it holds that many times what all smaller ones hold."""
_DEAD = 4
"""A file is written anew when one in so many of its fingerprints is dead."""
_MANY = 64
_LOCK = "lock"


def crowded(store: Writer) -> bool:
    """Tell whether so many runs were added that ``tidy`` should not wait for the last one."""
    return sum(row.name is None for row in store.runs()) >= _MANY


def tidy(store: Writer, inside: int = INLINE_BYTES) -> None:
    """Merge what should be merged. Outside any transaction; where another process does so, not.

    ``inside``: bytes of runs that may stay in the index itself. The index is complete without
    a merge, only slower. Raises ``IndexFault`` where the disk is full or a run is damaged.
    """
    folder = runs_folder(store.path)
    try:
        changed = _join(store, inside)
        if folder.is_dir() or sum(row.size for row in store.runs()) > inside:
            folder.mkdir(mode=0o700, exist_ok=True)
            with _locked(folder) as alone:
                if not alone:
                    return
                _sweep(store, folder)
                while plan := _planned(store, inside):
                    _merge(store, folder, plan)
                    changed = True
                    if plan[0].name is None:
                        store.compact()
        if changed:
            _forget_dead(store)
    except (OSError, ValueError, IndexError) as error:
        raise IndexFault(
            f"the runs of the index {store.path} cannot be merged: {error}; it is complete, but "
            "grows slower until `redline index update` can finish this"
        ) from error


def _join(store: Writer, inside: int) -> bool:
    """Make one of the runs inside the index while they are small; tell whether there were more."""

    def small() -> list[RunRow]:
        rows = [row for row in store.runs() if row.name is None]
        return rows if sum(row.size for row in rows) <= inside else []

    if not _worth(store, small()):
        return False
    with store.writing():
        rows = small()
        if not _worth(store, rows):
            return False
        file = io.BytesIO()
        inputs = _inputs(store, rows)
        store.remove_runs([row.id for row in rows])
        if any(one.living() for one in inputs):
            digest = merge(inputs, file)
            count = sum(one.living() for one in inputs)
            store.add_run(store.next_run(), count, digest, data=file.getvalue())
    return True


def _worth(store: Writer, rows: Sequence[RunRow]) -> bool:
    if len(rows) != 1:
        return bool(rows)
    dead = store.dead()
    return bool(dead and open_run(store, rows[0]).rows_of(dead, rows[0].id))


def _inputs(store: Writer, rows: Sequence[RunRow]) -> list[Input]:
    dead = store.dead()
    runs = [(row, open_run(store, row)) for row in rows]
    return [Input(run, run.rows_of(dead, row.id)) for row, run in runs]


def _planned(store: Writer, inside: int) -> list[RunRow]:
    """The runs that should become one file next; none where all is well."""
    rows = store.runs()
    inline = [row for row in rows if row.name is None]
    if sum(row.size for row in inline) > inside:
        taken = 0
        for end, row in enumerate(inline, 1):
            taken += row.size
            if taken > _READ_BYTES:
                return inline[:end]
        return inline
    files = [row for row in rows if row.name is not None]
    living = {row.id: row.count for row in files}
    if store.dead():
        for row, one in zip(files, _inputs(store, files), strict=True):
            living[row.id] = one.living()
            if (row.count - one.living()) * _DEAD > row.count:
                return [row]
    files.sort(key=lambda row: (living[row.id], row.id))
    plan: list[RunRow] = []
    below = 0
    for end, row in enumerate(files, 1):
        if end > 1 and living[row.id] < _RATIO * below and below + living[row.id] <= MOST_COUNT:
            plan = files[:end]
        below += living[row.id]
    return plan


def _merge(store: Writer, folder: Path, rows: Sequence[RunRow]) -> None:
    with store.writing():
        # Taken now: what dies while we write dies below a number above this one.
        number = store.next_run()
        inputs = _inputs(store, rows)
    for row, one in zip(rows, inputs, strict=True):
        try:
            one.run.check()
        except ValueError as error:
            raise ValueError(f"{row.name or f'run {row.id}'}: {error}") from error
    count = sum(one.living() for one in inputs)
    path = folder / f"{number:08x}-{secrets.token_hex(4)}.run"
    digest = _write(path, inputs) if count else b""
    # Stopped from here on, it may be named already: what is not, the next writer sweeps.
    if not _switch(store, rows, number, count, path.name, digest):
        path.unlink(missing_ok=True)
        return
    for row in rows:
        if row.name is not None:
            # Where a reader's map forbids it, the next writer sweeps.
            with suppress(OSError):
                (folder / row.name).unlink()


def _switch(
    store: Writer, rows: Sequence[RunRow], number: int, count: int, name: str, digest: bytes
) -> bool:
    """Put one run in the place of others; False where another writer took one of them."""
    # Files are deleted after this, so it must be on the disk before.
    with store.durable(), store.writing():
        current = {row.id for row in store.runs()}
        if not current.issuperset(row.id for row in rows):
            return False
        store.remove_runs([row.id for row in rows])
        if count:
            store.add_run(number, count, digest, name=name)
    return True


def _write(path: Path, inputs: Sequence[Input]) -> bytes:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            digest = merge(inputs, file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return digest


def _forget_dead(store: Writer) -> None:
    """Forget the dead of whom no run holds anything any more."""
    if not store.dead():
        return
    # While nobody else writes, all files that are named are there.
    with store.writing():
        dead = store.dead()
        held: set[int] = set()
        for row in store.runs():
            run = open_run(store, row)
            held.update(run.ids[at] for at in run.rows_of(dead, row.id))
        store.forget_dead(dead.keys() - held)


def _sweep(store: Writer, folder: Path) -> None:
    """Remove what a killed merge left, or an index that lay here before."""
    named = {row.name for row in store.runs()}
    leftovers = [path for path in folder.glob("*.run") if path.name not in named]
    # Version 1 of the index had a table there.
    for path in (*leftovers, store.path.with_name(store.path.name + ".lookup")):
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Be the only one that merges here; False where another process is. ``kill -9`` frees it."""
    # SQLite locks files alike on all platforms.
    lock = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            yield False
        else:
            yield True
    finally:
        lock.close()
