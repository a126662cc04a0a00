"""Keep the signatures of a region's functions and put a statement that fails into the bodies."""

from __future__ import annotations

import re

from redline.fixes.edits import Case, FileEdit, NoFixError, applied
from redline.fixes.stretches import indentation, newline_at, removal, whole_lines
from redline.fixes.validity import still_well_formed
from redline.model import Span
from redline.syntax.bodies import BODIES, Bodies
from redline.syntax.languages import language_of
from redline.syntax.signatures import Body, Parts, parts_of

_WORD = re.compile(rb"[^\W\d]\w*")
_IMPORTING = frozenset(b"import from as use using static typeof type require".split())


def blank(case: Case) -> tuple[tuple[FileEdit, ...], bool, tuple[str, ...]]:
    """Blank the bodies that lie wholly in the region; give the names of their functions too.

    Comments and docstrings of the region go with them, and imports of which nothing that stays
    makes use. Raises ``NoFixError`` where the region holds anything else besides signatures, a
    part of a body among it: a human's statement is never blanked, and an assistant's never left.
    """
    if case.marks_only:
        raise NoFixError("a mark is not taken away from the text that it speaks of")
    language = language_of(case.path, case.text[:256])
    parts = parts_of(case.text, language, case.span)
    if language is None or parts is None or not parts.bodies:
        raise NoFixError("the region is more, or less, than whole functions")
    bodies = BODIES[language.name]
    edits = [_replacement(case, body, bodies) for body in parts.bodies]
    edits += _gone(case, parts)
    edits.sort(key=lambda edit: edit.span)
    if _used(case, parts, edits):
        raise NoFixError("what stays makes use of what was imported for the bodies")
    sound = still_well_formed(language, case.text, edits)
    if sound is False:
        raise NoFixError("what is left would not be well formed")
    return tuple(edits), bool(sound), tuple(body.name for body in parts.bodies)


def _gone(case: Case, parts: Parts) -> list[FileEdit]:
    """Take out comments and imports: neighbours in one piece, with the blank lines about them."""
    runs: list[Span] = []
    for span in sorted([*parts.prose, *parts.imports]):
        if runs and not case.text[runs[-1].end : span.start].strip():
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return [FileEdit(case.path, _lines(case.text, run), b"") for run in runs]


def _lines(text: bytes, run: Span) -> Span:
    lines = whole_lines(text, run)
    gone = removal(text, run)
    # At the head of a file the blank lines go along; between members they keep them apart.
    return gone if lines is None or not text[: lines.start].strip() else lines


def _used(case: Case, parts: Parts, edits: list[FileEdit]) -> bool:
    """Tell whether the text that stays mentions a word of an import that goes."""
    words: set[bytes] = set()
    for span in parts.imports:
        words.update(_WORD.findall(case.text, span.start, span.end))
    if not words:
        return False
    stays = applied(case.text, case.path, [FileEdit(e.path, e.span, b"") for e in edits])
    return not (words - _IMPORTING).isdisjoint(_WORD.findall(stays))


def _replacement(case: Case, body: Body, bodies: Bodies) -> FileEdit:
    """Replace what is not blank of a body, on lines of its own where it had them."""
    text, span = case.text, body.inner
    inside = text[span.start : span.end]
    statement = bodies.statement
    if bodies.braces and not body.braced:
        if not bodies.expression:
            raise NoFixError("one of the bodies is an expression")
        statement = bodies.expression
    placeholder = statement.encode()
    start = span.start + len(inside) - len(inside.lstrip())
    end = span.start + len(inside.rstrip())
    if body.braced and b"\n" not in inside:
        return FileEdit(case.path, span, b" " + placeholder + b" ")
    if body.braced and b"\n" not in text[body.span.start : start]:
        # The first statement stands behind the brace, the others on lines of their own.
        line = newline_at(text, start) + indentation(text, end) + placeholder
        return FileEdit(case.path, Span(span.start, end), line)
    return FileEdit(case.path, Span(start, end), placeholder)
