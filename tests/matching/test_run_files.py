"""A run holds what was put into it, tells it alike with and without NumPy, and tells damage."""

from __future__ import annotations

import io
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.matching.lookup import MOST_USES, Lookup
from redline.matching.runs.layout import HEADER_BYTES, MOST_HITS, Layout
from redline.matching.runs.merge import Input, blocks, merge
from redline.matching.runs.run import Run
from redline.matching.runs.write import build

WORDS = st.integers(1, 2**64 - 1)
COMMON = st.sampled_from([1, 2, 3, 2**32, 2**63, 2**64 - 1])
"""Few hashes, so that many pieces share one."""
PRINT = st.tuples(st.one_of(COMMON, WORDS), st.integers(1, 60), st.integers(0, 5000))
PRINTS = st.lists(PRINT, max_size=400)


def run_of(prints):
    columns = zip(*prints, strict=True) if prints else ((), (), ())
    return Run(build(*(np.array(list(column), np.uint64) for column in columns)))


def kept(prints):
    """What a run keeps: of one hash in one piece the first places."""
    places = defaultdict(list)
    for value, piece, place in sorted(prints):
        places[value, piece].append(place)
    return sorted(
        (value, piece, place)
        for (value, piece), all_ in places.items()
        for place in all_[:MOST_HITS]
    )


def held(run):
    return sorted(
        row
        for columns in blocks(run)
        for row in zip(*(column.tolist() for column in columns), strict=True)
    )


def scanned(prints, queries):
    """What a search through all of them finds."""
    by_value = defaultdict(list)
    for value, piece, place in kept(prints):
        by_value[value].append((piece, place))
    hits, uses = [], defaultdict(int)
    for row, value in enumerate(queries):
        uses[value] += 1
        if value and uses[value] <= MOST_USES:
            hits += [(row, *one) for one in sorted(by_value[value])[:MOST_HITS]]
    return hits


@given(PRINTS)
@settings(deadline=None)
def test_a_run_gives_back_what_was_put_in(prints):
    run = run_of(prints)
    run.check()
    assert held(run) == kept(prints)
    assert len(run) == sum(run.counts) == len(kept(prints))


@given(PRINTS, st.lists(st.one_of(COMMON, WORDS, st.just(0)), max_size=40), st.integers(1, 5))
@settings(deadline=None)
def test_a_look_up_finds_what_a_scan_finds_with_and_without_numpy(prints, queries, parts):
    queries += [value for value, _, _ in prints[::7]]
    # A piece is written at once: it lies in one run.
    runs = [run_of([one for one in prints if one[1] % parts == part]) for part in range(parts)]
    lookup = Lookup(list(enumerate(runs, 1)), {})
    expected = scanned(prints, queries)
    assert lookup.find(queries) == expected
    assert lookup.find(np.array(queries, np.uint64)) == expected


@given(PRINTS, st.sets(st.integers(1, 60)), st.integers(1, 5))
@settings(deadline=None)
def test_merged_runs_hold_what_lives_in_them_wherever_it_lay(prints, dead, parts):
    runs = [run_of([one for one in prints if one[1] % parts == part]) for part in range(parts)]
    file = io.BytesIO()
    inputs = [Input(run, run.rows_of(dict.fromkeys(dead, 2), 1)) for run in runs]
    merge(inputs, file)
    living = [one for one in prints if one[1] not in dead]
    # Not only the same content: the same bytes as if it had been written at once.
    assert file.getvalue() == bytes(run_of(living).data)
    queries = sorted({value for value, _, _ in prints})
    dying = Lookup([(1, run) for run in runs], dict.fromkeys(dead, 2))
    assert (
        dying.find(queries)
        == scanned(living, queries)
        == Lookup([(9, Run(file.getvalue()))], dict.fromkeys(dead, 2)).find(queries)
    )
    assert dying.find(np.array(queries, np.uint64)) == scanned(living, queries)
    assert len(dying) == len(kept(living))


