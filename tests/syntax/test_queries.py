"""What a unit query finds, and which queries are refused before they mislead."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.model import Span
from redline.syntax.languages import Language, language_named
from redline.syntax.queries import QueryError, compile_query
from redline.syntax.trees import MAX_BYTES, UnparsedError

TASK = """
((decorated_definition
   (decorator [(identifier) @d (call function: (identifier) @d)])
   definition: (function_definition)) @unit
 (#eq? @d "task"))
"""


def python() -> Language:
    language = language_named("python")
    assert language is not None
    return language


def units(source: str, text: bytes) -> list[tuple[bytes, str | None]]:
    found = compile_query(python(), source).run(text)
    return [(text[span.start : span.end], name) for span, name in found]


def test_a_decorated_function_is_a_unit_and_bears_its_name():
    text = b"@task\ndef maze(): ...\n\n@task(1)\ndef go(): ...\n\n@other\ndef no(): ...\n"
    assert units(TASK, text) == [
        (b"@task\ndef maze(): ...", "maze"),
        (b"@task(1)\ndef go(): ...", "go"),
    ]


def test_name_comes_from_the_capture_where_there_is_one():
    source = "((class_definition superclasses: (argument_list (identifier) @name)) @unit)"
    assert units(source, b"class A(Rubric): ...") == [(b"class A(Rubric): ...", "Rubric")]


def test_a_unit_without_a_name():
    assert units("((return_statement) @unit)", b"def f(): return 1") == [(b"return 1", None)]


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ('#match? @b "Rubric$"', ["A", "C"]),
        ('#not-match? @b "Rubric$"', ["B", "D"]),
        ('#any-of? @b "Rubric" "Other"', ["A", "B"]),
        ('#not-eq? @b "Rubric"', ["B", "C", "D"]),
    ],
)
def test_predicates(predicate, expected):
    source = (
        f"((class_definition superclasses: (argument_list . (identifier) @b)) @unit ({predicate}))"
    )
    text = b"class A(Rubric): ...\nclass B(Other): ...\nclass C(XRubric): ...\nclass D(Y): ...\n"
    assert [name for _, name in units(source, text)] == expected


def test_a_regex_that_would_hang_a_backtracking_engine():
    source = '((identifier) @unit (#match? @unit "^(a+)+$"))'
    assert units(source, b"a" * 5000 + b"b") == []


REFUSED = {
    '(decorated_definition (decorator (identifier) @d)) @unit (#eq? @d "task")': (
        "#eq? stands outside its pattern's parentheses and would not apply; "
        "write ((node) @unit (#eq? @unit ...)) (line 1, column 58 of the query)"
    ),
    '[(identifier) @unit (#eq? @unit "x")]': (
        "#eq? stands between alternatives; put it inside the pattern's parentheses "
        "(line 1, column 21 of the query)"
    ),
    "((identifier) @unit\n  (#is-not? local))": (
        "#is-not? would not be applied; the predicates are #any-eq?, #any-match?, #any-not-eq?, "
        "#any-not-match?, #any-of?, #eq?, #match?, #not-any-of?, #not-eq?, #not-match? "
        "(line 2, column 3 of the query)"
    ),
    "((identifier) @unit (.eq? @unit x))": "write #eq? for .eq? (line 1, column 21 of the query)",
    '((decorator (identifier)? @d) @unit (#eq? @d "x"))': (
        "a match may lack @d, and then #eq? lets it pass; write one pattern for each case "
        "(line 1, column 37 of the query)"
    ),
    '((identifier) @unit @a) ((string) @unit (#eq? @a "x"))': (
        "#eq? tests @a, which this pattern does not capture (line 1, column 41 of the query)"
    ),
    '((identifier) @unit (#match? @unit "(?=x)"))': (
        "#match? needs a regex of the RE2 syntax: invalid perl operator: (?= "
        "(line 1, column 21 of the query)"
    ),
    "((identifier) @unit (#any-of? @unit))": (
        "#any-of? takes one capture and then strings (line 1, column 21 of the query)"
    ),
    "(identifier) @name": (
        "this pattern captures no @unit, so it names no place (line 1, column 1 of the query)"
    ),
    "(identifier) @unit (identifier) @name": (
        "this pattern captures no @unit, so it names no place (line 1, column 20 of the query)"
    ),
    "\n  (foo) @unit": "the grammar has no node foo (line 2, column 4 of the query)",
    "((identifier) @unit": "( is never closed (line 1, column 1 of the query)",
    "(identifier]": "] closes nothing (line 1, column 12 of the query)",
    "; nothing": "the query holds no pattern (line 1, column 1 of the query)",
    '"def" @unit': "the query holds no pattern (line 1, column 1 of the query)",
    '(identifier) "def" @unit': (
        "write a pattern in parentheses: ((node) @unit) (line 1, column 1 of the query)"
    ),
    "(" * 1000: "nested too deeply (line 1, column 200 of the query)",
}


@pytest.mark.parametrize("source", REFUSED, ids=range(len(REFUSED)))
def test_refused(source):
    with pytest.raises(QueryError) as refused:
        compile_query(python(), source)
    assert str(refused.value) == REFUSED[source]


def test_no_grammar():
    text = language_named("text")
    assert text is not None
    with pytest.raises(QueryError, match="no grammar is installed for text"):
        compile_query(text, "(x) @unit")


@given(st.text(alphabet='()[]@#"\\.;? \nabequnitdrof_:!*+', max_size=60))
def test_any_source_compiles_or_is_refused(source):
    with suppress(QueryError):
        compile_query(python(), source).run(b"def f(): ...")


def test_literals_let_a_caller_skip_files():
    graders = '((class_definition name: (identifier) @n) @unit (#any-of? @n "Scorer" "Grader"))'
    two = f"{TASK}\n{graders}"
    one_query, two_query = compile_query(python(), TASK), compile_query(python(), two)
    assert one_query.literals == (frozenset({b"task"}),)
    assert two_query.literals == (frozenset({b"task", b"Scorer", b"Grader"}),)
    assert compile_query(python(), "((identifier) @unit)").literals == ()
    assert not two_query.may_match(b"def f(): ...")
    assert two_query.may_match(b"class Grader: ...")


def test_a_text_too_large_to_parse_is_refused_not_waited_for():
    query = compile_query(python(), TASK)
    assert query.run(b"x" * (MAX_BYTES + 1)) == []
    with pytest.raises(UnparsedError, match="larger than 8 MB"):
        query.run(b"@task\n" + b"x" * MAX_BYTES)


@given(st.binary(max_size=200))
def test_any_bytes(text):
    for span, _ in compile_query(python(), TASK).run(b"@task\ndef f(): ...\n" + text):
        assert span.start == 0 or span.start >= 19


def test_spans_are_bytes():
    text = "é = 1\n@task\ndef f(): ...\n".encode()
    assert compile_query(python(), TASK).run(text) == [(Span(7, 25), "f")]
