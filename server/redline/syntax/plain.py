"""Comments, strings and Markdown blocks without a grammar, within a window of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from redline.model import Span
from redline.syntax.catalogue import BACKSLASH, Delimited, Language, Sort

WINDOW = 1 << 18
"""Bytes read on each side of a place in a text that is too large to read whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A comment, a string or text outside the program, in bytes."""

    start: int
    end: int
    sort: Sort

    @property
    def comment(self) -> bool:
        """A comment."""
        return self.sort is Sort.COMMENT


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
    """Lex comments and strings, in order; a comment that is never closed ends with its line.

    The work is proportional to the part, whatever it holds: a mark that was once sought to the
    end in vain is not sought again.
    """
    lexer = _lexer(language)
    found: list[Piece] = []
    hopeless: set[bytes] = set()
    at = within.start
    while mark := lexer.search(text, at, within.end):
        at = mark.end()
        assert mark.lastgroup is not None  # every alternative is a group
        if mark.lastgroup in ("comment", "string"):
            found.append(Piece(mark.start(), at, Sort(mark.lastgroup)))
            continue
        form = _forms(language)[int(mark.lastgroup[1:])]
        opening = _compiled(form.opening).match(text, mark.start(), within.end)
        groups = opening.groups() if opening else ()
        named = [re.escape(group or b"").decode("latin-1") for group in groups]
        closing = form.closing.replace("{0}", named[0] if named else "")
        closing = closing.replace("{1}", named[1] if len(named) > 1 else "")
        end = _end(form, closing, text, at, within.end, hopeless)
        start = at if form.body_only else mark.start()
        if end is None and form.sort is Sort.COMMENT:
            line = text.find(b"\n", at, within.end)
            end = line if line >= 0 else within.end
        if end is not None:
            found.append(Piece(start, end, form.sort))
            at = max(end, at)
    return found


_MOST_HOPELESS = 50


def _end(
    form: Delimited, closing: str, text: bytes, at: int, end: int, hopeless: set[bytes]
) -> int | None:
    key = closing.encode("latin-1")
    if key in hopeless or len(hopeless) > _MOST_HOPELESS:
        return None
    stops = f"(?P<closing>{closing})"
    if form.nests:
        stops += f"|(?P<opening>{form.opening})"
    if form.hidden:
        stops = f"(?:{form.hidden})|{stops}"
    depth = 1
    for stop in _compiled(stops).finditer(text, at, end):
        if stop.lastgroup == "opening":
            depth += 1
        elif stop.lastgroup == "closing":
            depth -= 1
            if not depth:
                return stop.end()
    hopeless.add(key)
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("latin-1"))


@cache
def _forms(language: Language) -> tuple[Delimited, ...]:
    """All that may span lines."""
    forms = list(language.delimited)
    for opening, closing in language.block_comments:
        marks = re.escape(opening), re.escape(closing)
        forms.append(Delimited(Sort.COMMENT, *marks, nests=language.nested_comments))
    for quote in language.strings:
        if len(quote) == 3 or quote == "`":
            hidden = BACKSLASH if language.escapes else ""
            forms.append(Delimited(Sort.STRING, re.escape(quote), re.escape(quote), hidden))
    return tuple(forms)


@cache
def _lexer(language: Language) -> re.Pattern[bytes]:
    """Whole comments and strings of one line, and the openings of all others."""
    alternatives = [f"(?P<d{index}>{form.opening})" for index, form in enumerate(_forms(language))]
    # A hash is a comment only where a word could begin: `$#` and `a#b` are not.
    comments = [
        f"(?:(?<![^\\s;(]){re.escape(mark)}[^\\n]*)" if mark == "#" else f"{re.escape(mark)}[^\\n]*"
        for mark in language.line_comments
    ]
    if comments:
        alternatives.append(f"(?P<comment>{'|'.join(comments)})")
    escaped = f"{BACKSLASH}|" if language.escapes else ""
    hidden = "\\\\" if language.escapes else ""
    strings = [
        f"{quote}(?:{escaped}[^{quote}{hidden}\\n])*+{quote}"
        for quote in language.strings
        if len(quote) == 1 and quote != "`"
    ]
    if strings:
        alternatives.append(f"(?P<string>{'|'.join(strings)})")
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
