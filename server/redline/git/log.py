"""One pass over history: what each commit says, which files it touched, what was renamed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redline.git import cache
from redline.git.command import GitError
from redline.git.repository import Repository

_FORMAT = 1
_FIELDS = 8
_RENAME_LIMIT = 1000

Json = object


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says about itself."""

    id: str
    author: tuple[str, str]
    """Name and e-mail."""
    committer: tuple[str, str]
    time: int
    """The committer's time in ms."""
    message: str


@dataclass(slots=True)
class Log:
    """The commits of interest in the history of HEAD."""

    head: str | None
    ids: frozenset[str] = frozenset()
    """All commits."""
    digests: dict[str, Json] = field(default_factory=dict)
    """What ``digest`` said of each commit that it found interesting."""
    times: dict[str, int] = field(default_factory=dict)
    """The committer's time in ms of each commit whose files are known."""
    paths: dict[str, list[str]] = field(default_factory=dict)
    """The files of each commit of interest, by their names then."""
    renames: dict[str, list[str]] = field(default_factory=dict)
    """Later names of a file, over all commits."""

    def touched(self, commits: Iterable[str]) -> frozenset[str]:
        """Name the files that these commits touched, by every name they had since.

        A superset: renames of all branches are followed. Commits outside are ignored.
        """
        waiting = {path for commit in commits for path in self.paths.get(commit, ())}
        found: set[str] = set()
        while waiting:
            path = waiting.pop()
            found.add(path)
            waiting.update(name for name in self.renames.get(path, ()) if name not in found)
        return frozenset(found)


def read_log(
    repository: Repository,
    digest: Callable[[Commit], Json],
    version: str,
    extra: Collection[str] = (),
    cached: Path | None = None,
) -> Log:
    """Read the history of HEAD, or only what is new since the last time.

    ``digest`` turns a commit into a JSON value, falsy if it is of no interest; ``version`` names
    what it does. The files of ``extra`` commits are wanted too. With a cache folder the result
    is kept there and extended while the old HEAD is an ancestor of the new. Raises ``GitError``.
    """
    head = repository.head
    if head is None:
        return Log(None)
    file = None if cached is None else cache.folder_for(repository, cached) / "log.json"
    state = f"{_FORMAT} {version} {cache.state_of(repository)}"
    log = _loaded(file, state) if file else None
    if log and log.head != head and not (log.head and repository.is_ancestor(log.head, head)):
        log = None
    changed = log is None or log.head != head
    if log is None:
        log = _extended(repository, Log(None), head, digest, extra)
    elif log.head != head:
        log = _extended(repository, log, f"{log.head}..{head}", digest, extra)
        log.head = head
    log.head = head
    missing = [commit for commit in extra if commit in log.ids and commit not in log.paths]
    if missing:
        asked = "\n".join(missing).encode() + b"\n"
        for commit, paths, _ in _commits(repository, ["--no-walk=unsorted", "--stdin"], asked):
            log.paths[commit.id] = paths
            log.times[commit.id] = commit.time
    if file and (changed or missing):
        cache.save(file, _saved(log, state))
    return log


def _extended(
    repository: Repository,
    log: Log,
    asked: str,
    digest: Callable[[Commit], Json],
    extra: Collection[str],
) -> Log:
    ids = set(log.ids)
    for commit, paths, renames in _commits(repository, [asked]):
        ids.add(commit.id)
        for old, new in renames:
            names = log.renames.setdefault(old, [])
            if new not in names:
                names.append(new)
        told = digest(commit)
        if told:
            log.digests[commit.id] = told
        if told or commit.id in extra:
            log.paths[commit.id] = paths
            log.times[commit.id] = commit.time
    log.ids = frozenset(ids)
    return log


_Told = tuple[Commit, list[str], list[tuple[str, str]]]


