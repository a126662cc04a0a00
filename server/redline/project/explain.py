"""Why a place is judged as it is: its zones, all evidence, and what the policy makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..lines import LineIndex
from ..model import Evidence, Finding, Skip, Source, Span, ZoneHit
from .engine import prepare
from .files import UsageError
from .options import LintOptions

if TYPE_CHECKING:
    from ..ledger import Held
    from .comparison import Comparison


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
    comparisons: tuple[Comparison, ...] = ()
    """The lines beside the text of the sessions, where that was asked for."""
    declarations: tuple[Held, ...] = ()
    """What people said about the origin of these lines, and of lines that are no more."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How lines are laid beside the sessions' text."""

    context: int = 2
    """Lines told before and behind a region."""
    every: bool = False
    """Evidence, too, whose lines stronger evidence accounts for."""


def explain(
    path: Path,
    lines: tuple[int, int] | None = None,
    options: LintOptions | None = None,
    compared: Compared | None = None,
) -> Explanation:
    """Explain a file, or its lines ``lines`` (from 1, both inclusive).

    ``compared`` asks for the sessions' own text: their files are read again, where they are
    on this machine. Raises ``UsageError`` and ``PolicyError``.
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
        declared = judge.declarations.about(name, text, facts.zones)
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
    comparisons: Iterable[Comparison] = ()
    if compared is not None:
        # Brings the readers of sessions, which lint does without.
        from .comparison import compare

        comparisons = compare(evidence, text, (first, last), compared.context, every=compared.every)
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
        comparisons=tuple(comparisons),
        declarations=tuple(
            held
            for held in declared
            if held.ended or any(part.overlaps(span) for part in held.spans)
        ),
    )
