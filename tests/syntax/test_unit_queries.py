"""What the queries for annotations, bases, calls and names find in the samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from redline.syntax.languages import language_named
from redline.syntax.queries import compile_query
from redline.syntax.unit_queries import UNIT_PATTERNS

SAMPLES = Path(__file__).parent / "samples"


def found(language, form, name, text):
    known = language_named(language)
    assert known is not None
    patterns = UNIT_PATTERNS[language, form]
    source = "\n".join(f'({pattern} (#any-of? @_n "{name}"))' for pattern in patterns)
    return [unit for _, unit in compile_query(known, source).run(text)]


@pytest.mark.parametrize(("language", "form"), UNIT_PATTERNS)
def test_compiles(language, form):
    assert found(language, form, "x", b"") == []


CASES = [
    ("csharp", "decorated", "Fact", "Grader.cs", ["GradesTheKey"]),
    ("csharp", "subclass-of", "IGrader", "Grader.cs", ["Grader"]),
    ("kotlin", "decorated", "Test", "Grader.kt", ["`grades the key`"]),
    ("kotlin", "subclass-of", "Gradable", "Grader.kt", ["Grader"]),
    ("kotlin", "named", "halve", "Grader.kt", ["halve"]),
    ("swift", "decorated", "Test", "Grader.swift", ["gradesTheKey"]),
    ("swift", "subclass-of", "Codable", "Grader.swift", ["Mark"]),
    ("scala", "decorated", "deprecated", "Grader.scala", ["halve"]),
    ("scala", "subclass-of", "AnyFunSuite", "Grader.scala", ["GraderTest"]),
    ("php", "decorated", "Test", "Grader.php", ["grade"]),
    ("php", "subclass-of", "Gradable", "Grader.php", ["Grader"]),
    ("php", "named", "halve", "Grader.php", ["halve"]),
    ("ruby", "subclass-of", "Base", "grader.rb", ["Grader"]),
    ("ruby", "named", "grade", "grader.rb", ["grade"]),
    ("ruby", "calls", "attr_reader", "grader.rb", [None]),
    ("c", "named", "ring_describe", "ring.c", ["ring_describe"]),
    ("cpp", "subclass-of", "Base", "scorer.cpp", ["Scorer"]),
    ("cpp", "named", "grade", "scorer.cpp", ["Scorer::grade"]),
    ("lua", "named", "halve", "grader.lua", ["halve"]),
    ("sql", "named", "runs", "schema.sql", ["evals.runs"]),
    ("dockerfile", "named", "builder", "Dockerfile", [None]),
]


@pytest.mark.parametrize(("language", "form", "name", "sample", "units"), CASES)
def test_in_samples(language, form, name, sample, units):
    assert found(language, form, name, (SAMPLES / sample).read_bytes()) == units


def test_attributes_of_rust_stand_before_what_they_mark():
    text = b"#[test]\n#[ignore]\nfn a() {}\n\n#[tokio::test]\nasync fn b() {}\n\nfn c() {}\n"
    assert found("rust", "decorated", "test", text) == ["a", "b"]


def test_annotations_of_java():
    text = b'class A { @Test void a() {} @Tag("x") public void b() {} void c() {} }'
    assert found("java", "decorated", "Test", text) == ["a"]
    assert found("java", "decorated", "Tag", text) == ["b"]
