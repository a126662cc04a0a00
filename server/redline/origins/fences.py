"""Fenced code blocks of Markdown, as CommonMark 0.31 section 4.5 defines them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Deeper indentation than CommonMark's opens a fence here: assistants put blocks inside lists.
# It is bounded, or a long blank line would take quadratic time.
_OPENING = re.compile(
    r"^([ \t]{0,40}(?:[-*+>]|\d{1,9}[.)])?[ \t]{0,40})(`{3,}|~{3,})([^\n]*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block."""

    info: str
    """The first word after the opening fence, lower case; mostly a language."""
    text: str
    """What stands between the fences, without the indentation of the opening one."""
    start: int
    """Where the opening fence's line begins, in characters from 0."""
    end: int
    """Behind the closing fence's line, or the end of the text if none closes it."""


def fences(markdown: str) -> Iterator[Fence]:
    """Yield the fenced blocks in order; one that is never closed reaches to the end."""
    position = 0
    while opening := _OPENING.search(markdown, position):
        indent, marks, info = opening.groups()
        if marks[0] == "`" and "`" in info:
            position = opening.end()  # inline code that happens to begin a line
            continue
        body = min(opening.end() + 1, len(markdown))
        closing = re.compile(rf"^[ \t>]*{marks[0]}{{{len(marks)},}}[ \t]*$", re.MULTILINE)
        found = closing.search(markdown, body)
        end, position = (found.start(), found.end()) if found else (len(markdown),) * 2
        words = info.split()
        yield Fence(
            info=words[0].lower() if words else "",
            text=_dedent(markdown[body:end], len(indent)),
            start=opening.start(),
            end=position,
        )


def _dedent(text: str, width: int) -> str:
    if not width:
        return text
    return re.sub(rf"^[ \t]{{1,{width}}}", "", text, flags=re.MULTILINE)
