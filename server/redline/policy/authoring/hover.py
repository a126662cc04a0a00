"""What a key or a name of a rule file means: the words of the schema and of the packs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redline.policy.authoring.parts import Part, Point, Stretch
from redline.policy.authoring.slots import Slot, key_of, slot_at
from redline.policy.authoring.world import Mention, World
from redline.policy.raw import RawRule
from redline.policy.shapes import Choice, Flag, Many, Shape, keys_of, required, spelt


@dataclass(frozen=True, slots=True)
class Hover:
    """What to show about a stretch: a heading, then facts; words of rule files are foreign text."""

    stretch: Stretch
    name: str
    """A key as it is spelt, or a zone's, rule's or pack's name."""
    doc: str
    """What it means: of a key our own Markdown, of a name the file's own words."""
    facts: tuple[tuple[str, str], ...] = ()
    """What is known beside, each with its label; words of rule files."""
    foreign: bool = False
    """``doc`` comes from a rule file and is plain text."""


def hover(world: World, point: Point) -> Hover | None:
    """Tell about the key, zone, rule or pack at a place of the file that is edited."""
    slot = slot_at(world.current.outline, point)
    if slot is None:
        return None
    if slot.role == "key":
        return _key(slot)
    mention = world.at(point)
    told = _name(world, mention) if mention is not None else None
    if told is not None:
        return told
    # A value that has no name of its own is told by its key.
    return _key(slot) if slot.table is not None else None


def _key(slot: Slot) -> Hover | None:
    table = slot.table
    key = key_of(table, slot.key) if table is not None else None
    if table is None or key is None:
        return None
    facts = []
    if slot.key in (spelt(field) for field in required(table)):
        facts.append(("Required", "yes"))
    if words := _words(key.shape):
        facts.append(("One of", ", ".join(words)))
    if tables := _keys_below(key.shape):
        facts.append(("Keys", ", ".join(tables)))
    return Hover(slot.part.word, slot.key, key.doc, tuple(facts))


def _words(shape: Shape) -> tuple[str, ...]:
    shape = shape.item if isinstance(shape, Many) else shape
    if isinstance(shape, Choice):
        return shape.words
    return ("true", "false") if isinstance(shape, Flag) else ()


def _keys_below(shape: Shape) -> tuple[str, ...]:
    shape = shape.item if isinstance(shape, Many) else shape
    type_: type[Any] | None = getattr(shape, "type", None)
    return tuple(spelt(field) for field in keys_of(type_)) if type_ is not None else ()


def _name(world: World, mention: Mention) -> Hover | None:
    stretch = mention.stretch
    if mention.family == "zone":
        return _zone(world, mention.name, stretch)
    if mention.family == "rule":
        return _rule(world, mention.name, stretch)
    if mention.family == "pack":
        return _pack(world, mention, stretch)
    return None


def _zone(world: World, name: str, stretch: Stretch) -> Hover | None:
    entries = [
        one for one in world.mentions if one.family == "zone" and one.is_entry and one.name == name
    ]
    if not entries:
        return None
    rules = dict.fromkeys(
        f"{_said(one.entry, 'id')} ({_said(one.entry, 'effect')})"
        for one in world.mentions
        if one.family == "zone" and one.slot.table is RawRule and one.name == name
        if one.entry.get("id") is not None
    )
    facts = [
        ("Defined in", _place(entries[0])),
        *(("Added to in", _place(one)) for one in entries[1:]),
        ("Places", ", ".join(_counts(entries))),
    ]
    if rules:
        facts.append(("Rules", ", ".join(rules)))
    return Hover(stretch, name, _said(entries[0].entry, "title"), tuple(facts), foreign=True)


def _counts(entries: list[Mention]) -> Iterator[str]:
    for key, one, many in (("globs", "glob", "globs"), ("units", "unit", "units")):
        parts = (entry.entry.get(key) for entry in entries)
        count = sum(len(list(part.members())) for part in parts if part is not None)
        if count:
            yield f"{count} {one if count == 1 else many}"


def _rule(world: World, name: str, stretch: Stretch) -> Hover | None:
    entries = [
        one for one in world.mentions if one.family == "rule" and one.is_entry and one.name == name
    ]
    if not entries:
        return None
    facts = [
        ("Effect", " -> ".join(dict.fromkeys(_said(one.entry, "effect") for one in entries))),
        ("Zones", _listed(entries[0].entry.get("zones"))),
        ("By", _listed(entries[0].entry.get("by"))),
        ("Why", _last(entries, "why")),
        ("What to do", _last(entries, "help")),
        ("Defined in", _place(entries[0])),
        *(("Tightened in", _place(one)) for one in entries[1:]),
    ]
    told = tuple((label, words) for label, words in facts if words)
    return Hover(stretch, name, _last(entries, "title"), told, foreign=True)


def _pack(world: World, mention: Mention, stretch: Stretch) -> Hover | None:
    kind, _, name = mention.name.partition(":")
    known = next(
        (
            one
            for one in world.sources
            if one.name == (mention.name if kind == "builtin" else name)
            or (kind == "file" and one.name.endswith(f"/{name.removeprefix('./')}"))
        ),
        None,
    )
    pack = known.outline.get("pack") if known is not None else None
    if pack is None:
        return None
    facts = [("Version", _said(pack, "version")), ("Why", _said(pack, "why"))]
    told = tuple((label, words) for label, words in facts if words)
    return Hover(stretch, mention.name, _said(pack, "title"), told, foreign=True)


def _said(table: Part, key: str) -> str:
    value = table.get(key)
    return " ".join(value.text.split()) if value is not None else ""


def _last(entries: list[Mention], key: str) -> str:
    return next((said for one in reversed(entries) if (said := _said(one.entry, key))), "")


def _listed(part: Part | None) -> str:
    return ", ".join(item.text for item in part.members()) if part is not None else ""


def _place(mention: Mention) -> str:
    return f"{mention.source.name}:{mention.stretch.start.line}"
