"""What stood where a block has come in is known for as long as the editor is open."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from redline.live.places import Extent, Place
from redline.live.replaced import Replacements
from redline.live.text import LiveText

OLD = "def lamp():\n    return 1\n"
NEW = "def torch():\n    return 2\n"
ALL = Extent(Place(0, 0), Place(10_000, 0))


class Page:
    """A text, and what is known to have stood in it before."""

    def __init__(self, text: str) -> None:
        self.text = LiveText(text)
        self.replaced = Replacements()

    def put(self, old: str, new: str, *, lands: bool = False) -> None:
        """Replace the first ``old``; ``lands`` for text that came in at once."""
        at = str(self.text).index(old)
        self.put_at(at, at + len(old), new, lands=lands)

    def put_at(self, first: int, last: int, new: str, *, lands: bool = False) -> None:
        edit = self.text.apply(self._place(first), self._place(last), new)
        self.replaced.follow(edit)
        self.replaced.landed([Extent(edit.start, edit.new_end)] if lands else [])

    def known(self) -> list[tuple[str, str, bool]]:
        """What lies there now, what stood there, and whether nothing was changed since."""
        return [
            (self.text.slice(one.extent), one.before, one.intact)
            for one in self.replaced.over([ALL])
        ]

    def _place(self, offset: int) -> Place:
        before = str(self.text)[:offset].split("\n")
        return Place(len(before) - 1, len(before[-1]))


def test_what_a_block_came_in_for():
    page = Page(f"import os\n{OLD}")
    page.put(OLD, NEW, lands=True)
    assert page.known() == [(NEW, OLD, True)]


def test_keys_replace_nothing():
    page = Page(OLD)
    page.put("lamp", "torch")
    assert page.known() == []


def test_edits_elsewhere_move_it_and_edits_within_show():
    page = Page(f"import os\n{OLD}\nlast = 1\n")
    page.put(OLD, NEW, lands=True)
    page.put("import os\n", "import os\nimport re\n")
    page.put("last = 1", "last = 22")
    assert page.known() == [(NEW, OLD, True)]
    page.put("torch", "torches")
    assert page.known() == [(NEW.replace("torch", "torches"), OLD, False)]


def test_what_is_taken_away_as_a_whole_is_known_no_more():
    page = Page(OLD)
    page.put(OLD, NEW, lands=True)
    page.put(NEW, OLD)
    assert page.known() == []


def test_what_was_cut_line_by_line_right_before_was_replaced_too():
    page = Page(f"import os\n{OLD}last = 1\n")
    page.put("    return 1\n", "")
    page.put("def lamp():\n", "")
    page.put("last", f"{NEW}last")
    assert page.known() == []
    page = Page(f"import os\n{OLD}last = 1\n")
    page.put("    return 1\n", "")
    page.put("def lamp():\n", "")
    page.put_at(10, 10, NEW, lands=True)
    assert page.known() == [(NEW, OLD, True)]


def test_what_was_cut_elsewhere_was_not_replaced():
    page = Page(f"import os\n{OLD}last = 1\n")
    page.put(OLD, "")
    page.put_at(0, 0, NEW, lands=True)
    assert page.known() == []


def test_of_many_the_newest_are_known():
    page = Page("".join(f"old_{number:02}\n" for number in range(40)))
    for number in range(40):
        page.put(f"old_{number:02}", f"new_{number:02}", lands=True)
    assert len(page.known()) == 20
    assert page.known()[0][:2] == ("new_39", "old_39")
    page.put("new_00", "x" * 90_000)
    for _ in range(6):
        page.put_at(0, 90_000, "y" * 90_000, lands=True)
        page.put("y" * 90_000, "x" * 90_000, lands=True)
    assert sum(len(before) for _, before, _ in page.known()) <= 500_000


@given(st.data())
def test_it_lies_where_its_letters_lie(data):
    page = Page("a" * 12)
    page.put_at(4, 8, "NNNN", lands=True)
    for _ in range(data.draw(st.integers(0, 6))):
        length = len(str(page.text))
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, length)] * 2)))
        page.put_at(first, last, data.draw(st.sampled_from(["", "z", "z\nz"])))
    for now, before, intact in page.known():
        assert before == "aaaa"
        assert (now == "NNNN") == intact or not intact
        assert now
