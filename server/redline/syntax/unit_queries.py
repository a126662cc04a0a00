"""Queries for units by annotation, base class, call and name, for a policy to fill with names."""

from __future__ import annotations

from typing import Final

from redline.syntax.unit_rows import UNITS

_ANY_JAVA = "[(marker_annotation name: (identifier) @_n) (annotation name: (identifier) @_n)]"
_KOTLIN_TYPE = (
    "[(user_type (identifier) @_n) (constructor_invocation (user_type (identifier) @_n))]"
)
_BY_HAND: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("java", "decorated"): (
        f"(method_declaration (modifiers {_ANY_JAVA})) @unit",
        f"(class_declaration (modifiers {_ANY_JAVA})) @unit",
    ),
    ("java", "subclass-of"): (
        "(class_declaration superclass: (superclass (type_identifier) @_n)) @unit",
        "(class_declaration interfaces: (super_interfaces (type_list (type_identifier) @_n)))"
        " @unit",
    ),
    ("java", "calls"): (
        "(method_invocation name: (identifier) @_n) @unit",
        "(object_creation_expression type: (type_identifier) @_n) @unit",
    ),
    ("kotlin", "decorated"): (
        f"(function_declaration (modifiers (annotation {_KOTLIN_TYPE}))) @unit",
        f"(class_declaration (modifiers (annotation {_KOTLIN_TYPE}))) @unit",
    ),
    ("kotlin", "subclass-of"): (
        f"(class_declaration (delegation_specifiers (delegation_specifier {_KOTLIN_TYPE}))) @unit",
    ),
    ("kotlin", "calls"): ("(call_expression . (identifier) @_n) @unit",),
    ("rust", "decorated"): (
        "(attribute_item (attribute (identifier) @_n)) . (attribute_item)* . (function_item) @unit",
        "(attribute_item (attribute (scoped_identifier name: (identifier) @_n))) "
        ". (attribute_item)* . (function_item) @unit",
    ),
    ("rust", "calls"): (
        "(call_expression function: [(identifier) @_n (scoped_identifier name: (identifier) @_n) "
        "(field_expression field: (field_identifier) @_n)]) @unit",
        "(macro_invocation macro: (identifier) @_n) @unit",
    ),
    ("rust", "subclass-of"): ("(impl_item trait: (type_identifier) @_n) @unit",),
    ("csharp", "decorated"): (
        "(method_declaration (attribute_list (attribute name: (identifier) @_n))) @unit",
        "(class_declaration (attribute_list (attribute name: (identifier) @_n))) @unit",
    ),
    ("csharp", "subclass-of"): ("(class_declaration (base_list (identifier) @_n)) @unit",),
    ("csharp", "calls"): (
        "(invocation_expression function: [(identifier) @_n "
        "(member_access_expression name: (identifier) @_n)]) @unit",
    ),
    ("php", "decorated"): (
        "(method_declaration attributes: (attribute_list (attribute_group "
        "(attribute (name) @_n)))) @unit",
        "(class_declaration attributes: (attribute_list (attribute_group "
        "(attribute (name) @_n)))) @unit",
    ),
    ("php", "subclass-of"): (
        "(class_declaration (base_clause (name) @_n)) @unit",
        "(class_declaration (class_interface_clause (name) @_n)) @unit",
    ),
    ("php", "calls"): (
        "(function_call_expression function: (name) @_n) @unit",
        "(member_call_expression name: (name) @_n) @unit",
    ),
    ("swift", "decorated"): (
        "(function_declaration (modifiers (attribute (user_type (type_identifier) @_n)))) @unit",
        "(class_declaration (modifiers (attribute (user_type (type_identifier) @_n)))) @unit",
    ),
    ("swift", "subclass-of"): (
        "(class_declaration (inheritance_specifier inherits_from: "
        "(user_type (type_identifier) @_n))) @unit",
    ),
    ("swift", "calls"): ("(call_expression . (simple_identifier) @_n) @unit",),
    ("scala", "decorated"): (
        "(function_definition (annotation name: (type_identifier) @_n)) @unit",
        "(class_definition (annotation name: (type_identifier) @_n)) @unit",
    ),
    ("scala", "subclass-of"): (
        "(class_definition extend: (extends_clause type: (type_identifier) @_n)) @unit",
    ),
    ("scala", "calls"): ("(call_expression function: (identifier) @_n) @unit",),
    ("ruby", "subclass-of"): (
        "(class superclass: (superclass [(constant) @_n (scope_resolution name: (constant) @_n)]))"
        " @unit",
    ),
    ("ruby", "calls"): ("(call method: (identifier) @_n) @unit",),
    ("go", "calls"): (
        "(call_expression function: [(identifier) @_n "
        "(selector_expression field: (field_identifier) @_n)]) @unit",
    ),
    ("c", "calls"): ("(call_expression function: (identifier) @_n) @unit",),
    ("cpp", "calls"): (
        "(call_expression function: [(identifier) @_n (qualified_identifier) @_n "
        "(field_expression field: (field_identifier) @_n)]) @unit",
    ),
    ("cpp", "subclass-of"): (
        "(class_specifier (base_class_clause [(type_identifier) @_n (qualified_identifier) @_n]))"
        " @unit",
    ),
    ("lua", "calls"): ("(function_call name: (identifier) @_n) @unit",),
    ("c", "named"): (
        "(function_definition declarator: (function_declarator declarator: (identifier) @_n)) "
        "@unit",
        "(function_definition declarator: (pointer_declarator declarator: "
        "(function_declarator declarator: (identifier) @_n))) @unit",
        "(struct_specifier name: (type_identifier) @_n body: (_)) @unit",
    ),
    ("cpp", "named"): (
        "(function_definition declarator: (function_declarator declarator: [(identifier) @_n "
        "(field_identifier) @_n (qualified_identifier name: (identifier) @_n)])) @unit",
        "(class_specifier name: (type_identifier) @_n body: (_)) @unit",
        "(struct_specifier name: (type_identifier) @_n body: (_)) @unit",
    ),
    ("sql", "named"): tuple(
        f"(create_{what} (object_reference name: (identifier) @_n)) @unit"
        for what in ("table", "view", "function", "type")
    ),
    ("dockerfile", "named"): ("(from_instruction as: (image_alias) @_n) @unit",),
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

Each captures the unit as ``@unit`` and what is compared with the names as ``@_n``; with
``(#any-of? @_n ...)`` behind it and brackets around both it is a query for ``compile_query``.
"""
