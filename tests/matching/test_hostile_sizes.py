"""Twice the input is about twice the work, whatever the text; counted, not timed."""

from __future__ import annotations

import numpy as np
import pytest

from assistant_log import HOME, Log, indexed
from maze import WALK
from redline.detect.sessions import SessionDetector
from redline.matching import seen
from redline.matching.pieces import make_piece
from redline.matching.prints import take
from work import growth, peak_of, steps_of

LINEAR = 2.6
"""Twice the work, and what an input half as long has not yet reached of its bounds."""


def ladder(size: int) -> str:
    return "    assert lantern.light(hours=3) == torches.count(burning=True)\n" * size


def cycle(size: int) -> str:
    return "".join(f"    yield torch_{n % 100}.lit(since={n % 100})\n" for n in range(size))


def nested(size: int) -> str:
    return "x = " + "(" * size + "torch" + ")" * size + "\n"


def bundle(size: int) -> str:
    """One line of minified code, every statement another."""
    return ";".join(f"f{n % 97}(a{n},b{n * 7919})||c{n % 89}" for n in range(size)) + "\n"


def names(size: int) -> str:
    return "torch = lantern\n" * size


def blank(size: int) -> str:
    return "\n" * size


TEXTS = [ladder, cycle, nested, bundle, names, blank]


def asking(folder, path: str, written: str, text: str):
    """A question to the index of a session that wrote ``written`` to ``hall.py``."""
    log = Log(folder / "sessions" / "one.jsonl")
    log.write("hall.py", written)
    index = indexed(folder / "sessions", folder / "index.db")

    def ask():
        with SessionDetector.open(index) as sessions:
            return sessions.evidence(path, HOME, text.encode())

    return ask


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("bulk", [False, True], ids=["plain", "bulk"])
def test_fingerprints_of_a_text(text, bulk):
    def at(size):
        return lambda: take(text(size).encode(), abstract=True, bulk=bulk)

    assert growth(at, 300) < LINEAR


@pytest.mark.parametrize("text", TEXTS)
def test_a_piece_for_the_index(text):
    def at(size):
        return lambda: make_piece(text(size).encode(), code=True)

    assert growth(at, 2_000) < LINEAR


@pytest.mark.parametrize("path", ["hall.py", "evals/other.py"], ids=["there", "elsewhere"])
@pytest.mark.parametrize("text", [ladder, cycle, bundle])
def test_a_question_about_a_text_that_is_the_sessions_own(tmp_path, text, path):
    def at(size):
        return asking(tmp_path / str(size), path, text(size), text(size))

    assert growth(at, 200) < LINEAR


@pytest.mark.parametrize("path", ["hall.py", "evals/other.py"], ids=["there", "elsewhere"])
def test_a_question_about_a_text_that_begins_elsewhere(tmp_path, path):
    def at(size):
        return asking(tmp_path / str(size), path, cycle(size), cycle(size)[1_111:])

    assert growth(at, 200) < LINEAR


def test_a_long_text_that_shares_one_passage(tmp_path):
    def at(size):
        return asking(tmp_path / str(size), "evals/other.py", WALK, bundle(size) + WALK)

    assert growth(at, 200) < LINEAR


def many_sessions(folder, path: str, size: int):
    """A question about ``path``, after as many sessions wrote its text to files of that name."""
    for number in range(size):
        log = Log(folder / "sessions" / f"{number}.jsonl", f"session-{number}")
        log.write("walk.py", WALK + f"lamp_{number} = {number * 7919}\n")
    index = indexed(folder / "sessions", folder / "index.db")

    def ask():
        with SessionDetector.open(index) as sessions:
            return sessions.evidence(path, HOME, WALK.encode())

    return ask


def test_what_many_sessions_wrote_costs_a_question_elsewhere_no_more(tmp_path):
    def at(size):
        return many_sessions(tmp_path / str(size), "evals/other.py", size)

    assert growth(at, 60) < 1.3


def test_what_many_sessions_wrote_to_the_same_file(tmp_path):
    def at(size):
        return many_sessions(tmp_path / str(size), "walk.py", size)

    assert growth(at, 60) < LINEAR


def test_what_was_read_is_sorted_again_only_as_it_grows(monkeypatch):
    rng = np.random.default_rng(7)
    sort = seen.distinct

    def sorted_by(texts: int) -> int:
        count = 0

        def counting(values):
            nonlocal count
            count += len(values)
            return sort(values)

        monkeypatch.setattr(seen, "distinct", counting)
        known = seen.Seen()
        for _ in range(texts):
            known.add(rng.integers(0, 1 << 63, 500, np.uint64))
        assert len(known.pack()) > 4 * 400 * texts
        return count

    assert sorted_by(1_600) < 2.8 * sorted_by(800)


def test_a_bundle_of_many_megabytes_takes_the_memory_of_its_blocks(tmp_path):
    """The text itself and one block of it at a time, not columns for all of it."""
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.write("walk.js", WALK)
    index = indexed(tmp_path / "sessions", tmp_path / "index.db")
    program = (
        "import sys; from pathlib import Path\n"
        "from redline.detect.sessions import SessionDetector\n"
        "text = b''.join(b'f%d(a%d,b%d)||c%d;' % (n % 97, n, n * 7919, n % 89)"
        " for n in range(int(sys.argv[2])))\n"
        "with SessionDetector.open(Path(sys.argv[1])) as sessions:\n"
        "    sessions.evidence('evals/bundle.js', '/home/ada', text)\n"
    )
    few, many = 60_000, 240_000
    more = peak_of(program, str(index), str(many)) - peak_of(program, str(index), str(few))
    text = (many - few) * 24
    assert more < 3 * text + (16 << 20)


def test_steps_are_the_same_each_time():
    def run():
        return take(ladder(50).encode(), abstract=True, bulk=False)

    run()
    assert steps_of(run) == steps_of(run)
