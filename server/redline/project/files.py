"""Which files a run judges, and how their bytes are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..git import BareRepository, GitError, GitMissing, Repository
from ..git.listing import SUBMODULE, is_gone
from ..model import Skip
from .options import LintOptions
from .reading import LINK, DiskReader, Reader, SparseReader, StagedReader, Unreadable

_RULE_FILE = "redline.yaml"
_UNOPENED = "git could not open it"


class UsageError(Exception):
    """The run cannot be done as asked: what is wrong, and what to do."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


@dataclass(frozen=True, slots=True)
class Tree:
    """The project's folder, its repository if any, and the files to judge."""

    root: Path
    repository: Repository | None
    no_git: str
    """Why there is no repository; empty where there is one."""
    git_advice: str
    """What to do about a repository that is there and cannot be asked."""
    paths: tuple[str, ...]
    skips: tuple[Skip, ...]
    """Places that cannot be judged whatever they hold; ``protected`` not yet decided."""
    reader: Reader
    rule_files: tuple[str, ...]
    """Rule files below the root, wherever the files to judge lie."""


def find_root(start: Path) -> Path:
    """The working tree's top, else the highest folder above with a rule file, else ``start``.

    The top is known by its ``.git`` where git cannot be asked.
    """
    try:
        return _root(start, Repository.find(_folder(start)))
    except GitError:
        return _root(start, None)


def _root(start: Path, repository: Repository | None) -> Path:
    if repository is not None:
        return repository.root
    start = _folder(start)
    for folder in (start, *start.parents):
        if os.path.lexists(folder / ".git"):
            # Git is missing or refuses; the paths that rule files speak of count from here still.
            return folder
    holders = [folder for folder in (start, *start.parents) if (folder / _RULE_FILE).is_file()]
    return holders[-1] if holders else start


def _folder(place: Path) -> Path:
    """The folder from which the project of a named place is sought."""
    if place.is_symlink():
        parent = place.absolute().parent.resolve()
        inside = any(os.path.lexists(folder / ".git") for folder in (parent, *parent.parents))
        if inside or not place.is_dir():
            # A link that lies in a project is judged there, wherever it leads.
            return parent
    place = place.resolve()
    return place.parent if place.is_file() else place


def open_tree(options: LintOptions) -> Tree:
    """Find the root and list the files; raises ``UsageError``."""
    if options.since == "":
        # Where a variable is empty by mistake, the whole tree is not what was asked for.
        raise UsageError("--since names no revision", "name a branch or a commit")
    places = options.paths or (Path(options.root) if options.root else Path(),)
    for place in places:
        if not os.path.lexists(place):
            raise UsageError(f"there is no {os.fspath(place)!r}", _nearest(place))
    start = options.root or places[0]
    repository, no_git, advice = _repository(_folder(start), options)
    root = options.root.resolve() if options.root else _root(start, repository)
    if not root.is_dir():
        raise UsageError(f"{os.fspath(root)!r} is no folder", "give the project's folder")
    if repository is not None and repository.root != root:
        repository = None
        no_git = "the root is not the top of its git repository"
    if (options.staged or options.since) and repository is None:
        raise UsageError(
            f"--staged and --since need a git repository: {no_git}",
            advice or "run inside a git checkout",
        )
    inside = [_relative(root, place) for place in options.paths] or [""]
    try:
        paths, skips, reader = _contents(root, repository, options, inside)
    except GitError as error:
        raise refused(error) from error
    rules = _rule_files(root, paths)
    return Tree(root, repository, no_git, advice, paths, skips, reader, rules)


def refused(error: GitError) -> UsageError:
    """Say what git could not do as an error of the command."""
    return UsageError(f"{error.what} ({error.where})" if error.where else error.what, error.advice)


def _repository(folder: Path, options: LintOptions) -> tuple[Repository | None, str, str]:
    """Find the repository; without one the reason and the advice."""
    try:
        # A hook of `git commit -a` or `git commit FILE` stages into an index of its own.
        repository = Repository.find(folder, index_file=os.environ.get("GIT_INDEX_FILE"))
    except GitMissing:
        return None, "there is no git program", "install git"
    except BareRepository as error:
        raise refused(error) from error
    except GitError as error:
        if options.staged or options.since:
            raise refused(error) from error
        return None, error.what, error.advice
    return repository, "" if repository else "this is no git repository", ""


