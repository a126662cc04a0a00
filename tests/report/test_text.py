"""What people see in the terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.model import EvidenceKind, Finding, Level, LintResult, Skip, Strength, Unit
from redline.report import text
from redline.report.cells import width
from redline.report.excerpt import Role, excerpt
from redline.report.look import Look, wants_colour
from redline.report.safe import neutralise

from .build import evidence_of, find, result_of

SCORE = b"""\
import re


def score(answer):
    value = re.sub("a", "b", answer)
    if value:
        return 1
    log(answer)
    return 0
"""


def printed(data: bytes | None, *findings: Finding, **more: object) -> str:
    result = more.pop("result", None) or result_of(*findings)
    assert isinstance(result, LintResult)
    return "".join(text.render(result, lambda path: data, **more))  # type: ignore[arg-type]


def rows(data: bytes, part: bytes, room: int = 60) -> str:
    """The excerpt alone, as it stands behind the bar."""
    shown = excerpt(find(data, part), data, room)
    margin = max(len(row.number) for row in shown)
    return "".join(f"{row.number:>{margin}}|{row.text}\n" for row in shown)


def seen(snapshot: str) -> str:
    return dedent(snapshot).lstrip("\n")


def test_a_finding_shows_place_source_evidence_zone_and_help():
    finding = find(SCORE, b're.sub("a", "b", answer)')
    assert printed(SCORE, finding) == seen("""
        graders/score.py: 1 error

        error[grader-external]: External assistant output in a grader
         --> graders/score.py:5:13
          |
        5 |     value = re.sub("a", "b", answer)
          |             ^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = evidence: recorded, codex (gpt-5.2): Codex wrote these lines on 2026-06-30
          = zone: grader: matches 'graders/**'
          = help: Delete it and write the grader without the assistant

        Found 1 error in 1 file. Looked at 40 protected files (5,310 lines) of 120 files.
        Consulted:
          sessions: 13 Codex, 4 Copilot, up to 2026-07-01 10:02 UTC
        Not consulted:
          git-ai notes: the repository has no refs/notes/ai
        """)


def test_many_lines_are_bracketed_and_counted():
    assert rows(SCORE, SCORE[SCORE.index(b"def") :]) == seen("""
          4|/ def score(answer):
          5||     value = re.sub("a", "b", answer)
        ...||   3 more lines
          9||     return 0
           ||____________^
        """)


def test_a_region_within_lines_is_bracketed_at_its_exact_edges():
    assert rows(SCORE, b'sub("a", "b", answer)\n    if value') == seen("""
          5|      value = re.sub("a", "b", answer)
           | ________________^
          6||     if value:
           ||____________^
        """)


def test_whole_lines_end_on_their_last_line_not_on_the_next():
    assert rows(b"a = 1\r\nb = 2\r\n", b"a = 1\r\n") == seen("""
          1|a = 1
           |^^^^^
        """)


def test_tabs_wide_signs_and_joined_emoji_keep_the_underline_in_place():
    data = "\tx = '日本 👩‍👩‍👧 e\u0301 ❤️' + found(1)\n".encode()
    assert rows(data, b"found(1)") == seen(
        """
          1|    x = '日本 👩‍👩‍👧 e\u0301 ❤️' + found(1)
           |                         ^^^^^^^^
        """
    )


def test_control_characters_are_shown_not_obeyed():
    data = "a = '\x1b[2J\x07' + bad('\u202e')\n".encode()
    assert rows(data, b"bad") == seen(r"""
          1|a = '\x1b[2J\x07' + bad('\u202e')
           |                    ^^^
        """)


def test_a_long_line_is_cut_around_the_region():
    data = b"x" * 500_000 + b"HIT" + b"y" * 500_000 + b"\n"
    assert rows(data, b"HIT", room=40) == seen("""
          1|…xxxxxxxxHITyyyyyyyyyyyyyyyyyyyyyyyyyyy…
           |         ^^^
        """)
    assert rows(data, data, room=20) == seen("""
          1|xxxxxxxxxxxxxxxxxxx…
           |^^^^^^^^^^^^^^^^^^^^
        """)


def test_text_that_is_gone_is_not_shown():
    finding = find(SCORE, b"return 0")
    place = " --> graders/score.py:9:12 in function score\n  = evidence"
    assert place.replace(":12", ":5") in printed(
        None,
        replace(
            finding,
            region=replace(finding.region, unit=Unit("function", "score", finding.region.span)),
        ),
    )
    assert "return" not in printed(b"", finding).split("= help")[0]


def test_alike_declarations_of_a_file_are_put_together():
    data = b"".join(b"row %d\n" % n for n in range(200))
    trailer = evidence_of(
        Strength.DECLARED,
        "commit 1234abc says so; it speaks of no single line",
        kind=EvidenceKind.COMMIT,
        assistant="copilot",
        model=None,
    )
    findings = [
        find(data, b"row %d\nrow %d\n" % (n, n + 1), evidence=(trailer,)) for n in range(0, 180, 12)
    ]
    shown = printed(data, *findings, quiet=True)
    assert shown == seen("""
        graders/score.py: 15 errors

        error[grader-external]: External assistant output in a grader
         --> graders/score.py:1:1
          |
        1 | / row 0
        2 | | row 1
          | |_____^
          |
          = also: lines 13-14, 25-26, 37-38, 49-50, 61-62, 73-74 and 8 more (--format json has all)
          = evidence: declared, copilot: commit 1234abc says so; it speaks of no single line
          = zone: grader: matches 'graders/**'
          = help: Delete it and write the grader without the assistant

        """)


def test_three_pieces_of_evidence_are_told_and_the_rest_counted():
    pieces = tuple(evidence_of(detail=f"fact {n}") for n in range(5))
    shown = printed(SCORE, find(SCORE, b"return 0", evidence=pieces, share=0.7))
    assert [
        line.strip() for line in shown.splitlines() if " = " in line and "return" not in line
    ] == [
        "= evidence: recorded, codex (gpt-5.2): fact 0",
        "= evidence: recorded, codex (gpt-5.2): fact 1",
        "= evidence: recorded, codex (gpt-5.2): fact 2",
        "= evidence: and 2 more pieces of evidence",
        "= share: 70% of the region is the assistant's text",
        "= zone: grader: matches 'graders/**'",
        "= help: Delete it and write the grader without the assistant",
    ]


def test_a_clean_run_claims_no_more_than_it_knows():
    assert printed(None) == seen("""
        No findings. Looked at 40 protected files (5,310 lines) of 120 files.
        Consulted:
          sessions: 13 Codex, 4 Copilot, up to 2026-07-01 10:02 UTC
        Not consulted:
          git-ai notes: the repository has no refs/notes/ai
        No evidence of assistant text was found. That is not proof of human work: it says only
        that the sources above hold nothing that speaks of these lines.
        """)


def test_what_could_not_be_judged_is_named_with_advice():
    skipped = (
        Skip("evals/a.bin", "is binary", True, "name it in 'binary' if people made it"),
        Skip("notes/b", "is larger than 50 MB", False),
        Skip("notes/c", "is larger than 50 MB", False),
    )
    assert printed(None, result=result_of(skipped=skipped)).splitlines()[5:8] == [
        "Not judged (the run is incomplete):",
        "  evals/a.bin: is binary (name it in 'binary' if people made it)",
        "  2 unprotected places: is larger than 50 MB",
    ]


def test_many_skipped_places_are_counted_unless_all_are_wanted():
    skipped = tuple(Skip(f"evals/{n:02}", "is binary", True) for n in range(14))
    result = result_of(skipped=skipped)
    assert "  and 4 more protected places\n" in printed(None, result=result)
    assert "  evals/13: is binary\n" in printed(None, result=result, verbose=True)


def test_suppressed_findings_are_only_counted():
    finding = find(SCORE, b"return 0", suppressed="waived until 2027")
    assert printed(SCORE, finding).startswith("No findings (1 suppressed). Looked at")


def test_statistics_count_by_rule_zone_and_strength():
    weak = evidence_of(Strength.SUSPECTED, "a marker", assistant="unknown")
    findings = (
        find(SCORE, b"return 0"),
        find(SCORE, b"return 1"),
        find(
            SCORE,
            b"import",
            level=Level.NOTE,
            evidence=(weak,),
            assistant="unknown",
            zone="tests",
            rule="x",
        ),
    )
    assert printed(SCORE, *findings, quiet=True, statistics=True).rsplit("\n\n", 4)[1:4] == [
        "rule             error  warning  note\n"
        "grader-external      2        -     -\n"
        "x                    -        -     1",
        "zone    codex  unknown\ngrader      2        -\ntests       -        1",
        "strength   findings\nrecorded          2\nsuspected         1",
    ]


def test_colour_changes_nothing_but_colour():
    import re

    finding = find(SCORE, b"return 0")
    coloured = printed(SCORE, finding, look=Look(colour=True))
    assert "\x1b[1;31merror[grader-external]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == printed(SCORE, finding)


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "colour"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"CI": "true"}, False),
        ("auto", False, {"FORCE_COLOR": "1", "CI": "true"}, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_follows_choice_then_environment_then_terminal(choice, terminal, environ, colour):
    assert wants_colour(choice, terminal, environ) is colour


def test_nothing_in_a_log_is_a_command():
    hostile = "::error::x\n  ::set a\nb ##[error] ##VSO[task] ##teamcity[x]\nplain a::b # ##\n"
    assert neutralise(hostile).replace("\u200b", "|") == (
        ":|:error::x\n  :|:set a\nb #|#[error] #|#VSO[task] #|#teamcity[x]\nplain a::b # ##\n"
    )


def test_names_that_are_commands_stay_on_their_line():
    shown = printed(SCORE, find(SCORE, b"return 0", path="a\n::error::b\x1b[1m"))
    assert "a\\x0a::error::b\\x1b[1m: 1 error" in shown
    assert "\n::error" not in shown


@given(st.binary(max_size=300), st.data(), st.integers(20, 80))
def test_an_excerpt_is_printable_and_within_its_width(data, draw, room):
    start = draw.draw(st.integers(0, len(data)))
    part = data[start : draw.draw(st.integers(start, len(data)))]
    finding = find(data, part)
    for row in excerpt(finding, data, room):
        assert not {unicodedata.category(c) for c in row.text if c not in "\u200c\u200d"} & {
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
        }
        # The bracket's own two cells have no less than eight cells of text beside them.
        assert width(row.text) <= room
    marks = [row for row in excerpt(finding, data, room) if row.role is Role.MARK]
    assert all("^" in row.text for row in marks)
    assert 1 <= len(marks) <= 2
