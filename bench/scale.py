"""``python -m bench.scale``: where 10^6 to 10^8 fingerprints should lie; writes decision 12.

Each contender runs in a process of its own and does the same: take random fingerprints in,
two hundred a piece; add ten thousand more; look a million up of which one in a hundred is
known; look single ones up. The runs are measured through the index itself, transactions,
merges and all. ``--most`` leaves the larger sizes out; ``--dry`` leaves the page as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from .told import into_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "decisions"
PAGE /= "0012-fingerprints-in-sorted-runs.md"
BLOCK = 1 << 20
PER_PIECE = 200
ADDED = 10_000
QUERIES = 1_000_000
SINGLE = 2_000
ROUNDS = 5
SIZES = {"SQLite": 10**7, "LMDB": 10**7, "runs": 10**8}
"""The largest size at which each contender is asked."""

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


class Keeper(Protocol):
    """One way to keep fingerprints: hashes, pieces and places."""

    def add(self, columns: Columns) -> None:
        """Take some in, as one transaction."""

    def settle(self) -> None:
        """Do what is done once at the end of an update."""

    def close(self) -> None:
        """Leave on the disk what stays."""

    def open(self) -> None:
        """Get ready to be asked."""

    def find(self, values: np.ndarray) -> int:
        """Look values up in bulk; how many entries there are."""

    def find_one(self, value: int) -> int:
        """Look one value up."""


class InSqlite:
    """A table without row ids, by hash."""

    def __init__(self, folder: Path) -> None:
        import sqlite3

        self.db = sqlite3.connect(folder / "prints.db", isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS prints (hash INTEGER, piece INTEGER, place INTEGER,"
            " PRIMARY KEY (hash, piece, place)) WITHOUT ROWID"
        )

    def add(self, columns: Columns) -> None:
        hashes, pieces, places = columns
        order = np.argsort(hashes.view(np.int64))
        rows = zip(
            hashes.view(np.int64)[order].tolist(), pieces[order].tolist(), places[order].tolist(),
            strict=True,
        )  # fmt: skip
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO prints VALUES (?,?,?)", rows)
        self.db.execute("COMMIT")

    def settle(self) -> None:
        pass

    def close(self) -> None:
        self.db.close()

    def open(self) -> None:
        pass

    def find(self, values: np.ndarray) -> int:
        found = 0
        wanted = values.view(np.int64).tolist()
        for start in range(0, len(wanted), 30_000):
            part = wanted[start : start + 30_000]
            marks = ",".join("?" * len(part))
            rows = self.db.execute(f"SELECT * FROM prints WHERE hash IN ({marks})", part)
            found += len(rows.fetchall())
        return found

    def find_one(self, value: int) -> int:
        signed = value - (1 << 64) if value >> 63 else value
        rows = self.db.execute("SELECT * FROM prints WHERE hash = ?", (signed,))
        return len(rows.fetchall())


class InLmdb:
    """Hashes as keys, pieces and places as their sorted values."""

    def __init__(self, folder: Path) -> None:
        import lmdb

        self.env = lmdb.open(os.fspath(folder / "lmdb"), map_size=1 << 34, max_dbs=1)
        self.db = self.env.open_db(b"prints", dupsort=True, dupfixed=True)

    def add(self, columns: Columns) -> None:
        hashes, pieces, places = columns
        order = np.argsort(hashes)
        keys = hashes[order].astype(">u8").tobytes()
        values = np.column_stack((pieces[order], places[order])).astype(">u4").tobytes()
        with self.env.begin(self.db, write=True) as change:
            change.cursor().putmulti(
                [(keys[at : at + 8], values[at : at + 8]) for at in range(0, len(keys), 8)]
            )

    def settle(self) -> None:
        pass

    def close(self) -> None:
        self.env.close()

    def open(self) -> None:
        self.reading = self.env.begin(self.db)
        self.cursor = self.reading.cursor()

    def find(self, values: np.ndarray) -> int:
        # In the order of the keys: the faster way to ask it.
        data = np.sort(values).astype(">u8").tobytes()
        keys = [data[at : at + 8] for at in range(0, len(data), 8)]
        return len(self.cursor.getmulti(keys, dupdata=True, dupfixed_bytes=8))

    def find_one(self, value: int) -> int:
        found = self.cursor.set_key(value.to_bytes(8, "big"))
        return len(list(self.cursor.iternext_dup())) if found else 0


class InRuns:
    """Redline's index."""

    def __init__(self, folder: Path) -> None:
        from redline.matching.writer import Writer

        self.path = folder / "index.db"
        self.store = Writer(self.path)
        self.blocks = 0

    def add(self, columns: Columns) -> None:
        with self.store.writing():
            self.store.add_prints(*columns)
        self.blocks += 1
        if self.blocks % 4 == 0:
            self.settle()

    def settle(self) -> None:
        from redline.matching.tidy import tidy

        tidy(self.store)

    def close(self) -> None:
        self.store.close()

    def open(self) -> None:
        from redline.matching.lookup import open_lookup
        from redline.matching.store import Store

        self.reader = Store(self.path)
        self.lookup = open_lookup(self.reader)

    def find(self, values: np.ndarray) -> int:
        return len(self.lookup.find(values))

    def find_one(self, value: int) -> int:
        return len(self.lookup.find([value]))


