"""What VS Code shows of a repository, and how all of it is reached without a mouse."""

from __future__ import annotations

import json

import pytest

from maze import PENALTY, WALK
from repositories import Sample

from .editor import eventually
from .place import GREETING
from .steps import FREE, marked, paste
from .workbench import Workbench

THEMES = {
    "dark": "Default Dark Modern",
    "light": "Default Light Modern",
    "high-contrast": "Default High Contrast",
    "high-contrast-light": "Default High Contrast Light",
}
DECORATED = ".monaco-editor .view-overlays [class*='TextEditorDecorationType']"


def focused(window):
    """The words of the row of the tree that has the focus."""
    row = ".sidebar .monaco-list:focus-within .monaco-list-row.focused, "
    row += ".sidebar .monaco-list:focus .monaco-list-row.focused"
    told = "rows => rows.map(row => row.ariaLabel)"
    return "".join(window.see(lambda page: page.locator(row).evaluate_all(told)))


def test_the_tree_leads_to_the_finding_by_keys(window, picture):
    paste(window, "graders/w_tree.py")
    window.go(0, 0)
    window.palette("Redline: Focus on Protected Zones View")
    words = "graders/w_tree.py, 1 finding"
    eventually(lambda: (2, words) in window.rows(), "the view lists the file below its zone")
    window.press("Home")
    for _ in range(len(window.rows())):
        if focused(window).startswith(words):
            break
        window.press("ArrowDown")
    window.press("ArrowDown")
    eventually(lambda: focused(window).startswith("error, line 4"), "the finding is reached")
    picture("tree")
    window.press("Enter")
    eventually(lambda: window.ask("caret")[1:3] == [FREE, 0], "the caret is where the finding is")


def test_findings_are_walked_and_mended_by_keys(window):
    paste(window, "graders/w_walk.py")
    window.go(0, 0)
    window.press("F8")
    eventually(lambda: window.ask("caret")[1:3] == [FREE, 0], "F8 goes to the finding")
    window.press("Escape", "Control+.")
    window.wait_for(".action-widget .monaco-list-row.action")
    window.press("Enter")
    eventually(lambda: WALK not in window.text(), "Enter takes the first way out")
    eventually(lambda: not marked(window), "and nothing is left to mend")


def test_evidence_stands_beside_the_file(window, picture):
    paste(window, "graders/w_evidence.py")
    window.go(FREE + 2, 3)
    window.palette("Redline: Show the Evidence")

    def beside():
        return next((tab for tab in window.ask("tabs") if tab.get("original")), None)

    tab = eventually(beside, "the two texts are compared")
    assert tab["active"]
    assert window.ask("read", uri=tab["original"]) == WALK
    assert window.ask("read", uri=tab["modified"]) == WALK
    window.wait_for(".monaco-diff-editor .view-line")
    picture("evidence")


def test_a_person_says_where_a_text_is_from(window, shared_place, picture):
    window.open("graders/w_declare.py")
    window.go(FREE, 0)
    window.paste(PENALTY)
    eventually(lambda: marked(window), "it asks where the text is from")
    window.select(FREE, 0, FREE + 7, 0)
    window.palette("Redline: Say Where This Is From")
    window.wait_for(".quick-input-list .monaco-list-row[aria-label^='This text is my own work']")
    picture("declare")
    window.pick("This text is my own work")
    eventually(lambda: not marked(window), "nothing is left to ask")
    assert list((shared_place.root / ".redline" / "ledger").rglob("*.json"))


def test_what_an_assistant_wrote_is_marked_beside_its_lines_unless_one_does_not_want_it(window):
    paste(window, "graders/w_marks.py")
    eventually(lambda: window.count(DECORATED) == 13, "each line has its mark")
    window.ask("set", key="redline.decorations", value=False)
    eventually(lambda: window.count(DECORATED) == 0, "no line has a mark")
    assert marked(window)
    window.ask("set", key="redline.decorations")
    eventually(lambda: window.count(DECORATED) == 13, "the marks are back")


def test_it_can_be_seen_in_every_theme(window, picture):
    paste(window, "graders/w_themes.py")
    window.palette("Redline: Focus on Protected Zones View")
    for name, theme in THEMES.items():
        window.ask("set", key="workbench.colorTheme", value=theme)
        eventually(lambda: window.count(DECORATED) == 13, "the marks are drawn again")
        window.wait_for(".squiggly-error")
        picture(f"theme-{name}")
    window.ask("set", key="workbench.colorTheme")


def test_the_walkthrough_opens(window, picture):
    window.palette("Redline: Open the Walkthrough")
    window.wait_for(".gettingStartedContainer .step-title:has-text('Say what is protected')")
    picture("walkthrough")


def test_a_menu_says_what_can_be_done(window):
    window.open("graders/w_problems.py")
    window.palette("Redline: Show What Can Be Done")
    eventually(lambda: len(window.picks()) > 3, "there is a choice")


@pytest.fixture
def two(shared_place, code_server, browser):
    """A window with two repositories, the other one with a grader too."""
    other = Sample.new(shared_place.root.parent / "more-evals")
    other.commit("Grade", {"redline.yaml": "schema: policy/1\n", "graders/two.py": GREETING})
    folders = [{"path": shared_place.root.name}, {"path": other.root.name}]
    opened = shared_place.root.parent / "both.code-workspace"
    opened.write_text(json.dumps({"folders": folders}), encoding="utf-8")
    running = Workbench(code_server, browser, opened, opened.parent)
    yield running
    running.ask("clear")
    running.close()


def test_one_window_protects_several_repositories(two):
    for path in ("evals/graders/w_kept.py", "more-evals/graders/two.py"):
        paste(two, path)
        eventually(lambda: "grader: 1 finding" in two.status(), "the file's own state is told")
    two.palette("Redline: Focus on Protected Zones View")

    def projects():
        return {words.split(",")[0] for level, words in two.rows() if level == 1}

    eventually(lambda: len(projects()) == 2, "the view has both")
    assert any("more-evals" in words for words in projects())
