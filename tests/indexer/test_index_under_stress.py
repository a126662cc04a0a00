"""Several writers, and ``kill -9`` at any moment: the index opens, is whole, and completes."""

from __future__ import annotations

import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from test_growing_index import GRADER, HINTS, content

from assistant_log import Log
from redline.indexer import status, update

UPDATE = "import sys; from pathlib import Path; from redline.indexer import update; "
UPDATE += "update([Path(sys.argv[1])], Path(sys.argv[2]))"


def sessions(folder, count):
    """Files of different sessions, each with texts of its own."""
    for number in range(count):
        log = Log(folder / f"{number:03}.jsonl", session=f"{number:08x}-0000-4000")
        for step in range(6):
            log.write(f"evals/g{step}.py", GRADER.replace("torches", f"lamps_{number}_{step}"))
            log.say(f"```python\n{HINTS.replace('door', f'gate_{number}_{step}')}```")
    return folder


def _update(folder, index):
    report = update([folder], index)
    assert report.failures == []


def test_processes_that_update_at_once_make_what_one_makes(tmp_path):
    folder = sessions(tmp_path / "sessions", 12)
    context = multiprocessing.get_context("spawn")
    shared = tmp_path / "shared.db"
    workers = [context.Process(target=_update, args=(folder, shared)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    update([folder], tmp_path / "alone.db")
    assert content(shared) == content(tmp_path / "alone.db")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
def test_an_update_killed_at_any_moment_leaves_an_index_that_completes(tmp_path):
    folder = sessions(tmp_path / "sessions", 60)
    index = tmp_path / "index.db"
    rng = random.Random(11)
    killed = 0
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", UPDATE, str(folder), str(index)])
        # From before the first table until well into the files.
        time.sleep(rng.uniform(0.15, 0.7))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        if index.exists() and index.stat().st_size:
            with closing(sqlite3.connect(index)) as db, db:
                assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            db.close()
    assert killed
    update([folder], index)
    assert status(index).complaint is None
    update([folder], tmp_path / "alone.db")
    assert content(index) == content(tmp_path / "alone.db")
