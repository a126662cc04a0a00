"""VS Code with servers that are none, and what people do in cells and in the tree."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from maze import PENALTY, WALK

from .code_server import CodeServer
from .conftest import server_settings
from .editor import eventually
from .place import GREETING, made
from .steps import FREE, marked, paste
from .workbench import Workbench

SILENT = "import time\nwhile True:\n    time.sleep(60)\n"
OLD = """\
import json, sys
while line := sys.stdin.buffer.readline():
    size = int(line.split(b":")[1])
    while sys.stdin.buffer.readline().strip():
        pass
    asked = json.loads(sys.stdin.buffer.read(size))
    if asked["method"] == "exit":
        break
    if "id" in asked:
        known = {"capabilities": {}, "serverInfo": {"name": "redline", "version": "0.0.1"}}
        body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": known}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        sys.stdout.buffer.flush()
"""
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "walk",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": [],
        }
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
WELCOME = ".sidebar .welcome-view-content"


def program(path: Path, source: str) -> dict[str, str]:
    """The setting that names a server which is written here."""
    path.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    path.chmod(0o755)
    return {"redline.server.path": str(path)}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A repository with a notebook among its graders."""
    more = {"graders/maze.ipynb": json.dumps(NOTEBOOK, indent=1) + "\n", "graders/w.py": GREETING}
    return made(tmp_path_factory.mktemp("more") / "work", more)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """Where the workbench keeps what is its own."""
    return tmp_path_factory.mktemp("vscode")


@pytest.fixture(scope="module")
def window(place, browser, scratch):
    """A window whose user has named a program that never answers as the server."""
    server = CodeServer(place.environment, scratch, program(scratch / "silent", SILENT))
    running = Workbench(server, browser, place.root)
    yield running
    running.close()
    server.close()


@pytest.fixture
def choose(scratch):
    """Name another server in the settings."""

    def write(setting):
        path = scratch / "user" / "Machine" / "settings.json"
        path.write_text(json.dumps(setting), encoding="utf-8")

    return write


def test_a_server_that_never_answers_is_given_up_for_another_one(window, scratch, choose):
    window.open("graders/w.py")
    window.palette("Redline: Focus on Protected Zones View")
    eventually(lambda: window.texts(WELCOME) == ["The server is starting."], "it is waited for")
    choose(program(scratch / "old", OLD))
    eventually(lambda: "does not run" in "".join(window.texts(WELCOME)), "the next one is too old")
    window.palette("Redline: Check All Files")
    eventually(lambda: "0.0.1" in "".join(window.toasts()), "who asks for something is told why")
    window.ask("command", id="notifications.clearAll")


def test_the_right_one_is_started_as_soon_as_it_is_named(window, place, choose):
    choose(server_settings(place))
    window.open("graders/w.py")
    eventually(lambda: "grader: clean" in window.status(), "the server runs")
    assert not window.toasts()


def test_a_paste_is_explained_from_the_tree_by_keys(window, place):
    window.open("graders/w.py")
    window.go(FREE, 0)
    window.paste(PENALTY)
    eventually(lambda: marked(window) == [(FREE, FREE + 6)], "it asks where the text is from")
    window.palette("Redline: Focus on Protected Zones View")
    row = ".sidebar .monaco-list-row[aria-label*='where these 7 lines']"
    window.wait_for(row)
    window.press("Home")
    eventually(lambda: window.count(f"{row}.focused") or window.press("ArrowDown"), "it is reached")
    window.press("Shift+F10")
    entry = ".context-view .action-item.focused:has-text('Say Where This Is From')"
    window.wait_for(".context-view .action-item")
    eventually(lambda: window.count(entry) or window.press("ArrowDown"), "the entry is reached")
    window.press("Enter")
    window.pick("This text is from elsewhere in this repository")
    eventually(lambda: not marked(window), "nothing is left to ask")
    assert list((place.root / ".redline" / "ledger").rglob("*.json"))
    window.ask("clear")


def test_the_tree_leads_to_where_a_finding_has_moved(window):
    paste(window, "graders/w.py")
    window.palette("Redline: Focus on Protected Zones View")
    row = ".sidebar .monaco-list-row[aria-label^='error, line 4']"
    window.wait_for(row)
    window.go(0, 0)
    window.keys("#\n#\n")
    eventually(lambda: window.problems()[0].line == FREE + 2, "the finding goes with its text")
    window.see(lambda page: page.locator(row).first.click())
    eventually(lambda: window.ask("caret")[1:3] == [FREE + 2, 0], "the caret is where it is now")
    window.ask("clear")


def test_a_cell_is_judged_marked_and_explained(window):
    window.ask("show", path=str(window.root / "graders/maze.ipynb"))
    cell = ".notebookOverlay .code-cell-row .monaco-editor"
    window.wait_for(cell)
    window.see(lambda page: page.locator(cell).first.click())
    window.clipboard(WALK)
    window.press("Control+v")
    eventually(lambda: "grader: 1 finding" in window.status(), "the cell's state is told")
    (problem,) = window.ask("problems")
    assert problem["uri"].startswith("vscode-notebook-cell:")
    mark = f"{cell} .view-overlays [class*='TextEditorDecorationType']"
    eventually(lambda: window.count(mark) == 13, "each line has its mark")
    window.press("ArrowUp", "ArrowUp")
    window.palette("Redline: Show the Evidence")

    def beside():
        return next((tab for tab in window.ask("tabs") if tab.get("original")), None)

    tab = eventually(beside, "the two texts are compared")
    assert window.ask("read", uri=tab["original"]) == WALK
    assert tab["original"].endswith("walk.py")
