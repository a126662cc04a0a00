"""One window of VS Code's workbench: keys, clipboard, mouse and menus as a user's."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .code_server import Browser, CodeServer
from .editor import Problem, eventually


class Workbench:
    """A window with a folder or a workspace open.

    What it holds the control extension answers; what it shows is read from its page.
    """

    name = "vscode"

    def __init__(
        self, server: CodeServer, browser: Browser, opened: Path, root: Path | None = None
    ) -> None:
        self.root = root or opened
        self._path = self.root
        self._browser = browser
        self._connection: socket.socket | None = None
        self.page = browser.page(server.origin, server.address(opened))
        try:
            self.wait_for(".monaco-workbench .part.editor")
            control = server.controls / opened.name
            eventually(control.exists, "the control extension runs")
            self._connection = socket.socket(socket.AF_UNIX)
            self._connection.connect(str(control))
            self._answers = self._connection.makefile("r", encoding="utf-8")
            self.ask("state")
        except BaseException:
            self.close()
            raise

    def see(self, look: Callable[[Any], Any]) -> Any:
        """Do something with the page, in its thread."""
        return self._browser.run(lambda: look(self.page))

    def ask(self, what: str, **given: object) -> Any:
        """Ask the control extension; raises ``AssertionError`` with its error."""
        assert self._connection is not None
        question = json.dumps({"ask": what, **given})
        self._connection.sendall(question.encode() + b"\n")
        answer = json.loads(self._answers.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]

    # -- what every driver of an editor offers

    def open(self, path: str) -> None:
        self._path = self.root / path
        self.ask("open", path=str(self._path))

    def go(self, line: int, column: int) -> None:
        self.select(line, column, line, column)

    def keys(self, text: str) -> None:
        before = self.text()
        for key in text:
            if key == "\n":
                self.press("Enter")
            else:
                self.see(lambda page, key=key: page.keyboard.type(key))
        wanted = len(before) + len(text)
        eventually(lambda: len(self.text()) >= wanted, "all keys are taken")

    def paste(self, text: str) -> None:
        before = self.text()
        self.clipboard(text)
        self.press("Control+v")
        eventually(lambda: self.text() != before, "the clipboard's text is there")

    def undo(self) -> None:
        self.press("Control+z")

    def redo(self) -> None:
        self.press("Control+Shift+z")

    def save(self) -> None:
        self.press("Control+s")
        eventually(lambda: not self.ask("dirty", path=str(self._path)), "the file is written")

    def revert(self) -> None:
        self.ask("command", id="workbench.action.files.revert")

    def text(self) -> str:
        return self.ask("text", path=str(self._path))

    def problems(self) -> list[Problem]:
        found = [
            Problem(*one["range"], one["severity"], one["code"], one["message"], one["data"])
            for one in self.ask("problems", path=str(self._path))
        ]
        return sorted(found, key=lambda one: one.line)

    def hover(self, line: int, column: int) -> str:
        return self.ask("hover", path=str(self._path), line=line, character=column)

    def fixes(self, line: int) -> list[str]:
        last = len(self.text().splitlines()[line])
        return self.ask("fixes", path=str(self._path), range=[line, 0, line, last])

    def take(self, line: int, title: str) -> None:
        self.show_fixes(line)
        self._browser.run(lambda: self._rows().filter(has_text=title).first.click())

    def command(self, name: str, argument: object) -> object:
        return self.ask("command", id=name, rest=[argument])

    def close(self) -> None:
        if self._connection is not None:
            self._answers.close()
            self._connection.close()
        self.see(lambda page: page.context.close())

    # -- what only the workbench has

    def select(self, *chosen: int) -> None:
        """Select from a line and column to another one, all from 0; then keys go there."""
        self.ask("select", path=str(self._path), range=chosen)
        self.wait_for(".editor-group-container.active .monaco-editor.focused")

    def press(self, *keys: str) -> None:
        """Press chords, named as the browser's driver does."""
        for key in keys:
            self.see(lambda page, key=key: page.keyboard.press(key))

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.see(lambda page: page.keyboard.type(text))

    def clipboard(self, text: str) -> None:
        """Fill the system's clipboard, as another program does."""
        put = "text => navigator.clipboard.writeText(text)"
        self.see(lambda page: page.evaluate(put, text))

    def copied(self) -> str:
        """The system's clipboard."""
        return self.see(lambda page: page.evaluate("() => navigator.clipboard.readText()"))

    def show_fixes(self, line: int) -> None:
        """Open the menu of quick fixes where a problem of the line begins."""
        column = next((one.column for one in self.problems() if one.line == line), 0)
        self.go(line, column)
        self.press("Control+.")
        self._browser.run(lambda: self._rows().first.wait_for())

    def _rows(self):
        return self.page.locator(".action-widget .monaco-list-row.action")

    def lenses(self) -> list[str]:
        """The words of all code lenses of the open file."""
        return self.ask("lenses", path=str(self._path))

    def palette(self, title: str) -> None:
        """Choose a command by its title, with keys only."""
        self.press("F1")
        self.wait_for(".quick-input-widget:not([style*='display: none']) input")
        self.type(title)
        self.pick(title)

    def pick(self, title: str) -> None:
        """Choose the row that begins with ``title``, with keys only."""
        row = f".quick-input-list .monaco-list-row[aria-label^={json.dumps(title)}]"
        self.wait_for(row)
        eventually(lambda: self.count(f"{row}.focused") or self.press("ArrowDown"), "it is reached")
        self.press("Enter")

    def picks(self) -> list[str]:
        """The rows of the list that asks something now."""
        rows = ".quick-input-widget:visible .quick-input-list .monaco-list-row"
        return self.texts(rows)

    def status(self) -> str:
        """The words in the status bar about the file that is shown; empty without any."""
        return " ".join(self.texts(".statusbar-item[id^='redline']")).strip()

    def rows(self) -> list[tuple[int, str]]:
        """Level and words of each row that the Redline view shows."""
        found = ".pane-body .monaco-list-row"
        told = "rows => rows.map(row => [+row.ariaLevel, row.ariaLabel])"
        kept = self.see(lambda page: page.locator(f".sidebar {found}").evaluate_all(told))
        return [(level, label) for level, label in kept]

    def toasts(self) -> list[str]:
        """Notifications that stand there."""
        return self.texts(".notifications-toasts .notification-list-item")

    def texts(self, selector: str) -> list[str]:
        """The words of everything that the page shows for a selector."""
        found = self.see(lambda page: page.locator(selector).all_inner_texts())
        return [" ".join(one.split()) for one in found]

    def count(self, selector: str) -> int:
        """How many things the page shows for a selector."""
        return self.see(lambda page: page.locator(selector).count())

    def wait_for(self, selector: str) -> None:
        """Wait until the page shows something."""
        self.see(lambda page: page.wait_for_selector(selector))

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG."""
        self.see(lambda page: page.screenshot(path=str(path)))
