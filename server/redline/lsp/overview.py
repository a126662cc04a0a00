"""Zones and findings of the whole workspace, for plugins: ``redline/overview``.

Open documents are told from what they hold, other files from the last check of the workspace
and from what has landed since.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

from redline.live.analysis import Analysis
from redline.live.analyst import AnalystError
from redline.live.jobs import zones_of
from redline.live.places import Extent
from redline.live.scan import FileReport
from redline.live.wording import who
from redline.live.zones import Zones, ZoneWords
from redline.lsp.convert import Wire, range_of
from redline.lsp.facts import rule_place
from redline.lsp.workspace_summary import uri_of
from redline.model import UNDECLARED, Evidence, Finding, Level
from redline.report.safe import one_line
from redline.report.summary import moment, plural, rfc3339

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument

METHOD: Final = "redline/overview"
NEWS: Final = "redline/overviewChanged"
MOST: Final = 2_000
"""Findings that are told of one project, and how many more there are."""
_MOST_IN_FILE: Final = 200
_MOST_EVIDENCE: Final = 5
_EVERY: Final = 1.0
"""Seconds between two notices that there is something new."""
_SOON: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding, ready to be told."""

    zone: str
    path: str
    uri: str
    finding: Wire


@dataclass(slots=True)
class _Project:
    """What is known of the files of a project as they lie on disk."""

    files: dict[str, list[_Entry]] = field(default_factory=dict)
    checked: int | None = None
    """When all files were judged last, in ms since 1970."""
    complete: bool = False
    """All of the protected ones could be judged then."""


