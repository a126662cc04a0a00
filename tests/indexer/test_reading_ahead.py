"""Sessions read in other processes and in parts give the index that one reading gives."""

from __future__ import annotations

import binascii
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_growing_index import GRADER, HINTS, content, talk
from test_index_under_stress import sessions

from assistant_log import Log
from redline.indexer import ahead, reading, status, update
from redline.matching import seen, spilled
from redline.matching.seen import Recent, Seen
from work import peak_of

MIB = 1 << 20
PARALLEL = """
import sys; from pathlib import Path
from redline.indexer import update
report = update([Path(sys.argv[1])], Path(sys.argv[2]), jobs=3)
assert report.failures == []
"""
IN_PARTS = """
import sys; from pathlib import Path
from redline.indexer import reading, update
reading._MOST_HELD = 1
update([Path(sys.argv[1])], Path(sys.argv[2]))
"""
ALONE = """
import sys; from pathlib import Path
from redline.indexer import update
assert update([Path(sys.argv[1])], Path(sys.argv[2]), jobs=1).failures == []
"""
GATHER = """
import sys; from pathlib import Path
from redline.indexer.reading import begin
*parts, last = begin(Path(sys.argv[1]), None, Path(sys.argv[2])).parts()
assert last and not any(parts)
"""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into Linux's /proc")
posix = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")


def rows(index):
    """Every row of the index but for the time of reading, numbers and all."""
    tables = {
        "source": "id, path, format, assistant, size, offset, head, tail, state, seen, gone",
        "unread": "*",
        "session": "*",
        "piece": "*",
    }
    with closing(sqlite3.connect(index)) as db:
        return {
            table: db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in tables.items()
        }


def test_several_processes_make_the_very_rows_that_one_makes(tmp_path):
    folder = sessions(tmp_path / "sessions", 20)
    talk(Log(folder / "010.jsonl", session="0000000a-0000-4000"))
    (folder / "004.jsonl").write_text('{"type": "recipe"}\n')
    with (folder / "007.jsonl").open("ab") as file:
        file.write(b'{"type": "assistant", "message"\n')
    alone, shared = tmp_path / "alone.db", tmp_path / "shared.db"
    one, many = update([folder], alone, jobs=1), update([folder], shared, jobs=3)
    assert rows(shared) == rows(alone)
    assert content(shared) == content(alone)
    told = ("files", "read", "fresh_bytes", "pieces", "strangers", "unread", "failures")
    assert [getattr(many, name) for name in told] == [getattr(one, name) for name in told]
    for path in sorted(folder.glob("*.jsonl"))[::3]:
        Log(path, session=f"{int(path.stem):08x}-0000-4000").write("evals/late.py", HINTS)
    update([folder], alone, jobs=1)
    update([folder], shared, jobs=3)
    assert content(shared) == content(alone)


def test_a_file_that_cannot_be_read_is_told_of_whoever_reads_it(tmp_path):
    folder = sessions(tmp_path / "sessions", 4)
    (folder / "002.jsonl").unlink()
    (folder / "002.jsonl").symlink_to(tmp_path / "nowhere")
    reports = [update([folder], tmp_path / f"{jobs}.db", jobs=jobs) for jobs in (1, 2)]
    assert reports[0].failures == reports[1].failures
    assert content(tmp_path / "1.db") == content(tmp_path / "2.db")


@on_linux
def test_reading_goes_on_when_a_process_that_reads_is_killed(tmp_path, monkeypatch):
    folder = sessions(tmp_path / "sessions", 12)
    here, begin = os.getpid(), ahead.begin

    def begin_or_die(path, row, spill):
        if os.getpid() != here and path.stem == "005":
            os.kill(os.getpid(), signal.SIGKILL)
        return begin(path, row, spill)

    monkeypatch.setattr(ahead, "begin", begin_or_die)
    assert update([folder], tmp_path / "index.db", jobs=2).failures == []
    update([folder], tmp_path / "alone.db", jobs=1)
    assert content(tmp_path / "index.db") == content(tmp_path / "alone.db")


