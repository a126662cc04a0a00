"""Helix in a terminal of its own: it has no other way in than its keys, nor out than its screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .editor import TOOLS, eventually, needed, on_path
from .place import Place
from .terminal import Terminal


class Helix:
    """One Helix with the settings that it is given and nothing else of its user's."""

    name = "helix"

    def __init__(self, place: Place, settings: Mapping[str, str]) -> None:
        """``settings`` are its files by name, as they lie in its folder of settings."""
        self.place = place
        starter = TOOLS / "trixie" / "bin" / "hx"
        binary = needed(
            starter if starter.exists() else on_path("hx", "helix"),
            "Helix",
            "make test gets it, or apt install hx",
        )
        folder = Path(place.environment["XDG_CONFIG_HOME"]) / "helix"
        folder.mkdir(parents=True)
        for name, text in settings.items():
            (folder / name).write_text(text, encoding="utf-8")
        self._terminal = Terminal([binary], place.root, place.environment)
        eventually(lambda: "NOR" in self.screen(), "Helix is up")

    def screen(self) -> str:
        """All that is shown."""
        return self._terminal.shown()

    def open(self, path: str) -> None:
        self._terminal.press(f":open {path}\r")
        eventually(
            lambda: re.search(rf" NOR .* {re.escape(path)} ", self.screen()), f"{path} is open"
        )

    def go(self, line: int) -> None:
        """Put the caret at a line's beginning, from 0."""
        self._terminal.press(f"{line + 1}gg")
        eventually(lambda: re.search(rf" {line + 1}:1$", self.screen(), re.M), "the caret is there")

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

    def menu(self, line: int) -> list[str]:
        """Open the menu of a line's quick fixes; the titles, in its order."""
        self.go(line)
        self._terminal.press(" a")
        shown = eventually(
            lambda: self.screen() if "Remove" in self.screen() else "", "the fixes are offered"
        )
        below = shown.splitlines()[line + 1 :]
        entries = [line.partition("▍")[2] for line in below]
        return [entry.strip() for entry in entries if re.match(r" \w", entry)]

    def choose(self, number: int) -> None:
        """Take an entry of the menu that is open, from 1."""
        self._terminal.press("\t" * (number - 1) + "\r")

    def close(self) -> None:
        self._terminal.press(":quit-all!\r")
        self._terminal.close()

    def _insert(self) -> None:
        self._terminal.press("i")
        eventually(lambda: "INS" in self.screen(), "Helix takes text")

    def _normal(self) -> None:
        eventually(lambda: "INS" in self.screen(), "Helix takes text")
        # What came right behind it would make it the key Alt.
        self._terminal.press("\x1b")
        eventually(lambda: "NOR" in self.screen(), "Helix takes commands")
