"""Which files of a project a glob, a unit or an entry of a zone matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from redline.policy.authoring.parts import Point
from redline.policy.nodes import Unreadable
from redline.policy.policy import Policy
from redline.policy.raw import RawUnit, RawZone, read_raw
from redline.policy.shapes import Word
from redline.policy.table import DEFAULT_LEVELS, FilePlace, PolicyTable, UnitPlace
from redline.policy.unit_places import unit_place
from redline.syntax.trees import UnparsedError

QueryKind: TypeAlias = Literal["glob", "unit", "zone"]
Read: TypeAlias = Callable[[str], bytes | None]
"""Gives a file's bytes, or None where it cannot be read."""
MOST_READ: Final = 2_000
"""Files that are opened for one preview: a glob needs none, a unit those of its language."""
MOST_BYTES: Final = 64 << 20
FIRST: Final = 10


@dataclass(frozen=True, slots=True)
class Query:
    """Something of a rule file that matches places."""

    kind: QueryKind
    zone: str
    point: Point
    """Where it begins."""
    words: str
    """The glob, or the language and form of the unit; empty for a zone's entry."""
    table: PolicyTable


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query matches in a project."""

    files: int
    units: int
    """Of the files that are in the zone by their units: how many units."""
    first: tuple[str, ...]
    """The first places: a path, for a unit with its line: ``src/a.py:12``."""
    complete: bool
    """False where more files than ``MOST_READ`` would have to be opened, or some failed."""


def queries(text: str, name: str, folder: str = "") -> tuple[Query, ...]:
    """All that matches places in a rule file, in reading order; none of a file that is no YAML.

    ``folder`` is what its globs are relative to. A glob's exceptions are those beside it.
    """
    try:
        raw = read_raw(text.encode("utf-8", "replace"), name, [])
    except Unreadable:
        return ()
    return tuple(query for zone in (raw.zones if raw else ()) for query in _zone(zone, folder))


def query_at(found: Iterable[Query], point: Point) -> Query | None:
    """The query that begins at a place; of several the one said last, which is the innermost."""
    return next((query for query in reversed(list(found)) if query.point == point), None)


def preview(query: Query, paths: Iterable[str], read: Read) -> Preview:
    """Match a query against the files of a project, opening only those that have to be."""
    policy = Policy(query.table)
    files = units = opened = size = 0
    first: list[str] = []
    complete = True
    for path in paths:
        if policy.zones_of(path):
            files += 1
            first.append(path)
            continue
        if not policy.wants_text(path):
            continue
        if opened >= MOST_READ or size >= MOST_BYTES:
            complete = False
            break
        opened += 1
        text = read(path)
        if text is None:
            complete = False
            continue
        size += len(text)
        try:
            hits = policy.unit_zones(path, text) if policy.may_have_units(path, text) else ()
        except UnparsedError:
            complete = False
            continue
        if hits:
            files += 1
            units += sum(hit.span is not None for hit in hits)
            span = hits[0].span
            line = text.count(b"\n", 0, span.start) + 1 if span else 0
            first.append(f"{path}:{line}" if line else path)
    return Preview(files, units, tuple(first[:FIRST]), complete)


def _zone(zone: RawZone, folder: str) -> Iterable[Query]:
    every = _globs(zone, zone.globs, folder) if zone.globs else None
    units = [(unit, _unit(unit, zone.id.text, folder)) for unit in zone.units]
    yield Query(
        "zone",
        zone.id.text,
        Point(zone.line, zone.column),
        "",
        _table([every] if every else [], [place for _, place in units if place]),
    )
    for glob in zone.globs:
        place = _globs(zone, (glob,), folder)
        point = Point(glob.line, glob.column)
        yield Query("glob", zone.id.text, point, glob.text, _table([place], []))
    for unit, unit_found in units:
        if unit_found is not None:
            words = f"{unit_found.language} {unit_found.form}"
            point = Point(unit.line, unit.column)
            yield Query("unit", zone.id.text, point, words, _table([], [unit_found]))


def _globs(zone: RawZone, globs: tuple[Word, ...], folder: str) -> FilePlace:
    return FilePlace(
        zone.id.text,
        tuple((glob.text, str(glob.line)) for glob in globs),
        tuple(glob.text for glob in zone.not_),
        tuple(pattern.text for pattern in zone.content),
        folder,
    )


def _unit(unit: RawUnit, zone: str, folder: str) -> UnitPlace | None:
    def ignore(place: Word, message: str, advice: str = "") -> None:
        """What is wrong with it is told as a problem of the file."""

    return unit_place(unit, zone, folder, "", True, ignore)


def _table(files: list[FilePlace], units: list[UnitPlace]) -> PolicyTable:
    levels = tuple(tuple(int(cell) for cell in row) for row in DEFAULT_LEVELS)
    return PolicyTable("", (), (), tuple(files), tuple(units), (), (), levels)