@on_linux
def test_processes_that_read_end_with_the_one_that_writes(tmp_path):
    folder = sessions(tmp_path / "sessions", 400)
    process = subprocess.Popen(
        [sys.executable, "-c", PARALLEL, str(folder), str(tmp_path / "index.db")]
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    readers = []
    while len(readers) < 3 and process.poll() is None:
        readers = [int(word) for word in children.read_text().split()]
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert len(readers) == 3
    ends = time.monotonic() + 60
    while readers and time.monotonic() < ends:
        readers = [pid for pid in readers if alive(pid)]
        time.sleep(0.05)
    assert readers == []


def alive(pid):
    """Whether a process runs; one that ended and that nobody waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# In parts


def long_talk(folder):
    """A session with outcomes and contexts that come after their call, many times over."""
    log = Log(folder / "one.jsonl")
    for number in range(20):
        own = HINTS.replace("door", f"gate_{number}")
        log.read("evals/hints.py", own)
        call = log.begin_write(f"evals/g{number}.py", own + GRADER.replace("torch", f"t{number}"))
        log.say(f"```python\n{GRADER.replace('burnt', f'lit_{number}')}```")
        log.applied(call, f"evals/g{number}.py", own, before=own)
        log.refused("evals/more.py", own + f"lamp = {number}\n")
    talk(log)
    return folder


@pytest.mark.parametrize("most", [1, 5_000, 20_000])
def test_a_session_stored_in_parts_is_the_same_as_stored_at_once(tmp_path, monkeypatch, most):
    folder = long_talk(tmp_path / "sessions")
    update([folder], tmp_path / "whole.db")
    monkeypatch.setattr(reading, "_MOST_HELD", most)
    report = update([folder], tmp_path / "parts.db")
    assert content(tmp_path / "parts.db") == content(tmp_path / "whole.db")
    assert report.pieces == len(content(tmp_path / "whole.db")[0])
    assert update([folder], tmp_path / "parts.db").read == 0


def parts_of(index):
    """Pieces that are stored; none while there is no table for them."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(index)) as db:
        return db.execute("SELECT count(*) FROM piece").fetchone()[0]
    return 0


@posix
def test_an_update_killed_between_two_parts_is_completed_by_the_next(tmp_path):
    folder = long_talk(tmp_path / "sessions")
    index, rng = tmp_path / "index.db", random.Random(3)
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", IN_PARTS, str(folder), str(index)])
        while process.poll() is None and not parts_of(index):
            time.sleep(0.001)
        time.sleep(rng.uniform(0.0, 0.5))
        process.kill()
        process.wait()
    assert status(index).complaint is None
    update([folder], index)
    update([folder], tmp_path / "alone.db")
    assert content(index) == content(tmp_path / "alone.db")


# More than memory should hold


@given(
    st.lists(st.lists(st.integers(0, 3000), max_size=60), max_size=30),
    st.lists(st.integers(0, 3000), min_size=1, max_size=80),
)
@settings(max_examples=60, deadline=None)
def test_a_set_on_disk_holds_what_one_in_memory_holds(tmp_path_factory, texts, asked):
    folder = tmp_path_factory.mktemp("spill")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "_MOST_HELD", 40)
        patch.setattr(spilled, "_BLOCK", 8)
        patch.setattr(spilled, "_CHUNK", 24)
        large, small = Seen(spill=folder), Seen()
        for text in texts:
            hashes = np.array(text, np.uint64) << np.uint64(32)
            large.add(hashes)
            small.add(hashes)
        members = {value for text in texts for value in text}
        hashes = np.array(asked, np.uint64) << np.uint64(32)
        expected = [value in members for value in asked]
        assert large.holds(hashes).tolist() == small.holds(hashes).tolist() == expected
        assert large.pack() == small.pack() == np.array(sorted(members), "<u4").tobytes()
        again = Seen(large.pack(), folder)
        assert again.holds(hashes).tolist() == expected
        large.close()
        again.close()
    assert list(folder.iterdir()) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=40),
)
def test_what_was_read_lately_is_known_from_its_first_time_on(read, asked):
    def columns(told):
        values = np.array([value for value, _ in told], np.uint64) << np.uint64(32)
        return values, np.array([when for _, when in told], np.int64)

    recent = Recent(*columns(read))
    expected = [any(value == other and at < when for other, at in read) for value, when in asked]
    assert recent.holds(*columns(asked)).tolist() == expected


def test_a_session_that_read_too_much_to_keep_is_read_again_whole(tmp_path, monkeypatch):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.read("evals/hints.py", HINTS)
    log.write("evals/grader.py", GRADER)
    monkeypatch.setattr(reading, "_MOST_SEEN", 3)
    assert update([log.path.parent], tmp_path / "index.db").pieces == 1
    log.write("evals/hints.py", HINTS + GRADER)
    report = update([log.path.parent], tmp_path / "index.db")
    assert report.fresh_bytes == log.path.stat().st_size
    update([log.path.parent], tmp_path / "alone.db")
    assert content(tmp_path / "index.db") == content(tmp_path / "alone.db")


def peak(folder, index):
    return peak_of(ALONE, str(folder), str(index))


def noise(rng, size):
    """Text that repeats nothing, with a line end now and then."""
    words = binascii.hexlify(rng.randbytes(2 * size // 5), " ", 2).decode()
    return words.replace(" 7", "\n", -1)


def test_much_that_was_read_once_takes_little_memory(tmp_path):
    """80 MB of context that is all different, and pieces that are to be judged by it."""
    rng = random.Random(9)
    few, many = Log(tmp_path / "few" / "one.jsonl"), Log(tmp_path / "many" / "one.jsonl")
    few.write("evals/grader.py", GRADER)
    for number in range(80):
        many.ask(noise(rng, 1_000_000))
        many.write(f"evals/grader_{number}.py", GRADER.replace("torches", f"lamps_{number}"))
    assert many.path.stat().st_size > 80_000_000
    least = peak(few.path.parent, tmp_path / "few.db")
    assert peak(many.path.parent, tmp_path / "many.db") - least < 64 * MIB
    assert status(tmp_path / "many.db").kinds["write"] == 80


def test_much_that_was_written_takes_the_memory_of_a_part(tmp_path):
    """What is gathered, that is: merging the runs of an index maps files into memory."""
    rng = random.Random(10)
    size = []
    for count in (10, 60):
        log = Log(tmp_path / str(count) / "one.jsonl")
        for number in range(count):
            log.write(f"walk_{number}.py", noise(rng, 500_000))
        size.append(peak_of(GATHER, str(log.path), str(tmp_path)))
    assert size[1] - size[0] < 12 * MIB
