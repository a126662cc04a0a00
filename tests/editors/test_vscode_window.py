"""Text that lands in VS Code's workbench, with the package that users install."""

from __future__ import annotations

import pytest

from maze import OWN, PENALTY, TIDES, WALK

from .editor import eventually
from .steps import FREE, WALK_LINES, marked, paste


def test_a_squiggle_is_drawn_and_its_hover_tells(window, picture):
    paste(window, "graders/w_squiggle.py")
    assert marked(window) == [WALK_LINES]
    window.wait_for(".squiggly-error")
    window.go(FREE, 6)
    window.press("Control+k", "Control+i")
    window.wait_for(".monaco-hover:has-text('Claude Code')")
    picture("hover")


def test_each_quick_fix_and_one_undo_brings_the_text_back(window):
    paste(window, "graders/w_ways.py")
    whole = window.text()
    before = set(window.root.rglob("*"))
    ways = eventually(lambda: window.fixes(FREE), "fixes are offered")
    assert len(ways) > 1
    for title in ways:
        window.take(FREE, title)
        eventually(lambda: WALK not in window.text(), f"{title!r} takes the text away")
        eventually(lambda: not marked(window), f"{title!r} leaves no finding")
        window.undo()
        eventually(lambda: window.text() == whole, f"one undo takes {title!r} back")
        eventually(lambda: marked(window) == [WALK_LINES], "the finding is back with its text")
    assert set(window.root.rglob("*")) == before


def test_what_is_copied_from_ones_own_file_is_clean(window):
    window.open("harness/lantern.py")
    window.select(0, 0, OWN.count("\n"), 0)
    window.press("Control+c")
    window.open("graders/w_own.py")
    window.go(FREE, 0)
    window.press("Control+v")
    eventually(lambda: OWN in window.text(), "the copy is there")
    # Behind it something that is marked: then the copy has been judged as well.
    window.paste(TIDES)
    own = OWN.count("\n")
    eventually(lambda: marked(window) == [(FREE + own, FREE + own + 9)], "only the other is marked")
    assert window.count(".squiggly-info, .squiggly-warning") == 0


def test_the_status_bar_says_how_a_file_stands(window):
    window.open("README.md")
    eventually(lambda: not window.status(), "nothing is said of a file that nobody protects")
    window.open("graders/w_status.py")
    eventually(lambda: "grader: clean" in window.status(), "a clean grader is called clean")
    window.go(FREE, 0)
    window.paste(WALK)
    eventually(lambda: "grader: 1 finding" in window.status(), "the finding is counted")
    window.undo()
    eventually(lambda: "grader: clean" in window.status(), "it is clean again")
    window.paste(PENALTY)
    eventually(lambda: "1 paste to explain" in window.status(), "a paste of unknown origin asks")
    window.undo()


def test_a_file_that_is_moved_among_the_graders_is_judged_there(window):
    window.ask("command", id="workbench.view.explorer")
    for folder in ("graders", "harness"):
        row = f".explorer-folders-view .monaco-list-row[aria-label^='{folder}']"
        window.wait_for(row)
        if window.count(f"{row}[aria-expanded='false']"):
            window.see(lambda page, row=row: page.locator(row).first.click())
    source = ".explorer-folders-view .monaco-list-row[aria-label^='ferry.py']"
    target = ".explorer-folders-view .monaco-list-row[aria-label^='graders']"
    window.wait_for(source)
    window.see(lambda page: page.drag_and_drop(source, target))
    moved = window.root / "graders" / "ferry.py"
    eventually(moved.exists, "the file is moved")
    window.open("graders/ferry.py")
    eventually(lambda: marked(window) == [(0, 8)], "it is judged as a grader")
    (problem,) = window.problems()
    assert problem.code == "grader-external"


def test_ghost_text_of_another_extension_is_judged_when_accepted(window):
    # Without what the workbench counts among AI no extension's suggestion is shown.
    window.ask("set", key="chat.disableAIFeatures", value=False)
    window.open("graders/w_ghost.py")
    window.ask("suggest", path=str(window.root / "graders/w_ghost.py"), text=WALK)
    window.go(FREE, 0)
    window.keys("def ")
    window.wait_for(".ghost-text-decoration, .ghost-text")
    assert not marked(window)
    window.press("Tab")
    eventually(lambda: WALK in window.text(), "the suggestion is accepted")
    eventually(lambda: marked(window) == [WALK_LINES], "it is marked")
    window.ask("set", key="chat.disableAIFeatures", value=True)


@pytest.mark.parametrize("exact", [True, False])
def test_a_paste_from_elsewhere_asks_and_a_copy_from_here_does_not(window, exact):
    """Also where the editor does not tell how a change came about, as most do not."""
    window.ask("set", key="redline.origin.useDetailedReason", value=exact)
    path = f"graders/w_{'exact' if exact else 'plain'}.py"
    window.open(path)
    window.go(FREE, 0)
    window.paste(PENALTY)
    eventually(lambda: marked(window) == [(FREE, FREE + 6)], "it asks where the text is from")
    (problem,) = window.problems()
    assert problem.code == "paste-of-unknown-origin"
    window.undo()
    eventually(lambda: not marked(window), "the question goes with its text")
    window.open("harness/lantern.py")
    window.select(5, 0, 16, 0)
    window.press("Control+c")
    window.open(path)
    window.go(FREE, 0)
    window.press("Control+v")
    eventually(lambda: "lantern" in window.text(), "the copy is there")
    window.paste(TIDES)
    eventually(lambda: marked(window), "what follows is judged, and so was the copy")
    assert [one.code for one in window.problems()] == ["grader-external"]
    window.ask("set", key="redline.origin.useDetailedReason")
