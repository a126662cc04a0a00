"""Judge a notebook's live cells as the file that a save would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from redline.lines import LineIndex
from redline.live.analysis import Analysis, LiveMark
from redline.live.beside import Beside
from redline.live.jobs import analyse, beside
from redline.live.notebook_text import Cell, NotebookText, written
from redline.live.passages import Passage
from redline.live.places import Extent, Place
from redline.live.spans import ByteMap
from redline.model import Evidence, Finding, Span

if TYPE_CHECKING:
    from redline.live.workroom import Workroom

T = TypeVar("T", Finding, Evidence, Passage)


@dataclass(frozen=True, slots=True)
class LiveNotebook:
    """A notebook as it is open in an editor."""

    path: str
    """Relative to the root, with ``/``."""
    cells: tuple[Cell, ...]
    marks: tuple[tuple[str, tuple[LiveMark, ...]], ...] = ()
    """By cell; extents count in the cell's text."""


def analyse_notebook(room: Workroom, notebook: LiveNotebook) -> dict[str, Analysis]:
    """Judge a notebook; an analysis for each cell, its extents in the cell's own text.

    Spans still count the bytes of the file that the cells make. What lies in a cell but not in
    its source is told of its first line.
    """
    made, analysis = _analysed(room, notebook)
    firsts = {cell.key: _first_line(cell.text) for cell in notebook.cells}
    findings = _by_cell(made, analysis.findings, [one.region.span for one in analysis.findings])
    evidence = _by_cell(made, analysis.evidence, [one.span for one in analysis.evidence])
    passages = _by_cell(made, analysis.passages, [one.span for one in analysis.passages])
    told: dict[str, Analysis] = {}
    for key, first in firsts.items():
        found = [(extent if not extent.is_empty else first, one) for extent, one in findings[key]]
        known = [(extent if not extent.is_empty else first, one) for extent, one in evidence[key]]
        # What lies in no cell's text is of no line there.
        runs = [(extent, one) for extent, one in passages[key] if not extent.is_empty]
        found.sort(key=lambda one: one[0])
        runs.sort(key=lambda one: one[0])
        told[key] = replace(
            analysis,
            findings=tuple(one for _, one in found),
            extents=tuple(extent for extent, _ in found),
            evidence=tuple(one for _, one in known),
            evidence_extents=tuple(extent for extent, _ in known),
            passages=tuple(one for _, one in runs),
            passage_extents=tuple(extent for extent, _ in runs),
        )
    return told


def beside_cell(
    room: Workroom, notebook: LiveNotebook, key: str, extent: Extent, full: bool = False
) -> Beside:
    """Explain a part of one cell; lines are those of the notebook's file."""
    made, analysis = _analysed(room, notebook)
    span = made.span(key, extent) or Span(0, 0)
    index = LineIndex(made.text)
    last = index.line(max(span.start, span.end - 1))
    lines = (index.line(span.start) + 1, last + 1)
    return beside(room, analysis, made.text, lines, full)


def _analysed(room: Workroom, notebook: LiveNotebook) -> tuple[NotebookText, Analysis]:
    from redline.project.reading import Unreadable

    try:
        base: bytes | None = room.read(notebook.path)
    except Unreadable:
        base = None
    made = written(base, notebook.cells)
    places = ByteMap(made.text)
    marks: list[LiveMark] = []
    for key, of_cell in notebook.marks:
        for mark in of_cell:
            span = made.span(key, mark.extent)
            if span is not None:
                marks.append(LiveMark(places.extent(span), mark.evidence))
    return made, analyse(room, notebook.path, made.text, tuple(marks))


def _by_cell(
    made: NotebookText, things: Sequence[T], spans: Sequence[Span]
) -> dict[str, list[tuple[Extent, T]]]:
    found: dict[str, list[tuple[Extent, T]]] = {key: [] for key in made.keys}
    for thing, span in zip(things, spans, strict=True):
        for key, extent in made.places(span):
            found[key].append((extent, thing))
    return found


def _first_line(text: str) -> Extent:
    first = text.splitlines()[0] if text else ""
    return Extent(Place(0, 0), Place(0, len(first)))
