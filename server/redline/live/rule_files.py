"""Rule files while they are written: what is wrong in them, and help at a place of one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

from redline.check import check
from redline.git import GitError
from redline.live.rule_state import RuleState, Spot, Texts, Tried, Trouble
from redline.live.workroom import Workroom
from redline.policy import Gathered, PolicyError, PolicyProblem, gather
from redline.policy.authoring.completion import Completion, complete
from redline.policy.authoring.hover import Hover, hover
from redline.policy.authoring.parts import Part, Point, Stretch
from redline.policy.authoring.preview import Preview, Query, preview, queries, query_at
from redline.policy.authoring.problem_places import Places
from redline.policy.authoring.scanning import lines_of
from redline.policy.authoring.slots import slot_at, slots
from redline.policy.authoring.world import (
    Source,
    Target,
    World,
    definition,
    references,
    refs_of,
    source,
)
from redline.policy.kept import Identity, bytes_of_file
from redline.policy.load import NAME
from redline.policy.packs import builtin_path
from redline.policy.raw import SCHEMA, RawUnit, RawZone
from redline.policy.rule_test_run import run_tests
from redline.project.files import UsageError, open_tree
from redline.project.options import LintOptions
from redline.project.reading import Unreadable

_FRESH = 5.0
"""Seconds for which a list of the project's files is good enough to propose names from."""


def look(room: Workroom, texts: Texts) -> RuleState:
    """Read all rule files of a project, with the texts that are not saved yet."""
    main = _gathered(room, texts)
    found = list(main.problems)
    known = {file.name for file in main.files}
    for path, _ in texts:
        if path not in known and path.rpartition("/")[2] != NAME:
            # A pack that nothing here extends.
            found += gather(room.root, room.root / path, overlay=_overlay(room, texts)).problems
    policy = room.policy
    return RuleState(
        tuple(name for name in sorted(known) if ":" not in name),
        tuple(_troubles(room, texts, found)),
        room.policy_error is None,
        policy.sha256,
    )


def propose(room: Workroom, path: str, texts: Texts, point: Point) -> tuple[Completion, ...]:
    """What can stand at a place of an open rule file."""
    return complete(_world(room, path, texts, _files(room)[0]), point)


def tell(room: Workroom, path: str, texts: Texts, point: Point) -> Hover | None:
    """What a key or name of an open rule file means."""
    return hover(_world(room, path, texts), point)


def define(room: Workroom, path: str, texts: Texts, point: Point) -> tuple[Spot, ...]:
    """Where the name at a place is defined."""
    return _spots(definition(world := _world(room, path, texts), point), world)


def refer(
    room: Workroom, path: str, texts: Texts, point: Point, declaration: bool
) -> tuple[Spot, ...]:
    """Where the name at a place is used."""
    world = _world(room, path, texts)
    return _spots(references(world, point, declaration=declaration), world)


def offers(room: Workroom, path: str, text: str) -> tuple[tuple[str, Spot], ...]:
    """Where a command is worth a line of its own: ``tests`` to be run, a ``zone`` to be matched."""
    current = source(path, str(room.root / path), text)
    lines = lines_of(text)
    found = []
    for slot in slots(current.outline):
        depth = len(slot.around)
        if slot.role == "key" and slot.key == "tests" and depth == 1:
            found.append(("tests", _spot(str(room.root / path), slot.part.word, lines)))
        elif slot.role == "value" and slot.table is RawZone and slot.key == "id":
            found.append(("zone", _spot(str(room.root / path), slot.part.word, lines)))
    return tuple(found)


def match(room: Workroom, path: str, text: str, point: Point) -> tuple[Query, Preview] | None:
    """What the glob, the unit or the zone's entry at a place matches in the project.

    None where none is there. May open files: for the background.
    """
    folder = path.rpartition("/")[0] if path.rpartition("/")[2] == NAME else ""
    found = queries(text, path, folder)
    query = query_at(found, point) or _query_around(found, source(path, None, text).outline, point)
    if query is None:
        return None

    def read(name: str) -> bytes | None:
        try:
            return room.read(name)
        except Unreadable:
            return None

    return query, preview(query, _files(room)[0], read)


def try_out(room: Workroom, path: str, texts: Texts) -> Tried:
    """Run the tests of a rule file, and the guarantees of what it extends."""
    own = path == NAME or path.rpartition("/")[2] == NAME
    overlay = _overlay(room, texts)
    gathered = (
        _gathered(room, texts) if own else gather(room.root, room.root / path, overlay=overlay)
    )
    try:
        report = run_tests(gathered, check)
    except PolicyError as error:
        return Tried(0, 0, (), broken=len(error.problems))
    troubles = [
        trouble
        for outcome in report.failed
        for failure in outcome.failures
        for trouble in _troubles(
            room,
            texts,
            [PolicyProblem(outcome.test.file, failure.line, failure.column, failure.message)],
            f"{outcome.test.name} (a guarantee)" if outcome.inherited else outcome.test.name,
        )
    ]
    failed = len(report.failed)
    return Tried(len(report.outcomes) - failed, failed, tuple(troubles))


