"""Sessions that make careless indexing explode: work and memory grow no faster than they do."""

from __future__ import annotations

import pytest

from assistant_log import Log
from redline.indexer import update
from work import growth, peak_of

LINEAR = 2.6
MIB = 1 << 20
INDEX = (
    "import sys; from pathlib import Path\n"
    "from redline.indexer import update\n"
    "assert update([Path(sys.argv[1])], Path(sys.argv[2])).failures == []\n"
)
WALK = """\
def shortest_walk_{0}(labyrinth, entrance, treasure):
    frontier = deque([(entrance, ())])
    while frontier:
        chamber, torches = frontier.popleft()
        for corridor, beyond in labyrinth.corridors(chamber, seed={0}):
            frontier.append((beyond, (*torches, corridor)))
"""


def equal_lines(folder, size):
    log = Log(folder / "one.jsonl")
    log.write(
        "ladder.py", "    assert lantern.light(hours=3) == torches.count(burning=True)\n" * size
    )


def one_long_line(folder, size):
    log = Log(folder / "one.jsonl")
    log.write("bundle.js", ";".join(f"f{n % 97}(a{n},b{n * 7919})" for n in range(size)) + "\n")


def tiny_edits(folder, size):
    log = Log(folder / "one.jsonl")
    for number in range(size // 50):
        log.write("torches.py", f"torch_{number} = light({number * 7919})\n")


def the_same_again_and_again(folder, size):
    log = Log(folder / "one.jsonl")
    for number in range(size // 50):
        log.read("hall.py", WALK.format(1) * 3 + f"lamp = {number}\n")
        log.write("hall.py", WALK.format(1) * 3 + f"lamp = {number + 1}\n")


def one_call_again_and_again(folder, size):
    """Every record tells the result of the same call, with the file as it was."""
    log = Log(folder / "one.jsonl")
    call = log.begin_write("hall.py", WALK.format(1))
    for number in range(size // 50):
        log.applied(call, "hall.py", WALK.format(1), before=f"lamp = {number}\n" + WALK.format(2))


def sessions_alike(folder, size):
    for number in range(size // 50):
        log = Log(folder / f"{number}.jsonl", f"session-{number}")
        log.write("hall.py", WALK.format(1))


@pytest.mark.parametrize(
    "sessions",
    [
        equal_lines,
        one_long_line,
        tiny_edits,
        the_same_again_and_again,
        one_call_again_and_again,
        sessions_alike,
    ],
)
def test_twice_as_much_to_index_is_about_twice_the_work(tmp_path, sessions):
    def at(size):
        folder = tmp_path / str(size)
        sessions(folder / "sessions", max(50, size))
        return lambda: update([folder / "sessions"], folder / "index.db")

    assert growth(at, 6_000) < LINEAR


def test_reading_on_costs_what_was_added_whatever_stood_before(tmp_path):
    def at(size):
        folder = tmp_path / str(size)
        log = Log(folder / "sessions" / "one.jsonl")
        for number in range(size):
            log.write(f"walk_{number}.py", WALK.format(number))
        update([folder / "sessions"], folder / "index.db")
        log.write("last.py", WALK.format("last"))
        return lambda: update([folder / "sessions"], folder / "index.db")

    assert growth(at, 60) < 1.5


def test_a_long_session_takes_the_memory_of_what_is_new_in_it(tmp_path):
    """Files read again and again are most of a session; of what is repeated nothing is held."""
    size = []
    for rounds in (50, 400):
        log = Log(tmp_path / str(rounds) / "one.jsonl")
        hall = "".join(WALK.format(n) for n in range(100))
        for number in range(rounds):
            log.read("hall.py", f"lamp = {number}\n" + hall)
            log.write(f"walk_{number}.py", WALK.format(number + 100))
        size.append(log.path.stat().st_size)
    few, many = (
        peak_of(INDEX, str(tmp_path / str(rounds)), str(tmp_path / f"{rounds}.db"))
        for rounds in (50, 400)
    )
    assert size[1] - size[0] > 20 * MIB
    assert many - few < 12 * MIB


def test_a_file_of_one_endless_line_is_counted_and_left(tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.write("walk.py", WALK.format(1))
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"type":"user","message":"')
        for _ in range(80):
            file.write("torch " * (MIB // 6))
        file.write('"}\n')
    log.write("hall.py", WALK.format(2))
    report = update([tmp_path / "sessions"], tmp_path / "index.db")
    assert (report.pieces, dict(report.unread)) == (2, {"line too long": 1})
