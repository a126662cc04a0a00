"""Marks stay with their text."""

from __future__ import annotations

import pytest

from redline.live.cuts import Cuts
from redline.live.places import Extent, Place
from redline.live.text import LiveText
from redline.live.tracker import Mark, Tracker

CODE = """\
import os


def first(rows):
    total = sum(rows)
    return total


def second(x):
    return x * 2
"""


class Page:
    """A text with its tracker; places are found by what stands there."""

    def __init__(self, text=CODE, cuts=None):
        self.text = LiveText(text)
        self.tracker = Tracker(self.text.slice, cuts)
        self.done = []

    def place(self, offset):
        before = str(self.text)[:offset]
        return Place(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def extent(self, words):
        at = str(self.text).index(words)
        return Extent(self.place(at), self.place(at + len(words)))

    def mark(self, words, payload="assistant"):
        self.tracker.add(Mark(self.extent(words), payload))

    def edit(self, extent, text):
        edit = self.text.apply(extent.start, extent.end, text)
        self.done.append(edit)
        self.tracker.move(edit)

    def replace(self, words, text):
        self.edit(self.extent(words), text)

    def put_before(self, words, text):
        start = self.extent(words).start
        self.edit(Extent(start, start), text)

    def put_behind(self, words, text):
        end = self.extent(words).end
        self.edit(Extent(end, end), text)

    def undo(self):
        last = self.done.pop()
        self.edit(Extent(last.start, last.new_end), last.removed)
        self.done.pop()

    def type_behind(self, words, text):
        for number, letter in enumerate(text):
            self.put_behind(words + text[:number], letter)

    @property
    def marked(self):
        return [self.text.slice(mark.extent) for mark in self.tracker.marks]

    @property
    def shares(self):
        return [round(mark.share, 2) for mark in self.tracker.marks]


BODY = "    total = sum(rows)\n    return total\n"


@pytest.fixture
def page():
    page = Page()
    page.mark(BODY)
    return page


def test_typing_before_a_mark_moves_it(page):
    page.put_before("import os", "# a comment\n# of two lines\n")
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_typing_on_the_same_line_before_a_mark_moves_it():
    page = Page("one two three\n")
    page.mark("three")
    page.put_before("two", "and ")
    page.replace("one", "o")
    assert page.marked == ["three"]


def test_typing_at_the_edges_stays_outside(page):
    page.put_before("    total =", "    human = 1\n")
    page.put_behind("return total\n", "    # human too\n")
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_typing_inside_lies_in_the_mark_and_lowers_its_share(page):
    page.type_behind("sum(rows)", "  # twelve signs")
    assert page.marked == ["    total = sum(rows)  # twelve signs\n    return total\n"]
    assert page.shares == [round(26 / 38, 2)]


def test_what_was_typed_inside_and_taken_back_lowers_nothing(page):
    page.type_behind("sum(rows)", "  # twelve signs")
    page.replace("  # twelve signs", "")
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_white_space_inside_changes_no_share(page):
    page.put_behind("sum(rows)", "\n\n\n")
    assert page.shares == [1.0]


def test_deleting_shrinks_a_mark(page):
    page.replace("    total = sum(rows)\n", "")
    assert page.marked == ["    return total\n"]
    assert page.shares == [1.0]


def test_a_mark_goes_with_its_text(page):
    page.replace(BODY, "")
    assert page.marked == []


def test_a_mark_of_which_only_white_space_is_left_goes(page):
    page.replace("total = sum(rows)\n    return total", "")
    assert page.marked == []


def test_a_rename_inside_lowers_the_share_a_little(page):
    page.replace("total = sum", "result = sum")
    page.replace("return total", "return result")
    assert page.shares[0] > 0.5
    assert page.marked == ["    result = sum(rows)\n    return result\n"]


def test_a_mark_that_somebody_wrote_over_goes_and_comes_back_with_undo(page):
    page.replace(BODY, "    yield from (item for item in rows if item)\n")
    assert page.marked == []
    page.undo()
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_undo_of_a_deletion_brings_the_mark_back(page):
    page.replace("def first(rows):\n" + BODY, "")
    assert page.marked == []
    page.undo()
    assert page.marked == [BODY]


def test_undo_of_many_deletions_in_one_brings_the_mark_back(page):
    """Editors undo in one step what was deleted key by key."""
    for size in range(len("return total"), 0, -1):
        last = page.extent("    " + "return total"[:size]).end
        page.edit(Extent(Place(last.line, last.column - 1), last), "")
    assert page.marked == ["    total = sum(rows)\n    \n"]
    page.put_behind("sum(rows)\n    ", "return total")
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_what_several_commands_took_out_comes_back_in_one(page):
    page.replace("    return total\n", "")
    page.replace("    total = sum(rows)\n", "")
    page.put_behind("def first(rows):\n", BODY)
    assert page.marked == [BODY]


def test_undo_of_line_by_line_deletions_brings_each_line_back(page):
    page.replace("    total = sum(rows)\n", "")
    page.replace("    return total\n", "")
    page.undo()
    assert page.marked == ["    return total\n"]
    page.undo()
    assert page.marked == [BODY]


def test_a_letter_typed_where_a_mark_was_is_not_taken_for_it(page):
    page.replace(BODY, "")
    page.type_behind("def first(rows):\n", "    total = 5")
    assert page.marked == []


def test_lines_that_are_moved_keep_their_mark(page):
    page.replace(BODY, "")
    page.put_before("import os", BODY)
    assert page.marked == [BODY]
    assert page.shares == [1.0]


def test_lines_that_are_put_in_before_they_are_taken_out_keep_their_mark(page):
    """Neovim's :move and the editor command that moves lines down do so."""
    page.put_before("import os", BODY)
    page.put_before("import os", "# between\n")
    page.edit(Extent(Place(7, 0), Place(9, 0)), "")
    assert page.marked == [BODY]
    assert str(page.text).startswith(BODY + "# between\nimport os")


def test_a_line_moved_within_a_mark_stays_part_of_it():
    page = Page("a\nsecond = line(2)\nthird = line(3)\nfourth = line(4)\nb\n")
    page.mark("second = line(2)\nthird = line(3)\nfourth = line(4)\n")
    page.replace("third = line(3)\n", "")
    page.put_behind("fourth = line(4)\n", "third = line(3)\n")
    assert page.marked == ["second = line(2)\nfourth = line(4)\nthird = line(3)\n"]
    assert page.shares == [1.0]


def test_cut_text_keeps_its_mark_in_another_document():
    cuts = Cuts()
    source, target = Page(cuts=cuts), Page("def other(rows):\n", cuts=cuts)
    source.mark(BODY)
    source.replace(BODY, "")
    target.put_behind("def other(rows):\n", "    # moved here\n" + BODY)
    assert target.marked == [BODY]


def test_a_part_of_what_was_cut_keeps_its_mark(page):
    page.replace(BODY, "")
    page.put_before("import os", "total = sum(rows)\n")
    assert page.marked == ["total = sum(rows)\n"]


def test_a_short_text_elsewhere_is_not_taken_for_what_was_cut():
    page = Page("x = 1\ny = 2\n")
    page.mark("x = 1\n")
    page.replace("x = 1\n", "")
    page.put_behind("y = 2\n", "x = 1\n")
    assert page.marked == []


def test_a_formatter_that_replaces_the_whole_text_keeps_every_mark(page):
    page.mark("return x * 2", "other")
    whole = str(page.text)
    page.replace(whole, whole.replace("    ", "\t").replace("\n\n\n", "\n\n"))
    assert page.marked == [BODY.replace("    ", "\t"), "return x * 2"]
    assert page.shares == [1.0, 1.0]


def test_a_formatter_that_also_adds_commas_and_quotes_keeps_marks():
    before = "def f():\n  g('a',\n    'b')\n  h('c')\n\ndef human():\n  return 'd'\n"
    after = (
        'def f():\n    g(\n        "a",\n        "b",\n    )\n    h("c")\n\n\n'
        'def human():\n    return "d"\n'
    )
    page = Page(before)
    page.mark("  g('a',\n    'b')\n  h('c')\n")
    page.replace(before, after)
    [marked] = page.marked
    assert marked.startswith("    g(")
    assert "human" not in marked
    assert page.shares[0] > 0.5


def test_minimised_edits_of_a_formatter_keep_the_share(page):
    for line in (5, 4):
        page.edit(Extent(Place(line, 0), Place(line, 2)), "")
    assert page.marked == ["  total = sum(rows)\n  return total\n"]
    assert page.shares == [1.0]


def test_joining_the_lines_of_a_mark_keeps_it(page):
    page.replace("sum(rows)\n    return", "sum(rows); return")
    assert page.marked == ["    total = sum(rows); return total\n"]
    assert page.shares == [round(26 / 27, 2)]


def test_marks_may_overlap(page):
    page.mark("rows)\n    return", "other")
    page.replace("return", "yield")
    assert page.marked == ["    total = sum(rows)\n    yield total\n", "rows)\n    "]


def test_reset_forgets_marks_but_not_what_was_cut(page):
    page.replace(BODY, "")
    page.tracker.reset([Mark(page.extent("return x * 2"), "other")])
    assert page.marked == ["return x * 2"]
    page.put_behind("def first(rows):\n", BODY)
    assert page.marked == [BODY, "return x * 2"]


def test_unwanted_marks_are_dropped(page):
    page.mark("return x * 2", "other")
    page.tracker.drop(lambda payload: payload == "assistant")
    assert page.marked == ["return x * 2"]


def test_empty_marks_are_let_go():
    page = Page()
    page.tracker.add(Mark(Extent(Place(1, 0), Place(1, 0)), "nothing"))
    assert page.tracker.marks == ()


def test_a_dropped_mark_does_not_come_back_with_its_text(page):
    page.replace(BODY, "")
    page.tracker.drop(lambda payload: payload == "assistant")
    page.undo()
    page.put_before("import os", BODY)
    assert page.marked == []
