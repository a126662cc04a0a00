"""What can stand at a place of a rule file: keys, words, names, paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from redline.policy.authoring.outline import read_outline
from redline.policy.authoring.parts import Part, Point, Stretch
from redline.policy.authoring.scanning import lines_of
from redline.policy.authoring.slots import Slot, slots
from redline.policy.authoring.world import Family, World
from redline.policy.merge import CLASSES
from redline.policy.nodes import MAX_BYTES
from redline.policy.packs import builtin_names
from redline.policy.raw import RawAssistants, RawExtends, RawRule, RawUnit, RawZone
from redline.policy.raw_tests import RawExpect, RawFact
from redline.policy.shapes import (
    Choice,
    Entries,
    Flag,
    Many,
    Shape,
    Table,
    keys_of,
    required,
    spelt,
)
from redline.policy.units import FORMS, forms_of
from redline.syntax.languages import language_named, language_names

CompletionKind: TypeAlias = Literal["key", "word", "name", "path", "pack"]
_CURSOR: Final = "\ue000"
"""A letter of Unicode's private area: it marks the cursor in the text that is read."""
_MOST: Final = 200
_EVERY_FORM: Final = (*FORMS, "query")
_SPECIAL: Final = frozenset("*&!|>%@`\"'#?-{}[],")


@dataclass(frozen=True, slots=True)
class Completion:
    """One proposal: ``insert`` in place of ``stretch``, which lies on one line."""

    label: str
    insert: str
    stretch: Stretch
    kind: CompletionKind
    detail: str = ""
    doc: str = ""
    """Markdown with code spans only, as in the schema."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Something that may stand in a value's place."""

    text: str
    kind: CompletionKind
    detail: str = ""
    doc: str = ""


def complete(world: World, point: Point) -> tuple[Completion, ...]:
    """Propose what can stand at a place of the file that is edited; required keys first."""
    found = _found(world.current.text, point)
    if found is None:
        return ()
    slot, stretch = found
    typed = slot.part.text.partition(_CURSOR)[0]
    quoted = slot.part.inner is not None
    words = [
        *_keys(slot, stretch),
        *(
            Completion(
                word.text, _written(word.text, quoted), stretch, word.kind, word.detail, word.doc
            )
            for word in _values(world, slot, typed)
        ),
    ]
    return tuple(words[:_MOST])


def _found(text: str, point: Point) -> tuple[Slot, Stretch] | None:
    """What the cursor stands in, and the part of its line that a proposal replaces."""
    lines = lines_of(text)
    if len(text) > MAX_BYTES or _CURSOR in text or not 1 <= point.line <= len(lines):
        return None
    line = lines[point.line - 1]
    at = max(0, min(point.column - 1, len(line)))
    lines[point.line - 1] = f"{line[:at]}{_CURSOR}{line[at:]}"
    marked = read_outline("\n".join(lines))
    best = None
    for slot in slots(marked):
        if slot.part.kind == "text" and _CURSOR in slot.part.text:
            best = slot
    if best is None:
        return None
    # The mark makes the word one letter longer than it is in the text.
    word = best.part.word
    start = word.start if word.start.line == point.line else Point(point.line, at + 1)
    end = Point(point.line, word.end.column - 1 if word.end.line == point.line else at + 1)
    return best, Stretch(start, max(start, end))


def _keys(slot: Slot, stretch: Stretch) -> Iterator[Completion]:
    table, there = _table_of(slot)
    if table is None or slot.part.text.partition(_CURSOR)[0].endswith(":"):
        return
    needed = required(table)
    keys = keys_of(table)
    given = {entry.key.text for entry in there.entries} if there else set()
    forms = _forms(there) if table is RawUnit else None
    for field in sorted(keys, key=lambda field: field not in needed):
        word, key = spelt(field), keys[field]
        if word in given or (forms is not None and word in _EVERY_FORM and word not in forms):
            continue
        detail = "required" if field in needed else ""
        yield Completion(word, _key_text(word, slot, key.shape), stretch, "key", detail, key.doc)


def _key_text(word: str, slot: Slot, shape: Shape) -> str:
    if slot.role == "key" and _has_colon(slot):
        return word
    below = isinstance(shape, Table | Entries) or (
        isinstance(shape, Many) and isinstance(shape.item, Table)
    )
    return f"{word}:" if below else f"{word}: "


def _has_colon(slot: Slot) -> bool:
    entries = slot.around[-1].entries if slot.around else []
    return any(entry.key is slot.part and entry.colon for entry in entries)


def _table_of(slot: Slot) -> tuple[type[Any] | None, Part | None]:
    """The table whose keys may stand here, and the part of it that is written already."""
    if slot.role == "key":
        return slot.table, slot.around[-1]
    shape = slot.shape
    if isinstance(shape, Table):
        return shape.type, None
    # A short form: the text may become its table.
    if slot.table is RawExtends and slot.key == "ref" and not _is_entry_of(slot, "ref"):
        return RawExtends, None
    return None, None


def _is_entry_of(slot: Slot, key: str) -> bool:
    return bool(slot.around) and slot.around[-1].get(key) is slot.part


