"""A document under edit is what a plain string would be, in every encoding a client counts in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.live.places import Edit, Extent, Place
from redline.live.text import LiveText, split_lines

ENCODINGS = ("utf-8", "utf-16", "utf-32")

# What tells line splitters and counters of columns apart: every line end of the protocol, ends
# of other conventions, characters of one to four bytes, halves of surrogate pairs.
PIECES = [
    *["a", "b", " ", "\n", "\r", "\r\n", "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"],
    *["é", "√", "漢", "😀", "e\u0301", "\ud83d", "\ude00", "\ufeff"],
]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
positions = st.tuples(st.integers(0, 8), st.integers(0, 12))
changes = st.lists(st.tuples(positions, positions, texts), max_size=6)


def joined(text):
    """The text with halves of surrogate pairs that meet made one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def lines_of(text):
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text) + (
        [""] if not text or text[-1] in "\r\n" else []
    )


def offset(text, position, encoding):
    """The model's reading of a client's position: one character after the other."""
    lines = lines_of(text)
    line, units = position
    if line >= len(lines):
        return len(text)
    before = sum(map(len, lines[:line]))
    for index, char in enumerate(lines[line].rstrip("\r\n")):
        codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
        size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        units -= len(char.encode(codec, "surrogatepass")) // size
        if units < 0:
            return before + index
    return before + len(lines[line].rstrip("\r\n"))


def at(text, place):
    return sum(map(len, lines_of(text)[: place.line])) + place.column


def check(edit, before, after):
    """An edit tells exactly what was done: where, what stood there, what stands there now."""
    start, end = at(before, edit.start), at(before, edit.end)
    assert before[start:end] == edit.removed
    assert before[:start] + edit.inserted + before[end:] == after
    assert at(after, edit.new_end) == start + len(edit.inserted)
    assert edit.moved(edit.end) == edit.new_end
    tail = Place(len(lines_of(before)) - 1, len(lines_of(before)[-1]))
    assert at(after, edit.moved(tail)) == len(after)


@given(texts, changes, st.sampled_from(ENCODINGS))
def test_edits_leave_what_they_leave_in_a_string(text, changes, encoding):
    text = joined(text)
    live = LiveText(text)
    for first, second, inserted in changes:
        start, end = sorted((offset(text, first, encoding), offset(text, second, encoding)))
        after = joined(text[:start] + inserted + text[end:])
        edit = live.apply(live.place(*first, encoding), live.place(*second, encoding), inserted)
        assert live.lines == lines_of(after)
        check(edit, text, after)
        text = after
    assert str(live) == text
    assert live.to_bytes() == text.encode("utf-8", "surrogatepass")


@given(texts, texts)
def test_a_whole_document_becomes_a_small_edit(before, after):
    before, after = joined(before), joined(after)
    live = LiveText(before)
    edit = live.replace(after)
    assert live.lines == lines_of(after)
    check(edit, before, after)
    if before == after:
        assert (edit.removed, edit.inserted) == ("", "")


@given(texts, positions, st.sampled_from(ENCODINGS))
def test_places_and_units_are_each_others_inverse(text, position, encoding):
    live = LiveText(text)
    place = live.place(*position, encoding)
    line, units = live.units(place, encoding)
    assert live.place(line, units, encoding) == place
    assert line <= position[0]
    assert units <= position[1] or line < position[0]


@given(texts, positions, positions)
def test_a_slice_is_what_an_edit_removes(text, first, second):
    live = LiveText(text)
    extent = Extent(Place(*first), Place(*second))
    cut = live.slice(extent)
    assert cut in str(live)
    assert cut in live.apply(extent.start, extent.end, "").removed


@given(texts)
def test_lines_are_those_of_the_protocol(text):
    assert split_lines(text) == lines_of(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\r", ["\r", ""]),
        ("a\f\x0b\x1c\x85\u2028\u2029b", ["a\f\x0b\x1c\x85\u2028\u2029b"]),
        ("\ufeffa\n", ["\ufeffa\n", ""]),
    ],
)
def test_only_three_line_ends_count(text, lines):
    assert LiveText(text).lines == lines