def _contents(
    root: Path, repository: Repository | None, options: LintOptions, inside: list[str]
) -> tuple[tuple[str, ...], tuple[Skip, ...], Reader]:
    """List the files to judge and the places that cannot be; and what reads the files."""
    disk = DiskReader(root)
    skips: list[Skip] = []
    if repository is None:
        return tuple(sorted(set(_walk(root, inside, skips)))), tuple(skips), disk
    if options.staged:
        staged = {p: mode for p, mode in repository.staged().items() if _under(p, inside)}
        links = frozenset(path for path, mode in staged.items() if mode == LINK)
        modules = [path for path, mode in staged.items() if mode == SUBMODULE]
        paths = tuple(path for path in staged if staged[path] != SUBMODULE)
        return paths, tuple(map(_submodule, modules)), StagedReader(repository, links)
    if options.since:
        changed = repository.changed(options.since)
        listed = [path for path in changed.paths if _under(path, inside)]
        skips += (_closed(f, _UNOPENED) for f in changed.unreadable if _under(f, inside))
        absent = frozenset(path for path in listed if is_gone(root / path))
    else:
        listed, absent = _listed(repository, inside, skips)
    reader = SparseReader(disk, StagedReader(repository), absent) if absent else disk
    return tuple(listed), tuple(skips), reader


def _nearest(place: Path) -> str:
    for parent in place.absolute().parents:
        if parent.exists():
            return f"the nearest folder that exists is {os.fspath(parent)!r}"
    return "check the path"


def _relative(root: Path, place: Path) -> str:
    # The last component may be a link, which is judged under its own name.
    full = place.absolute()
    named = [full.resolve()]
    if full.name not in ("", "..", "."):
        named.insert(0, full.parent.resolve() / full.name)
    for name in named:
        if name.is_relative_to(root):
            inside = name.relative_to(root).as_posix()
            return "" if inside == "." else inside
    raise UsageError(
        f"{os.fspath(place)!r} lies outside the project {os.fspath(root)!r}",
        "run Redline once for each project",
    )


def _under(path: str, inside: Iterable[str]) -> bool:
    return any(not top or path == top or path.startswith(top + "/") for top in inside)


def _listed(
    repository: Repository, inside: list[str], skips: list[Skip]
) -> tuple[list[str], frozenset[str]]:
    """List what git does not ignore, and which of it a sparse checkout leaves out."""
    paths: set[str] = set()
    absent: set[str] = set()
    root = os.path.join(repository.root, "")
    for top in inside:
        files = repository.files(top)
        if top and not (repository.root / top).is_dir():
            # A file that is named is judged, ignored by git or not.
            paths.add(top)
        for path in files.paths:
            # A deleted file holds nothing; one that may not be looked at holds who knows what.
            if not is_gone(f"{root}{path}"):
                paths.add(path)
            elif path in files.sparse:
                absent.add(path)
        if top and not files.paths and (repository.root / top).is_dir():
            # So is a folder that is named and of which git says nothing: it is ignored.
            paths.update(_walk(repository.root, [top], skips))
        skips += map(_submodule, (*files.submodules, *files.nested))
        skips += (_closed(folder, _UNOPENED) for folder in files.unreadable)
    return sorted(paths | absent), frozenset(absent)


def _submodule(path: str) -> Skip:
    return Skip(
        path,
        "it is a repository of its own",
        protected=False,
        advice=f"run `redline lint {path}` as well",
    )


def _closed(folder: str, why: str) -> Skip:
    reason = f"the folder cannot be read: {why}"
    return Skip(folder, reason, protected=False, advice="check its permissions")


def _rule_files(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Find the rule files below the root that may speak of what is judged: those above it.

    Raises ``UsageError`` for one that is a pipe or a device.
    """
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    found = [f"{folder}/{_RULE_FILE}" for folder in sorted(folders)]
    found = [name for name in found if os.path.lexists(root / name)]
    for name in (_RULE_FILE, *found):
        with suppress(OSError):
            mode = (root / name).stat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                # Reading it would wait for whoever writes into it.
                raise UsageError(f"{name} is no regular file", "put a rule file in its place")
    return tuple(found)


def _walk(root: Path, inside: list[str], skips: list[Skip]) -> Iterator[str]:
    for top in inside:
        start = root / top
        if not start.is_dir() or start.is_symlink():
            yield top
            continue

        def complain(error: OSError) -> None:
            where = Path(error.filename or root)
            name = where.relative_to(root).as_posix() if where.is_relative_to(root) else str(where)
            skips.append(_closed(name, error.strerror or str(error)))

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


@contextmanager
def opened(options: LintOptions, root: Path) -> Iterator[Callable[[str], bytes | None]]:
    """Give what reads the bytes that findings' positions count, of the project at ``root``.

    It returns None for a file that cannot be read again.
    """
    disk = DiskReader(root)
    staged: list[StagedReader | None] = []

    def index() -> StagedReader | None:
        if not staged:
            # What a sparse checkout leaves out was read from the index, too.
            repository, *_ = _repository(root, options)
            staged.append(StagedReader(repository) if repository else None)
        return staged[0]

    def source(path: str) -> bytes | None:
        reader = index() if options.staged or is_gone(root / path) else disk
        try:
            return reader.read(path) if reader else None
        except Unreadable:
            return None

    try:
        yield source
    finally:
        for reader in staged:
            if reader is not None:
                reader.close()
