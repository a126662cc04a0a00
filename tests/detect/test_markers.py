"""Every marker in the places where it counts and in those where it does not.

A `·` inside a mark is taken out before the test runs, so that this file holds none itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.detect.marker_catalogue import CATALOGUE
from redline.detect.marker_page import page
from redline.detect.markers import detect
from redline.model import Evidence, EvidenceKind, Span, Strength

CHECKOUT = Path(__file__).resolve().parents[2]
DECLARED, SUSPECTED = "declared", "suspected"


def marks(path: str, text: str) -> list[tuple[str, str, str]]:
    """Source, strength and assistant of all that a text shows."""
    found = detect(path, text.replace("·", "").encode())
    return [((e.source or "").removeprefix("marker "), str(e.strength), e.assistant) for e in found]


CODE = "import os\n\n{}\nx = 1\n"
ID24 = "aB3dE5gH7jK9mN1pQ3sT5vW7"
# id, path, text, strength, assistant
POSITIVE = [
    ("A01", "a.py", "# Gener·ated with [Claude Code](https://x)\nx = 1\n", DECLARED, "claude-code"),
    ("A01", "a.md", "Text.\n\nGener·ated with Claude Code\n", DECLARED, "claude-code"),
    ("A02", "a.md", "Co-Auth·ored-By: Claude <noreply@anthropic.com>\n", SUSPECTED, "claude-code"),
    ("A02", "a.md", "Co-auth·ored-by: aider (x) <aider@aider.chat>\n", SUSPECTED, "aider"),
    ("A03", "a.py", CODE.format("# https://chat·gpt.com/share/0123-4567-89"), SUSPECTED, "chatgpt"),
    ("A04", "a.js", "let a = 1;\n// writ·ten by GitHub Copilot\n", SUSPECTED, "copilot"),
    ("A04w", "a.py", "# Gener·ated by Claude\nx = 1\n", SUSPECTED, "claude"),
    ("A05", "a.py", "# AI-Gener·ated: yes, with Cursor\nx = 1\n", DECLARED, "cursor"),
    ("A06", "chat.md", "# aider chat st·arted at 2025-01-02 03:04\n\n#### hi\n", DECLARED, "aider"),
    ("A07", "a.md", "Edit on https://lova·ble.dev/projects/1\n", SUSPECTED, "lovable"),
    ("B01", "a.py", CODE.format("# fact :content·Reference[oai·cite:3]"), DECLARED, "chatgpt"),
    ("B02", "a.md", "A fact. cite·turn0·search1\n", DECLARED, "chatgpt"),
    ("B03", "a.md", "A fact \ue200cite\ue202x\n", DECLARED, "chatgpt"),
    ("B04", "a.md", "A fact【1:0·†source】.\n", DECLARED, "chatgpt"),
    ("B05", "a.md", "[data](sand·box:/mnt/data/a.csv)\n", DECLARED, "chatgpt"),
    ("B06", "a.yaml", "url: https://x.org/?utm_·source=chatgpt.com\n", SUSPECTED, "chatgpt"),
    ("B07", "a.c", "int a;\n// [cite_·start]A fact\n", DECLARED, "gemini"),
    ("B07n", "a.md", "A fact [ci·te: 1, 2].\n", SUSPECTED, "gemini"),
    ("B08", "a.md", "A fact <gr·ok:render x>\n", DECLARED, "grok"),
    ("B09", "a.md", "https://ppl-ai-file-·upload.s3.x/1\n", DECLARED, "perplexity"),
    ("B09a", "a.md", "A fact [attached_·file:1].\n", SUSPECTED, "perplexity"),
    ("B10", "a.md", '{"attributable·Index":"0-1"}\n', DECLARED, "chatgpt"),
    ("B11", "a.ts", "let a = 1;\n// </antArt·ifact>\n", DECLARED, "claude"),
    ("B12", "a.md", "Solve it.\n</thi·nk>\n", SUSPECTED, "unknown"),
    ("B14", "a.md", "Chat·GPT said:\nfoo\n", DECLARED, "chatgpt"),
    ("B14y", "a.md", "You·  said:\nfoo\n".replace("·  ", "· "), SUSPECTED, "unknown"),
    ("B15", "a.md", "python\nCo·py code\nx = 1\n", DECLARED, "chatgpt"),
    ("C01", "a.py", "*** Begin· Patch\n+x\n", DECLARED, "codex"),
    ("C02", "a.go", "package a\n<<<<<<< SEA·RCH\n", DECLARED, "unknown"),
    ("C03", "a.py", "   1·→import os\n   2→\n   3→x = 1\n", DECLARED, "claude-code"),
    ("C04", "a.md", "<system-·reminder>\n", SUSPECTED, "unknown"),
    ("C05", "a.md", "```12·:40:src/a.py\nx\n```\n", SUSPECTED, "cursor"),
    ("D01", "a.py", CODE.format("# ... exist·ing code ..."), SUSPECTED, "unknown"),
    ("D01", "a.jsonl", '{"answer": "x = 1\\n# ... exist·ing code ...\\n"}\n', SUSPECTED, "unknown"),
    ("D01b", "a.go", "package a\n\n{{ .·.. }}\n", SUSPECTED, "unknown"),
    ("D02", "a.js", "f();\n// rest of the· code remains the same\n", SUSPECTED, "unknown"),
    ("E01", "a.jsonl", '{"answer": "As an AI language· model, I"}\n', DECLARED, "unknown"),
    ("E02", "a.md", "As of my last know·ledge update\n", SUSPECTED, "unknown"),
    ("E03", "a.py", "Certainly·! Here is the code:\nx = 1\n", DECLARED, "unknown"),
    ("E03", "a.ipynb", '{"cells": [{"source": ["Sure·! Here is it"]}]}', SUSPECTED, "unknown"),
    ("E04", "a.py", CODE.format("# Here is the upd·ated version"), SUSPECTED, "unknown"),
    ("E05", "a.py", CODE.format("# I hope this· helps"), SUSPECTED, "unknown"),
    ("E07", "a.yaml", "a: I'm sorry, but I can't as·sist\n", SUSPECTED, "unknown"),
    ("G01", "a.py", "``·`python\nx = 1\n", DECLARED, "unknown"),
    ("G01", "a.py", "x = 1\n``·`\n", DECLARED, "unknown"),
    ("H01", "a.json", f'{{"id": "chatcm·pl-{ID24}"}}\n', DECLARED, "chatgpt"),
    ("H02", "a.jsonl", '{"mod·el": "gpt-4o", "text": "x"}\n', SUSPECTED, "chatgpt"),
]


@pytest.mark.parametrize(("id", "path", "text", "strength", "assistant"), POSITIVE)
def test_a_mark_in_its_place(id, path, text, strength, assistant):
    assert marks(path, text) == [(id, strength, assistant)]


WEAK = [
    ("A04w", "# writ·ten by Claude"),
    ("B09w", "# see [we·b:1]"),
    ("B13", "# <|im_·start|>"),
    ("D03", "# your exist·ing imports here"),
    ("D04", "# omitted for· brevity"),
    ("E06", "# You're absolutely· right"),
    ("E08", "# in a real· application"),
    ("E09", "# NE·W: faster"),
    ("H01c", f"# call·_{ID24}"),
]


@pytest.mark.parametrize(("id", "line"), WEAK)
def test_a_weak_mark_needs_another_near_it(id, line):
    other_id, other = WEAK[4] if id != "D04" else WEAK[5]
    near = f"x = 1\n{line}\ny = 2\n{other}\n"
    far = f"x = 1\n{line}\n" + "y = 2\n" * 11 + f"{other}\n"
    assert marks("a.py", f"x = 1\n{line}\n") == []
    assert marks("a.py", far) == []
    assert [(source, strength) for source, strength, _ in marks("a.py", near)] == [
        (f"s {id} and {other_id}".replace("s ", "markers ", 1), SUSPECTED)
    ]


def test_a_chat_message_and_its_model_are_one_family():
    assert marks("a.json", '{"mod·el": "gpt-4o", "messages": [{"ro·le": "assistant"}]}') == []


NEGATIVE = [
    ("A01", "a.py", CODE.format('PROMPT = "never write gener·ated with Claude Code"')),
    ("A02", "a.py", CODE.format('T = "Co-auth·ored-by: A <noreply@anthropic.com>"')),
    ("A02", "a.md", "Co-authored-by: Ann <ann@example.org>\n"),
    ("A03", "a.md", "See https://claude.com/code\n"),
    ("A04", "a.md", "A brief gener·ated by ChatGPT is not a source.\n"),
    ("A04w", "a.py", CODE.format("# generated by cursor keys")),
    ("A05", "a.py", "# AI-Gener·ated: no\nx = 1\n"),
    ("A05", "a.py", CODE.format('ai_·model = "x"')),
    ("A06", "a.py", CODE.format('HEAD = "# aider chat st·arted at 2025-01-02"')),
    ("A07", "a.py", CODE.format('skip = "lovable-·tagger"')),
    ("B01", "a.py", CODE.format('TOKEN = re.compile(r"oai·cite")')),
    ("B01", "a.py", CODE.format('TOKEN = "oai·cite"')),
    ("B03", "a.css", 'i { content: "\ue200"; }\n'),
    ("B04", "a.py", CODE.format('T = "【1·†source】"')),
    ("B05", "a.py", CODE.format('if u.startswith("sand·box:/mnt/data/"): pass')),
    ("B07", "a.tex", "\\cite{key} [cite: key]\n"),
    ("B11", "A.java", "class A { AntArtifact variantArtifact; }\n"),
    ("B12", "a.py", CODE.format('S = """\n<thi·nk>\n"""')),
    ("B14", "a.md", "What ChatGPT said: nothing\n"),
    ("B15", "a.md", "python\nCopying code\n"),
    ("C01", "a.py", CODE.format('P = """\n*** Begin· Patch\n"""')),
    ("C02", "a.py", "<<<<<<< HEAD\nx = 1\n=======\n>>>>>>> main\n"),
    ("C03", "a.md", "1→a\n5→b\n9→c\n"),
    ("C04", "a.py", CODE.format("# becomes a <system-·reminder> turn")),
    ("C04", "a.md", "The `<system-·reminder>` tag\n"),
    ("C05", "a.md", "```python\nx\n```\n"),
    ("D01", "a.py", 'def f():\n    """Use it.\n\n    # ... the· rest of your URLs\n    """\n'),
    ("D02", "a.py", CODE.format("# the rest of the list is sorted")),
    ("E01", "a.py", CODE.format('REFUSALS = ["as an AI language· model"]')),
    ("E03", "a.md", "He was asked.\n\nCertainly·! Here is why.\n"),
    ("E04", "a.py", 'def f():\n    """\n    Here is the upd·ated version.\n    """\n'),
    ("E05", "mail.md", "Let me know if you have· questions.\n"),
    ("E07", "test_a.py", CODE.format('REFUSAL = "I cannot as·sist with that"')),
    ("G01", "a.py", 'def f():\n    """\n    ```\n    x\n    ```\n    """\n'),
    ("G01", "a.md", "```\nx\n```\n"),
    ("H01", "a.py", CODE.format("message_01 = chatcmpl")),
    ("H02", "config.json", '{"mod·el": "gpt-4o"}\n'),
]


