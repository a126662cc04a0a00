"""What a person sees who points at a line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from redline.live.wording import RuleWords
from redline.lsp.facts import Told
from redline.lsp.hover import page_of
from redline.lsp.markup import Markdown, Plain
from redline.model import Effect, EvidenceKind, Level, Strength
from redline.report.pages import rule_page
from redline.report.safe import one_line
from report.build import evidence_of, find

from .assisted import ALLOWED, HUMAN, MARKDOWN, THEIRS, assist, at, open_grader
from .conftest import PUSH

DATA = b"def score(answer):\n    return 0\n"
ROOT = Path("/project")
WHY = "A grader decides which answers are right."
WORDS = {"grader-external": RuleWords("grader-external", "Graders", WHY, "builtin:evals-default:7")}
RICH = {"textDocument": {**PUSH["textDocument"], **MARKDOWN["textDocument"]}}


def told(share=1.0, **changes) -> Told:
    return Told(find(DATA, DATA, **changes), share)


def page(*findings, evidence=(), ink=None, words=WORDS) -> str:
    return page_of(findings, evidence, words, ROOT, ink or Markdown())


def hovered(client, uri, line, character=4):
    found = client.request("textDocument/hover", at(uri, line, character))
    return found and found["contents"]["value"]


def test_everything_that_is_known_of_a_finding():
    piece = evidence_of(
        detail="wrote this text to this file",
        session="5d1f0c52",
        time=1_782_900_120_000,
        source="/home/ada/.codex/rollout.jsonl",
        position=12,
        bits=212.4,
    )
    more = [evidence_of(Strength.SUSPECTED, f"hint {number}") for number in range(5)]
    rule = f"[grader-external]({rule_page('grader-external').as_uri()})"
    whole = f"""\
**error**: External assistant output in a grader

