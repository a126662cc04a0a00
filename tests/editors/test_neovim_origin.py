"""How the plugin for Neovim names edits that are made through keys, as the server reads it."""

from __future__ import annotations

import pytest

from redline.live.hints import parse

from .editor import eventually
from .neovim import VERSIONS
from .neovim_plugin import running

BLOCK = "total = first_long_name + second_long_name\nother = total * 17\n"
ACCEPTED = "def accepted(one, two): return one"
CLIPBOARD = """
_G.clipboard = { 'whole_line = outside_the_editor(1)', 'second_line = outside(2)' }
local function copy(lines) _G.clipboard = lines end
local function paste() return { _G.clipboard, 'V' } end
vim.g.clipboard = {
  name = 'ours',
  copy = { ['+'] = copy, ['*'] = copy },
  paste = { ['+'] = paste, ['*'] = paste },
}
"""
MAPPED = f"""
vim.keymap.set('i', '<Tab>', function()
  return '<C-R><C-O>="{ACCEPTED}"<CR>'
end, {{ expr = true }})
vim.keymap.set('i', '<C-l>', vim.schedule_wrap(function()
  local place = vim.api.nvim_win_get_cursor(0)
  local here = {{ line = place[1] - 1, character = place[2] }}
  local edit = {{ range = {{ start = here, ['end'] = here }}, newText = '{ACCEPTED}' }}
  vim.lsp.util.apply_text_edits({{ edit }}, vim.api.nvim_get_current_buf(), 'utf-16')
end))
"""

PLUGIN = f"""
local function apply()
  vim.api.nvim_buf_set_lines(0, 0, 0, true, {{ '{ACCEPTED}' }})
end
for _, key in ipairs({{ 'ga', 'g<CR>' }}) do vim.keymap.set('n', key, apply) end
vim.keymap.set('i', '<C-g>', apply)
vim.api.nvim_create_user_command('Apply', apply, {{}})
"""
"""A plugin in the manner of those that ask a model and apply its answer on a key."""
TIDY = """
local answers = {
  initialize = { capabilities = { documentFormattingProvider = true, renameProvider = true } },
}
local line = { start = { line = 0, character = 0 }, ['end'] = { line = 0, character = 9 } }
local text = ...
local edits = { { range = line, newText = text } }
answers['textDocument/formatting'] = edits
answers['textDocument/rename'] = { changes = { [vim.uri_from_bufnr(0)] = edits } }
local id = vim.lsp.start({ name = 'tidy', cmd = function(dispatchers)
  _G.apply = function()
    dispatchers.server_request('workspace/applyEdit', { edit = answers['textDocument/rename'] })
  end
  return {
    request = function(method, _, callback)
      callback(nil, answers[method])
      return true, 1
    end,
    notify = function() return true end,
    is_closing = function() return false end,
    terminate = function() dispatchers.on_exit(0, 15) end,
  }
end })
return id
"""
"""Another language server, which lays out, renames and edits by replacing the first line."""


@pytest.fixture(scope="module", params=VERSIONS)
def desk(request, tmp_path_factory):
    """Each supported Neovim; what it tells the server is kept."""
    for one in running(request.param, tmp_path_factory.mktemp("neovim")):
        one.editor.open("tools/greeting.py")
        one.listen()
        one.editor.ask(CLIPBOARD + MAPPED)
        yield one


@pytest.fixture(autouse=True)
def afresh(desk):
    """Each test begins with a person's file, and nothing told."""
    desk.editor.run("%delete _")
    desk.editor.call("nvim_buf_set_lines", 0, 0, -1, True, ["alpha = 1", "if alpha:", "beta = 2"])
    desk.press("<Esc>gg")
    desk.told()


def kinds(desk):
    """Kinds of the edits since the last time, each as the server understands it."""
    told = eventually(desk.told, "something is told")
    for one in told:
        assert not {BLOCK.strip(), ACCEPTED} & set(map(str, one.values())), "text was sent"
    return [str(parse(one).kind) for one in told]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("Ax = 1<Esc>", ["type"]),
        ("dd", ["type"]),
        ("yyp", ["copy"]),
        ("yyddp", ["type", "move"]),
        ('"+p', ["paste"]),
        ('"+yy"+p', ["copy"]),
        (":copy $<CR>", ["copy"]),
        (":move $<CR>", ["move"]),
        (":%s/alpha/gamma/g<CR>", ["command"]),
        (":read README.md<CR>", ["insert_file"]),
        ("=G", ["format"]),
        ("qqA!<Esc>jq@q", ["type", "replay"]),
        ("A<Tab><Esc>", ["inline_completion"]),
    ],
)
def test_keys(desk, keys, expected):
    desk.press(keys)
    assert kinds(desk) == expected


def test_a_register_that_was_not_filled_by_a_yank_is_pasted(desk):
    desk.editor.call("nvim_call_function", "setreg", ["a", BLOCK])
    desk.press('"ap')
    assert kinds(desk) == ["paste"]
    desk.press("A<C-r>a<Esc>")
    assert kinds(desk) == ["paste"]
    desk.press(":put a<CR>")
    assert kinds(desk) == ["paste"]


@pytest.mark.parametrize("mode", ["", "A"])
def test_a_paste_in_one_piece_or_many(desk, mode):
    desk.press(mode)
    desk.editor.call("nvim_paste", BLOCK, True, -1)
    assert kinds(desk) == ["paste"]
    for phase in (1, 2, 3):
        desk.editor.call("nvim_paste", BLOCK, True, phase)
    assert set(kinds(desk)) == {"paste"}
    desk.press("<Esc>")
    assert desk.editor.text().count("other = total * 17") == 4


