"""Functions by language: where their bodies are, and the statement that fails loudly instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Bodies:
    """What blanking a function needs to know of a language; all names are of tree-sitter nodes."""

    functions: frozenset[str]
    """Nodes that are functions."""
    statement: str
    """What stands in the body instead."""
    expression: str = ""
    """The same for a body that is an expression behind ``=`` or ``=>``; empty: not blanked."""
    body: tuple[str, ...] = ("body",)
    """The field that holds the body, or the kind of child that it is with an ``@``."""
    braces: bool = True
    """The body is written in braces, which stay."""
    containers: frozenset[str] = frozenset()
    """Nodes to look for functions in: classes, namespaces, what wraps a function."""
    imports: frozenset[str] = frozenset()
    """Nodes that bring names in; other languages' imports bring in who knows what."""
    prose: frozenset[str] = frozenset({"comment"})
    """Comments, which go with the body: they are words of whoever wrote it."""


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ECMASCRIPT: Final = Bodies(
    _set(
        "function_declaration generator_function_declaration method_definition "
        "function_expression generator_function arrow_function"
    ),
    'throw new Error("not implemented");',
    '{ throw new Error("not implemented"); }',
    containers=_set(
        "program class_declaration abstract_class_declaration class class_body "
        "export_statement lexical_declaration variable_declaration variable_declarator "
        "expression_statement assignment_expression pair object public_field_definition "
        "field_definition internal_module statement_block"
    ),
    imports=_set("import_statement"),
)
_C: Final = Bodies(
    _set("function_definition"),
    "abort();",
    containers=_set("translation_unit preproc_ifdef preproc_if linkage_specification"),
)
BODIES: Final[dict[str, Bodies]] = {
    "python": Bodies(
        _set("function_definition"),
        "raise NotImplementedError",
        braces=False,
        containers=_set("module class_definition decorated_definition block"),
        imports=_set("import_statement import_from_statement future_import_statement"),
    ),
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "tsx": _ECMASCRIPT,
    "go": Bodies(
        _set("function_declaration method_declaration func_literal"),
        'panic("not implemented")',
        containers=_set("source_file"),
        imports=_set("import_declaration"),
    ),
    "rust": Bodies(
        _set("function_item"),
        "todo!()",
        containers=_set("source_file impl_item trait_item mod_item declaration_list"),
        imports=_set("use_declaration"),
        prose=_set("line_comment block_comment"),
    ),
    "java": Bodies(
        _set("method_declaration constructor_declaration compact_constructor_declaration"),
        'throw new UnsupportedOperationException("not implemented");',
        containers=_set(
            "program class_declaration record_declaration enum_declaration "
            "interface_declaration class_body interface_body enum_body enum_body_declarations"
        ),
        imports=_set("import_declaration"),
        prose=_set("line_comment block_comment"),
    ),
    "shell": Bodies(
        _set("function_definition"),
        'echo "not implemented" >&2; exit 1',
        containers=_set("program"),
    ),
    "c": _C,
    "cpp": Bodies(
        _set("function_definition"),
        'throw "not implemented";',
        containers=_C.containers
        | _set(
            "class_specifier struct_specifier field_declaration_list namespace_definition "
            "declaration_list template_declaration"
        ),
    ),
    "csharp": Bodies(
        _set(
            "method_declaration constructor_declaration local_function_statement "
            "destructor_declaration operator_declaration"
        ),
        "throw new System.NotImplementedException();",
        "=> throw new System.NotImplementedException()",
        containers=_set(
            "compilation_unit namespace_declaration file_scoped_namespace_declaration "
            "class_declaration struct_declaration record_declaration interface_declaration "
            "declaration_list"
        ),
        imports=_set("using_directive"),
    ),
    "ruby": Bodies(
        _set("method singleton_method"),
        "raise NotImplementedError",
        braces=False,
        containers=_set("program module class body_statement"),
    ),
    "php": Bodies(
        _set("function_definition method_declaration"),
        "throw new \\LogicException('not implemented');",
        containers=_set(
            "program class_declaration trait_declaration interface_declaration "
            "enum_declaration declaration_list enum_declaration_list namespace_definition "
            "compound_statement"
        ),
        imports=_set("namespace_use_declaration"),
    ),
    "kotlin": Bodies(
        _set("function_declaration"),
        "TODO()",
        "= TODO()",
        body=("@function_body",),
        containers=_set("source_file class_declaration object_declaration class_body"),
        imports=_set("import"),
        prose=_set("line_comment block_comment"),
    ),
    "swift": Bodies(
        _set("function_declaration init_declaration deinit_declaration"),
        'fatalError("not implemented")',
        containers=_set("source_file class_declaration class_body"),
        imports=_set("import_declaration"),
        prose=_set("comment multiline_comment"),
    ),
    "scala": Bodies(
        _set("function_definition"),
        "???",
        "???",
        containers=_set(
            "compilation_unit object_definition class_definition trait_definition "
            "template_body package_clause"
        ),
        imports=_set("import_declaration"),
        prose=_set("comment block_comment"),
    ),
    "lua": Bodies(
        _set("function_declaration function_definition"),
        'error("not implemented")',
        braces=False,
        containers=_set(
            "chunk variable_declaration assignment_statement expression_list field "
            "table_constructor"
        ),
    ),
}
