"""The state of a text in few words, and the passages that an editor marks."""

from __future__ import annotations

import pytest

from redline.live.analysis import Analysis
from redline.live.passages import MOST, moved, passages_of, touches
from redline.live.places import Edit, Extent, Place
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
    piece = evidence(0, 9, assistant)
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


def evidence(start, end, assistant="codex", strength=Strength.RECORDED):
    kind = EvidenceKind.SESSION
    return Evidence(kind, strength, Span(start, end), assistant, "wrote this text")


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


def test_passages_are_merged_by_assistant_and_strength():
    text = b"a = 1\nb = 2\n\nc = 3\nd = 4\n"
    pieces = [
        evidence(0, 6),
        evidence(6, 12),
        evidence(13, 19),
        evidence(19, 25, strength=Strength.SUSPECTED),
    ]
    found = passages_of(text, pieces, [GRADER], [])
    assert [(one.span, one.strength) for one in found] == [
        (Span(0, 19), Strength.RECORDED),
        (Span(19, 25), Strength.SUSPECTED),
    ]
    assert passages_of(text, pieces, [], []) == ()


def test_of_too_many_passages_the_strongest_are_told():
    text = b"a\nb\n" * (2 * MOST)
    strengths = [Strength.SUSPECTED if row < MOST else Strength.MATCHED for row in range(2 * MOST)]
    pieces = [
        evidence(4 * row, 4 * row + 2, strength=strength) for row, strength in enumerate(strengths)
    ]
    found = passages_of(text, pieces, [GRADER], [])
    assert {one.strength for one in found} == {Strength.MATCHED}
    assert len(found) == MOST
    assert list(found) == sorted(found, key=lambda one: one.span)


def put(line, column, text):
    at, lines = Place(line, column), text.split("\n")
    last = len(lines[-1]) + (column if len(lines) == 1 else 0)
    return Edit(at, at, "", text, Place(line + len(lines) - 1, last))


def test_what_is_put_in_beside_a_passage_is_not_of_it():
    passage = Extent(Place(2, 0), Place(4, 0))
    assert moved(passage, [put(0, 0, "\n")]) == Extent(Place(3, 0), Place(5, 0))
    assert moved(passage, [put(2, 0, "x\n")]) == Extent(Place(3, 0), Place(5, 0))
    assert moved(passage, [put(4, 0, "x\n")]) == passage
    assert moved(passage, [put(3, 0, "x\n")]) == Extent(Place(2, 0), Place(5, 0))
    gone = Edit(Place(1, 0), Place(5, 0), "…", "", Place(1, 0))
    assert moved(passage, [gone, put(1, 0, "x")]).is_empty
    assert [touches(passage, put(line, 0, "x")) for line in (1, 2, 3, 4, 5)] == [
        False, True, True, True, False,
    ]  # fmt: skip
