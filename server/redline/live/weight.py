"""How much a text says: whether it is worth asking where it is from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from redline.matching.telling import INFORMATIVE

ENOUGH_LINES: Final = 2
ENOUGH_LETTERS: Final = 60
"""About twelve words: more than any identifier, path or call that an editor completes."""

_SAME: Final = 50
_WORDS: Final = re.compile(r"\w+")
_END: Final = re.compile(r"[\r\n]+")
_IMPORT: Final = re.compile(
    r"\s*(?:import|from|use|using|package|require|include|namespace|extern|#include)\b"
)


@dataclass(frozen=True, slots=True)
class Weight:
    """Counts of a text, its import lines left out: everybody's editor writes those."""

    lines: int
    """Telling ones: with enough letters to be looked up."""
    letters: int
    """Of words."""

    @property
    def asks(self) -> bool:
        """It is enough to ask its author about."""
        return self.lines >= ENOUGH_LINES or self.letters >= ENOUGH_LETTERS

    @property
    def tells(self) -> bool:
        """It is enough to be kept where somebody is known to have put it in."""
        return self.letters >= INFORMATIVE


def weigh(texts: Iterable[str]) -> Weight:
    """Weigh texts together; equal ones once, so that a replacement in many places is small."""
    lines = letters = 0
    for text in dict.fromkeys(texts):
        for line in _END.split(text):
            if _IMPORT.match(line):
                continue
            size = sum(map(len, _WORDS.findall(line)))
            lines += size >= INFORMATIVE
            letters += size
    return Weight(lines, letters)


def says_the_same(came: str, gone: str) -> bool:
    """Tell whether a text has next to no words that the one in its stead did not have as often.

    For texts too large to be aligned: a formatter that changes every line.
    """
    words, before = Counter(_WORDS.findall(came)), Counter(_WORDS.findall(gone))
    new = sum(len(word) * times for word, times in (words - before).items())
    return _SAME * new <= sum(len(word) * times for word, times in words.items())
