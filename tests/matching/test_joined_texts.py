"""Texts fingerprinted together give what each gives alone, and subtracting keeps them apart."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fingerprints import programs, texts

from redline.matching.bulk_prints import keep, keep_of, take_bulk
from redline.matching.joined import BETWEEN, batches
from redline.matching.pieces import make_batches, make_piece, read_batches
from redline.matching.seen import Seen

SHORT = st.binary(max_size=6) | st.sampled_from(
    [b"", b"\n", b"\n\n", BETWEEN, b"\0", b"a b c d e f g h i j", b"# so long", b"x" * 399 + b"#"]
)
LONG_LINE = b"// " + b"torch " * 66 + b"t"
PROSE = b"Take the second corridor on the left, then light the torch\n"
some_texts = st.lists(
    texts
    | SHORT
    | programs.map(lambda words: " ".join(words).encode())
    | programs.map(lambda words: "\n".join(words).encode())
    | st.sampled_from([PROSE, PROSE * 3, PROSE[:-1], LONG_LINE, LONG_LINE + b"\n"]),
    max_size=9,
)


def columns(piece):
    """A piece's columns, as they would be stored."""
    found = {field.name: getattr(piece, field.name) for field in fields(piece)}
    kept = found.pop("kept")
    found |= {field.name: getattr(kept, field.name) for field in fields(kept)}
    return {
        name: getattr(value, "tolist", lambda value=value: value)() for name, value in found.items()
    }


@given(some_texts, st.lists(st.booleans(), min_size=9, max_size=9))
@settings(max_examples=300, deadline=None)
def test_pieces_made_together_are_those_made_alone(produced, codes):
    told = list(zip(produced, codes, strict=False))
    pieces = [piece for batch in make_batches(told) for piece in batch.split()]
    alone = [make_piece(text, code=code) for text, code in told]
    assert [columns(piece) for piece in pieces] == [columns(piece) for piece in alone]


@given(some_texts)
@settings(max_examples=300, deadline=None)
def test_texts_read_together_have_the_hashes_of_each(shown):
    together = [set() for _ in shown]
    for hashes, numbers in read_batches(shown):
        for value, number in zip(hashes.tolist(), numbers.tolist(), strict=True):
            together[number].add(value)
    alone = [keep_of([text])[0] for text in shown]
    assert together == [set(hashes.tolist()) for hashes in alone]
    assert together == [set(keep(take_bulk(text)).hashes.tolist()) for text in shown]


@given(some_texts, some_texts)
@settings(max_examples=200, deadline=None)
def test_what_was_read_is_taken_out_of_each_text_alone(produced, shown):
    seen = Seen()
    for hashes, _ in read_batches(shown):
        seen.add(hashes)

    def less(told):
        found = []
        for batch in make_batches(told):
            batch.known_by(lambda hashes, _: seen.holds(hashes))
            found += [columns(piece) for piece in batch.split()]
        return found

    told = [(text, True) for text in [*produced, *shown]]
    assert less(told) == [one for text in told for one in less([text])]


@pytest.mark.parametrize("size", [0, 1, 1000, 200_000])
def test_batches_cover_all_texts_in_order_and_stay_small(size):
    lengths = [size, 5, 0, size, size, 400, 7, 500_000, 3]
    parts = list(batches([b"a" * length for length in lengths]))
    numbers = [number for part in parts for number in range(part.start, part.stop)]
    assert numbers == list(range(len(lengths)))
    for part in parts:
        assert part.stop - part.start == 1 or sum(lengths[part]) <= 192 * 1024
    assert list(batches([])) == []


def test_a_run_of_lines_that_were_read_ends_with_its_text():
    lines = [f"lantern_{n} = kindle({n}, wick=long)\n".encode() for n in range(8)]
    seen = Seen()
    for hashes, _ in read_batches([b"".join(lines)]):
        seen.add(hashes)
    # Three lines and three more are no five in a row.
    told = [(b"".join(part), True) for part in (lines[:3], lines[3:6], lines[:6])]
    [batch] = make_batches(told)
    batch.known_by(lambda hashes, _: seen.holds(hashes))
    left = [np.count_nonzero(piece.lines) for piece in batch.split()]
    assert left == [3, 3, 0]
