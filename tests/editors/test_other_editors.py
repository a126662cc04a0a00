"""Editors without a plugin of ours: what runs here is run, the settings of others are read."""

from __future__ import annotations

import json
import shlex
import tomllib

import pytest

from maze import OWN, WALK

from .conftest import PAGE, settings_of
from .editor import eventually
from .helix import Helix
from .place import GREETING, made
from .vim import Vim

COMMAND = ["redline", "serve", "--stdio"]
FREE = 3
"""The line, from 0, where a grader ends and text is put."""
WHOSE = "match what Claude Code wrote"


@pytest.fixture(scope="module")
def helix(tmp_path_factory):
    """Helix with the settings that the page gives, in a repository of its own."""
    place = made(tmp_path_factory.mktemp("helix"))
    settings = {
        "languages.toml": settings_of("helix"),
        "config.toml": settings_of("helix-shown"),
    }
    running = Helix(place, settings)
    yield running
    running.close()


@pytest.fixture(scope="module")
def vim(tmp_path_factory):
    """Vim with the settings that the page gives, in a repository of its own."""
    running = Vim(made(tmp_path_factory.mktemp("vim")), settings_of("vim"))
    yield running
    running.close()


def test_helix_marks_pasted_text_and_not_what_was_typed(helix):
    helix.open("graders/paste.py")
    helix.go(FREE)
    helix.keys("limit = 3\n")
    helix.paste(WALK)
    shown = eventually(lambda: helix.screen() if WHOSE in helix.screen() else "", "it is marked")
    (marked,) = (line for line in shown.splitlines() if WHOSE in line)
    assert "def shortest_walk" in marked
    helix.save()
    eventually(lambda: WALK in helix.place.read("graders/paste.py"), "the file is written")
    assert helix.place.read("graders/paste.py") == f"{GREETING[:-1]}limit = 3\n{WALK}\n"


def test_helix_applies_a_fix_and_takes_it_back(helix):
    helix.open("graders/fix.py")
    helix.go(FREE)
    helix.paste(WALK)
    eventually(lambda: WHOSE in helix.screen(), "the pasted text is marked")
    titles = helix.menu(FREE)
    assert "Remove these 13 lines" in titles
    helix.choose(titles.index("Remove these 13 lines") + 1)
    eventually(lambda: "shortest_walk" not in helix.screen(), "the text is gone")
    assert WHOSE not in helix.screen()
    helix.undo()
    eventually(lambda: WHOSE in helix.screen(), "undo brings back text and mark")


def test_helix_asks_about_text_of_unknown_origin(helix):
    helix.open("graders/asks.py")
    helix.go(FREE)
    helix.paste(OWN)
    eventually(lambda: "Nobody has told where" in helix.screen(), "it is asked about")


def test_vim_marks_pasted_text_and_not_what_was_typed(vim):
    vim.open("graders/keys.py")
    vim.go(FREE, 0)
    vim.keys("limit = 3\n")
    vim.paste(WALK)
    (problem,) = eventually(vim.problems, "the pasted text is marked")
    assert (problem.severity, problem.code) == ("error", "grader-external")
    assert problem.lines == (FREE + 1, FREE + 13)
    assert WHOSE in problem.message


def test_vim_applies_a_fix_and_takes_it_back(vim):
    vim.open("graders/undo.py")
    vim.go(FREE, 0)
    vim.paste(WALK)
    eventually(vim.problems, "the pasted text is marked")
    before = vim.text()
    titles = vim.menu(FREE)
    assert "Remove these 13 lines" in titles
    vim.choose(titles.index("Remove these 13 lines") + 1)
    eventually(lambda: "shortest_walk" not in vim.text(), "the text is gone")
    eventually(lambda: not vim.problems(), "the mark went with it")
    vim.undo()
    eventually(lambda: vim.text() == before, "undo restores each letter")
    eventually(vim.problems, "the mark is back")


def test_a_paste_is_a_paste_though_vim_sends_the_whole_text(vim):
    vim.open("graders/picture.py")
    vim.go(FREE, 0)
    vim.paste(OWN)
    (problem,) = eventually(vim.problems, "it is asked about")
    assert problem.code == "paste-of-unknown-origin"
    assert problem.lines[0] == FREE


def test_lines_that_are_typed_in_vim_are_nobody_elses(vim):
    vim.open("graders/reload.py")
    vim.go(FREE, 0)
    vim.keys("limit = 3\nrounds = limit * 7\n")
    vim.paste(WALK)
    (problem,) = eventually(vim.problems, "the pasted text is marked")
    assert problem.lines == (FREE + 2, FREE + 14)


def test_the_settings_for_other_editors_start_the_same_command():
    sublime = json.loads(_read("sublime"))
    assert sublime["clients"]["redline"]["command"] == COMMAND
    jetbrains = json.loads(_read("jetbrains"))
    assert shlex.split(jetbrains["programArgs"]["default"]) == COMMAND
    zed = json.loads(_read("zed"))
    lent, *_ = zed["languages"]["Python"]["language_servers"]
    binary = zed["lsp"][lent]["binary"]
    assert [binary["path"], *binary["arguments"]] == COMMAND
    helix = tomllib.loads(settings_of("helix"))["language-server"]["redline"]
    assert [helix["command"], *helix["args"]] == COMMAND


def test_settings_that_were_only_read_are_called_so():
    page = PAGE.read_text(encoding="utf-8")
    for section in page.split("\n## ")[1:]:
        assert ("<!-- read: " in section) == section.partition("\n\n")[2].startswith("Not run.")


def _read(editor: str) -> str:
    """The settings of an editor that does not run here."""
    return (
        PAGE.read_text(encoding="utf-8")
        .split(f"<!-- read: {editor} -->\n```json\n")[1]
        .split("```")[0]
    )
