"""An index's fingerprints through any history: what is found is what a plain list would give."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from redline.matching.lookup import open_lookup, prints_of, runs_folder
from redline.matching.runs.layout import MOST_HITS
from redline.matching.schema import RunRow
from redline.matching.store import Store
from redline.matching.tidy import tidy
from redline.matching.writer import Writer

HASHES = [1, 2, 3, 2**31, 2**32 + 5, 2**63 - 1, 2**64 - 1]


class History(RuleBasedStateMachine):
    """Pieces come, lose fingerprints and go; runs are merged; writers die; readers come and go."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.moves = 0
        self.index = self.root / "index.db"
        self.store = Writer(self.index)
        self.pieces: dict[int, list[tuple[int, int]]] = {}
        self.newest = 0
        self.held: list[tuple[Store, object, list]] = []

    def teardown(self):
        for reader, _, _ in self.held:
            reader.close()
        self.store.close()
        shutil.rmtree(self.root)

    @rule(
        sizes=st.lists(st.integers(0, 60), min_size=1, max_size=4),
        value=st.sampled_from(HASHES),
        step=st.integers(0, 9),
    )
    def write(self, sizes, value, step):
        """One transaction with some pieces; ``step`` 0: one hash again and again."""
        prints = []
        for size in sizes:
            self.newest += 1
            rows = [((value + place * step) % 2**64 or 9, place) for place in range(size)]
            self.pieces[self.newest] = rows[:MOST_HITS] if not step else rows
            prints += [(value, self.newest, place) for value, place in rows]
        with self.store.writing():
            self._add(prints)

    def _add(self, prints):
        columns = zip(*prints, strict=True) if prints else ((), (), ())
        self.store.add_prints(*(np.array(list(column), np.uint64) for column in columns))

    @rule(which=st.integers(0, 2**16))
    def forget(self, which):
        """A piece is gone."""
        if self.pieces:
            piece = sorted(self.pieces)[which % len(self.pieces)]
            del self.pieces[piece]
            with self.store.writing():
                self.store.bury([piece])

    @rule(which=st.integers(0, 2**16), odd=st.booleans())
    def thin(self, which, odd):
        """A piece loses some of its fingerprints: they were told late to be another's."""
        if not self.pieces:
            return
        piece = sorted(self.pieces)[which % len(self.pieces)]
        with self.store.writing():
            hashes, owners, places = prints_of(self.store, [piece])
            rows = sorted(zip(hashes.tolist(), places.tolist(), strict=True))
            assert (set(owners.tolist()) or {piece}) == {piece}
            assert rows == sorted(self.pieces[piece])
            rows = [row for row in rows if row[1] % 2 == odd]
            self.store.bury([piece])
            self._add([(value, piece, place) for value, place in rows])
        self.pieces[piece] = rows

    @rule(inside=st.sampled_from([0, 700, 1 << 20]))
    def tidy(self, inside):
        tidy(self.store, inside)

    @rule()
    def a_writer_dies_in_a_transaction(self):
        """What it had on the disk at that moment is all that is left of it."""
        self.store._db.execute("BEGIN IMMEDIATE")
        self._add([(HASHES[0], 10**6, 1)])
        self.store.remove_runs(row.id for row in self.store.runs()[1:])
        self._move()

    @rule()
    def a_merge_dies_before_its_switch(self):
        """Its file is there and nobody names it."""
        folder = runs_folder(self.index)
        folder.mkdir(exist_ok=True)
        (folder / f"{10**6:08x}-0000000a.run").write_bytes(b"half of a run")
        self._move()

    def _move(self):
        self.moves += 1
        folder = self.root / str(self.moves)
        folder.mkdir()
        for path in self.index.parent.glob("index.db*"):
            if path.is_dir():
                shutil.copytree(path, folder / path.name)
            elif not path.name.endswith("-shm"):
                shutil.copy(path, folder / path.name)
        self.store.close()
        self.index = folder / "index.db"
        self.store = Writer(self.index)

    @rule()
    def a_reader_stays(self):
        if len(self.held) < 3:
            reader = Store(self.index)
            self.held.append((reader, open_lookup(reader), self._expected()))

    @rule()
    def merging_again_changes_nothing(self):
        tidy(self.store)
        before: list[RunRow] = self.store.runs()
        dead = self.store.dead()
        tidy(self.store)
        assert (self.store.runs(), self.store.dead()) == (before, dead)

    def _queries(self):
        return HASHES + [value + 3 for value in HASHES[:-1]] + [9, 77]

    def _expected(self):
        return [
            (row, *hit)
            for row, query in enumerate(self._queries())
            for hit in sorted(
                (piece, place)
                for piece, rows in self.pieces.items()
                for value, place in rows
                if value == query
            )[:MOST_HITS]
        ]

    @invariant()
    def what_is_found_is_what_a_scan_finds(self):
        queries = self._queries()
        with Store(self.index) as reader:
            lookup = open_lookup(reader)
            assert lookup.find(queries) == self._expected()
            assert lookup.find(np.array(queries, np.uint64)) == self._expected()
            assert len(lookup) == sum(map(len, self.pieces.values()))

    @invariant()
    def whoever_began_to_read_finds_what_was_there_then(self):
        for _, lookup, expected in self.held:
            assert lookup.find(self._queries()) == expected

    @invariant()
    def no_file_outlives_its_run_and_the_next_writer(self):
        named = {row.name for row in self.store.runs() if row.name}
        there = {path.name for path in runs_folder(self.index).glob("*.run")}
        assert named <= there


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_the_number_of_runs_stays_small(tmp_path):
    rng = np.random.default_rng(2)
    with Writer(tmp_path / "index.db") as store:
        for piece in range(1, 200):
            with store.writing():
                hashes = rng.integers(1, 2**64, 300, dtype=np.uint64)
                store.add_prints(hashes, np.full(300, piece), np.arange(300))
            tidy(store, 10_000)
            assert len(store.runs()) <= 5
        assert {path.name for path in runs_folder(store.path).glob("*.run")} == {
            row.name for row in store.runs() if row.name
        }


def test_forgetting_a_little_rewrites_no_file(tmp_path):
    rng = np.random.default_rng(2)
    with Writer(tmp_path / "index.db") as store:
        with store.writing():
            hashes = rng.integers(1, 2**64, 40_000, dtype=np.uint64)
            store.add_prints(hashes, np.arange(40_000) // 100 + 1, np.arange(40_000) % 100)
        tidy(store)
        [large] = store.runs()
        with store.writing():
            store.bury(range(1, 101))
        tidy(store)
        assert store.runs() == [large]
        with store.writing():
            store.bury([101])
        tidy(store)
        # From a quarter on it is worth writing anew, and nobody is marked dead any longer.
        [smaller] = store.runs()
        assert (smaller.count, store.dead()) == (29_900, {})


class Interrupted(Writer):
    """Stopped by hand just after a merge was switched to."""

    @contextmanager
    def durable(self):
        with super().durable():
            yield
        raise KeyboardInterrupt


def test_a_merge_that_is_stopped_after_its_switch_keeps_its_file(tmp_path):
    with Interrupted(tmp_path / "index.db") as store:
        with store.writing():
            store.add_prints(np.arange(1, 41), np.full(40, 1), np.arange(40))
        with pytest.raises(KeyboardInterrupt):
            tidy(store, 0)
    with Store(tmp_path / "index.db") as reader:
        assert open_lookup(reader).find([7]) == [(0, 1, 6)]
