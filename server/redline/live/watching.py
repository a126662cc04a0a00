"""Files of a project as they land on disk, whoever writes them, and what git does meanwhile."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from redline.git import GitError, Repository
from redline.git.listing import is_gone
from redline.ledger import FOLDER as LEDGER
from redline.live.folders import Root, touched
from redline.live.mailbox import Touched

_IGNORE_FILE = ".gitignore"
_RECORDS = (f"{LEDGER}/", ".agent-trace/")
_QUIET = (".lock", ".tmp", "~")
"""Endings of names under which programs write what they rename afterwards."""


@dataclass(frozen=True, slots=True)
class WorkspaceBatch:
    """What has happened in a project since the last batch. All paths are relative, with ``/``."""

    changed: tuple[str, ...] = ()
    """Files that came, changed or came back, and that git does not ignore."""
    gone: tuple[str, ...] = ()
    """What is no longer there: a file, or a folder with everything below it."""
    rescan: bool = False
    """More has happened than is told: look at the whole project."""
    switched: bool = False
    """HEAD names another branch, or without one another commit."""
    refs: bool = False
    """Some ref moved: a commit, a pull, a reset, a note."""
    staged: bool = False
    """Git's index was written: files may have been checked out, added, reset."""
    records: bool = False
    """The ledger or an Agent Trace file changed: any file may be judged otherwise."""
    notes: tuple[str, ...] = ()
    """What a person should know, one line each."""


async def watch_workspace(root: Path) -> AsyncGenerator[WorkspaceBatch]:
    """Yield what happens below ``root``; the first batch, empty, once everything is watched.

    Within half a second of its happening, many changes together. Folders that git ignores,
    repositories inside this one and links are not followed. Raises ``WatchError`` where the
    library is missing or nothing can be watched. Close the iterator to end it.
    """
    place = _Place(os.path.realpath(root))
    await asyncio.to_thread(place.begin)
    async with aclosing(touched(place.roots, place.pruned, again=_IGNORE_FILE)) as heard:
        first = await anext(heard)
        yield WorkspaceBatch(notes=first.notes)
        async for one in heard:
            # Git is asked, and the disk.
            batch = await asyncio.to_thread(place.batch, one)
            if batch != WorkspaceBatch():
                yield batch


@dataclass(slots=True)
class _Place:
    """The project's folder and its repository, as far as the watching needs them."""

    root: str
    repository: Repository | None = None
    _head: bytes = b""
    _tried: tuple[int, int] | None = None
    """The ``.git`` that git was last asked about: inode and mtime in ns."""

    def begin(self) -> None:
        """Look at the state from which changes are told."""
        self._find_repository()
        self._head = self._read_head()

    def roots(self) -> list[Root]:
        """Every folder to watch."""
        if self.repository is None:
            # It may become one at any time.
            self._find_repository()
        found = [Root(self.root)]
        for folder in self._git_folders():
            found += [Root(folder, deep=False), Root(os.path.join(folder, "refs"))]
        return found

    def pruned(self, folders: Sequence[str]) -> set[str]:
        """Folders of others: git's own, repositories inside this one, what git ignores."""
        out = {folder for folder in folders if self._is_others(folder)}
        asked = {
            relative: folder
            for folder in folders
            if folder not in out and (relative := self._relative(folder))
        }
        return out.union(asked[path] for path in self._ignored(list(asked)))

    def batch(self, heard: Touched) -> WorkspaceBatch:
        """Sort what was heard."""
        inside: list[str] = []
        git: set[str] = set()
        for path in heard.paths:
            if told := self._git_name(path):
                git.add(told)
            elif relative := self._relative(path):
                inside.append(relative)
        before, self._head = self._head, self._read_head()
        changed, gone = self._sorted(inside)
        anew = any(path.rpartition("/")[2] == _IGNORE_FILE for path in inside)
        born = not before and bool(self._head)
        whole = heard.much or anew or born or not os.path.isdir(self.root)
        return WorkspaceBatch(
            changed=() if whole else changed,
            gone=() if whole else gone,
            rescan=whole,
            switched=before != self._head,
            refs=heard.much or bool(git & {"packed-refs", "refs"}),
            staged=heard.much or "index" in git,
            records=heard.much or any(path.startswith(_RECORDS) for path in inside),
            notes=heard.notes,
        )

    def _sorted(self, inside: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        changed: list[str] = []
        gone: list[str] = []
        for path in sorted(inside):
            full = os.path.join(self.root, path)
            if is_gone(full):
                if not path.endswith(_QUIET):
                    gone.append(path)
            elif os.path.islink(full) or not os.path.isdir(full):
                changed.append(path)
        ignored = self._ignored(changed)
        return tuple(path for path in changed if path not in ignored), tuple(_tops(gone))

    def _ignored(self, paths: Sequence[str]) -> set[str]:
        """Which of the paths git ignores, in one question; none where it cannot be asked."""
        if self.repository is None or not paths:
            return set()
        # A leading "./" keeps a name with a colon from being taken for a pattern; and it is the
        # one command that refuses to take its paths literally.
        given = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
        asked = ("--no-literal-pathspecs", "check-ignore", "-z", "--stdin")
        try:
            answer = self.repository.git.ask(*asked, stdin=given)
        except GitError:
            return set()
        return {os.fsdecode(path[2:]) for path in answer.out.split(b"\0") if path}

    def _is_others(self, folder: str) -> bool:
        for git in self._git_folders():
            refs = os.path.join(git, "refs")
            if folder == git or f"{folder}{os.sep}".startswith(refs + os.sep):
                return False
            if folder.startswith(git + os.sep):
                return True
        if folder == self.root:
            return False
        own = os.path.basename(folder) == ".git"
        return own or os.path.lexists(os.path.join(folder, ".git"))

    def _git_folders(self) -> list[str]:
        if self.repository is None:
            return []
        both = (self.repository.git_dir, self.repository.common_dir)
        return list(dict.fromkeys(map(str, both)))

    def _find_repository(self) -> None:
        try:
            info = os.lstat(os.path.join(self.root, ".git"))
        except OSError:
            return
        stamp = (info.st_ino, info.st_mtime_ns)
        if stamp == self._tried:
            return
        self._tried = stamp
        try:
            found = Repository.find(Path(self.root))
        except GitError:
            found = None
        if found is not None and os.path.realpath(found.root) == self.root:
            self.repository = found

    def _read_head(self) -> bytes:
        if self.repository is None:
            return b""
        try:
            return (self.repository.git_dir / "HEAD").read_bytes()
        except OSError:
            # Git replaces it; the next look tells.
            return self._head

    def _git_name(self, path: str) -> str | None:
        """What a path of git's own is to us: ``index``, ``refs``, ...; empty for all others."""
        for folder in self._git_folders():
            if path == folder:
                return ""
            if path.startswith(folder + os.sep):
                name = path[len(folder) + 1 :]
                return "" if name.endswith(".lock") else name.split(os.sep)[0]
        return None

    def _relative(self, path: str) -> str:
        """The path as seen from the root; empty for the root itself and what lies elsewhere."""
        prefix = self.root.rstrip(os.sep) + os.sep
        inside = path[len(prefix) :] if path.startswith(prefix) else ""
        parts = inside.split(os.sep)
        return "" if ".git" in parts else "/".join(parts)


def _tops(gone: Sequence[str]) -> Iterator[str]:
    """Leave out what lies below a folder that is gone itself."""
    last: str | None = None
    for path in sorted(gone, key=lambda path: path.split("/")):
        if last is None or not path.startswith(last + "/"):
            last = path
            yield path
