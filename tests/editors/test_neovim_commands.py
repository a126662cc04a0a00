"""What the commands of the plugin for Neovim do, and what a person is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from maze import TIDES, WALK
from repositories import HUMAN, Sample

from .editor import eventually
from .neovim import PLUGIN, VERSIONS
from .neovim_plugin import FREE, Desk, pasted, running
from .place import GREETING

HEALTH = r"""
- OK Neovim 0\.1\d\.\d+
- OK redline \S+: \S+/redline
- OK The server starts
- OK Running for \S+/evals \(open files: \d+\)
- OK evals: \d+ zones, from .*
- OK The server is told how text comes in, never the text
"""
_PROGRESS = """
_G.progress = {}
local echo = vim.api.nvim_echo
vim.api.nvim_echo = function(chunks, history, options)
  if not history and chunks[1][1] ~= '' then table.insert(_G.progress, chunks[1][1]) end
  return echo(chunks, history, options)
end
"""
_ANSWERS = """
local place, more = ...
local taken = 0
vim.ui.select = function(items, question, choose)
  taken = taken + 1
  if taken == 1 then return choose(items[place]) end
  choose(more)
end
vim.ui.input = function(_, answer) answer(more ~= vim.NIL and more or nil) end
"""
"""A person at the questions: the number of the first answer, and what the second one is."""


def _windows(desk: Desk) -> int:
    return len(desk.editor.call("nvim_tabpage_list_wins", 0))


def _newest(root: Path, answer: str) -> dict[str, Any]:
    """The entry of the ledger that keeps this answer."""

    def found() -> dict[str, Any] | None:
        entries = map(json.loads, _texts(root / ".redline"))
        return next((one for one in entries if one.get("answer") == answer), None)

    return eventually(found, f"the ledger keeps: {answer}")


def _texts(folder: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in folder.rglob("*.json")]


@pytest.fixture(scope="module", params=VERSIONS)
def desk(request, tmp_path_factory):
    """Each supported Neovim."""
    yield from running(request.param, tmp_path_factory.mktemp("neovim"))


def test_evidence_stands_beside_the_lines(desk):
    pasted(desk, "graders/beside.py")
    desk.editor.go(FREE + 1, 0)
    desk.editor.run("Redline evidence")
    shown = (
        "return vim.tbl_map(function(w) return vim.wo[w].winbar end, "
        "vim.api.nvim_tabpage_list_wins(0))"
    )
    bars = eventually(
        lambda: len(found := desk.editor.ask(shown)) == 3 and found, "three windows are open"
    )
    assert bars[0] == "graders/beside.py, lines 4 to 16"
    assert bars[1] == "The session wrote to walk.py"
    text = desk.editor.ask(
        "return vim.api.nvim_buf_get_lines("
        "vim.api.nvim_win_get_buf(vim.fn.win_getid(2)), 0, -1, false)"
    )
    assert WALK.splitlines()[0] in text
    desk.press("q")
    assert desk.editor.ask("return #vim.api.nvim_list_tabpages()") == 1


def test_all_findings_are_listed(desk):
    pasted(desk, "graders/listed.py", TIDES)
    desk.editor.run("Redline findings")
    listed = (
        "return vim.tbl_map(function(one) return vim.fn.bufname(one.bufnr) .. ':' .. "
        "one.lnum .. one.type end, vim.fn.getqflist())"
    )
    eventually(lambda: f"graders/listed.py:{FREE + 1}E" in desk.editor.ask(listed), "it is listed")
    desk.editor.run("cclose")


def test_a_restarted_server_knows_the_same(desk):
    pasted(desk, "graders/restart.py")
    client = "return (vim.lsp.get_clients({ bufnr = 0 })[1] or {}).id"
    before = desk.editor.ask(client)
    desk.editor.run("Redline restart")
    eventually(lambda: desk.editor.ask(client) not in (None, before), "another one is running")
    eventually(lambda: desk.status() == "grader: 1 finding", "it has judged")
    assert desk.signs()


def test_a_check_says_once_what_came_of_it(desk):
    desk.editor.open("graders/paste.py")
    desk.editor.run("messages clear")
    desk.editor.ask(_PROGRESS)
    desk.editor.run("Redline check")
    said = eventually(lambda: "looked at" in (m := desk.messages()) and m, "it is told")
    assert re.fullmatch(r"Redline: .* looked at\.", said.strip())
    assert desk.editor.ask("return _G.progress")[0].startswith("Redline: ")


def test_the_log_and_the_information_for_a_report_open(desk):
    desk.editor.open("graders/paste.py")
    desk.editor.run("Redline log")
    assert desk.editor.call("nvim_buf_get_name", 0).endswith("lsp.log")
    desk.editor.run("tabclose")
    desk.editor.run("Redline info")
    eventually(lambda: "redline" in desk.editor.text() and _windows(desk) == 2, "it is shown")
    assert GREETING not in desk.editor.text()
    desk.press("q")
    assert _windows(desk) == 1


def test_selected_lines_are_declared_with_what_the_answer_needs(desk):
    desk.fresh("graders/selected.py", GREETING)
    eventually(lambda: desk.status() == "grader: clean", "it was judged")
    desk.editor.ask(_ANSWERS, 4, "claude-code")
    desk.press("ggVj:Redline declare<CR>")
    entry = _newest(desk.place.root, "assistant")
    assert entry["assistant"] == "claude-code"
    desk.editor.ask(_ANSWERS, 3, "https://example.org/walks")
    desk.press("ggVj:Redline declare<CR>")
    assert _newest(desk.place.root, "web")["link"] == "https://example.org/walks"
    desk.editor.run("messages clear")
    desk.editor.ask(_ANSWERS, 3, None)
    desk.press("ggVj:Redline declare<CR>")
    assert desk.messages() == "", "Escape gives up"


def test_evidence_leaves_the_options_of_other_windows_alone(desk):
    pasted(desk, "graders/options.py")
    options = "return { vim.go.winbar, vim.go.foldenable, vim.go.diff }"
    before = desk.editor.ask(options)
    desk.editor.go(FREE + 1, 0)
    desk.editor.run("Redline evidence")
    eventually(lambda: _windows(desk) == 3, "three windows are open")
    assert desk.editor.ask(options) == before
    desk.press("q")


def test_an_open_list_of_findings_stays_where_its_reader_is(desk):
    pasted(desk, "graders/list_one.py")
    pasted(desk, "graders/list_two.py", TIDES)
    desk.editor.run("Redline findings")
    eventually(lambda: _windows(desk) == 2, "it is open")
    place = "return vim.api.nvim_win_get_cursor(vim.fn.getqflist({ winid = 0 }).winid)"
    desk.press("<C-w>jG")
    before = desk.editor.ask(place)
    assert before[0] > 1
    desk.press("<C-w>k")
    desk.editor.keys("import sys\n")
    count = len(desk.editor.ask("return vim.fn.getqflist()"))
    desk.editor.run("edit graders/list_one.py")
    desk.press("<Esc>ggVGd")
    eventually(lambda: len(desk.editor.ask("return vim.fn.getqflist()")) < count, "it is renewed")
    assert desk.editor.ask(place) == [min(before[0], count - 1), 0]
    desk.editor.run("cclose")


def test_the_health_check_tells_what_is_there(desk):
    desk.editor.open("graders/paste.py")
    desk.editor.run("checkhealth redline")
    text = eventually(
        lambda: (found := desk.editor.text()) and "never the text" in found and found, "it told"
    )
    lines = [
        re.sub(r"^- (✅|\[OK\])? ?", "- ", one) for one in text.splitlines() if one[:2] == "- "
    ]
    assert re.fullmatch(HEALTH.strip(), "\n".join(lines)), text
    desk.editor.run("bwipeout!")


def test_words_of_the_command_complete(desk):
    complete = "return vim.fn.getcompletion(..., 'cmdline')"
    words = desk.editor.ask(complete, "Redline ")
    assert words == sorted("check declare evidence findings info log marks restart status".split())
    assert desk.editor.ask(complete, "Redline m") == ["marks"]
    assert desk.editor.ask(complete, "Redline marks o") == ["off", "on"]
    page = (PLUGIN / "doc" / "redline.txt").read_text(encoding="utf-8")
    assert all(re.search(rf"Redline \[?{word}\b", page) for word in words)


def test_an_answer_goes_to_the_repository_of_its_file(desk):
    other = Sample.new(desk.place.root.parent / f"other-{desk.version}")
    other.commit(
        "Grade ferries", {"redline.yaml": "schema: policy/1\n", "graders/far.py": GREETING}
    )
    other.git("config", "user.name", HUMAN[0])
    other.git("config", "user.email", HUMAN[1])
    desk.editor.open(str(other.root / "graders" / "far.py"))
    eventually(lambda: desk.status() == "grader: clean", "it was judged")
    assert desk.editor.ask("return #require('redline.lsp').clients()") == 2
    # Pickers take the answer in a window of their own.
    desk.editor.ask(
        "vim.ui.select = function(items, _, choose) vim.cmd.new(); choose(items[1]) end"
    )
    desk.press("ggVj:Redline declare<CR>")
    assert _newest(other.root, "mine")["path"] == "graders/far.py"
    desk.editor.run("close")
    desk.editor.run("bwipeout")
