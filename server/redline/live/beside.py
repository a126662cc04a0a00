"""Lay lines of an open document beside what the sessions wrote, as ``redline explain`` does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redline.lines import LineIndex
from redline.live.analysis import Analysis
from redline.model import Evidence, Source, Span

if TYPE_CHECKING:
    from redline.live.workroom import Workroom

_WIDTH = 140
"""Cells of a line: an editor's pane scrolls where a terminal would wrap."""
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Beside:
    """The evidence for some lines, for programs and for people."""

    record: dict[str, Any]
    """As ``docs/explanation.schema.json`` describes it."""
    side_by_side: str
    """Lines of text with both sides; empty where no session's text speaks of these lines."""
    sources: tuple[Source, ...]
    """What was asked."""


def beside(
    room: Workroom, analysis: Analysis, text: bytes, lines: tuple[int, int], full: bool = False
) -> Beside:
    """Explain the lines ``lines`` (from 1, both inclusive) of a text that was analysed.

    The sessions' files are read again at this moment, where they are on this machine; nothing
    of them is kept. Lines outside the text count as the nearest inside.
    """
    from redline.project.comparison import compare
    from redline.project.explain import Explanation
    from redline.report import explanation_json, side_by_side
    from redline.report.look import Look

    index = LineIndex(text)
    count = max(1, len(index.starts) - (text.endswith(b"\n") and len(index.starts) > 1))
    first = min(max(1, lines[0]), count)
    last = min(max(first, lines[1]), count)
    span = Span(index.start(first - 1), index.start(last))
    evidence = sorted(
        (piece for piece in analysis.evidence if piece.span.overlaps(span)), key=_strongest
    )
    comparisons = tuple(compare(evidence, text, (first, last), _CONTEXT, every=full))
    sources = _sources(room)
    known = Explanation(
        path=analysis.path,
        first_line=first,
        last_line=last,
        zones=tuple(hit for hit in analysis.zones if hit.span is None or hit.span.overlaps(span)),
        evidence=tuple(evidence),
        findings=tuple(one for one in analysis.findings if one.region.span.overlaps(span)),
        skips=analysis.skips,
        sources=sources,
        text=text,
        comparisons=comparisons,
    )
    shown = side_by_side.render(comparisons, Look(width=_WIDTH), path=analysis.path, full=full)
    record: dict[str, Any] = json.loads("".join(explanation_json.render(known)))
    return Beside(record, "".join(shown), sources)


def _strongest(piece: Evidence) -> tuple[object, ...]:
    return -piece.strength, piece.span, piece.detail


def _sources(room: Workroom) -> tuple[Source, ...]:
    judge = room.judge()
    told: list[Source] = []
    if judge.history is not None:
        told += judge.history.sources()
    else:
        told.append(Source("git", False, "no commit, note or blame was asked"))
    if judge.sessions is not None:
        told += judge.sessions.sources()
    else:
        told.append(
            Source("sessions", False, "no sessions are indexed; run `redline index update`")
        )
    return tuple(told)
