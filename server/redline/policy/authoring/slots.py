"""Which key or value of a rule file a part of its outline is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from redline.policy.authoring.parts import Part, Point
from redline.policy.raw import RawPolicy
from redline.policy.shapes import Entries, Key, Many, Shape, Table, keys_of, spelt


@dataclass(frozen=True, slots=True)
class Slot:
    """A key or a value as the format sees it."""

    role: Literal["key", "value"]
    part: Part
    shape: Shape | None
    """Of the value; None beside a key that the format does not know."""
    key: str
    """The nearest key around a value, or the key itself, as it is spelt."""
    table: type[Any] | None
    """The raw table that the key belongs to; None at the root and where the file chooses keys."""
    around: tuple[Part, ...]
    """The tables around it, the nearest last."""


def slots(outline: Part) -> Iterator[Slot]:
    """Every key and value of a rule file, in reading order; what is unknown holds no more."""
    yield from _value(outline, Table(RawPolicy), "", None, ())


def slot_at(outline: Part, point: Point) -> Slot | None:
    """The innermost key or text at a place."""
    found = None
    for slot in slots(outline):
        if slot.part.kind == "text" and slot.part.stretch.holds(point):
            found = slot
    return found


def key_of(table: type[Any], word: str) -> Key | None:
    """A key of a raw table by its spelling."""
    return next((key for field, key in keys_of(table).items() if spelt(field) == word), None)


def _value(
    part: Part, shape: Shape, key: str, table: type[Any] | None, around: tuple[Part, ...]
) -> Iterator[Slot]:
    yield Slot("value", part, shape, key, table, around)
    if isinstance(shape, Many) and part.kind == "list":
        for item in part.items:
            yield from _value(item, shape.item, key, table, around)
    elif isinstance(shape, Table) and part.kind == "table":
        yield from _table(part, shape.type, around)
    elif isinstance(shape, Table) and part.kind == "text" and shape.short:
        inner = keys_of(shape.type)[shape.short].shape
        yield Slot("value", part, inner, shape.short, shape.type, around)
    elif isinstance(shape, Entries) and part.kind == "table":
        for entry in part.entries:
            yield Slot("key", entry.key, shape, key, None, (*around, part))
            yield from _value(entry.value, shape.value, key, None, (*around, part))


def _table(part: Part, type_: type[Any], around: tuple[Part, ...]) -> Iterator[Slot]:
    inside = (*around, part)
    for entry in part.entries:
        known = key_of(type_, entry.key.text)
        shape = known.shape if known else None
        yield Slot("key", entry.key, shape, entry.key.text, type_, inside)
        if shape is not None:
            yield from _value(entry.value, shape, entry.key.text, type_, inside)
