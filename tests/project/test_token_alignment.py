"""Tokens of two texts that stand in the same place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.project.token_alignment import align, locate, tokens_of
from work import growth

PROGRAM = st.lists(
    st.sampled_from("if else x y torch lamp ( ) [ ] . , = + 1 2 def return 漢 字".split()),
    max_size=60,
)


def pairs_of(left: str, right: str) -> list[tuple[str, str]]:
    ours, theirs = tokens_of(left).words, tokens_of(right).words
    return [(ours[pair.left], theirs[pair.right]) for pair in align(ours, theirs)]


@given(PROGRAM, PROGRAM)
def test_pairs_rise_on_both_sides_and_say_what_they_are(left, right):
    pairs = list(align(left, right))
    for before, after in pairwise(pairs):
        assert before.left < after.left
        assert before.right < after.right
    for pair in pairs:
        assert pair.renamed == (left[pair.left] != right[pair.right])


@given(PROGRAM)
def test_a_text_is_the_same_as_itself(words):
    assert len([pair for pair in align(words, words) if not pair.renamed]) == len(words)


def test_names_in_the_same_place_are_changed_names():
    assert pairs_of("room = queue.pop(0)", "cell = queue.pop(0)")[0] == ("room", "cell")
    assert all(one == other for one, other in pairs_of("if x:", "while x:"))


def test_words_of_a_language_are_never_renamed():
    assert ("if", "torch") not in pairs_of("a = 1; if (x) { y }", "a = 1; torch (x) { y }")


def test_statements_that_were_added_do_not_shift_the_rest():
    lines = [f"torch_{n} = light({n}, hours=3)\n" for n in range(40)]
    more = [*lines[:20], "print('half')\n" * 3, *lines[20:]]
    assert len(pairs_of("".join(lines), "".join(more))) == len(tokens_of("".join(lines)).words)


def test_a_part_is_found_in_a_long_text():
    whole = [f"torch_{n % 7000} = light({n})\n" for n in range(7000)]
    part = "".join(whole[5000:5020]).replace("torch", "lamp")
    words = tokens_of(part).words
    first, last = locate(words, tokens_of("".join(whole)).words)
    assert first <= 5000 * 6 < 5020 * 6 <= last
    assert last - first < 5 * len(words)


def test_scripts_without_blanks_are_aligned_by_character():
    assert [one for one, _ in pairs_of("迷路を歩く", "迷路を走る")][:3] == ["迷", "路", "を"]


def ladder(size: int) -> str:
    return "assert lantern.light(hours=3)\n" * size


def cycle(size: int) -> str:
    return "".join(f"yield torch_{n % 50}.lit(since={n % 50})\n" for n in range(size))


def names(size: int) -> str:
    return "".join(f"a{n * 7919 % 10_007} " for n in range(size))


@pytest.mark.parametrize("text", [ladder, cycle, names])
def test_twice_the_text_is_about_twice_the_work(text):
    def at(size):
        left, right = tokens_of(text(size)).words, tokens_of("x = 1\n" + text(size) * 2).words
        return lambda: list(align(left, right[slice(*locate(left, right))]))

    assert growth(at, 1_000) < 2.8
