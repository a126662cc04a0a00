"""VS Code on a machine without the server, in a repository that nobody has trusted yet."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from .code_server import CodeServer
from .editor import eventually
from .place import GREETING, made
from .steps import WALK_LINES, marked, paste
from .workbench import Workbench

TRAP = """\
#!/bin/sh
touch "$(dirname "$0")/ran"
"""
BUTTON = ".notifications-toasts .monaco-button:has-text('Install the server')"


def without_server(environment):
    """The same user with Python and pip as the machine has them, and no ``redline``."""
    folders = [str(Path(sys.base_prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
    path = os.pathsep.join(one for one in folders if not shutil.which("redline", path=one))
    ways = ("PIP_", "SSL_CERT", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(ways)}
    # What pip has fetched for this machine's user need not be fetched again.
    kept.setdefault("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    for settings in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        if settings.exists():
            kept.setdefault("PIP_CONFIG_FILE", str(settings))
    return environment | kept | {"PATH": path}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A repository whose own settings name a program in it as the server."""
    trap = {"tools/trap": TRAP, "graders/first.py": GREETING, "graders/later.py": GREETING}
    found = made(tmp_path_factory.mktemp("first") / "work", trap)
    (found.root / "tools" / "trap").chmod(0o755)
    setting = {"redline.server.path": str(found.root / "tools" / "trap")}
    found.write(".vscode/settings.json", json.dumps(setting))
    return found


@pytest.fixture(scope="module")
def window(place, browser, tmp_path_factory):
    """A window of somebody who has just installed the extension, and trusts nothing yet."""
    environment = without_server(place.environment)
    server = CodeServer(environment, tmp_path_factory.mktemp("vscode"), {}, trusting=False)
    running = Workbench(server, browser, place.root)
    yield running
    running.ask("clear")
    running.close()
    server.close()


def test_a_repository_that_is_not_trusted_names_no_program(window, place):
    assert window.ask("state")["trusted"] is False
    window.open("graders/first.py")
    eventually(lambda: "Redline" in window.status(), "the status bar says that something is wrong")
    assert window.ask("command", id="redline.restart") is None
    assert not (place.root / "tools" / "ran").exists()


def test_the_server_is_offered_once_and_installed_from_the_package(window, place):
    window.wait_for(BUTTON)
    assert len(window.toasts()) == 1
    window.see(lambda page: page.click(BUTTON))
    window.open("graders/first.py")
    eventually(lambda: "grader: clean" in window.status(), "the server runs", patience=240)
    paste(window, "graders/first.py")
    assert marked(window) == [WALK_LINES]
    eventually(lambda: not window.toasts(), "nothing is asked any more")
    assert not (place.root / "tools" / "ran").exists()
