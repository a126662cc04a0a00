"""What a stretch of a program is made of: bodies of functions, signatures, imports, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from redline.model import Span
from redline.syntax.bodies import BODIES, Bodies
from redline.syntax.languages import Language
from redline.syntax.trees import UnparsedError, parse

if TYPE_CHECKING:
    import tree_sitter

_DEEPEST: Final = 200
"""Levels of nested code that are looked into."""
_LONGEST_SIGNATURE: Final = 4096
"""Bytes; what is longer holds more than signatures."""
_LOGIC: Final = (
    "call invocation lambda closure arrow comprehension conditional ternary function_expression "
    "object_creation new_expression interpolation boolean_operator comparison named_expression "
    "await yield token_tree initializer"
).split()
"""In the name of a node: it computes something, which a signature does not."""
_BINARY: Final = ("binary", "infix_expression")
_JOINS: Final = frozenset(b"| &".split())
"""Binary operators of types."""
_LITERALS: Final = ("string", "number", "integer", "float", "char", "regex", "heredoc")
"""In the name of a node: it is a value..."""
_COLLECTIONS: Final = frozenset(
    "dictionary object list array set hash tuple array_expression array_creation_expression "
    "collection_literal dictionary_literal array_literal".split()
)
"""...or holds values."""
_LONGEST_LITERAL: Final = 40
_MOST_LITERALS: Final = 200
"""Bytes of all values of a stretch; what is more is a text or a table, not a default."""
_BARE: Final = re.compile(rb"@\s*[\w.]+\s*\(\s*\)")
_CLASS_BODIES: Final = frozenset({"class_body", "field_declaration_list", "declaration_list"})
_SIGNS: Final = frozenset(
    "decorator modifiers attribute_item attribute_list template_parameter_list type_identifier "
    "hash_bang_line access_specifier".split()
)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a function that lies wholly in the stretch."""

    name: str
    span: Span
    """All of it, its braces included."""
    inner: Span
    """What is in its braces, and of Python behind a docstring that is not in the stretch."""
    braced: bool


@dataclass(slots=True)
class Parts:
    """What a stretch is made of, signatures and brackets aside."""

    bodies: list[Body] = field(default_factory=list)
    prose: list[Span] = field(default_factory=list)
    """Comments and docstrings outside of these bodies."""
    imports: list[Span] = field(default_factory=list)


def parts_of(text: bytes, language: Language | None, span: Span) -> Parts | None:
    """Take a stretch (bytes) apart; None where it holds anything else, or cannot be told.

    Else is: a part of a body, a constant, a field, a statement, a decorator or a default value
    that computes something.
    """
    bodies = BODIES.get(language.name) if language is not None else None
    if language is None or bodies is None:
        return None
    walk = _Walk(text, span, bodies, Parts())
    return walk.parts if _walked(walk, language) else None


def is_signature(text: bytes, language: Language | None, span: Span) -> bool:
    """Tell whether a stretch holds nothing but signatures of functions and classes."""
    bodies = BODIES.get(language.name) if language is not None else None
    if language is None or bodies is None or span.end - span.start > _LONGEST_SIGNATURE:
        return False
    return _walked(_Walk(text, span, bodies, Parts(), bare=True), language)


def _walked(walk: _Walk, language: Language) -> bool:
    try:
        root = parse(language, walk.text).root_node
    except UnparsedError:
        return False
    return not root.has_error and walk.visit(root, 0)


