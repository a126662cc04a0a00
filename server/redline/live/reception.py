"""What is done about a block that has landed: who made it, where it is from, what is asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from weakref import WeakSet

from redline.live.analysis import Analysis, LiveMark
from redline.live.analyst import AnalystError, Ask
from redline.live.blocks import (
    Block,
    Journal,
    Question,
    Waiting,
    carried,
    evidence_of,
    holds,
    is_accounted,
    now,
    question_about,
    tells,
)
from redline.live.jobs import arrival, is_on_disk, remember, trace
from redline.live.places import Edit, Extent, Place
from redline.live.text import LiveText
from redline.live.trace import Trace
from redline.live.tracker import Mark, Tracker
from redline.model import UNDECLARED, Evidence, EvidenceKind, Span

_log = logging.getLogger(__name__)

_HINT_S = 0.3
"""Seconds for which a plugin may take to say what an edit was."""
_MOST_MARKS = 1_000
"""Marks of one text from which those that the index knows by now are let go, the oldest first."""
_TRIES = 2
"""How often a look-up is begun: a process that was ended from outside is no answer."""
_RELOAD = "reload"


class Reception:
    """Receives the blocks of one document.

    A block that the editor names an assistant for is evidence at once. Any other is first laid
    before the sessions, with the whole text; what they do not account for, in a protected place
    only, is looked for in the project itself; what is not found there is asked about.
    """

    def __init__(
        self,
        path: str,
        text: LiveText,
        ask: Ask,
        marks: Tracker[Evidence],
        again: Callable[[], None],
        questions: Tracker[Question] | None = None,
    ) -> None:
        """``marks`` takes the evidence, ``again`` is called when there is more of it.

        ``questions`` are those that were open when the text was followed elsewhere before.
        """
        self.held: Callable[[], Mapping[str, str]] = dict
        """The texts of other open documents of the project, by path."""
        self.asks = True
        """Whether a block of unknown origin is asked about."""
        self.saved = float("-inf")
        """When the text was last written to its file, as ``Block.time``."""
        self._path = path
        self._text = text
        self._ask = ask
        self._marks = marks
        self._again = again
        self._questions: Tracker[Question] = Tracker() if questions is None else questions
        self._busy: set[Question] = set()
        """Those that are being looked up."""
        self._journals: WeakSet[Journal] = WeakSet()
        self._unlearnt: dict[int, Evidence] = {}
        """What the index does not know yet, by identity."""
        self._learning: set[asyncio.Task[None]] = set()
        self._fault = ""
        """Why the index could not be written; said once."""

    def take(self, blocks: Iterable[Block]) -> None:
        """Receive the blocks of one edit, which lie in the text as it is now."""
        made: list[LiveMark] = []
        told: Block | None = None
        for block in blocks:
            since = self._supersede(block)
            if block.assistant is None:
                question = Question(block, since)
                self._questions.add(Mark(block.extent, question))
                continue
            told = block
            made += self._added([LiveMark(block.extent, evidence_of(block, block.assistant))])
        if told is not None and made:
            self._learn(made, told)

    def move(self, edit: Edit) -> None:
        """Follow an edit."""
        self._questions.move(edit)
        for journal in self._journals:
            journal.edits.append(edit)

    def waiting(self) -> tuple[Waiting, ...]:
        """The blocks that wait for the analysis that begins now."""
        since = self.begun()
        return tuple(
            Waiting(mark, self._text.slice(mark.extent), since)
            for mark in self._questions.marks
            if mark.payload not in self._busy
        )

    async def answer(self, waiting: Sequence[Waiting], analysis: Analysis) -> None:
        """Go on with blocks once the text they lay in has been judged."""
        await asyncio.gather(*(self._settle(one, analysis) for one in waiting))

    async def arrive(self, old: str | None = None) -> None:
        """Carry over what is known of the whole text under an old name, or where it was copied.

        ``old`` is the path that it had, where somebody says so.
        """
        others = {path: text for path, text in self.held().items() if path != self._path}
        since, data = self.begun(), self._text.to_bytes()
        marks = await self._ask(arrival, self._path, data, others, old, background=True)
        made = self._added(carried(marks, since))
        if made:
            nowhere = Extent(Place(0, 0), Place(0, 0))
            self._learn(made, Block(nowhere, "copy", via="files"))
            self._again()

    @property
    def is_asking(self) -> bool:
        """Some block has landed of which it is not settled yet where it is from."""
        return bool(self._questions.marks)

    def known_text(self) -> str:
        """The text without the blocks that only this document knows about.

        A copy of those is no copy of the project's own text, whatever the index says by now.
        """
        away = [mark.extent for mark in self._questions.marks]
        if self._unlearnt:
            marks = self._marks.marks
            away += [mark.extent for mark in marks if id(mark.payload) in self._unlearnt]
        parts, place = [], Place(0, 0)
        for extent in sorted(away):
            if extent.start > place:
                parts.append(self._text.slice(Extent(place, extent.start)))
            place = max(place, extent.end)
        parts.append(self._text.slice(Extent(place, self._text.end)))
        return "".join(parts) if away else str(self._text)

    @property
    def is_learning(self) -> bool:
        """The index is being told what has landed."""
        return bool(self._learning)

    async def learnt(self) -> None:
        """Wait until the index has been told all that is known now."""
        while self._learning:
            await asyncio.wait(self._learning)

    def begun(self) -> Journal:
        """Begin to write down edits, for as long as somebody holds the journal."""
        journal = Journal()
        self._journals.add(journal)
        return journal

    def _supersede(self, block: Block) -> float | None:
        """Forget what was known of parts of a block: it goes on, or its maker is known now.

        Tells since when the whole is there, as ``Question.since``.
        """
        since: float | None = block.time
        parts = [mark for mark in self._questions.marks if holds(block.extent, mark.extent)]
        for part in parts:
            before = part.payload.since
            since = None if since is None or before is None else min(since, before)
        self._questions.drop(lambda one: any(one is part.payload for part in parts))
        marks = self._marks.marks
        of_it = [
            mark
            for mark in marks
            if mark.payload.kind is EvidenceKind.EDIT
            and mark.payload.assistant in (UNDECLARED, block.assistant)
            and holds(block.extent, mark.extent)
        ]
        if of_it:
            gone = [mark.payload for mark in of_it]
            if any(one.assistant == UNDECLARED for one in gone):
                since = None
            # The same may be known of text that was put in elsewhere, too.
            others = [
                mark
                for mark in marks
                if mark not in of_it and any(mark.payload is one for one in gone)
            ]
            self._marks.drop(lambda one: any(one is part for part in gone))
            for mark in others:
                self._marks.add(mark)
        return since

    def _added(self, marks: Iterable[LiveMark]) -> list[LiveMark]:
        """Add evidence that is not there yet; return what was added."""
        known = list(self._marks.marks)
        made = []
        for mark in marks:
            if mark.extent.is_empty or any(tells(one, mark) for one in known):
                continue
            evidence = replace(mark.evidence, span=Span(0, 0))
            known.append(Mark(mark.extent, evidence))
            self._marks.add(known[-1])
            self._unlearnt[id(evidence)] = evidence
            made.append(LiveMark(mark.extent, evidence))
        if len(known) > _MOST_MARKS:
            learnt = [one.payload for one in known if id(one.payload) not in self._unlearnt]
            learnt.sort(key=lambda one: one.time or 0)
            gone = {id(one) for one in learnt[: len(known) - _MOST_MARKS // 2]}
            self._marks.drop(lambda one: id(one) in gone)
        return made

    async def _settle(self, one: Waiting, analysis: Analysis) -> None:
        question = one.mark.payload
        if question in self._busy:
            return
        self._busy.add(question)
        try:
            if analysis.protected and not is_accounted(one.mark.extent, one.text, analysis):
                await self._look_up(one)
        finally:
            self._busy.discard(question)
        # What was undone meanwhile may be done again: the question stays with its text.
        if self._place_of(question) is not None:
            self._forget(question)

    def _place_of(self, question: Question) -> Extent | None:
        found = (mark.extent for mark in self._questions.marks if mark.payload is question)
        return next(found, None)

    def _forget(self, question: Question) -> None:
        self._questions.drop(lambda one: one is question)

    async def _look_up(self, one: Waiting) -> None:
        question, block = one.mark.payload, one.mark.payload.block
        if block.via == _RELOAD and await self._is_reload(one):
            return
        traced = await self._traced(one)
        if not traced.known:
            if not self.asks or await self._is_reload(one):
                return
            # A plugin may yet say who made it.
            await asyncio.sleep(_HINT_S)
        extent = self._place_of(question)
        if extent is None:
            # It has gone again, or its maker is known now.
            return
        self._forget(question)
        if traced.known:
            found = carried(traced.at(one.mark.extent.start), one.since)
            block = replace(block, kind="copy")
        else:
            found = [LiveMark(extent, question_about(block))]
        made = self._added(found)
        if made:
            self._learn(made, block)
            self._again()

    async def _traced(self, one: Waiting) -> Trace:
        """Look for a block in the project; where that cannot be done nothing is known of it."""
        for _ in range(_TRIES):
            # Without the block, so that it is not found where it has just come in.
            held = {**self.held(), self._path: self.known_text()}
            try:
                return await self._ask(trace, self._path, one.text, held)
            except Exception as error:
                fault = error
        _log.error("where a block in %s is from could not be looked up: %s", self._path, fault)
        return Trace(complete=False)

    async def _is_reload(self, one: Waiting) -> bool:
        """Tell whether a block came from the file, which held it before the editor did."""
        since = one.mark.payload.since
        if since is None or self.saved >= since:
            return False
        text = one.text.encode("utf-8", "surrogatepass")
        before = time.time_ns() - int((time.monotonic() - since) * 1e9)
        try:
            told = await self._ask(is_on_disk, self._path, text, before)
        except (AnalystError, OSError):
            return False
        return told and self.saved < since

    def _learn(self, marks: Sequence[LiveMark], block: Block) -> None:
        """Make evidence that lies in the text as it is now outlive the editor."""
        work = self._learnt_of(marks, self._text.to_bytes(), block)
        task = asyncio.get_running_loop().create_task(work)
        self._learning.add(task)
        task.add_done_callback(self._learning.discard)

    async def _learnt_of(self, marks: Sequence[LiveMark], text: bytes, block: Block) -> None:
        told = (self._path, text, tuple(marks), block.kind, block.via, now(), block.replaced)
        for _ in range(_TRIES):
            try:
                await self._ask(remember, *told, background=True)
            except AnalystError as error:
                fault: Exception = error
                continue
            except Exception as error:
                fault = error
                break
            self._fault = ""
            for mark in marks:
                self._unlearnt.pop(id(mark.evidence), None)
            return
        if str(fault) != self._fault:
            self._fault = str(fault)
            advice = "it is known until the document is closed"
            _log.error("what landed in %s is not in the index: %s; %s", self._path, fault, advice)
