"""One open text of a project: its findings stay where they belong while it is edited."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from redline.live.analysis import Analysis, LiveMark
from redline.live.analyst import AnalystError, Ask
from redline.live.blocks import Block, Question
from redline.live.jobs import analyse
from redline.live.passages import Passage, moved
from redline.live.places import Edit, Extent
from redline.live.reception import Reception
from redline.live.text import LiveText
from redline.live.tracker import Mark, Tracker
from redline.model import Evidence, Finding

_log = logging.getLogger(__name__)

_LARGE = 4 << 20
"""Bytes from which a text is judged behind those of usual size."""
_MOST_TYPED = 8
"""Characters that one key may put in."""
_LONGEST_WAIT = 5
"""Delays after which a text is judged though it is still being typed in."""
_SHARE = 4
"""And times the last judging: somebody who never pauses keeps no core busy."""
_TRIES = 2
"""Times that a text is judged of which the judging fails: it may have been ended from outside."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding where it lies now."""

    finding: Finding
    extent: Extent
    share: float
    """How much of it is still the assistant's text, 0 to 1."""


class Document:
    """A text under edit, judged in another process and followed in this one.

    A key moves what was found; it judges nothing. A while after the last key, or at once when a
    block has landed, the text is judged anew, and what was typed meanwhile moves the result. Where
    the keys never pause it is judged now and then all the same.
    """

    def __init__(
        self,
        path: str,
        text: LiveText,
        ask: Ask,
        changed: Callable[[], None],
        delay: float,
        marks: Tracker[Evidence] | None = None,
        questions: Tracker[Question] | None = None,
    ) -> None:
        """``changed`` is called when the findings are no longer the same; ``delay`` is in s.

        ``marks`` is what the editor knew of the text before it was opened again, ``questions``
        what was not settled by then.
        """
        self.path = path
        self.text = text
        self.analysis: Analysis | None = None
        """The last one; of an older text while something is being typed."""
        self.failure = ""
        """Why the last analysis failed; empty if it did not."""
        self.passages: tuple[tuple[Passage, Extent], ...] = ()
        """Those of the last analysis, each where it lay when that came in."""
        self._ask = ask
        self._changed = changed
        self.delay = delay
        """Seconds after the last edit until the text is judged anew."""
        self._findings: Tracker[Finding] = Tracker(text.slice)
        self._marks: Tracker[Evidence] = Tracker(text.slice) if marks is None else marks
        self.reception = Reception(
            path, text, ask, self._marks, lambda: self.judge_soon(0), questions
        )
        self._shown: tuple[Shown, ...] | None = None
        self._since: list[Edit] | None = None
        """The edits since the text was sent that is being judged; None: none is."""
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0
        """When the text that waits is judged at the latest, by the loop's clock."""
        self._took = 0.0
        """Seconds that the last judging took."""
        self._failures = 0
        """How often in a row it has failed."""
        self._task: asyncio.Task[None] | None = None
        self._receiving: set[asyncio.Task[None]] = set()
        self._stale = True
        self._settled = asyncio.Event()
        self._arrived = False
        """It was looked up whether the whole text is known from elsewhere."""
        self._closed = False

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The findings at their present places; the same tuple as long as none has changed."""
        if self._shown is None:
            self._shown = tuple(
                Shown(mark.payload, mark.extent, mark.payload.region.share * mark.share)
                for mark in self._findings.marks
            )
        return self._shown

    def follow(self, edit: Edit) -> None:
        """Follow what was applied to the text, each edit before the next is applied."""
        if self._shown is not None and _changes(edit, self._shown):
            self._shown = None
        self._findings.move(edit)
        self._marks.move(edit)
        self.reception.move(edit)
        if self._since is not None:
            self._since.append(edit)

    def landed(self, blocks: Sequence[Block]) -> None:
        """Receive the blocks that have come in, and judge the text: at once if there are any."""
        self.reception.take(blocks)
        self.judge_soon(0 if blocks else None)

    def saved(self) -> None:
        """The text was written to its file."""
        self.reception.saved = time.monotonic()
        self.judge_soon(0)

    def renamed(self, old: str) -> None:
        """The file had the path ``old`` a moment ago."""
        self._start(self.reception.arrive(old))

    def judge_soon(self, delay: float | None = None) -> None:
        """Judge the text anew after ``delay`` seconds without another call.

        Calls do not put it off for ever, nor put off at all what somebody wants earlier.
        """
        if self._closed:
            return
        now = asyncio.get_running_loop().time()
        if not self._stale:
            self._latest = now + max(_LONGEST_WAIT * self.delay, _SHARE * self._took)
        if delay is not None:
            self._latest = min(self._latest, now + delay)
        self._stale = True
        self._settled.clear()
        self._failures = 0
        if self._timer is not None:
            self._timer.cancel()
        due = min(now + (self.delay if delay is None else delay), self._latest)
        self._timer = asyncio.get_running_loop().call_at(due, self._begin)

    def close(self) -> None:
        """Judge no more; a question that is open is still looked up, for the index to know."""
        before = tuple(self._receiving)
        self.abandon()
        if self.reception.is_asking:
            self._start(self._end(before))

    def abandon(self) -> None:
        """Do nothing more at all: what is open is followed elsewhere."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in (self._task, *self._receiving):
            if task is not None:
                task.cancel()
        self._settled.set()

    async def settled(self) -> Analysis | None:
        """Wait for the analysis of the present text; None where it failed or was given up."""
        while not self._closed and (self._stale or self._since is not None):
            if self._timer is not None and self._since is None:
                # Somebody waits: no reason to wait for more keys.
                self._timer.cancel()
                self._begin()
            self._settled.clear()
            await self._settled.wait()
        return None if self._closed or self.failure else self.analysis

    def _begin(self) -> None:
        self._timer = None
        if self._since is not None or self._closed:
            # One at a time: it begins again when the present one ends.
            return
        self._since = []
        self._task = asyncio.get_running_loop().create_task(self._judge())

    async def _judge(self) -> None:
        loop = asyncio.get_running_loop()
        self._stale = False
        self._since = []
        text, waiting, begun = self.text.to_bytes(), self.reception.waiting(), loop.time()
        fault: BaseException | None = None
        try:
            analysis = await self._analysed(text)
            self._take(analysis)
            if analysis.protected and not self._arrived:
                # It may have been moved or copied here while nobody looked.
                self._arrived = True
                self._start(self._arrive())
            if waiting:
                self._start(self.reception.answer(waiting, analysis))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if self._closed or task is None or task.cancelling():
                raise
            # Not this was cancelled but what it asked: the project was opened anew.
            fault = error
        except Exception as error:
            fault = error
        finally:
            self._since = None
            self._took = loop.time() - begun
        self._note(fault)
        if self._stale and self._timer is None:
            self._begin()
        self._settled.set()
        self._changed()

    def _note(self, fault: BaseException | None) -> None:
        """Note how the judging ended; have it tried again, and the log tell of it once."""
        before = self.failure
        if fault is None:
            self.failure, self._failures = "", 0
            return
        self._failures += 1
        if self._failures < _TRIES:
            self._stale = True
            return
        self.failure = f"{type(fault).__name__}: {fault}"
        if self.failure != before:
            known = isinstance(fault, AnalystError)
            told = "%s could not be judged; what is shown of it may be old: %s"
            _log.error(told, self.path, self.failure, exc_info=None if known else fault)

    async def _arrive(self) -> None:
        try:
            await self.reception.arrive()
        except BaseException:
            self._arrived = False
            raise

    async def _analysed(self, text: bytes) -> Analysis:
        marks = tuple(LiveMark(mark.extent, mark.payload) for mark in self._marks.marks)
        # What takes long must not keep other documents waiting.
        large = len(text) > _LARGE
        return await self._ask(analyse, self.path, text, marks, background=large)

    async def _end(self, before: Sequence[asyncio.Task[None]]) -> None:
        """Settle where blocks are from that landed just before the text was closed."""
        if before:
            await asyncio.wait(before)
        waiting = self.reception.waiting()
        try:
            analysis = await self._analysed(self.text.to_bytes())
        except KeyError:
            # A cell, and its notebook has gone with it.
            return
        await self.reception.answer(waiting, analysis)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._receiving.add(task)
        task.add_done_callback(self._received)

    def _received(self, task: asyncio.Task[None]) -> None:
        self._receiving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("where text in %s is from could not be looked up: %s", self.path, error)

    def _take(self, analysis: Analysis) -> None:
        self.analysis = analysis
        found = zip(analysis.extents, analysis.findings, strict=True)
        self._shown = None
        self._findings.reset([Mark(extent, finding) for extent, finding in found])
        since = tuple(self._since or ())
        for edit in since:
            self._findings.move(edit)
        known = zip(analysis.passages, analysis.passage_extents, strict=True)
        self.passages = tuple((one, moved(extent, since)) for one, extent in known)


def _changes(edit: Edit, shown: Sequence[Shown]) -> bool:
    """Tell whether an edit changes where some finding lies, or what of it still stands.

    Most keys are typed within one line, and on a line of no finding.
    """
    line = edit.start.line
    if edit.end.line != line or edit.new_end.line != line:
        return True
    if len(edit.inserted) > _MOST_TYPED:
        # What was cut may come back, with what was known of it.
        return True
    return any(one.extent.start.line <= line <= one.extent.end.line for one in shown)