@pytest.mark.parametrize(("id", "path", "text"), NEGATIVE)
def test_not_a_mark(id, path, text):
    assert marks(path, text) == []


def test_every_marker_is_tried_both_ways():
    tried = {row[0] for row in (*POSITIVE, *WEAK)} | {"H03"}
    assert tried == {marker.id for marker in CATALOGUE}


def test_evidence_names_the_mark_and_covers_its_lines():
    text = b"x = 1\n# fact oai" + b"cite\ny = 2\n"
    assert detect("a.py", text) == [
        Evidence(
            EvidenceKind.MARKER,
            Strength.DECLARED,
            Span(6, 21),
            "chatgpt",
            "a citation token that ChatGPT leaves in pasted answers (`oaicite`)",
            source="marker B01",
        )
    ]


def test_a_header_speaks_for_the_file():
    text = b"# Gener" + b"ated with Claude Code\n\nx = 1\n"
    (found,) = detect("a.py", text)
    assert found.span == Span(0, len(text))
    assert found.detail == "the file says so: it holds the footer of Claude Code"


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# provenance: allow B01 the parser's own sample\n# oai·cite", []),
        ("# oai·cite provenance: allow B01 the parser's own sample", []),
        ("# provenance: allow B01\n# oai·cite", [("B01", DECLARED, "chatgpt")]),
        ("# provenance: allow B02 another mark\n# oai·cite", [("B01", DECLARED, "chatgpt")]),
        ("# a regex for oai·cite", [("B01", SUSPECTED, "chatgpt")]),
    ],
)
def test_what_stands_beside_a_mark(comment, expected):
    assert marks("a.py", CODE.format(comment)) == expected