@pytest.mark.parametrize(
    ("encoding", "units"), [("utf-8", [0, 1, 5, 8]), ("utf-16", [0, 1, 3, 4]), ("utf-32", range(4))]
)
def test_columns_count_in_the_clients_units(encoding, units):
    live = LiveText("a😀漢\n")
    assert [live.units(Place(0, column), encoding)[1] for column in range(4)] == list(units)
    assert [live.place(0, column, encoding).column for column in units] == [0, 1, 2, 3]


@pytest.mark.parametrize(("encoding", "inside"), [("utf-8", (2, 3, 4)), ("utf-16", (2,))])
def test_a_column_inside_a_character_is_its_start(encoding, inside):
    live = LiveText("a😀b")
    assert {live.place(0, units, encoding) for units in inside} == {Place(0, 1)}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_outside_the_text_are_its_nearest_places(encoding):
    live = LiveText("ab\r\nc")
    assert live.place(0, 99, encoding) == Place(0, 2)
    assert live.place(1, 99, encoding) == Place(1, 1)
    assert live.place(2**31 - 1, 0, encoding) == live.end == Place(1, 1)
    assert live.place(-1, -1, encoding) == Place(0, 0)


def test_a_column_behind_a_last_line_without_end_appends():
    live = LiveText("ab")
    assert live.apply(live.place(0, 99, "utf-16"), live.place(0, 99, "utf-16"), "c").inserted == "c"
    assert str(live) == "abc"


def test_a_range_that_runs_backwards_is_taken_forwards():
    live = LiveText("abcd")
    edit = live.apply(Place(0, 3), Place(0, 1), "x")
    assert (str(live), edit.removed) == ("axd", "bc")


def test_a_line_feed_typed_behind_a_lone_carriage_return_joins_it():
    live = LiveText("a\rb")
    edit = live.apply(Place(1, 0), Place(1, 0), "\n")
    assert live.lines == ["a\r\n", "b"]
    assert edit == Edit(Place(0, 1), Place(1, 0), "\r", "\r\n", Place(1, 0))


def test_a_carriage_return_typed_before_a_line_feed_joins_it():
    live = LiveText("a\nb")
    edit = live.apply(Place(0, 1), Place(0, 1), "\r")
    assert live.lines == ["a\r\n", "b"]
    assert edit == Edit(Place(0, 1), Place(1, 0), "\n", "\r\n", Place(1, 0))


def test_two_line_ends_meet_when_what_stood_between_them_goes():
    live = LiveText("a\rX\nb")
    edit = live.apply(Place(1, 0), Place(1, 1), "")
    assert live.lines == ["a\r\n", "b"]
    assert edit == Edit(Place(0, 1), Place(2, 0), "\rX\n", "\r\n", Place(1, 0))


def test_a_whole_document_that_splits_line_ends_keeps_them_whole_in_the_edit():
    live = LiveText("a\r\nb")
    assert live.replace("a\rb") == Edit(Place(0, 1), Place(1, 0), "\r\n", "\r", Place(1, 0))


def test_halves_of_a_surrogate_pair_become_a_character_when_they_meet():
    live = LiveText("a\ud83d")
    edit = live.apply(Place(0, 2), Place(0, 2), "\ude00b")
    assert str(live) == "a😀b"
    assert edit == Edit(Place(0, 1), Place(0, 2), "\ud83d", "😀b", Place(0, 3))


def test_a_lone_half_of_a_surrogate_pair_survives():
    live = LiveText("a\ud83d\n")
    live.apply(Place(0, 2), Place(0, 2), "b")
    assert live.to_bytes() == b"a\xed\xa0\xbdb\n"
    assert live.units(Place(0, 3), "utf-16") == (0, 3)
