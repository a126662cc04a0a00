"""Units by annotation, base, name and call in files of the other languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from redline.policy import check_bytes, load_policy

SAMPLES = Path(__file__).resolve().parents[1] / "syntax" / "samples"
HEAD = "schema: policy/1\nextends: []\nzones:\n- id: grader\n  title: Graders\n  units:\n"

CASES = {
    "Grader.cs": (
        "  - {lang: csharp, decorated: [Fact, Theory]}\n  - {lang: c#, subclass-of: [IGrader]}\n",
        [
            ("'Grader' derives from IGrader", "public class Grader : IGrader", "}"),
            ("'GradesTheKey' is decorated [Fact]", "[Fact]", "}"),
        ],
    ),
    "Grader.kt": (
        "  - {lang: kotlin, decorated: [Test]}\n  - {lang: kt, named: [Gradable]}\n",
        [
            ("'Gradable' has a name that the zone lists", "interface Gradable {", "}"),
            ("'`grades the key`' is decorated @Test", "@Test", "}"),
        ],
    ),
    "Grader.php": (
        "  - {lang: php, subclass-of: [Gradable]}\n  - {lang: php, decorated: [Test]}\n",
        [
            ("'Grader' derives from Gradable", "final class Grader implements Gradable", "}"),
            ("'grade' is decorated #[Test]", "#[Test]", "}"),
        ],
    ),
    "grader.rb": (
        "  - {lang: ruby, calls: [describe]}\n  - {lang: rb, subclass-of: [Base]}\n",
        [
            ("'Grader' derives from Base", "class Grader < Base", "end"),
            ("this is a call of describe", "RSpec.describe Evals::Grader do", "end"),
        ],
    ),
    "Grader.swift": (
        "  - {lang: swift, decorated: [Test]}\n",
        [
            ("'gradesTheKey' is decorated @Test", "@Test func gradesTheKey() {", "}"),
        ],
    ),
    "Grader.scala": (
        "  - {lang: scala, subclass-of: [AnyFunSuite]}\n",
        [
            (
                "'GraderTest' derives from AnyFunSuite",
                "class GraderTest extends AnyFunSuite {",
                "}",
            ),
        ],
    ),
    "scorer.cpp": (
        "  - {lang: cpp, named: [grade, TEST]}\n  - {lang: c++, subclass-of: [Base]}\n",
        [
            ("'Scorer' derives from Base", "class Scorer : public Base {", "}"),
            (
                "'Scorer::grade' has a name that the zone lists",
                "double Scorer::grade(const std::string& answer) const {",
                "}",
            ),
            ("'TEST' has a name that the zone lists", "TEST(ScorerTest, GradesYes) {", "}"),
        ],
    ),
    "ring.c": (
        "  - {lang: c, named: [ring_describe]}\n",
        [
            (
                "'ring_describe' has a name that the zone lists",
                "char *ring_describe(const struct ring *ring, char *out)",
                "}",
            ),
        ],
    ),
    "grader.lua": (
        "  - {lang: lua, named: [grade, clamp]}\n",
        [
            (
                "'Grader:grade' has a name that the zone lists",
                "function Grader:grade(answer)",
                "end",
            ),
            ("'clamp' has a name that the zone lists", "clamp = function(value, low)", "end"),
        ],
    ),
    "schema.sql": (
        "  - {lang: sql, named: [runs]}\n",
        [
            ("'evals.runs' has a name that the zone lists", "CREATE TABLE evals.runs (", ")"),
        ],
    ),
    "Dockerfile": (
        "  - {lang: dockerfile, named: [builder]}\n",
        [
            (
                "this place has a name that the zone lists",
                "FROM python:${VERSION}-slim AS builder",
                "FROM python:${VERSION}-slim AS builder",
            ),
        ],
    ),
}


@pytest.mark.parametrize("sample", CASES)
def test_units_of_a_file_lie_in_the_zone(sample, tmp_path):
    units, expected = CASES[sample]
    (tmp_path / "redline.yaml").write_text(HEAD + units, encoding="utf-8")
    shutil.copy(SAMPLES / sample, tmp_path)
    text = (tmp_path / sample).read_bytes()
    policy = load_policy(tmp_path)
    assert policy.may_have_units(sample, text)
    found = [
        (hit.reason, *ends(text[hit.span.start : hit.span.end].decode()))
        for hit in policy.unit_zones(sample, text)
    ]
    assert found == expected


SPELLINGS = [
    ("A.java", "decorated", "Test", "class A { @org.junit.Test void a() {} }"),
    ("A.java", "decorated", "Test", "class A { @Test(timeout = 1) public void a() {} }"),
    ("A.java", "decorated", "Suite", "@Suite interface A {}"),
    ("A.java", "subclass-of", "TestCase", "class A extends junit.framework.TestCase {}"),
    ("A.java", "subclass-of", "Grader", "record A() implements Closeable, Grader<String> {}"),
    ("A.java", "calls", "Grader", "class A { Object a = new evals.Grader<>(1); }"),
    ("A.kt", "decorated", "Test", "class A { @org.junit.Test(expected = E::class) fun a() {} }"),
    ("A.kt", "subclass-of", "Grader", "object A : evals.Grader<Int>()"),
    ("A.kt", "calls", "grade", "fun a() { key?.grade { 1 } }"),
    ("A.cs", "decorated", "Fact", "class A { [Trait(1), Xunit.Fact(Skip = null)] void B() {} }"),
    ("A.cs", "subclass-of", "Grader", "record A(int B) : Evals.Grader<int>(B), IDisposable;"),
    ("A.cs", "calls", "Grade", "class A { void B() { key?.Grade(1); } }"),
    ("A.cs", "calls", "Grade", "class A { void B() { key.Grade<int>(1); } }"),
    ("a.php", "decorated", "Test", "<?php class A { #[X] #[PHPUnit\\Test(1)] function b() {} }"),
    ("a.php", "subclass-of", "TestCase", "<?php class A extends \\PHPUnit\\TestCase {}"),
    ("a.php", "calls", "grade", "<?php Grader::grade(1);"),
    ("a.php", "calls", "grade", "<?php \\evals\\grade(1);"),
    ("a.rb", "subclass-of", "Test", "class A < Minitest::Test\nend"),
    ("a.rb", "named", "Grader", "class Evals::Grader\nend"),
    ("a.swift", "subclass-of", "XCTestCase", "class A: XCTest.XCTestCase {}"),
    ("a.swift", "calls", "grade", "func a() { key.grade(1) }"),
    ("a.scala", "decorated", "Test", "class A { @org.junit.Test def b = 1 }"),
    ("a.scala", "subclass-of", "Suite", "class A extends Base[Int] with evals.Suite[Int]"),
    ("a.scala", "calls", "grade", "object A { key.grade[Int](1) }"),
    ("a.rs", "decorated", "test", "#[tokio::test(start_paused = true)]\n// why\nfn a() {}"),
    ("a.rs", "subclass-of", "Grader", "impl evals::Grader<u8> for A {}"),
    ("a.rs", "calls", "grade", "fn a() { evals::grade!(1); }"),
    ("a.rs", "calls", "grade", "fn a() { key.grade::<u8>(1); }"),
    ("a.cpp", "named", "grade", "const Mark& evals::Grader::grade() { return mark_; }"),
    ("a.cpp", "subclass-of", "Base", "struct A : public evals::detail::Base<int> {};"),
    ("a.cpp", "calls", "grade", "void a() { evals::detail::grade<int>(1); }"),
    ("a.c", "named", "grade", "static char **grade(void) { return 0; }"),
    ("a.c", "calls", "grade", "void a(struct key *k) { k->grade(1); }"),
    ("a.go", "calls", "Grade", "package a\nfunc b() { evals.Grade(1) }"),
    ("a.go", "named", "Grade", "package a\nfunc (k *Key) Grade() {}"),
    ("a.lua", "named", "grade", "M.grade = function() end"),
    ("a.lua", "calls", "describe", "busted.describe('x')"),
    ("a.js", "named", "grade", "export const grade = async (answer) => 1"),
    ("a.js", "named", "grade", "class A { grade = () => 1 }"),
    ("a.ts", "named", "Grader", "export abstract class Grader {}"),
    ("a.tsx", "named", "grade", "class A { private grade = () => <b/> }"),
    ("a.sh", "named", "grade", "grade() { true; }"),
    ("a.sql", "named", "marks", "CREATE MATERIALIZED VIEW evals.marks AS SELECT 1;"),
]


@pytest.mark.parametrize(("path", "form", "name", "text"), SPELLINGS)
def test_a_name_is_found_however_it_is_qualified(path, form, name, text):
    assert len(found(path, form, [name], text)) == 1


NOT_MEANT = [
    ("A.java", "decorated", "Test", "class A { @Tests void a() {} /* @Test */ }"),
    ("A.java", "subclass-of", "Grader", "class A extends Base<Grader> {}"),
    ("A.kt", "decorated", "org", "class A { @org.junit.Test fun a() {} }"),
    ("A.kt", "subclass-of", "Grader", "class A : Base<Grader>()"),
    ("A.cs", "subclass-of", "Grader", "class A : Base<Grader> {}"),
    ("a.swift", "subclass-of", "XCTest", "class A: XCTest.XCTestCase {}"),
    ("a.rs", "decorated", "test", "#[cfg(test)]\nmod a {}"),
    ("a.rs", "decorated", "test", "#[test]\nconst A: u8 = 1;\nfn a() {}\n"),
    ("a.cpp", "named", "grade", "double grade();"),
    ("a.js", "named", "grade", "const grade = 1"),
    ("a.lua", "named", "grade", "local grade, other = 1, function() end"),
]


@pytest.mark.parametrize(("path", "form", "name", "text"), NOT_MEANT)
def test_what_only_looks_like_it_is_left_alone(path, form, name, text):
    assert found(path, form, [name], text) == []


def test_an_attribute_that_stands_before_its_unit_is_one_of_those_listed():
    text = "#[rstest]\nfn a() {}\n"
    assert found("a.rs", "decorated", ["test", "rstest"], text) == [
        ("'a' is decorated #[test] or #[rstest]", "fn a() {}")
    ]


def ends(unit: str) -> tuple[str, str]:
    """The first and the last line."""
    lines = unit.splitlines()
    return lines[0].strip(), lines[-1].strip()


def found(path: str, form: str, names: list[str], text: str) -> list[tuple[str, str]]:
    """Each unit's reason and text."""
    language = {"cs": "csharp", "php": "php", "sh": "shell"}.get(path.partition(".")[2])
    unit = f"  - {{lang: {language or path.partition('.')[2]}, {form}: [{', '.join(names)}]}}\n"
    policy = check_bytes((HEAD + unit).encode())
    data = text.encode()
    hits = policy.unit_zones(path, data)
    assert policy.may_have_units(path, data) or not hits
    return [(hit.reason, data[hit.span.start : hit.span.end].decode()) for hit in hits if hit.span]
