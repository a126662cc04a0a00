"""Marks against a plain model in which every character knows whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from redline.live.alignment import align
from redline.live.glyphs import Glyphs
from redline.live.places import Extent, Place
from redline.live.text import LiveText
from redline.live.tracker import Mark, Tracker


@dataclass
class Model:
    """Glyphs, each with the white space behind it and the numbers of the marks that it is of."""

    letters: list = field(default_factory=list)
    signs: object = field(default_factory=lambda: count(0x4E00))
    """Every glyph is another one, so that nothing is equal by chance."""

    def fresh(self, blanks):
        return [(chr(next(self.signs)) + blank, frozenset()) for blank in blanks]

    def slice(self, start, end):
        return "".join(letter for letter, _ in self.letters[start:end])

    def place(self, at):
        before = self.slice(0, at)
        return Place(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def extent(self, start, end):
        return Extent(self.place(start), self.place(end))

    @property
    def marks(self):
        """Each mark that has a glyph left: from its first to its last, and its share."""
        found = {}
        numbers = {number for _, owners in self.letters for number in owners}
        for number in numbers:
            own = [at for at, (_, owners) in enumerate(self.letters) if number in owners]
            size = own[-1] + 1 - own[0]
            found[number] = self.slice(own[0], own[-1] + 1).strip(), len(own) / size
        return found


BLANKS = st.sampled_from(["", "", "", " ", "\n"])
LETTERS = st.lists(BLANKS, min_size=10, max_size=60)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=5)
EDITS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 25), st.lists(BLANKS, max_size=12)),
    min_size=1,
    max_size=25,
)


def begin(blanks, spans):
    model = Model()
    model.letters = model.fresh(blanks)
    marks = []
    for number, (start, size) in enumerate(spans):
        start %= len(model.letters)
        end = min(start + size, len(model.letters))
        for at in range(start, end):
            letter, owners = model.letters[at]
            model.letters[at] = (letter, owners | {number})
        marks.append(Mark(model.extent(start, end), number))
    text = LiveText(model.slice(0, None))
    tracker = Tracker(text.slice, least=0.0)
    tracker.reset(marks)
    return model, text, tracker


def marks(text, tracker):
    return {mark.payload: text.slice(mark.extent).strip() for mark in tracker.marks}


def stretches(model):
    return {number: told for number, (told, _) in model.marks.items()}


@given(LETTERS, SPANS, EDITS)
def test_marks_follow_their_characters_and_undo_restores_them(blanks, spans, edits):
    model, text, tracker = begin(blanks, spans)
    past = []
    for start, size, fresh in edits:
        start %= len(model.letters) + 1
        end = min(start + size, len(model.letters))
        came = model.fresh(fresh)
        past.append((list(model.letters), start, end, start + len(came)))
        extent = model.extent(start, end)
        tracker.move(text.apply(extent.start, extent.end, "".join(one for one, _ in came)))
        model.letters[start:end] = came
        assert marks(text, tracker) == stretches(model)
    while past:
        letters, start, end, came_to = past.pop()
        extent = model.extent(start, came_to)
        model.letters = letters
        tracker.move(text.apply(extent.start, extent.end, model.slice(start, end)))
        assert marks(text, tracker) == stretches(model)
    assert {mark.payload: mark.share for mark in tracker.marks} == dict.fromkeys(model.marks, 1.0)


@given(LETTERS, SPANS, st.lists(st.tuples(st.integers(0, 1000), BLANKS), max_size=30))
def test_typing_gives_exact_shares(blanks, spans, keys):
    model, text, tracker = begin(blanks, spans)
    for start, blank in keys:
        start %= len(model.letters) + 1
        came = model.fresh([blank])
        place = model.place(start)
        tracker.move(text.apply(place, place, came[0][0]))
        model.letters[start:start] = came
        found = {mark.payload: mark.share for mark in tracker.marks}
        assert found == {number: share for number, (_, share) in model.marks.items()}


TEXTS = st.text(st.sampled_from("abc \n\r\t"), max_size=60)


@given(TEXTS, TEXTS, st.integers(0, 5), st.integers(0, 9))
def test_aligned_glyphs_are_equal_and_in_order(left, right, line, column):
    old, new = Glyphs(left, Place(line, column)), Glyphs(right, Place(line, column))
    blocks = align(old, new)
    at_old = at_new = 0
    for block in blocks:
        assert block.old >= at_old
        assert block.new >= at_new
        assert (
            old.squeezed[block.old : block.old + block.size]
            == new.squeezed[block.new : block.new + block.size]
        )
        at_old, at_new = block.old + block.size, block.new + block.size
    if old.squeezed == new.squeezed and old.squeezed:
        assert [block.size for block in blocks] == [len(old.squeezed)]


@given(TEXTS, st.integers(0, 5), st.integers(0, 9))
def test_places_of_glyphs_are_where_they_stand(text, line, column):
    glyphs = Glyphs(text, Place(line, column))
    whole = LiveText("\n" * line + " " * column + text)
    for number, glyph in enumerate(glyphs.squeezed):
        start, end = glyphs.before(number), glyphs.behind(number)
        assert whole.slice(Extent(start, end)) == glyph
        assert glyphs.index((start.line, start.column)) == number
        assert glyphs.index((end.line, end.column)) == number + 1