def _gathered(room: Workroom, texts: Texts) -> Gathered:
    nested = {*_files(room)[1], *(path for path, _ in texts if path.endswith(f"/{NAME}"))}
    return gather(room.root, room.project.policy, nested=nested, overlay=_overlay(room, texts))


def _overlay(room: Workroom, texts: Texts) -> dict[Path, bytes]:
    return {room.root / path: text.encode("utf-8", "replace") for path, text in texts}


_listed: dict[Path, tuple[float, tuple[str, ...], tuple[str, ...]]] = {}


def _files(room: Workroom) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The project's files, and its rule files below the root; a few seconds old at most."""
    known = _listed.get(room.root)
    now = time.monotonic()
    if known is None or now - known[0] > _FRESH:
        try:
            tree = open_tree(LintOptions(root=room.root))
        except (UsageError, GitError, OSError):
            known = (now, (), ())
        else:
            tree.reader.close()
            known = (now, tree.paths, tree.rule_files)
        _listed[room.root] = known
    return known[1], known[2]


def _world(room: Workroom, path: str, texts: Texts, paths: tuple[str, ...] = ()) -> World:
    """All rule files that one may refer to, whether or not it can be read itself."""
    current = source(path, str(room.root / path), dict(texts)[path])
    # What it extends is followed from its outline: while it is typed it is hardly ever whole.
    stub = f"schema: {SCHEMA}\nextends: {json.dumps(list(refs_of(current.outline)))}\n"
    nested = path.endswith(f"/{NAME}")
    stubbed = tuple((name, text) for name, text in texts if name != path)
    stubbed += ((path, f"schema: {SCHEMA}\n" if nested else stub),)
    found = [_gathered(room, stubbed)]
    if not nested:
        overlay = _overlay(room, stubbed)
        found.insert(0, gather(room.root, room.root / path, overlay=overlay))
    overlay = _overlay(room, texts)
    sources: dict[str, Source] = {}
    for one in found:
        for file in one.files:
            if file.name not in sources:
                sources[file.name] = _source(file.identity, overlay)
    sources[path] = current
    return World(tuple(sources.values()), path, paths)


def _source(identity: Identity, overlay: dict[Path, bytes]) -> Source:
    text = overlay.get(identity.path) if identity.path else None
    if text is None:
        try:
            text = bytes_of_file(identity)
        except OSError:
            text = b""
    path = identity.path or builtin_path(identity.builtin)
    return source(identity.name, str(path), text.decode("utf-8", "replace"))


def _query_around(found: Iterable[Query], outline: Part, point: Point) -> Query | None:
    slot = slot_at(outline, point)
    if slot is None:
        return None
    if (query := query_at(found, slot.part.start)) is not None and query.kind == "glob":
        return query
    if slot.table is RawUnit or slot.key == "id":
        return query_at(found, slot.around[-1].start)
    return None


def _troubles(
    room: Workroom, texts: Texts, problems: Iterable[PolicyProblem], test: str = ""
) -> Iterable[Trouble]:
    held = dict(texts)
    places: dict[str, tuple[Places, list[str]]] = {}
    for problem in dict.fromkeys(problems):
        name = problem.path
        if name.startswith("builtin:"):
            path = builtin_path(name.partition(":")[2])
        else:
            path = room.root / name
        if name not in places:
            text = held.get(name)
            text = _on_disk(path) if text is None else text
            places[name] = Places(text), lines_of(text)
        stretch = places[name][0].of(problem)
        spot = _spot(str(path), stretch, places[name][1])
        yield Trouble(spot, problem.message, problem.help, test)


def _on_disk(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


def _spots(targets: Iterable[Target], world: World) -> tuple[Spot, ...]:
    lines = {one.path: lines_of(one.text) for one in world.sources}
    return tuple(_spot(one.path, one.stretch, lines[one.path]) for one in targets)


def _spot(path: str, stretch: Stretch, lines: list[str]) -> Spot:
    line = lines[stretch.start.line - 1] if stretch.start.line <= len(lines) else ""
    end = stretch.end
    if end.line != stretch.start.line:
        end = Point(stretch.start.line, len(line) + 1)
    return Spot(path, Stretch(stretch.start, end), line[: end.column - 1])
