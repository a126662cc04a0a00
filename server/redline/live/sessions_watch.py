"""Assistants' sessions as they grow: what is new in them is in the index within a second."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from redline.live.analyst import AnalystError, Ask
from redline.live.folders import Root, touched
from redline.matching.fault import IndexFault
from redline.origins.homes import homes, is_session_folder, session_file_of

if TYPE_CHECKING:
    from redline.live.workroom import Workroom

_MOST_FILES = 200
"""Files that are read by name; for more of them everything is looked at."""
_SHARE = 1.0
"""Seconds of rest for each of reading: sessions that pour in never take a whole core."""
_LONGEST_REST = 10.0
_MOST_NOTES = 10_000
_FIRST_RETRY = 1.0
_LAST_RETRY = 60.0


@dataclass(frozen=True, slots=True)
class SessionsBatch:
    """What one look at the sessions brought."""

    changed: bool
    """The index tells more, or otherwise, than before."""
    files: int = 0
    """Session files that were found; in the first batch all of them."""
    read: int = 0
    """Of these, read because they were new or had grown."""
    pieces: int = 0
    """Pieces of produced text that were added."""
    notes: tuple[str, ...] = ()
    """What a person should know, one line each, each once: what cannot be read, and why."""


@dataclass(slots=True)
class Looked:
    """What one reading did, as ``UpdateReport`` has it."""

    files: int = 0
    read: int = 0
    pieces: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    generation: int | None = None
    """Of the index, afterwards; None where it is not known."""


def read_sessions(
    _room: Workroom, index: Path, roots: tuple[Path, ...] | None, jobs: int | None
) -> Looked:
    """Bring the index up to date with the sessions at ``roots``; for an analyst's process."""
    from redline.indexer import update
    from redline.matching.store import Store

    report = update(roots, index, jobs=jobs)
    with Store(index) as store:
        generation = store.generation()
    return Looked(report.files, report.read, report.pieces, report.failures, generation)


async def watch_sessions(
    ask: Ask, index: Path, roots: Sequence[Path] | None = None
) -> AsyncGenerator[SessionsBatch]:
    """Keep the index up to date, and yield what each reading brought.

    ``roots`` are folders of sessions, by default the homes of all assistants on this machine;
    they need not exist yet. The first batch comes when everything that is there has been read.
    Only files that were written are looked at; readings take at most half of one core's time.
    An index that cannot be written is tried again. Raises ``WatchError``. Close the iterator to
    end it.
    """
    reading = _Reading(ask, index, None if roots is None else tuple(roots))
    async with aclosing(touched(reading.roots, _pruned)) as heard:
        first = await anext(heard)
        async for batch in reading.read(None, None, first.notes, always=True):
            yield batch
        async for one in heard:
            files = await asyncio.to_thread(reading.files, one.paths)
            whole = one.much or len(files) > _MOST_FILES
            if not files and not whole:
                if one.notes:
                    yield SessionsBatch(changed=False, notes=one.notes)
                continue
            some = None if whole else files
            async for batch in reading.read(some, None if whole else 1, one.notes):
                yield batch
            # While this rests, what happens is gathered.
            await asyncio.sleep(min(_SHARE * reading.took, _LONGEST_REST))


class _Reading:
    """What is known of the sessions, and what went wrong with them."""

    def __init__(self, ask: Ask, index: Path, roots: tuple[Path, ...] | None) -> None:
        self._ask = ask
        self._index = index
        self._given = roots
        self._names: dict[str, str] = {}
        """Roots as they were named, by where they are."""
        self._told: set[str] = set()
        self._generation: int | None = None
        self.took = 0.0
        """Seconds that the last reading took."""

    def roots(self) -> Iterator[Root]:
        """The folders to watch; of a file its folder."""
        given = self._given
        for folder in (home.folder for home in homes()) if given is None else given:
            full = folder.absolute()
            deep = given is None or not full.is_file()
            top = str(full if deep else full.parent)
            # A home itself may be a link; links in it are not followed.
            real = os.path.realpath(top)
            self._names[real] = top
            yield Root(real, deep)

    def files(self, paths: Iterable[str]) -> tuple[Path, ...]:
        """The session files to read when these paths were written."""
        named_so = map(self._as_named, paths)
        found = {file for path in named_so if (file := session_file_of(path)) is not None}
        if self._given is not None:
            # Beside a file that was named lie others that were not.
            named = [root.absolute() for root in self._given]
            found = {file for file in found if any(file.is_relative_to(root) for root in named)}
        return tuple(sorted(found))

    def _as_named(self, path: str) -> Path:
        """A path below a root as the index knows it: by the name that was given."""
        for real, name in self._names.items():
            if real != name and path.startswith(real + os.sep):
                return Path(name, path[len(real) + 1 :])
        return Path(path)

    async def read(
        self,
        files: tuple[Path, ...] | None,
        jobs: int | None,
        notes: Iterable[str],
        *,
        always: bool = False,
    ) -> AsyncGenerator[SessionsBatch]:
        """Read files, or everything, until it works; yield what is worth telling."""
        report, wait = None, _FIRST_RETRY
        told = list(notes)
        while report is None:
            begun = time.monotonic()
            try:
                report, more = await self._report(files, jobs)
                told += more
                self.took = time.monotonic() - begun
            except IndexFault as error:
                fresh = self._fresh([*told, f"{error}; it is tried again"])
                told = []
                if fresh:
                    yield SessionsBatch(changed=False, notes=fresh)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LAST_RETRY)
        told += [f"{path}: {reason}" for path, reason in report.failures]
        fresh = self._fresh(told)
        # Another process that reads the same sessions may have been quicker.
        changed = bool(report.read) or report.generation not in (None, self._generation)
        self._generation = report.generation or self._generation
        if changed or fresh or always:
            yield SessionsBatch(changed, report.files, report.read, report.pieces, fresh)

    def _fresh(self, notes: Iterable[str]) -> tuple[str, ...]:
        fresh = tuple(note for note in dict.fromkeys(notes) if note not in self._told)
        if len(self._told) > _MOST_NOTES:
            self._told.clear()
        self._told.update(fresh)
        return fresh

    async def _report(
        self, files: tuple[Path, ...] | None, jobs: int | None
    ) -> tuple[Looked, list[str]]:
        """Read; where the reading process dies of it, each file for itself."""
        given = self._given if files is None else files
        try:
            return await self._ask(read_sessions, self._index, given, jobs, background=True), []
        except AnalystError as error:
            if files is None or len(files) == 1:
                where = f"{os.fspath(files[0])}: " if files else ""
                return Looked(), [f"{where}it could not be read: {error}"]
        total, notes = Looked(), []
        for file in files:
            report, more = await self._report((file,), 1)
            notes += more
            total.files += report.files
            total.read += report.read
            total.pieces += report.pieces
            total.failures += report.failures
            total.generation = report.generation or total.generation
        return total, notes


def _pruned(folders: Sequence[str]) -> set[str]:
    return {folder for folder in folders if not is_session_folder(Path(folder))}
