"""What the mutations must know of four languages, as tables over their tree-sitter grammars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from redline.syntax.languages import language_named
from redline.syntax.trees import parse

TOP, MEMBER, BODY = "top", "member", "body"
"""Places where a piece can stand: at the margin, in a class, among statements."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language. Node types and field names are those of its tree-sitter grammar."""

    name: str
    suffix: str
    indent: str
    functions: frozenset[str]
    methods: frozenset[str]
    """Those of ``functions`` that can stand in a class only."""
    classes: frozenset[str]
    """Nodes whose body has members."""
    outer: frozenset[str]
    """What may wrap a function and moves with it: decorators, ``export``."""
    blocks: frozenset[str]
    """Nodes whose named children are statements."""
    jumps: frozenset[str]
    """Statements after which nothing is reached."""
    comments: frozenset[str]
    strings: frozenset[str]
    integers: frozenset[str]
    names: frozenset[str]
    """Nodes that may name a variable."""
    bindings: tuple[tuple[str, str], ...]
    """(node, field) that binds names; an empty field stands for all named children."""
    patterns: dict[str, str] = field(default_factory=dict)
    """How to reach the names in a pattern: node to field; ``""``: all, ``"0"``: the first child."""
    not_variables: tuple[tuple[str, str], ...] = ()
    """(parent, field) in which a name is an attribute, a key or a label."""
    fixed: frozenset[str] = frozenset()
    """Names that mean something by themselves."""
    line_comment: str = "//"
    wrap: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Place to what must stand before and after a piece to make it a file."""
    quotes: tuple[str, str] | None = None
    """Two ways to quote the same string."""

    def wrapped(self, text: str, place: str) -> str:
        """The text as a file of its own."""
        before, after = self.wrap.get(place, ("", ""))
        return before + text + after


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PYTHON = Grammar(
    name="python",
    suffix=".py",
    indent="    ",
    functions=_words("function_definition"),
    methods=frozenset(),
    classes=_words("class_definition"),
    outer=_words("decorated_definition"),
    blocks=_words("block module"),
    jumps=_words("return_statement raise_statement break_statement continue_statement"),
    comments=_words("comment"),
    strings=_words("string"),
    integers=_words("integer"),
    names=_words("identifier"),
    bindings=(
        ("assignment", "left"),
        ("named_expression", "name"),
        ("for_statement", "left"),
        ("for_in_clause", "left"),
        ("as_pattern_target", ""),
        ("parameters", ""),
        ("lambda_parameters", ""),
        ("function_definition", "name"),
    ),
    patterns={
        "pattern_list": "",
        "tuple_pattern": "",
        "list_pattern": "",
        "list_splat_pattern": "",
        "dictionary_splat_pattern": "",
        "default_parameter": "name",
        "typed_parameter": "0",
        "typed_default_parameter": "name",
    },
    not_variables=(("attribute", "attribute"), ("keyword_argument", "name")),
    fixed=_words("self cls _ super __class__"),
    line_comment="#",
    quotes=("'", '"'),
)
TYPESCRIPT = Grammar(
    name="typescript",
    suffix=".ts",
    indent="    ",
    functions=_words("function_declaration method_definition"),
    methods=_words("method_definition"),
    classes=_words("class_declaration abstract_class_declaration class"),
    outer=_words("export_statement"),
    blocks=_words("statement_block program"),
    jumps=_words("return_statement throw_statement break_statement continue_statement"),
    comments=_words("comment"),
    strings=_words("string"),
    integers=_words("number"),
    names=_words("identifier shorthand_property_identifier shorthand_property_identifier_pattern"),
    bindings=(
        ("variable_declarator", "name"),
        ("required_parameter", "pattern"),
        ("optional_parameter", "pattern"),
        ("arrow_function", "parameter"),
        ("catch_clause", "parameter"),
        ("for_in_statement", "left"),
        ("function_declaration", "name"),
    ),
    patterns={
        "object_pattern": "",
        "array_pattern": "",
        "rest_pattern": "",
        "pair_pattern": "value",
        "object_assignment_pattern": "left",
        "assignment_pattern": "left",
    },
    fixed=_words("this undefined arguments constructor"),
    wrap={MEMBER: ("class Wrapped {\n", "}\n")},
    quotes=("'", '"'),
)
GO = Grammar(
    name="go",
    suffix=".go",
    indent="\t",
    functions=_words("function_declaration method_declaration"),
    methods=frozenset(),
    classes=frozenset(),
    outer=frozenset(),
    blocks=_words("statement_list"),
    jumps=_words("return_statement break_statement continue_statement goto_statement"),
    comments=_words("comment"),
    strings=_words("interpreted_string_literal raw_string_literal"),
    integers=_words("int_literal"),
    names=_words("identifier"),
    bindings=(
        ("short_var_declaration", "left"),
        ("range_clause", "left"),
        ("parameter_declaration", "name"),
        ("variadic_parameter_declaration", "name"),
        ("var_spec", "name"),
        ("const_spec", "name"),
        ("function_declaration", "name"),
        ("type_switch_statement", "alias"),
        ("receive_statement", "left"),
    ),
    patterns={"expression_list": ""},
    not_variables=(("keyed_element", "0"),),
    fixed=_words("_ main init nil true false iota"),
    wrap={TOP: ("package wrapped\n", ""), BODY: ("package wrapped\nfunc wrapped() {\n", "}\n")},
    quotes=('"', "`"),
)
JAVA = Grammar(
    name="java",
    suffix=".java",
    indent="    ",
    functions=_words("method_declaration"),
    methods=_words("method_declaration"),
    classes=_words("class_declaration interface_declaration enum_declaration"),
    outer=frozenset(),
    blocks=_words("block"),
    jumps=_words("return_statement throw_statement break_statement continue_statement"),
    comments=_words("line_comment block_comment"),
    strings=_words("string_literal"),
    integers=_words("decimal_integer_literal"),
    names=_words("identifier"),
    bindings=(
        ("local_variable_declaration", "declarator"),
        ("formal_parameter", "name"),
        ("spread_parameter", ""),
        ("catch_formal_parameter", "name"),
        ("enhanced_for_statement", "name"),
        ("resource", "name"),
        ("inferred_parameters", ""),
        ("lambda_expression", "parameters"),
        ("instanceof_expression", "name"),
    ),
    patterns={"variable_declarator": "name"},
    not_variables=(
        ("field_access", "field"),
        ("method_invocation", "name"),
        ("method_declaration", "name"),
        ("annotation", "name"),
        ("marker_annotation", "name"),
        ("element_value_pair", "key"),
        ("break_statement", "0"),
        ("continue_statement", "0"),
        ("labeled_statement", "0"),
    ),
    wrap={MEMBER: ("class Wrapped {\n", "}\n"), BODY: ("class Wrapped { void w() {\n", "}}\n")},
)
GRAMMARS = {grammar.name: grammar for grammar in (PYTHON, TYPESCRIPT, GO, JAVA)}


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a range of bytes."""

    start: int
    end: int
    text: str


