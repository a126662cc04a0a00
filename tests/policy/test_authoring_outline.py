"""The outline of a rule file agrees with the strict reader, and goes on where that gives up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.policy import builtin_names, builtin_pack
from redline.policy.authoring.outline import read_outline
from redline.policy.authoring.parts import Part, Point
from redline.policy.nodes import Node, Unreadable, read_nodes


def leaves(node: Node) -> list[tuple[int, int, str]]:
    if node.kind in ("list", "table"):
        return [leaf for item in node.items for leaf in leaves(item)]
    return [(node.line, node.column, node.text)]


def texts(part: Part) -> list[tuple[int, int, str]]:
    out = []
    if part.kind == "text":
        out.append((*part.start, part.text))
    for entry in part.entries:
        out += texts(entry.key) + texts(entry.value)
    for item in part.items:
        out += texts(item)
    return out


def shape(part: Part):
    if part.kind == "table":
        return {entry.key.text: shape(entry.value) for entry in part.entries}
    if part.kind == "list":
        return [shape(item) for item in part.items]
    return part.text if part.kind == "text" else None


@pytest.mark.parametrize("name", builtin_names())
def test_it_finds_every_text_of_a_shipped_pack_where_the_strict_reader_does(name):
    data = builtin_pack(name)
    strict = leaves(read_nodes(data, name, []))
    found = texts(read_outline(data.decode()))
    assert [place[:2] for place in found] == [place[:2] for place in strict]
    for (_, _, written), (_, _, said) in zip(found, strict, strict=True):
        assert written.split() == said.split()


WORDS = st.text("abz*?/._-", min_size=1, max_size=6).filter(lambda word: word.strip("-*?") == word)
ODD = st.text("ab: #,[]{}'\"\\*&!|>-é\U0001d54f", max_size=8)


@st.composite
def quoted(draw) -> str:
    text = draw(ODD)
    if draw(st.booleans()):
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def flows(draw, depth=2) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(WORDS | quoted())
    inner = draw(st.lists(flows(depth - 1), max_size=3))
    if draw(st.booleans()):
        return "[" + ", ".join(inner) + "]"
    return "{" + ", ".join(f"k{n}: {value}" for n, value in enumerate(inner)) + "}"


@st.composite
def blocks(draw, indent=0, depth=3) -> str:
    pad = " " * indent
    if depth == 0:
        return f" {draw(flows())}\n"
    kind = draw(st.sampled_from(["flow", "list", "table", "literal", "nothing"]))
    if kind == "flow":
        return f" {draw(flows())}{draw(st.sampled_from(['', '  # why', ' ']))}\n"
    if kind == "literal":
        rows = draw(st.lists(ODD.map(str.rstrip), min_size=1, max_size=3))
        # Its first row tells how deep it lies.
        return " |\n" + "".join(f"{pad}  {row}\n" for row in ["x", *rows])
    if kind == "nothing":
        return "\n"
    count = draw(st.integers(1, 3))
    if kind == "list":
        items = [draw(blocks(indent + 2, depth - 1)) for _ in range(count)]
        return "\n" + "".join(f"{pad}-{item}" for item in items)
    values = [draw(blocks(indent + 2, depth - 1)) for _ in range(count)]
    note = draw(st.sampled_from(["", f"{pad}# a note\n", "\n"]))
    return "\n" + note.join(f"{pad}k{n}:{value}" for n, value in enumerate(values))


@given(blocks().map(str.lstrip))
def test_it_reads_what_the_strict_reader_reads(text):
    problems = []
    try:
        node = read_nodes(text.encode(), "redline.yaml", problems)
    except Unreadable:
        return
    strict = [leaf for leaf in leaves(node) if leaf[2]]
    found = [leaf for leaf in texts(read_outline(text)) if leaf[2]]
    assert [leaf[:2] for leaf in found] == [leaf[:2] for leaf in strict]
    for (_, _, written), (_, _, said) in zip(found, strict, strict=True):
        assert written.split() == said.split()


@given(st.text("ab: #,[]{}'\"\\*&!|>-\n\r\t\ufeff\U0001d54f", max_size=60))
def test_nothing_makes_it_fail(text):
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for line, _, _ in texts(read_outline(text)):
        assert 1 <= line <= lines


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("zones:\n  - id: grader\n    globs: [a, b\n    title: T\nrules: []\n",
         {"zones": [{"id": "grader", "globs": ["a", "b"], "title": "T"}], "rules": []}),
        ("zones:\n  - {id: grader, globs: [a\n  - id: next\n",
         {"zones": [{"id": "grader", "globs": ["a"]}, {"id": "next"}]}),
        ("a: 'never closed\nb: 1\n", {"a": "never closed", "b": "1"}),
        ("a: \"never: closed\n  deeper\nb: 1\n", {"a": "never: closed deeper", "b": "1"}),
        ("zones:\n  - id: x\n    tit\n    globs: [a]\n",
         {"zones": [{"id": "x", "tit": None, "globs": ["a"]}]}),
        ("rules:\n- id: x\n  effect:\n- id: y\n",
         {"rules": [{"id": "x", "effect": None}, {"id": "y"}]}),
        ("a:\n  - 1\n b: 2\nc: 3\n", {"a": ["1"], "b": "2", "c": "3"}),
        ("a: [x]]\nb: {y: 1}}\n", {"a": ["x"], "b": {"y": "1"}}),
        ("a: *x\nb: &n [c]\n", {"a": "*x", "b": ["c"]}),
        ("", None),
        ("# nothing yet\n", None),
    ],
)  # fmt: skip
def test_what_is_broken_is_read_as_far_as_it_goes(text, read):
    assert shape(read_outline(text)) == read


def test_lines_end_as_editors_count_them():
    outline = read_outline("a: 1\r\nb: 2\rc: 3\n")
    assert [entry.key.start for entry in outline.entries] == [
        Point(1, 1),
        Point(2, 1),
        Point(3, 1),
    ]


def test_columns_count_code_points():
    outline = read_outline("'\U0001d54f\U0001d54f': [é, 'b']\n")
    [entry] = outline.entries
    assert entry.key.word == (Point(1, 2), Point(1, 4))
    assert [item.start for item in entry.value.items] == [Point(1, 8), Point(1, 11)]


def test_a_hostile_text_is_read_in_a_moment():
    """Nested, unclosed and long: what would recurse or read again and again."""
    assert read_outline("[" * 100_000).kind == "list"
    assert read_outline("".join(f"{' ' * n}- a:\n" for n in range(600))).kind == "list"
    assert read_outline("a:\n" + '  - "x\n' * 30_000).kind == "table"
    assert read_outline((Path(__file__).read_text("utf-8")) * 3).kind != "gap"
