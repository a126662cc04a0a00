"""Derived texts say what the file says, and every byte of them knows where it stands."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maze import PENALTY, WALK
from redline.matching.views import places_of, unfold
from redline.matching.views.values import is_codelike, is_long, record_line
from redline.matching.views.view import BETWEEN
from redline.model import Span

CODE = WALK + PENALTY
PROSE = "Find the shortest way out of the labyrinth and say how many torches it burns.\nShow all."
LONG = st.one_of(
    st.sampled_from([CODE, PROSE, WALK]),
    st.text(min_size=20, max_size=90),
    st.text(alphabet="ab\"'\\\n\t ,;:={}[]é€😀\u2028\x00\x7f", min_size=10, max_size=120),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | LONG
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
ROWS = st.lists(
    st.dictionaries(st.sampled_from("prompt answer id tags".split()), SCALARS), max_size=6
)


def values(path, data):
    """Every value that stands in the views of a file, as text."""
    return [value for view in unfold(path, data) for value in view.text.split(BETWEEN) if value]


def strings(value):
    """All strings of a JSON value but its keys."""
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass")
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)


def holds(view, data):
    """Check a view's map against the file."""
    starts, sources, ends = list(view.starts), list(view.sources), list(view.ends)
    assert len(starts) == len(sources) == len(ends)
    assert starts == sorted(starts)
    edges = [*starts, len(view.text)]
    for row, (first, after) in enumerate(pairwise(edges)):
        assert 0 <= sources[row] <= ends[row] <= len(data)
        if first == after:
            continue
        whole = view.span(first, after)
        assert (whole.start, whole.end) == (sources[row], ends[row])
        if after - first == ends[row] - sources[row]:
            for byte in range(first, after):
                at = view.span(byte, byte + 1)
                assert at.end == at.start + 1
                if after - first > 12:
                    # Shorter ones may be an escape that is as long as what it stands for.
                    assert view.text[byte : byte + 1] == data[at.start : at.end]
    for span in view.spans(0, len(view.text)):
        assert 0 <= span.start <= span.end <= len(data)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_long_strings_of_json_are_what_json_reads(value, ascii_only, indent):
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(
        "utf-8", "surrogatepass"
    )
    found = values("a.json", data)
    for string in strings(value):
        if is_long(string) and b"\x00" not in string and (is_codelike(string) or b"\n" in string):
            assert string.strip(b"\n") in [one.strip(b"\n") for one in found]
    for view in unfold("a.json", data):
        holds(view, data)


@given(st.lists(VALUES, max_size=5))
def test_json_lines_agree_line_by_line(rows):
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    found = [one.strip(b"\n") for one in values("a.jsonl", data)]
    for string in strings(rows):
        if is_long(string) and b"\x00" not in string:
            assert string.strip(b"\n") in found
    for view in unfold("a.jsonl", data):
        holds(view, data)


@given(ROWS, st.sampled_from(",;\t"))
def test_long_cells_are_what_csv_reads(rows, delimiter):
    columns = "prompt answer id tags".split()
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: v.replace("\r", " ") if isinstance(v, str) else v for k, v in row.items()}
        for row in rows
    )
    data = out.getvalue().encode("utf-8", "surrogatepass")
    found = [one.strip() for one in values("a.csv", data)]
    read = csv.reader(io.StringIO(out.getvalue()), delimiter=delimiter)
    for cell in (cell.encode("utf-8", "surrogatepass").strip() for row in read for cell in row):
        if is_long(cell) and b"\x00" not in cell and cell[:1] != b'"':
            assert cell in found
    for view in unfold("a.csv", data):
        holds(view, data)


@given(VALUES, st.sampled_from([None, '"', "'", "|", ">"]), st.integers(20, 200))
def test_long_scalars_are_what_yaml_reads(value, style, width):
    try:
        written = yaml.dump(value, default_style=style, width=width, allow_unicode=True)
        again = yaml.safe_load(written)
    except (yaml.YAMLError, ValueError):
        return  # PyYAML writes some texts so that it cannot read them
    data = written.encode("utf-8", "surrogatepass")
    found = [one.strip() for one in values("a.yaml", data)]
    for string in strings(again):
        if is_long(string) and is_codelike(string) and b"\x00" not in string:
            assert string.strip() in found
    for view in unfold("a.yaml", data):
        holds(view, data)


@given(
    st.binary(max_size=400),
    st.sampled_from("a.json a.jsonl a.csv a.tsv a.yaml a.md a.py a.ipynb a.parquet a".split())
    | st.none(),
)
def test_no_bytes_are_too_odd(data, path):
    for view in unfold(path, data):
        holds(view, data)


