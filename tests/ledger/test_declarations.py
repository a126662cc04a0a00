"""An answer holds for exactly the text that it was given about, and clears nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.check import check
from redline.ledger import (
    Answer,
    Declaration,
    Declarations,
    LedgerError,
    declare,
    read_declarations,
)
from redline.ledger.binding import Words
from redline.ledger.declaration import problem_of, to_entry
from redline.ledger.entries import read_entries, write_entry
from redline.matching.tokens import tokenise
from redline.model import Evidence, EvidenceKind, Level, Span, Strength, ZoneHit
from redline.policy import builtin_pack, check_bytes

PATH = "graders/score.py"
GRADER = (ZoneHit("grader", "matches 'graders/'"),)
HEAD = b'"""Scores."""\n\nimport math\n\n\n'
PASTED = b"""def score(answer, target):
    # Half marks for a right unit.
    if answer.strip() == target.strip():
        return 1.0
    return 0.5 if answer.endswith(target[-2:]) else 0.0
"""
TAIL = b"\n\nLIMIT = 3\n"
TEXT = HEAD + PASTED + TAIL
HERE = Span(len(HEAD), len(HEAD + PASTED))
POLICY = check_bytes(builtin_pack("evals-default"))


def asked(span=HERE, **more):
    return Evidence(
        EvidenceKind.EDIT, Strength.SUSPECTED, span, "undeclared", "it landed at once", **more
    )


def said(answer, text=TEXT, span=HERE, at=1_772_359_200_000, zone="grader", **more):
    return Declaration.about(
        text,
        span,
        path=PATH,
        zone=zone,
        answer=answer,
        by="Ada Example <ada@example.org>",
        at=at,
        **more,
    )


def known(*declarations):
    newest_first = sorted(declarations, key=lambda one: -one.at)
    return Declarations({PATH: tuple(newest_first)})


def spans(evidence):
    return [piece.span for piece in evidence]


@pytest.mark.parametrize("answer", [Answer.MINE, Answer.REPOSITORY, Answer.WEB])
def test_an_answer_takes_the_question_away(answer):
    assert known(said(answer)).settle(PATH, TEXT, GRADER, [asked()]) == []


def test_not_knowing_leaves_the_question():
    assert known(said(Answer.UNKNOWN)).settle(PATH, TEXT, GRADER, [asked()]) == [asked()]


def test_an_assistant_that_is_named_is_declared_evidence():
    answers = known(said(Answer.ASSISTANT, assistant="codex"))
    (piece,) = answers.settle(PATH, TEXT, GRADER, [asked()])
    assert (piece.kind, piece.strength, piece.assistant, piece.span) == (
        EvidenceKind.DECLARATION,
        Strength.DECLARED,
        "codex",
        HERE,
    )
    (finding,) = check(PATH, TEXT, [piece], GRADER, POLICY)
    assert finding.message.startswith("These 5 lines are declared to be written by Codex.")
    assert finding.level is Level.ERROR
    # It holds where nobody saw the text land, too: on a colleague's machine, in CI.
    assert answers.settle(PATH, TEXT, GRADER, []) == [piece]
    assert answers.settle(PATH, TEXT, GRADER, [piece]) == [piece]


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("strength", list(Strength))
@pytest.mark.parametrize("kind", list(EvidenceKind))
def test_no_answer_clears_what_speaks_of_an_assistant(answer, strength, kind):
    named = "copilot" if answer is Answer.ASSISTANT else None
    pieces = [
        Evidence(kind, strength, HERE, assistant, "it was seen")
        for assistant in ("codex", "unknown")
    ]
    settled = known(said(answer, assistant=named)).settle(PATH, TEXT, GRADER, pieces)
    assert settled[:2] == pieces


def test_only_the_lines_that_were_declared_are_settled():
    everything = Span(0, len(TEXT))
    part = known(said(Answer.MINE)).settle(PATH, TEXT, GRADER, [asked(everything)])
    assert spans(part) == [Span(0, HERE.start), Span(HERE.end, len(TEXT))]
    # A whole text that was declared says nothing about a part that has changed since.
    assert known(said(Answer.MINE, span=everything)).settle(
        PATH, TEXT.replace(b"LIMIT", b"MOST"), GRADER, [asked()]
    ) == [asked()]


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(b"1.0", b"0.9"),
        TEXT.replace(b"Half marks", b"Full marks"),
        TEXT.replace(b"    return 0.5", b"    x()\n    return 0.5"),
        TEXT.replace(b"        return 1.0\n", b""),
    ],
    ids=["a number", "a comment", "a line more", "a line less"],
)
def test_any_change_of_a_token_ends_it(text):
    whole = Span(0, len(text))
    assert known(said(Answer.MINE)).settle(PATH, text, GRADER, [asked(whole)]) == [asked(whole)]


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"    ", b"\t"),
        TEXT.replace(b"score(answer, target)", b"score(\n    answer,\n    target,\n)"),
        b"# A new head.\n" * 500 + TEXT,
        PASTED + HEAD,
        TEXT.replace(PASTED, b"class Scorer:\n" + PASTED.replace(b"\n", b"\n    ")),
    ],
    ids=["line ends", "tabs", "reformatted", "lower down", "moved up", "indented"],
)
def test_it_is_found_again_wherever_it_moved_and_however_it_is_laid_out(text):
    whole = Span(0, len(text))
    rest = known(said(Answer.MINE)).settle(PATH, text, GRADER, [asked(whole)])
    left = b"".join(text[span.start : span.end] for span in spans(rest))
    assert b"answer" not in left
    assert b"import math" in left


@pytest.mark.parametrize(
    ("path", "zones"),
    [
        ("graders/other.py", GRADER),
        (PATH, (ZoneHit("eval-task", "it is"),)),
        (PATH, (ZoneHit("grader", "a function", Span(0, 5)),)),
        (PATH, ()),
    ],
)
def test_it_holds_in_its_own_file_and_zone_alone(path, zones):
    assert known(said(Answer.MINE)).settle(path, TEXT, zones, [asked()]) == [asked()]


def test_the_newest_answer_counts():
    mine, unsure = said(Answer.MINE, at=1_000), said(Answer.UNKNOWN, at=2_000)
    assert known(mine, unsure).settle(PATH, TEXT, GRADER, [asked()]) == [asked()]
    again = replace(mine, at=3_000)
    assert known(mine, unsure, again).settle(PATH, TEXT, GRADER, [asked()]) == []


def test_an_assistant_once_named_is_not_taken_back_by_another_answer():
    answers = known(said(Answer.ASSISTANT, at=1, assistant="codex"), said(Answer.MINE, at=2))
    assert [piece.assistant for piece in answers.settle(PATH, TEXT, GRADER, [asked()])] == ["codex"]


def test_a_bracket_that_was_declared_says_nothing_about_all_brackets():
    text = b"a(\n    b\n)\nc(\n    d\n)\n"
    bracket = Span(text.index(b")\n"), text.index(b")\n") + 2)
    whole = asked(Span(0, len(text)))
    answers = known(said(Answer.MINE, text=text, span=bracket))
    assert answers.settle(PATH, text, GRADER, [whole]) == [whole]
    assert answers.settle(PATH, text, GRADER, [asked(bracket)]) == []
    named = known(said(Answer.ASSISTANT, text=text, span=bracket, assistant="codex"))
    assert named.settle(PATH, text, GRADER, []) == []
    assert spans(named.settle(PATH, text, GRADER, [asked(bracket)])) == [bracket]


def test_nothing_but_space_and_quotes_cannot_be_declared():
    with pytest.raises(LedgerError, match="no text to speak of"):
        said(Answer.MINE, text=b"x\n\n'',\n", span=Span(1, 7))


@settings(deadline=None)  # the first look with arrays imports NumPy
@given(
    st.lists(st.sampled_from([b"x", b" ", b"\n", b"(", b"'", b"foo", b"0", b"\r\n"]), max_size=40),
    st.data(),
)
def test_what_was_bound_is_found_whatever_stands_around_it(parts, data):
    text = b"".join(parts)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    tokens = tokenise(text)
    for words in (Words(text), Words(text, 1 << 20)):
        try:
            bound = words.bound(span)
        except ValueError:
            pairs = zip(tokens.starts, tokens.ends, strict=True)
            assert not any(span.start <= a and b <= span.end for a, b in pairs)
            continue
        found = words.find(bound)
        assert found == Words(text).find(bound)
        assert found
        around = b"zz\n" + text[found[0].start : found[0].end] + b"\nzz"
        assert Words(around).find(bound)


@given(st.data())
def test_settling_clears_nothing_but_the_question_and_settles_it_once(data):
    edges = st.integers(0, len(TEXT)).flatmap(
        lambda start: st.integers(start, len(TEXT)).map(lambda end: Span(start, end))
    )
    pieces = data.draw(
        st.lists(
            st.builds(
                Evidence,
                st.sampled_from(EvidenceKind),
                st.sampled_from(Strength),
                edges,
                st.sampled_from(["undeclared", "codex", "unknown"]),
                st.just("it was seen"),
            ),
            max_size=6,
        )
    )
    answers = []
    for span in data.draw(st.lists(edges, max_size=4)):
        answer = data.draw(st.sampled_from(Answer))
        named = "copilot" if answer is Answer.ASSISTANT else None
        try:
            at = data.draw(st.integers(0, 3))
            answers.append(said(answer, span=span, at=at, assistant=named))
        except LedgerError:
            continue
    declared = known(*answers)
    settled = declared.settle(PATH, TEXT, GRADER, pieces)
    others = [piece for piece in pieces if piece.assistant != "undeclared"]
    assert set(others) <= set(settled)
    # What is still asked was asked before, and no question grew.
    for piece in settled:
        if piece.assistant == "undeclared":
            assert any(
                old.assistant == "undeclared"
                and old.span.start <= piece.span.start
                and piece.span.end <= old.span.end
                for old in pieces
            )
    assert declared.settle(PATH, TEXT, GRADER, settled) == settled


def test_a_large_text_is_searched_as_a_small_one_is():
    text = b"".join(b"v%d = f(%d)\n" % (number, number % 7) for number in range(20_000))
    start = text.index(b"v15000 ")
    span = Span(start, text.index(b"v15010 "))
    declaration = said(Answer.MINE, text=text, span=span)
    assert len(text) > 1 << 16
    assert Words(text).find(declaration.bound) == [span]
    assert Words(text[start:]).find(declaration.bound) == [Span(0, span.end - start)]


def test_it_comes_back_from_the_ledger_as_it_was_given(tmp_path):
    given_ = [
        said(Answer.MINE),
        said(Answer.ASSISTANT, assistant="claude-code", reason="a draft", at=5),
        said(Answer.WEB, link="https://example.org/a", at=1_700_000_000_123),
    ]
    files = [declare(tmp_path, one) for one in given_]
    read = read_declarations(tmp_path)
    assert [replace(one, source=None) for one in read.by_path[PATH]] == sorted(
        given_, key=lambda one: -one.at
    )
    assert {one.source for one in read.by_path[PATH]} == {
        file.relative_to(tmp_path).as_posix() for file in files
    }
    assert b"answer.strip" not in b"".join(file.read_bytes() for file in files)
    (source,) = read.sources()
    assert (source.name, source.count, source.until) == ("declarations", 3, 1_772_359_200_000)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"answer": "human"}, "'answer' is none of mine, repository, assistant, web, unknown"),
        ({"answer": ["mine"]}, "'answer' is none of mine, repository, assistant, web, unknown"),
        ({"answer": "assistant"}, "an assistant is named if, and only if, it is the answer"),
        ({"assistant": "codex"}, "an assistant is named if, and only if, it is the answer"),
        (
            {"answer": "assistant", "assistant": "undeclared"},
            "'assistant' is no assistant's id, such as claude-code",
        ),
        (
            {"answer": "assistant", "assistant": "Claude Code"},
            "'assistant' is no assistant's id, such as claude-code",
        ),
        ({"tokens": True}, "'tokens' is no count"),
        ({"lines": -1}, "'lines' is no count"),
        ({"at": "yesterday"}, "'at' is no moment such as 2026-03-01T10:00:00.000Z"),
        ({"at": 5}, "'at' is no moment such as 2026-03-01T10:00:00.000Z"),
        ({"hash": "tok1:12"}, "'hash' is none of the form tok1"),
        ({"path": ""}, "'path' is no line of at most 2,000 letters"),
        ({"reason": "a\nb"}, "'reason' is no line of at most 2,000 letters"),
        ({"by": "\x1b[31mme"}, "'by' is no line of at most 2,000 letters"),
        ({"link": "x" * 2_001}, "'link' is no line of at most 2,000 letters"),
        ({"clears": "matched"}, "it has the unknown key 'clears'"),
        ({"by": None}, "'by' is no line of at most 2,000 letters"),
    ],
)
def test_an_entry_that_is_unsound_counts_for_nothing(tmp_path, change, problem):
    value = to_entry(said(Answer.MINE)) | change
    assert problem_of(value) == problem
    write_entry(tmp_path, value)
    read = read_declarations(tmp_path)
    assert read.by_path == {}
    assert [damage.reason for damage in read.damaged] == [problem]
    (skip,) = read.skips()
    assert not skip.protected


def test_an_unsound_declaration_is_never_written(tmp_path):
    with pytest.raises(LedgerError, match="an assistant is named"):
        declare(tmp_path, said(Answer.ASSISTANT))
    assert not read_entries(tmp_path).present


def test_entries_of_other_kinds_are_counted_and_left_to_others(tmp_path):
    write_entry(tmp_path, {"v": 1, "kind": "review"})
    write_entry(tmp_path, to_entry(said(Answer.MINE)) | {"v": 2})
    read = read_declarations(tmp_path)
    assert (read.count, read.strange, read.damaged) == (0, 2, ())
    assert "2 entries of kinds that are not known" in read.sources()[0].detail


def test_the_question_names_no_assistant_and_gives_way_to_any_suspicion():
    (finding,) = check(PATH, TEXT, [asked()], GRADER, POLICY)
    assert finding.rule == "paste-of-unknown-origin"
    assert finding.message.startswith("Nobody has told where these 5 lines are from.")
    assert (finding.level, finding.fixes) == (Level.NOTE, ("declare", "remove", "restore"))
    marker = Evidence(EvidenceKind.MARKER, Strength.SUSPECTED, HERE, "chatgpt", "a mark", time=9)
    (finding,) = check(PATH, TEXT, [asked(time=1), marker], GRADER, POLICY)
    assert (finding.rule, finding.level) == ("grader-external", Level.WARNING)


OURS = check_bytes(
    b"schema: policy/1\nassistants:\n- {class: in-house, names: [lantern, lantern-*]}\n"
)


def test_to_name_an_assistant_of_ones_own_hides_no_suspicion_of_another():
    mark = Evidence(EvidenceKind.MARKER, Strength.SUSPECTED, HERE, "chatgpt", "a mark")
    ours = said(Answer.ASSISTANT, assistant="lantern")
    evidence = known(ours).settle(PATH, TEXT, GRADER, [asked(), mark])
    assert {piece.assistant for piece in evidence} == {"lantern", "chatgpt"}
    (finding,) = check(PATH, TEXT, evidence, GRADER, OURS)
    assert (finding.rule, finding.assistant) == ("grader-external", "chatgpt")
    # What is known better than by hearsay decides alone.
    record = replace(mark, strength=Strength.RECORDED, assistant="lantern")
    assert check(PATH, TEXT, [record, mark], GRADER, OURS) == ()


def test_a_suspicion_that_no_rule_minds_takes_no_question_away():
    first = Span(HERE.start, TEXT.index(b"return 1.0"))
    mark = Evidence(EvidenceKind.MARKER, Strength.SUSPECTED, first, "lantern", "a mark")
    found = check(PATH, TEXT, [asked(), mark], GRADER, OURS)
    assert {finding.rule for finding in found} == {"paste-of-unknown-origin"}
    assert found[0].region.span.start == HERE.start
    assert found[-1].region.span.end == HERE.end


def test_hundreds_of_answers_about_one_text_are_told_apart_at_once():
    many = [said(Answer.ASSISTANT, assistant=f"lantern-{n}", at=n * 1000) for n in range(1, 1500)]
    mark = Evidence(EvidenceKind.MARKER, Strength.SUSPECTED, HERE, "chatgpt", "a mark")
    (finding,) = check(PATH, TEXT, known(*many).settle(PATH, TEXT, GRADER, [mark]), GRADER, OURS)
    assert finding.assistant == "chatgpt"


def test_a_signature_is_found_where_another_rule_does_not_keep_it():
    header = Span(len(HEAD), len(HEAD) + PASTED.index(b"    #"))
    by = Evidence(EvidenceKind.SESSION, Strength.MATCHED, header, "codex", "the same text")
    assert check(PATH, TEXT, [by], GRADER, POLICY) == ()
    stricter = check_bytes(
        b"schema: policy/1\nrules:\n- {id: mine, effect: forbid, zones: [grader], "
        b"by: [external], title: t, message: m, help: h, why: w}\n"
    )
    (finding,) = check(PATH, TEXT, [by], GRADER, stricter)
    assert finding.rule == "mine"
