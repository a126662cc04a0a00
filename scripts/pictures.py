"""Draw the pictures of the VS Code extension's README, in the real workbench.

``python scripts/pictures.py [FOLDER]``; without one they go to ``editors/vscode/media``. It needs
the editors that ``scripts/editors.py`` installs, below the folder that REDLINE_TEST_TOOLS names.
With Pillow they get few colours, and so are small.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CHECKOUT / "tests"), str(CHECKOUT)]

from tests.editors.code_server import Browser, CodeServer  # noqa: E402
from tests.editors.editor import eventually  # noqa: E402
from tests.editors.place import made  # noqa: E402
from tests.editors.workbench import Workbench  # noqa: E402

from maze import WALK  # noqa: E402 - the tests' own modules lie beside them

if TYPE_CHECKING:
    from playwright.sync_api import Page

GRADER = "graders/shortest.py"
BEGUN = '''\
"""Grades walks through mazes."""

from collections import deque


def is_shortest(walk, labyrinth):
    best = shortest_walk(labyrinth, labyrinth.entrance, labyrinth.treasure)
    return best is not None and len(walk) == len(best)


'''
MENDED = WALK.replace("because every corridor costs one torch", "for all corridors are as long")
"""What the assistant wrote, with a line that somebody has changed since."""
CALM = {
    "workbench.colorTheme": "Default Light Modern",
    "editor.minimap.enabled": False,
    "editor.fontSize": 13,
    "editor.occurrencesHighlight": "off",
    "workbench.layoutControl.enabled": False,
}
COLOURS = 128
WIDE = 560
"""Where the side bar ends that lists findings and their evidence."""


@contextmanager
def window(scratch: Path) -> Iterator[Workbench]:
    """A window with a repository of evals, and a grader with an assistant's function in it."""
    place = made(scratch / "work", {GRADER: BEGUN})
    redline = shutil.which("redline", path=place.environment["PATH"])
    browser = Browser()
    server = CodeServer(place.environment, scratch, {"redline.server.path": redline or "redline"})
    shown = Workbench(server, browser, place.root)
    try:
        for key, value in CALM.items():
            shown.ask("set", key=key, value=value)
        shown.open(GRADER)
        shown.go(BEGUN.count("\n"), 0)
        shown.paste(MENDED)
        eventually(shown.problems, "the pasted text is marked")
        yield shown
        shown.ask("clear")
    finally:
        shown.close()
        server.close()
        browser.close()


def draw(shown: Workbench, folder: Path) -> Iterator[Path]:
    """Save each picture and yield its path."""
    first = BEGUN.count("\n")
    shown.ask("command", id="workbench.action.closeSidebar")
    shown.wait_for(".codelens-decoration a")
    shown.show_fixes(first)
    yield save(shown, folder / "fixes.png", height=560)
    shown.press("Escape")

    shown.ask("command", id="redline.overview.focus")
    eventually(lambda: len(shown.rows()) > 3, "the view lists the finding")
    shown.press("Home")
    finding = ".sidebar .monaco-list-row.focused[aria-label^='error, line']"
    eventually(lambda: shown.count(finding) or shown.press("ArrowDown"), "the finding is reached")
    shown.press("ArrowRight")
    eventually(lambda: any(level == 4 for level, _ in shown.rows()), "its evidence unfolds")
    shown.see(widen)
    yield save(shown, folder / "zones.png", height=560)

    shown.ask("command", id="workbench.action.closeSidebar")
    shown.go(first + 2, 0)
    shown.palette("Redline: Show the Evidence")
    shown.wait_for(".monaco-diff-editor .view-line")
    eventually(lambda: not shown.count(".quick-input-widget:visible"), "nothing lies above it")
    yield save(shown, folder / "evidence.png", height=440)


def widen(page: Page) -> None:
    """Draw the side bar's edge to the right."""
    edge = page.locator(".primary-sidebar-sash").bounding_box()
    middle = edge["y"] + edge["height"] / 2
    page.mouse.move(edge["x"] + edge["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(WIDE, middle, steps=5)
    page.mouse.up()
    page.mouse.move(WIDE + 400, middle)


def save(shown: Workbench, path: Path, height: int) -> Path:
    """Save the upper part of the window."""
    clip = {"x": 0, "y": 0, "width": 1280, "height": height}
    shown.see(lambda page: page.screenshot(path=str(path), clip=clip, caret="hide"))
    if importlib.util.find_spec("PIL") is not None:
        from PIL import Image

        with Image.open(path) as image:
            image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
                path, optimize=True
            )
    return path


def main() -> int:
    """Draw them all; return an exit code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "editors" / "vscode" / "media"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, window(Path(scratch)) as shown:
        for path in draw(shown, folder):
            print(f"{path.name}: {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
