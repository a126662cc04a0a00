"""Results to print: built from the text of a file and the part of it that is found."""

from __future__ import annotations

from dataclasses import replace

from redline.model import (
    Effect,
    Evidence,
    EvidenceKind,
    Finding,
    Level,
    LintResult,
    Position,
    Region,
    Skip,
    Source,
    Span,
    Strength,
    Unit,
)

SESSIONS = Source("sessions", True, "13 Codex, 4 Copilot", 17, 1_782_900_120_000)
NO_NOTES = Source("git-ai notes", False, "the repository has no refs/notes/ai")


def evidence_of(
    strength: Strength = Strength.RECORDED,
    detail: str = "Codex wrote these lines on 2026-06-30",
    **changes: object,
) -> Evidence:
    """One piece of evidence; its span does not matter to reports."""
    base = Evidence(EvidenceKind.SESSION, strength, Span(0, 1), "codex", detail, model="gpt-5.2")
    return replace(base, **changes)  # type: ignore[arg-type]


def position_of(data: bytes, offset: int) -> Position:
    """Line and column of a byte, the slow way."""
    head = data.rfind(b"\n", 0, offset) + 1
    column = len(data[head:offset].decode(errors="surrogateescape")) + 1
    return Position(data.count(b"\n", 0, offset) + 1, column)


def find(
    data: bytes,
    part: bytes,
    *,
    path: str = "graders/score.py",
    level: Level = Level.ERROR,
    evidence: tuple[Evidence, ...] = (),
    share: float = 1.0,
    unit: Unit | None = None,
    **changes: object,
) -> Finding:
    """The finding that covers the first ``part`` of ``data``."""
    start = data.index(part)
    end = start + len(part)
    base = Finding(
        rule="grader-external",
        level=level,
        effect=Effect.FORBID,
        path=path,
        zone="grader",
        assistant="codex",
        model="gpt-5.2",
        region=Region(Span(start, end), evidence or (evidence_of(),), share, unit),
        start=position_of(data, start),
        end=position_of(data, end),
        message="External assistant output in a grader",
        help="Delete it and write the grader without the assistant",
        reason="matches 'graders/**'",
        origin="redline.yaml:12",
        fingerprint=f"{start:032x}",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def result_of(
    *findings: Finding,
    skipped: tuple[Skip, ...] = (),
    sources: tuple[Source, ...] = (SESSIONS, NO_NOTES),
) -> LintResult:
    """A whole run over 120 files, 40 of them protected."""
    return LintResult(
        root="/project",
        policy_sha256="ab" * 32,
        policy_files=("redline.yaml",),
        findings=findings,
        skipped=skipped,
        sources=sources,
        files_seen=120,
        files_protected=40,
        lines_protected=5_310,
        seconds=0.25,
        zone_files={"grader": 40},
    )
