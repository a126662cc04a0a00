"""Judge many files, in as many processes as pay."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..check import check
from ..detect.history import History
from ..interrupts import interrupts_wait
from ..ledger import Declarations, read_declarations
from ..model import Finding
from ..policy import Policy
from .cache import Stamp, stamp_of
from .files import Tree
from .judge import Facts, Judge
from .reading import Unreadable

if TYPE_CHECKING:
    from ..detect.past import Past
    from ..detect.sessions import SessionDetector

_PARALLEL_FROM = 64
"""Protected files from which starting processes pays."""
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a judge needs, cheap to hand to another process without its history."""

    tree: Tree
    policy: Policy
    with_history: bool
    index: Path | None
    cache: Path | None
    keeps: bool = False
    """Whether facts found may be kept for the next run."""
    history: History | None = None
    """The one that is open in this process."""
    declarations: Declarations | None = None
    """Where they are read already."""

    def judge(self, stack: ExitStack) -> Judge:
        """Open what must be opened once a process: git's processes, the index."""
        history = self.history
        sessions = past = None
        if history is not None:
            stack.enter_context(history)
        elif self.with_history and self.tree.repository is not None:
            history = stack.enter_context(History(self.tree.repository, self.cache))
        if self.index is not None:
            # Start-up pays for what is asked.
            from ..detect.past import Past
            from ..detect.sessions import SessionDetector

            bulk = len(self.tree.paths) >= _PARALLEL_FROM
            sessions = stack.enter_context(SessionDetector.open(self.index, bulk=bulk))
            if history is not None:
                past = stack.enter_context(Past(history, self.cache))
        stack.callback(self.tree.reader.close)
        return self.judge_with(history, past, sessions)

    def judge_with(
        self, history: History | None, past: Past | None, sessions: SessionDetector | None
    ) -> Judge:
        """A judge with what is open already."""
        # Rule files quote marks in their help and patterns; they do not bear them.
        exempt = frozenset((*self.policy.files, *self.tree.rule_files))
        return Judge(
            str(self.tree.root),
            self.tree.reader,
            self.policy,
            history,
            sessions,
            exempt,
            past,
            read_declarations(self.tree.root) if self.declarations is None else self.declarations,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A file to judge, and what an earlier run found out about it."""

    path: str
    known: Facts | None = None
    stamp: Stamp | None = None
    """The stamp for which ``known`` is true."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a file, and the verdict."""

    facts: Facts
    findings: tuple[Finding, ...] = ()
    stamp: Stamp | None = None
    """For which the facts are true; None where they are not to be kept."""


class Worker:
    """Does tasks one after the other; opens history and index when a file needs them."""

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        self._bench = bench
        self._stack = stack
        self._judge: Judge | None = None

    def do(self, task: Task) -> Outcome:
        """Judge one file, from what is known where that still holds."""
        if task.known is not None and (recalled := self._recalled(task.known, task.stamp)):
            return recalled
        if self._judge is None:
            self._judge = self._bench.judge(self._stack)
        place = self._bench.tree.root / task.path
        before = stamp_of(place) if self._bench.keeps else None
        facts, text = self._judge.facts(task.path)
        findings = self._judge.verdict(facts, text)
        if before is None or stamp_of(place) != before:
            # What has been judged need not travel between processes as well.
            return Outcome(replace(facts, evidence=()), findings)
        return Outcome(facts, findings, before)

    def _recalled(self, facts: Facts, stamp: Stamp | None) -> Outcome | None:
        try:
            text = self._bench.tree.reader.read(facts.path)
        except Unreadable:
            return None
        if stamp_of(self._bench.tree.root / facts.path) != stamp:
            return None
        return Outcome(
            facts, check(facts.path, text, facts.evidence, facts.zones, self._bench.policy)
        )


def work(bench: Bench, tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """Do all tasks, in order; ``jobs`` processes, 0 for as many as there are cores."""
    jobs = jobs or os.cpu_count() or 1
    if jobs > 1 and len(tasks) >= _PARALLEL_FROM:
        yield from _in_processes(bench, tasks, jobs)
        return
    with ExitStack() as stack:
        worker = Worker(bench, stack)
        for task in tasks:
            yield worker.do(task)


_worker: Worker | None = None


def _start(bench: Bench) -> None:
    import signal

    global _worker
    # Ctrl-C reaches all processes of a terminal; the parent ends the others, each without a word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is opened is closed with the process.
    _worker = Worker(bench, ExitStack())


def _work(tasks: Sequence[Task]) -> list[Outcome]:
    return [_worker.do(task) for task in tasks] if _worker is not None else []


def _in_processes(bench: Bench, tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if bench.history is not None:
        # Open processes do not travel; each worker asks git itself, through the same cache.
        bench.history.close()
        bench = replace(bench, history=None)
    chunks = [tasks[start : start + _CHUNK] for start in range(0, len(tasks), _CHUNK)]
    # All workers start with the first task, before the progress bar has its thread, so they can
    # share what is imported. Elsewhere than on Linux forking is not safe at all.
    way = get_context("fork" if sys.platform == "linux" else None)
    pool = ProcessPoolExecutor(min(jobs, len(chunks)), way, initializer=_start, initargs=(bench,))
    try:
        # Between two forks it would leave a pool that nobody can end, and a process that waits.
        with interrupts_wait():
            parts = pool.map(_work, chunks)
        for part in parts:
            yield from part
    finally:
        # After Ctrl-C nobody wants the chunks that have not been begun.
        pool.shutdown(cancel_futures=True)
