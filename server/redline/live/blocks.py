"""Blocks that have landed in a text, and what is made of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from redline.live.analysis import Analysis, LiveMark
from redline.live.places import Edit, Extent, Place
from redline.live.text import split_lines
from redline.live.tracker import Mark, Tracker
from redline.model import UNDECLARED, Evidence, EvidenceKind, Span, Strength
from redline.origins.live import landed

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
    time: float = field(default_factory=time.monotonic)
    """When it came in, in s of ``time.monotonic``."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A block that is looked up, and asked about if nothing tells of it. Each is only itself."""

    block: Block
    since: float | None
    """When its first part came in, as ``Block.time``; None: it has been asked about before."""


class Journal:
    """The edits since it was begun; it is written for as long as somebody holds it."""

    __slots__ = ("__weakref__", "edits")

    def __init__(self) -> None:
        self.edits: list[Edit] = []


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question as it was when the text was sent that is being judged."""

    mark: Mark[Question]
    text: str
    since: Journal


def carried(marks: Iterable[LiveMark], since: Journal) -> list[LiveMark]:
    """Marks of a text as they lie after the edits that came since."""
    tracker: Tracker[Evidence] = Tracker()
    for mark in marks:
        tracker.add(Mark(mark.extent, mark.evidence))
    for edit in since.edits:
        tracker.move(edit)
    return [LiveMark(mark.extent, mark.payload) for mark in tracker.marks]


def holds(outer: Extent, inner: Extent) -> bool:
    """Tell whether one extent lies within another."""
    return outer.start <= inner.start and inner.end <= outer.end


def tells(known: Mark[Evidence], mark: LiveMark) -> bool:
    """Tell whether a mark says of its text all that another would."""
    return (
        known.payload.assistant == mark.evidence.assistant
        and known.payload.strength >= mark.evidence.strength
        and holds(known.extent, mark.extent)
    )


def evidence_of(block: Block, assistant: str) -> Evidence:
    """The evidence that a block is whose maker the editor names."""
    return Evidence(
        kind=EvidenceKind.EDIT,
        strength=Strength.RECORDED,
        span=Span(0, 0),
        assistant=assistant,
        detail=f"this text was {landed(block.kind, assistant)} in the editor",
        model=block.model,
        time=now(),
    )


def question_about(block: Block) -> Evidence:
    """The evidence that asks where a block is from."""
    act = landed(block.kind, UNDECLARED)
    return Evidence(
        kind=EvidenceKind.EDIT,
        strength=Strength.SUSPECTED,
        span=Span(0, 0),
        assistant=UNDECLARED,
        detail=f"this text was {act} in the editor; nothing tells where it is from",
        time=now(),
    )


def is_accounted(extent: Extent, text: str, analysis: Analysis) -> bool:
    """Tell whether evidence, or a person's answer, speaks of most lines of a block."""
    told = [
        other
        for piece, other in zip(analysis.evidence, analysis.evidence_extents, strict=True)
        if piece.assistant != UNDECLARED and other.overlaps(extent)
    ]
    lines = [
        extent.start.line + number for number, line in enumerate(split_lines(text)) if line.strip()
    ]
    known = sum(any(_on(one, line) for one in told) for line in lines)
    return bool(lines) and known >= _ACCOUNTED * len(lines)


def _on(extent: Extent, line: int) -> bool:
    """Some of an extent lies on a line; one that ends where the line begins does not."""
    return extent.start.line <= line and Place(line, 0) < extent.end


def now() -> int:
    """The time in ms since 1970."""
    return time.time_ns() // 1_000_000
