"""What is offered, in which order, under which title, and what may be applied unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judged import after, case_of, evidence_in, refused, shipped

from redline.fixes import applied, combined, offers, plan
from redline.model import UNDECLARED, Evidence, EvidenceKind, Span, Strength

TASK = b"own = 1\n\n\ndef torch(a, torch):\n    return torch\n\n\nown = 2\n"


def names(case) -> list[str]:
    return [offer.name for offer in offers(case)]


def test_the_order_is_the_rules_and_what_is_impossible_is_left_out():
    assert names(case_of("evals/a.py", TASK, shipped())) == ["remove"]
    assert names(case_of("graders/a.py", TASK, shipped())) == ["blank-body", "remove"]
    assert names(
        case_of("evals/a.py", TASK, shipped(), earlier=(b"own = 1\n\n\nlamp = 1\n\n\nown = 2\n",))
    ) == [
        "remove",
        "restore",
    ]


def test_titles_say_what_would_happen():
    titles = {o.name: o.title for o in offers(case_of("graders/a.py", TASK, shipped()))}
    assert titles == {
        "blank-body": "Keep the signature of torch and blank its body",
        "remove": "Remove these 2 lines",
    }
    one = case_of("evals/a.txt", b"torch", shipped())
    assert offers(one)[0].title == "Remove this line"


def test_a_mark_is_never_taken_away_alone():
    text = b"own = 1\n# torch\nown = 2\n"
    mark = evidence_in(text, strength=Strength.DECLARED, kind=EvidenceKind.MARKER)
    for path in ("evals/a.py", "graders/a.py", "training/protected/a.py"):
        case = case_of(path, text, shipped(), evidence=mark, earlier=(b"own = 1\nlamp\nown = 2\n",))
        assert names(case) == []
        assert "mark" in refused(lambda case=case: plan("remove", case))


def test_a_mark_goes_with_all_that_it_speaks_of():
    text = b"# torch\nown = 2\n"
    mark = Evidence(
        EvidenceKind.MARKER, Strength.DECLARED, Span(0, len(text)), "codex", "the file says so"
    )
    case = case_of("evals/a.py", text, shipped(), evidence=[mark])
    assert after(case, plan("remove", case)) == b""


def test_a_mark_in_lines_that_other_evidence_speaks_of_goes_with_them():
    text = b"own = 1\n# torch\ntorch = 2\n"
    seen = evidence_in(text)
    mark = evidence_in(text[:16], strength=Strength.DECLARED, kind=EvidenceKind.MARKER)
    case = case_of("evals/a.py", text, shipped(), evidence=[*seen, *mark])
    assert after(case, plan("remove", case)) == b"own = 1\n"


def safe(path: str, text: bytes, **evidence) -> list[bool]:
    case = case_of(path, text, shipped(), evidence=evidence_in(text, **evidence))
    return [offer.safe for offer in offers(case)]


def test_only_what_a_record_names_and_a_rule_forbids_is_safe():
    assert safe("graders/a.py", TASK) == [True, True]
    assert safe("evals/a.py", TASK, strength=Strength.MATCHED) == [False]
    assert safe("evals/a.py", TASK, strength=Strength.SUSPECTED) == [False]
    assert safe("evals/a.py", TASK, share=0.7) == [False]
    assert safe("scaffolding/a.py", TASK) == [False]
    assert safe("evals/a.txt", b"torch\nown\n") == [False], "nobody can tell whether it is whole"


def test_where_a_text_is_from_is_asked_where_nobody_knows():
    text = b"own = 1\ntorch = 2\n"
    paste = replace(
        evidence_in(text, kind=EvidenceKind.EDIT, strength=Strength.SUSPECTED)[0],
        assistant=UNDECLARED,
    )
    found = offers(case_of("evals/a.py", text, shipped(), evidence=[paste]))
    assert [(one.name, one.title, one.safe) for one in found] == [
        ("declare", "Say where this text is from", False),
        ("remove", "Remove this line", False),
    ]


def test_what_the_rule_does_not_list_is_not_planned():
    case = case_of("evals/a.py", TASK, shipped())
    assert "no such fix" in refused(lambda: plan("blank-body", case))
    assert "no such fix" in refused(lambda: plan("rm -rf", case))


def test_a_function_that_loses_all_it_did_fails_loudly():
    text = b"def own():\n    # torch\n    torch = 1\n\n\nif own:\n    torch = 2\n"
    first = case_of("evals/a.py", text, shipped(), number=0)
    assert after(first, plan("remove", first)).startswith(
        b"def own():\n    raise NotImplementedError\n"
    )
    second = case_of("evals/a.py", text, shipped(), number=1)
    assert after(second, plan("remove", second)).endswith(b"if own:\n    pass\n")


def test_fixes_that_touch_are_not_combined():
    text = b"own = 0\ntorch = 1\n\nown = 2\ntorch = 3\n"
    fixes = [plan("remove", case_of("evals/a.py", text, shipped(), number=n)) for n in (0, 1)]
    assert combined("evals/a.py", text, fixes) == tuple(fixes)
    assert combined("evals/a.py", text, [*fixes, fixes[0]]) == tuple(fixes)
    edits = [edit for fix in fixes for edit in fix.edits]
    assert applied(text, "evals/a.py", edits) == b"own = 0\n\nown = 2\n"


def test_fixes_that_would_break_a_text_together_are_not_combined():
    text = b"if own:\n    torch = 1\n    # own\n    torch = 2\n"
    fixes = [plan("remove", case_of("evals/a.py", text, shipped(), number=n)) for n in (0, 1)]
    assert combined("evals/a.py", text, fixes) == (fixes[0],)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"a\n\n\ntorch\n\nb\n", b"a\n\n\nb\n"),
        (b"a\n\ntorch\n\n\nb\n", b"a\n\n\nb\n"),
        (b"a\n\ntorch\nb\n", b"a\n\nb\n"),
        (b"a\ntorch\n\nb\n", b"a\n\nb\n"),
        (b"\n\ntorch\n\nb\n", b"b\n"),
        (b"a\n\n\ntorch\n\n", b"a\n"),
        (b"a\n\ntorch", b"a\n"),
        (b"torch\n", b""),
        (b"a\r\n\r\ntorch\r\n\r\nb\r\n", b"a\r\n\r\nb\r\n"),
    ],
)
def test_blank_lines_do_not_pile_up(text, left):
    case = case_of("evals/a.txt", text, shipped())
    assert after(case, plan("remove", case)) == left
