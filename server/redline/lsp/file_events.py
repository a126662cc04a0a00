"""What the client tells of files: renamed, deleted and changed ones, some that the disk hides."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lsprotocol import types

from redline.ledger import FOLDER as LEDGER
from redline.live.watching import WorkspaceBatch
from redline.lsp.paths import path_of
from redline.lsp.watching import guarded
from redline.policy.file import NAME

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder

_MOST_BELOW = 2_000
"""Files below a folder that the client tells of."""

_Pairs: TypeAlias = Sequence[tuple[Path, Path]]

_log = logging.getLogger(__name__)


class FileEvents:
    """Hands on what the client tells, as if it had been seen on the disk."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._watching = server.watching

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

    async def happened(
        self, came: Iterable[Path] = (), gone: Iterable[Path] = (), moved: _Pairs = ()
    ) -> None:
        """The client says what came to lie somewhere or changed, went, or was moved.

        Each may be a file or a folder; ``moved`` are pairs, the old name first.
        """
        changes: dict[Folder, _Told] = {}
        for path in (*gone, *(old for old, _ in moved)):
            if (place := self._placed(path)) is not None:
                changes.setdefault(place[0], _Told()).gone.append(place[1])
        for old, path in (*((None, path) for path in came), *moved):
            if (place := self._placed(path)) is None:
                continue
            folder, name = place
            told = changes.setdefault(folder, _Told())
            found = await asyncio.to_thread(_files_below, folder.root, name)
            told.changed += found
            before = folder.relative(old) if old is not None else None
            if before is not None:
                told.moved |= {one: before + one[len(name) :] for one in found}
        for folder, told in changes.items():
            names = tuple(dict.fromkeys(told.changed))
            records = any(one.startswith(f"{LEDGER}/") for one in (*names, *told.gone))
            batch = WorkspaceBatch(changed=names, gone=tuple(told.gone), records=records)
            await guarded(self._watching.take(folder, batch, told.moved))

    def _placed(self, path: Path) -> tuple[Folder, str] | None:
        """The project and the name of a file; what is open alone makes no project of others."""
        folder = self._server.session.folder_of(path, new=False)
        name = folder.relative(path) if folder is not None else None
        return (folder, name) if folder is not None and name is not None else None


def register(server: Server) -> None:
    """Hear of files from the client."""
    events = FileEvents(server)
    server.session.on_ready.append(lambda: _subscribe(server))
    everything = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
    )

    @server.feature(types.WORKSPACE_DID_RENAME_FILES, everything)
    async def renamed(params: types.RenameFilesParams) -> None:
        pairs = [(path_of(file.old_uri), path_of(file.new_uri)) for file in params.files]
        moved = [(old, new) for old, new in pairs if old is not None and new is not None]
        for old, new in moved:
            events.renamed(old, new)
        await events.happened(moved=moved)

    @server.feature(types.WORKSPACE_DID_DELETE_FILES, everything)
    async def deleted(params: types.DeleteFilesParams) -> None:
        gone = [path_of(file.uri) for file in params.files]
        await events.happened(gone=[path for path in gone if path is not None])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed(params: types.DidChangeWatchedFilesParams) -> None:
        came: list[Path] = []
        gone: list[Path] = []
        for event in params.changes:
            if (path := path_of(event.uri)) is not None:
                (gone if event.type == types.FileChangeType.Deleted else came).append(path)
        await events.happened(came, gone)


def _subscribe(server: Server) -> None:
    """Hear of rule files and answers from the client, too: it may see what the disk hides."""
    if not server.session.capabilities.watches:
        return
    names = (f"**/{NAME}", f"**/{LEDGER}/**")
    watched = [types.FileSystemWatcher(name) for name in names]
    registration = types.Registration(
        "redline-rule-files",
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.DidChangeWatchedFilesRegistrationOptions(watched),
    )
    server.client_register_capability(types.RegistrationParams([registration]), lambda _: None)


@dataclass(slots=True)
class _Told:
    """What the client told of one project."""

    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    """Old names by new ones."""


def _files_below(root: Path, name: str) -> list[str]:
    """The files below a folder, as far as they are looked at; of a file itself."""
    place = root / name
    # Not Path.is_dir, which raises for names that are too long.
    if not os.path.isdir(place):
        return [name]
    found: list[str] = []
    for top, folders, files in os.walk(place):
        folders[:] = [folder for folder in folders if folder != ".git"]
        found += [(Path(top) / file).relative_to(root).as_posix() for file in files]
        if len(found) > _MOST_BELOW:
            told = "there are more than %d files in %s; a check of the workspace tells of all"
            _log.warning(told, _MOST_BELOW, place)
            return found[:_MOST_BELOW]
    return found
