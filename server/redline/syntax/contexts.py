"""What sort of place a byte lies in: a comment, a string, prose, a data value."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from redline.model import Span
from redline.syntax import plain
from redline.syntax.languages import Family, Language
from redline.syntax.trees import UnparsedError, parse

if TYPE_CHECKING:
    import tree_sitter


class Context(Enum):
    """The sort of place that a byte lies in."""

    HEADER = "header"
    """A comment before the first statement of the file."""
    COMMENT = "comment"
    DOCSTRING = "docstring"
    STRING = "string"
    REGEX = "regex"
    CODE = "code"
    PROSE = "prose"
    FENCE = "fence"
    """A fenced block of code in prose."""
    INLINE_CODE = "inline code"
    QUOTE = "quote"
    VALUE = "value"
    KEY = "key"


class Contexts:
    """Tells contexts in one text. Nothing is read before the first question."""

    def __init__(self, text: bytes, language: Language | None) -> None:
        self._text = text
        self._language = language
        self._window: tuple[Span, list[plain.Piece]] | None = None

    def at(self, span: Span) -> Context:
        """Tell the context of a span, in bytes: that of its first byte that is no blank."""
        language = self._language
        offset = _first_visible(self._text, span)
        if language is None:
            return Context.PROSE
        if language.family is Family.PROSE:
            return self._in_prose(offset)
        # JSON by tree costs a second for a large file, and a lexer is as exact.
        if language.grammar is not None and language.grammar[0] != "tree_sitter_json":
            root = self._root
            if root is not None:
                return self._in_tree(root, offset, language)
        return self._in_lexed(offset, language)

    @cached_property
    def _root(self) -> tree_sitter.Node | None:
        if self._language is None:
            return None
        try:
            return parse(self._language, self._text).root_node
        except UnparsedError:
            return None

    def _in_tree(self, root: tree_sitter.Node, offset: int, language: Language) -> Context:
        node = root.descendant_for_byte_range(offset, offset + 1)
        while node is not None:
            kind = node.type
            if "comment" in kind or kind == "hash_bang_line":
                return Context.HEADER if offset < self._first_statement else Context.COMMENT
            if language.family is Family.DATA:
                parent = node.parent
                if parent is not None and _is_key(node, parent):
                    return Context.KEY
            elif "interpolation" in kind or kind == "template_substitution":
                return Context.CODE
            elif kind in ("regex", "regex_pattern"):
                return Context.REGEX
            elif kind.endswith(("string", "string_literal", "heredoc_body")):
                return _sort_of_string(node)
            node = node.parent
        return Context.VALUE if language.family is Family.DATA else Context.CODE

    @cached_property
    def _first_statement(self) -> int:
        root = self._root
        for child in root.children if root is not None else ():
            if "comment" not in child.type and child.type != "hash_bang_line":
                return child.start_byte
        return len(self._text)

    def _in_prose(self, offset: int) -> Context:
        text, blocks = self._text, self._blocks
        index = bisect_right(blocks, (offset, len(text) + 1, "")) - 1
        if index >= 0 and offset < blocks[index][1]:
            if blocks[index][2] == "fence":
                return Context.FENCE
            before = text[: blocks[index][0]]
            return Context.COMMENT if before.strip() else Context.HEADER
        start = max(text.rfind(b"\n", 0, offset) + 1, offset - plain.WINDOW)
        line = text[start:offset]
        if line.lstrip().startswith(b">") or text[offset : offset + 1] == b">":
            return Context.QUOTE
        return Context.INLINE_CODE if line.count(b"`") % 2 else Context.PROSE

    @cached_property
    def _blocks(self) -> list[tuple[int, int, str]]:
        return list(plain.blocks(self._text))

    def _in_lexed(self, offset: int, language: Language) -> Context:
        if self._window is None or not self._window[0].start <= offset < self._window[0].end:
            around = plain.window(self._text, offset)
            self._window = around, plain.pieces(self._text, around, language)
        around, found = self._window
        index = bisect_right(found, offset, key=lambda piece: piece.start) - 1
        data = language.family is Family.DATA
        if index < 0 or offset >= found[index].end:
            return Context.VALUE if data else Context.CODE
        piece = found[index]
        if piece.comment:
            leading = around.start == 0 and all(p.comment for p in found[:index])
            gap = self._text[found[0].start : piece.start] if leading and index else b""
            heading = leading and not self._text[: found[0].start].strip()
            for earlier in found[:index]:
                gap = gap.replace(self._text[earlier.start : earlier.end], b"", 1)
            return Context.HEADER if heading and not gap.strip() else Context.COMMENT
        if not data:
            return Context.STRING
        after = self._text[piece.end : piece.end + 64].lstrip()
        return Context.KEY if after.startswith(b":") else Context.VALUE


def contexts(text: bytes, language: Language | None) -> Contexts:
    """Prepare to tell contexts in a text; an unknown language counts as prose."""
    return Contexts(text, language)


_VISIBLE = re.compile(rb"\S")


def _first_visible(text: bytes, span: Span) -> int:
    found = _VISIBLE.search(text, span.start, span.end)
    return found.start() if found else span.start


def _is_key(node: tree_sitter.Node, parent: tree_sitter.Node) -> bool:
    if parent.type in ("block_mapping_pair", "flow_pair"):
        return parent.child_by_field_name("key") == node
    if parent.type in ("pair", "table", "table_array_element"):
        return bool(parent.named_children) and parent.named_children[0] == node
    return False


_REGEX_CALL = re.compile(rb"(?:\bre2?|\bregex|RegExp|Regex(?:::new)?|regexp)\b[\w.:]*\Z")


def _sort_of_string(node: tree_sitter.Node) -> Context:
    parent = node.parent
    if parent is not None and parent.type == "concatenated_string":
        node, parent = parent, parent.parent
    if parent is None:
        return Context.STRING
    if parent.type == "expression_statement":
        # A string that is a whole statement documents; nothing else is done with it.
        return Context.DOCSTRING
    # In Python a raw string is a regex, but for a few paths on Windows.
    if (node.text or b"")[:3].lower().lstrip(b"b").startswith((b'r"', b"r'", b"rb")):
        return Context.REGEX
    if parent.type in ("argument_list", "arguments") and parent.parent is not None:
        called = parent.parent.child_by_field_name("function")
        if called is not None and _REGEX_CALL.search((called.text or b"")[-64:]):
            return Context.REGEX
    return Context.STRING