@dataclass(slots=True)
class _Walk:
    text: bytes
    span: Span
    bodies: Bodies
    parts: Parts
    bare: bool = False
    """Bodies, comments and imports are something else, too."""
    literals: int = 0
    """Bytes of values in signatures so far."""

    def visit(self, node: tree_sitter.Node, depth: int) -> bool:
        """Collect the parts at and below a node; False where something else is in the stretch."""
        bodies = self.bodies
        if not self._touched(Span(node.start_byte, node.end_byte)) or not node.is_named:
            return True
        if depth > _DEEPEST:
            return False
        if node.type in bodies.imports:
            return self._whole(node, self.parts.imports)
        if node.type in bodies.functions:
            return self._function(node, depth)
        if node.type in bodies.prose or _is_docstring(node, bodies):
            return self._whole(node, self.parts.prose)
        if node.type in bodies.containers:
            return self._container(node, depth)
        return False

    def _container(self, node: tree_sitter.Node, depth: int) -> bool:
        """What stands before the body of a class is its signature."""
        children = self._near(node)
        body = node.child_by_field_name("body") or next(
            (one for one in children if one.type in _CLASS_BODIES), None
        )
        named = node.child_by_field_name("name") or node.child_by_field_name("left")
        for child in children:
            head = body is not None and child.end_byte <= body.start_byte
            words = child.type in self.bodies.prose
            if not words and (head or child == named or child.type in _SIGNS):
                if not self._plain(child):
                    return False
            elif not self.visit(child, depth + 1):
                return False
        return True

    def _near(self, node: tree_sitter.Node) -> list[tree_sitter.Node]:
        """The children that lie in the stretch, found without going over all the others."""
        cursor = node.walk()
        found: list[tree_sitter.Node] = []
        if cursor.goto_first_child_for_byte(self.span.start) is None:
            return found
        while cursor.node is not None and cursor.node.start_byte < self.span.end:
            found.append(cursor.node)
            if not cursor.goto_next_sibling():
                break
        return found

    def _function(self, node: tree_sitter.Node, depth: int) -> bool:
        body = _body(node, self.bodies)
        if body is None:
            return False
        for child in self._near(node):
            if child.start_byte >= body.start_byte:
                continue
            words = child.type in self.bodies.prose
            if not (self.visit(child, depth + 1) if words else self._plain(child)):
                return False
        inner, braced = _inner(self.text, body, self.bodies)
        if not self._touched(inner):
            return True
        first = body.named_children[0] if body.named_children else None
        if not self.bodies.braces and first is not None and _is_words(first):
            doc = Span(first.start_byte, first.end_byte)
            if not self._touched(doc):
                # A person's docstring stays; the statements behind it are the body.
                inner = Span(doc.end, inner.end)
        if not self._covers(inner):
            return all(self.visit(child, depth + 1) for child in self._near(body))
        if self.bare:
            return False
        name = node.child_by_field_name("name")
        told = (name.text or b"").decode("utf-8", "replace") if name is not None else ""
        self.parts.bodies.append(Body(told, Span(body.start_byte, body.end_byte), inner, braced))
        return True

    def _whole(self, node: tree_sitter.Node, found: list[Span]) -> bool:
        span = Span(node.start_byte, node.end_byte)
        if self.bare or not self._covers(span):
            return False
        found.append(span)
        return True

    def _plain(self, node: tree_sitter.Node) -> bool:
        """Tell whether a part of a signature computes nothing, as far as it is in the stretch.

        Nor may it hold more than short values: a text is not waved through as a default value.
        Comments in it are collected.
        """
        if not self._touched(Span(node.start_byte, node.end_byte)):
            return True
        # `@task()` says no more than `@task`.
        if node.type == "decorator" and _BARE.fullmatch(node.text or b""):
            return True
        open_ = [(node, False)]
        while open_:
            one, counted = open_.pop()
            if one.type in self.bodies.prose:
                if self._touched(Span(one.start_byte, one.end_byte)) and not self._whole(
                    one, self.parts.prose
                ):
                    return False
                continue
            if any(word in one.type for word in _LOGIC) or _computes(one):
                return False
            if not counted and _is_value(one):
                counted = True
                size = one.end_byte - one.start_byte
                self.literals += size
                if size > _LONGEST_LITERAL or self.literals > _MOST_LITERALS:
                    return False
            open_ += ((child, counted) for child in one.named_children)
        return True

    def _touched(self, span: Span) -> bool:
        start, end = max(span.start, self.span.start), min(span.end, self.span.end)
        return start < end and bool(self.text[start:end].strip())

    def _covers(self, span: Span) -> bool:
        """All of a stretch that is not blank lies in ours."""
        before = self.text[span.start : min(max(self.span.start, span.start), span.end)]
        after = self.text[max(min(self.span.end, span.end), span.start) : span.end]
        return not before.strip() and not after.strip()


def _is_value(node: tree_sitter.Node) -> bool:
    return node.type in _COLLECTIONS or any(word in node.type for word in _LITERALS)


def _computes(node: tree_sitter.Node) -> bool:
    """A binary operation, but for those that join types: ``int | None``."""
    if not any(word in node.type for word in _BINARY):
        return False
    operator = node.child_by_field_name("operator")
    return operator is None or operator.text not in _JOINS


def _body(node: tree_sitter.Node, bodies: Bodies) -> tree_sitter.Node | None:
    for step in bodies.body:
        if step.startswith("@"):
            found = next((child for child in node.children if child.type == step[1:]), None)
        else:
            found = node.child_by_field_name(step)
        if found is not None:
            return found
    return None


def _inner(text: bytes, body: tree_sitter.Node, bodies: Bodies) -> tuple[Span, bool]:
    """The bytes of a body within its braces; tell too whether it has any."""
    first, last = body.start_byte, body.end_byte
    if bodies.braces and text[first : first + 1] in b"{(" and text[last - 1 : last] in b"})":
        return Span(first + 1, last - 1), True
    return Span(first, last), False


def _is_words(node: tree_sitter.Node) -> bool:
    """A statement that is a string and nothing else."""
    statement = node.type == "expression_statement" and node.child_count == 1
    return statement and node.children[0].type == "string"


def _is_docstring(node: tree_sitter.Node, bodies: Bodies) -> bool:
    parent = node.parent
    if bodies.braces or parent is None or parent.type not in ("module", "block"):
        return False
    return parent.named_child_count > 1 and parent.named_children[0] == node and _is_words(node)
