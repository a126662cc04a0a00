"""The rule files that one refers to, and the names in them: where defined, where used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, Literal, TypeAlias

from redline.policy.authoring.outline import read_outline
from redline.policy.authoring.parts import Part, Point, Stretch
from redline.policy.authoring.slots import Slot, slot_at, slots
from redline.policy.nodes import MAX_BYTES
from redline.policy.packs import DEFAULT, builtin_names
from redline.policy.raw import RawAssistants, RawExtends, RawRule, RawZone
from redline.policy.raw_tests import RawExpect, RawFact

Family: TypeAlias = Literal["zone", "rule", "pack", "test-file", "assistant"]
_FAMILIES: Final[dict[tuple[object, str], Family]] = {
    (RawZone, "id"): "zone",
    (RawRule, "zones"): "zone",
    (RawRule, "id"): "rule",
    (RawExpect, "rule"): "rule",
    (RawExtends, "ref"): "pack",
    (RawFact, "path"): "test-file",
    (RawExpect, "path"): "test-file",
    (RawRule, "by"): "assistant",
    (RawFact, "by"): "assistant",
    (RawAssistants, "names"): "assistant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One rule file and its text of this moment."""

    name: str
    """As messages name it: a path relative to the root, or ``builtin:NAME``."""
    path: str | None
    """Where it lies on this machine."""
    text: str
    outline: Part = field(repr=False)


@lru_cache(maxsize=64)
def source(name: str, path: str | None, text: str) -> Source:
    """Read a text as a source; one that is too long for a rule file counts as empty."""
    outline = read_outline(text if len(text) <= MAX_BYTES else "")
    return Source(name=name, path=path, text=text, outline=outline)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands."""

    family: Family
    name: str
    source: Source
    slot: Slot

    @property
    def stretch(self) -> Stretch:
        """Where the name itself stands, without quotes."""
        return self.slot.part.word

    @property
    def entry(self) -> Part:
        """The table around it: of a definition what is defined."""
        return self.slot.around[-1]

    @property
    def is_entry(self) -> bool:
        """It is the id of an entry, and not a reference to one."""
        return self.slot.key == "id"


@dataclass(frozen=True)
class World:
    """The rule files of a project as one of them sees them; pure, and read only once."""

    sources: tuple[Source, ...]
    """Base first; the one that is edited is among them."""
    here: str
    """The name of the one that is edited."""
    paths: tuple[str, ...] = ()
    """The project's files, for completion."""

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All names in all files, base first, in reading order."""
        return tuple(mention for one in self.sources for mention in _mentions(one))

    @property
    def current(self) -> Source:
        """The file that is edited."""
        return next(one for one in self.sources if one.name == self.here)

    def entries(self, family: Family) -> dict[str, Mention]:
        """Each zone or rule by its id: where it is defined first."""
        found: dict[str, Mention] = {}
        for mention in self.mentions:
            if mention.family == family and mention.is_entry:
                found.setdefault(mention.name, mention)
        return found

    def at(self, point: Point) -> Mention | None:
        """The name at a place of the file that is edited."""
        slot = slot_at(self.current.outline, point)
        return _mention(slot, self.current) if slot is not None else None


@dataclass(frozen=True, slots=True)
class Target:
    """A place in a rule file on this machine."""

    path: str
    stretch: Stretch


def definition(world: World, point: Point) -> tuple[Target, ...]:
    """Where the zone, rule, pack or test's file that is named at a place is defined.

    A zone is defined in its first entry; the entries that add to it follow.
    """
    mention = world.at(point)
    if mention is None:
        return ()
    if mention.family == "pack":
        start = Stretch(Point(1, 1), Point(1, 1))
        named = _pack_named(world, mention)
        return (Target(named.path, start),) if named and named.path else ()
    if mention.family == "test-file":
        return tuple(
            Target(mention.source.path, entry.key.word)
            for table in mention.slot.around
            if mention.source.path and (files := table.get("files"))
            for entry in files.entries
            if entry.key.text == mention.name
        )
    entries = (
        one
        for one in world.mentions
        if (one.family, one.name) == (mention.family, mention.name) and one.is_entry
    )
    return tuple(Target(one.source.path, one.stretch) for one in entries if one.source.path)


def references(world: World, point: Point, *, declaration: bool) -> tuple[Target, ...]:
    """Every place that names the zone, rule or assistant at a place; entries on request."""
    mention = world.at(point)
    if mention is None:
        return ()
    return tuple(
        Target(one.source.path, one.stretch)
        for one in world.mentions
        if (one.family, one.name) == (mention.family, mention.name)
        and one.source.path
        and (declaration or not one.is_entry)
    )


def refs_of(outline: Part) -> tuple[str, ...]:
    """What a rule file extends, as it says it, or the default that it does not mention."""
    listed = outline.get("extends") if outline.kind == "table" else None
    if listed is None:
        return (f"builtin:{DEFAULT}",)
    refs = (item.get("ref") if item.kind == "table" else item for item in listed.members())
    return tuple(ref.text for ref in refs if ref is not None and ref.kind == "text")


def _pack_named(world: World, mention: Mention) -> Source | None:
    kind, _, name = mention.name.partition(":")
    if kind == "builtin":
        wanted = f"builtin:{name}" if name in builtin_names() else ""
    else:
        folder = mention.source.name.rpartition("/")[0]
        wanted = _joined(folder, name)
    return next((one for one in world.sources if one.name == wanted), None)


def _joined(folder: str, name: str) -> str:
    parts: list[str] = []
    for part in [*folder.split("/"), *name.split("/")]:
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _mentions(one: Source) -> Iterator[Mention]:
    for slot in slots(one.outline):
        mention = _mention(slot, one)
        if mention is not None:
            yield mention


def _mention(slot: Slot, one: Source) -> Mention | None:
    if slot.role != "value" or slot.part.kind != "text" or not slot.around:
        return None
    family = _FAMILIES.get((slot.table, slot.key))
    return Mention(family, slot.part.text, one, slot) if family else None
