"""The state of a text in few words: what a status bar shows."""

from __future__ import annotations

import pytest

from redline.live.analysis import Analysis
from redline.live.status import State, status_of
from redline.model import (
    UNDECLARED,
    Effect,
    Evidence,
    EvidenceKind,
    Finding,
    Level,
    Position,
    Region,
    Skip,
    Span,
    Strength,
    ZoneHit,
)

GRADER, TASK, DATA = (ZoneHit(name, "by its name") for name in ("grader", "eval-task", "data"))
DAMAGED = Skip("graders/way.py", "the index is damaged", protected=True)


def finding(assistant="codex", level=Level.ERROR):
    piece = Evidence(
        EvidenceKind.SESSION, Strength.RECORDED, Span(0, 9), assistant, "wrote this text"
    )
    return Finding(
        rule="grader-external",
        level=level,
        effect=Effect.FORBID,
        path="graders/way.py",
        zone="grader",
        assistant=assistant,
        model=None,
        region=Region(piece.span, (piece,), 1.0),
        start=Position(1, 1),
        end=Position(2, 1),
        message="This line was written by Codex.",
        help="",
        reason="by its name",
        origin=None,
        fingerprint="0" * 32,
    )


def analysis(*zones, skips=(), protected=True):
    return Analysis("graders/way.py", zones, (), (), skips, protected=protected)


QUESTION = finding(UNDECLARED, Level.NOTE)


@pytest.mark.parametrize(
    ("known", "shown", "state", "words"),
    [
        (None, [], State.JUDGING, "judging"),
        (analysis(protected=False), [], State.OUTSIDE, ""),
        (analysis(GRADER, protected=False), [], State.OUTSIDE, ""),
        (analysis(GRADER), [], State.CLEAN, "grader: clean"),
        (analysis(GRADER, GRADER), [finding()], State.FINDINGS, "grader: 1 finding"),
        (analysis(TASK, GRADER), [finding()] * 2, State.FINDINGS, "eval-task, grader: 2 findings"),
        (analysis(TASK, GRADER, DATA), [], State.CLEAN, "eval-task and 2 more zones: clean"),
        (analysis(GRADER), [QUESTION], State.ASKING, "grader: 1 paste to explain"),
        (
            analysis(GRADER),
            [QUESTION, finding(), QUESTION],
            State.FINDINGS,
            "grader: 1 finding, 2 pastes to explain",
        ),
        (
            analysis(GRADER, skips=(DAMAGED,)),
            [],
            State.NOT_JUDGED,
            "not judged: the index is damaged",
        ),
        (
            analysis(GRADER, skips=(DAMAGED,)),
            [finding()],
            State.FINDINGS,
            "grader: 1 finding, not wholly judged",
        ),
        (
            # Whether a zone protects it is what could not be told.
            analysis(skips=(DAMAGED,), protected=False),
            [],
            State.NOT_JUDGED,
            "not judged: the index is damaged",
        ),
        (analysis(GRADER, skips=(DAMAGED,), protected=False), [], State.OUTSIDE, ""),
    ],
)
def test_the_state_in_words(known, shown, state, words):
    told = status_of(known, shown, "")
    assert (told.state, told.words) == (state, words)


def test_a_question_is_counted_apart():
    told = status_of(analysis(GRADER), [QUESTION, finding(), finding(level=Level.WARNING)], "")
    assert told.counts == {"error": 1, "warning": 1, "note": 0}
    assert told.questions == 1


def test_words_of_a_failure_quote_no_text():
    told = status_of(analysis(GRADER), [], "ValueError: def secret():")
    assert told.words == "not judged: judging failed (ValueError); see the log"
    assert told.zones == ("grader",)
