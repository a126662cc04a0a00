"""Vim with ALE in a terminal of its own: keys through the terminal, answers through a channel."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from .editor import TOOLS, Problem, eventually, needed, on_path
from .place import Place
from .terminal import Terminal

_PROBLEMS = """
map(copy(get(get(g:ale_buffer_info, bufnr('%'), {}), 'loclist', [])),
\\ {_, one -> [one.lnum - 1, one.col - 1, get(one, 'end_lnum', one.lnum) - 1,
\\             get(one, 'end_col', one.col), one.type, get(one, 'code', ''), one.text]})
"""
_SEVERITIES = {"E": "error", "W": "warning", "I": "information"}
_BEFORE = """
set nocompatible hidden noswapfile nomore shortmess+=I
filetype plugin indent on
let &runtimepath = {ale} . ',' . &runtimepath
"""
_BEHIND = """
let g:asked_by = ch_open('127.0.0.1:{port}', {{'mode': 'json', 'waittime': 10000}})
"""


class Vim:
    """One Vim that loads ALE, the given file and nothing else of its user's."""

    name = "vim"

    def __init__(self, place: Place, settings: str) -> None:
        """``settings`` is what a user writes into ``vimrc``, behind the line that loads ALE."""
        self.root = place.root
        usr = TOOLS / "vim" / "root" / "usr"
        inside = usr / "bin" / "vim.basic"
        binary = needed(
            inside if inside.exists() else on_path("vim"),
            "Vim",
            "make test gets it, or apt install vim",
        )
        ale = usr / "share" / "vim-ale"
        ale = needed(
            ale if ale.exists() else Path("/usr/share/vim-ale"),
            "ALE",
            "make test gets it, or apt install vim-ale",
        )
        own = dict(place.environment)
        if binary == inside:
            own["VIMRUNTIME"] = str(next((usr / "share" / "vim").glob("vim[0-9]*")))
            own["LD_LIBRARY_PATH"] = ":".join(map(str, (usr / "lib").glob("*-linux-gnu")))
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(60)
        file = Path(place.environment["HOME"]) / "vimrc"
        file.write_text(
            _BEFORE.format(ale=json.dumps(str(ale)))
            + settings
            + _BEHIND.format(port=listening.getsockname()[1]),
            encoding="utf-8",
        )
        self._terminal = Terminal([binary, "-u", file, "-i", "NONE"], place.root, own)
        try:
            self._channel, _ = listening.accept()
        except TimeoutError:
            raise AssertionError(f"Vim does not come up:\n{self._terminal.shown()}") from None
        finally:
            listening.close()
        self._channel.settimeout(60)
        self._asked = 0
        self._left = ""

    def ask(self, expression: str) -> object:
        """Evaluate an expression in Vim."""
        self._asked -= 1
        words = expression.replace("\n\\", " ").strip()
        self._channel.sendall(json.dumps(["expr", words, self._asked]).encode())
        decoder = json.JSONDecoder()
        while True:
            try:
                (number, answer), end = decoder.raw_decode(self._left.lstrip())
            except ValueError:
                piece = self._channel.recv(65536)
                assert piece, f"Vim has ended:\n{self._terminal.shown()}"
                self._left += piece.decode()
                continue
            self._left = self._left.lstrip()[end:]
            assert answer != "ERROR", f"Vim cannot evaluate {words}"
            if number == self._asked:
                return answer

    def open(self, path: str) -> None:
        self._terminal.press(f":edit {path}\r")
        wanted = str(self.root / path)
        eventually(lambda: self.ask("expand('%:p')") == wanted, f"{path} is open")

    def go(self, line: int, column: int) -> None:
        self.ask(f"cursor({line + 1}, {column + 1})")

    def keys(self, text: str) -> None:
        self._insert()
        self._terminal.press(text.replace("\n", "\r"))
        self._normal()

    def paste(self, text: str) -> None:
        self._insert()
        self._terminal.paste(text)
        self._normal()

    def undo(self) -> None:
        self._terminal.press("u")

    def save(self) -> None:
        self._terminal.press(":write\r")

    def text(self) -> str:
        return str(self.ask('join(getline(1, \'$\'), "\\n") . "\\n"'))

    def problems(self) -> list[Problem]:
        told = self.ask(_PROBLEMS)
        assert isinstance(told, list)
        found = [Problem(*one[:4], _SEVERITIES.get(one[4], one[4]), *one[5:]) for one in told]
        return sorted(found, key=lambda one: one.line)

    def screen(self) -> str:
        """All that is shown."""
        return self._terminal.shown()

    def menu(self, line: int) -> list[str]:
        """Have ALE ask which fix of a line is wanted; the titles, in its order."""
        self.go(line, 0)
        self._terminal.press(":ALECodeAction\r")
        shown = eventually(
            lambda: self.screen() if "Type number" in self.screen() else "", "ALE asks"
        )
        lines = [line.strip() for line in shown.splitlines()]
        return [line.partition(") ")[2] for line in lines if line[:1].isdigit() and ") " in line]

    def choose(self, number: int) -> None:
        """Answer ALE's question, from 1."""
        self._terminal.press(f"{number}\r")

    def close(self) -> None:
        self._terminal.press(":qall!\r")
        self._terminal.close()
        self._channel.close()

    def _insert(self) -> None:
        self._terminal.press("i")
        eventually(lambda: self.ask("mode()") == "i", "Vim takes text")

    def _normal(self) -> None:
        # What came right behind it might be taken for one key with it.
        self._terminal.press("\x1b")
        eventually(lambda: self.ask("mode()") == "n", "Vim takes commands")