def test_undo_and_redo(desk):
    desk.press("yyp")
    assert kinds(desk) == ["copy"]
    desk.press("u")
    assert kinds(desk) == ["undo"]
    desk.press("<C-r>")
    assert kinds(desk) == ["redo"]


def test_an_accepted_suggestion_that_comes_a_moment_later(desk):
    desk.press("A<C-l>")
    eventually(lambda: ACCEPTED in desk.editor.text(), "it is put in")
    assert kinds(desk)[-1] == "inline_completion"
    desk.press("<Esc>")


def test_another_server_lays_out_renames_and_edits(desk):
    client = desk.editor.ask(TIDY, "alpha = one_long_name + another")
    try:
        for async_ in ("false", "true"):
            desk.editor.run(f"lua vim.lsp.buf.format({{ name = 'tidy', async = {async_} }})")
            assert kinds(desk) == ["format"]
        desk.editor.run("lua vim.lsp.buf.rename('other', { name = 'tidy' })")
        assert kinds(desk) == ["command"]
        desk.editor.ask("_G.apply()")
        (told,) = eventually(desk.told, "it is told")
        assert told["kind"] == "apply_edit"
        assert told["detailed"]["extensionId"] == "tidy"
    finally:
        desk.editor.ask("vim.lsp.stop_client(..., true)", client)


@pytest.mark.parametrize("keys", ["ga", "g<CR>", ":Apply<CR>", "i<C-g>"])
def test_a_plugin_that_puts_a_block_in_is_named(desk, keys, tmp_path):
    lua = tmp_path / "avante.nvim" / "lua"
    lua.mkdir(parents=True)
    (lua / "avante.lua").write_text(PLUGIN)
    desk.editor.ask(
        "vim.opt.rtp:append(...); package.loaded.avante = nil; require('avante')", str(lua.parent)
    )
    desk.press(keys)
    (told,) = eventually(desk.told, "it is told")
    assert told["detailed"]["extensionId"] == "avante.nvim"
    assert parse(told).assistant == "avante"
    desk.press("<Esc>")


def test_text_with_a_nul_is_known_again(desk):
    desk.editor.call("nvim_buf_set_lines", 0, 0, 0, True, ["first\x00 and some more of it"])
    desk.told()
    desk.press("ggyyp")
    assert kinds(desk) == ["copy"]


def test_a_file_in_another_encoding(desk):
    (desk.place.root / "tools" / "latin.py").write_bytes(b"# \xfcber alles\nalpha = 1\n")
    try:
        desk.editor.open("tools/latin.py")
        assert desk.editor.ask("return vim.bo.fileencoding") == "latin1"
        desk.press("ggyyp")
        assert kinds(desk) == ["copy"]
        desk.press("A\u00e4hnlich<Esc>")
        assert kinds(desk) == ["type"]
    finally:
        desk.editor.run("bwipeout!")


def test_an_edit_of_a_buffer_that_is_gone_at_once(desk):
    desk.editor.run("messages clear")
    desk.place.write("tools/gone.py", "alpha = 1\n")
    desk.editor.open("tools/gone.py")
    desk.press("yyp:bwipeout!<CR>")
    desk.told()
    assert desk.messages() == ""
    desk.press("yyp")
    assert kinds(desk) == ["copy"]


def test_macros_dots_and_registers_work_as_ever(desk):
    desk.press("qaA;<Esc>jq@aggqbyyPq.")
    assert desk.editor.text().splitlines() == [
        "alpha = 1;",
        "alpha = 1;",
        "alpha = 1;",
        "if alpha:;",
        "beta = 2",
    ]
    assert desk.editor.call("nvim_call_function", "getreg", ["a"]) == "A;\x1bj"
    assert desk.editor.call("nvim_call_function", "getreg", ["b"]) == "yyP"
    desk.press("uu")
    assert desk.editor.text().splitlines()[:2] == ["alpha = 1;", "if alpha:;"]


def test_many_replacements_are_one_notification(desk):
    lines = [f"name_{number} = 1" for number in range(5_000)]
    desk.editor.call("nvim_buf_set_lines", 0, 0, -1, True, lines)
    desk.told()
    desk.press(":%s/name/one_much_longer_name/<CR>")
    (told,) = eventually(desk.told, "it is told")
    assert (told["kind"], told["n"]) == ("command", len(lines))


def test_an_agent_that_edits_from_outside(desk):
    desk.editor.call("nvim_buf_set_lines", 0, 0, 0, True, BLOCK.splitlines())
    assert kinds(desk) == ["program"]


def test_a_file_that_is_read_again(desk):
    desk.editor.run("edit!")
    assert "reload" in kinds(desk)
    desk.press("Ax = 1<Esc>")
    assert kinds(desk) == ["type"]


def test_a_fault_of_ours_disturbs_no_paste(desk):
    desk.editor.ask(
        "_G.find = require('redline.origin.yanks').find; "
        "require('redline.origin.yanks').find = function() error('broken') end"
    )
    desk.editor.call("nvim_paste", BLOCK, True, -1)
    desk.editor.ask("require('redline.origin.yanks').find = _G.find")
    assert BLOCK in desk.editor.text()
    assert "broken" not in desk.messages()


def test_what_was_wrapped_is_put_back(desk):
    ours = "return debug.getinfo(vim.paste, 'S').source:find('redline') ~= nil"
    assert desk.editor.ask(ours)
    desk.editor.ask("require('redline.origin').disable()")
    assert not desk.editor.ask(ours)
    desk.press("Ax = 1<Esc>")
    assert desk.told() == []
    desk.editor.ask("require('redline.origin').enable()")
    assert desk.editor.ask(ours)
