"""Units in the words of a rule file (``decorated: [task]``) as tree-sitter queries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from redline.policy.table import UnitPlace

_PYTHON_REF = "[(identifier) @_n (attribute attribute: (identifier) @_n)]"
_PYTHON_DOTTED = "(attribute) @_n"
_JS_REF = "[(identifier) @_n (member_expression property: (property_identifier) @_n)]"
_JS_DOTTED = "(member_expression) @_n"
_JS_CALL = "(call_expression function: {ref}) @unit"

_PATTERNS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("python", "decorated"): (
        "(decorated_definition (decorator {ref})) @unit",
        "(decorated_definition (decorator (call function: {ref}))) @unit",
    ),
    ("python", "subclass-of"): (
        "(class_definition superclasses: (argument_list {ref})) @unit",
        "(class_definition superclasses: (argument_list (subscript value: {ref}))) @unit",
    ),
    ("python", "named"): (
        "(function_definition name: (identifier) @_n) @unit",
        "(class_definition name: (identifier) @_n) @unit",
    ),
    ("python", "calls"): ("(call function: {ref}) @unit",),
    ("javascript", "calls"): (_JS_CALL,),
    ("typescript", "calls"): (_JS_CALL,),
    ("tsx", "calls"): (_JS_CALL,),
    ("yaml", "keys"): (
        "(block_mapping_pair key: (flow_node (plain_scalar (string_scalar) @_n))) @unit",
        "(flow_pair key: (flow_node (plain_scalar (string_scalar) @_n))) @unit",
    ),
    ("json", "keys"): ("(pair key: (string (string_content) @_n)) @unit",),
    ("jsonl", "keys"): ("(pair key: (string (string_content) @_n)) @unit",),
}
FORMS: Final = ("decorated", "subclass-of", "named", "calls", "keys")


def languages_for(form: str) -> tuple[str, ...]:
    """The languages that a form is known in."""
    return tuple(language for language, known in _PATTERNS if known == form)


def query_source(place: UnitPlace) -> str:
    """The tree-sitter query of a place. A dotted name is compared whole, another by its end."""
    if place.form == "query":
        return place.names[0]
    patterns = _PATTERNS[place.language, place.form]
    python = place.language == "python"
    plain = [name for name in place.names if "." not in name or place.form == "keys"]
    dotted = [name for name in place.names if name not in plain]
    out = []
    for names, ref in (
        (plain, _PYTHON_REF if python else _JS_REF),
        (dotted, _PYTHON_DOTTED if python else _JS_DOTTED),
    ):
        if names:
            listed = " ".join(f'"{name}"' for name in names)
            out += [f"({p.replace('{ref}', ref)} (#any-of? @_n {listed}))" for p in patterns]
    return "\n".join(out)


def literal_pattern(place: UnitPlace) -> bytes | None:
    """An RE2 pattern that every file with such a unit contains; None for a query of its own."""
    if place.form == "query":
        return None
    return rb"(?:" + b"|".join(_escaped(name.rpartition(".")[2]) for name in place.names) + rb")"


def reason(place: UnitPlace, name: str | None, text: bytes) -> str:
    """Say why a unit lies in its zone: ``'maze' is decorated @task``."""
    subject = f"'{name}'" if name else "this place"
    found = _named_in(place.names, text) if place.form != "query" else ""
    return {
        "decorated": f"{subject} is decorated @{found}",
        "subclass-of": f"{subject} derives from {found}",
        "named": f"{subject} has a name that the zone lists",
        "calls": f"this is a call of {found}",
        "keys": f"this is the value of '{found}'",
        "query": f"{subject} matches a query of the zone",
    }[place.form]


def _named_in(names: Sequence[str], text: bytes) -> str:
    # What made the unit match stands at its head, so the earliest name is the one.
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    found = re.search(rf"(?<!\w)(?:{words})(?!\w)".encode(), text)
    return found[0].decode("utf-8", "replace") if found else names[0]


def _escaped(text: str) -> bytes:
    return b"".join(
        bytes([byte]) if chr(byte).isalnum() and byte < 128 else b"\\x%02x" % byte
        for byte in text.encode()
    )
