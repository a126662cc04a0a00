"""Blame, remembered: what was found once stands until a commit touches the file."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from redline.git import cache
from redline.git.blame import Blame, Hunk
from redline.git.command import GitError
from redline.git.repository import Repository

_FORMAT = 1
_PROCESSES = 2


class Blames:
    """The blame of texts on top of HEAD, kept in memory and, with a folder, on disk.

    A stored result is used while the text is the same and no commit between the HEAD it was made
    at and today's touched the file; HEAD itself may move on. Safe for threads.
    """

    def __init__(self, repository: Repository, cached: Path | None = None) -> None:
        self._repository = repository
        self._folder = None if cached is None else cache.folder_for(repository, cached) / "blame"
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Blame | GitError] = {}
        self._touched: dict[str, frozenset[str] | None] = {}

    def of(self, path: str, text: bytes) -> Blame:
        """Tell which commit brought each line of a text; raises ``GitError``."""
        digest = hashlib.sha256(text).hexdigest()
        with self._lock:
            known = self._known.get((path, digest))
        if known is None:
            known = self._stored(path, digest) or self._asked(path, text, digest)
            with self._lock:
                self._known[path, digest] = known
        if isinstance(known, GitError):
            raise known
        return known

    def keep_only(self, path: str, text: bytes) -> None:
        """Forget what other texts of a file, and failures with this one, came to."""
        digest = hashlib.sha256(text).hexdigest()
        with self._lock:
            known = self._known.get((path, digest))
            for key in [key for key in self._known if key[0] == path]:
                del self._known[key]
            if isinstance(known, Blame):
                self._known[path, digest] = known

    def prefetch(self, texts: Iterable[tuple[str, bytes]]) -> None:
        """Ask for many at once, with two git processes; failures show when asked for singly."""
        from concurrent.futures import ThreadPoolExecutor  # costs start-up where nothing is asked

        def one(item: tuple[str, bytes]) -> None:
            try:
                self.of(*item)
            except GitError:
                return

        with ThreadPoolExecutor(_PROCESSES) as pool:
            for _ in pool.map(one, texts):
                pass

    def _asked(self, path: str, text: bytes, digest: str) -> Blame | GitError:
        try:
            blame = self._repository.blame(path, text)
        except GitError as error:
            return error
        self._store(path, digest, blame)
        return blame

    @cached_property
    def _committed(self) -> frozenset[str]:
        """The files of HEAD: of others the index decides where they come from."""
        head = self._repository.head
        return frozenset(path for path, _ in self._repository.tree(head)) if head else frozenset()

    @cached_property
    def _state(self) -> str:
        return f"{_FORMAT} {cache.state_of(self._repository)}"

    def _file(self, path: str) -> Path | None:
        if self._folder is None:
            return None
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
        return self._folder / name[:2] / f"{name[2:]}.json"

    def _stored(self, path: str, digest: str) -> Blame | None:
        file = self._file(path)
        head = self._repository.head
        if file is None or head is None:
            return None
        value = cache.load(file)
        if [value.get(key) for key in ("state", "path", "text")] != [self._state, path, digest]:
            return None
        old = value.get("head")
        blame = _decoded(value)
        if blame is None or not isinstance(old, str):
            return None
        if old != head:
            touched = self._touched_since(old, head)
            if touched is None or path in touched:
                return None
        return blame

    def _store(self, path: str, digest: str, blame: Blame) -> None:
        file = self._file(path)
        # An incomplete one may be completed by a fetch, which moves no commit.
        if file is None or not blame.complete or path not in self._committed:
            return
        names: dict[tuple[str | None, str, int | None, bool], int] = {}
        rows = []
        for hunk in blame.hunks:
            key = (hunk.commit, hunk.path, hunk.time, hunk.boundary)
            rows.append((hunk.start, hunk.count, hunk.line, names.setdefault(key, len(names))))
        cache.save(
            file,
            {
                "state": self._state,
                "path": path,
                "text": digest,
                "head": self._repository.head,
                "sources": list(names),
                "hunks": rows,
            },
        )

    def _touched_since(self, old: str, head: str) -> frozenset[str] | None:
        """Name the files of all commits since; None if the old HEAD is no ancestor."""
        with self._lock:
            if old not in self._touched:
                self._touched[old] = self._names_since(old, head)
            return self._touched[old]

    def _names_since(self, old: str, head: str) -> frozenset[str] | None:
        if not self._repository.is_ancestor(old, head):
            return None
        asked = ("log", "-z", "-c", "--no-renames", "--name-only", "--format=", f"{old}..{head}")
        records = self._repository.git.records(*asked, "--no-show-signature", "--")
        return frozenset(os.fsdecode(record.lstrip(b"\n")) for record in records if record)


def _decoded(value: dict[str, object]) -> Blame | None:
    sources, rows = value.get("sources"), value.get("hunks")
    if not isinstance(sources, list) or not isinstance(rows, list):
        return None
    try:
        return Blame(
            tuple(
                Hunk(start, count, commit, line, path, time, boundary)
                for start, count, line, source in rows
                for commit, path, time, boundary in (sources[source],)
            )
        )
    except (TypeError, ValueError, IndexError):
        return None
