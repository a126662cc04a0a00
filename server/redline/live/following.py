"""Judge a project again and again, as its files and the assistants' sessions change."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from redline.live.analyst import Analyst, AnalystError
from redline.live.sessions_watch import SessionsBatch, watch_sessions
from redline.live.standing import Change, Standing
from redline.live.watching import WorkspaceBatch, watch_workspace
from redline.live.workroom import Project, Workroom
from redline.matching.schema import IndexFault
from redline.model import Finding, LintResult
from redline.policy import PolicyError
from redline.policy.load import NAME as RULE_FILE
from redline.policy.problems import PolicyProblem
from redline.project import LintOptions, UsageError, lint

_REST = 4.0
"""Seconds of rest after each second of a run over everything that only sessions asked for."""
_LONGEST_PAUSE = 1.0
"""Seconds of rest after a run over the recent files; less after a shorter one."""
_MOST_RECENT = 50
"""Files that are judged again whenever sessions grow."""
_MOST_PATHS = 200
"""Files that are judged by name; a run over everything costs less than one over more of them."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is followed. All paths are absolute."""

    root: Path
    """The project, resolved."""
    index: Path
    policy: Path | None = None
    within: str = ""
    """Only files at or below this path, relative to the root."""
    sessions: bool = True
    """Sessions are read as they grow."""
    homes: tuple[Path, ...] | None = None
    """Folders of sessions; None: the homes of all assistants."""


@dataclass(frozen=True, slots=True)
class News:
    """What one look brought."""

    result: LintResult | None = None
    """Of the run, with nothing but the findings that are news; None where nothing was judged."""
    gone: tuple[Finding, ...] = ()
    """Findings that were told before and are no more."""
    notes: tuple[str, ...] = ()
    problems: tuple[PolicyProblem, ...] = ()
    """Why the rule files are not in force; findings stay as they were until they are mended."""
    sessions: int = 0
    """Session files that are known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run came to: a result, or why there is none; nothing where the files are gone."""

    result: LintResult | None = None
    problems: tuple[PolicyProblem, ...] = ()
    fault: str = ""


def judge_files(_room: Workroom, followed: Followed, paths: tuple[str, ...] | None) -> Verdict:
    """Judge some files, or all that are followed; for an analyst's process."""
    root = followed.root
    places = [root / followed.within] if paths is None else [root / path for path in paths]
    # One may have gone since it was told of.
    places = [place for place in places if os.path.lexists(place)]
    if not places:
        # No path at all would mean every file.
        return Verdict(fault="" if paths is not None else f"{followed.within or root} is gone")
    index = followed.index if followed.index.exists() else None
    # Processes of a process that is ended at any moment would be left behind.
    options = LintOptions(tuple(places), root, followed.policy, index, jobs=1)
    try:
        return Verdict(lint(options))
    except PolicyError as error:
        return Verdict(problems=tuple(error.problems))
    except UsageError as error:
        return Verdict(fault=f"{error.what}; {error.help}" if error.help else error.what)
    except IndexFault as error:
        return Verdict(fault=str(error))