def test_runs_of_many_blocks_are_merged_in_order():
    rng = np.random.default_rng(5)
    runs, every = [], []
    for number, count in enumerate((300_000, 120_000, 7, 1), 1):
        hashes = rng.integers(1, 2**64, count, dtype=np.uint64)
        # Pieces in turn, so that no run's pieces lie together.
        columns = (hashes, np.arange(count) % 500 * 4 + number, np.arange(count) // 500)
        every.append(columns)
        runs.append(Run(build(*columns)))
    file = io.BytesIO()
    merge([Input(run) for run in runs], file)
    columns = (np.concatenate(column) for column in zip(*every, strict=True))
    assert file.getvalue() == build(*columns)


def test_pieces_that_died_do_not_hide_those_that_live():
    many = [(77, piece, piece) for piece in range(1, 400)]
    run = run_of(many)
    dead = dict.fromkeys(range(1, 350), 2)
    expected = [(0, piece, piece) for piece in range(350, 350 + MOST_HITS)]
    lookup = Lookup([(1, run)], dead)
    assert lookup.find([77]) == lookup.find(np.array([77], np.uint64)) == expected


def test_a_hash_that_differs_in_its_last_bits_alone_is_another():
    prints = [(2**40 + n, 1, n) for n in range(2000)]
    lookup = Lookup([(1, run_of(prints))], {})
    asked = [2**40 + n for n in range(-50, 2050)]
    expected = [(n + 50, 1, n) for n in range(2000)]
    assert lookup.find(asked) == lookup.find(np.array(asked, np.uint64)) == expected


def test_positions_beyond_32_bits_are_held():
    prints = [(5, 1, 2**32 - 1), (6, 2, 2**32 - 1), (7, 2, 0)]
    run = run_of(prints)
    assert run.layout.position_width == 8
    assert held(run) == prints
    assert Lookup([(1, run)], {}).find([6, 5]) == [(0, 2, 2**32 - 1), (1, 1, 2**32 - 1)]


@pytest.mark.parametrize("column", [1, 2])
def test_numbers_that_fit_into_no_run_are_refused(column):
    row = [[5], [1], [1]]
    row[column] = [2**32]
    with pytest.raises(ValueError, match="32 bits"):
        build(*row)


@pytest.mark.parametrize("count", [1, 10**6, 10**7, 10**8, 4 * 10**9])
def test_a_fingerprint_takes_some_thirteen_bytes_at_any_size(count):
    layout = Layout.of(count, count // 200, count * 5)
    if count == 10**8:
        assert layout.size() / count < 11.2
    assert layout.size() < 15 * count + 200
    assert 8 * layout.tail_width + 32 + layout.bits >= 64


SAMPLE = [(n * 7919, n % 9 + 1, n) for n in range(1, 3000)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-8], "bytes in place of"),
        (lambda data: data + b"\0", "bytes in place of"),
        (lambda data: data[:40], "cut short"),
        (lambda data: b"", "cut short"),
        (lambda data: b"Dear re" + data[7:], "no run"),
        (lambda data: data[:8] + b"\x09" + data[9:], "version 9"),
        (lambda data: data[:20] + b"\x55" + data[21:], "header is damaged"),
    ],
)
def test_what_is_no_run_is_told_when_it_is_opened(change, words):
    with pytest.raises(ValueError, match=words):
        Run(change(bytes(run_of(SAMPLE).data)))


@given(st.integers(HEADER_BYTES, len(run_of(SAMPLE).data) - 1), st.integers(1, 255))
@settings(deadline=None, max_examples=60)
def test_a_changed_byte_is_found_by_a_check_and_crashes_nothing(at, change):
    data = bytearray(run_of(SAMPLE).data)
    sections = Run(bytes(data)).layout.sections().values()
    data[at] ^= change
    run = Run(bytes(data))
    if any(section.start <= at < section.end for section in sections):
        with pytest.raises(ValueError, match="damaged"):
            run.check()
    lookup = Lookup([(1, run)], {})
    queries = [value for value, _, _ in SAMPLE]
    for asked in (queries, np.array(queries, np.uint64)):
        try:
            lookup.find(asked)
        except Exception as error:
            assert type(error).__name__ == "IndexFault"  # noqa: PT017 - any other is a crash
