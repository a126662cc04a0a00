"""Texts that make a careless search take minutes; sizes are such that only linear work ends."""

from __future__ import annotations

import random

import pytest

from assistant_log import Log, found, indexed
from maze import OWN, WALK, lines
from redline.detect.sessions import blocks

MIB = 1 << 20


def ladder(count):
    return "    assert lantern.light(hours=3) == torches.count(burning=True)\n" * count


def test_fifty_thousand_equal_lines_on_both_sides(workshop):
    workshop.log.write("scratch/ladder.py", ladder(50_000))
    workshop.found("evals/other.py", ladder(50_000))
    workshop.found("scratch/ladder.py", ladder(50_000))


def test_a_cycle_of_lines_on_both_sides(workshop):
    cycle = "".join(f"    yield torch_{n % 100}.lit(since={n % 100})\n" for n in range(12_000))
    workshop.log.write("scratch/cycle.py", cycle)
    assert workshop.found("evals/cycle.py", cycle)


def test_one_line_of_five_megabytes(workshop):
    rng = random.Random(5)
    row = "torches=[" + ",".join(f"0x{rng.getrandbits(48):x}" for _ in range(350_000)) + "]\n"
    assert len(row) > 5 * 10**6 - 10**5
    workshop.log.write("scratch/table.py", row)
    strengths = {region[0] for region in workshop.found("evals/table.py", row)}
    assert strengths == {"matched"}


def test_a_file_that_two_thousand_answers_hold(tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    for count in range(2_000):
        log.say(f"Version {count}:\n\n```python\n{WALK}lamp_{count} = {count * 7919}\n```\n")
    index = indexed(tmp_path / "sessions", tmp_path / "index.db")
    first = lines(OWN) + 1
    assert found(index, "evals/walk.py", OWN + WALK) == [
        ("matched", first, first + lines(WALK) - 1)
    ]


def test_a_file_that_was_written_two_thousand_times(tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    for count in range(2_000):
        log.write("evals/walk.py", f"lamp_{count} = {count * 7919}\n" + WALK)
    index = indexed(tmp_path / "sessions", tmp_path / "index.db")
    text = WALK + "\n".join(f"wick({n})" for n in range(20_000))
    [(strength, first, last), *_] = found(index, "evals/walk.py", text, [None] * (lines(text) + 1))
    assert (strength, first, last) == ("recorded", 1, lines(WALK))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (b"", [b""]),
        (b"ab\ncd\n", [b"ab\n", b"cd\n"]),
        (b"abcdef\ngh", [b"abcd", b"ef\n", b"gh"]),
        (b"abcd", [b"abcd"]),
        (b"\n\n\n\n\n", [b"\n\n\n\n", b"\n"]),
    ],
)
def test_large_texts_are_cut_at_line_ends(text, parts):
    assert [text[start:end] for start, end in blocks(text, 4)] == parts


def test_places_and_ages_beyond_the_first_block_are_those_of_the_file(workshop):
    workshop.log.write("scratch/walk.py", WALK)
    filler = "".join(f"row_{n} = {n * 31}\n" for n in range(200_000))
    assert len(filler) > 2 * MIB
    text = filler + WALK
    first = lines(filler) + 1
    place = [("matched", first, first + lines(WALK) - 1)]
    young: list[int | None] = [0] * lines(filler) + [None] * lines(WALK)
    old: list[int | None] = [None] * lines(filler) + [0] * lines(WALK)
    assert workshop.found("evals/walk.py", text) == place
    assert workshop.found("evals/walk.py", text, young) == place
    assert workshop.found("evals/walk.py", text, old) == []
