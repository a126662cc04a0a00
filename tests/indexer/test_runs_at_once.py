"""Readers beside a writer that merges all the time, and ``kill -9`` in the midst of it.

The writer goes on in steps: each is one transaction that adds two pieces and takes the two
oldest away. Whoever reads finds the pieces of a window of steps, each step whole.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from redline.indexer import status
from redline.matching.lookup import open_lookup, runs_folder
from redline.matching.store import Store
from redline.matching.tidy import tidy
from redline.matching.writer import Writer

WIDE = 40
"""Steps that live at a time."""
WRITE = f"""
import sys
from pathlib import Path
import numpy as np
from redline.matching.tidy import tidy
from redline.matching.writer import Writer

index, steps, start = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
with Writer(index) as store:
    for step in range(start, start + steps):
        rng = np.random.default_rng(step)
        hashes = rng.integers(2**40, 2**64, 3000, dtype=np.uint64)
        hashes[0] = hashes[1] = step + 1
        with store.writing():
            pieces = np.arange(3000) % 2 + 2 * step + 2
            store.add_prints(hashes, pieces, np.arange(3000))
            if step >= {WIDE}:
                store.bury([2 * (step - {WIDE}) + 2, 2 * (step - {WIDE}) + 3])
        # Nothing stays inside: each step makes a file, and merges some.
        tidy(store, 0)
        print(step, flush=True)
"""


def writer(index, steps, start=0):
    command = [sys.executable, "-c", WRITE, str(index), str(steps), str(start)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def window(index, most):
    """The steps that are found; raises where one is there by half, or one between is missing."""
    with Store(index) as store:
        lookup = open_lookup(store)
        steps = list(range(1, most + 1))
        hits = lookup.find(steps)
        assert hits == lookup.find(np.array(steps, np.uint64))
        found = [row for row, _, _ in hits]
        assert [piece for _, piece, _ in hits] == [
            piece for row in found[::2] for piece in (2 * row + 2, 2 * row + 3)
        ]
        if found:
            assert found[::2] == list(range(found[0], found[-1] + 1))
            assert len(found) // 2 == min(WIDE, found[-1] + 1)
        return found[-1] if found else -1


READ = """
import sys
from pathlib import Path
from test_runs_at_once import window

index, last, looks = Path(sys.argv[1]), -1, 0
while last < int(sys.argv[2]) - 1:
    now = window(index, int(sys.argv[2]))
    assert now >= last, (now, last)
    last, looks = now, looks + 1
print(looks)
"""


def test_eight_readers_beside_a_writer_each_see_one_state(tmp_path):
    index, steps = tmp_path / "index.db", 80
    Writer(index).close()
    here = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{READ}"]
    readers = [
        subprocess.Popen([*here, str(index), str(steps)], stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    process = writer(index, steps)
    process.communicate()
    looks = [int(reader.communicate()[0] or 0) for reader in readers]
    assert [process.returncode, *(reader.returncode for reader in readers)] == [0] * 9
    assert min(looks) >= 2
    left = {path.name for path in runs_folder(index).glob("*.run")}
    with Store(index) as store:
        assert left == {row.name for row in store.runs()}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
def test_a_writer_killed_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path):
    index, rng, start, killed = tmp_path / "index.db", random.Random(5), 0, 0
    Writer(index).close()
    for _ in range(8):
        process = writer(index, 10_000, start)
        process.stdout.readline()  # its modules are there, and its first step is done
        # Its words must be read, or it waits for a reader for ever.
        drain = threading.Thread(target=process.stdout.read)
        drain.start()
        time.sleep(rng.uniform(0.0, 0.25))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        drain.join()
        process.stdout.close()
        start = window(index, start + 10_000) + 1
        assert status(index).complaint is None
    assert killed == 8
    with Writer(index) as store:
        tidy(store, 0)
        named = {row.name for row in store.runs()}
    assert {path.name for path in runs_folder(index).glob("*.run")} == named
    assert window(index, start) == start - 1
