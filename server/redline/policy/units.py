"""Units in the words of a rule file (``decorated: [task]``) as tree-sitter queries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from redline.policy.table import UnitPlace
from redline.syntax.unit_queries import UNIT_PATTERNS

_PYTHON_REF = "[(identifier) @_n (attribute attribute: (identifier) @_n)]"
_PYTHON_DOTTED = "(attribute) @_n"
_JS_REF = "[(identifier) @_n (member_expression property: (property_identifier) @_n)]"
_JS_DOTTED = "(member_expression) @_n"
_JS_CALL = "(call_expression function: {ref}) @unit"

_OWN: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("python", "decorated"): (
        "(decorated_definition (decorator {ref})) @unit",
        "(decorated_definition (decorator (call function: {ref}))) @unit",
    ),
    ("python", "subclass-of"): (
        "(class_definition superclasses: (argument_list {ref})) @unit",
        "(class_definition superclasses: (argument_list (subscript value: {ref}))) @unit",
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
_PATTERNS: Final = UNIT_PATTERNS | _OWN
"""By language and form; ``{ref}`` is a name that may be dotted."""
FORMS: Final = ("decorated", "subclass-of", "named", "calls", "keys")
_MARKS: Final = {"csharp": "[{}]", "php": "#[{}]", "rust": "#[{}]"}
_DOTS_ARE_LETTERS: Final = frozenset({"dockerfile", "shell"})
_QUALIFIED = re.compile(r"\w(?:\.|::?|->)(?=\w)")


def languages() -> tuple[str, ...]:
    """The languages that have a form beside ``query``, in the order of the alphabet."""
    return tuple(sorted({language for language, _ in _PATTERNS}))


def forms_of(language: str) -> tuple[str, ...]:
    """The forms that are known in a language; every one with a grammar has ``query`` beside."""
    return tuple(form for form in FORMS if (language, form) in _PATTERNS)


def last_part(place: UnitPlace, name: str) -> str | None:
    """What to write for a qualified name that could never be found; None for any other name.

    Only where a pattern takes references whole is a qualified name compared with them.
    """
    if place.form in ("keys", "query") or place.language in _DOTS_ARE_LETTERS:
        return None
    if "{ref}" in _PATTERNS[place.language, place.form][0]:
        return None
    found = list(_QUALIFIED.finditer(name))
    return name[found[-1].end() :] if found else None


def query_source(place: UnitPlace) -> str:
    """The tree-sitter query of a place. A dotted name is compared whole, another by its end."""
    if place.form == "query":
        return place.names[0]
    patterns = _PATTERNS[place.language, place.form]
    if "{ref}" not in patterns[0]:
        return _listed(patterns, place.names)
    python = place.language == "python"
    plain = [name for name in place.names if "." not in name]
    dotted = [name for name in place.names if "." in name]
    return "\n".join(
        _listed([pattern.replace("{ref}", ref) for pattern in patterns], names)
        for names, ref in (
            (plain, _PYTHON_REF if python else _JS_REF),
            (dotted, _PYTHON_DOTTED if python else _JS_DOTTED),
        )
        if names
    )


def _listed(patterns: Sequence[str], names: Sequence[str]) -> str:
    listed = " ".join(f'"{name}"' for name in names)
    return "\n".join(f"({pattern} (#any-of? @_n {listed}))" for pattern in patterns)


def literal_pattern(place: UnitPlace) -> bytes | None:
    """An RE2 pattern that every file with such a unit contains; None for a query of its own."""
    if place.form == "query":
        return None
    return rb"(?:" + b"|".join(_escaped(name.rpartition(".")[2]) for name in place.names) + rb")"


def reason(place: UnitPlace, name: str | None, text: bytes) -> str:
    """Say why a unit lies in its zone: ``'maze' is decorated @task``."""
    subject = f"'{name}'" if name else "this place"
    found = _named_in(place.names, text) if place.form != "query" else ()
    mark = _MARKS.get(place.language, "@{}")
    said = " or ".join(found)
    return {
        "decorated": f"{subject} is decorated {' or '.join(map(mark.format, found))}",
        "subclass-of": f"{subject} derives from {said}",
        "named": f"{subject} has a name that the zone lists",
        "calls": f"this is a call of {said}",
        "keys": f"this is the value of '{said}'",
        "query": f"{subject} matches a query of the zone",
    }[place.form]


def _named_in(names: Sequence[str], text: bytes) -> Sequence[str]:
    # What made the unit match stands at its head, so the earliest name is the one. Attributes of
    # Rust stand before the unit: there it is one of all.
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    found = re.search(rf"(?<!\w)(?:{words})(?!\w)".encode(), text)
    return (found[0].decode("utf-8", "replace"),) if found else names


def _escaped(text: str) -> bytes:
    return b"".join(
        bytes([byte]) if chr(byte).isalnum() and byte < 128 else b"\\x%02x" % byte
        for byte in text.encode()
    )
