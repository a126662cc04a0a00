"""In a typical file of every language: what sort of place it is, and the unit around it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from redline.model import Span
from redline.syntax.contexts import contexts
from redline.syntax.languages import language_of
from redline.syntax.trees import parse
from redline.syntax.units import enclosing_unit

SAMPLES = Path(__file__).parent / "samples"
PLACES = [
    ("ring.c", "A ring buffer", "header", None),
    ("ring.c", "size_t head", "code", "class ring"),
    ("ring.c", "the next place", "comment", "class ring"),
    ("ring.c", "FULL = 2", "code", "class verdict"),
    ("ring.c", "double mean", "code", "type stats_t"),
    ("ring.c", "next == ring->tail", "code", "function ring_push"),
    ("ring.c", "Says what is", "comment", None),
    ("ring.c", "items // none", "string", "function ring_describe"),
    ("ring.c", "'\"'", "string", "function main"),
    ("scorer.cpp", "Scores of answers", "header", None),
    ("scorer.cpp", "name_(std::move", "code", "method evals::grading::Scorer::Scorer"),
    ("scorer.cpp", "other.name_", "code", "method evals::grading::Scorer::operator=="),
    ("scorer.cpp", "= default", "code", "method evals::grading::Scorer::~Scorer"),
    ("scorer.cpp", "return 3", "code", "method evals::grading::Scorer::Options::retries"),
    ("scorer.cpp", "double threshold", "code", "class evals::grading::Scorer::Options"),
    ("scorer.cpp", 'yes" // sure', "string", "function evals::grading::Scorer::grade"),
    ("scorer.cpp", "x < high", "code", "function evals::grading::clamp::inside"),
    ("scorer.cpp", "int number", "code", "class Word"),
    ("scorer.cpp", "EXPECT_EQ", "code", "function TEST(ScorerTest, GradesYes)"),
    ("Grader.cs", "Grades answers", "header", None),
    ("Grader.cs", "must be able", "comment", "module Evals.Grading"),
    ("Grader.cs", "double Grade(string answer);", "code", "method Evals.Grading.IGrader.Grade"),
    ("Grader.cs", "C:\\keys", "string", "class Evals.Grading.Grader"),
    ("Grader.cs", "none", "string", "property Evals.Grading.Grader.Key"),
    ("Grader.cs", "{ Key = key", "code", "method Evals.Grading.Grader.Grader"),
    ("Grader.cs", "graded ", "string", "method Evals.Grading.Grader.Grade"),
    ("Grader.cs", "answer.Trim", "code", "method Evals.Grading.Grader.Grade"),
    ("Grader.cs", 'a "raw" text', "string", "method Evals.Grading.Grader.Grade"),
    ("Grader.cs", "whole / 2", "code", "function Evals.Grading.Grader.Grade.Half"),
    ("Grader.cs", "public int X", "code", "class Evals.Grading.Point"),
    ("Grader.cs", "Assert.Equal", "code", "method GraderTests.GradesTheKey"),
    ("Grader.cs", "[Fact]", "code", "method GraderTests.GradesTheKey"),
    ("grader.rb", "frozen_string", "header", None),
    ("grader.rb", '"nothing" in it', "comment", None),
    ("grader.rb", "attr_reader", "code", "class Evals::Grader"),
    ("grader.rb", "as it was given", "comment", "method Evals::Grader#initialize"),
    ("grader.rb", "\\A#", "regex", "method Evals::Grader#grade"),
    ("grader.rb", "answer.strip", "code", "method Evals::Grader#grade"),
    ("grader.rb", "# not a comment", "string", "method Evals::Grader#grade"),
    ("grader.rb", "JSON.parse", "code", "method Evals::Grader.load"),
    ("grader.rb", "Struct.new", "code", "module Evals"),
    ("grader.rb", "grades the key", "string", None),
    ("Grader.php", "<h1>", "prose", None),
    ("Grader.php", "Grades answers", "comment", None),
    ("Grader.php", "function grade(string $answer): float;", "code", "method Gradable::grade"),
    ("Grader.php", "shown at once", "comment", "method Reports::report"),
    ("Grader.php", "case Right", "code", "class Verdict"),
    ("Grader.php", "#[Test]", "code", "method Grader::grade"),
    ("Grader.php", "// no comment", "string", "method Grader::grade"),
    ("Grader.php", "s done", "string", "method Grader::grade"),
    ("Grader.php", "$half(", "code", "function halve"),
    ("Grader.php", "That was", "prose", None),
    ("Grader.php", "halve(2.0)", "code", None),
    ("Grader.kt", "Grades answers", "header", None),
    ("Grader.kt", "fun grade(answer: String): Double\n", "code", "method Gradable.grade"),
    ("Grader.kt", "val name", "code", "class Mark"),
    ("Grader.kt", "WRONG", "code", "class Verdict"),
    ("Grader.kt", "still comment", "comment", None),
    ("Grader.kt", "graded ", "string", "method Grader.grade"),
    ("Grader.kt", "answer.trim", "code", "method Grader.grade"),
    ("Grader.kt", "// no comment", "string", "method Grader.grade"),
    ("Grader.kt", "Grader(path)", "code", "method Grader.load"),
    ("Grader.kt", "get() = 0.5", "code", "class Grader.Half"),
    ("Grader.kt", "graders.add", "code", "method Registry.register"),
    ("Grader.kt", "length / 2", "code", "function halve"),
    ("Grader.kt", "assertEquals", "code", "method GraderTest.grades the key"),
    ("Grader.swift", "Grades answers", "header", None),
    ("Grader.swift", "func grade(_ answer: String) -> Double\n", "code", "method Gradable.grade"),
    ("Grader.swift", "* 100", "code", "property Mark.rounded"),
    ("Grader.swift", "case wrong", "code", "class Verdict"),
    ("Grader.swift", "still comment", "comment", None),
    ("Grader.swift", "self.key = key", "code", "method Grader.init"),
    ("Grader.swift", "graded ", "string", "method Grader.grade"),
    ("Grader.swift", "lowercased", "code", "method Grader.grade"),
    ("Grader.swift", "// no comment", "string", "method Grader.grade"),
    ("Grader.swift", "several", "string", "method Grader.grade"),
    ("Grader.swift", "whole / 2", "code", "method Grader.halve"),
    ("Grader.swift", "async", "code", "method Queue.push"),
    ("Grader.swift", "#expect", "code", "function gradesTheKey"),
    ("Grader.scala", "Grades answers", "header", None),
    ("Grader.scala", "def grade(answer: String): Double\n", "code", "method Gradable.grade"),
    ("Grader.scala", "Grades by", "comment", None),
    ("Grader.scala", "graded ", "string", "method Grader.grade"),
    ("Grader.scala", "answer.trim", "code", "method Grader.grade"),
    ("Grader.scala", "// no comment", "string", "method Grader.grade"),
    ("Grader.scala", "'g'", "string", "class Grader"),
    ("Grader.scala", "new Grader(text)", "code", "function Grader.load.inner"),
    ("Grader.scala", "case Wrong", "code", "class Verdict"),
    ("Grader.scala", "use another", "string", "method GraderTest.halve"),
    ("schema.sql", "What a run", "header", None),
    ("schema.sql", "s new", "string", "table evals.runs"),
    ("schema.sql", "shown to people", "comment", "table evals.runs"),
    ("schema.sql", "ON evals.runs", "code", "index runs_by_name"),
    ("schema.sql", "The best", "comment", None),
    ("schema.sql", "MAX(score)", "code", "view best"),
    ("schema.sql", "-- not a comment", "string", "view best"),
    ("schema.sql", "whole / 2", "code", "function halve"),
    ("schema.sql", "'wrong'", "string", "type verdict"),
    ("schema.sql", "'maze'", "string", None),
    ("grader.lua", "Grades answers", "header", None),
    ("grader.lua", "compares", "comment", None),
    ("grader.lua", "setmetatable", "code", "function Grader.new"),
    ("grader.lua", "-- no\n", "string", "function Grader:grade"),
    ("grader.lua", "s done", "string", "function Grader:grade"),
    ("grader.lua", "whole / 2", "code", "function halve"),
    ("grader.lua", "math.max", "code", "function clamp"),
    ("grader.lua", "halve(1.0)", "code", "function on_start"),
    ("grader.lua", "]] comment", "comment", None),
    ("grader.lua", "dofile", "code", "function Grader.static.load"),
    ("Dockerfile", "syntax=", "header", None),
    ("Dockerfile", "ARG VERSION", "code", None),
    ("Dockerfile", "wheels are built", "comment", "stage builder"),
    ("Dockerfile", "pip wheel", "code", "stage builder"),
    ("Dockerfile", "# not a comment", "string", "stage runner"),
    ("Dockerfile", "pip install", "code", "stage runner"),
    ("Dockerfile", "from a heredoc", "string", "stage runner"),
    ("Dockerfile", "strict", "string", "stage runner"),
    ("Dockerfile", 'evals"]', "string", "stage runner"),
    ("Dockerfile", "/out /out", "code", "stage 2"),
    ("page.html", "What people see", "header", None),
    ("page.html", "Scores of the week", "prose", None),
    ("page.html", "quiet colours", "comment", None),
    ("page.html", "color: navy", "code", None),
    ("page.html", "wide", "string", "element section#scores"),
    ("page.html", "All of them", "prose", "element section#scores"),
    ("page.html", "maze: 0.5", "prose", "element ul#list"),
    ("page.html", "drawn later", "comment", None),
    ("page.html", "draws the table", "comment", None),
    ("page.html", 'drawn";', "string", None),
    ("page.html", "rows.map", "code", None),
    ("page.css", "every page", "header", None),
    ("page.css", "base.css", "string", None),
    ("page.css", "--accent: #", "code", "rule :root"),
    ("page.css", "a /* string", "string", "rule body > .score, #list li:hover"),
    ("page.css", "shown before", "comment", "rule body > .score, #list li:hover"),
    ("page.css", "display", "code", "rule @media (max-width: 40em) .score"),
    ("page.css", "opacity: 0", "code", "rule @keyframes appear from"),
    ("page.css", "Quiet Sans", "string", "rule @font-face"),
]


def place(name, needle):
    text = (SAMPLES / name).read_bytes()
    start = text.index(needle.encode())
    return text, Span(start, start + len(needle.encode()))


@pytest.mark.parametrize(("name", "needle", "context", "unit"), PLACES)
def test_place(name, needle, context, unit):
    text, span = place(name, needle)
    language = language_of(name)
    assert contexts(text, language).at(span).value == context
    found = enclosing_unit(text, language, span)
    assert (f"{found.kind} {found.name}" if found else None) == unit
    if found:
        assert found.span.start <= span.start
        assert span.end <= found.span.end + 1  # a needle may end with its line


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_sample_has_no_error(name):
    language = language_of(name)
    assert language is not None
    assert not parse(language, (SAMPLES / name).read_bytes()).root_node.has_error


# What a lexer cannot know: interpolated code, regexes, what is no program.
BEYOND_A_LEXER = ("code", "regex", "prose")
BY_TREE_ALONE = {
    ("Grader.scala", '"raw" text'),
    ("Dockerfile", "from a heredoc"),
}


@pytest.mark.parametrize(
    ("name", "needle", "context"),
    [
        (name, needle, context)
        for name, needle, context, _ in PLACES
        if context not in BEYOND_A_LEXER and not name.endswith(".html")
    ],
)
def test_comments_and_strings_without_a_grammar(name, needle, context):
    text, span = place(name, needle)
    language = language_of(name)
    assert language is not None
    # A wheel that is not there is what a missing grammar looks like.
    alone = replace(language, name=f"{language.name}-alone", grammar=None)
    assert contexts(text, alone).at(span).value == context


def test_no_grammar_is_imported_before_a_file_needs_it():
    code = (
        "import sys, redline.cli, redline.check, redline.project, redline.policy.policy\n"
        "print([name for name in sys.modules if name.startswith('tree_sitter')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
