"""Texts that would end or stall the parser are refused before it sees them."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.syntax.languages import language_named
from redline.syntax.trees import MAX_BYTES, Repetition, UnparsedError, parse, repetitions

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
    ("python", b"(" * 20000, "repeats one word for too long to parse"),
    ("json", b"[" * 20000, "repeats one word for too long to parse"),
    ("javascript", b"`${" * 10000, "repeats one word for too long to parse"),
    ("shell", b"cat <<A <<B\n" * 2000, "repeats one word for too long to parse"),
    ("toml", b"a=[" * 10000, "repeats one word for too long to parse"),
    ("c", b"x=>" * 7000, "repeats one word for too long to parse"),
    ("c", b"int main() {" + b"lambda=>" * 2500 + b"}", "repeats one word for too long to parse"),
    ("css", b":a" * 20000, "repeats one word for too long to parse"),
    ("csharp", b"<a" * 10000, "repeats one word for too long to parse"),
    ("php", b"<?php " + b"a," * 10000, "repeats one word for too long to parse"),
    ("scala", b"**,\n" * 5000, "repeats one word for too long to parse"),
    ("swift", b"/*" * 10000, "repeats one word for too long to parse"),
    ("swift", b"/*\n" * 7000, "repeats one word for too long to parse"),
    ("swift", b"&\n" * 10000, "repeats one word for too long to parse"),
    ("swift", b"#" * 100000, "repeats one word for too long to parse"),
    ("scala", b"`" * 100000, "repeats one word for too long to parse"),
    ("swift", b"<!-- " * 4000, "repeats one word for too long to parse"),
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
    ("go", bytes(range(256)) * 40),
]


@pytest.mark.parametrize(("name", "text"), STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_parsed_whole(name, text):
    language = language_named(name)
    assert language is not None
    assert parse(language, text).root_node.end_byte == len(text)


TABLES = [
    ("c", b"int zeros[] = {" + b"0x00, " * 5000 + b"};\nint f(void) { return 1; }\n"),
    ("javascript", b"const zeros = [" + b"0," * 20000 + b"]\n"),
    ("python", b"x = 1\n" * 10000),
    ("python", b"(" * 2500 + b"1" + b")" * 2500),
    ("ruby", b"# " + b"-" * 5000 + b"\nx = 1\n"),
    ("css", b"a { color: red; }\n" * 5000),
]


@pytest.mark.parametrize(("name", "text"), TABLES, ids=range(len(TABLES)))
def test_what_repeats_itself_by_right_is_parsed(name, text):
    language = language_named(name)
    assert language is not None
    assert repetitions(text)
    assert parse(language, text).root_node.end_byte == len(text)


@given(
    st.binary(min_size=1, max_size=64).filter(lambda word: not word.isspace()),
    st.integers(2500, 9000),
    st.binary(max_size=3000),
    st.binary(max_size=3000),
)
def test_every_repetition_is_found(word, length, before, behind):
    run = (word * (length // len(word) + 1))[:length]
    found = repetitions(before + run + behind)
    assert any(
        part.start <= len(before) + 64 and part.end >= len(before) + length - 64 for part in found
    )
    for part in found:
        text = (before + run + behind)[part.start : part.end]
        assert text[part.period :] == text[: -part.period]


def test_mixed_texts_do_not_repeat_themselves():
    text = b"".join(b"%d," % number for number in range(5000))
    assert repetitions(text) == []
    assert repetitions(b" " * 100000) == []
    assert repetitions(b"ab" * 2000) == [Repetition(0, 4000, 2)]


def test_nothing_of_a_text_is_kept_when_its_tree_is_gone():
    # An editor has texts parsed for days; the parser's binding keeps what it was handed.
    language = language_named("python")
    texts = [f"x = {number}\n".encode() * 5_000 for number in range(20)]
    held = []
    tracemalloc.start()
    try:
        for text in texts:
            parse(language, text)
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # From the third on two trees are always in the cache.
    assert held[-1] - held[3] < 2_000


def test_a_node_tells_its_text_over_many_pieces():
    text = b'name = """' + "é line\n".encode() * 1_000 + b'"""\n'
    root = parse(language_named("python"), text).root_node
    assert root.text == text
    assert root.children[0].children[0].children[0].text == b"name"
