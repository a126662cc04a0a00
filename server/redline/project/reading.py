"""How a file's bytes are read: from the working tree, or from what is staged."""

from __future__ import annotations

import os
import posixpath
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..git import GitError, Objects, Repository

LARGEST = 512 << 20
"""Bytes of the largest file that is judged."""
_SNIFF = 8192
"""Bytes in which a NUL makes a file binary, as git judges it."""
_PARQUET = b"PAR1"
"""What such a file begins with."""
LINK = "120000"
"""How git writes the mode of a link."""
_MOSTLINKS = 40
"""Links followed one after the other, as Linux does."""
_MEDIA = frozenset(
    (
        "avif bmp gif heic ico icns jpeg jpg png psd tif tiff webp aac aif aiff flac m4a mid mp3"
        " ogg opus wav avi flv m4v mkv mov mp4 mpeg mpg webm wmv eot otf ttf woff woff2"
    ).split()
)
"""Endings of pictures, sound, film and type: they hold no text that an assistant wrote."""


class Unreadable(Exception):
    """A file that cannot be judged; carries the reason and the advice."""

    def __init__(self, reason: str, advice: str = "", *, media: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.media = media
        """A picture or the like: nothing of it needs judging."""


class Reader(Protocol):
    """Where a file's bytes come from; close it after use."""

    def read(self, path: str) -> bytes:
        """Return the bytes of ``path``; raises ``Unreadable``."""

    def close(self) -> None:
        """Give back what was opened; a later read opens it anew."""


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Reads the working tree; a link is followed only inside the root."""

    root: Path
    _folders: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    """Whether a folder is where its name says, by its path."""

    def read(self, path: str) -> bytes:
        """Read one file of the working tree."""
        full = self.root / path
        if not self._in_place(path.rpartition("/")[0]):
            # Git takes such a file for deleted: the link may lead anywhere.
            raise Unreadable("it lies behind a link", "put the folder itself into the project")
        try:
            info = full.lstat()
            if stat.S_ISLNK(info.st_mode):
                full = self._target(full)
                info = full.stat()
            # Asked before it is opened: opening a pipe waits, and opening a device may do things.
            _refuse_odd(info)
            with open(full, "rb", opener=_open) as file:
                info = os.fstat(file.fileno())
                _refuse_odd(info)
                if info.st_size > LARGEST:
                    raise Unreadable(
                        f"it is larger than {LARGEST >> 20} MiB", "split it, or leave it out"
                    )
                return _text(path, file.read())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Unreadable("it is no longer there", "run it again") from error
        except OSError as error:
            raise Unreadable(
                f"it cannot be read: {error.strerror or error}", "check its permissions"
            ) from error

    def close(self) -> None:
        """Forget what was learnt about folders."""
        self._folders.clear()

    def _in_place(self, folder: str) -> bool:
        if folder not in self._folders:
            named = os.path.join(self.root, folder) if folder else os.fspath(self.root)
            self._folders[folder] = os.path.realpath(named) == os.path.join(
                os.path.realpath(self.root), folder
            ).rstrip(os.sep)
        return self._folders[folder]

    def _target(self, link: Path) -> Path:
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise Unreadable(
                "it is a link that leads nowhere or in a circle", "mend or remove the link"
            ) from error
        if not target.is_relative_to(self.root.resolve()):
            raise _leaves()
        return target


@dataclass(slots=True)
class StagedReader:
    """Reads what is staged, as git would commit it, through one git process."""

    repository: Repository
    links: frozenset[str] = frozenset()
    """Staged paths that are links."""
    _objects: Objects | None = field(default=None, compare=False, repr=False)

    def read(self, path: str) -> bytes:
        """Read one staged file; a link is followed within what is staged."""
        place, followed = path, 0
        data = self._blob(place)
        link = path in self.links
        while link:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(place), os.fsdecode(data)))
            if place.startswith(("/", "../")) or place == "..":
                raise _leaves()
            mode = self._mode(place)
            followed += 1
            if mode is None or followed > _MOSTLINKS:
                raise Unreadable(
                    "it is a link to no file that is staged", "stage the file itself, or remove it"
                )
            data = self._blob(place)
            link = mode == LINK
        return _text(path, data)

    def close(self) -> None:
        """End the git process."""
        if self._objects is not None:
            self._objects.close()
            self._objects = None

    def __reduce__(self) -> tuple[type[StagedReader], tuple[Repository, frozenset[str]]]:
        # Another process starts a git of its own.
        return StagedReader, (self.repository, self.links)

    def _mode(self, path: str) -> str | None:
        try:
            return self.repository.staged_mode(path)
        except GitError as error:
            raise Unreadable(
                f"git cannot read what is staged: {error.what}", error.advice
            ) from None

    def _blob(self, path: str) -> bytes:
        if self._objects is None:
            self._objects = self.repository.objects()
        try:
            data = self._objects.read(f":{path}", LARGEST)
        except GitError as error:
            raise Unreadable(
                f"git cannot read what is staged: {error.what}", error.advice
            ) from None
        if data is None:
            raise Unreadable("git has nothing staged under this name", "is a merge unfinished?")
        return data


@dataclass(frozen=True, slots=True)
class SparseReader:
    """Reads the working tree, and what a sparse checkout leaves out of it from the index."""

    disk: DiskReader
    staged: StagedReader
    absent: frozenset[str]

    def read(self, path: str) -> bytes:
        """Read one file, checked out or not."""
        return self.staged.read(path) if path in self.absent else self.disk.read(path)

    def close(self) -> None:
        """End what was opened."""
        self.disk.close()
        self.staged.close()


def _open(path: str, flags: int) -> int:
    # What was a file a moment ago may be a pipe by now, and must not be waited for.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _refuse_odd(info: os.stat_result) -> None:
    if stat.S_ISDIR(info.st_mode):
        raise Unreadable("it is a link to a folder", "put the files themselves there")
    if not stat.S_ISREG(info.st_mode):
        raise Unreadable("it is no regular file", "remove it or leave it out")


def _unstaged(error: GitError) -> Unreadable:
    return Unreadable(f"git cannot read what is staged: {error.what}", error.advice)


def _leaves() -> Unreadable:
    return Unreadable(
        "it is a link that leaves the project", "put the file itself into the project"
    )


def _text(path: str, data: bytes) -> bytes:
    if data.startswith(_PARQUET):
        # Few files are tables, and only they need this.
        from ..matching.views.columns import is_parquet, why_unreadable

        if is_parquet(data):
            reason = why_unreadable(data)
            if reason is not None:
                raise Unreadable(reason, "install redline-lint[parquet], or mend the file")
            return data
    if b"\0" not in data[:_SNIFF]:
        return data
    media = path.rpartition(".")[2].lower() in _MEDIA
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("it is UTF-16 text", "save it as UTF-8")
    raise Unreadable("it is binary", "keep it as text, or outside protected places", media=media)
