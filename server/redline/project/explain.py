"""Why a place is judged as it is: its zones, all evidence, and what the policy makes of it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ..lines import LineIndex
from ..model import Evidence, Finding, Skip, Source, Span, ZoneHit
from .engine import prepare
from .files import UsageError
from .options import LintOptions


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known about some lines of a file."""

    path: str
    first_line: int
    last_line: int
    """From 1, both inclusive."""
    zones: tuple[ZoneHit, ...]
    evidence: tuple[Evidence, ...]
    """Strongest first, findings or not."""
    findings: tuple[Finding, ...]
    skips: tuple[Skip, ...]
    sources: tuple[Source, ...]
    text: bytes


def explain(
    path: Path, lines: tuple[int, int] | None = None, options: LintOptions | None = None
) -> Explanation:
    """Explain a file, or its lines ``lines`` (from 1, both inclusive).

    Raises ``UsageError`` and ``PolicyError``.
    """
    options = replace(options or LintOptions(), paths=(path,))
    bench, sources = prepare(options)
    if len(bench.tree.paths) != 1:
        raise UsageError(f"{str(path)!r} is not one file", "name a file, or PATH:LINE")
    name = bench.tree.paths[0]
    with ExitStack() as stack:
        judge = bench.judge(stack)
        facts, text = judge.facts(name, every=True)
        findings = judge.verdict(facts, text)
    index = LineIndex(text)
    count = text.count(b"\n") + (not text.endswith(b"\n") and bool(text))
    first, last = lines or (1, max(1, count))
    if not 1 <= first <= last or (text and first > count):
        raise UsageError(
            f"{name} has {count} lines; {first} to {last} are not among them",
            "lines count from 1",
        )
    last = max(first, min(last, count))
    span = Span(index.start(first - 1), index.start(last))
    evidence = [piece for piece in facts.evidence if piece.span.overlaps(span)]
    evidence.sort(key=lambda piece: (-piece.strength, piece.span, piece.detail))
    return Explanation(
        path=name,
        first_line=first,
        last_line=last,
        zones=tuple(hit for hit in facts.zones if hit.span is None or hit.span.overlaps(span)),
        evidence=tuple(evidence),
        findings=tuple(found for found in findings if found.region.span.overlaps(span)),
        skips=facts.skips,
        sources=sources,
        text=text,
    )
