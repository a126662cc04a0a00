"""Tokens and grams: two implementations, one definition, and what no formatter changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.matching import bulk
from redline.matching.bulk_prints import keep
from redline.matching.keyed import keyed
from redline.matching.prints import take
from redline.matching.tokens import (
    ABSTRACT_K,
    ABSTRACT_W,
    RAW_K,
    RAW_W,
    tokenise,
)
from redline.matching.tokens import abstract_grams as _abstract_grams


def abstract_grams(tokens):
    return _abstract_grams(tokens.hashes, tokens.parameters)


COLUMNS = (
    "starts ends hashes raw abstract words line_starts line_tokens lines shapes weights"
).split()
STREAM = "rows hashes parameters codes lines".split()

ODD = st.sampled_from(
    [
        b"", b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xc3", "größe = 1".encode(), b"'", b",",
        b"import os\n", b"x" * 40, b"self.value", b"value", b"_a", b"$b", b"0x1f", b".", b"..",
        b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\xa0", b"return", b" ", b"\t", b"a\nb", b"#", b"# ",
        b"//", b" // ", b"\n* ", b"\n-- ", b"/*", b"the Dog and a cat sat ", b"e.g. ", b"2 ",
    ]
)  # fmt: skip
texts = st.lists(ODD | st.binary(max_size=8), max_size=60).map(b"".join)
NAMES = "alpha beta gamma delta epsilon zeta eta theta".split()
WORDS = [*NAMES, "if", "return", "(", ")", "=", "+", "[", "]", ".", ":", "1", "27", "for", "in"]
programs = st.lists(st.sampled_from(WORDS), min_size=15, max_size=120)


def columns(text, *, bulk):
    prints = take(text, bulk=bulk)
    found = {name: [int(value) for value in getattr(prints, name)] for name in COLUMNS}
    for stream in ("code", "prose"):
        for name in STREAM:
            column = getattr(getattr(prints, stream), name)
            found[f"{stream} {name}"] = [int(value) for value in column]
    return found


@given(texts)
@settings(max_examples=300, deadline=None)
def test_plain_and_numpy_fingerprints_are_the_same_for_any_bytes(text):
    assert columns(text, bulk=True) == columns(text, bulk=False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n" * 3000, id="only line ends"),
        pytest.param(b"\0" * 5000, id="NUL"),
        pytest.param(b"\xff" * 100_000, id="one token of 100 kB"),
        pytest.param(b"(" * 20_000, id="one token a byte"),
        pytest.param(b"a = b\r\nc = d\r\n" * 500, id="CR LF"),
        pytest.param(bytes(range(256)) * 20, id="every byte"),
        pytest.param(b"x" * 7 + b" " + b"x" * 8 + b" " + b"x" * 16 + b" " + b"x" * 17, id="sizes"),
    ],
)
def test_plain_and_numpy_fingerprints_agree_on_awkward_texts(text):
    assert columns(text, bulk=True) == columns(text, bulk=False)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.binary(min_size=16, max_size=16))
def test_plain_and_numpy_keys_are_the_same_and_leave_zero_alone(values, key):
    arrays = keyed(np.array(values, np.uint64), key)
    assert [int(value) for value in arrays] == keyed(values, key)
    assert keyed([0], key) == [0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("""x = {'a': 1, 'b': 2}""", """x = {"a": 1, "b": 2,}"""),
        ("f(a, b)", "f(\n    a,\n    b,\n)"),
        ("if a :\n\treturn  b ;", "if a:\r\n    return b"),
        ("total = one + \\\n    two", "total = one + two"),
        ("say(`hello there`)", "say('hello there')"),
    ],
)
def test_a_formatter_changes_no_token(before, after):
    assert list(tokenise(before.encode()).hashes) == list(tokenise(after.encode()).hashes)


@given(programs, st.permutations(NAMES))
def test_consistent_renaming_keeps_every_abstract_gram(words, others):
    renamed = dict(zip(NAMES, (f"{name}_{n}" for n, name in enumerate(others)), strict=True))
    # What follows a dot is an attribute, which no rename inside a file reaches.
    words = [word for word in words if word != "."]
    before = tokenise(" ".join(words).encode())
    after = tokenise(" ".join(renamed.get(word, word) for word in words).encode())
    assert abstract_grams(before) == abstract_grams(after)


def test_swapped_names_are_another_text():
    code = "def move(source, target): target.put(source.take() + 1, {0}) ; return [{0}, {1}]"
    one = abstract_grams(tokenise(code.format("source", "target").encode()))
    other = abstract_grams(tokenise(code.format("target", "source").encode()))
    assert {*one} - {*other} - {0}


def kept(text):
    """The kept grams of a text, by hash, raw and abstract together."""
    prints = take(text)
    rows = keep(prints)
    rare = sum(weight >= 8 for weight in prints.weights)
    return set(rows.hashes[: len(rows.hashes) - rare].tolist())


def queried(text):
    """Every gram that a search looks up."""
    prints = take(text)
    return {int(gram) for gram in (*prints.raw, *prints.abstract)} - {0}


@given(programs, programs, programs, st.data())
@settings(deadline=None)
def test_every_shared_run_of_fifteen_tokens_shares_a_fingerprint(before, shared, after, data):
    size = RAW_K + RAW_W - 1
    start = data.draw(st.integers(0, len(shared) - size))
    run = shared[start : start + size]
    written = " ".join([*before, *run, *after]).encode()
    pasted = " ".join([*after, *run, *before]).encode()
    assert kept(written) & queried(pasted)


spoken = st.lists(
    st.sampled_from("the heron waits at a weir until no mill wheel turns and dusk falls".split()),
    min_size=5,
    max_size=30,
)


@given(spoken, st.permutations("amber birch candle dune ember fjord gale hollow isle".split()))
def test_nine_words_of_prose_share_a_fingerprint_whatever_their_marks(around, words):
    written = " ".join([*around, *words, *around])
    loud = [f"**{word.capitalize()}**" if at % 4 == 0 else word for at, word in enumerate(words)]
    moved = [*around, *loud[:5], "\n#", *loud[5:], *around]
    prints = take(f"# {' '.join(moved)}\n".encode(), bulk=True)
    piece = keep(take(written.encode(), bulk=True))
    told = piece.hashes[piece.raw + piece.abstract : piece.line_from]
    assert {int(value) for value in told} & {int(value) for value in prints.words}


@given(st.lists(st.sampled_from(["größe", "= ", "漢字", "(", "\n", " ", "x1", "'é'", "🙂"])))
@settings(deadline=None)
def test_tokens_stand_at_their_bytes_whatever_the_letters(parts):
    text = "".join(parts).encode()
    for vectors in (False, True):
        prints = take(text, bulk=vectors)
        tokens = [text[a:b] for a, b in zip(prints.starts, prints.ends, strict=True)]
        assert b"".join(tokens) == bytes(c for c in text if c not in b" \t\r\n\f\v\"'`,;\\")
        assert list(prints.starts) == sorted(prints.starts)


@given(programs, st.permutations(range(400, 460)), st.permutations(NAMES))
@settings(deadline=None)
def test_every_long_renamed_run_that_says_something_shares_a_fingerprint(noise, seeds, others):
    size = ABSTRACT_K + ABSTRACT_W - 1
    # Numbers of their own make each gram varied enough to count.
    run = [
        word for seed, name in zip(seeds, others * 3, strict=False) for word in (name, str(seed))
    ]
    run = run[: size + 2]
    renamed = dict(zip(NAMES, (f"other{n}" for n in range(len(NAMES))), strict=True))
    written = " ".join([*noise, "}", *run, "{", *noise]).encode()
    pasted = " ".join(["(", *(renamed.get(word, word) for word in run), ")"]).encode()
    assert kept(written) & queried(pasted)


@given(st.lists(st.integers(0, 2**63), max_size=200), st.integers(1, 9))
def test_winnowing_takes_one_of_every_window(grams, window):
    values = np.array(grams, np.uint64)
    chosen = set(bulk.winnow(values, window).tolist())
    for start in range(len(grams) - window + 1):
        assert chosen & set(range(start, start + window))


def test_winnowing_in_blocks_chooses_what_one_pass_would():
    values = np.random.default_rng(3).integers(0, 2**63, (1 << 20) + 50_000).astype(np.uint64)
    chosen = bulk.winnow(values, 6)
    around = (1 << 20) - 5_000
    tail = bulk.winnow(values[around:], 6) + around
    assert set(tail[tail > around + 6].tolist()) <= set(chosen.tolist())
