"""What every driver of an editor offers, so that one test runs in all of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

Answer = TypeVar("Answer")

PATIENCE = 60.0
"""Seconds after which something is not late but missing: far beyond any slow machine's need."""
TOOLS = Path(os.environ.get("REDLINE_TEST_TOOLS", "")) / "editors"


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic as the editor holds it: lines from 0, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    code: str
    message: str
    data: Any = None
    """What the server sent along for itself."""

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line that it covers, both from 0."""
        return self.line, self.end_line - (self.end_column == 0 and self.end_line > self.line)


class Editor(Protocol):
    """One running editor with one folder open and one language server started for it."""

    name: str

    def open(self, path: str) -> None:
        """Show a file of the folder, relative with ``/``, and let the server know it."""

    def go(self, line: int, column: int) -> None:
        """Put the caret somewhere; both from 0, columns in characters."""

    def keys(self, text: str) -> None:
        """Press the keys of ``text`` one after another; a line feed is the key Enter."""

    def paste(self, text: str) -> None:
        """Paste at the caret as a user does, from outside the editor."""

    def undo(self) -> None:
        """Take the last change back."""

    def redo(self) -> None:
        """Take the last undo back."""

    def save(self) -> None:
        """Write the file."""

    def revert(self) -> None:
        """Read the file from disk again and forget what was not saved."""

    def text(self) -> str:
        """All of the open file, as the editor holds it."""

    def problems(self) -> list[Problem]:
        """Diagnostics of the open file, by place."""

    def hover(self, line: int, column: int) -> str:
        """What the editor would show there."""

    def fixes(self, line: int) -> list[str]:
        """Titles of the quick fixes offered on a line."""

    def take(self, line: int, title: str) -> None:
        """Take the quick fix whose title begins with ``title``."""

    def command(self, name: str, argument: object) -> object:
        """Have the server carry out one of its commands; return its answer."""

    def close(self) -> None:
        """Quit the editor, and with it the server."""


def eventually(ask: Callable[[], Answer], what: str, patience: float = PATIENCE) -> Answer:
    """The first answer that holds true; fail with the last one when none comes.

    An editor has no way to call a test: it is asked again and again.
    """
    end = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            pytest.fail(f"still not so: {what}; last answer: {answer!r}")
        time.sleep(0.05)


def fix(editor: Editor, line: int, title: str) -> None:
    """Take a quick fix, and wait until the text has changed."""
    before = editor.text()
    editor.take(line, title)
    eventually(lambda: editor.text() != before, f"the quick fix {title!r} changes the text")


def needed(found: Path | str | None, what: str, install: str) -> Path:
    """A program's path; where it is missing a test skips, in CI it fails."""
    if found is not None and Path(found).exists():
        return Path(found)
    missing = f"needs {what}: {install}"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def unpacked(program: str) -> Path | None:
    """A program of the Debian packages that the tests' own installer unpacked."""
    path = TOOLS / "debian" / "root" / "usr" / program
    return path if path.exists() else None


def libraries() -> str:
    """Where the unpacked packages keep their libraries: a value of LD_LIBRARY_PATH."""
    usr = TOOLS / "debian" / "root" / "usr" / "lib"
    folders = [*usr.glob("*-linux-gnu"), *usr.glob("*-linux-gnu/pulseaudio")]
    return os.pathsep.join(str(folder) for folder in folders)


def on_path(*names: str) -> str | None:
    """The first of several programs that the machine has."""
    return next((found for name in names if (found := shutil.which(name))), None)
