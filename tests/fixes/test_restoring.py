"""What stood there before comes back: from what git keeps, or from what the editor saw go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from judged import WORD, after, case_of, findings_in, refused, shipped, undone

from redline.fixes import NoFixError, plan
from redline.fixes.stretches import BOM

OLD = b"""\
def walk(maze):
    step = maze.start
    while step != maze.end:
        step = maze.left(step)
    return step


def lost(maze):
    return len(maze.steps)
"""


def restored(new: bytes, *earlier: bytes, path: str = "evals/walk.py", **known) -> bytes:
    case = case_of(path, new, shipped(), earlier=earlier, **known)
    fix = plan("restore", case)
    assert undone(case, fix) == new
    return after(case, fix)


def no_restore(new: bytes, *earlier: bytes, path: str = "evals/walk.py", **known) -> str:
    case = case_of(path, new, shipped(), earlier=earlier, **known)
    return refused(lambda: plan("restore", case))


def test_a_rewritten_loop_comes_back():
    new = OLD.replace(
        b"    while step != maze.end:\n        step = maze.left(step)\n",
        b"    for torch in maze.torches:\n        step = torch.light(step)\n",
    )
    assert restored(new, OLD) == OLD


def test_the_rest_of_what_changed_since_stays():
    new = OLD.replace(b"        step = maze.left(step)\n", b"        step = torch(step)\n")
    new = new.replace(b"len(maze.steps)", b"len(maze.steps) + 1")
    assert restored(new, OLD) == OLD.replace(b"len(maze.steps)", b"len(maze.steps) + 1")


def test_the_newest_version_that_lacks_the_lines_counts():
    staged = OLD.replace(b"maze.left(step)", b"maze.right(step)")
    new = OLD.replace(b"maze.left(step)", b"torch(step)")
    assert restored(new, staged, OLD) == staged
    assert restored(new, new, staged, OLD) == staged


def test_a_line_beside_it_that_a_person_changed_is_no_ones_guess():
    new = OLD.replace(
        b"    while step != maze.end:\n        step = maze.left(step)\n",
        b"    while step is not maze.goal:\n        step = torch(step)\n",
    )
    assert "nothing else" in no_restore(new, OLD)


def test_what_only_came_in_has_nothing_before_it():
    assert "nothing else" in no_restore(OLD + b"\n\ntorch = 1\n", OLD)


def test_lines_that_every_version_has_are_not_restored():
    new = OLD + b"\n\ntorch = 1\n"
    assert "nothing else" in no_restore(new, new)
    assert "nothing else" in no_restore(new)


def test_a_checkout_with_other_line_ends_gets_its_own():
    new = OLD.replace(b"maze.left(step)", b"torch(step)").replace(b"\n", b"\r\n")
    assert restored(new, OLD) == OLD.replace(b"\n", b"\r\n")


def test_a_byte_order_mark_stays():
    new = BOM + b"torch = 1\nown = 2\n"
    assert restored(new, b"lamp = 1\nown = 2\n") == BOM + b"lamp = 1\nown = 2\n"
    assert restored(new, BOM + b"lamp = 1\nown = 2\n") == BOM + b"lamp = 1\nown = 2\n"


def test_the_last_line_without_an_end_comes_back_without_one():
    assert restored(b"own = 1\ntorch = 2", b"own = 1\nlamp = 2") == b"own = 1\nlamp = 2"
    assert restored(b"own = 1\ntorch = 2\n", b"own = 1\nlamp = 2\n") == b"own = 1\nlamp = 2\n"


def test_what_the_editor_saw_go_is_known_best():
    new = b"own = 1\ntorch = 2\n"
    assert restored(new, b"own = 1\nlamp = 2\n", replaced=b"candle = 3\n") == (
        b"own = 1\ncandle = 3\n"
    )


def test_what_does_not_fit_any_more_stays_away():
    new = b"if torch:\n    own = 1\n"
    assert "does not fit" in no_restore(new, b"lamp = 2\n    own = 1\n")


LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"  d e", "é".encode()]), max_size=12)


@given(LINES, st.integers(0, 12), st.integers(0, 4), st.integers(1, 4), st.sampled_from([1, 2]))
def test_a_replaced_stretch_comes_back_byte_by_byte(lines, at, gone, came, end):
    ends = (b"\n", b"\r\n")[end - 1]
    old = b"".join(line + ends for line in lines)
    its = [WORD + b" %d" % number for number in range(came)]
    new = b"".join(line + ends for line in [*lines[:at], *its, *lines[at + gone :]])
    policy = shipped()
    case = case_of("evals/a.txt", new, policy, earlier=(old,))
    try:
        fix = plan("restore", case)
    except NoFixError:
        # Blank lines alone are nothing that stood there.
        assert not b"".join(lines[at : at + gone]).strip()
        return
    assert after(case, fix) == old
    assert not findings_in("evals/a.txt", old, policy)
    assert undone(case, fix) == new
