"""Editors that stay open over all tests of a module, and the repository that they show."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from maze import FERRY, OWN

from .code_server import Browser, CodeServer
from .emacs import Emacs
from .neovim import Neovim
from .place import GREETING, Place, made
from .workbench import Workbench

PAGE = Path(__file__).resolve().parents[2] / "docs" / "editors.md"


def settings_of(editor: str) -> str:
    """The settings that the documentation gives for an editor: what it says is what is tested."""
    found = re.search(rf"<!-- tested: {editor} -->\n```\w+\n(.*?)```", PAGE.read_text(), re.S)
    assert found is not None, f"{PAGE.name} gives no settings for {editor}"
    return found[1]


def server_settings(place: Place) -> dict[str, str]:
    """The user's setting that names the server of this checkout.

    By its path: the workbench takes PATH from the user's login shell.
    """
    path = place.environment["PATH"]
    return {"redline.server.path": shutil.which("redline", path=path) or "redline"}


@pytest.fixture(scope="session")
def browser():
    """The browser that shows all workbenches."""
    running = Browser()
    yield running
    running.close()


@pytest.fixture(scope="module", params=["neovim", "emacs", "vscode"])
def desk(request, tmp_path_factory):
    """An editor with ``redline serve`` started in it, and a repository of its own.

    What one editor is told, the next one knows: they do not share the ledger.
    """
    scratch = tmp_path_factory.mktemp(request.param)
    place = made(scratch / "work")
    if request.param == "vscode":
        server = CodeServer(place.environment, scratch, server_settings(place))
        running = Workbench(server, request.getfixturevalue("browser"), place.root)
        yield running, place
        running.close()
        server.close()
        return
    settings = scratch / ("init.lua" if request.param == "neovim" else "init.el")
    settings.write_text(settings_of(request.param), encoding="utf-8")
    kind = Neovim if request.param == "neovim" else Emacs
    running = kind(place.root, settings, place.environment)
    yield running, place
    running.close()


@pytest.fixture(scope="module")
def editor(desk):
    """Each of the editors, with the repository open."""
    return desk[0]


@pytest.fixture(scope="module")
def place(desk):
    """The repository with graders and rules, and an assistant's session beside it."""
    return desk[1]


IN_THE_WINDOW = (
    *("squiggle ways ours own kept status ghost drag tree walk declare marks evidence".split()),
    *("themes problems exact plain".split()),
)
"""Graders of the one window that many tests share: each has its own."""


@pytest.fixture(scope="session")
def shared_place(tmp_path_factory):
    """An eval repository; into its scaffolding an assistant has just written a function."""
    graders = {f"graders/w_{name}.py": GREETING for name in IN_THE_WINDOW}
    own = {"harness/lantern.py": OWN}
    found = made(tmp_path_factory.mktemp("shared") / "work", graders | own)
    found.write("harness/ferry.py", FERRY)
    return found


@pytest.fixture(scope="session")
def code_server(shared_place, tmp_path_factory):
    """A server of windows whose users have chosen this checkout's language server."""
    settings = server_settings(shared_place)
    running = CodeServer(shared_place.environment, tmp_path_factory.mktemp("vscode"), settings)
    yield running
    running.close()


@pytest.fixture(scope="session")
def shared_window(code_server, browser, shared_place):
    """One window that many tests share, for it takes long to open."""
    running = Workbench(code_server, browser, shared_place.root)
    yield running
    running.close()


@pytest.fixture
def window(shared_window):
    """The window as somebody finds it who begins: no file open, nothing asked."""
    yield shared_window
    shared_window.press("Escape", "Escape")
    shared_window.ask("clear")


@pytest.fixture
def picture(window, tmp_path):
    """Saves what the window shows now, by a name."""
    folder = Path(os.environ.get("REDLINE_TEST_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def save(name: str) -> None:
        window.picture(folder / f"{name}.png")
        assert (folder / f"{name}.png").stat().st_size > 20_000

    return save