class Source:
    """A text with its tree; positions are bytes of the wrapped text."""

    def __init__(self, grammar: Grammar, text: str, place: str) -> None:
        self.grammar = grammar
        self.place = place
        before, after = grammar.wrap.get(place, ("", ""))
        self._before, self._after = len(before.encode()), len(after.encode())
        self.bytes = grammar.wrapped(text, place).encode()
        language = language_named(grammar.name)
        if language is None:
            raise LookupError(f"no language is called {grammar.name}")
        self.root = parse(language, self.bytes).root_node

    @property
    def broken(self) -> bool:
        """The parser found an error in it."""
        return self.root.has_error

    def walk(self, node: Node | None = None) -> Iterator[Node]:
        """The node and all below it, in the order of the text."""
        stack = [node or self.root]
        while stack:
            one = stack.pop()
            yield one
            stack.extend(reversed(one.children))

    def text(self, node: Node) -> str:
        """What stands in the text for this node."""
        return self.bytes[node.start_byte : node.end_byte].decode()

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text without its wrapping after all edits; of two that overlap the first counts."""
        pieces, at = [], 0
        for edit in sorted(edits, key=lambda one: (one.start, one.end)):
            if edit.start >= at:
                pieces += [self.bytes[at : edit.start], edit.text.encode()]
                at = edit.end
        pieces.append(self.bytes[at:])
        whole = b"".join(pieces)
        return whole[self._before : len(whole) - self._after].decode()

    def function(self) -> Node | None:
        """The first function, without what wraps it."""
        return next((node for node in self.walk() if node.type in self.grammar.functions), None)

    def body(self) -> list[Node]:
        """The statements of the first function; comments and docstring are none."""
        function = self.function()
        block = function and function.child_by_field_name("body")
        return self.statements(block) if block else []

    def statements(self, block: Node) -> list[Node]:
        """The statements of a block."""
        if block.type not in self.grammar.blocks:  # Go keeps them one level deeper
            inner = [one for one in block.named_children if one.type in self.grammar.blocks]
            return self.statements(inner[0]) if inner else []
        return [
            child
            for child in block.named_children
            if child.type not in self.grammar.comments and not self.is_docstring(child)
        ]

    def is_docstring(self, node: Node) -> bool:
        """A Python statement that is a string alone."""
        return (
            node.type == "expression_statement"
            and node.named_child_count == 1
            and node.children[0].type == "string"
        )

    def simple(self) -> list[Node]:
        """Statements on one line of their own without a block in them."""
        found = []
        for block in self.walk():
            if block.type not in self.grammar.blocks:
                continue
            for node in self.statements(block):
                if (
                    node.start_point.row != node.end_point.row
                    or node.type in self.grammar.functions
                ):
                    continue
                if not any(one.type in self.grammar.blocks for one in self.walk(node)):
                    found.append(node)
        rows = [node.start_point.row for node in found]
        return [node for node in found if rows.count(node.start_point.row) == 1]
