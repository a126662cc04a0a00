"""Keep the signatures of a region's functions and put a statement that fails into the bodies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redline.fixes.bodies import BODIES, Bodies
from redline.fixes.edits import Case, FileEdit, NoFixError, applied
from redline.fixes.stretches import indentation, newline_at, removal, whole_lines
from redline.fixes.validity import still_well_formed
from redline.model import Span
from redline.syntax.languages import language_of
from redline.syntax.trees import UnparsedError, parse

if TYPE_CHECKING:
    import tree_sitter

_DEEPEST = 200
"""Levels of nested code that are looked into."""


def blank(case: Case) -> tuple[tuple[FileEdit, ...], bool, tuple[str, ...]]:
    """Blank the bodies that lie wholly in the region; give the names of their functions too.

    Comments and docstrings of the region go with them. Raises ``NoFixError`` where the region
    holds anything else besides signatures and imports, a part of a body among it: a human's
    statement is never blanked, and an assistant's never left behind.
    """
    if case.marks_only:
        raise NoFixError("a mark is not taken away from the text that it speaks of")
    language = language_of(case.path, case.text[:256])
    bodies = BODIES.get(language.name) if language is not None else None
    if language is None or bodies is None:
        raise NoFixError("the functions of this language are not known")
    try:
        root = parse(language, case.text).root_node
    except UnparsedError as error:
        raise NoFixError(f"its functions cannot be told: {error}") from None
    if root.has_error:
        raise NoFixError("its functions cannot be told: it does not read without errors")
    blanked = _Blanked(case, bodies)
    if not blanked.visit(root, 0) or not blanked.names:
        raise NoFixError("the region is more, or less, than whole functions")
    edits = tuple(sorted(blanked.edits, key=lambda edit: edit.span))
    sound = still_well_formed(language, case.text, applied(case.text, case.path, edits))
    if sound is False:
        raise NoFixError("what is left would not be well formed")
    return edits, bool(sound), tuple(blanked.names)


@dataclass(slots=True)
class _Blanked:
    case: Case
    bodies: Bodies
    edits: list[FileEdit] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def visit(self, node: tree_sitter.Node, depth: int) -> bool:
        """Collect the edits below a node; False where the region holds what cannot stay."""
        bodies = self.bodies
        if not self._touched(node.start_byte, node.end_byte):
            return True
        if not node.is_named or node.type in bodies.keeps:
            return True
        if depth > _DEEPEST:
            return False
        if node.type in bodies.functions:
            body = _body(node, bodies)
            return body is None or self._function(node, body, depth)
        if node.type in bodies.prose or _is_docstring(node, bodies):
            return self._prose(node)
        if node.type in bodies.containers:
            return all(self._member(node, child, depth) for child in node.children)
        return False

    def _member(self, owner: tree_sitter.Node, child: tree_sitter.Node, depth: int) -> bool:
        """A child of a container; what stands before the body of a class is its signature."""
        body = owner.child_by_field_name("body") or next(
            (c for c in owner.children if c.type in _CLASS_BODIES), None
        )
        named = owner.child_by_field_name("name") or owner.child_by_field_name("left")
        if body is not None and child.end_byte <= body.start_byte:
            prose = child.type in self.bodies.prose
            return self._prose(child) if prose else True
        if child == named or child.type in _SIGNS:
            return True
        return self.visit(child, depth + 1)

    def _touched(self, start: int, end: int) -> bool:
        span = self.case.span
        start, end = max(start, span.start), min(end, span.end)
        return start < end and bool(self.case.text[start:end].strip())

    def _covers(self, span: Span) -> bool:
        """All of a stretch that is not blank lies in the region."""
        text, region = self.case.text, self.case.span
        before = text[span.start : min(max(region.start, span.start), span.end)]
        after = text[max(min(region.end, span.end), span.start) : span.end]
        return not before.strip() and not after.strip()

    def _prose(self, node: tree_sitter.Node) -> bool:
        span = Span(node.start_byte, node.end_byte)
        if not self._covers(span):
            return False
        gone = removal(self.case.text, span)
        lines = whole_lines(self.case.text, span)
        # A comment between members goes with its own lines; the blank ones about it stay theirs.
        self.edits.append(FileEdit(self.case.path, lines or gone, b""))
        return True

    def _function(self, node: tree_sitter.Node, body: tree_sitter.Node, depth: int) -> bool:
        text, bodies = self.case.text, self.bodies
        inner, braced = _inner(text, body, bodies)
        if not self._touched(inner.start, inner.end):
            return True
        kept = inner
        doc = _docstring(body) if not bodies.braces else None
        if doc is not None and not self._covers(Span(doc.start_byte, doc.end_byte)):
            # A human's docstring stays; the statements behind it are the body.
            kept = Span(doc.end_byte, inner.end)
        if not self._covers(kept):
            return all(self.visit(child, depth + 1) for child in body.children)
        replacement = self._replacement(kept, body, braced=braced)
        if replacement is None:
            return False
        self.edits.append(replacement)
        name = node.child_by_field_name("name")
        self.names.append((name.text or b"").decode("utf-8", "replace") if name else "")
        return True

    def _replacement(self, span: Span, body: tree_sitter.Node, *, braced: bool) -> FileEdit | None:
        """Replace what is not blank of a body, on lines of its own where it had them."""
        text, bodies = self.case.text, self.bodies
        inside = text[span.start : span.end]
        statement = bodies.statement
        if bodies.braces and not braced:
            if not bodies.expression:
                return None
            statement = bodies.expression
        elif not inside.strip():
            return None
        start = span.start + len(inside) - len(inside.lstrip())
        end = span.start + len(inside.rstrip())
        placeholder = statement.encode()
        if braced and b"\n" not in inside:
            return FileEdit(self.case.path, span, b" " + placeholder + b" ")
        if braced and b"\n" not in text[body.start_byte : start]:
            # The first statement stands behind the brace, the others on lines of their own.
            line = newline_at(text, start) + indentation(text, end) + placeholder
            return FileEdit(self.case.path, Span(span.start, end), line)
        return FileEdit(self.case.path, Span(start, end), placeholder)


_CLASS_BODIES = frozenset({"class_body", "field_declaration_list", "declaration_list"})
_SIGNS = frozenset({"decorator", "modifiers", "template_parameter_list", "type_identifier"})


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
    while bodies.braces and body.type == "function_body" and body.child_count == 1:
        body = body.children[0]
    first, last = body.start_byte, body.end_byte
    if bodies.braces and text[first : first + 1] in b"{(" and text[last - 1 : last] in b"})":
        return Span(first + 1, last - 1), True
    return Span(first, last), False


def _docstring(body: tree_sitter.Node) -> tree_sitter.Node | None:
    first = body.named_children[0] if body.named_children else None
    if first is None or first.type != "expression_statement":
        return None
    return first if first.child_count == 1 and first.children[0].type == "string" else None


def _is_docstring(node: tree_sitter.Node, bodies: Bodies) -> bool:
    parent = node.parent
    if bodies.braces or parent is None or parent.type not in ("module", "block"):
        return False
    return parent.named_child_count > 1 and _docstring(parent) == node
