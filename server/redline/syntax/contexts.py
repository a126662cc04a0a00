"""What sort of place a byte lies in: a comment, a string, prose, a data value."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from redline.model import Span
from redline.syntax import plain
from redline.syntax.catalogue import Sort
from redline.syntax.languages import Family, Language, language_named
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
        self._inner: tuple[int, Contexts] | None = None
        self._window: tuple[Span, list[plain.Piece]] | None = None

    def at(self, span: Span) -> Context:
        """Tell the context of a span, in bytes: that of its first byte that is no blank."""
        language = self._language
        offset = _first_visible(self._text, span)
        if language is None:
            return Context.PROSE
        if language.family is Family.PROSE and language.name not in PLACES:
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
        own = PLACES.get(language.name, {})
        while node is not None:
            kind = node.type
            if _is_comment(kind):
                return Context.HEADER if offset < self._first_statement else Context.COMMENT
            if kind == "raw_text" or kind == "heredoc_content":
                inner = self._embedded(node, offset, language)
                if inner is not None:
                    return inner
            if kind in own:
                return own[kind]
            if language.family is Family.DATA:
                parent = node.parent
                if parent is not None and _is_key(node, parent):
                    return Context.KEY
            elif kind in _INTERPOLATIONS:
                return Context.CODE
            elif kind in _REGEXES:
                return Context.REGEX
            elif kind in _STRINGS or (kind == "literal" and b"'" in (node.text or b"")[:3]):
                return _sort_of_string(node, language)
            node = node.parent
        return Context.VALUE if language.family is Family.DATA else Context.CODE

    def _embedded(self, node: tree_sitter.Node, offset: int, language: Language) -> Context | None:
        """The context in a text of another language that a node holds."""
        parent = node.parent
        while parent is not None and (language.name, parent.type) not in EMBEDDED:
            parent = parent.parent
        inner = EMBEDDED[language.name, parent.type] if parent is not None else None
        if inner is None:
            return None
        key = node.start_byte
        if self._inner is None or self._inner[0] != key:
            text = self._text[node.start_byte : node.end_byte]
            self._inner = key, Contexts(text, language_named(inner))
        found = self._inner[1].at(Span(offset - key, node.end_byte - key))
        # A comment at the head of a script is not at the head of the file.
        return Context.COMMENT if found is Context.HEADER else found

    @cached_property
    def _first_statement(self) -> int:
        root = self._root
        for child in root.children if root is not None else ():
            if not _is_comment(child.type) and child.type not in ("php_tag", "doctype"):
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

    def _only_comments(self, found: list[plain.Piece]) -> bool:
        """Tell whether nothing but comments and blanks stands before the end of the last piece."""
        at = len(shebang[0]) if (shebang := _SHEBANG.match(self._text)) else 0
        for piece in found:
            if not piece.comment or self._text[at : piece.start].strip():
                return False
            at = max(at, piece.end)
        return True

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
            heading = around.start == 0 and self._only_comments(found[: index + 1])
            return Context.HEADER if heading else Context.COMMENT
        if not data:
            return Context.PROSE if piece.sort is Sort.PROSE else Context.STRING
        after = self._text[piece.end : piece.end + 64].lstrip()
        return Context.KEY if after.startswith(b":") else Context.VALUE


def contexts(text: bytes, language: Language | None) -> Contexts:
    """Prepare to tell contexts in a text; an unknown language counts as prose."""
    return Contexts(text, language)


_INTERPOLATIONS = frozenset(
    "interpolation template_substitution interpolated_expression "
    "command_substitution php_tag php_end_tag".split()
)
_REGEXES = frozenset("regex regex_pattern regex_literal".split())
_STRINGS = frozenset(
    "string string_literal raw_string_literal interpreted_string_literal template_string "
    "raw_string ansi_c_string translated_string heredoc_body nowdoc_body char_literal "
    "rune_literal character_literal verbatim_string_literal interpolated_string_expression "
    "encapsed_string shell_command_expression line_string_literal multi_line_string_literal "
    "multiline_string_literal interpolated_string bare_string bare_symbol delimited_symbol "
    "double_quoted_string single_quoted_string json_string heredoc_content "
    "string_value quoted_attribute_value heredoc".split()
)
PLACES: Final[dict[str, dict[str, Context]]] = {
    "html": {"text": Context.PROSE, "entity": Context.PROSE},
    "php": {"text": Context.PROSE, "text_interpolation": Context.PROSE},
}
"""Nodes that mean something of their own in one language."""
EMBEDDED: Final = {
    ("html", "script_element"): "javascript",
    ("html", "style_element"): "css",
    ("dockerfile", "run_instruction"): "shell",
}
"""Nodes whose text is of another language."""


def _is_comment(kind: str) -> bool:
    return "comment" in kind or kind in ("hash_bang_line", "shebang_line", "shebang", "marginalia")


_SHEBANG = re.compile(rb"\A(?:\xef\xbb\xbf)?#![^\n]*")
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


# A call of a function, a method or a constructor that compiles its first argument.
_REGEX_CALL = re.compile(
    rb"(?:\bre2?|\bregex|RegExp|Regex(?:::new)?|regexp|\bPattern|\bpreg_\w+)\b[\w.:]*\Z"
)
_ARGUMENT = ("argument", "value_argument")
_ARGUMENTS = ("argument_list", "arguments", "value_arguments")


def _sort_of_string(node: tree_sitter.Node, language: Language) -> Context:
    parent = node.parent
    if parent is not None and parent.type == "concatenated_string":
        node, parent = parent, parent.parent
    if parent is None:
        return Context.STRING
    if parent.type == "expression_statement":
        # A string that is a whole statement documents; nothing else is done with it.
        return Context.DOCSTRING
    head = (node.text or b"")[:3].lower().lstrip(b"b")
    # Raw strings of these are regexes, but for a few paths on Windows.
    if language.name in ("python", "rust") and head.startswith((b'r"', b"r'", b"rb", b"r#")):
        return Context.REGEX
    if parent.type in _ARGUMENT and parent.parent is not None:
        parent = parent.parent
    if parent.type in _ARGUMENTS and parent.parent is not None:
        call = parent.parent
        if call.type == "call_suffix" and call.parent is not None:
            call = call.parent
        called = (call.text or b"")[: parent.start_byte - call.start_byte]
        if _REGEX_CALL.search(called[-64:].rstrip()):
            return Context.REGEX
    return Context.STRING
