"""What a person sees in Neovim with the plugin: signs, status, and nothing when it is off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maze import OWN, WALK

from .editor import eventually, fix
from .neovim import PLUGIN, VERSIONS, Neovim
from .neovim_plugin import FREE, package, pasted, running
from .place import GREETING


@pytest.fixture(scope="module", params=VERSIONS)
def desk(request, tmp_path_factory):
    """Each supported Neovim."""
    yield from running(request.param, tmp_path_factory.mktemp("neovim"))


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
