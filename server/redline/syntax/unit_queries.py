"""Queries for units by annotation, base class, call and name, for a policy to fill with names."""

from __future__ import annotations

from typing import Final

from redline.syntax.unit_rows import UNITS


def _any(*alternatives: str) -> str:
    """Alternatives in one pair of brackets: directly nested ones lose all but their first."""
    return f"[{' '.join(one[1:-1] if one.startswith('[') else one for one in alternatives)}]"


def _generic(plain: str, wrapped: str) -> str:
    """A reference, and the same with type arguments behind it."""
    return _any(plain, f"({wrapped} {plain})")


def _qualified(inner: str, node: str) -> str:
    """A reference that up to three qualifiers may stand before; C++ nests them to the right."""
    reference = inner
    for _ in range(3):
        reference = _any(inner, f"({node} {reference})")
    return reference


def _last(node: str, part: str) -> str:
    """The last part of a node that holds all parts of a name side by side."""
    return _any(f"({node} ({part}) @_n .)", f"({node} ({part}) @_n . (type_arguments) .)")


def _on(nodes: str, inside: str) -> tuple[str, ...]:
    return tuple(f"({node} {inside}) @unit" for node in nodes.split())


_JAVA_ANY = "[(identifier) @_n (scoped_identifier name: (identifier) @_n)]"
_JAVA_ANNOTATED = f"[(marker_annotation name: {_JAVA_ANY}) (annotation name: {_JAVA_ANY})]"
_JAVA_TYPE = "[(type_identifier) @_n (scoped_type_identifier (type_identifier) @_n .)]"
_JAVA_TYPE = _generic(_JAVA_TYPE, "generic_type .")
_CSHARP_NAME = _generic("(identifier) @_n", "generic_name .")
_CSHARP_ANY = _any(_CSHARP_NAME, f"(qualified_name name: {_CSHARP_NAME})")
_CSHARP_BASE = _any(_CSHARP_ANY, f"(primary_constructor_base_type type: {_CSHARP_ANY})")
_CSHARP_CALLED = _any(
    _CSHARP_NAME,
    f"(member_access_expression name: {_CSHARP_NAME})",
    f"(conditional_access_expression (member_binding_expression name: {_CSHARP_NAME}))",
)
_KOTLIN_USER = _last("user_type", "identifier")
_KOTLIN_TYPE = _any(_KOTLIN_USER, f"(constructor_invocation {_KOTLIN_USER})")
_SWIFT_TYPE = _last("user_type", "type_identifier")
_SCALA_TYPE = _generic(
    "[(type_identifier) @_n (stable_type_identifier (type_identifier) @_n .)]", "generic_type type:"
)
_SCALA_CALLED = "[(identifier) @_n (field_expression field: (identifier) @_n)]"
_PHP_ANY = "[(name) @_n (qualified_name (name) @_n .)]"
_PHP_MARKED = f"attributes: (attribute_list (attribute_group (attribute {_PHP_ANY})))"
_RUST_CALLED = (
    "[(identifier) @_n (scoped_identifier name: (identifier) @_n) "
    "(field_expression field: (field_identifier) @_n)]"
)
_RUST_ITEMS = "[(function_item) (struct_item) (enum_item) (trait_item) (impl_item) (mod_item)]"
_CPP_TYPE = _qualified(
    "[(type_identifier) @_n (template_type name: (type_identifier) @_n)]",
    "qualified_identifier name:",
)
_CPP_CALLED = _qualified(
    "[(identifier) @_n (template_function name: (identifier) @_n)]", "qualified_identifier name:"
)
_CPP_MEMBER = (
    "(field_expression field: "
    "[(field_identifier) @_n (template_method name: (field_identifier) @_n)])"
)
_CPP_DECLARED = _qualified(
    "[(identifier) @_n (field_identifier) @_n]", "qualified_identifier name:"
)
_LUA_ANY = (
    "[(identifier) @_n (dot_index_expression field: (identifier) @_n) "
    "(method_index_expression method: (identifier) @_n)]"
)
_FUNCTION_VALUES = "[(arrow_function) (function_expression) (generator_function)]"


def _declared(reference: str, wrappers: str) -> tuple[str, ...]:
    """Functions of C by name, whatever stars and ampersands stand before it."""
    function = f"(function_declarator declarator: {reference})"
    one = "".join(f" ({node} {function})" for node in wrappers.split())
    two = "".join(f" (pointer_declarator ({node} {function}))" for node in wrappers.split())
    return (f"(function_definition declarator: [{function}{one}{two}]) @unit",)


