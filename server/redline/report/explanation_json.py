"""Print an explanation as JSON, version 1; ``docs/explanation.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from redline.lines import LineIndex
from redline.model import Evidence, Position, Source, Span, ZoneHit
from redline.report.json import (
    Record,
    dump,
    evidence_record,
    finding_record,
    path_record,
    skip_record,
)
from redline.report.summary import rfc3339

if TYPE_CHECKING:
    from redline.ledger import Held
    from redline.project import Explanation
    from redline.project.comparison import Comparison
    from redline.project.comparison_rows import Row, SideLine

VERSION = 1
"""Raised when a key changes its meaning or goes; a new key does not raise it."""


def render(known: Explanation) -> Iterator[str]:
    """Yield one JSON object in pieces, ASCII only.

    Lines and columns count from 1, columns in code points, ends exclusive, bytes from 0.
    """
    index = LineIndex(known.text)
    head: Record = {
        "version": VERSION,
        **path_record(known.path),
        "lines": {"first": known.first_line, "last": known.last_line},
        "zones": [_zone(hit, index) for hit in known.zones],
        "evidence": [
            {**evidence_record(piece), **_whereabouts(piece), "region": _region(piece.span, index)}
            for piece in known.evidence
        ],
        "declarations": [_declaration(held, index) for held in known.declarations],
        "findings": [finding_record(finding) for finding in known.findings],
        "skipped": [skip_record(skip) for skip in known.skips],
        "sources": [_source(source) for source in known.sources],
    }
    numbers = {id(piece): number for number, piece in enumerate(known.evidence)}
    yield dump(head)[:-1] + ', "comparisons": ['
    separator = "\n"
    for comparison in known.comparisons:
        told = [numbers[id(piece)] for piece in comparison.evidence]
        yield separator + dump(_comparison(comparison, told))
        separator = ",\n"
    yield "\n]}\n"


def _comparison(known: Comparison, told: list[int]) -> Record:
    return {
        "evidence": told,
        "lines": {"first": known.first_line, "last": known.last_line},
        "unknown": None if known.unknown is None else _utf8(known.unknown),
        "written_to": None if known.path is None else _utf8(known.path),
        "tokens": {"all": known.tokens, "equal": known.equal, "renamed": known.renamed},
        "more_lines": known.more,
        "rows": [_row(row) for row in known.rows],
    }


def _row(row: Row) -> Record:
    return {
        "kind": str(row.kind),
        "file": [_line(line) for line in row.file],
        "session": [_line(line) for line in row.session],
    }


def _line(line: SideLine) -> Record:
    return {
        "line": line.number,
        "text": _utf8(line.text),
        "marks": [
            {
                "start": mark.start + 1,
                "end": mark.end + 1,
                "kind": "renamed" if mark.renamed else "equal",
            }
            for mark in line.marks
        ],
    }


def _zone(hit: ZoneHit, index: LineIndex) -> Record:
    return {
        "zone": _utf8(hit.zone),
        "reason": _utf8(hit.reason),
        "origin": None if hit.origin is None else _utf8(hit.origin),
        "region": None if hit.span is None else _region(hit.span, index),
    }


def _declaration(held: Held, index: LineIndex) -> Record:
    one = held.declaration
    return {
        "answer": str(one.answer),
        "assistant": one.assistant,
        "by": _utf8(one.by),
        "at": rfc3339(one.at),
        "zone": _utf8(one.zone),
        "reason": None if one.reason is None else _utf8(one.reason),
        "link": None if one.link is None else _utf8(one.link),
        "source": None if one.source is None else _utf8(one.source),
        "ended": held.ended or None,
        "regions": [_region(span, index) for span in held.spans],
    }


def _whereabouts(piece: Evidence) -> Record:
    return {
        "source": None if piece.source is None else _utf8(piece.source),
        "position": piece.position,
        "bits": piece.bits,
        "share": piece.share,
    }


def _region(span: Span, index: LineIndex) -> Record:
    return {
        "start": _position(index.position(span.start)),
        "end": _position(index.position(span.end)),
        "byte_start": span.start,
        "byte_end": span.end,
    }


def _position(position: Position) -> Record:
    return {"line": position.line, "column": position.column}


def _source(source: Source) -> Record:
    return {
        "name": _utf8(source.name),
        "consulted": source.consulted,
        "detail": _utf8(source.detail),
        "count": source.count,
        "until": rfc3339(source.until),
    }


def _utf8(text: str) -> str:
    """Replace lone surrogates, which strict JSON readers refuse, by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
