"""Diagnostics of files that are not open: found on demand, sent, and cleared when they go."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
from lsprotocol import types

from redline.live.analyst import AnalystError
from redline.live.jobs import begin_scan, judge_files, scan_on
from redline.live.scan import FileReport, ScanLost
from redline.lsp.convert import Wire
from redline.lsp.workspace_progress import Bar
from redline.lsp.workspace_pull import Pull
from redline.lsp.workspace_summary import FAULTS, Summary, uri_of, wires_of

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument

COMMAND = "redline.checkWorkspace"
_STEP = 0.25
"""Seconds of work between two looks at whether it is still wanted."""
_MOST_LOSSES = 20
"""Times that a check goes on in a new process before it is given up."""

_log = logging.getLogger(__name__)
_numbers = count(1)


@dataclass(slots=True)
class Known:
    """What a client is told of one file."""

    wires: list[Wire]
    id: str
    taken: int
    """When, in the order of checks and news."""


class WorkspaceDiagnostics:
    """Knows the findings of files that are not open, and keeps the client told."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.known: dict[Folder, dict[str, Known]] = {}
        """By path: of a project that was checked all files, else those that landed."""
        self.checked: set[Folder] = set()
        self._pushed: set[str] = set()
        """The URIs for which the client holds what was sent."""
        self._closings: Counter[str] = Counter()
        """How often a file's document was closed: after that nothing counts as unchanged."""
        self._closed: dict[Folder, set[str]] = {}
        """Files that were closed and wait to be told from disk again."""
        self.on_file: list[Callable[[Folder, str, FileReport | None], None]] = []
        """Called with what was found in a file as it lies on disk; None: nothing any more."""
        self.on_checked: list[Callable[[Folder, bool], None]] = []
        """Called when all files of a project were judged; False: not all of them could be."""
        self.changed = asyncio.Event()
        """Set when there is something new to tell."""
        self._locks: dict[Folder, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """The loop keeps weak references only."""
        self.pulls = False
        """The client asks for the whole workspace by itself, as was agreed at the start."""

    async def check(self, bar: Bar) -> Summary:
        """Judge every file of every project; what was found before and is no more is cleared."""
        summary = Summary()
        self.forget_gone()
        for folder in self._server.session.projects():
            try:
                await self.check_project(folder, summary, bar)
            except FAULTS as fault:
                first = str(fault).partition("\n")[0]
                summary.faults.append(f"{folder.root.name} was not checked: {first}")
            if bar.cancelled:
                summary.cancelled = True
                break
        return summary

    async def check_project(
        self,
        folder: Folder,
        summary: Summary,
        bar: Bar,
        partial: Callable[[str], None] | None = None,
    ) -> None:
        """Judge every file of a project; ``partial`` hears of each with findings at once.

        Raises one of ``FAULTS`` where it cannot be judged.
        """
        async with self._locks.setdefault(folder, asyncio.Lock()):
            await self._scan(folder, summary, bar, partial)

    async def _scan(
        self,
        folder: Folder,
        summary: Summary,
        bar: Bar,
        partial: Callable[[str], None] | None,
    ) -> None:
        number, after, losses, offset = next(_numbers), "", 0, 0
        whole = True
        encoding = self._server.session.encoding
        known = self.known.setdefault(folder, {})
        self.checked.add(folder)
        total = await folder.ask(begin_scan, number, after, background=True)
        while not bar.cancelled:
            try:
                part = await folder.ask(scan_on, number, _STEP, encoding, background=True)
            except ScanLost:
                losses += 1
                if losses > _MOST_LOSSES:
                    raise AnalystError("the judging process ended again and again") from None
                offset = total - await folder.ask(begin_scan, number, after, background=True)
                continue
            after = part.last or after
            summary.take(part)
            whole = whole and not part.skips
            open_ones = self.open_paths(folder)
            for report in part.reports:
                self._take(folder, report, open_ones)
                if partial is not None and report.path not in open_ones:
                    partial(report.path)
            await bar.report(offset + part.done, total)
            if part.finished:
                summary.files += total
                for path in [path for path, one in known.items() if one.taken < number]:
                    self._drop(folder, path)
                for told in self.on_checked:
                    told(folder, whole)
                return

    async def files_changed(
        self, folder: Folder, paths: Iterable[str], *, landed: bool = False
    ) -> None:
        """Judge files again that changed, came or went on disk; for whoever watches.

        ``paths`` are relative to the folder's root; a folder that has gone stands for all below
        it. Of a project that was never checked only files are shown that ``landed``.
        """
        known = self.known.setdefault(folder, {}) if landed else self.known.get(folder)
        if known is None:
            return
        wanted: set[str] = set()
        for path in paths:
            wanted.add(path)
            wanted.update(one for one in known if one.startswith(f"{path}/"))
        encoding = self._server.session.encoding
        try:
            part = await folder.ask(judge_files, sorted(wanted), encoding, background=True)
        except FAULTS as fault:
            _log.warning("files that changed could not be judged: %s", type(fault).__name__)
            return
        open_ones = self.open_paths(folder)
        for report in part.reports:
            self._take(folder, report, open_ones)
        for path in wanted - {report.path for report in part.reports}:
            self._drop(folder, path)

    async def rules_changed(self, folder: Folder) -> None:
        """Check a project again that was checked before; for whoever sees its rules change."""
        if folder not in self.checked:
            await self.files_changed(folder, list(self.known.get(folder, ())), landed=True)
            return
        summary, bar = Summary(), Bar.silent()
        try:
            await self.check_project(folder, summary, bar)
        except FAULTS as fault:
            _log.warning("%s could not be checked: %s", folder.root, type(fault).__name__)

    def shown(self, document: OpenDocument) -> None:
        """What an open document holds is told from what it holds, not from its file."""
        uri = uri_of(document.folder, document.path) if document.folder and document.path else None
        if uri is None or uri not in self._pushed:
            return
        self._pushed.discard(uri)
        replaced = uri == document.uri and document.shown and not self.pulls
        if not replaced or self._server.session.capabilities.pull:
            self._send(uri, [])

    def closed(self, document: OpenDocument) -> None:
        """A file that is closed is told from disk again, if its project was checked."""
        folder, path = document.folder, document.path
        if folder is None or path is None or folder not in self.known:
            return
        self._closings[uri_of(folder, path)] += 1
        waiting = self._closed.setdefault(folder, set())
        waiting.add(path)
        if len(waiting) == 1:
            task = asyncio.get_running_loop().create_task(self._judge_closed(folder))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _judge_closed(self, folder: Folder) -> None:
        # All cells of a notebook, or all tabs of a window, close at once.
        await asyncio.sleep(0)
        await self.files_changed(folder, self._closed.pop(folder, ()))

    def open_paths(self, folder: Folder) -> set[str]:
        """The files of a project that are open: they are told from what they hold."""
        documents = self._server.session.documents.values()
        return {one.path for one in documents if one.folder is folder and one.path is not None}

    def _take(self, folder: Folder, report: FileReport, open_ones: set[str]) -> None:
        uri = uri_of(folder, report.path)
        wires = wires_of(report, uri, folder.root, self._server.session)
        digest = blake2b(orjson.dumps(wires), digest_size=12).hexdigest()
        id = f"{self._closings[uri]}:{digest}"
        known = self.known.setdefault(folder, {})
        old = known.get(report.path)
        known[report.path] = Known(wires, id, next(_numbers))
        for told in self.on_file:
            told(folder, report.path, report)
        if report.path in open_ones:
            return
        if old is None or old.id != id:
            self.changed.set()
        if not self.pulls and (old is None or old.id != id or uri not in self._pushed):
            self._pushed.add(uri)
            self._send(uri, wires)

    def _drop(self, folder: Folder, path: str) -> None:
        if self.known.get(folder, {}).pop(path, None) is None:
            return
        for told in self.on_file:
            told(folder, path, None)
        self.changed.set()
        uri = uri_of(folder, path)
        if uri in self._pushed:
            self._pushed.discard(uri)
            self._send(uri, [])

    def folders_changed(self) -> None:
        """Projects have come or gone: clear what was told of the latter, tell of the others."""
        self.forget_gone()
        self.changed.set()

    def forget_gone(self) -> None:
        """Clear what was told of projects that have left the workspace."""
        for folder in self.known.keys() - set(self._server.session.projects()):
            for path in list(self.known[folder]):
                self._drop(folder, path)
            del self.known[folder]
            self.checked.discard(folder)
            self._locks.pop(folder, None)

    def _send(self, uri: str, wires: list[Wire]) -> None:
        params = {"uri": uri, "diagnostics": wires}
        self._server.send("textDocument/publishDiagnostics", params)


def register(server: Server) -> None:
    """Offer the command, and the workspace's diagnostics to clients that want them."""
    session = server.session
    workspace = server.workspace_diagnostics
    workspace.pulls = session.capabilities.pull and session.settings.workspace_diagnostics
    session.on_findings.append(workspace.shown)
    session.on_close.append(workspace.closed)
    session.on_folders.append(workspace.folders_changed)

    @server.command(COMMAND)
    async def check(*_arguments: object) -> dict[str, Any]:
        async with Bar.begun(server, "Checking the workspace") as bar:
            summary = await workspace.check(bar)
        kind = types.MessageType.Warning if summary.faults else types.MessageType.Info
        server.window_show_message(types.ShowMessageParams(kind, f"Redline: {summary.words()}"))
        return summary.record()

    if workspace.pulls:
        pull = Pull(server, workspace)

        @server.feature(types.WORKSPACE_DIAGNOSTIC)
        async def pulled(params: types.WorkspaceDiagnosticParams) -> Wire:
            return await pull.answer(params)
