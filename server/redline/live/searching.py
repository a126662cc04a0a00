"""Texts of the project that hold given lines: open documents, files on disk, the last commit."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from redline.git import GitError, Repository
from redline.git.listing import records
from redline.live.workroom import Workroom
from redline.project.reading import Unreadable

MOST_BYTES = 4 << 20
"""Of one file."""
_MOST_FILES = 24
"""Files that hold the lines and are read."""
_MOST_CHANGED = 200
"""Files that have changed since the last commit, or are gone, whose old text is read."""
_MOST_WALKED = 5_000
"""Files that are looked into where there is no git."""
_MOST_READ = 64 << 20
"""Bytes of them together."""
_MOST_PATTERN = 300
"""Bytes of a line that is looked for: a part of it stands wherever all of it does."""
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Text:
    """A text that holds the lines."""

    path: str
    """Relative to the root."""
    data: bytes
    committed: bool = False
    """As the last commit has it; on disk it is no longer there."""


class Search:
    """One look through a project. ``complete`` is settled once ``texts`` has ended."""

    def __init__(self, room: Workroom, path: str, held: Mapping[str, str]) -> None:
        """``held`` are the texts of open documents by path; ``path`` is not read from disk."""
        self.complete = True
        self._room = room
        self._path = path
        self._held = held
        self._left = _MOST_FILES

    def texts(self, lines: Sequence[bytes]) -> Iterator[Text]:
        """Yield texts that hold all ``lines``, blanks around them left out.

        What is open comes before what is on disk, and the last commit only where neither has
        them: text that was cut and saved, say, before it is put in again.
        """
        lines = [line for line in (_pattern(line) for line in lines) if line]
        if not lines:
            return
        some = False
        for text in self._here(lines):
            some = True
            yield text
        if not some:
            yield from self._committed(lines)

    def _here(self, lines: Sequence[bytes]) -> Iterator[Text]:
        for path, text in self._held.items():
            shown = text.encode("utf-8", "surrogatepass")
            if all(line in shown for line in lines) and self._take():
                yield Text(path, shown)
        repository = self._room.repository
        names = self._walked() if repository is None else self._named(repository, lines)
        read = 0
        for path in names:
            if path == self._path or path in self._held:
                continue
            data = self._read(path)
            if data is None:
                continue
            read += len(data)
            if read > _MOST_READ:
                self.complete = False
                return
            if all(line in data for line in lines):
                if not self._take():
                    return
                yield Text(path, data)

    def _named(self, repository: Repository, lines: Sequence[bytes]) -> Iterator[str]:
        """Files of the working tree that git finds all the lines in, nearest first."""
        asked = ["grep", "-l", "-z", "-a", "-F", "--all-match", "--full-name", "--no-color"]
        asked += ["--no-textconv", "--no-recurse-submodules", "--untracked", "-f", "-", "--"]
        try:
            # A command line can be read by everybody on the machine, a pipe cannot.
            answer = repository.git.ask(*asked, stdin=b"\n".join(lines), timeout=_SECONDS)
        except GitError:
            self.complete = False
            return
        # 1: there is none.
        self.complete &= answer.code in (0, 1)
        if answer.code == 0:
            yield from sorted(records(answer.out), key=lambda name: _distance(self._path, name))

    def _committed(self, lines: Sequence[bytes]) -> Iterator[Text]:
        """Texts of the last commit whose files have changed since, or are gone."""
        repository = self._room.repository
        if repository is None or repository.head is None:
            return
        head = repository.head
        asked = ("-z", "--name-only", "--no-renames", "--diff-filter=MD", "--ignore-submodules=all")
        try:
            names = list(records(repository.git.tell("diff-index", *asked, head, timeout=_SECONDS)))
        except GitError:
            self.complete = False
            return
        names.sort(key=lambda name: _distance(self._path, name))
        self.complete &= len(names) <= _MOST_CHANGED
        with repository.objects() as objects:
            for path in names[:_MOST_CHANGED]:
                try:
                    data = objects.read(f"{head}:{path}", MOST_BYTES)
                except GitError:
                    self.complete = False
                    continue
                if data is not None and all(line in data for line in lines):
                    if not self._take():
                        return
                    yield Text(path, data, committed=True)

    def _walked(self) -> Iterator[str]:
        """The files of a folder without git, links and hidden folders left out."""
        root = os.fspath(self._room.root)
        seen = 0
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            prefix = Path(folder).relative_to(root).as_posix()
            for name in sorted(files):
                seen += 1
                if seen > _MOST_WALKED:
                    self.complete = False
                    return
                yield posixpath.normpath(posixpath.join(prefix, name))

    def _read(self, path: str) -> bytes | None:
        try:
            if os.lstat(self._room.root / path).st_size > MOST_BYTES:
                self.complete = False
                return None
            return self._room.read(path)
        except (OSError, ValueError, Unreadable):
            # Gone meanwhile, binary, or behind a link: not a text of this project.
            return None

    def _take(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self.complete = False
        return self._left >= 0


def _pattern(line: bytes) -> bytes:
    """What of a line is looked for: git's patterns hold no zero byte and no line end."""
    line = max(line.replace(b"\r", b"\0").replace(b"\n", b"\0").split(b"\0"), key=len).strip()
    if len(line) <= _MOST_PATTERN:
        return line
    # Cut between characters.
    return line[:_MOST_PATTERN].decode("utf-8", "ignore").encode().strip()


def _distance(path: str, other: str) -> tuple[bool, int, str]:
    """Nearest first: files of the same ending, then those in near folders."""
    ending, folders = path.rpartition(".")[2], path.split("/")[:-1]
    others = other.split("/")[:-1]
    pairs = zip(folders, others, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return other.rpartition(".")[2] != ending, len(folders) + len(others) - 2 * common, other
