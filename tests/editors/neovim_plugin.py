"""Neovim with our plugin as a plain package, in a repository of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maze import WALK

from .editor import eventually
from .neovim import PLUGIN, Neovim
from .place import GREETING, Place, made

FREE = 3
"""The line, from 0, where a grader ends and text is put."""

_LISTEN = """
local lsp = require('redline.lsp')
local notify = lsp.notify
_G.told = {}
lsp.notify = function(client, method, params)
  table.insert(_G.told, params)
  return notify(client, method, params)
end
"""
_SIGNS = """
local signs = {}
local space = vim.api.nvim_get_namespaces()['redline.marks']
for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
  local more = mark[4]
  if more.sign_text and not more.invalid then
    local text = more.virt_text and more.virt_text[1][1] or ''
    table.insert(signs, { mark[2], more.end_row, vim.trim(more.sign_text), text })
  end
end
return signs
"""


@dataclass
class Desk:
    """One editor and its repository."""

    editor: Neovim
    place: Place
    version: str

    def fresh(self, path: str, text: str) -> None:
        """Open a new file of a person."""
        self.place.write(path, text)
        self.editor.open(path)

    def press(self, keys: str) -> None:
        """Press keys in Neovim's notation, and wait until they are taken."""
        self.editor.call("nvim_input", keys + "<Cmd>let g:pressed = 1<CR>")
        eventually(lambda: self.editor.ask("return vim.g.pressed == 1"), "all keys are taken")
        self.editor.run("unlet g:pressed")

    def signs(self) -> list[list[Any]]:
        """First and last line, sign and text of what is marked now."""
        return self.editor.ask(_SIGNS)

    def status(self) -> str:
        """What a statusline would show."""
        return self.editor.ask("return require('redline').status()")

    def listen(self) -> None:
        """Keep what the server is told of edits."""
        self.editor.ask(_LISTEN)

    def told(self) -> list[dict[str, Any]]:
        """What the server was told since the last time."""
        # What was put off until the editor waits has been done when it waits.
        self.editor.ask("vim.wait(1)")
        return self.editor.ask("local all = _G.told; _G.told = {}; return all")

    def messages(self) -> str:
        """All that a person was shown."""
        return self.editor.call("nvim_exec2", "messages", {"output": True})["output"]


def package(folder: Path) -> Path:
    """Install the plugin as a plain package below ``folder``; return a configuration for it."""
    start = folder / "pack" / "redline" / "start"
    start.mkdir(parents=True)
    (start / "redline").symlink_to(PLUGIN)
    settings = folder / "init.lua"
    settings.write_text(f"vim.opt.packpath:prepend({str(folder)!r})\n", encoding="utf-8")
    return settings


def running(version: str, scratch: Path) -> Iterator[Desk]:
    """A Neovim with the plugin and nothing else; all of it below ``scratch``."""
    place = made(scratch / "work")
    editor = Neovim(place.root, package(scratch), place.environment, version)
    yield Desk(editor, place, version)
    editor.close()


def pasted(desk: Desk, path: str, text: str = WALK) -> None:
    """Paste a text behind a person's own in a new grader; wait for what the server says."""
    desk.fresh(path, GREETING)
    desk.editor.go(FREE, 0)
    desk.editor.paste(text)
    eventually(desk.editor.problems, "the server objects")
    eventually(desk.signs, "the lines are marked")
