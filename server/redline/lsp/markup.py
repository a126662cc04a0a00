"""Write for people as Markdown or as plain text; foreign words stay words in both."""

from __future__ import annotations

import re
from typing import Protocol

from redline.report.safe import one_line

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|@]|(?<=[A-Za-z]):(?=//)|(?<=www)\.", re.IGNORECASE)
"""What CommonMark and GitHub's flavour read as more than letters inside a line.

Brackets also make images, which an editor would fetch; ``://``, ``www.`` and ``@`` become links
by themselves. What means something only at the head of a line never stands there.
"""
_TICKS = re.compile("`+")
_LINK = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'*+,;=%]")


class Ink(Protocol):
    """Writes foreign text into a document, and what the document itself says about it."""

    def text(self, words: str) -> str:
        """Foreign words, on one line, with nothing in them that means anything."""

    def code(self, words: str) -> str:
        """A name or a path, as it is written."""

    def bold(self, words: str) -> str:
        """Foreign words that are read first."""

    def link(self, words: str, uri: str) -> str:
        """Foreign words that lead somewhere."""

    def block(self, text: str) -> str:
        """Lines that keep their columns; controls in them are the caller's to escape."""


class Markdown:
    """CommonMark, as editors show it."""

    def text(self, words: str) -> str:
        """Words with a backslash before whatever Markdown would read as its own."""
        return _SPECIAL.sub(r"\\\g<0>", one_line(words))

    def code(self, words: str) -> str:
        """A code span whose fence is longer than any in the words (CommonMark 6.1)."""
        shown = one_line(words)
        fence = _fence(shown, 1)
        pad = " " if shown.startswith("`") or shown.endswith("`") else ""
        return f"{fence}{pad}{shown}{pad}{fence}" if shown.strip() else ""

    def bold(self, words: str) -> str:
        """Strong emphasis."""
        return f"**{self.text(words)}**" if words.strip() else ""

    def link(self, words: str, uri: str) -> str:
        """A link; whatever a destination may not hold is percent-encoded."""
        target = _LINK.sub(lambda found: _encoded(found[0]), uri)
        return f"[{self.text(words)}]({target})"

    def block(self, text: str) -> str:
        """A fenced block (CommonMark 4.5)."""
        fence = _fence(text, 3)
        return f"{fence}text\n{text.rstrip()}\n{fence}"


class Plain:
    """Text for a client that shows it as it is."""

    def text(self, words: str) -> str:
        """The words, controls as escapes."""
        return one_line(words)

    code = bold = text

    def link(self, words: str, uri: str) -> str:
        """The words; the client could not follow the link."""
        return one_line(words)

    def block(self, text: str) -> str:
        """The lines as they are."""
        return text.rstrip()


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(least, longest + 1)


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
