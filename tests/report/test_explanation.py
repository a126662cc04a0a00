"""What ``redline explain`` tells."""

from __future__ import annotations

from textwrap import dedent

from redline.model import Span, Strength, ZoneHit
from redline.project import Explanation
from redline.report.explanation import render
from redline.report.look import Look

from .build import NO_NOTES, SESSIONS, evidence_of, find

TEXT = b"def score(answer):\n    return 1\n\nrest = 2\n"
ZONE = ZoneHit("grader", "matches 'graders/**'", None, "redline.yaml:7")


def told(**known: object) -> str:
    base: dict = {
        "path": "graders/score.py",
        "first_line": 1,
        "last_line": 4,
        "zones": (),
        "evidence": (),
        "findings": (),
        "skips": (),
        "sources": (SESSIONS, NO_NOTES),
        "text": TEXT,
    }
    return "".join(render(Explanation(**{**base, **known}), Look()))


def test_a_finding_with_its_zone_and_evidence():
    evidence = evidence_of(
        Strength.MATCHED,
        "40 tokens",
        model=None,
        span=Span(0, 32),
        session="s1",
        time=1_782_900_120_000,
        bits=99.0,
        share=0.09,
    )
    finding = find(TEXT, TEXT[:32], evidence=(evidence,))
    assert told(zones=(ZONE,), evidence=(evidence,), findings=(finding,)) == dedent("""\
        graders/score.py, lines 1-4

        Zones
          grader: matches 'graders/**' (redline.yaml:7)

        Evidence, strongest first
          lines 1-2: matched, codex: 40 tokens [session s1; 2026-07-01 10:02 UTC; 99 bits; 9% of it]

        Findings
          error[grader-external] at 1:1: External assistant output in a grader
            help: Delete it and write the grader without the assistant

        What this means
          1 finding: the evidence speaks of lines in a zone whose rules object.
          It goes when the text goes, or when the rule's demand is met; see help above.

        Sources
          sessions: 13 Codex, 4 Copilot, up to 2026-07-01 10:02 UTC
          git-ai notes: not consulted: the repository has no refs/notes/ai
        """)


def meaning(shown: str) -> list[str]:
    return [
        line.strip() for line in shown.split("What this means\n")[1].split("\n\n")[0].split("\n")
    ]


def test_no_finding_says_why_not():
    assert meaning(told(evidence=(evidence_of(),))) == [
        "No zone claims these lines, so nothing is said about assistant text in them.",
        "To protect them, add them to a zone's globs in redline.yaml.",
        "Not asked: git-ai notes.",
    ]
    assert meaning(told(zones=(ZONE,), sources=(SESSIONS,))) == [
        "The lines are protected and nothing speaks of an assistant.",
        "That is not proof of human work: it is all that the sources below know.",
    ]
    assert meaning(told(zones=(ZONE,), evidence=(evidence_of(),), sources=(SESSIONS,))) == [
        "The lines are protected, and the rules do not object to this evidence."
    ]


def test_names_cannot_drive_the_terminal():
    assert "\x1b" not in told(path="\x1b[2J", zones=(ZoneHit("z", "\x1b[0m"),))
