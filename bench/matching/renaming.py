"""Give every variable, parameter and function of a piece another name, everywhere in it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tree_sitter import Node

from .grammar import Edit, Source

_WORDS = (
    "amount anchor basket beacon branch bundle canvas carrier cluster corner counter courier "
    "damper digest drawer emblem engine fabric feeder folder fringe garden handle harbor holder "
    "island jacket kernel ladder lantern layout ledger margin marker meadow mirror needle notice "
    "origin outline packet parcel pillar planet pocket portion quarter ribbon sample saddle "
    "season segment shelter signal sketch socket splice stamp station strand summit tablet tailor "
    "ticket timber tracker treaty tunnel vessel volume walker weight window wicker"
).split()
_DUNDER = re.compile(r"__\w+__$")


def bound_names(source: Source) -> list[str]:
    """Names that the piece itself binds, in order: what a rename may touch."""
    found: dict[str, None] = {}
    kept: set[str] = set(source.grammar.fixed)
    for node in source.walk():
        if node.type in {"global_statement", "nonlocal_statement", "import_statement"} or (
            node.type == "import_from_statement"
        ):
            kept |= {source.text(one) for one in source.walk(node) if one.type == "identifier"}
        for binder, where in source.grammar.bindings:
            if node.type == binder and not _in_class_body(source, node):
                for target in _fields(node, where):
                    found |= dict.fromkeys(source.text(one) for one in _reached(source, target))
    return [name for name in found if name not in kept and not _DUNDER.match(name)]


def renamed(source: Source, rng: random.Random) -> str | None:
    """The piece with every bound name another; None where it binds none."""
    names = bound_names(source)
    uses = {source.text(node) for node in source.walk() if not node.child_count}
    words = [word for word in _WORDS if word not in uses]
    rng.shuffle(words)
    new = {old: _like(old, word) for old, word in zip(names, words, strict=False)}
    return replaced(source, new) if new else None


def replaced(source: Source, new: dict[str, str]) -> str:
    """The piece with these variables under other names; attributes and keys stay."""
    edits = list(_own_method(source, new))
    for node in variables(source):
        other = new.get(source.text(node))
        if other is None:
            continue
        if node.type.startswith("shorthand_property"):
            other = f"{source.text(node)}: {other}"
        edits.append(Edit(node.start_byte, node.end_byte, other))
    return source.edited(edits)


def variables(source: Source) -> Iterator[Node]:
    """The nodes that name a variable, not an attribute, a key or a label."""
    for node in source.walk():
        if node.type in source.grammar.names and not _is_fixed(source, node):
            yield node


def _own_method(source: Source, new: dict[str, str]) -> Iterator[Edit]:
    # A method's name is no variable, but whoever rewrites a method renames it, too.
    function = source.function()
    name = function and function.child_by_field_name("name")
    if not name or name.type not in {"property_identifier", "field_identifier", "identifier"}:
        return
    old = source.text(name)
    bound_itself = (function.type, "name") in source.grammar.bindings if function else True
    if bound_itself or old in source.grammar.fixed or old in new:
        return
    other = _like(old, f"{_WORDS[sum(old.encode()) % len(_WORDS)]}Of")
    yield Edit(name.start_byte, name.end_byte, other)
    for node in source.walk(function):
        if node.type == "method_invocation" and node.child_by_field_name("object") is None:
            call = node.child_by_field_name("name")
            if call and source.text(call) == old:
                yield Edit(call.start_byte, call.end_byte, other)


def _is_fixed(source: Source, node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "literal_element" and parent.parent:  # Go wraps the key of an element
        node, parent = parent, parent.parent
    return any(
        parent.type == kind and any(one.id == node.id for one in _fields(parent, where))
        for kind, where in source.grammar.not_variables
    )


def _in_class_body(source: Source, node: Node) -> bool:
    """What a nested class binds in its body are attributes."""
    parent = node.parent
    while parent and parent.type not in source.grammar.functions and parent.type != "lambda":
        if parent.type in source.grammar.classes and node.type != "local_variable_declaration":
            return True
        parent = parent.parent
    return False


def _fields(node: Node, where: str) -> list[Node]:
    if where == "":
        return node.named_children
    if where.isdigit():
        return node.named_children[int(where) : int(where) + 1]
    return node.children_by_field_name(where)


def _reached(source: Source, node: Node) -> Iterator[Node]:
    if node.type in source.grammar.names:
        yield node
    elif node.type in source.grammar.patterns:
        for child in _fields(node, source.grammar.patterns[node.type]):
            yield from _reached(source, child)


def _like(old: str, word: str) -> str:
    """The word in the style of the old name: length of one, case of first and of all letters."""
    if old.isupper() and len(old) > 1:
        return word.upper()
    if old[:1].isupper():
        return word[:1].upper() + word[1:]
    if old.startswith("_"):
        return f"_{word}"
    return word
