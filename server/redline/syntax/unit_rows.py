"""The nodes that are units, by language, and where each keeps its name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import tree_sitter


@dataclass(frozen=True, slots=True)
class Row:
    """One sort of node that is a unit.

    A path leads from a node to another: steps between slashes are field names, ``@kind`` is the
    first child of that kind, ``declarator*`` goes down declarators to what is declared; paths
    between bars are tried in order. ``head`` is the text before the body and ``'x'`` stands for
    itself.
    """

    kind: str
    name: str = "name"
    value: str = ""
    """A path that must lead to a function: `grade = function () ...`."""
    needs: str = ""
    """A path that must lead somewhere: `struct a` alone names a type and is none."""
    owner: str = ""
    """A path to what the unit belongs to, where that does not enclose it."""
    separator: str = ""
    """Before the name; else the separator of the language."""
    alone: bool = False
    """Counts only where nothing inside bears a name: the typedef of a nameless struct."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a language, and how their names are put together."""

    rows: dict[str, Row]
    separator: str = "."
    nests: bool = True
    """The names of enclosing units stand before a name."""
    sequences: frozenset[str] = frozenset()
    """Nodes whose children count from 0 and go by that number: ``tests[3]``."""
    wrappers: frozenset[str] = frozenset()
    """Nodes that belong to the unit that they hold: decorators, `export`, `template <...>`."""


@dataclass(frozen=True, slots=True)
class Section:
    """A unit that no node encloses: it lasts from one node of a kind to the next.

    One without a name goes by its number, from 0, as in ``COPY --from=0``.
    """

    kind: str
    begins: str
    name: str


FUNCTION_VALUES: Final = frozenset(
    "arrow_function function_expression function generator_function function_definition "
    "lambda_expression".split()
)


def _rows(kinds: dict[str, str]) -> dict[str, Row]:
    return {node: Row(kind) for kind, nodes in kinds.items() for node in nodes.split()}