def test_files_about_assistants_are_one_grade_lower():
    comment = CODE.format("# oai·cite")
    assert marks("a.py", "import openai\n" + comment) == [("B01", SUSPECTED, "chatgpt")]
    assert marks("prompts/a.py", comment) == [("B01", SUSPECTED, "chatgpt")]
    assert marks("tests/agent/fixtures/a.py", comment) == [("B01", SUSPECTED, "chatgpt")]
    assert marks("a.py", "import inspect_ai\n" + comment) == [("B01", DECLARED, "chatgpt")]


def test_the_page_of_the_catalogue_is_up_to_date():
    assert (CHECKOUT / "docs" / "markers.md").read_text() == page()


def test_exempt_files_hold_no_marks():
    assert detect("a.py", b"# oai" + b"cite\n", exempt=True) == []


@pytest.mark.parametrize(
    "path",
    ["server/redline/detect", "server/redline/syntax", "tests/detect", "tests/syntax", "docs"],
)
def test_redline_does_not_flag_itself(path):
    folder = CHECKOUT / path
    files = [p for p in folder.rglob("*") if p.suffix in (".py", ".md") and "marker" in p.name]
    files += list(folder.rglob("*.py")) if "syntax" in path else []
    assert files
    found = {p.name: detect(str(p.relative_to(CHECKOUT)), p.read_bytes()) for p in files}
    assert found == {name: [] for name in found}


NAMES = st.sampled_from(["a.py", "a.md", "a.jsonl", "a.yaml", "a.rs", "a.ipynb", "a.css", "a"])
PIECES = st.sampled_from(
    [
        b"# ... exist" + b"ing code\n",
        b"oai" + b"cite",
        b"``" + b"`\n",
        b'"',
        b"\\n",
        b"\xff",
        b"\n",
        b"'''",
    ]
)


@given(NAMES, st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join))
def test_any_bytes(path, text):
    for found in detect(path, text):
        assert 0 <= found.span.start < found.span.end <= len(text)


def test_a_line_of_many_megabytes():
    text = b'{"a": "' + b"x" * (20 << 20) + b" oai" + b'cite"}\n'
    assert [found.span for found in detect("a.jsonl", text)] == [Span(0, len(text))]
