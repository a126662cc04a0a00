"""Which files a run judges, and how their bytes are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..git import GitError, GitMissing, Repository
from ..model import Skip
from .options import LintOptions

LARGEST = 512 << 20
"""Bytes of the largest file that is judged."""
_SNIFF = 8192
"""Bytes in which a NUL makes a file binary, as git judges it."""
_RULE_FILE = "redline.yaml"
_MEDIA = frozenset(
    (
        "avif bmp gif heic ico icns jpeg jpg png psd tif tiff webp aac aif aiff flac m4a mid mp3"
        " ogg opus wav avi flv m4v mkv mov mp4 mpeg mpg webm wmv eot otf ttf woff woff2"
    ).split()
)
"""Endings of pictures, sound, film and type: they hold no text that an assistant wrote."""


class UsageError(Exception):
    """The run cannot be done as asked: what is wrong, and what to do."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


class Unreadable(Exception):
    """A file that cannot be judged; carries the reason and the advice."""

    def __init__(self, reason: str, advice: str = "", *, media: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.media = media
        """A picture or the like: nothing of it needs judging."""


class Reader(Protocol):
    """Where a file's bytes come from."""

    def read(self, path: str) -> bytes:
        """Return the bytes of ``path``; raises ``Unreadable``."""


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Reads the working tree; a link is followed only inside the root."""

    root: Path

    def read(self, path: str) -> bytes:
        """Read one file of the working tree."""
        full = self.root / path
        try:
            if full.is_symlink():
                full = self._target(full)
            with full.open("rb") as file:
                info = os.fstat(file.fileno())
                if not stat.S_ISREG(info.st_mode):
                    raise Unreadable("it is no regular file", "remove it or leave it out")
                if info.st_size > LARGEST:
                    raise Unreadable(
                        f"it is larger than {LARGEST >> 20} MiB", "split it, or leave it out"
                    )
                return _text(path, file.read())
        except OSError as error:
            raise Unreadable(
                f"it cannot be read: {error.strerror or error}", "check its permissions"
            ) from error

    def _target(self, link: Path) -> Path:
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise Unreadable(
                "it is a link that leads nowhere or in a circle", "mend or remove the link"
            ) from error
        if not target.is_relative_to(self.root.resolve()):
            raise Unreadable(
                "it is a link that leaves the project", "put the file itself into the project"
            )
        return target


@dataclass(frozen=True, slots=True)
class StagedReader:
    """Reads what is staged, as git would commit it; one git process a run."""

    repository: Repository

    def read(self, path: str) -> bytes:
        """Read one staged file."""
        try:
            with self.repository.objects() as objects:
                data = objects.read(f":{path}", LARGEST)
        except GitError as error:
            raise Unreadable(f"git cannot read what is staged: {error}") from error
        if data is None:
            raise Unreadable("git has nothing staged under this name")
        return _text(path, data)


def _text(path: str, data: bytes) -> bytes:
    if b"\0" not in data[:_SNIFF]:
        return data
    media = path.rpartition(".")[2].lower() in _MEDIA
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("it is UTF-16 text", "save it as UTF-8")
    raise Unreadable("it is binary", "keep it as text, or outside protected places", media=media)


@dataclass(frozen=True, slots=True)
class Tree:
    """The project's folder, its repository if any, and the files to judge."""

    root: Path
    repository: Repository | None
    no_git: str
    """Why there is no repository; empty where there is one."""
    paths: tuple[str, ...]
    skips: tuple[Skip, ...]
    """Places that cannot be judged whatever they hold; ``protected`` not yet decided."""
    reader: Reader
    rule_files: tuple[str, ...]
    """Rule files below the root, wherever the files to judge lie."""


def find_root(start: Path) -> Path:
    """The working tree's top, else the highest folder above with a rule file, else ``start``."""
    try:
        return _root(start, Repository.find(_folder(start)))
    except GitError:
        return _root(start, None)


def _root(start: Path, repository: Repository | None) -> Path:
    if repository is not None:
        return repository.root
    start = _folder(start)
    holders = [folder for folder in (start, *start.parents) if (folder / _RULE_FILE).is_file()]
    return holders[-1] if holders else start


def _folder(place: Path) -> Path:
    place = place.resolve()
    return place.parent if place.is_file() else place


def open_tree(options: LintOptions) -> Tree:
    """Find the root and list the files; raises ``UsageError``."""
    places = options.paths or (Path(options.root) if options.root else Path(),)
    for place in places:
        if not os.path.lexists(place):
            raise UsageError(f"there is no {os.fspath(place)!r}", _nearest(place))
    start = options.root or places[0]
    repository, no_git = None, ""
    try:
        # A hook of `git commit -a` or `git commit FILE` stages into an index of its own.
        repository = Repository.find(_folder(start), index_file=os.environ.get("GIT_INDEX_FILE"))
        if repository is None:
            no_git = "this is no git repository"
    except GitMissing:
        no_git = "there is no git program"
    except GitError as error:
        if options.staged or options.since:
            raise UsageError(str(error), error.advice) from error
        no_git = str(error)
    root = options.root.resolve() if options.root else _root(start, repository)
    if not root.is_dir():
        raise UsageError(f"{os.fspath(root)!r} is no folder", "give the project's folder")
    if repository is not None and repository.root != root:
        repository = None
        no_git = "the root is not the top of its git repository"
    if (options.staged or options.since) and repository is None:
        raise UsageError(
            f"--staged and --since need a git repository: {no_git}", "run inside a git checkout"
        )
    inside = [_relative(root, place) for place in options.paths] or [""]
    reader: Reader = DiskReader(root)
    skips: list[Skip] = []
    try:
        if repository is None:
            paths = sorted(set(_walk(root, inside, skips)))
        elif options.staged:
            reader = StagedReader(repository)
            paths = [path for path in repository.staged_paths() if _under(path, inside)]
        elif options.since:
            changed = repository.changed_paths(options.since)
            paths = [path for path in changed if _under(path, inside)]
        else:
            paths = _listed(repository, inside, skips)
    except GitError as error:
        raise UsageError(str(error), error.advice) from error
    rules = _rule_files(root, repository, inside)
    return Tree(root, repository, no_git, tuple(paths), tuple(skips), reader, rules)


def _nearest(place: Path) -> str:
    for parent in place.absolute().parents:
        if parent.exists():
            return f"the nearest folder that exists is {os.fspath(parent)!r}"
    return "check the path"


def _relative(root: Path, place: Path) -> str:
    # The last component may be a link, which is judged under its own name.
    full = place.absolute()
    full = full.parent.resolve() / full.name if full.name not in ("", "..", ".") else full.resolve()
    try:
        inside = full.relative_to(root).as_posix()
    except ValueError:
        raise UsageError(
            f"{os.fspath(place)!r} lies outside the project {os.fspath(root)!r}",
            "run Redline once for each project",
        ) from None
    return "" if inside == "." else inside


def _under(path: str, inside: Iterable[str]) -> bool:
    return any(not top or path == top or path.startswith(top + "/") for top in inside)


def _listed(repository: Repository, inside: list[str], skips: list[Skip]) -> list[str]:
    paths: set[str] = set()
    for top in inside:
        files = repository.files(top)
        if top and (repository.root / top).is_file():
            # A file that is named is judged, ignored by git or not.
            paths.add(top)
        paths.update(path for path in files.paths if os.path.lexists(repository.root / path))
        skips += [
            Skip(
                module,
                "it is a repository of its own",
                protected=False,
                advice=f"run `redline lint {module}` as well",
            )
            for module in (*files.submodules, *files.nested)
        ]
    return sorted(paths)


def _rule_files(root: Path, repository: Repository | None, inside: list[str]) -> tuple[str, ...]:
    """Find the rule files below the root that may speak of what is judged."""
    if repository is not None:
        found = repository.files(f":(glob)*/**/{_RULE_FILE}").paths
        return tuple(path for path in found if os.path.lexists(root / path))
    above = {
        folder.as_posix()
        for top in inside
        for folder in Path(top).parents
        if folder.as_posix() != "." and (root / folder / _RULE_FILE).is_file()
    }
    below = {
        path.rpartition("/")[0]
        for path in _walk(root, inside, [])
        if path.endswith(f"/{_RULE_FILE}")
    }
    return tuple(f"{folder}/{_RULE_FILE}" for folder in sorted(above | below))


def _walk(root: Path, inside: list[str], skips: list[Skip]) -> Iterator[str]:
    for top in inside:
        start = root / top
        if not start.is_dir() or start.is_symlink():
            yield top
            continue

        def complain(error: OSError) -> None:
            where = Path(error.filename or root)
            skips.append(
                Skip(
                    where.relative_to(root).as_posix()
                    if where.is_relative_to(root)
                    else str(where),
                    f"the folder cannot be read: {error.strerror}",
                    protected=False,
                    advice="check its permissions",
                )
            )

        for folder, folders, files in os.walk(start, onerror=complain):
            folders[:] = sorted(name for name in folders if name != ".git")
            prefix = folder[len(str(root)) :].replace(os.sep, "/").strip("/")
            prefix = f"{prefix}/" if prefix else ""
            for name in sorted(files):
                yield prefix + name
            for name in folders:
                # A link to a folder is not walked: it may lead in a circle, or out of the project.
                if os.path.islink(os.path.join(folder, name)):
                    yield prefix + name


def source(options: LintOptions, path: str) -> bytes | None:
    """The bytes that a finding's positions count; None where they cannot be read again."""
    root = (
        options.root.resolve()
        if options.root
        else find_root(options.paths[0] if options.paths else Path())
    )
    try:
        if options.staged:
            repository = Repository.find(root, index_file=os.environ.get("GIT_INDEX_FILE"))
            return StagedReader(repository).read(path) if repository else None
        return DiskReader(root).read(path)
    except (Unreadable, GitError):
        return None
