"""What holds items stays whole when some of them go: commas, rows, cells, fences."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import after, case_of, evidence_in, findings_in, refused, shipped, undone

from redline.fixes import plan
from redline.model import Evidence, EvidenceKind, Span, Strength

ITEMS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["{}", '"{}"', '{{"q": "{}", "a": [1, 2]}}', '["{}", null]']),
    ),
    min_size=1,
    max_size=6,
).filter(lambda items: any(its for its, _ in items))


def removed(path: str, text: bytes, number: int = 0, evidence: list[Evidence] | None = None):
    case = case_of(path, text, shipped(), number=number, evidence=evidence)
    fix = plan("remove", case)
    assert undone(case, fix) == text
    return after(case, fix)


@given(ITEMS, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.integers(0, 5), st.booleans())
def test_an_array_keeps_one_comma_between_items(items, leading, end, number, nested):
    written = []
    for place, (its, form) in enumerate(items):
        bare = f'"torch {place}"' if its else str(4240 + place)
        word = f"torch {place}" if its else f"own {place}"
        written.append(bare if form == "{}" else form.format(word))
    body = (f"{end}  , " if leading else f",{end}    ").join(written)
    text = f"[{end}    {body}{end}]{end}"
    if nested:
        text = f'{{"cases": {text.rstrip()}, "more": {{}}}}{end}'
    data = text.encode()
    policy = shipped()
    before = findings_in("evals/a.json", data, policy)
    number %= len(before)
    result = removed("evals/a.json", data, number)
    assert len(findings_in("evals/a.json", result, policy)) == len(before) - 1

    region = before[number].region.span
    gone = data[region.start : region.end].decode()
    told, kept = json.loads(data), json.loads(result)
    if nested:
        assert kept.pop("more") == told.pop("more")
        told, kept = told["cases"], kept["cases"]
    left = [item for item, word in zip(told, written, strict=True) if word not in gone]
    assert kept == left


@given(st.lists(st.booleans(), min_size=1, max_size=5).filter(any), st.integers(0, 4))
def test_an_object_keeps_one_comma_between_keys(pairs, number):
    written = [f'"{"torch" if its else "own"}{i}": {{"a": {i}}}' for i, its in enumerate(pairs)]
    data = ("{\n  " + ",\n  ".join(written) + "\n}\n").encode()
    before = findings_in("evals/a.json", data, shipped())
    result = json.loads(removed("evals/a.json", data, number % len(before)))
    region = before[number % len(before)].region.span
    gone = data[region.start : region.end]
    assert result == {k: v for k, v in json.loads(data).items() if k.encode() not in gone}


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        (b'{"a": [1, 2, 3]}\n', (10, 13), b'{"a": [1, 3]}\n'),
        (b'{"a": [1, 2, 3]}\n', (10, 11), b'{"a": [1, 3]}\n'),
        (b'{"a": [1, 2, 3]}\n', (13, 14), b'{"a": [1, 2 ]}\n'),
        (b'{"a": "one two three"}\n', (11, 14), b'{"a": "one  three"}\n'),
    ],
)
def test_a_part_of_a_line_goes_with_its_comma(text, span, left):
    piece = Evidence(EvidenceKind.SESSION, Strength.RECORDED, Span(*span), "codex", "it was seen")
    result = removed("evals/a.json", text, evidence=[piece])
    assert json.loads(result) == json.loads(left)


def test_a_region_that_opens_what_it_does_not_close_is_not_removed():
    text = b'[\n  {"torch": 1,\n   "own": 2}\n]\n'
    case = case_of("evals/a.json", text, shipped())
    assert "one end" in refused(lambda: plan("remove", case))


def notebook(*cells: list[str]) -> bytes:
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in cells
    ]
    return (json.dumps({"cells": made, "nbformat": 4, "metadata": {}}, indent=1) + "\n").encode()


def test_lines_of_a_notebook_cell_go():
    text = notebook(["own = 1\n", "torch = 2\n", "torch()"], ["own()"])
    result = json.loads(removed("evals/a.ipynb", text))
    assert [cell["source"] for cell in result["cells"]] == [["own = 1\n"], ["own()"]]


def test_all_lines_of_a_notebook_cell_go():
    text = notebook(["own = 1\n"], ["torch = 2\n", "torch()"])
    result = json.loads(removed("evals/a.ipynb", text))
    assert [cell["source"] for cell in result["cells"]] == [["own = 1\n"], []]


def test_a_whole_notebook_cell_goes():
    text = notebook(["own = 1"], ["torch = 2"], ["own = 3"])
    second = text.index(b'  {\n   "cell_type"', text.index(b"own = 1"))
    third = text.index(b'  {\n   "cell_type"', second + 1)
    span = Span(second, third)
    piece = Evidence(EvidenceKind.SESSION, Strength.RECORDED, span, "codex", "it was seen")
    result = json.loads(removed("evals/a.ipynb", text, evidence=[piece]))
    assert [cell["source"] for cell in result["cells"]] == [["own = 1"], ["own = 3"]]


def test_a_row_of_several_lines_goes_whole_or_not_at_all():
    text = b'q,a\nown,1\n"torch\ntorch, two",2\n"own\ntorch half",3\n'
    result = removed("evals/a.csv", text, 0)
    assert list(csv.reader(io.StringIO(result.decode()))) == [
        ["q", "a"],
        ["own", "1"],
        ["own\ntorch half", "3"],
    ]
    half = case_of("evals/a.csv", text, shipped(), number=1)
    assert "one end" in refused(lambda: plan("remove", half))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"own\n\n```torch\ntorch\ntorch\n```\n\nown\n", None),
        (b"own\n\n```\ntorch\n```\n\nown\n", b"own\n\n```\n```\n\nown\n"),
        (b"own\n\ntorch\n\nown\n", b"own\n\nown\n"),
        (b"<!-- torch\nown -->\n", None),
        (b"<!-- torch -->\nown\n", b"own\n"),
    ],
)
def test_a_fence_is_never_left_without_its_other_end(text, left):
    case = case_of("evals/a.md", text, shipped())
    if left is None:
        assert "one end" in refused(lambda: plan("remove", case))
    else:
        assert after(case, plan("remove", case)) == left


def test_a_record_of_a_large_file_goes_without_reading_the_others():
    rows = b'{"own": 1}\n' * 500_000
    text = rows + b'{"torch": 1}\n' + rows
    case = case_of("evals/a.jsonl", text, shipped(), evidence=evidence_in(text))
    fix = plan("remove", case)
    assert after(case, fix) == rows + rows
    assert fix.safe


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("evals/a.py", b"def own():\n    return 1\ndef torch():\n    own = 2\n"),
        ("evals/a.py", b"def own():\n    return 1\ndef torch():\n    torch = 1\n    own = 2\n"),
        ("evals/a.py", b"if own:\n    own = 1\nelse: # torch\n    own = 2\n"),
        ("evals/a.py", b"own = [\n]\ntorch = [\n    own,\n]\n"),
        ("evals/a.yaml", b"own:\n  own: 1\ntorch:\n  mine: 2\n"),
        ("evals/a.toml", b"[own]\na = 1\n[torch]\nb = 2\n"),
        ("evals/a.json", b'[\n{"own": 1,\n"torch": 2},\n{"torch": 3,\n"own": 4}\n]\n'),
        ("evals/a.js", b"function f() {\n  own();\n} // torch\nfunction torch() {\n  own();\n}\n"),
        ("evals/a.rb", b"def own\n  own\nend # torch\ndef torch\n  own\nend\n"),
        ("evals/a.yaml", b"own:\n  - own: 1\n  - torch: 1\n    mine: 2\n"),
    ],
)
def test_a_head_never_goes_without_what_it_heads(path, text):
    """Else the lines below would join the block above, and nobody would see it."""
    case = case_of(path, text, shipped())
    assert refused(lambda: plan("remove", case))


@pytest.mark.parametrize(
    ("path", "text", "left"),
    [
        ("evals/a.py", b"@torch\ndef own():\n    return 1\n", b"def own():\n    return 1\n"),
        (
            "evals/a.py",
            b"def own():\n    torch = 1\n    own = 2\n",
            b"def own():\n    own = 2\n",
        ),
        ("evals/a.yaml", b"own:\n  torch: 1\n  mine: 2\n", b"own:\n  mine: 2\n"),
        ("evals/a.yaml", b"torch: 1\nown: 2\n", b"own: 2\n"),
        ("evals/a.toml", b"[own]\ntorch = 1\nown = 2\n", b"[own]\nown = 2\n"),
        ("evals/a.rb", b"def own\n  torch\n  own\nend\n", b"def own\n  own\nend\n"),
        ("evals/a.lua", b"torch = 1\nown = 2\n", b"own = 2\n"),
        ("evals/a.go", b"package a\n\nvar torch = 1\nvar own = 2\n", b"package a\n\nvar own = 2\n"),
        ("evals/a.swift", b"import torch\nimport own\n", b"import own\n"),
        ("evals/a.kt", b"import torch.a\nimport own.b\n", b"import own.b\n"),
        ("evals/a.scala", b"import torch.a\nimport own.b\n", b"import own.b\n"),
        ("evals/a.sh", b"torch\nown\n", b"own\n"),
        ("evals/a.c", b"#include <torch.h>\n#include <own.h>\n", b"#include <own.h>\n"),
    ],
)
def test_the_first_of_several_goes_alone(path, text, left):
    assert removed(path, text) == left
