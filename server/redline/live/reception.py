"""What is done about a block that has landed: who made it, where it is from, what is asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from redline.live.analysis import Analysis, LiveMark
from redline.live.analyst import AnalystError, Ask
from redline.live.carrying import arrival, is_on_disk
from redline.live.places import Edit, Extent, Place
from redline.live.remembering import remember
from redline.live.text import LiveText
from redline.live.tracing import trace
from redline.live.tracker import Mark, Tracker
from redline.matching.schema import IndexFault
from redline.model import UNDECLARED, Evidence, EvidenceKind, Span, Strength
from redline.origins.live import landed

_log = logging.getLogger(__name__)

_HINT_S = 0.3
"""Seconds for which a plugin may take to say what an edit was."""
_ACCOUNTED = 0.5
"""Share of a block's lines that evidence must speak of, or it is asked where they are from."""


@dataclass(frozen=True, slots=True)
class Block:
    """Text that came in other than by typing."""

    extent: Extent
    kind: str
    """``paste``, ``completion`` or ``agent-edit``, as in ``LiveEdit``; else ``insert``."""
    assistant: str | None = None
    """Who made it, where the editor tells."""
    model: str | None = None
    via: str = ""
    """What told of it."""
    replaced: str = ""
    """What stood there before."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A block as it was when the text was sent that is being judged."""

    mark: Mark[Block]
    text: str


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
    ) -> None:
        """``marks`` takes the evidence, ``again`` is called when there is more of it."""
        self.held: Callable[[], Mapping[str, str]] = dict
        """The texts of other open documents of the project, by path."""
        self.asks = True
        """Whether a block of unknown origin is asked about."""
        self._path = path
        self._text = text
        self._ask = ask
        self._marks = marks
        self._again = again
        self._questions: Tracker[Block] = Tracker()
        self._edits = 0
        self.saves = 0
        """How often the text was written to its file."""

    def take(self, block: Block) -> LiveMark | None:
        """Receive a block, which lies in the text as it is now; give the evidence it is already."""
        self._supersede(block)
        if block.assistant is None:
            self._questions.add(Mark(block.extent, block))
            return None
        made = _made(block, block.assistant)
        self._marks.add(Mark(block.extent, made))
        return LiveMark(block.extent, made)

    def _supersede(self, block: Block) -> None:
        """Forget what was asked about parts of a block: it goes on, or its maker is known now."""
        parts = [
            mark.payload for mark in self._questions.marks if _holds(block.extent, mark.extent)
        ]
        self._questions.drop(lambda one: any(one is part for part in parts))
        asked = [
            mark.payload
            for mark in self._marks.marks
            if mark.payload.assistant == UNDECLARED and _holds(block.extent, mark.extent)
        ]
        self._marks.drop(lambda one: any(one is part for part in asked))

    def move(self, edit: Edit) -> None:
        """Follow an edit."""
        self._edits += 1
        self._questions.move(edit)

    def waiting(self) -> tuple[Waiting, ...]:
        """The blocks that wait for the analysis that begins now."""
        return tuple(Waiting(mark, self._text.slice(mark.extent)) for mark in self._questions.marks)

    async def answer(self, waiting: Sequence[Waiting], analysis: Analysis) -> None:
        """Go on with blocks once the text they lay in has been judged."""
        for one in waiting:
            if analysis.protected and not _accounted(one.mark.extent, one.text, analysis):
                await self._trace(one)
            self._forget(one.mark.payload)

    async def arrive(self, old: str | None = None) -> None:
        """Carry over what is known of the whole text under an old name, or where it was copied.

        ``old`` is the path that it had, where somebody says so.
        """
        others = {path: text for path, text in self.held().items() if path != self._path}
        edits = self._edits
        data = self._text.to_bytes()
        marks = await self._ask(arrival, self._path, data, others, old, background=True)
        if marks and edits == self._edits:
            for mark in marks:
                self._marks.add(Mark(mark.extent, mark.evidence))
        if marks:
            self._again()

    async def remember(self, marks: Sequence[LiveMark], text: bytes, block: Block) -> None:
        """Make evidence outlive the editor; an index that cannot be written is told of."""
        told = (self._path, text, tuple(marks), block.kind, block.via, _now(), block.replaced)
        try:
            await self._ask(remember, *told, background=True)
        except (AnalystError, IndexFault, OSError) as error:
            _log.error("what landed in %s could not be remembered: %s", self._path, error)

    def _forget(self, block: Block) -> None:
        self._questions.drop(lambda one: one is block)

    async def _trace(self, one: Waiting) -> None:
        block = one.mark.payload
        held = dict(self.held())
        # The text without the block, so that it is not found where it has just come in.
        held[self._path] = _without(str(self._text), one.text)
        saves = self.saves
        traced = await self._ask(trace, self._path, one.text, held)
        if not traced.known:
            if not self.asks or await self._is_reload(saves):
                return
            # A plugin may yet say who made it.
            await asyncio.sleep(_HINT_S)
        start = next(
            (mark.extent.start for mark in self._questions.marks if mark.payload is block), None
        )
        if start is None:
            # It has gone again, or its maker is known now.
            return
        if traced.known:
            found, block = traced.at(start), replace(block, kind="copy")
        else:
            found = (LiveMark(_extent(start, one), _unknown(block)),)
        for mark in found:
            self._marks.add(Mark(mark.extent, replace(mark.evidence, span=Span(0, 0))))
        if found:
            self._again()
            await self.remember(found, self._text.to_bytes(), block)

    async def _is_reload(self, saves: int) -> bool:
        """Tell whether the text is what lies on disk, though nobody has saved it here."""
        if saves != self.saves:
            return False
        text = self._text.to_bytes()
        return await self._ask(is_on_disk, self._path, text) and saves == self.saves


def _holds(outer: Extent, inner: Extent) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _extent(start: Place, one: Waiting) -> Extent:
    was = one.mark.extent
    lines = was.end.line - was.start.line
    column = was.end.column + (start.column - was.start.column if not lines else 0)
    return Extent(start, Place(start.line + lines, column))


def _without(text: str, block: str) -> str:
    before, _, after = text.partition(block)
    return before + after


def _made(block: Block, assistant: str) -> Evidence:
    return Evidence(
        kind=EvidenceKind.EDIT,
        strength=Strength.RECORDED,
        span=Span(0, 0),
        assistant=assistant,
        detail=f"this text was {landed(block.kind, assistant)} in the editor",
        model=block.model,
        time=_now(),
    )


def _unknown(block: Block) -> Evidence:
    act = landed(block.kind, UNDECLARED)
    return Evidence(
        kind=EvidenceKind.EDIT,
        strength=Strength.SUSPECTED,
        span=Span(0, 0),
        assistant=UNDECLARED,
        detail=f"this text was {act} in the editor; nothing tells where it is from",
        time=_now(),
    )


def _accounted(extent: Extent, text: str, analysis: Analysis) -> bool:
    """Tell whether evidence, or a person's answer, speaks of most lines of a block."""
    told = [
        other
        for piece, other in zip(analysis.evidence, analysis.evidence_extents, strict=True)
        if piece.assistant != UNDECLARED and other.overlaps(extent)
    ]
    lines = [
        extent.start.line + number for number, line in enumerate(text.splitlines()) if line.strip()
    ]
    known = sum(any(one.start.line <= line <= one.end.line for one in told) for line in lines)
    return bool(lines) and known >= _ACCOUNTED * len(lines)


def _now() -> int:
    return time.time_ns() // 1_000_000
