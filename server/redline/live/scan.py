"""Judge a whole project bit by bit, as ``redline lint`` does, so that nobody waits for it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from redline.live.spans import ByteMap
from redline.live.text import LiveText
from redline.model import Finding, Skip, Span

if TYPE_CHECKING:
    from redline.live.workroom import Workroom
    from redline.project.options import LintOptions
    from redline.project.reading import Reader
    from redline.project.work import Outcome

Units = tuple[int, int]
"""A line from 0, and code units of the client's encoding from its start."""


class ScanLost(Exception):
    """The process that scanned is a new one: go on after the last file that was told."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """The findings of one file."""

    path: str
    findings: tuple[Finding, ...]
    ranges: tuple[tuple[Units, Units], ...]
    """Where each lies, as the client counts; parallel to ``findings``."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one bit of work found."""

    reports: tuple[FileReport, ...]
    """Files with findings only."""
    done: int
    total: int
    last: str
    """The path judged last: where to go on."""
    finished: bool
    protected: int = 0
    """Files of this part that lie in a zone."""
    levels: tuple[tuple[str, int], ...] = ()
    """Findings of this part by level."""
    skips: tuple[Skip, ...] = ()
    """Protected places of this part that could not be judged."""


@dataclass(slots=True)
class _Scan:
    number: int
    outcomes: Iterator[Outcome]
    reader: Reader
    total: int
    skips: list[Skip]
    done: int = 0
    last: str = ""


_scans: WeakKeyDictionary[Workroom, _Scan] = WeakKeyDictionary()


@dataclass(slots=True)
class _Calm:
    """Whether this process has stepped back already."""

    done: bool = field(default=False)


_calm = _Calm()


def begin_scan(room: Workroom, number: int, after: str = "") -> int:
    """Begin to judge all files, or those behind ``after``; return how many there are.

    Another scan of the same room is given up. Raises ``UsageError``, ``PolicyError`` and
    ``IndexFault``.
    """
    from redline.project.engine import judged, not_listed

    if not _calm.done and hasattr(os, "nice"):
        # Whoever types comes first, on a machine with few cores as well.
        os.nice(5)
    _calm.done = True
    _scans.pop(room, None)
    bench, _, outcomes = judged(_options(room), after)
    skips = [] if after else [skip for skip in not_listed(bench) if skip.protected]
    total = len(bench.tree.paths)
    _scans[room] = _Scan(number, outcomes, bench.tree.reader, total, skips)
    return total


def scan_on(room: Workroom, number: int, seconds: float, encoding: str) -> Part:
    """Judge for about ``seconds``, one file at least; the scan ends with ``finished``.

    Raises ``ScanLost`` where this process does not know the scan.
    """
    scan = _scans.get(room)
    if scan is None or scan.number != number:
        raise ScanLost
    until = time.monotonic() + seconds
    found: list[Outcome] = []
    finished = False
    while True:
        outcome = next(scan.outcomes, None)
        if outcome is None:
            finished = True
            break
        found.append(outcome)
        scan.done += 1
        scan.last = outcome.facts.path
        if time.monotonic() >= until:
            break
    skips, scan.skips = scan.skips, []
    part = _part(found, skips, scan.reader, encoding)
    if finished:
        _scans.pop(room, None)
    return Part(
        part.reports,
        scan.done,
        scan.total,
        scan.last,
        finished,
        part.protected,
        part.levels,
        part.skips,
    )


def judge_files(room: Workroom, paths: Iterable[str], encoding: str) -> Part:
    """Judge some files alone; those that are no longer there are in no report."""
    from redline.project.engine import judged

    there = [path for path in paths if os.path.lexists(room.root / path)]
    if not there:
        return Part((), 0, 0, "", finished=True)
    bench, _, outcomes = judged(_options(room, tuple(room.root / path for path in there)))
    found = [one for one in outcomes if one.facts.path in set(there)]
    part = _part(found, [], bench.tree.reader, encoding)
    return Part(part.reports, len(found), len(found), "", finished=True, skips=part.skips)


def _options(room: Workroom, paths: tuple[Path, ...] = ()) -> LintOptions:
    from redline.project.options import LintOptions

    # One process: it stands back for whoever types, and its memory is bounded.
    return LintOptions(
        paths=paths, root=room.root, policy=room.project.policy, index=room.index, jobs=1
    )


@dataclass(frozen=True, slots=True)
class _Found:
    reports: tuple[FileReport, ...]
    protected: int
    levels: tuple[tuple[str, int], ...]
    skips: tuple[Skip, ...]


def _part(found: list[Outcome], skips: list[Skip], reader: Reader, encoding: str) -> _Found:
    reports = [
        FileReport(one.facts.path, one.findings, ranges)
        for one in found
        if one.findings and (ranges := _ranges(one, reader, encoding)) is not None
    ]
    levels = Counter(str(finding.level) for one in found for finding in one.findings)
    skips += [skip for one in found for skip in one.facts.skips if skip.protected]
    protected = sum(bool(one.facts.zones) for one in found)
    return _Found(tuple(reports), protected, tuple(sorted(levels.items())), tuple(skips))


def _ranges(
    outcome: Outcome, reader: Reader, encoding: str
) -> tuple[tuple[Units, Units], ...] | None:
    """Where findings lie, as a client counts; None for a file that has gone meanwhile."""
    from redline.project.reading import Unreadable

    try:
        data = reader.read(outcome.facts.path)
    except Unreadable:
        return None
    places, text = ByteMap(data), LiveText(data.decode("utf-8", "replace"))

    def units(span: Span) -> tuple[Units, Units]:
        extent = places.extent(span)
        return text.units(extent.start, encoding), text.units(extent.end, encoding)

    return tuple(units(finding.region.span) for finding in outcome.findings)
