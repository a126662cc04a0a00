"""Counting the background: what is shared, what is frequent, and that more of it never accuses."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts.background.counts import Counts
from scripts.background.sharing import Shards, fingerprints

from assistant_log import Log, indexed
from redline.detect.sessions import SessionDetector
from redline.matching import pieces, rarity
from redline.matching.common import Common
from redline.matching.rarity import ONE_BITS, PAIR_BITS, TRIPLE_BITS
from redline.matching.tokens import token_hash

u64s = st.lists(st.integers(1, 2**64 - 1), max_size=30)


@settings(deadline=None, max_examples=25)
@given(st.lists(u64s, min_size=1, max_size=6), st.integers(2, 3))
def test_shared_is_what_enough_families_have(tmp_path_factory, families, least):
    shards = Shards(tmp_path_factory.mktemp("shards"))
    for own in families:
        shards.add(np.unique(np.array(own, np.uint64)))
    every = [value for own in families for value in set(own)]
    expected = sorted({value for value in every if every.count(value) >= least})
    assert shards.shared(least).tolist() == expected


def test_shards_leave_nothing_behind(tmp_path):
    shards = Shards(tmp_path)
    shards.add(np.array([1, 2**63], np.uint64))
    shards.shared(2)
    assert list(tmp_path.iterdir()) == []


def test_what_a_piece_keeps_is_among_the_fingerprints_of_its_text():
    text = MAZE.encode() + b"\n# Walls are drawn first, then the doors that lead through them.\n"
    kept = pieces.make_piece(text, code=True).kept.hashes
    assert len(kept)
    assert np.isin(kept, fingerprints(text)).all()


def test_frequent_tokens_tell_less(tmp_path, monkeypatch):
    counts = Counts()
    for number in range(40):
        counts.add(
            b"for item in range(count):\n    print(item)\n" * 20 + b"quokka%d = 1\n" % number
        )
    packed = counts.pack()
    assert len(packed) == 3 * ((1 << ONE_BITS) + (1 << PAIR_BITS) + (1 << TRIPLE_BITS))
    (tmp_path / "rarity.bin").write_bytes(packed)
    monkeypatch.setattr(rarity, "_FILE", tmp_path / "rarity.bin")
    rarity.tables.cache_clear()
    try:
        table = rarity.tables().raw
        words = [token_hash(word) for word in b"for item in range quokka7".split()]
        bits = table.bits(words)
    finally:
        rarity.tables.cache_clear()
    assert bits[1] < 1 < bits[0] < bits[4]


MAZE = '''
def carve(grid, start, rng):
    """Open walls until every cell can be reached from every other."""
    stack = [start]
    visited = {start}
    while stack:
        row, column = stack[-1]
        closed = [cell for cell in grid.beside(row, column) if cell not in visited]
        if not closed:
            stack.pop()
            continue
        chosen = rng.choice(closed)
        grid.open_between((row, column), chosen)
        visited.add(chosen)
        stack.append(chosen)
    return grid


def longest_walk(grid, origin):
    distances = {origin: 0}
    frontier = [origin]
    for cell in frontier:
        for neighbour in grid.reachable(cell):
            if neighbour not in distances:
                distances[neighbour] = distances[cell] + 1
                frontier.append(neighbour)
    return max(distances.values())
'''
KNOWN = np.unique(fingerprints(MAZE.encode()))


@pytest.fixture(scope="module")
def asked():
    """Texts with a part of the maze in them, each as it was and with other names."""
    rng = random.Random(5)
    lines = MAZE.splitlines(keepends=True)
    texts = []
    for _ in range(4):
        first = rng.randrange(len(lines) - 12)
        part = "".join(lines[first : first + rng.randrange(6, 24)])
        texts += [part, part.replace("grid", "field").replace("cell", "place")]
    return [f"import os\n\nprint('before', os.name)\n{part}\nprint('after')\n" for part in texts]


rows = st.sets(st.integers(0, len(KNOWN) - 1))


def findings(folder, known, asked):
    """The bytes of each asked text that an index made over this background accounts for."""
    log = Log(folder / "sessions" / "one.jsonl")
    log.write("src/maze.py", MAZE)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pieces, "common", lambda: Common.of(KNOWN[sorted(known)]))
        index = indexed(folder / "sessions", folder / "index.db")
    found = []
    with SessionDetector.open(index) as sessions:
        for number, text in enumerate(asked):
            evidence = sessions.evidence(f"other{number}.py", "/home/dev/else", text.encode())
            spans = [range(item.span.start, item.span.end) for item in evidence]
            found.append({byte for span in spans for byte in span})
    return found


def test_without_background_every_part_of_the_maze_is_found(tmp_path, asked):
    assert all(findings(tmp_path, set(), asked))


@settings(deadline=None, max_examples=8)
@given(smaller=rows, more=rows)
def test_more_background_never_adds_findings(tmp_path_factory, asked, smaller, more):
    few = findings(tmp_path_factory.mktemp("few"), smaller, asked)
    many = findings(tmp_path_factory.mktemp("many"), smaller | more, asked)
    assert all(after <= before for before, after in zip(few, many, strict=True))
