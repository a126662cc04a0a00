"""One lint: every file of the project past the judge, in as many processes as pay."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ..detect.history import History
from ..detect.sessions import SessionDetector
from ..git import GitError
from ..matching.store import IndexFault
from ..model import Finding, LintResult, Skip, Source
from ..policy import Policy, load_policy
from .files import Tree, UsageError, open_tree
from .judge import Facts, Judge, protects
from .options import LintOptions, cache_folder, default_index

_PARALLEL_FROM = 64
"""Protected files from which starting processes pays."""
_CHUNK = 16

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a judge needs, cheap to hand to another process without its history."""

    tree: Tree
    policy: Policy
    with_history: bool
    index: Path | None
    cache: Path | None
    history: History | None = None
    """The one that is open in this process."""

    def judge(self, stack: ExitStack) -> Judge:
        """Open what must be opened once a process: git's processes, the index."""
        history = self.history
        sessions = None
        if history is not None:
            stack.enter_context(history)
        elif self.with_history and self.tree.repository is not None:
            history = stack.enter_context(History(self.tree.repository, self.cache))
        if self.index is not None:
            bulk = len(self.tree.paths) >= _PARALLEL_FROM
            sessions = stack.enter_context(SessionDetector.open(self.index, bulk=bulk))
        return Judge(str(self.tree.root), self.tree.reader, self.policy, history, sessions)


def lint(options: LintOptions, progress: Progress | None = None) -> LintResult:
    """Judge the project; raises ``UsageError`` and ``PolicyError``."""
    begun = time.perf_counter()
    bench, sources = prepare(options)
    findings: list[Finding] = []
    skips: list[Skip] = [_protected(skip, bench.policy) for skip in bench.tree.skips]
    zone_files: Counter[str] = Counter()
    protected = lines = 0
    paths = bench.tree.paths
    for done, (facts, found) in enumerate(_judged(bench, options, paths), 1):
        findings += found
        skips += facts.skips
        if facts.zones:
            protected += 1
            lines += facts.lines
            zone_files.update({hit.zone for hit in facts.zones})
        if progress is not None:
            progress(done, len(paths))
    findings.sort(key=lambda finding: (finding.path, finding.region.span, finding.rule))
    return LintResult(
        root=str(bench.tree.root),
        policy_sha256=bench.policy.sha256,
        policy_files=bench.policy.files,
        findings=tuple(findings),
        skipped=tuple(sorted(set(skips), key=lambda skip: (skip.path, skip.reason))),
        sources=sources,
        files_seen=len(paths),
        files_protected=protected,
        lines_protected=lines,
        seconds=time.perf_counter() - begun,
        zone_files=dict(sorted(zone_files.items())),
    )


def prepare(options: LintOptions) -> tuple[Bench, tuple[Source, ...]]:
    """Find the project, its rules and its sources of evidence."""
    tree = open_tree(options)
    cache = cache_folder() if options.cache else None
    policy = load_policy(tree.root, options.policy, nested=tree.rule_files, cache=cache)
    with_history = False
    history: History | None = None
    sources: list[Source] = []
    skips = list(tree.skips)
    if tree.repository is None:
        sources.append(Source("git", False, f"{tree.no_git}: no commit, note or blame was asked"))
        if os.path.lexists(tree.root / ".git"):
            reason = f"the history cannot be asked: {tree.no_git}"
            skips.append(Skip(".git", reason, protected=True, advice=tree.git_advice))
    else:
        try:
            history = History(tree.repository, cache)
            sources += history.sources()
            with_history = True
        except GitError as error:
            sources.append(Source("git", False, f"the history cannot be read: {error.what}"))
            skips.append(Skip(".git", error.what, protected=True, advice=error.advice))
    index, session_sources = _index(options)
    sources += session_sources
    sources.append(Source("markers", True, "literal traces that assistants leave in text"))
    tree = replace(tree, skips=tuple(skips))
    return Bench(tree, policy, with_history, index, cache, history), tuple(sources)


def _index(options: LintOptions) -> tuple[Path | None, list[Source]]:
    path = options.index or default_index()
    if not path.exists():
        if options.index is not None:
            raise UsageError(
                f"there is no index {os.fspath(path)!r}", "make it with `redline index update`"
            )
        return None, [
            Source("sessions", False, "no sessions are indexed; run `redline index update`")
        ]
    try:
        with SessionDetector.open(path) as detector:
            return path, detector.sources()
    except IndexFault as error:
        raise UsageError(str(error), "") from error


def _protected(skip: Skip, policy: Policy) -> Skip:
    """Settle whether a place that cannot be judged lies in a protected zone."""
    if skip.protected:
        return skip
    # What lies below a folder that is not read is unknown; a name of no meaning stands for it.
    zones = policy.zones_of(skip.path) + policy.zones_of(f"{skip.path}/0")
    return replace(skip, protected=protects(policy, zones))


def _judged(
    bench: Bench, options: LintOptions, paths: Iterable[str]
) -> Iterator[tuple[Facts, tuple[Finding, ...]]]:
    jobs = options.jobs or os.cpu_count() or 1
    todo = list(paths)
    if jobs > 1 and len(todo) >= _PARALLEL_FROM:
        yield from _in_processes(bench, todo, jobs)
        return
    with ExitStack() as stack:
        judge = bench.judge(stack)
        for path in todo:
            yield _one(judge, path)


_worker: Judge | None = None


def _start(bench: Bench) -> None:
    global _worker
    # Closed with the process.
    _worker = bench.judge(ExitStack())


def _work(paths: list[str]) -> list[tuple[Facts, tuple[Finding, ...]]]:
    return [_one(_worker, path) for path in paths] if _worker is not None else []


def _one(judge: Judge, path: str) -> tuple[Facts, tuple[Finding, ...]]:
    facts, text = judge.facts(path)
    # What has been judged need not travel between processes as well.
    return replace(facts, evidence=()), judge.verdict(facts, text)


def _in_processes(
    bench: Bench, paths: list[str], jobs: int
) -> Iterator[tuple[Facts, tuple[Finding, ...]]]:
    from concurrent.futures import ProcessPoolExecutor

    if bench.history is not None:
        # Open processes do not travel; each worker asks git itself, through the same cache.
        bench.history.close()
        bench = replace(bench, history=None)
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    with ProcessPoolExecutor(min(jobs, len(chunks)), initializer=_start, initargs=(bench,)) as pool:
        for part in pool.map(_work, chunks):
            yield from part