def _ecmascript(field: str) -> tuple[str, ...]:
    """Functions and classes by name, and functions that a variable or a field holds."""
    held = f"(variable_declarator name: (identifier) @_n @name value: {_FUNCTION_VALUES})"
    return (
        *_on(
            "function_declaration generator_function_declaration class_declaration "
            "method_definition",
            "name: (_) @_n",
        ),
        *_on("lexical_declaration variable_declaration", held),
        f"({field}: (property_identifier) @_n @name value: {_FUNCTION_VALUES}) @unit",
    )


_TYPESCRIPT: Final = (
    *_ecmascript("public_field_definition name"),
    *_on(
        "abstract_class_declaration interface_declaration type_alias_declaration "
        "enum_declaration internal_module",
        "name: (_) @_n",
    ),
)
_BY_HAND: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("java", "decorated"): _on(
        "method_declaration constructor_declaration class_declaration interface_declaration "
        "record_declaration enum_declaration",
        f"(modifiers {_JAVA_ANNOTATED})",
    ),
    ("java", "subclass-of"): (
        f"(class_declaration superclass: (superclass {_JAVA_TYPE})) @unit",
        *_on(
            "class_declaration record_declaration enum_declaration",
            f"interfaces: (super_interfaces (type_list {_JAVA_TYPE}))",
        ),
        f"(interface_declaration (extends_interfaces (type_list {_JAVA_TYPE}))) @unit",
    ),
    ("java", "calls"): (
        "(method_invocation name: (identifier) @_n) @unit",
        f"(object_creation_expression type: {_JAVA_TYPE}) @unit",
    ),
    ("kotlin", "decorated"): _on(
        "function_declaration class_declaration object_declaration",
        f"(modifiers (annotation {_KOTLIN_TYPE}))",
    ),
    ("kotlin", "subclass-of"): _on(
        "class_declaration object_declaration",
        f"(delegation_specifiers (delegation_specifier {_KOTLIN_TYPE}))",
    ),
    ("kotlin", "calls"): (
        "(call_expression . [(identifier) @_n (navigation_expression (identifier) @_n .)]) @unit",
    ),
    ("rust", "decorated"): (
        "(attribute_item (attribute [(identifier) @_n (scoped_identifier name: (identifier) @_n)]))"
        f" . [(attribute_item) (line_comment)]* . {_RUST_ITEMS} @unit",
    ),
    ("rust", "calls"): (
        f"(call_expression function: {_generic(_RUST_CALLED, 'generic_function function:')}) @unit",
        "(macro_invocation macro: "
        "[(identifier) @_n (scoped_identifier name: (identifier) @_n)]) @unit",
    ),
    ("rust", "subclass-of"): (
        "(impl_item trait: "
        + _generic(
            "[(type_identifier) @_n (scoped_type_identifier name: (type_identifier) @_n)]",
            "generic_type type:",
        )
        + ") @unit",
    ),
    ("csharp", "decorated"): _on(
        "method_declaration constructor_declaration class_declaration struct_declaration "
        "record_declaration interface_declaration enum_declaration",
        f"(attribute_list (attribute name: {_CSHARP_ANY}))",
    ),
    ("csharp", "subclass-of"): _on(
        "class_declaration struct_declaration record_declaration interface_declaration",
        f"(base_list {_CSHARP_BASE})",
    ),
    ("csharp", "calls"): (
        f"(invocation_expression function: {_CSHARP_CALLED}) @unit",
        f"(object_creation_expression type: {_CSHARP_ANY}) @unit",
    ),
    ("php", "decorated"): _on(
        "method_declaration function_definition class_declaration interface_declaration "
        "enum_declaration trait_declaration",
        _PHP_MARKED,
    ),
    ("php", "subclass-of"): (
        *_on("class_declaration interface_declaration", f"(base_clause {_PHP_ANY})"),
        *_on("class_declaration enum_declaration", f"(class_interface_clause {_PHP_ANY})"),
    ),
    ("php", "calls"): (
        f"(function_call_expression function: {_PHP_ANY}) @unit",
        f"(object_creation_expression . {_PHP_ANY}) @unit",
        *_on(
            "member_call_expression nullsafe_member_call_expression scoped_call_expression",
            "name: (name) @_n",
        ),
    ),
    ("swift", "decorated"): _on(
        "function_declaration class_declaration protocol_declaration",
        f"(modifiers (attribute {_SWIFT_TYPE}))",
    ),
    ("swift", "subclass-of"): _on(
        "class_declaration protocol_declaration",
        f"(inheritance_specifier inherits_from: {_SWIFT_TYPE})",
    ),
    ("swift", "calls"): (
        "(call_expression . [(simple_identifier) @_n (navigation_expression suffix: "
        "(navigation_suffix suffix: (simple_identifier) @_n))]) @unit",
    ),
    ("scala", "decorated"): _on(
        "function_definition class_definition object_definition trait_definition",
        f"(annotation name: {_SCALA_TYPE})",
    ),
    ("scala", "subclass-of"): _on(
        "class_definition object_definition trait_definition enum_definition",
        f"(extends_clause {_SCALA_TYPE})",
    ),
    ("scala", "calls"): (
        f"(call_expression function: {_generic(_SCALA_CALLED, 'generic_function function:')})"
        " @unit",
    ),
    ("ruby", "subclass-of"): (
        "(class superclass: (superclass [(constant) @_n (scope_resolution name: (constant) @_n)]))"
        " @unit",
    ),
    ("ruby", "calls"): ("(call method: (identifier) @_n) @unit",),
    ("ruby", "named"): (
        *_on("method singleton_method", "name: (_) @_n"),
        *_on("class module", "name: [(constant) @_n (scope_resolution name: (constant) @_n)]"),
    ),
    ("go", "calls"): (
        "(call_expression function: [(identifier) @_n "
        "(selector_expression field: (field_identifier) @_n)]) @unit",
    ),
    ("c", "calls"): (
        "(call_expression function: [(identifier) @_n "
        "(field_expression field: (field_identifier) @_n)]) @unit",
    ),
    ("cpp", "calls"): (f"(call_expression function: {_any(_CPP_CALLED, _CPP_MEMBER)}) @unit",),
    ("cpp", "subclass-of"): _on(
        "class_specifier struct_specifier", f"(base_class_clause {_CPP_TYPE})"
    ),
    ("lua", "calls"): (f"(function_call name: {_LUA_ANY}) @unit",),
    ("lua", "named"): (
        f"(function_declaration name: {_LUA_ANY}) @unit",
        f"(assignment_statement (variable_list . name: {_LUA_ANY} .)"
        " (expression_list . value: (function_definition) .)) @unit",
        "(field name: (identifier) @_n value: (function_definition)) @unit",
    ),
    ("c", "named"): (
        *_declared("(identifier) @_n", "pointer_declarator"),
        *_on("struct_specifier union_specifier enum_specifier", "name: (_) @_n body: (_)"),
    ),
    ("cpp", "named"): (
        *_declared(_CPP_DECLARED, "pointer_declarator reference_declarator"),
        *_on(
            "class_specifier struct_specifier union_specifier enum_specifier",
            f"name: {_CPP_TYPE} body: (_)",
        ),
    ),
    ("sql", "named"): _on(
        " ".join(
            f"create_{what}"
            for what in "table view materialized_view function procedure type sequence".split()
        ),
        "(object_reference name: (identifier) @_n)",
    ),
    ("dockerfile", "named"): ("(from_instruction as: (image_alias) @_n) @unit",),
    ("javascript", "named"): _ecmascript("field_definition property"),
    ("typescript", "named"): _TYPESCRIPT,
    ("tsx", "named"): _TYPESCRIPT,
}


def _named() -> dict[tuple[str, str], tuple[str, ...]]:
    """By name wherever the node keeps it in a field of that name."""
    return {
        (language, "named"): tuple(
            f"({node} name: (_) @_n) @unit"
            for node, row in units.rows.items()
            if row.name == "name" and not row.value
        )
        for language, units in UNITS.items()
        if any(row.name == "name" and not row.value for row in units.rows.values())
    }


UNIT_PATTERNS: Final[dict[tuple[str, str], tuple[str, ...]]] = _named() | _BY_HAND
"""Patterns by language and form (``decorated``, ``subclass-of``, ``calls``, ``named``).

Each captures the unit as ``@unit`` and as ``@_n`` what is compared with the names, which is the
last part of a qualified one; with ``(#any-of? @_n ...)`` behind it and brackets around both it is
a query for ``compile_query``.
"""