KEEPERS = {"SQLite": InSqlite, "LMDB": InLmdb, "runs": InRuns}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--most", type=float, default=1e8, help="largest size (default: 1e8)")
    parser.add_argument("--dry", action="store_true", help="print only")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        task, name, size, folder = options.worker
        print(json.dumps(TASKS[task](KEEPERS[name](Path(folder)), int(size), Path(folder))))
        return
    rows = [
        _row(name, size)
        for size in (10**6, 10**7, 10**8)
        for name, most in SIZES.items()
        if size <= min(most, options.most)
    ]
    heads = "| fingerprints | kept in | build, CPU | add 10,000 | in bulk | single p50 | p99 |"
    heads += " private memory: build | asked | bytes each |"
    table = "\n".join((heads, "|---:|---|" + "---:|" * 8, *rows))
    told = f"Measured with `python -m bench.scale`: {os.cpu_count()} cores"
    told += f" ({platform.machine()}), {platform.system()}, Python {platform.python_version()}, "
    told += f"load {os.getloadavg()[0]:.1f} at the end.\n\n{table}"
    print(told)
    if not options.dry:
        into_page(PAGE, "scale", told)


def _row(name: str, size: int) -> str:
    m: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="redline-scale-") as folder:
        for task in TASKS:
            command = [sys.executable, "-m", "bench.scale", "--worker", task, name, str(size)]
            done = subprocess.run([*command, folder], stdout=subprocess.PIPE, text=True, check=True)
            m |= json.loads(done.stdout)
    cells = [
        f"{size:,}", name, f"{m['build']:,.1f} s", f"{m['add'] * 1000:,.0f} ms",
        f"{m['bulk'] / 1e6:,.2f} M/s", f"{m['p50'] * 1e6:,.1f} µs", f"{m['p99'] * 1e6:,.1f} µs",
        f"{m['building'] / 1e6:,.0f} MB", f"{m['asking'] / 1e6:,.0f} MB", f"{m['each']:.1f}",
    ]  # fmt: skip
    row = f"| {' | '.join(cells)} |"
    print(row, file=sys.stderr, flush=True)
    return row


def _built(keeper: Keeper, size: int, folder: Path) -> dict[str, float]:
    watch = Watch()
    spent = 0.0
    for columns in _columns(size):
        begun = time.process_time()
        keeper.add(columns)
        spent += time.process_time() - begun
    begun = time.process_time()
    keeper.settle()
    spent += time.process_time() - begun
    keeper.close()
    taken = sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
    return {"build": spent, "building": watch.peak(), "each": taken / size}


def _added(keeper: Keeper, size: int, _: Path) -> dict[str, float]:
    taken = []
    for seed in range(ROUNDS):
        [more] = _columns(ADDED, seed=100 + seed, first=(size // PER_PIECE + 10**6) * (seed + 1))
        started = time.perf_counter()
        keeper.add(more)
        keeper.settle()
        taken.append(time.perf_counter() - started)
    keeper.close()
    return {"add": statistics.median(taken)}


def _drawn(keeper: Keeper, size: int, folder: Path) -> dict[str, float]:
    """Draw the queries in a process of their own, so that whoever is asked owns nothing else."""
    keeper.close()
    held = np.concatenate([block[0][:: max(1, size // 100_000)].copy() for block in _columns(size)])
    rng = np.random.default_rng(11)
    queries = rng.integers(1, 1 << 64, QUERIES, dtype=np.uint64)
    hits = rng.choice(held, QUERIES // 100, replace=False)
    queries[rng.choice(QUERIES, len(hits), replace=False)] = hits
    np.save(folder / "queries.npy", queries)
    np.save(folder / "hits.npy", hits)
    return {}


def _asked(keeper: Keeper, size: int, folder: Path) -> dict[str, float]:
    queries, hits = np.load(folder / "queries.npy"), np.load(folder / "hits.npy")
    watch = Watch()
    keeper.open()
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = keeper.find(queries)
        taken.append(time.process_time() - begun)
        if found != len(hits):
            raise RuntimeError(f"found {found} of {len(hits)}")
    ones = []
    for value in [*queries[:SINGLE].tolist(), *hits[:SINGLE].tolist()]:
        started = time.perf_counter()
        keeper.find_one(value)
        ones.append(time.perf_counter() - started)
    ones.sort()
    told = {"p50": ones[len(ones) // 2], "p99": ones[len(ones) * 99 // 100]}
    return told | {"bulk": QUERIES / statistics.median(taken), "asking": watch.peak()}


TASKS = {"build": _built, "add": _added, "draw": _drawn, "ask": _asked}


def _columns(size: int, seed: int = 3, first: int = 1) -> Iterator[Columns]:
    """Random fingerprints in blocks; pieces go on from block to block."""
    rng = np.random.default_rng(seed)
    for start in range(0, size, BLOCK):
        rows = np.arange(start, min(start + BLOCK, size))
        hashes = rng.integers(1, 1 << 64, len(rows), dtype=np.uint64)
        yield hashes, rows // PER_PIECE + first, rows % PER_PIECE * 5


class Watch:
    """Looks every few milliseconds how much memory is this process's own, files it maps left out.

    What there was at the start, of the interpreter and of the inputs, is not told.
    """

    def __init__(self) -> None:
        self._base = self._most = _private()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            self._most = max(self._most, _private())
            time.sleep(0.005)

    def peak(self) -> int:
        """Bytes at the peak, beyond those at the start."""
        return self._most - self._base


def _private() -> int:
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell private memory")


if __name__ == "__main__":
    main()
