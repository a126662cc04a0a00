"""What a person sees in Neovim with the plugin: signs, status, commands, answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from maze import OWN, TIDES, WALK
from repositories import HUMAN, Sample

from .editor import eventually, fix
from .neovim import PLUGIN, VERSIONS, Neovim
from .neovim_plugin import Desk, package, running
from .place import GREETING

FREE = 3
"""The line, from 0, where a grader ends and text is put."""
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


def pasted(desk: Desk, path: str, text: str = WALK) -> None:
    """Paste a text behind a person's own in a new grader; wait for what the server says."""
    desk.fresh(path, GREETING)
    desk.editor.go(FREE, 0)
    desk.editor.paste(text)
    eventually(desk.editor.problems, "the server objects")
    eventually(desk.signs, "the lines are marked")


def test_pasted_text_of_an_assistant_is_marked_beside_its_lines(desk):
    pasted(desk, "graders/signs.py")
    (problem,) = desk.editor.problems()
    assert problem.code == "grader-external"
    ((first, last, sign, text),) = desk.signs()
    assert (first, last, sign) == (FREE, FREE + 12, "▎")
    # Older Neovims show the diagnostic's own words behind the line.
    assert text == ("" if desk.version == "0.10" else "13 lines from Claude Code")
    assert desk.status() == "grader: 1 finding"
    assert "Claude Code" in desk.editor.hover(FREE + 2, 6)


def test_each_quick_fix_is_taken_back_by_one_undo(desk):
    pasted(desk, "graders/fixes.py")
    before = desk.editor.text()
    titles = eventually(lambda: desk.editor.fixes(FREE), "fixes are offered")
    assert any(title.startswith("Remove") for title in titles)
    for title in titles:
        fix(desk.editor, FREE, title)
        eventually(lambda: desk.status() == "grader: clean", f"{title}: nothing is left")
        desk.editor.undo()
        eventually(lambda: desk.editor.text() == before, f"{title}: undo restores each letter")
        eventually(lambda: desk.status() == "grader: 1 finding", f"{title}: it is told again")
    eventually(lambda: [one[:2] for one in desk.signs()] == [[FREE, FREE + 12]], "so are its signs")


def test_typing_beside_a_finding_moves_its_signs_and_says_nothing(desk):
    pasted(desk, "graders/quiet.py")
    desk.editor.ask(
        "_G.states = 0; vim.api.nvim_create_autocmd('User', { pattern = "
        "'RedlineState', callback = function() _G.states = _G.states + 1 end })"
    )
    before = desk.messages()
    desk.editor.go(0, 0)
    desk.editor.keys("import sys\nimport re\n")
    assert [one[:2] for one in desk.signs()] == [[FREE + 2, FREE + 14]]
    assert desk.editor.ask("return _G.states") == 0
    assert desk.messages() == before


def test_text_of_the_repository_is_nobodys_concern(desk):
    desk.editor.open("tools/greeting.py")
    desk.press('ggVG"zy')
    desk.fresh("graders/own.py", "")
    desk.press('"zp')
    desk.editor.go(0, 0)
    desk.editor.keys("limit = 3\n")
    eventually(lambda: desk.status() == "grader: clean", "it was judged")
    assert not desk.signs()
    assert not desk.editor.problems()


def test_a_block_from_outside_is_asked_about_until_somebody_answers(desk):
    desk.fresh("graders/asks.py", GREETING)
    desk.editor.call("nvim_call_function", "setreg", ["a", OWN])
    desk.editor.go(FREE, 0)
    desk.press('"ap')
    eventually(lambda: desk.status() == "grader: 1 paste to explain", "it is asked about")
    ((_, _, sign, _),) = desk.signs()
    assert sign == "?"
    asked = "return _G.asked"
    desk.editor.ask(
        "vim.ui.select = function(items, question, choose) "
        "_G.asked = question.prompt; choose(items[1]) end"
    )
    desk.editor.run("Redline declare")
    eventually(lambda: desk.status() == "grader: clean", "nothing is left to ask")
    assert desk.editor.ask(asked) == "Where is this text from?"
    assert any((desk.place.root / ".redline").rglob("*.json")), "the ledger keeps the answer"
    assert not desk.signs()


def test_reading_a_file_again_brings_its_signs_back(desk):
    pasted(desk, "graders/again.py")
    desk.editor.save()
    desk.editor.revert()
    eventually(lambda: [one[:2] for one in desk.signs()] == [[FREE, FREE + 12]], "they are back")
    assert desk.status() == "grader: 1 finding"


