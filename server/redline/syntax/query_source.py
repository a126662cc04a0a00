"""Read the text of a tree-sitter query as far as needed to judge its predicates.

Syntax: https://tree-sitter.github.io/tree-sitter/using-parsers/queries/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<blank> \s+ | ;[^\n]* )
  | (?P<string> "(?:[^"\\\n]|\\.)*" )
  | (?P<open> [(\[] )
  | (?P<close> [)\]] )
  | (?P<predicate> \#[^\s()\[\]";]* )
  | (?P<capture> @[\w.?!-]+ )
  | (?P<other> [^\s()\[\]";@\#]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_KNOWN = {
    **{f"{form}eq?": "eq?" for form in ("", "not-", "any-", "any-not-")},
    **{f"{form}match?": "match?" for form in ("", "not-", "any-", "any-not-")},
    **{f"{form}any-of?": "any-of?" for form in ("", "not-")},
}
_MAX_DEPTH = 200


class QueryError(ValueError):
    """A query that is refused: what is wrong, and where in the query (from 1)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column} of the query)"

    @classmethod
    def from_binding(cls, message: str, source: str) -> QueryError:
        """Take the place out of the binding's message, which counts rows and bytes from 0."""
        found = re.search(r" at row (\d+)(?:, column (\d+))?| in pattern at row (\d+)", message)
        if found is None:
            return cls(message, 1, 1)
        row, byte = int(found[1] or found[3]), int(found[2] or 0)
        lines = source.split("\n")
        before = lines[row].encode()[:byte] if row < len(lines) else b""
        phrase = message[: found.start()] + message[found.end() :]
        return cls(_plainly(phrase), row + 1, len(before.decode("utf-8", "replace")) + 1)


def _plainly(phrase: str) -> str:
    kind, _, what = phrase.partition(": ")
    known = {
        "Invalid node type": "the grammar has no node",
        "Invalid field name": "the grammar has no field",
        "Invalid capture name": "nothing is captured as",
        "Impossible pattern": "the grammar can never produce this pattern",
        "Invalid syntax": "this is not the syntax of a query",
    }
    plain = known.get(kind, kind[:1].lower() + kind[1:])
    return f"{plain} {what}" if what and kind in known else f"{plain}: {what}" if what else plain


@dataclass(slots=True)
class Form:
    """One bracketed form of a query and what is inside."""

    bracket: str
    offset: int
    """Of the bracket, in code points."""
    place: tuple[int, int]
    """Line and column of the bracket, from 1."""
    forms: list[Form] = field(default_factory=list)
    atoms: list[tuple[str, str, int]] = field(default_factory=list)
    """Kind (``string``, ``capture``, ``predicate``, ``other``), text, offset."""

    @property
    def is_predicate(self) -> bool:
        """A form that opens with ``#name``."""
        return bool(self.atoms) and self.atoms[0][0] == "predicate"

    def captures(self) -> Iterator[str]:
        """Every name that the form captures; not those that its predicates only use."""
        if self.is_predicate:
            return
        for kind, text, _ in self.atoms:
            if kind == "capture":
                yield text[1:]
        for form in self.forms:
            yield from form.captures()


@dataclass(frozen=True, slots=True)
class Predicate:
    """One predicate, checked for its name and its arguments."""

    name: str
    offset: int
    """Of the ``#``, in code points."""
    place: tuple[int, int]
    captures: tuple[str, ...]
    literals: frozenset[bytes]
    """One of these occurs wherever the predicate holds; empty where that cannot be said."""
    pattern: str | None
    """The regex of a ``match?``."""