@given(
    st.lists(
        st.sampled_from(
            [
                b'{"a": "',
                b'"',
                b"\\",
                b"\\n",
                b"\\u00e9",
                b"\\ud83d\\ude00",
                b"\\ud83d",
                b"\\u12",
                b"}",
                b"[",
                b"]",
                b"{",
                b": ",
                b",",
                b"\n",
                b"- ",
                b"key: |\n",
                b"  ",
                b"```\n",
                b"> ",
                b"'",
                b"def f(x): return x[1];" * 3,
                b"1.5",
                b"\0",
                b"\xff",
                b"\r",
                "é".encode(),
                b'"cells": [',
                b'"nbformat"',
                b'"cell_type": "code", "source": [',
                b"PAR1",
            ]
        ),
        max_size=40,
    ).map(b"".join),
    st.sampled_from("a.json a.jsonl a.csv a.tsv a.yaml a.md a.py a.ipynb a.parquet a".split())
    | st.none(),
)
def test_no_damage_stops_a_scan(data, path):
    for view in unfold(path, data):
        holds(view, data)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.jsonl", json.dumps({"id": 7, "name": "Ariadne of Knossos", "solution": WALK}) + "\n"),
        (
            "a.json",
            json.dumps([{"solution": WALK, "name": "Ariadne of Knossos", "id": 7}], indent=2),
        ),
        ("a.csv", 'id,solution,name\n7,"' + WALK.replace('"', '""') + '",Ariadne of Knossos\n'),
        ("a.yaml", yaml.dump([{"name": "Ariadne of Knossos", "solution": WALK, "id": 7}])),
        (
            "a.yaml",
            yaml.dump(
                {"items": [{"name": "Ariadne of Knossos", "solution": WALK, "id": 7}]},
                default_style='"',
            ),
        ),
        (None, json.dumps({"name": "Ariadne of Knossos", "id": 7, "solution": WALK})),
    ],
)
def test_a_row_says_the_same_in_every_container(path, data):
    code, records = [], []
    for view in unfold(path, data.encode()):
        (code if view.code else records).append(view.text)
    assert b"".join(code).split(BETWEEN)[0].strip() == WALK.encode().strip()
    assert b"7 Ariadne of Knossos" in b"".join(records).splitlines()


def test_a_record_is_named_by_its_short_values_in_no_order():
    assert record_line([b"17", b"maze", b"torches"]) == record_line([b"torches", b"17", b"maze"])
    assert record_line([b"true", b"", b"null"]) == b""


def test_a_notebooks_cells_are_joined_and_its_outputs_are_not():
    lines = WALK.splitlines(keepends=True)
    book = {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": ["# The maze\n", "Find the way out."],
            },
            {
                "cell_type": "code",
                "metadata": {"source": "no"},
                "source": lines,
                "outputs": [{"output_type": "stream", "text": [PENALTY]}],
            },
            {"cell_type": "code", "metadata": {}, "source": "a = 1\nb = 2"},
        ],
        "metadata": {"kernelspec": {"language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    data = json.dumps(book, indent=1).encode()
    views = {view.code: view for view in unfold("a.ipynb", data)}
    assert views[True].text == WALK.encode() + BETWEEN + b"a = 1\nb = 2" + BETWEEN
    assert views[False].text == b"# The maze\nFind the way out." + BETWEEN
    for view in views.values():
        holds(view, data)


def test_a_fence_is_code_and_a_quotations_marks_are_not():
    data = (
        "Words.\n\n> ```python\n"
        + "".join(f"> {line}" for line in WALK.splitlines(True))
        + "> ```\n"
    ).encode()
    [view] = unfold("a.md", data)
    assert view.code
    assert view.text == WALK.encode() + BETWEEN
    holds(view, data)


def test_a_fence_inside_a_value_is_code():
    answer = (
        f"Walk breadth first: a corridor costs one torch.\n\n```python\n{WALK}```\n\nThat is all."
    )
    data = json.dumps({"messages": [{"role": "user", "content": answer}]}).encode()
    views = list(unfold("a.jsonl", data))
    assert WALK.encode() + BETWEEN in [view.text for view in views if view.code]
    for view in views:
        holds(view, data)


@pytest.mark.parametrize(
    "literal",
    [
        json.dumps(WALK),
        "(" + "\n    ".join(json.dumps(line) for line in WALK.splitlines(True)) + ")",
        " +\n  ".join(json.dumps(line) for line in WALK.splitlines(True)),
    ],
)
def test_a_string_literal_is_read_as_its_text(literal):
    data = f"import os\n\nREFERENCE = {literal}\n".encode()
    [view] = unfold("a.py", data)
    assert view.text == WALK.encode() + BETWEEN
    holds(view, data)


def test_a_raw_string_and_an_apostrophe_are_left_alone():
    assert list(unfold("a.py", b"# don't\\n\nx = r'" + b"a\\nb" * 20 + b"'\n")) == []


@pytest.mark.parametrize("indent", [None, 2])
def test_a_place_in_json_is_named_by_its_pointer(indent):
    rows = [{"id": 1, "tags": ["a", "bb"], "solution": "return ccc"}, {"id": 2}]
    data = json.dumps({"rows": rows}, indent=indent).encode()
    places = places_of("a.json", data)
    for sought, name in [
        (b"bb", "/rows/0/tags/1"),
        (b"return ccc", "/rows/0/solution"),
        (b"2}" if indent is None else b"2\n", "/rows/1/id"),
    ]:
        at = data.index(sought)
        assert places.name(Span(at, at + 1)) == name
    line = data.index(b'"solution"')
    end = data.index(b"ccc") + 4
    assert places.name(Span(line - 1, end)) == "/rows/0/solution"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.json", b"[" * 10_000 + b"]" * 10_000),
        ("a.json", b'{"a":' * 10_000),
        ("a.yaml", b"{" * 20_000),
        ("a.yaml", b" " * 300_000),
        ("a.json", b'"' + b"\\" * 300_001),
        ("a.json", b'{"a": "' + b"x = f(y)\\n" * 400_000 + b'"}'),
        ("a.jsonl", (b'{"a": "' + b"x = f(y)\\n" * 100 + b'"}\n') * 3_000),
        ("a.csv", b'"a""b' * 300_000),
        ("a.csv", b"a," * 900_000),
        ("a.md", b"```\n" * 20_001),
        ("a.py", b'"' + b"\\n" * 300_000),
    ],
)
def test_views_of_whatever_size_are_handed_over_in_parts(path, data):
    told = 0
    for view in unfold(path, data):
        assert len(view.text) < 3 << 20
        told += len(view.text)
    assert told <= 4 * len(data)
