"""Follow the disk: files that land in protected places, rules, branches, assistants' sessions."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from redline.live.analyst import Analyst, AnalystError
from redline.live.folders import WatchError
from redline.live.jobs import carry_over
from redline.live.project import Project
from redline.live.sessions_watch import watch_sessions
from redline.live.watching import WorkspaceBatch, watch_workspace
from redline.lsp.index_news import index_news
from redline.lsp.workspace_progress import Bar
from redline.matching.fault import IndexFault
from redline.policy.file import NAME
from redline.project.options import default_index

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder

_RECENT_S = 900.0
"""For how long a file that landed is judged again when sessions tell more: agents log late."""
_MOST_RECENT = 2_000
_AFTER_START_S = 0.5
"""Seconds in which what is open is judged first, by the index as it is."""
_MOST_AT_ONCE = 200
"""Files that are looked at in one go: others have a turn in between."""

_log = logging.getLogger(__name__)


class Watching:
    """The watches of one server; each ends with what it watches."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._folders: dict[Folder, asyncio.Task[None]] = {}
        self._recent: dict[Folder, dict[str, float]] = {}
        """When files landed, by path."""
        self._reader: Analyst | None = None
        self._sessions: asyncio.Task[None] | None = None
        self._index: asyncio.Task[None] | None = None
        self._read: str | None = None
        """The index setting by which the sessions are being read."""
        self._judged_by: tuple[str, str] | None = None
        """The index and the rules by which files that are not open are judged."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault = ""
        """Why what was carried over could not be remembered; said once."""

    def follow(self) -> None:
        """Watch what is open now: each project once, and the sessions."""
        session = self._server.session
        if self._judged_by is None:
            self._judged_by = _by(self._server)
        projects = session.projects()
        watched = set(projects) if session.settings.watch_files else set()
        for gone in self._folders.keys() - watched:
            self._folders.pop(gone).cancel()
        for gone in self._recent.keys() - set(projects):
            del self._recent[gone]
        for folder in projects:
            if folder in watched and folder not in self._folders:
                self._folders[folder] = _started(self._watch(folder))
        if self._index is None and projects:
            self._index = _started(self._follow_index())
        wanted = session.settings.index if session.settings.sessions else None
        if self._sessions is not None and self._read != wanted:
            self._stop_reading()
        if self._sessions is None and wanted is not None and projects:
            self._read = wanted
            self._sessions = _started(self._read_sessions())

    def judge_anew(self) -> None:
        """Judge files that are not open by another index or other rules, if there are others."""
        before, self._judged_by = self._judged_by, _by(self._server)
        if self._index is not None and before != self._judged_by:
            self._index.cancel()
            self._index = _started(self._follow_index())
        if before not in (None, self._judged_by):
            for folder in self._server.session.projects():
                work = self._server.workspace_diagnostics.rules_changed(folder)
                task = _started(guarded(work))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _stop_reading(self) -> None:
        if self._sessions is not None:
            self._sessions.cancel()
            self._sessions = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def end(self) -> None:
        """Watch nothing any more."""
        for task in self._folders.values():
            task.cancel()
        self._folders.clear()
        if self._index is not None:
            self._index.cancel()
        self._stop_reading()

    async def _watch(self, folder: Folder) -> None:
        try:
            async with aclosing(watch_workspace(folder.root)) as batches:
                first = await anext(batches)
                _log.info("watching %s", folder.root)
                await guarded(self.take(folder, first))
                async for batch in batches:
                    for note in batch.notes:
                        _log.warning("%s", note)
                    await guarded(self.take(folder, batch))
        except WatchError as error:
            _log.warning("files of %s are not watched: %s", folder.root, error)

    async def take(
        self, folder: Folder, batch: WorkspaceBatch, moved: Mapping[str, str] | None = None
    ) -> None:
        """Judge what has changed on disk; ``moved`` are old names by new ones."""
        session = self._server.session
        rules = _touches_rules(folder, batch)
        if rules or batch.records or batch.refs or batch.switched or batch.rescan:
            session.rules_changed(folder)
        if rules or batch.records or batch.switched or batch.rescan:
            await self._server.workspace_diagnostics.rules_changed(folder)
        if batch.rescan:
            told = "much has changed in %s at once; a check of the workspace tells of all of it"
            _log.info(told, folder.root)
            await self._judge(folder, tuple(self._recent.get(folder, ())))
            return
        # What a branch brings has its own history.
        await self._judge(folder, batch.changed, landing=not batch.switched, moved=moved)
        if batch.gone:
            await self._server.workspace_diagnostics.files_changed(folder, batch.gone)

    async def _judge(
        self,
        folder: Folder,
        paths: Iterable[str],
        *,
        landing: bool = True,
        moved: Mapping[str, str] | None = None,
    ) -> None:
        """Judge files that are not open; those in no protected place cost a look at their name."""
        session = self._server.session
        open_ones = {one.path for one in session.documents.values() if one.folder is folder}
        closed = [path for path in paths if path not in open_ones]
        for first in range(0, len(closed), _MOST_AT_ONCE):
            some = closed[first : first + _MOST_AT_ONCE]
            if landing:
                await self._carry_over(folder, some, moved)
            recent = self._recent.setdefault(folder, {})
            now = time.monotonic()
            for path in some:
                # The newest last.
                recent.pop(path, None)
                recent[path] = now
            for path in list(recent)[: max(0, len(recent) - _MOST_RECENT)]:
                del recent[path]
            await self._server.workspace_diagnostics.files_changed(folder, some, landed=True)

    async def _carry_over(
        self, folder: Folder, paths: Sequence[str], moved: Mapping[str, str] | None
    ) -> None:
        """What cannot be carried over is judged all the same, by what is known of it."""
        held = self._server.session.held(folder)
        try:
            await folder.ask(carry_over, tuple(paths), held, dict(moved or {}), background=True)
        except (AnalystError, IndexFault, OSError) as error:
            if str(error) != self._fault:
                told = "where files that landed in %s are from is not in the index: %s"
                _log.error(told, folder.root, error)
            self._fault = str(error)
        else:
            self._fault = ""

    async def _read_sessions(self) -> None:
        session = self._server.session
        told = session.settings.index
        index = Path(told).expanduser() if told else default_index()
        # A process of its own: what it reads may be much, and nobody's keys wait for it.
        self._reader = Analyst(Project(Path(index.anchor or os.sep), index), patience=10)
        first = True
        await asyncio.sleep(_AFTER_START_S)
        try:
            async with aclosing(watch_sessions(self._reader.ask, index)) as batches:
                async with Bar.begun(self._server, "Reading the assistants' sessions"):
                    batch = await anext(batches)
                while True:
                    for note in batch.notes:
                        _log.warning("%s", note)
                    if first:
                        _log.info("watching the assistants' sessions: %d files", batch.files)
                    if batch.changed or first:
                        await guarded(self._sessions_changed())
                    first = False
                    batch = await anext(batches)
        except StopAsyncIteration:
            pass
        except WatchError as error:
            _log.warning("sessions are not watched: %s", error)

    async def _follow_index(self) -> None:
        told = self._server.session.settings.index
        index = Path(told).expanduser() if told else default_index()
        async for _ in index_news(index):
            await guarded(self._sessions_changed())

    async def _sessions_changed(self) -> None:
        session = self._server.session
        for document in list(session.documents.values()):
            analysis = document.analysis
            if document.document is not None and (analysis is None or analysis.zones):
                document.document.judge_soon(0)
        oldest = time.monotonic() - _RECENT_S
        for folder, recent in list(self._recent.items()):
            paths = [path for path, landed_at in recent.items() if landed_at >= oldest]
            await self._server.workspace_diagnostics.files_changed(folder, paths, landed=True)


def register(server: Server) -> None:
    """Watch once the client is ready, and whenever its workspace changes."""
    watching = server.watching
    follow: Callable[[], None] = watching.follow

    server.session.on_ready.append(follow)
    server.session.on_folders.append(follow)
    server.session.on_settings.append(watching.judge_anew)
    server.session.on_end.append(watching.end)


def _started(work: Awaitable[None]) -> asyncio.Task[None]:
    async def run() -> None:
        try:
            await work
        except Exception:
            _log.exception("a watch has ended")

    return asyncio.get_running_loop().create_task(run())


async def guarded(work: Awaitable[None]) -> None:
    """One batch that cannot be judged ends no watch."""
    try:
        await work
    except (AnalystError, IndexFault, OSError) as error:
        _log.warning("what changed on disk was not judged: %s", error)
    except Exception:
        _log.exception("what changed on disk was not judged")


def _by(server: Server) -> tuple[str, str]:
    settings = server.session.settings
    return settings.index, settings.policy


def _touches_rules(folder: Folder, batch: WorkspaceBatch) -> bool:
    if any(path.rpartition("/")[2] == NAME for path in (*batch.changed, *batch.gone)):
        return True
    rules = {folder.root / name for name in folder.policy_files}
    changed = {folder.root / path for path in batch.changed}
    gone = [folder.root / path for path in batch.gone]
    return bool(rules & changed) or any(one.is_relative_to(top) for top in gone for one in rules)
