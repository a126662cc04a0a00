"""Whether and how text output is coloured, and how wide it may be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from redline.model import Level

PLAIN_WIDTH = 100
"""Cells per line where the output is no terminal: the same in every log and every test."""

_RESET = "\x1b[0m"
_LEVELS = {Level.ERROR: "\x1b[1;31m", Level.WARNING: "\x1b[1;33m", Level.NOTE: "\x1b[1;36m"}
_BOLD = "\x1b[1m"
_FRAME = "\x1b[1;34m"
_FAINT = "\x1b[2m"


@dataclass(frozen=True, slots=True)
class Look:
    """How text is shown: coloured or not, within so many cells."""

    colour: bool = False
    width: int = PLAIN_WIDTH

    def level(self, level: Level, text: str) -> str:
        """Paint in the colour of a level."""
        return self._paint(_LEVELS.get(level, _BOLD), text)

    def bold(self, text: str) -> str:
        """Paint what is read first."""
        return self._paint(_BOLD, text)

    def frame(self, text: str) -> str:
        """Paint line numbers, bars and arrows."""
        return self._paint(_FRAME, text)

    def faint(self, text: str) -> str:
        """Paint what matters least."""
        return self._paint(_FAINT, text)

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.colour and text else text


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether ``stream`` is a terminal; a closed or absent one is none."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def wants_colour(choice: str, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Decide about colour: ``always``, ``never``, or ``auto``.

    ``auto`` follows no-color.org (NO_COLOR set and not empty wins), then FORCE_COLOR, then
    asks for a terminal that is not ``TERM=dumb`` and no CI.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return terminal and environ.get("TERM") != "dumb" and not environ.get("CI")


def look_for(stream: TextIO | None, choice: str, environ: Mapping[str, str]) -> Look:
    """Return the look that fits ``stream``; at least 40 cells wide."""
    terminal = is_terminal(stream)
    width = PLAIN_WIDTH
    if terminal:
        width = max(40, _columns(stream, environ))
    return Look(wants_colour(choice, terminal, environ), width)


def _columns(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    told = environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and 0 < len(told) < 6:
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno() if stream else 1).columns or PLAIN_WIDTH
    except (OSError, ValueError):
        return PLAIN_WIDTH


def in_ci(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a CI service runs us; Azure Pipelines and TeamCity do not set ``CI``."""
    return any(environ.get(name) for name in ("CI", "TF_BUILD", "TEAMCITY_VERSION"))
