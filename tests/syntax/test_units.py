"""The unit that a place is named by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.model import Span, Unit
from redline.syntax.languages import grammar_of, language_named, language_names
from redline.syntax.unit_rows import SECTIONS, UNITS
from redline.syntax.units import enclosing_unit


def unit(language, text, needle):
    """Kind, name and first line of the unit around the first place of ``needle``."""
    data = text.encode()
    start = data.index(needle.encode())
    found = enclosing_unit(data, language_named(language), Span(start, start + len(needle)))
    if found is None:
        return None
    first = data[found.span.start : found.span.end].decode().splitlines()[0]
    return (found.kind, found.name, first)


PYTHON = """import re

LIMIT = 1

@register
class Scorer:
    @cached
    def grade(self):
        return 0

def outer():
    def inner():
        return 5
"""
MARKDOWN = "intro\n# Title\none\n## Part\ntwo\n```\n# no heading\n```\nthree\n# Next\nfour\n"
NOTEBOOK = '{"cells": [{"source": ["a = 1"]}, {"source": ["b = 2"]}], "nbformat": 4}'
ARROW = "const grade = (x) => {\n  return 1\n}\n"
METHOD = "export class A {\n  b(): number { return 1 }\n}\n"
GO = "package a\n\nfunc Grade() int {\n\treturn 1\n}\n"
TESTS = '{"tests": [{"q": 1}, {"expected": "x"}]}'
EXPECTED = ("key", "tests[1].expected", '"expected": "x"')
YAML = "tests:\n  - q: 1\n  - expected: x\n"
GO_METHOD = ("method", "Scorer.Grade", "func (s *Scorer) Grade() {}")
EXPORTED = ("function", "exports.b", "exports.b = function () { c() }")
CASES = [
    ("python", PYTHON, "return 0", ("method", "Scorer.grade", "@cached")),
    ("python", PYTHON, "class", ("class", "Scorer", "@register")),
    ("python", PYTHON, "return 5", ("function", "outer.inner", "def inner():")),
    ("python", PYTHON, "LIMIT", None),
    (
        "javascript",
        "const grade = (x) => {\n  return 1\n}\n",
        "return",
        ("function", "grade", "const grade = (x) => {"),
    ),
    (
        "typescript",
        "export class A {\n  b(): number { return 1 }\n}\n",
        "return",
        ("method", "A.b", "b(): number { return 1 }"),
    ),
    (
        "go",
        "package a\n\nfunc Grade() int {\n\treturn 1\n}\n",
        "return",
        ("function", "Grade", "func Grade() int {"),
    ),
    ("rust", "impl A {\n    fn b() { c(); }\n}\n", "c()", ("method", "A::b", "fn b() { c(); }")),
    (
        "java",
        "class A { int b() { return 1; } }\n",
        "return",
        ("method", "A.b", "int b() { return 1; }"),
    ),
    ("shell", "grade() {\n  true\n}\n", "true", ("function", "grade", "grade() {")),
    (
        "json",
        '{"tests": [{"q": 1}, {"expected": "x"}]}',
        '"x"',
        ("key", "tests[1].expected", '"expected": "x"'),
    ),
    (
        "yaml",
        "tests:\n  - q: 1\n  - expected: x\n",
        "x\n",
        ("key", "tests[1].expected", "expected: x"),
    ),
    ("toml", "[tests.a]\nexpected = 1\n", "1", ("key", "tests.a.expected", "expected = 1")),
    ("markdown", MARKDOWN, "two", ("heading", "## Part", "## Part")),
    ("markdown", MARKDOWN, "three", ("heading", "## Part", "## Part")),
    ("markdown", MARKDOWN, "four", ("heading", "# Next", "# Next")),
    ("markdown", MARKDOWN, "one\n## Part\ntwo", ("heading", "# Title", "# Title")),
    ("markdown", MARKDOWN, "intro", None),
    ("notebook", NOTEBOOK, "b = 2", ("cell", "cell 2", '{"source": ["b = 2"]}')),
    ("jsonl", '{"a": 1}\n{"a": 2}\n', "2", ("record", "record 2", '{"a": 2}')),
    ("csv", "a,b\n1,2\n", "a,b\n1", None),
    ("dockerfile", "FROM scratch\n", "FROM", ("stage", "0", "FROM scratch")),
    ("dockerfile", "ARG A\n", "ARG", None),
    ("go", "package a\n\nfunc (s *Scorer) Grade() {}\n", "{}", GO_METHOD),
    ("javascript", "class A { b = () => 1 }\n", "1", ("method", "A.b", "b = () => 1")),
    ("typescript", "exports.b = function () { c() }\n", "c()", EXPORTED),
]


@pytest.mark.parametrize(("language", "text", "needle", "expected"), CASES)
def test_enclosing_unit(language, text, needle, expected):
    assert unit(language, text, needle) == expected


def test_unknown_languages_have_no_units():
    assert enclosing_unit(b"x", None, Span(0, 1)) is None


def test_a_key_longer_than_a_line_is_cut():
    text = b'{"' + b"k" * 1000 + b'": 1}'
    found = enclosing_unit(text, language_named("json"), Span(len(text) - 2, len(text) - 1))
    assert found == Unit("key", "k" * 199, Span(1, len(text) - 1))


@given(st.binary(max_size=300), st.sampled_from(language_names()), st.data())
def test_any_bytes(text, name, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = enclosing_unit(text, language_named(name), Span(start, end))
    assert found is None or 0 <= found.span.start <= found.span.end <= len(text)


@pytest.mark.parametrize("name", [*UNITS, *SECTIONS])
def test_the_grammar_has_every_node_of_the_rows(name):
    language = language_named(name)
    grammar = grammar_of(language) if language else None
    assert grammar is not None
    nodes = {*UNITS[name].rows, *UNITS[name].wrappers} if name in UNITS else {SECTIONS[name].begins}
    data = name in ("json", "notebook", "yaml", "toml")  # which share their rows
    assert data or [node for node in nodes if grammar.id_for_node_kind(node, True) is None] == []
