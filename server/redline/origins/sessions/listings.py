"""What a listing shows, without what the tool that made it put before each line.

Assistants look at files through ``cat -n``, ``grep -n``, ``git diff``, editors' views and tools
that answer in JSON. The text behind the prefixes is what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEAD = 4096
"""Characters in which a listing shows its kind; some tools begin with a few lines of their own."""
_NUMBERED = re.compile(r"^ *\d+(?:→|\t)", re.MULTILINE)
_OTHERS = (
    re.compile(r"^(?:[^\s:]+:)?\d+[:-]", re.MULTILINE),  # grep -n, ripgrep
    re.compile(r"^[^\s:]+-\d+-", re.MULTILINE),  # their lines of context
    re.compile(r"^\d+\. ?", re.MULTILINE),  # Copilot
    re.compile(r"^ *\d+ ?[|│] ?", re.MULTILINE),  # bat, Cursor, Gemini
    re.compile(r"^ *\d+ [-+ ]", re.MULTILINE),  # Codex's own diffs
)
_ANY_OTHER = re.compile(r"^ *\d|[:-]\d+[:-]", re.MULTILINE)
"""Found wherever one of them is: most texts are told from listings by this alone."""
_CHANGE = re.compile(r"^[-+ ]", re.MULTILINE)
_FEW = 3
"""Escaped line ends from which a text is taken for the inside of a string."""
_ESCAPE = re.compile(r'\\([ntr"\'/\\])')
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def views(text: str) -> Iterator[str]:
    """Yield a listing without its prefixes, and as it is where these may be content."""
    yield from _plain(text)
    if text.count("\\n") >= _FEW:
        yield from _plain(_ESCAPE.sub(_unescaped, text))


def _plain(text: str) -> Iterator[str]:
    if ("→" in text or "\t" in text) and _NUMBERED.search(text):
        text = _NUMBERED.sub("", text)
        yield text
    else:
        yield text
        bare = text
        for prefix in _OTHERS if _ANY_OTHER.search(text, 0, _HEAD) else ():
            if prefix.search(bare, 0, _HEAD):
                bare = prefix.sub("", bare)
        if bare != text:
            yield bare
    if text.startswith("@@ ") or "\n@@ " in text:
        yield _CHANGE.sub("", text)


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])