def _commits(repository: Repository, asked: list[str], stdin: bytes | None = None) -> list[_Told]:
    """Ask with renames by content, and without where an object is missing (a partial clone)."""
    try:
        return list(_parse(_records(repository, "-M", asked, stdin), exact=False))
    except GitError:
        return list(_parse(_records(repository, "-M100%", asked, stdin), exact=True))


def _records(
    repository: Repository, renames: str, asked: list[str], stdin: bytes | None
) -> Iterator[bytes]:
    # "-c" lists a merge's files that differ from all parents: only there it brings lines itself.
    return repository.git.records(
        "log",
        "-z",
        "-c",
        renames,
        f"-l{_RENAME_LIMIT}",
        "--name-status",
        "--no-ext-diff",
        "--no-textconv",
        "--no-show-signature",
        "--no-mailmap",
        "--format=%x01%H%x00%an%x00%ae%x00%cn%x00%ce%x00%ct%x00%B%x00",
        *asked,
        "--",
        stdin=stdin,
    )


def _parse(records: Iterator[bytes], *, exact: bool) -> Iterator[_Told]:
    """Read ``git log -z --name-status``: a status says how many paths follow it."""
    commit: Commit | None = None
    changes: list[tuple[str, str, str]] = []
    for record in records:
        token = record.lstrip(b"\n")
        if token[:1] == b"\x01":
            if commit is not None:
                yield commit, *_changed(changes, exact)
            commit, changes = _commit(token, records), []
        elif token:
            status = token.decode("ascii", "replace")
            path = os.fsdecode(next(records, b""))
            moved = status[0] in "RC" and status[1:].isdigit()
            changes.append((status, path, os.fsdecode(next(records, b"")) if moved else path))
    if commit is not None:
        yield commit, *_changed(changes, exact)


def _commit(first: bytes, records: Iterator[bytes]) -> Commit:
    fields = [next(records, b"").decode("utf-8", "replace") for _ in range(6)]
    name, email, committer, address, time, message = fields
    seconds = int(time) if time.isdigit() else 0
    return Commit(first[1:].decode(), (name, email), (committer, address), seconds * 1000, message)


def _changed(
    changes: list[tuple[str, str, str]], exact: bool
) -> tuple[list[str], list[tuple[str, str]]]:
    paths = [new for _, _, new in changes]
    renames = [(old, new) for _, old, new in changes if old != new]
    gone = [old for status, old, _ in changes if status == "D"]
    come = [new for status, _, new in changes if status == "A"]
    if gone and come and (exact or len(gone) * len(come) > _RENAME_LIMIT**2):
        # Git did not compare contents here. A pair too many costs a look; one too few a finding.
        renames += _likely(gone, come)
    return paths, renames


def _likely(gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
    if len(gone) * len(come) <= _RENAME_LIMIT:
        yield from ((old, new) for old in gone for new in come)
        return
    named: dict[str, list[str]] = defaultdict(list)
    for new in come:
        named[new.rpartition("/")[2]].append(new)
    for old in gone:
        yield from ((old, new) for new in named.get(old.rpartition("/")[2], ()))


def _saved(log: Log, state: str) -> dict[str, object]:
    return {
        "state": state,
        "head": log.head,
        "ids": sorted(log.ids),
        "digests": log.digests,
        "times": log.times,
        "paths": log.paths,
        "renames": log.renames,
    }


def _loaded(file: Path, state: str) -> Log | None:
    value = cache.load(file)
    head, ids = value.get("head"), value.get("ids")
    tables = [value.get(key) for key in ("digests", "times", "paths", "renames")]
    if value.get("state") != state or not isinstance(head, str) or not isinstance(ids, list):
        return None
    digests, times, paths, renames = tables
    if not (
        isinstance(digests, dict)
        and isinstance(times, dict)
        and isinstance(paths, dict)
        and isinstance(renames, dict)
    ):
        return None
    return Log(head, frozenset(ids), digests, times, paths, renames)