def test_marks_are_switched_off_and_stand_right_when_switched_on(desk):
    pasted(desk, "graders/switch.py")
    desk.editor.run("Redline marks off")
    assert not desk.signs()
    desk.editor.go(0, 0)
    desk.editor.keys("import sys\n")
    desk.editor.run("Redline marks on")
    assert [one[:2] for one in desk.signs()] == [[FREE + 1, FREE + 13]]


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
    assert desk.editor._mode() == "n", "nobody has to confirm it"


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


def test_other_settings_begin_with_another_server(desk):
    pasted(desk, "graders/settings.py")
    client = "return (require('redline.lsp').client() or {}).id"
    before = desk.editor.ask(client)
    desk.editor.ask("require('redline').setup({ settings = { delay = 200 } })")
    eventually(lambda: desk.editor.ask(client) not in (None, before), "another one is running")
    eventually(lambda: desk.status() == "grader: 1 finding" and desk.signs(), "it has judged")
    gone = "return vim.lsp.get_client_by_id(...) == nil"
    eventually(lambda: desk.editor.ask(gone, before), "the former one has ended")
    assert desk.status() == "grader: 1 finding"
    assert desk.signs(), "what the new one told stands"


def test_disabled_it_leaves_nothing_behind(desk):
    pasted(desk, "graders/disabled.py")
    desk.editor.ask("require('redline').disable()")
    assert not desk.signs()
    eventually(lambda: desk.editor.ask("return #vim.lsp.get_clients()") == 0, "servers end")
    assert not desk.signs()
    assert desk.status() == ""
    assert (
        desk.editor.ask(
            "return vim.tbl_map(function(one) return one.desc end, vim.tbl_filter(function(one) "
            "return vim.startswith(one.desc or '', 'Redline') end, vim.api.nvim_get_autocmds({})))"
        )
        == []
    )
    desk.editor.ask("require('redline').enable()")
    eventually(lambda: desk.status() == "grader: 1 finding", "enabled again, it knows again")


def test_a_server_that_dies_is_replaced_on_request(desk):
    pasted(desk, "graders/crash.py")
    desk.editor.ask("for _, one in ipairs(vim.lsp.get_clients()) do one.rpc.terminate() end")
    eventually(lambda: desk.editor.ask("return #vim.lsp.get_clients()") == 0, "it is gone")
    eventually(lambda: desk.status() == "" and not desk.signs(), "nothing old is shown")
    desk.editor.go(0, 0)
    desk.editor.keys("import sys\n")
    assert "Error" not in desk.messages()
    desk.editor.run("Redline restart")
    eventually(lambda: desk.status() == "grader: 1 finding", "another one has judged")


def test_a_file_that_is_closed_is_forgotten(desk):
    pasted(desk, "graders/closed.py")
    desk.editor.run("messages clear")
    desk.editor.run("let g:closed = bufnr()")
    desk.editor.run("bwipeout!")
    desk.editor.ask("vim.wait(1)")
    assert desk.editor.ask("return require('redline').status(vim.g.closed)") == ""
    assert desk.messages() == ""


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


@pytest.mark.parametrize("version", VERSIONS)
def test_the_help_file_has_its_tags(version, tmp_path):
    (tmp_path / "doc").mkdir()
    page = PLUGIN / "doc" / "redline.txt"
    (tmp_path / "doc" / "redline.txt").write_text(page.read_text(encoding="utf-8"))
    (tmp_path / "init.lua").touch()
    editor = Neovim(tmp_path, tmp_path / "init.lua", {"HOME": str(tmp_path)}, version)
    try:
        editor.run(f"helptags {tmp_path / 'doc'}")
        tags = (tmp_path / "doc" / "tags").read_text(encoding="utf-8")
        names = {line.split("\t")[0] for line in tags.splitlines()}
        links = set(
            re.findall(r"\|([:\w-]*redline[\w-]*(?:\(\))?)\|", page.read_text("utf-8"), re.I)
        )
        assert links <= names, links - names
    finally:
        editor.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_server_the_editor_is_as_ever(version, tmp_path: Path):
    (tmp_path / "evals" / ".git").mkdir(parents=True)
    (tmp_path / "evals" / "task.py").write_text(GREETING, encoding="utf-8")
    settings = package(tmp_path / "config")
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    editor = Neovim(tmp_path / "evals", settings, environment, version)
    try:
        editor.run("edit task.py")
        editor.go(FREE, 0)
        editor.paste(WALK)
        assert WALK in editor.text()
        said = editor.call("nvim_exec2", "messages", {"output": True})["output"]
        assert "edline" not in said
        assert editor.ask("return #vim.lsp.get_clients()") == 0
        assert editor.ask("return require('redline').status()") == ""
        editor.run("checkhealth redline")
        assert "The server was not found" in editor.text()
    finally:
        editor.close()
