"""Comments, strings and Markdown blocks without a grammar, within a window of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from redline.model import Span
from redline.syntax.languages import Language

WINDOW = 1 << 18
"""Bytes read on each side of a place in a text that is too large to read whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A comment or a string, in bytes."""

    start: int
    end: int
    comment: bool


def window(text: bytes, offset: int) -> Span:
    """Give the part of a text to lex for one place: all of it, or whole lines around it."""
    if len(text) <= 2 * WINDOW:
        return Span(0, len(text))
    start = max(0, offset - WINDOW)
    if start:
        line = text.find(b"\n", start, offset)
        start = line + 1 if line >= 0 else start
    return Span(start, min(len(text), offset + WINDOW))


def pieces(text: bytes, within: Span, language: Language) -> list[Piece]:
    """Lex comments and strings, in order; one that is never closed ends with its line."""
    return [
        Piece(found.start(), found.end(), found.lastgroup == "comment")
        for found in _lexer(language).finditer(text, within.start, within.end)
    ]


@cache
def _lexer(language: Language) -> re.Pattern[bytes]:
    comments = [
        f"{re.escape(opening)}(?s:.*?){re.escape(closing)}"
        for opening, closing in language.block_comments
    ]
    # A hash is a comment only where a word could begin: `$#` and `a#b` are not.
    comments += [
        f"(?:(?<![^\\s;(]){re.escape(mark)}[^\\n]*)" if mark == "#" else f"{re.escape(mark)}[^\\n]*"
        for mark in language.line_comments
    ]
    escaped = r"\\(?s:.)|" if language.escapes else ""
    strings = []
    for quote in language.strings:
        q = re.escape(quote)
        if len(quote) == 3:
            strings.append(f"{q}(?s:{escaped}.)*?{q}")
        else:
            inside = f"[^{q}\\\\]" if quote == "`" else f"[^{q}\\\\\\n]"
            inside = inside if language.escapes else inside.replace("\\\\", "")
            strings.append(f"{q}(?:{escaped}{inside})*+{q}")
    alternatives = [f"(?P<comment>{'|'.join(comments)})"] if comments else []
    alternatives += [f"(?P<string>{'|'.join(strings)})"] if strings else []
    return re.compile("|".join(alternatives or ["(?!)"]).encode())


_MARKS = re.compile(
    rb"^ {0,3}(?:[-*+>] +)*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)|<!--", re.MULTILINE
)


def blocks(text: bytes) -> Iterator[tuple[int, int, str]]:
    """Give the fenced blocks (``fence``) and HTML comments (``comment``) of Markdown, in order.

    Fences as in CommonMark 0.31: closed by a fence of the same character, at least as long,
    with nothing behind it, or by the end of the text. Inside one, nothing else counts.
    """
    at = 0
    while found := _MARKS.search(text, at):
        start, fence = found.start(), found["fence"]
        if fence is None:
            close = text.find(b"-->", found.end())
            end = len(text) if close < 0 else close + 3
            yield start, end, "comment"
        elif b"`" in found["info"] and fence.startswith(b"`"):
            end = found.end()
        else:
            closing = re.compile(
                rb"^[ >]*" + re.escape(fence[:1]) + rb"{%d,}[ \t]*\r?$" % len(fence), re.MULTILINE
            ).search(text, found.end())
            end = closing.end() if closing else len(text)
            yield start, end, "fence"
        at = max(end, start + 1)
