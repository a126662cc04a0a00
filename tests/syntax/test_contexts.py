"""What sort of place a byte lies in, with a grammar and without one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.model import Span
from redline.syntax.contexts import contexts
from redline.syntax.languages import language_named, language_names
from redline.syntax.trees import MAX_BYTES


def context(language: str | None, text: str) -> str:
    """The context of the `@` in a text."""
    data = text.encode()
    at = data.index(b"@")
    known = language_named(language) if language else None
    return contexts(data, known).at(Span(at, at + 1)).value


CASES = [
    ("python", "#!/usr/bin/env python\n# @\nx = 1\n", "header"),
    ("python", "x = 1\n# @\n", "comment"),
    ("python", '"""@"""\n', "docstring"),
    ("python", 'def f():\n    """@"""\n', "docstring"),
    ("python", 'x = "@"\n', "string"),
    ("python", 'x = f"{y @ z}"\n', "code"),
    ("python", 'x = r"@"\n', "regex"),
    ("python", 're.compile("@")\n', "regex"),
    ("python", "x = y @ z\n", "code"),
    ("javascript", "x = /@/\n", "regex"),
    ("javascript", "x = `@`\n", "string"),
    ("javascript", 'x = new RegExp("@")\n', "regex"),
    ("typescript", "let x = 1\n/* @ */\n", "comment"),
    ("go", "// @\npackage a\n", "header"),
    ("go", "package a\nvar x = `@`\n", "string"),
    ("rust", 'fn f() { g("@"); }\n', "string"),
    ("java", "class A { /** @ */ int b; }\n", "comment"),
    ("shell", "cat <<E\n@\nE\n", "string"),
    ("json", '{"@": 1}\n', "key"),
    ("json", '{"a": "@"}\n', "value"),
    ("jsonl", '{"a": "\\"", "b": "@"}\n', "value"),
    ("yaml", "a: @b\n", "value"),
    ("yaml", "a@: b\n", "key"),
    ("yaml", "a: b\n# @\n", "comment"),
    ("toml", 'a = "@"\n', "value"),
    ("toml", '"@" = 1\n', "key"),
    ("markdown", "one @ two\n", "prose"),
    ("markdown", "`@` two\n", "inline code"),
    ("markdown", "> @\n", "quote"),
    ("markdown", "```\n@\n```\n", "fence"),
    ("markdown", "````\n```\n@\n````\n", "fence"),
    ("markdown", "```\nx\n```\n@\n", "prose"),
    ("markdown", "- ~~~\n  @\n  ~~~\n", "fence"),
    ("markdown", "<!-- @ -->\n", "header"),
    ("markdown", "x\n<!-- @ -->\n", "comment"),
    ("html", "<p>@</p>\n", "prose"),
    ("c", "/* a */\n// @\nint a;\n", "header"),
    ("c", 'char *a = "/*"; // @\n', "comment"),
    ("c", 'char *a = "\\"@";\n', "string"),
    ("c", "int a@;\n", "code"),
    ("dockerfile", "FROM a\n# @\n", "comment"),
    ("sql", "SELECT 'it''s' -- @\n", "comment"),
    ("ini", "a = @\n", "value"),
    (None, "@", "prose"),
]


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_context(language, text, expected):
    assert context(language, text) == expected


def test_a_text_too_large_to_parse_is_lexed_around_the_place():
    text = "x = 1\n" * (MAX_BYTES // 6) + "# @\n"
    assert context("python", text) == "comment"


def test_yaml_nested_deeper_than_its_scanner_bears_is_lexed():
    steps = "".join(f"{' ' * depth}a:\n" for depth in range(2000))
    assert context("yaml", f"{steps}# @\n") == "comment"
    assert context("yaml", "- " * 2000 + "@") == "value"
    assert context("yaml", "? " * 2000 + "@") == "value"


@pytest.mark.parametrize(
    ("name", "word"),
    [("ruby", "=begin\n"), ("ruby", "`"), ("sql", "'''"), ("lua", "--[[ "), ("c", "/* ")],
)
def test_marks_that_are_never_closed_are_lexed_once(name, word):
    # A lexer that seeks every closing to the end of the text would need hours for this.
    alone = replace(language_named(name), name=f"{name}-alone", grammar=None)
    text = word.encode() * (400_000 // len(word))
    assert contexts(text, alone).at(Span(200_001, 200_002))


@given(st.binary(max_size=200), st.sampled_from(language_names()), st.data())
def test_any_bytes(text, name, data):
    start = data.draw(st.integers(0, len(text)))
    contexts(text, language_named(name)).at(Span(start, len(text)))
