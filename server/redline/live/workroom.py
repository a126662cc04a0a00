"""Where texts are judged: one project's rules, history and index, opened once and kept current."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from redline.detect.history import History
from redline.git import GitError, GitMissing, Repository
from redline.ledger.entries import folder_stamps
from redline.live.overlay import Overlay
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

if TYPE_CHECKING:
    from redline.detect.past import Past
    from redline.detect.sessions import SessionDetector

_TRIES = 3
"""Looks at an index that is being written."""


class Workroom:
    """One project, ready to judge texts. Not for sharing between threads or processes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.root = project.root
        self.policy_error: PolicyError | None = None
        """Why the rule files on disk are not in force; the last good ones are."""
        self._reader = Overlay(DiskReader(self.root))
        self._nested: set[str] = set()
        self._policy: Policy | None = None
        self._policy_stamps: dict[Path, Stamp | None] = {}
        self._repository: Repository | None = None
        self._no_git = ""
        self._opened = ExitStack()
        """The history, with its processes."""
        self._index_opened = ExitStack()
        self._history: History | None = None
        self._past: Past | None = None
        self._sessions: SessionDetector | None = None
        self._generation = 0
        """Of the index, when it was opened."""
        self._git_faults: list[str] = []
        self._index_faults: list[str] = []
        self._judge: Judge | None = None
        self._ground: object = None
        self._shelf: object = None
        self._world: object = None

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be opened, in sentences: the history, the index."""
        return (*self._git_faults, *self._index_faults)

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
        judge = self._held()
        if judge.history is not None:
            judge.history.begin(path, text)
        self._reader.texts[path] = text
        try:
            yield judge
        finally:
            del self._reader.texts[path]
            if judge.sessions is not None:
                # A reader at rest would keep the index's log from being folded into it.
                judge.sessions.store.release()

    def close(self) -> None:
        """Give back everything that is open."""
        self._judge = None
        self._index_opened.close()
        self._opened.close()

    def _held(self) -> Judge:
        """The detectors, the index as it is at this moment."""
        for _ in range(_TRIES):
            judge = self.judge()
            if judge.sessions is None:
                return judge
            store = judge.sessions.store
            try:
                store.hold()
                if store.generation() == self._generation:
                    return judge
                store.release()
            except sqlite3.Error:
                # The look itself tells of damage, in its own words.
                return judge
            # It was written between the look at its stamps and this one.
            self._shelf = self._world = None
        return judge

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
        stamps[self.root / NAME] = stamp_of(self.root / NAME)
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
        # As they were before they were read: what was written meanwhile is read the next time,
        # and so is a file of which nobody knew before.
        self._policy_stamps = {path: stamps.get(path) for path in files}

    def _refresh(self) -> None:
        policy = self.policy
        ground, index = self._repository_stamps(), self._index_stamps()
        world = (policy.sha256, policy.files, ground, index, folder_stamps(self.root))
        if self._judge is not None and world == self._world:
            return
        if self._judge is None or ground != self._ground:
            self._judge = None
            ground = self._ground = self._open_history()
            self._shelf = ()
        if index != self._shelf:
            self._open_sessions()
            # A reader leaves files beside the index.
            index = self._shelf = self._index_stamps()
        # Folders may have become links meanwhile.
        self._reader.close()
        self._judge = self._bench(policy).judge_with(self._history, self._past, self._sessions)
        self._world = (policy.sha256, policy.files, ground, index, folder_stamps(self.root))

    def _open_history(self) -> tuple[object, ...]:
        """Ask git anew: HEAD, records or the repository itself have changed.

        Return the stamps of what was read, taken before it was read.
        """
        self._opened.close()
        self._history = self._past = None
        self._git_faults = []
        self._repository, self._no_git = self._found_repository()
        ground = self._repository_stamps()
        if self._repository is None:
            return ground
        try:
            self._history = self._opened.enter_context(History(self._repository, cache_folder()))
        except GitError as error:
            self._git_faults.append(f"the history cannot be read: {error.what}")
        return ground

    def _open_sessions(self) -> None:
        """Read the index as it is now; an update of it says nothing new of the history."""
        self._index_opened.close()
        self._sessions = None
        self._index_faults = []
        index = self.index
        if index is None:
            return
        # Start-up pays for what is asked.
        from redline.detect.past import Past
        from redline.detect.sessions import SessionDetector

        try:
            # NumPy is loaded here anyway.
            self._sessions = self._index_opened.enter_context(
                SessionDetector.open(index, bulk=True)
            )
        except IndexFault as error:
            # What the repository tells is still worth telling.
            self._index_faults.append(str(error))
            return
        self._generation = self._sessions.store.generation()
        self._sessions.store.release()
        if self._history is not None and self._past is None:
            self._past = self._opened.enter_context(Past(self._history, cache_folder()))

    def _bench(self, policy: Policy) -> Bench:
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
        return Bench(tree, policy, self._history is not None, self.index, cache_folder())

    def _found_repository(self) -> tuple[Repository | None, str]:
        try:
            found = Repository.find(self.root)
        except GitMissing:
            return None, "there is no git program"
        except GitError as error:
            self._git_faults.append(f"git cannot be asked: {error.what}")
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
        told += _stamps_below(common / "refs")
        told.append(stamp_of(common / "reftable" / "tables.list"))
        told.append(stamp_of(self.root / ".agent-trace" / "traces.jsonl"))
        return tuple(told)

    def _index_stamps(self) -> tuple[object, ...]:
        index = self.index
        if index is None:
            return (None,)
        log = stamp_of(index.with_name(index.name + "-wal"))
        # A reader leaves an empty log beside the index.
        return stamp_of(index.resolve()), log if log and log[0] else None


def _stamps_below(refs: Path) -> list[object]:
    """The folders of refs with their mtimes (ns): git replaces a ref's file, and so touches them.

    Notes, traces and checkpoints lie there, some of them among the branches; tags are no records.
    """
    found: list[object] = []
    for name, folders, _ in os.walk(refs):
        if name == str(refs):
            folders[:] = [folder for folder in folders if folder != "tags"]
        with suppress(OSError):
            found.append((name, os.lstat(name).st_mtime_ns))
    return found
