"""One lint: every file of the project past the judge, known facts first."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..detect.history import History
from ..git import GitError
from ..ledger import read_declarations
from ..matching.schema import IndexFault
from ..model import Finding, LintResult, Skip, Source
from ..policy import Policy, load_policy
from . import cache
from .cache import Memory, stamp_of
from .dependence import key_of
from .files import Tree, UsageError, open_tree
from .judge import protects
from .options import LintOptions, cache_folder, default_index
from .work import Bench, Outcome, Task, work

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What earlier runs found out, and where it is kept."""

    file: Path
    memory: Memory
    begun: int
    fresh: bool
    """Nothing is kept there yet under this key."""


def lint(options: LintOptions, progress: Progress | None = None) -> LintResult:
    """Judge the project; raises ``UsageError``, ``PolicyError`` and ``IndexFault``."""
    begun = time.perf_counter()
    bench, sources, outcomes = judged(options)
    findings: list[Finding] = []
    skips: list[Skip] = list(not_listed(bench))
    zone_files: Counter[str] = Counter()
    protected = lines = 0
    paths = bench.tree.paths
    for done, outcome in enumerate(outcomes, 1):
        facts = outcome.facts
        findings += outcome.findings
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


def judged(
    options: LintOptions, after: str = ""
) -> tuple[Bench, tuple[Source, ...], Iterator[Outcome]]:
    """Judge the project's files one by one, as they are asked for; an outcome for each.

    Their order is that of the paths; only those behind ``after`` are judged. What was found out
    is kept for the next run when the last of all has been taken.
    """
    bench, sources, kept = _prepared(options)
    if after:
        rest = tuple(path for path in bench.tree.paths if path > after)
        bench, kept = replace(bench, tree=replace(bench.tree, paths=rest)), None
    return bench, sources, _outcomes(bench, options, kept)


def not_listed(bench: Bench) -> Iterator[Skip]:
    """The places that no file stands for, and whether they are protected."""
    return (_protected(skip, bench.policy) for skip in bench.tree.skips)


def prepare(options: LintOptions) -> tuple[Bench, tuple[Source, ...]]:
    """Find the project, its rules and its sources of evidence."""
    tree, policy, index = _found(options)
    return _asked(options, tree, policy, index)


def _found(options: LintOptions) -> tuple[Tree, Policy, Path | None]:
    tree = open_tree(options)
    folder = cache_folder() if options.cache else None
    policy = load_policy(tree.root, options.policy, nested=tree.rule_files, cache=folder)
    index = options.index or default_index()
    if index.exists():
        return tree, policy, index
    if options.index is not None:
        raise UsageError(
            f"there is no index {os.fspath(index)!r}", "make it with `redline index update`"
        )
    return tree, policy, None


def _prepared(options: LintOptions) -> tuple[Bench, tuple[Source, ...], _Kept | None]:
    """As ``prepare``, asking neither git nor the index where their answers are kept."""
    begun = time.time_ns()
    tree, policy, index = _found(options)
    key = None
    # What is staged has no stamp of its own.
    if options.cache and not options.staged and not tree.git_advice:
        try:
            key = key_of(tree, policy, index, begun)
        except (GitError, OSError):
            key = None
    if key is None:
        return *_asked(options, tree, policy, index), None
    file = cache.file_of(cache_folder(), tree.root)
    memory = cache.load(file, key)
    if memory is not None:
        bench = Bench(tree, policy, tree.repository is not None, index, cache_folder(), keeps=True)
        return bench, memory.sources, _Kept(file, memory, begun, fresh=False)
    bench, sources = _asked(options, tree, policy, index)
    if bench.tree.skips != tree.skips:
        # Git failed, and may succeed the next time without a change that the key would tell; or
        # the ledger is damaged, which is told each time.
        return bench, sources, None
    kept = _Kept(file, Memory(key, sources), begun, fresh=True)
    return replace(bench, keeps=True), sources, kept


def _asked(
    options: LintOptions, tree: Tree, policy: Policy, index: Path | None
) -> tuple[Bench, tuple[Source, ...]]:
    """Ask git and the index what they hold."""
    folder = cache_folder() if options.cache else None
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
            history = History(tree.repository, folder)
            sources += history.sources()
        except GitError as error:
            sources.append(Source("git", False, f"the history cannot be read: {error.what}"))
            skips.append(Skip(".git", error.what, protected=True, advice=error.advice))
    sources += _sessions(index)
    sources.append(Source("markers", True, "literal traces that assistants leave in text"))
    declarations = read_declarations(tree.root)
    sources += declarations.sources()
    skips += declarations.skips()
    tree = replace(tree, skips=tuple(skips))
    known = history is not None
    bench = Bench(tree, policy, known, index, folder, history=history, declarations=declarations)
    return bench, tuple(sources)


def _sessions(index: Path | None) -> list[Source]:
    if index is None:
        return [Source("sessions", False, "no sessions are indexed; run `redline index update`")]
    try:
        # Start-up pays for what is asked: without an index nothing of matching is needed.
        from ..detect.sessions import SessionDetector

        with SessionDetector.open(index) as detector:
            return detector.sources()
    except IndexFault as error:
        raise UsageError(str(error), "") from error


def _protected(skip: Skip, policy: Policy) -> Skip:
    """Settle whether a place that cannot be judged lies in a protected zone."""
    if skip.protected:
        return skip
    # What lies below a folder that is not read is unknown; a name of no meaning stands for it.
    zones = policy.zones_of(skip.path) + policy.zones_of(f"{skip.path}/0")
    return replace(skip, protected=protects(policy, zones))


def _outcomes(bench: Bench, options: LintOptions, kept: _Kept | None) -> Iterator[Outcome]:
    stamped: list[Outcome] = []
    for outcome in _judged(bench, options, kept):
        if outcome.stamp is not None:
            stamped.append(outcome)
        yield outcome
    if kept is not None:
        _keep(kept, bench, options, stamped)


def _judged(bench: Bench, options: LintOptions, kept: _Kept | None) -> Iterator[Outcome]:
    tasks: list[Task] = []
    root = os.path.join(bench.tree.root, "")
    for path in bench.tree.paths:
        if kept is None or kept.fresh:
            tasks.append(Task(path))
            continue
        # Joined as text: a path object for each file costs more than all the rest.
        stamp = stamp_of(f"{root}{path}")
        known = kept.memory.recall(path, stamp)
        if known is not None and not known.evidence:
            yield Outcome(known)
        else:
            tasks.append(Task(path, known, stamp))
    yield from work(bench, tasks, options.jobs)


def _keep(kept: _Kept, bench: Bench, options: LintOptions, found: list[Outcome]) -> None:
    """Keep what was found, for the next run."""
    whole = not options.paths and not options.since
    if kept.fresh and not whole:
        # A look at a few files must not cost what is kept of all others under another key.
        return
    repository = bench.tree.repository
    only: frozenset[str] | None = None
    if repository is not None and found:
        # Of files that are not in HEAD the index of git decides who wrote them.
        head = repository.head
        only = frozenset(path for path, _ in repository.tree(head)) if head else frozenset()
    memory = cache.merged(
        kept.memory,
        ((outcome.facts, outcome.stamp) for outcome in found),
        kept.begun,
        only=only,
        listed=frozenset(bench.tree.paths) if whole else None,
    )
    if memory is not None:
        cache.save(kept.file, memory)