def patterns_of(source: str) -> list[Form]:
    """Split a query into its patterns. Raises ``QueryError`` for unbalanced brackets,
    predicates outside a pattern and forms nested deeper than any grammar needs.
    """
    top = Form("", 0, (1, 1))
    stack = [top]
    for token in _TOKEN.finditer(source):
        kind, text, offset = str(token.lastgroup), token[0], token.start()
        if kind == "blank":
            continue
        if kind == "open":
            form = Form(text, offset, _place(source, offset))
            stack[-1].forms.append(form)
            stack.append(form)
            if len(stack) > _MAX_DEPTH:
                raise QueryError("nested too deeply", *form.place)
        elif kind == "close":
            if len(stack) == 1 or (stack[-1].bracket == "(") != (text == ")"):
                raise QueryError(f"{text} closes nothing", *_place(source, offset))
            _check_predicate_home(stack)
            stack.pop()
        else:
            stack[-1].atoms.append((kind, text, offset))
    if len(stack) > 1:
        raise QueryError(f"{stack[-1].bracket} is never closed", *stack[-1].place)
    # A capture after a pattern's bracket (`(node) @unit`) stands at the top; it is the pattern's.
    for kind, text, offset in top.atoms:
        owner = next((form for form in reversed(top.forms) if form.offset < offset), None)
        if kind == "capture" and owner is not None:
            owner.atoms.append((kind, text, offset))
        elif kind == "predicate":
            raise QueryError(f"{text} needs brackets around it", *_place(source, offset))
    return top.forms


def _check_predicate_home(stack: list[Form]) -> None:
    form, parent = stack[-1], stack[-2]
    if not form.atoms or (form.forms and form.forms[0].offset < form.atoms[0][2]):
        return
    kind, text, _ = form.atoms[0]
    if kind == "other" and text.startswith(".") and text.endswith(("?", "!")):
        raise QueryError(f"write #{text[1:]} for {text}", *form.place)
    if not form.is_predicate:
        return
    if parent.bracket == "":
        raise QueryError(
            f"{text} stands outside its pattern's parentheses and would not apply; "
            "write ((node) @unit (#eq? @unit ...))",
            *form.place,
        )
    if parent.bracket == "[":
        raise QueryError(
            f"{text} stands between alternatives; put it inside the pattern's parentheses",
            *form.place,
        )


def predicates_of(pattern: Form) -> list[Predicate]:
    """Give a pattern's predicates. Raises ``QueryError`` for unknown names and arguments."""
    found = [_predicate(pattern)] if pattern.is_predicate else []
    for form in pattern.forms:
        found += predicates_of(form)
    return found


def _predicate(form: Form) -> Predicate:
    (_, name, offset), *arguments = form.atoms
    name = name[1:]
    base = _KNOWN.get(name)
    if base is None:
        known = ", ".join(f"#{known}" for known in sorted(_KNOWN))
        raise QueryError(f"#{name} would not be applied; the predicates are {known}", *form.place)
    if form.forms or not arguments or arguments[0][0] != "capture":
        raise QueryError(f"#{name} begins with a capture, such as @name", *form.place)
    captures = tuple(text[1:] for kind, text, _ in arguments if kind == "capture")
    values = tuple(_value(kind, text) for kind, text, _ in arguments if kind != "capture")
    if base != "any-of?" and len(arguments) != 2:
        raise QueryError(f"#{name} takes two arguments, not {len(arguments)}", *form.place)
    if base == "any-of?" and (len(captures) != 1 or not values):
        raise QueryError(f"#{name} takes one capture and then strings", *form.place)
    if base == "match?" and not values:
        raise QueryError(f"#{name} takes a regex as its second argument", *form.place)
    positive = base != "match?" and "not-" not in name and all(values)
    return Predicate(
        name,
        offset,
        form.place,
        captures,
        frozenset(value.encode() for value in values) if positive else frozenset(),
        values[0] if base == "match?" else None,
    )


def _value(kind: str, text: str) -> str:
    if kind != "string":
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)


def _place(source: str, offset: int) -> tuple[int, int]:
    line_start = source.rfind("\n", 0, offset) + 1
    return source.count("\n", 0, offset) + 1, offset - line_start + 1