_JAVASCRIPT_ROWS = _rows(
    {
        "function": "function_declaration generator_function_declaration",
        "method": "method_definition",
        "class": "class_declaration class",
    }
) | {
    "pair": Row("key", "key"),
    "variable_declarator": Row("function", value="value"),
    "assignment_expression": Row("function", "left", value="right"),
}
_TYPESCRIPT_ROWS = _rows(
    {
        "class": "abstract_class_declaration enum_declaration",
        "interface": "interface_declaration",
        "type": "type_alias_declaration",
        "module": "internal_module",
    }
) | {"public_field_definition": Row("method", value="value")}
_JAVASCRIPT_WRAPPERS = frozenset(
    {"export_statement", "lexical_declaration", "variable_declaration"}
)
_JAVASCRIPT = Units(
    _JAVASCRIPT_ROWS | {"field_definition": Row("method", "property", value="value")},
    wrappers=_JAVASCRIPT_WRAPPERS,
)
_TYPESCRIPT = Units(_JAVASCRIPT_ROWS | _TYPESCRIPT_ROWS, wrappers=_JAVASCRIPT_WRAPPERS)
_C_ROWS = {
    "function_definition": Row("function", "declarator*"),
    "struct_specifier": Row("class", needs="body"),
    "union_specifier": Row("class", needs="body"),
    "enum_specifier": Row("class", needs="body"),
    "type_definition": Row("type", "declarator*", alone=True),
    "preproc_function_def": Row("function"),
}
_DATA = Units(
    {
        node: Row("key", "key|first")
        for node in "pair block_mapping_pair flow_pair table table_array_element".split()
    },
    sequences=frozenset({"array", "block_sequence", "flow_sequence"}),
)
UNITS: Final[dict[str, Units]] = {
    "python": Units(
        _rows({"function": "function_definition", "class": "class_definition"}),
        wrappers=frozenset({"decorated_definition"}),
    ),
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "go": Units(
        {
            "function_declaration": Row("function"),
            "method_declaration": Row(
                "method",
                owner="receiver/@parameter_declaration/@pointer_type/first"
                "|receiver/@parameter_declaration/type",
            ),
            "type_spec": Row("class"),
        }
    ),
    "rust": Units(
        _rows(
            {
                "function": "function_item function_signature_item macro_definition",
                "class": "struct_item enum_item union_item",
                "interface": "trait_item",
                "module": "mod_item",
            }
        )
        | {"impl_item": Row("impl", "type")},
        "::",
    ),
    "java": Units(
        _rows(
            {
                "method": "method_declaration constructor_declaration "
                "compact_constructor_declaration",
                "class": "class_declaration record_declaration enum_declaration "
                "annotation_type_declaration",
                "interface": "interface_declaration",
            }
        )
    ),
    "shell": Units(_rows({"function": "function_definition"})),
    "c": Units(_C_ROWS, "::"),
    "cpp": Units(
        _C_ROWS
        | {
            "class_specifier": Row("class", needs="body"),
            "namespace_definition": Row("module"),
            "concept_definition": Row("type"),
            "init_declarator": Row("function", "declarator*", value="value"),
        },
        "::",
        wrappers=frozenset({"template_declaration"}),
    ),
    "csharp": Units(
        _rows(
            {
                "module": "namespace_declaration",
                "class": "class_declaration struct_declaration record_declaration enum_declaration",
                "interface": "interface_declaration",
                "method": "method_declaration constructor_declaration",
                "function": "local_function_statement",
                "property": "property_declaration",
                "type": "delegate_declaration",
            }
        )
        | {
            "destructor_declaration": Row("method", "'Finalize'"),
            "operator_declaration": Row("method", "'operator'"),
            "indexer_declaration": Row("property", "'this[]'"),
        }
    ),
    "ruby": Units(
        _rows({"module": "module", "class": "class"})
        | {
            "method": Row("method", separator="#"),
            "singleton_method": Row("method", separator="."),
        },
        "::",
    ),
    "php": Units(
        _rows(
            {
                "class": "class_declaration enum_declaration trait_declaration",
                "interface": "interface_declaration",
                "function": "function_definition",
            }
        )
        | {
            "method_declaration": Row("method", separator="::"),
            "namespace_definition": Row("module", needs="body"),
        },
        "\\",
    ),
    "kotlin": Units(
        _rows({"class": "class_declaration object_declaration", "function": "function_declaration"})
        | {"secondary_constructor": Row("method", "'constructor'")}
    ),
    "swift": Units(
        _rows(
            {
                "class": "class_declaration",
                "interface": "protocol_declaration",
                "function": "function_declaration protocol_function_declaration",
            }
        )
        | {
            "init_declaration": Row("method", "'init'"),
            "deinit_declaration": Row("method", "'deinit'"),
            "subscript_declaration": Row("method", "'subscript'"),
            "property_declaration": Row("property", needs="computed_value"),
        }
    ),
    "scala": Units(
        _rows(
            {
                "class": "class_definition object_definition enum_definition",
                "interface": "trait_definition",
                "function": "function_definition function_declaration",
                "module": "package_object",
            }
        )
        | {"given_definition": Row("class", needs="name")}
    ),
    "sql": Units(
        {
            f"create_{what}": Row(kind, name)
            for what, kind, name in (
                ("table", "table", "@object_reference"),
                ("view", "view", "@object_reference"),
                ("materialized_view", "view", "@object_reference"),
                ("function", "function", "@object_reference"),
                ("procedure", "function", "@object_reference"),
                ("type", "type", "@object_reference"),
                ("trigger", "trigger", "@object_reference"),
                ("sequence", "sequence", "@object_reference"),
                ("schema", "schema", "@identifier"),
                ("index", "index", "column|@identifier"),
            )
        },
        nests=False,
        wrappers=frozenset({"statement"}),
    ),
    "lua": Units(
        {
            "function_declaration": Row("function"),
            "assignment_statement": Row(
                "function", "@variable_list/name", value="@expression_list/value"
            ),
            "field": Row("function", value="value"),
        },
        wrappers=frozenset({"variable_declaration"}),
    ),
    "html": Units(
        {
            node: Row("element", "@start_tag/id|@self_closing_tag/id")
            for node in ("element", "script_element", "style_element")
        },
        nests=False,
    ),
    "css": Units(
        _rows({})
        | {"rule_set": Row("rule", "@selectors")}
        | {
            node: Row("rule", "head")
            for node in (
                "media_statement supports_statement keyframes_statement keyframe_block at_rule"
            ).split()
        },
        " ",
    ),
    "json": _DATA,
    "notebook": _DATA,
    "yaml": _DATA,
    "toml": _DATA,
}
SECTIONS: Final = {"dockerfile": Section("stage", "from_instruction", "as")}


def follow(node: tree_sitter.Node, path: str) -> tree_sitter.Node | None:
    """Follow a path of a row; of the alternatives the first that leads somewhere."""
    for alternative in _steps(path):
        at: tree_sitter.Node | None = node
        for step in alternative:
            at = _step(at, step) if at is not None else None
        if at is not None:
            return at
    return None


@cache
def _steps(path: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(alternative.split("/")) for alternative in path.split("|"))


def _step(node: tree_sitter.Node, step: str) -> tree_sitter.Node | None:
    if step == "declarator*":
        return _declared(node)
    if step == "first":
        return node.named_children[0] if node.named_children else None
    if step == "id":
        return _id(node)
    if step.startswith("@"):
        return next((child for child in node.named_children if child.type == step[1:]), None)
    return node.child_by_field_name(step)


def _declared(node: tree_sitter.Node) -> tree_sitter.Node | None:
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.type.endswith("_declarator"):
        # References and parentheses hold what they wrap without naming the field.
        below = inner.child_by_field_name("declarator")
        if below is None and inner.named_children:
            below = inner.named_children[-1]
        inner = below
    return inner


def _id(tag: tree_sitter.Node) -> tree_sitter.Node | None:
    for attribute in tag.named_children:
        parts = attribute.named_children if attribute.type == "attribute" else ()
        if len(parts) > 1 and (parts[0].text or b"").lower() == b"id":
            return parts[1]
    return None