class Overview:
    """Knows what a plugin shows in its view, and tells when it has changed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._projects: dict[Folder, _Project] = {}
        self._seen: dict[str, tuple[Analysis | None, tuple[tuple[str, Extent], ...]]] = {}
        """The findings of open documents when they were looked at last."""
        self._timer: asyncio.TimerHandle | None = None
        self._told = float("-inf")

    async def answer(self) -> Wire:
        """All projects with their zones and findings."""
        projects = self._server.session.projects()
        return {"projects": [await self._project(folder) for folder in projects]}

    def found(self, folder: Folder, path: str, report: FileReport | None) -> None:
        """Note what was found in a file on disk."""
        known = self._projects.get(folder)
        before = known.files.pop(path, None) if known is not None else None
        if report is not None:
            known = self._projects.setdefault(folder, _Project())
            uri = uri_of(folder, path)
            known.files[path] = [
                _entry(folder, finding, uri, range_of(*ends))
                for finding, ends in list(zip(report.findings, report.ranges, strict=True))[
                    :_MOST_IN_FILE
                ]
            ]
        if known is not None and before != known.files.get(path):
            self.news()

    def checked(self, folder: Folder, complete: bool) -> None:
        """Note that all files were judged."""
        known = self._projects.setdefault(folder, _Project())
        known.checked, known.complete = time.time_ns() // 1_000_000, complete
        self.news()

    def changed(self, document: OpenDocument) -> None:
        """Look whether the findings of an open document are others, when it was judged."""
        analysis, known = document.analysis, self._seen.get(document.uri)
        if known is not None and known[0] is analysis:
            return
        found = tuple((one.finding.fingerprint, one.extent) for one in document.shown)
        self._seen[document.uri] = analysis, found
        if found != (known[1] if known is not None else ()):
            self.news()

    def closed(self, document: OpenDocument) -> None:
        """From now on the file is told from disk."""
        known = self._seen.pop(document.uri, None)
        if known is not None and known[1]:
            self.news()

    def saved(self, document: OpenDocument) -> None:
        """A rule file that is wrong now leaves the old rules in force, and that is told."""
        if self._server.rule_problems.is_rule_file(document):
            self.news()

    def projects_changed(self) -> None:
        """Projects have come or gone."""
        for gone in self._projects.keys() - set(self._server.session.projects()):
            del self._projects[gone]
        self.news()

    def news(self) -> None:
        """Have the client ask again before long."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time() + _SOON, self._told + _EVERY)
            self._timer = loop.call_at(due, self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._told = asyncio.get_running_loop().time()
        self._server.send(NEWS, {})

    async def _project(self, folder: Folder) -> Wire:
        try:
            zones = await folder.ask(zones_of)
        except AnalystError as error:
            zones = Zones((), (), one_line(str(error)))
        known = self._projects.get(folder, _Project())
        entries = list(self._entries(folder, known))
        told: Wire = {
            "uri": folder.uri,
            "name": folder.root.name,
            "rules": [(folder.root / name).as_uri() for name in zones.files],
            "complete": known.complete,
            "checked": rfc3339(known.checked),
            "zones": list(_zones(folder, zones, _loudest(entries))),
        }
        if zones.fault:
            told["fault"] = zones.fault
        if len(entries) > MOST:
            told["more"] = len(entries) - MOST
        return told

    def _entries(self, folder: Folder, known: _Project) -> Iterator[_Entry]:
        live: set[str] = set()
        for document in self._server.session.documents.values():
            if document.folder is folder and document.path and document.analysis is not None:
                live.add(document.path)
                for one in document.shown[:_MOST_IN_FILE]:
                    start, end = map(document.units_of, (one.extent.start, one.extent.end))
                    yield _entry(folder, one.finding, document.uri, range_of(start, end))
        for path, entries in known.files.items():
            if path not in live:
                yield from entries


def _loudest(entries: Sequence[_Entry]) -> list[_Entry]:
    """The ``MOST`` loudest, by zone and file; of one file they stay in their order."""
    levels = [Level[one.finding["level"].upper()] for one in entries]
    rows = sorted(range(len(entries)), key=lambda row: -levels[row])[:MOST]
    kept = (entries[row] for row in sorted(rows))
    return sorted(kept, key=lambda one: (one.zone, one.path))


def _zones(folder: Folder, told: Zones, entries: Iterable[_Entry]) -> Iterator[Wire]:
    by_zone = {zone: list(found) for zone, found in groupby(entries, lambda one: one.zone)}
    names = {zone.name for zone in told.zones}
    # Found by rules that are no longer in force, until the files are judged again.
    old = [ZoneWords(name, "", "no longer in the rules", "") for name in by_zone.keys() - names]
    for zone in (*told.zones, *old):
        files = groupby(by_zone.get(zone.name, ()), lambda one: (one.uri, one.path))
        wire: Wire = {
            "name": zone.name,
            "title": zone.title,
            "protects": zone.protects,
            "files": [
                {"uri": uri, "path": path, "findings": [one.finding for one in found]}
                for (uri, path), found in files
            ],
        }
        if location := _rule_line(folder, zone.origin):
            wire["location"] = location
        yield wire


def _entry(folder: Folder, finding: Finding, uri: str, range_: Wire) -> _Entry:
    best = finding.region.best
    told: Wire = {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "level": str(finding.level),
        "message": one_line(finding.message),
        "range": range_,
        "assistant": finding.assistant,
        "strength": str(best.strength),
        "evidence": list(_evidence(folder, finding)),
    }
    return _Entry(finding.zone, finding.path, uri, told)


def _evidence(folder: Folder, finding: Finding) -> Iterator[Wire]:
    pieces = list(dict.fromkeys(map(_words, finding.region.evidence)))
    yield from ({"words": words} for words in pieces[:_MOST_EVIDENCE])
    if len(pieces) > _MOST_EVIDENCE:
        yield {"words": f"and {plural(len(pieces) - _MOST_EVIDENCE, 'more piece')} of evidence"}
    why: Wire = {"words": f"zone {one_line(finding.zone)}: {one_line(finding.reason)}"}
    if location := _rule_line(folder, finding.origin):
        why["location"] = location
    yield why


def _words(piece: Evidence) -> str:
    name = "" if piece.assistant == UNDECLARED else f"{who(piece.assistant)}: "
    when = moment(piece.time)
    return one_line(f"{name}{piece.detail} ({piece.strength}{f', {when}' if when else ''})")


def _rule_line(folder: Folder, origin: str | None) -> Wire | None:
    """The line of a rule file of the project; shipped packs lie in none."""
    place = rule_place(origin, folder.root)
    if place is None:
        return None
    line = place[1] - 1
    return {"uri": place[0], "range": range_of((line, 0), (line, 0))}


def register(server: Server) -> None:
    """Answer the request, and tell of news, where the client understands them."""
    session = server.session
    if not session.capabilities.overview:
        return
    overview = Overview(server)
    server.workspace_diagnostics.on_file.append(overview.found)
    server.workspace_diagnostics.on_checked.append(overview.checked)
    session.on_findings.append(overview.changed)
    session.on_close.append(overview.closed)
    session.on_folders.append(overview.projects_changed)
    session.on_rules.append(lambda _: overview.news())
    session.on_save.append(overview.saved)

    @server.feature(METHOD)
    async def asked(*_params: object) -> Wire:
        return await overview.answer()
