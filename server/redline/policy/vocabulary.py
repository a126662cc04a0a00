"""The words that several tables of a rule file share: ids, names, levels, strengths."""

from __future__ import annotations

from typing import Final

from redline.model import Level, Strength
from redline.policy.shapes import Choice, Text

ID: Final = Text(
    "[a-z][a-z0-9]*(-[a-z0-9]+)*", "words of small letters and digits joined by '-'", most=60
)
PROSE: Final = Text()
NAME: Final = Text(r"[^\s/]+", "a name, in which '*' stands for any letters", most=100)
LEVEL: Final = Choice(tuple(str(level) for level in reversed(Level)))
STRENGTH: Final = Choice(tuple(str(strength) for strength in reversed(Strength)))
