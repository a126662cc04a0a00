"""Texts that would end or stall the parser are refused before it sees them."""

from __future__ import annotations

import pytest

from redline.syntax.languages import language_named
from redline.syntax.trees import MAX_BYTES, UnparsedError, parse

HOSTILE = [
    ("yaml", b"- " * 300 + b"x", "nested too deeply to parse"),
    ("yaml", b"? " * 20000, "nested too deeply to parse"),
    ("yaml", b"".join(b" " * n + b"a:\n" for n in range(300)), "nested too deeply to parse"),
    (
        "yaml",
        b"".join(b" " * n + b"- a:\n" for n in range(0, 400, 2)),
        "nested too deeply to parse",
    ),
    ("java", b"a<" * 50000, "too many unclosed < to parse"),
    ("rust", b'r#"' * 50000, 'too many unclosed r#" to parse'),
    ("python", b"x" * (MAX_BYTES + 1), "larger than 8 MB, too large to parse"),
    ("text", b"a,b", "no grammar is installed for text"),
]


@pytest.mark.parametrize(("name", "text", "reason"), HOSTILE, ids=range(len(HOSTILE)))
def test_refused(name, text, reason):
    language = language_named(name)
    assert language is not None
    with pytest.raises(UnparsedError) as refused:
        parse(language, text)
    assert str(refused.value) == reason


STRANGE = [
    ("yaml", b"".join(b" " * n + b"a:\n" for n in range(90))),
    ("python", b"".join(b" " * n + b"if x:\n" for n in range(2000))),
    ("python", b"(" * 20000),
    ("json", b"[" * 20000),
    ("javascript", b"`${" * 10000),
    ("shell", b"cat <<A <<B\n" * 2000),
    ("toml", b"a=[" * 10000),
    ("go", bytes(range(256)) * 40),
]


@pytest.mark.parametrize(("name", "text"), STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_parsed_whole(name, text):
    language = language_named(name)
    assert language is not None
    assert parse(language, text).root_node.end_byte == len(text)