def _forms(unit: Part | None) -> tuple[str, ...]:
    """The forms that a unit may still take: none beside one that it has."""
    if unit is None:
        return _EVERY_FORM
    if any(entry.key.text in _EVERY_FORM for entry in unit.entries):
        return ()
    lang = unit.get("lang")
    language = language_named(lang.text) if lang is not None else None
    return (*forms_of(language.name), "query") if language is not None else _EVERY_FORM


def _values(world: World, slot: Slot, typed: str) -> Iterable[_Word]:
    shape = slot.shape
    if slot.role == "key":
        return _paths(world.paths, typed) if isinstance(shape, Entries) else ()
    if isinstance(shape, Many):
        # Nothing of the list is there yet: its first item may stand in brackets or behind a dash.
        inner = _values_of(world, slot, shape.item, typed)
        return (_Word(f"[{word.text}]", word.kind, word.detail, word.doc) for word in inner)
    return _values_of(world, slot, shape, typed)


def _values_of(world: World, slot: Slot, shape: Shape | None, typed: str) -> Iterable[_Word]:
    if isinstance(shape, Choice):
        return (_Word(word, "word") for word in shape.words)
    if isinstance(shape, Flag):
        return (_Word(word, "word") for word in ("true", "false"))
    place = (slot.table, slot.key)
    if place in ((RawZone, "id"), (RawRule, "zones")):
        return _entries(world, "zone", slot)
    if place in ((RawRule, "id"), (RawExpect, "rule")):
        return _entries(world, "rule", slot)
    if place == (RawRule, "by"):
        return (*(_Word(name, "word") for name in CLASSES), *_assistants(world))
    if place == (RawAssistants, "names"):
        return _assistants(world)
    if place == (RawFact, "by"):
        plain = dict.fromkeys(word.text.rstrip("*-") for word in _assistants(world))
        return (_Word(name, "name") for name in plain if name and "*" not in name)
    if place == (RawUnit, "lang"):
        return _languages(slot)
    if place == (RawExtends, "ref") or isinstance(shape, Table):
        return _packs(world) if _extends(slot, shape) else ()
    if place in ((RawFact, "path"), (RawExpect, "path")):
        return _test_files(slot)
    if place in ((RawZone, "globs"), (RawZone, "not"), (RawUnit, "files")):
        return _paths(world.paths, typed)
    return ()


def _extends(slot: Slot, shape: Shape | None) -> bool:
    return slot.table is RawExtends or (isinstance(shape, Table) and shape.type is RawExtends)


def _entries(world: World, family: Family, slot: Slot) -> Iterator[_Word]:
    """Zones or rules by id; the one that is being typed is no proposal for itself."""
    for name, mention in world.entries(family).items():
        title = mention.entry.get("title")
        own = mention.source.name == world.here and mention.slot.part.start == slot.part.start
        if not own:
            yield _Word(name, "name", mention.source.name, title.text if title else "")


def _assistants(world: World) -> Iterator[_Word]:
    seen = set()
    for mention in world.mentions:
        if mention.slot.table is RawAssistants and mention.name not in seen:
            seen.add(mention.name)
            kind = mention.entry.get("class")
            yield _Word(mention.name, "name", kind.text if kind else "")


def _languages(slot: Slot) -> Iterator[_Word]:
    for name in language_names():
        forms = (*forms_of(name), "query")
        yield _Word(name, "word", ", ".join(forms))


def _packs(world: World) -> Iterator[_Word]:
    titles = {one.name: one.outline for one in world.sources}
    for name in builtin_names():
        ref = f"builtin:{name}"
        pack = titles[ref].get("pack") if ref in titles else None
        title = pack.get("title") if pack else None
        yield _Word(ref, "pack", "shipped", title.text if title else "")
    depth = world.here.count("/")
    for path in world.paths:
        if path.endswith((".yaml", ".yml")) and path != world.here and _looks_like_pack(path):
            yield _Word(f"file:{'../' * depth}{path}", "path")


def _looks_like_pack(path: str) -> bool:
    folders, _, name = path.rpartition("/")
    named = {"packs", "pack", "rules", "policy", "policies", "redline"}
    return not named.isdisjoint(folders.split("/")) or "redline" in name or "policy" in name


def _test_files(slot: Slot) -> Iterator[_Word]:
    for table in slot.around:
        files = table.get("files")
        if files is not None:
            yield from (_Word(entry.key.text, "path") for entry in files.entries)


def _paths(paths: Iterable[str], typed: str) -> Iterator[_Word]:
    """Folders and files one step below what is typed, folders first."""
    lead = "/" if typed.startswith("/") else ""
    folder = typed.removeprefix("/").rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    below = dict[str, None]()
    for path in paths:
        if path.startswith(prefix):
            name, slash, _ = path[len(prefix) :].partition("/")
            below[f"{lead}{prefix}{name}{slash}"] = None
    listed = sorted(below, key=lambda name: (not name.endswith("/"), name))
    return (_Word(name, "path") for name in listed[:_MOST])


def _written(text: str, quoted: bool) -> str:
    """Quote what YAML would read as something else."""
    if quoted or text.startswith("["):
        return text
    odd = text[:1] in _SPECIAL or ": " in text or " #" in text or text != text.strip()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if odd else text
