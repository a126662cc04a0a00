"""What a person sees in Neovim, Emacs and VS Code while an assistant's text lands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maze import FERRY, OWN, TIDES, WALK

from .editor import eventually, fix
from .place import GREETING
from .steps import FREE, WALK_LINES, marked, paste


def test_pasted_text_of_an_assistant_is_marked(editor):
    paste(editor, "graders/paste.py")
    (problem,) = editor.problems()
    assert problem.lines == WALK_LINES
    assert (problem.severity, problem.code) == ("error", "grader-external")
    assert "Claude Code" in problem.message


def test_lines_typed_by_hand_stay_clean_beside_marked_ones(editor):
    editor.open("graders/keys.py")
    editor.go(FREE, 0)
    editor.keys("limit = 3\nrounds = limit * 7\n")
    editor.paste(TIDES)
    eventually(lambda: marked(editor), "the pasted text is marked")
    assert marked(editor) == [(FREE + 2, FREE + 11)]
    # And above the marked ones: the finding moves with its text.
    editor.go(0, 0)
    editor.keys("import sys\n")
    eventually(lambda: marked(editor) == [(FREE + 3, FREE + 12)], "the finding moved a line down")


def test_hover_tells_whose_text_it_is(editor):
    paste(editor, "graders/look.py")
    told = eventually(lambda: editor.hover(FREE + 2, 6), "there is a hover")
    assert "Claude Code" in told


def test_a_quick_fix_takes_the_text_out_and_undo_brings_it_back(editor):
    paste(editor, "graders/fix.py")
    before = editor.text()
    titles = eventually(lambda: editor.fixes(FREE), "fixes are offered")
    assert any(title.startswith("Remove") for title in titles), titles
    fix(editor, FREE, "Remove")
    assert WALK not in editor.text()
    assert editor.text().startswith(GREETING.rstrip("\n"))
    eventually(lambda: not editor.problems(), "the finding is gone with its text")
    editor.undo()
    eventually(lambda: editor.text() == before, "undo restores each letter")
    eventually(lambda: marked(editor) == [WALK_LINES], "the finding is back with its text")


def test_undo_and_redo_of_a_paste(editor):
    paste(editor, "graders/undo.py", FERRY)
    editor.undo()
    eventually(lambda: not editor.problems(), "nothing is left to mark")
    assert editor.text() == GREETING
    editor.redo()
    eventually(lambda: marked(editor) == [(FREE, FREE + 8)], "the text is marked again")


def test_what_an_agent_wrote_on_disk_is_marked_on_reload(editor, place):
    editor.open("graders/reload.py")
    place.write("graders/reload.py", GREETING + WALK)
    editor.revert()
    eventually(lambda: marked(editor), "the agent's text is marked")
    lines = GREETING.count("\n")
    assert marked(editor) == [(lines, lines + 12)]
    place.write("graders/reload.py", GREETING)
    editor.revert()
    eventually(lambda: not editor.problems(), "what is gone from disk is not marked")


def test_letters_beyond_the_first_plane_keep_the_places(editor):
    editor.open("graders/moves.py")
    editor.go(FREE, 0)
    editor.keys("label = '🧪🧪' + 'ä' + '🧭'\nlimit = 3\n")
    editor.paste(WALK)
    eventually(lambda: marked(editor) == [(FREE + 2, FREE + 14)], "the pasted text is marked")
    eventually(lambda: editor.fixes(FREE + 2), "fixes are offered")
    fix(editor, FREE + 2, "Remove")
    kept = GREETING.rstrip("\n") + "\n\nlabel = '🧪🧪' + 'ä' + '🧭'\nlimit = 3\n"
    assert editor.text().rstrip("\n") + "\n" == kept


def test_the_server_may_edit_when_it_was_asked_to(editor):
    paste(editor, "graders/offer.py")
    (problem,) = editor.problems()
    asked = {"fingerprint": problem.data["fingerprint"], "fix": "remove"}
    uri = (editor.root / "graders" / "offer.py").as_uri()
    assert editor.command("redline.fix", asked | {"uri": uri}) is True
    eventually(lambda: WALK not in editor.text(), "the server's edit is there")
    eventually(lambda: not editor.problems(), "the finding is gone with its text")


def test_text_of_unknown_origin_asks_and_takes_the_answer(editor, place):
    paste(editor, "graders/asks.py", OWN)
    (problem,) = editor.problems()
    assert (problem.code, problem.severity) == ("paste-of-unknown-origin", "information")
    eventually(lambda: "This text is my own work" in editor.fixes(FREE), "answers are offered")
    editor.take(FREE, "This text is my own work")
    eventually(lambda: not editor.problems(), "nothing is left to ask")
    assert OWN in editor.text()
    assert any((place.root / ".redline").rglob("*")), "the ledger keeps the answer"


def test_a_broken_rule_file_says_where(editor):
    editor.open("redline.yaml")
    editor.go(0, 0)
    editor.keys("zoness: []\n")
    # While it is being typed other things are wrong with it.
    eventually(lambda: [one for one in editor.problems() if "zoness" in one.message], "it is told")
    eventually(lambda: len(editor.problems()) == 1, "nothing else is wrong any more")
    (problem,) = editor.problems()
    assert (problem.line, problem.severity) == (0, "error")
    assert "zones" in problem.message.replace("zoness", "")
    editor.undo()
    eventually(lambda: "zoness" not in editor.text() or editor.undo(), "the mistake is gone")
    eventually(lambda: not editor.problems(), "the finding went with it")


@pytest.mark.parametrize("desk", ["vscode"], indirect=True)
def test_the_workbench_shows_it(editor, tmp_path):
    """Only the workbench has a screen that can be looked at."""
    paste(editor, "graders/picture.py")
    editor.wait_for(".squiggly-error")
    editor.show_fixes(FREE)
    folder = Path(os.environ.get("REDLINE_TEST_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "workbench.png"
    editor.picture(picture)
    editor.press("Escape")
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize("desk", ["vscode"], indirect=True)
def test_lenses_stand_above_units(editor):
    """Asked for as the workbench asks, words and all."""
    paste(editor, "graders/lens.py")
    eventually(
        lambda: "13 lines from Claude Code" in editor.lenses(), "the unit's lens tells whose"
    )
