"""Follow the disk: files that land in protected places, rules, branches, assistants' sessions."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.live.analyst import Analyst, AnalystError
from redline.live.folders import WatchError
from redline.live.jobs import carry_over
from redline.live.project import Project
from redline.live.sessions_watch import watch_sessions
from redline.live.watching import WorkspaceBatch, watch_workspace
from redline.lsp.paths import path_of
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
"""Files of one batch that are looked at by themselves."""

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

    def follow(self) -> None:
        """Watch what is open now: each project once, and the sessions."""
        session = self._server.session
        projects = session.projects()
        for gone in self._folders.keys() - set(projects):
            self._folders.pop(gone).cancel()
            self._recent.pop(gone, None)
        if session.settings.watch_files:
            for folder in projects:
                if folder not in self._folders:
                    self._folders[folder] = _started(self._watch(folder))
        if session.settings.sessions and self._sessions is None and projects:
            self._sessions = _started(self._read_sessions())

    def end(self) -> None:
        """Watch nothing any more."""
        for task in self._folders.values():
            task.cancel()
        self._folders.clear()
        if self._sessions is not None:
            self._sessions.cancel()
        if self._reader is not None:
            self._reader.close()

    def renamed(self, old: Path, new: Path) -> None:
        """Tell the open documents of a file, or below a folder, how they were called."""
        for document in list(self._server.session.documents.values()):
            folder, name = document.folder, document.path
            if folder is None or name is None or document.document is None:
                continue
            place = folder.root / name
            if place.is_relative_to(new):
                before = folder.relative(old / place.relative_to(new))
                if before is not None:
                    document.document.renamed(before)

    async def came(self, path: Path) -> None:
        """The client says that a file, or a folder, came to lie somewhere or changed."""
        folder = self._server.session.folder_of(path)
        if folder is not None and (name := folder.relative(path)) is not None:
            await self._take(folder, WorkspaceBatch(changed=_files_below(folder.root, name)))

    async def gone(self, path: Path) -> None:
        """The client says that a file, or a folder, is no longer there."""
        folder = self._server.session.folder_of(path)
        if folder is not None and (name := folder.relative(path)) is not None:
            await self._take(folder, WorkspaceBatch(gone=(name,)))

    async def _watch(self, folder: Folder) -> None:
        try:
            async with aclosing(watch_workspace(folder.root)) as batches:
                first = await anext(batches)
                _log.info("watching %s", folder.root)
                await _guarded(self._take(folder, first))
                async for batch in batches:
                    for note in batch.notes:
                        _log.warning("%s", note)
                    await _guarded(self._take(folder, batch))
        except WatchError as error:
            _log.warning("files of %s are not watched: %s", folder.root, error)

    async def _take(self, folder: Folder, batch: WorkspaceBatch) -> None:
        session = self._server.session
        names = (*batch.changed, *batch.gone)
        rules = any(path.rpartition("/")[2] == NAME for path in names)
        rules = rules or any((folder.root / path) in _policy_files(folder) for path in names)
        if rules or batch.records or batch.refs or batch.switched or batch.rescan:
            session.rules_changed(folder)
        if rules or batch.records or batch.switched or batch.rescan:
            await self._server.workspace_diagnostics.rules_changed(folder)
        if batch.rescan:
            await self._judge(folder, tuple(self._recent.get(folder, ())))
            return
        # What a branch brings has its own history.
        await self._judge(folder, batch.changed, landing=not batch.switched)
        if batch.gone:
            await self._server.workspace_diagnostics.files_changed(folder, batch.gone)

    async def _judge(self, folder: Folder, paths: Iterable[str], *, landing: bool = True) -> None:
        """Judge files that are not open; those in no protected place cost a look at their name."""
        session = self._server.session
        open_ones = {one.path for one in session.documents.values() if one.folder is folder}
        closed = [path for path in paths if path not in open_ones][:_MOST_AT_ONCE]
        if not closed:
            return
        if landing:
            await folder.ask(carry_over, tuple(closed), session.held(folder), background=True)
        recent = self._recent.setdefault(folder, {})
        now = time.monotonic()
        recent.update(dict.fromkeys(closed, now))
        for path in list(recent)[: max(0, len(recent) - _MOST_RECENT)]:
            del recent[path]
        await self._server.workspace_diagnostics.files_changed(folder, closed, landed=True)

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
                        await _guarded(self._sessions_changed())
                    first = False
                    batch = await anext(batches)
        except StopAsyncIteration:
            pass
        except WatchError as error:
            _log.warning("sessions are not watched: %s", error)

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
    server.session.on_end.append(watching.end)

    server.session.on_ready.append(lambda: _subscribe(server))
    everything = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
    )

    @server.feature(types.WORKSPACE_DID_RENAME_FILES, everything)
    async def renamed(params: types.RenameFilesParams) -> None:
        for file in params.files:
            old, new = path_of(file.old_uri), path_of(file.new_uri)
            if old is not None and new is not None:
                watching.renamed(old, new)
                await _guarded(watching.gone(old))
                await _guarded(watching.came(new))

    @server.feature(types.WORKSPACE_DID_DELETE_FILES, everything)
    async def deleted(params: types.DeleteFilesParams) -> None:
        for file in params.files:
            if (path := path_of(file.uri)) is not None:
                await _guarded(watching.gone(path))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed(params: types.DidChangeWatchedFilesParams) -> None:
        for event in params.changes:
            if (path := path_of(event.uri)) is not None:
                gone = event.type == types.FileChangeType.Deleted
                await _guarded(watching.gone(path) if gone else watching.came(path))


def _subscribe(server: Server) -> None:
    """Hear of rule files from the client, too: it may see where the disk tells nothing."""
    if not server.session.capabilities.watches:
        return
    watched = [types.FileSystemWatcher(f"**/{NAME}")]
    registration = types.Registration(
        "redline-rule-files",
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.DidChangeWatchedFilesRegistrationOptions(watched),
    )
    server.client_register_capability(types.RegistrationParams([registration]), lambda _: None)


def _started(work: Awaitable[None]) -> asyncio.Task[None]:
    async def run() -> None:
        try:
            await work
        except Exception:
            _log.exception("a watch has ended")

    return asyncio.get_running_loop().create_task(run())


async def _guarded(work: Awaitable[None]) -> None:
    """One batch that cannot be judged ends no watch."""
    try:
        await work
    except (AnalystError, IndexFault, OSError) as error:
        _log.warning("what changed on disk was not judged: %s", error)


def _policy_files(folder: Folder) -> set[Path]:
    return {folder.root / name for name in folder.policy_files}


def _files_below(root: Path, name: str) -> tuple[str, ...]:
    place = root / name
    if not place.is_dir():
        return (name,)
    found: list[str] = []
    for top, _, files in os.walk(place):
        found += [(Path(top) / file).relative_to(root).as_posix() for file in files]
        if len(found) > _MOST_AT_ONCE:
            break
    return tuple(found)
