"""One open text of a project: its findings stay where they belong while it is edited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from redline.live.analysis import Analysis, LiveMark
from redline.live.analyst import AnalystError, Ask
from redline.live.jobs import analyse
from redline.live.places import Edit, Extent
from redline.live.reception import Block, Reception
from redline.live.text import LiveText
from redline.live.tracker import Mark, Tracker
from redline.model import Evidence, Finding

_log = logging.getLogger(__name__)

_LARGE = 4 << 20
"""Bytes from which a text is judged behind those of usual size."""
_MOST_TYPED = 8
"""Characters that one key may put in."""


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
    block has landed, the text is judged anew, and what was typed meanwhile moves the result.
    """

    def __init__(
        self,
        path: str,
        text: LiveText,
        ask: Ask,
        changed: Callable[[], None],
        delay: float,
        marks: Tracker[Evidence] | None = None,
    ) -> None:
        """``changed`` is called when the findings are no longer the same; ``delay`` is in s.

        ``marks`` is what the editor knew of the text before it was opened again.
        """
        self.path = path
        self.text = text
        self.analysis: Analysis | None = None
        """The last one; of an older text while something is being typed."""
        self.failure = ""
        """Why the last analysis failed; empty if it did not."""
        self._ask = ask
        self._changed = changed
        self.delay = delay
        """Seconds after the last edit until the text is judged anew."""
        self._findings: Tracker[Finding] = Tracker(text.slice)
        self._marks: Tracker[Evidence] = Tracker(text.slice) if marks is None else marks
        self.reception = Reception(path, text, ask, self._marks, lambda: self.judge_soon(0))
        self._shown: tuple[Shown, ...] | None = None
        self._since: list[Edit] | None = None
        """The edits since the text was sent that is being judged; None: none is."""
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._receiving: set[asyncio.Task[None]] = set()
        self._stale = True
        self._settled = asyncio.Event()
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
        for block in blocks:
            made = self.reception.take(block)
            if made is not None:
                text = self.text.to_bytes()
                self._start(self.reception.remember((made,), text, block))
        self.judge_soon(0 if blocks else None)

    def saved(self) -> None:
        """The text was written to its file."""
        self.reception.saves += 1
        self.judge_soon(0)

    def renamed(self, old: str) -> None:
        """The file had the path ``old`` a moment ago."""
        self._start(self.reception.arrive(old))

    def judge_soon(self, delay: float | None = None) -> None:
        """Judge the text anew after ``delay`` seconds without another call."""
        if self._closed:
            return
        self._stale = True
        self._settled.clear()
        if self._timer is not None:
            self._timer.cancel()
        wait = self.delay if delay is None else delay
        self._timer = asyncio.get_running_loop().call_later(wait, self._begin)

    def close(self) -> None:
        """Judge no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
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
        self._task = asyncio.get_running_loop().create_task(self._judge())

    async def _judge(self) -> None:
        self._stale = False
        self._since = []
        text = self.text.to_bytes()
        marks = tuple(LiveMark(mark.extent, mark.payload) for mark in self._marks.marks)
        waiting = self.reception.waiting()
        try:
            # What takes long must not keep other documents waiting.
            large = len(text) > _LARGE
            analysis = await self._ask(analyse, self.path, text, marks, background=large)
            self.failure = ""
            if self.analysis is None and analysis.protected:
                # It may have been moved or copied here while nobody looked.
                self._start(self.reception.arrive())
            self._take(analysis)
            if waiting:
                self._start(self.reception.answer(waiting, analysis))
        except AnalystError as error:
            self.failure = str(error)
            _log.error("%s could not be judged: %s", self.path, error)
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            _log.exception("%s could not be judged", self.path)
        finally:
            self._since = None
            self._settled.set()
        self._changed()
        if self._stale and self._timer is None:
            self._begin()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._receiving.add(task)
        task.add_done_callback(self._received)

    def _received(self, task: asyncio.Task[None]) -> None:
        self._receiving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("where a block in %s is from could not be told: %s", self.path, error)

    def _take(self, analysis: Analysis) -> None:
        self.analysis = analysis
        found = zip(analysis.extents, analysis.findings, strict=True)
        self._shown = None
        self._findings.reset([Mark(extent, finding) for extent, finding in found])
        for edit in self._since or ():
            self._findings.move(edit)


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