- Who: Codex (gpt-5.2)
- When: 2026-07-01 10:02 UTC
- Session: `5d1f0c52`, [rollout.jsonl](file:///home/ada/.codex/rollout.jsonl)
- How sure: recorded: it is known of these very lines; 212 bits of rarity
- Seen in a session: wrote this text to this file
- Still theirs: 83% of this text
- Also suspected, Codex: hint 0
- Also suspected, Codex: hint 1
- Also suspected, Codex: hint 2
- And 2 more pieces of evidence
- Zone: `grader`: matches 'graders/\\*\\*' ([redline.yaml:12](file:///project/redline.yaml#L12))
- Rule: {rule} forbids it (builtin:evals-default:7)
- Why: A grader decides which answers are right.
- What to do: Delete it and write the grader without the assistant"""
    assert page(told(0.834, evidence=(piece, *more))) == whole


def test_the_same_for_a_client_that_shows_plain_text():
    assert (
        page(told(), ink=Plain(), words={})
        == """\
error: External assistant output in a grader

- Who: Codex (gpt-5.2)
- How sure: recorded: it is known of these very lines
- Seen in a session: Codex wrote these lines on 2026-06-30
- Zone: grader: matches 'graders/**' (redline.yaml:12)
- Rule: grader-external forbids it
- What to do: Delete it and write the grader without the assistant"""
    )


def test_the_strictest_finding_comes_first():
    mild = told(rule="mild", effect=Effect.RECORD, level=Level.NOTE)
    strict = told(rule="strict", effect=Effect.FORBID, level=Level.WARNING)
    between = told(rule="between", effect=Effect.REVIEW, level=Level.ERROR)
    shown = page(mild, between, strict)
    assert shown.index("`strict`") < shown.index("`between`") < shown.index("`mild`")


def test_of_very_many_findings_the_first_are_told_and_the_others_counted():
    shown = page(*(told(rule=f"rule-{number}") for number in range(8)))
    assert shown.count("- Rule:") == 5
    assert shown.endswith("And 3 more findings here.")


def test_a_block_of_unknown_origin_names_nobody():
    piece = evidence_of(
        Strength.SUSPECTED, "a block of 9 lines", kind=EvidenceKind.EDIT, assistant="undeclared"
    )
    shown = page(told(level=Level.NOTE, assistant="undeclared", evidence=(piece,)))
    assert "Who:" not in shown
    assert "How sure: suspected: a hint, never proof" in shown
    assert "Seen in the editor, as it landed: a block of 9 lines" in shown
    assert re.search(r"^- Rule: .* asks\b", shown, re.M)


def test_what_the_editor_and_the_index_both_know_is_told_once():
    piece = evidence_of(
        Strength.RECORDED, "accepted in the editor", kind=EvidenceKind.EDIT, assistant="codex"
    )
    shown = page(told(evidence=(piece, replace(piece, bits=90.0))))
    assert shown.count("accepted in the editor") == 1
    assert "Also" not in shown


def test_an_answer_is_about_these_very_lines():
    piece = evidence_of(
        Strength.DECLARED, "Ada declared so", kind=EvidenceKind.DECLARATION, assistant="codex"
    )
    shown = page(told(evidence=(piece,)))
    assert "How sure: declared: somebody answered so for these very lines" in shown


def test_evidence_that_no_rule_objects_to_is_told_as_such():
    shown = page(evidence=[evidence_of(Strength.SUSPECTED, "weak"), evidence_of()])
    assert shown.startswith("This came from Codex; no rule objects to it here.\n\n- Who: Codex")
    assert page() == ""


HOSTILE = [
    "![x](http://127.0.0.1/beacon.png)",
    "<img src=x onerror=alert(1)>",
    "[click](command:workbench.action.terminal.new)",
    "`code` **bold** ~~gone~~ | a | b |",
    "http://example.org/ www.example.org ada@example.org",
    "line\nbreak\n# heading\n- item",
    "\x1b[31mred\u202egnp.exe",
    "&lt;b&gt; \\",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_mean_nothing(words):
    """Names of sessions, details and paths come from files that anybody may have written."""
    piece = evidence_of(
        detail=words, session=words, model=words, source=f"/home/{words}.jsonl", position=0
    )
    shown = page(
        told(message=words, evidence=(piece,), reason=words, origin=f"{words}.yaml:3", help=words)
    )
    heads = []
    for token in MarkdownIt().parse(shown):
        inside = token.children or []
        kinds = {inner.type for inner in inside}
        assert kinds <= {
            "text", "text_special", "strong_open", "strong_close", "code_inline",
            "link_open", "link_close",
        }  # fmt: skip
        for inner in inside:
            if inner.type == "link_open":
                assert inner.attrs["href"].startswith("file:///")
        heads += ["".join(inner.content for inner in inside)] if inside else []
    assert heads[0] == f"error: {one_line(words)}"
    assert heads[-1] == f"What to do: {one_line(words)}"
    # GitHub's flavour makes links of what looks like one.
    plain = re.sub(r"`[^`]*`|\]\(file:[^)]*\)", "", shown)
    assert not re.search(r"(?<!\\)://|www\.|\w@", plain)


def test_pointing_anywhere_at_a_region_tells_of_it(start, maze):
    session = assist(maze)
    client = start(RICH)
    uri = open_grader(client, maze)
    first = HUMAN.count("\n")
    shown = hovered(client, uri, first)
    assert shown.startswith("**error**: These 12 lines were written by Claude Code.")
    assert session.as_uri() in shown
    assert "- Why: A grader decides which answers are right." in shown
    assert hovered(client, uri, first + 7) == shown
    assert hovered(client, uri, 1) is None


def test_an_editor_that_shows_the_finding_itself_is_told_the_rest(start, maze):
    assist(maze)
    client = start(RICH | {"experimental": {"redline": {"hoverShowsFindings": True}}})
    uri = open_grader(client, maze)
    assert hovered(client, uri, 6).startswith("- Who: Claude Code")


def test_a_client_that_names_no_format_gets_plain_text(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    found = client.request("textDocument/hover", at(uri, 6))
    assert found["contents"]["kind"] == "plaintext"
    assert found["contents"]["value"].startswith("error: These 12 lines")
    assert found["range"]["start"]["line"] == 5


def test_the_hover_follows_the_text_and_tells_what_is_left(start, maze):
    assist(maze)
    client = start(RICH)
    uri = open_grader(client, maze)
    client.change(uri, 2, (0, 0, 0, 0, "# by hand\n" * 3))
    assert hovered(client, uri, 8 + 2).startswith("**error**")
    assert hovered(client, uri, 5) is None


def test_a_text_that_is_not_protected_is_left_alone(start, maze):
    maze.write("redline.yaml", "schema: policy/1\nextends: []\n")
    client = start(RICH)
    uri = (maze.root / "notes.py").as_uri()
    client.open(uri, "# Generated by Claude Code\n" + THEIRS)
    assert hovered(client, uri, 0) is None


def test_evidence_without_a_finding_is_told_unless_it_is_switched_off(start, maze):
    maze.write("redline.yaml", ALLOWED)
    assist(maze)
    uri = (maze.root / "graders/way.py").as_uri()
    for wanted in (True, False):
        client = start(RICH, hoverEvidence=wanted)
        client.open(uri, HUMAN + THEIRS)
        shown = hovered(client, uri, 6)
        if wanted:
            assert shown.startswith("This came from Claude Code; no rule objects to it here.")
        else:
            assert shown is None


def test_a_place_outside_the_text_and_a_text_that_is_not_open(start, maze):
    client = start(RICH)
    uri = (maze.root / "graders/way.py").as_uri()
    assert hovered(client, uri, 0) is None
    client.open(uri, "")
    assert hovered(client, uri, 10**9, 10**9) is None