class Follower:
    """Follows one project; ``standing`` holds what was found."""

    def __init__(self, followed: Followed) -> None:
        self.followed = followed
        self.standing = Standing()
        self._analyst = Analyst(Project(followed.root, followed.index, followed.policy))
        self._wake = asyncio.Event()
        self._paths: set[str] = set()
        self._gone: list[str] = []
        self._recent: dict[str, None] = {}
        """Files that changed last, the latest at the end: an agent tells of its writes soon."""
        self._whole = True
        self._grown = False
        """Sessions tell more since the recent files were judged."""
        self._owed = False
        """Sessions tell more since everything was judged."""
        self._rests_until = 0.0
        self._ready_at = 0.0
        """When the recent files may be judged again for sessions alone."""
        self._notes: list[str] = []
        self._fault: BaseException | None = None
        self._told_fault = ""
        self._behind = True
        """What stands was not compared with what is there since something went wrong."""
        self._sessions = 0
        self._problems: tuple[PolicyProblem, ...] = ()
        self._rule_files = frozenset({RULE_FILE})

    @property
    def incomplete(self) -> bool:
        """Something in a protected zone, or everything, could not be judged as it is now."""
        return self._behind or self.standing.incomplete

    async def news(self) -> AsyncGenerator[News]:
        """Yield news, the first when everything that is there has been judged.

        What comes while a run is under way is judged in the next one. Raises ``WatchError``.
        Close the iterator to end it.
        """
        ready: list[asyncio.Event] = []
        tasks = [self._started(self._files(), ready)]
        if self.followed.sessions:
            tasks.append(self._started(self._growth(), ready))
        try:
            for event in ready:
                await event.wait()
            while True:
                news = await self._look()
                if news is not None:
                    yield news
                await self._wake.wait()
                self._wake.clear()
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            self._analyst.close()
            await self._analyst.closed()

    def _started(
        self, coming: AsyncIterator[None], ready: list[asyncio.Event]
    ) -> asyncio.Task[None]:
        first = asyncio.Event()
        ready.append(first)
        return asyncio.create_task(self._taking(coming, first))

    async def _taking(self, coming: AsyncIterator[None], first: asyncio.Event) -> None:
        try:
            async for _ in coming:
                first.set()
                self._wake.set()
        except Exception as error:
            self._fault = error
        finally:
            first.set()
            self._wake.set()

    async def _files(self) -> AsyncIterator[None]:
        async for batch in watch_workspace(self.followed.root):
            self._take_files(batch)
            yield

    def _take_files(self, batch: WorkspaceBatch) -> None:
        inside = [path for path in (*batch.changed, *batch.gone) if self._concerns(path)]
        rules = any(
            path in self._rule_files or path.rpartition("/")[2] == RULE_FILE
            for path in (*batch.changed, *batch.gone)
        )
        self._whole |= rules or batch.rescan or batch.switched or batch.refs or batch.records
        gone = set(batch.gone)
        for path in inside:
            self._recent.pop(path, None)
            if path not in gone:
                self._paths.add(path)
                self._recent[path] = None
        while len(self._recent) > _MOST_RECENT:
            del self._recent[next(iter(self._recent))]
        self._gone += [path for path in inside if path in gone]
        self._notes += batch.notes

    def _concerns(self, path: str) -> bool:
        within = self.followed.within
        return (
            not within
            or path == within
            or path.startswith(f"{within}/")
            # A folder that is gone takes all that lies below it along.
            or within.startswith(f"{path}/")
        )

    async def _growth(self) -> AsyncIterator[None]:
        followed = self.followed
        async for batch in watch_sessions(self._analyst.ask, followed.index, followed.homes):
            self._take_sessions(batch)
            yield

    def _take_sessions(self, batch: SessionsBatch) -> None:
        self._sessions = max(self._sessions, batch.files)
        self._grown |= batch.changed
        self._notes += batch.notes

    async def _look(self) -> News | None:
        """Judge what has changed; None where that is no news."""
        if self._fault is not None:
            raise self._fault
        paths, whole = self._asked()
        gone, self._gone = self._gone, []
        notes, self._notes = self._notes, []
        lost = [finding for path in gone for finding in self.standing.drop(path).gone]
        news = News(gone=tuple(lost), notes=tuple(notes), sessions=self._sessions)
        if whole or paths:
            news = await self._judged(news, None if whole else tuple(sorted(paths)))
        return news if news != News(sessions=self._sessions) else None

    def _asked(self) -> tuple[set[str], bool]:
        """Which files to judge now, or whether to judge all.

        When sessions grow, the files that changed last are judged at once. Any other file may
        hold the text too, but judging all of them for each line of a session is more than a
        machine should bear: that waits until the last such run is long enough ago.
        """
        paths, self._paths = self._paths, set()
        self._owed |= self._grown
        now = time.monotonic()
        rested = self._owed and now >= self._rests_until
        if self._whole or rested or len(paths) > _MOST_PATHS:
            self._whole = self._owed = self._grown = False
            return paths, True
        if self._grown and now >= self._ready_at:
            self._grown = False
            paths.update(self._recent)
        if self._owed:
            until = self._ready_at if self._grown else self._rests_until
            asyncio.get_running_loop().call_later(max(0.0, until - now), self._wake.set)
        return paths, False

    async def _judged(self, news: News, paths: tuple[str, ...] | None) -> News:
        begun = time.monotonic()
        try:
            verdict = await self._analyst.ask(judge_files, self.followed, paths)
        except AnalystError as error:
            self._whole = self._behind = True
            return replace(news, notes=(*news.notes, str(error)))
        now = time.monotonic()
        self._ready_at = now + min(now - begun, _LONGEST_PAUSE)
        if paths is None:
            self._rests_until = now + _REST * (now - begun)
        if verdict == Verdict():
            return news
        before, self._problems = self._problems, verdict.problems
        if verdict.fault:
            # Nothing was judged: the next change leads to a look at everything.
            self._whole = self._behind = True
            before_it, self._told_fault = self._told_fault, verdict.fault
            if verdict.fault == before_it or any(verdict.fault in note for note in news.notes):
                return news
            return replace(news, notes=(*news.notes, verdict.fault))
        self._told_fault = ""
        if verdict.result is None:
            self._behind = True
            # Told once; the next change of a rule file judges everything.
            return replace(news, problems=verdict.problems if verdict.problems != before else ())
        if paths is None:
            self._behind = False
        elif before:
            self._whole = True
            self._wake.set()
        return self._compared(news, verdict.result, paths)

    def _compared(self, news: News, result: LintResult, paths: Iterable[str] | None) -> News:
        names = (name.partition(":")[0] for name in result.policy_files)
        self._rule_files = frozenset({RULE_FILE, *names})
        scope = None if paths is None else list(paths)
        change: Change = self.standing.take(result, scope)
        told = scope is None or change.fresh
        return replace(
            news,
            result=replace(result, findings=change.fresh) if told else None,
            gone=(*news.gone, *change.gone),
        )
