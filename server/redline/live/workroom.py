"""Where texts are judged: one project's rules, history and index, opened once and kept current."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redline.detect.history import History
from redline.git import GitError, GitMissing, Repository
from redline.ledger.entries import folder_stamps
from redline.live.project import Project as Project
from redline.matching.fault import IndexFault
from redline.policy import Policy, PolicyError, load_policy
from redline.policy.load import NAME, check_bytes
from redline.policy.packs import DEFAULT, builtin_pack
from redline.project.cache import Stamp, stamp_of
from redline.project.files import Tree
from redline.project.judge import Judge
from redline.project.options import cache_folder
from redline.project.reading import DiskReader
from redline.project.work import Bench

_RECORDS = ("notes", "agent-trace", "entire", "checkpoints")
"""Folders of refs whose contents are evidence."""


@dataclass(slots=True)
class Overlay:
    """Reads what an editor holds, and everything else from disk."""

    disk: DiskReader
    texts: dict[str, bytes] = field(default_factory=dict)
    """By path relative to the root."""

    def read(self, path: str) -> bytes:
        """Read one file; raises ``Unreadable``."""
        held = self.texts.get(path)
        return held if held is not None else self.disk.read(path)

    def close(self) -> None:
        """Forget what was learnt about folders."""
        self.disk.close()


class Workroom:
    """One project, ready to judge texts. Not for sharing between threads or processes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.root = project.root
        self.policy_error: PolicyError | None = None
        """Why the rule files on disk are not in force; the last good ones are."""
        self.faults: list[str] = []
        """What could not be opened, in sentences: the index, the history."""
        self._reader = Overlay(DiskReader(self.root))
        self._nested: set[str] = set()
        self._policy: Policy | None = None
        self._policy_stamps: dict[Path, Stamp | None] = {}
        self._repository: Repository | None = None
        self._no_git = ""
        self._stack = ExitStack()
        self._judge: Judge | None = None
        self._world: object = None

    @property
    def index(self) -> Path | None:
        """The origin index where there is one."""
        index = self.project.index
        return index if index is not None and index.exists() else None

    @property
    def policy(self) -> Policy:
        """The rules in force: the last that were whole, the shipped default before any were."""
        self._refresh_policy()
        assert self._policy is not None
        return self._policy

    @property
    def repository(self) -> Repository | None:
        """The git repository whose top the root is."""
        self._refresh()
        return self._repository

    def read(self, path: str) -> bytes:
        """Read a file of the project from disk; raises ``Unreadable``."""
        return self._reader.disk.read(path)

    def judge(self) -> Judge:
        """The detectors, opened anew where history, records, index or rules have changed."""
        self._refresh()
        assert self._judge is not None
        return self._judge

    @contextmanager
    def holding(self, path: str, text: bytes) -> Iterator[Judge]:
        """Judge with ``text`` as the content of ``path``, whatever lies on disk."""
        self._notice_rule_files(path)
        judge = self.judge()
        self._reader.texts[path] = text
        try:
            yield judge
        finally:
            del self._reader.texts[path]

    def close(self) -> None:
        """Give back everything that is open."""
        self._stack.close()
        self._judge = None

    def _notice_rule_files(self, path: str) -> None:
        """Rule files above a judged file add to the policy; which are there may change."""
        folder = path.rpartition("/")[0]
        while folder:
            name = f"{folder}/{NAME}"
            if name not in self._nested and os.path.lexists(self.root / name):
                self._nested.add(name)
                self._policy_stamps[self.root / name] = None
            folder = folder.rpartition("/")[0]

    def _refresh_policy(self) -> None:
        stamps = {path: stamp_of(path) for path in self._policy_stamps}
        if self._policy is not None and stamps == self._policy_stamps:
            return
        self._nested = {name for name in self._nested if os.path.lexists(self.root / name)}
        try:
            self._policy = load_policy(
                self.root, self.project.policy, nested=self._nested, cache=cache_folder()
            )
            self.policy_error = None
        except PolicyError as error:
            self.policy_error = error
            if self._policy is None:
                # Nothing is let pass because of a typing mistake in a rule file.
                self._policy = check_bytes(builtin_pack(DEFAULT), f"builtin:{DEFAULT}")
        files = {self.root / NAME, *(self.root / name for name in self._nested)}
        files |= {self.root / name for name in self._policy.files if ":" not in name}
        if self.project.policy is not None:
            files.add(self.project.policy)
        if self.policy_error is not None:
            files |= {self.root / problem.path for problem in self.policy_error.problems}
        self._policy_stamps = {path: stamp_of(path) for path in files}

    def _refresh(self) -> None:
        policy = self.policy
        world = (policy.sha256, policy.files, *self._stamps())
        if self._judge is not None and world == self._world:
            return
        self._stack.close()
        self._stack = ExitStack()
        self.faults = []
        bench = self._bench(policy)
        try:
            self._judge = bench.judge(self._stack)
        except IndexFault as error:
            self.faults.append(str(error))
            self._stack.close()
            self._stack = ExitStack()
            # What the repository tells is still worth telling.
            self._judge = self._bench(policy, with_index=False).judge(self._stack)
        # Taken again: opening the repository tells where its stamps are.
        self._world = (policy.sha256, policy.files, *self._stamps())

    def _bench(self, policy: Policy, *, with_index: bool = True) -> Bench:
        self._repository, self._no_git = self._found_repository()
        history: History | None = None
        if self._repository is not None:
            try:
                history = History(self._repository, cache_folder())
            except GitError as error:
                self.faults.append(f"the history cannot be read: {error.what}")
        tree = Tree(
            root=self.root,
            repository=self._repository,
            no_git=self._no_git,
            git_advice="",
            paths=(),
            skips=(),
            reader=self._reader,
            rule_files=tuple(sorted(self._nested)),
        )
        index = self.index if with_index else None
        return Bench(tree, policy, history is not None, index, cache_folder(), history=history)

    def _found_repository(self) -> tuple[Repository | None, str]:
        try:
            found = Repository.find(self.root)
        except GitMissing:
            return None, "there is no git program"
        except GitError as error:
            self.faults.append(f"git cannot be asked: {error.what}")
            return None, error.what
        if found is None:
            return None, "this is no git repository"
        if found.root != self.root:
            return None, "the root is not the top of its git repository"
        return found, ""

    def _repository_stamps(self) -> tuple[object, ...]:
        """What changes when HEAD, a branch's tip, notes or other records do; asks no process."""
        repository = self._repository
        if repository is None:
            return (stamp_of(self.root / ".git"), os.path.lexists(self.root / ".git"))
        common = repository.common_dir
        try:
            head = (repository.git_dir / "HEAD").read_bytes()
        except OSError:
            head = b""
        told: list[object] = [head, stamp_of(common / "packed-refs"), stamp_of(common / "shallow")]
        if head.startswith(b"ref: "):
            told.append(stamp_of(common / os.fsdecode(head[5:].strip())))
        for folder in (*(common / "refs" / name for name in _RECORDS), common / "reftable"):
            told += _stamps_below(folder)
        told.append(stamp_of(self.root / ".agent-trace" / "traces.jsonl"))
        return tuple(told)

    def _stamps(self) -> tuple[object, ...]:
        """What changes when anything does that evidence is read from."""
        return *self._repository_stamps(), *self._index_stamps(), folder_stamps(self.root)

    def _index_stamps(self) -> tuple[object, ...]:
        index = self.index
        if index is None:
            return (None,)
        log = stamp_of(index.with_name(index.name + "-wal"))
        # A reader leaves an empty log beside the index.
        return stamp_of(index.resolve()), log if log and log[0] else None


def _stamps_below(folder: Path) -> list[object]:
    found: list[object] = []
    for name, _, files in os.walk(folder):
        found += ((name, file, stamp_of(os.path.join(name, file))) for file in sorted(files))
    return found
