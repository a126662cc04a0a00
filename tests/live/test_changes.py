"""A batch of edits comes to one change for each place."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from redline.live.changes import net
from redline.live.places import Extent, Place
from redline.live.text import LiveText

TEXT = st.text(st.sampled_from("ab \n\r"), max_size=40)
EDIT = st.tuples(
    st.tuples(st.integers(0, 6), st.integers(0, 12)),
    st.tuples(st.integers(0, 6), st.integers(0, 12)),
    st.text(st.sampled_from("xy \n"), max_size=6),
)


@given(TEXT, st.lists(EDIT, max_size=12))
def test_undoing_the_changes_gives_the_text_before(before, edits):
    text = LiveText(before)
    before = str(text)
    applied = [text.apply(Place(*start), Place(*end), fresh) for start, end, fresh in edits]
    changes = net(applied)
    for change in changes:
        assert text.slice(Extent(change.start, change.end)) == change.inserted
    for change, behind in pairwise(changes):
        assert change.end <= behind.start
    for change in reversed(changes):
        text.apply(change.start, change.end, change.removed)
    assert str(text) == before


def batch(before, *edits):
    text = LiveText(before)
    return net([text.apply(Place(*start), Place(*end), fresh) for start, end, fresh in edits])


def test_keys_one_behind_the_other_are_one_change():
    [change] = batch("one\n", *(((0, 3 + at), (0, 3 + at), key) for at, key in enumerate(" two")))
    assert (change.removed, change.inserted) == ("", " two")


def test_a_line_end_that_goes_and_comes_again_is_no_change():
    """Neovim opens a line by replacing the line's end."""
    [change] = batch("one\n", ((0, 3), (1, 0), "\n    \n"), ((1, 0), (1, 4), ""))
    assert change.blank


def test_changes_at_several_places_stay_apart():
    changes = batch("one\ntwo\nsix\n", ((2, 0), (2, 3), "6"), ((0, 0), (0, 3), "1\n1"))
    assert [(change.removed, change.inserted) for change in changes] == [
        ("one", "1\n1"),
        ("six", "6"),
    ]
    assert changes[1].start == Place(3, 0)
