"""Figures by examples that were counted by hand, and intervals of known values."""

import numpy as np
import pytest
from bench.matching import intervals, scoring
from bench.matching.cases import Case
from bench.matching.tools import Claim


def case(name, first, last, lines=20):
    text = "".join(f"line {n}\n" for n in range(lines))
    return Case(name, "python", "verbatim", f"verbatim/{name}.py", text, first, last, "told.py")


def claim(path, first, last, score=100.0, sure=True):
    return Claim(path, first, last, score, None, sure)


COPIES = [case("000", 5, 8), case("001", 5, 8), case("002", 5, 8), case("003", 5, 8)]
UNTOUCHED = [case(f"u{n}", -1, -1) for n in range(4)]


def scored(*claims, least=0.0):
    return scoring.score(COPIES, UNTOUCHED, scoring.regions(claims, least))


def test_claims_that_overlap_or_touch_are_one_region():
    claims = [claim("a", 1, 3), claim("a", 4, 6, sure=False), claim("a", 8, 9), claim("b", 2, 2)]
    regions = scoring.regions(claims)
    assert [(one.first, one.last, one.sure) for one in regions["a"]] == [(1, 6, True), (8, 9, True)]
    assert len(regions["b"]) == 1


def test_half_of_the_copied_lines_is_found_and_less_is_not():
    score = scored(claim("verbatim/000.py", 7, 8), claim("verbatim/001.py", 8, 8))
    assert (score.copies, score.found) == (4, 1)
    assert score.recall.value == 0.25
    assert score.lines.value == pytest.approx(3 / 16)


def test_blank_lines_of_a_copy_count_for_nothing():
    text = "a\n\n\n\nb\nc\n"
    copy = Case("0", "python", "verbatim", "p.py", text, 0, 4, "")
    assert scoring.is_found(copy, scoring.regions([claim("p.py", 0, 0)])["p.py"])


def test_precision_counts_wrong_regions_beside_copies_and_in_untouched_files():
    score = scored(
        claim("verbatim/000.py", 5, 8),
        claim("verbatim/000.py", 15, 16),
        claim("verbatim/u1.py", 0, 3),
        claim("verbatim/001.py", 5, 8),
    )
    assert score.precision.value == 0.5
    assert score.recall.value == 0.5
    assert score.f1.value == pytest.approx(0.5)
    assert score.line_precision.value == pytest.approx(8 / 14)


def test_edges_are_measured_where_the_copy_was_found():
    score = scored(claim("verbatim/000.py", 5, 9), claim("verbatim/001.py", 2, 8))
    assert score.edge_error.value == pytest.approx(((0 + 1) / 2 + (3 + 0) / 2) / 2)
    assert score.edges.value == 0.5


def test_suspicions_are_found_and_not_beyond_doubt():
    score = scored(claim("verbatim/000.py", 5, 8), claim("verbatim/001.py", 5, 8, sure=False))
    assert score.found == 2
    assert score.sure.value == 0.5


def test_nothing_claimed_is_nothing_found():
    score = scored()
    assert score.f1.value == score.recall.value == 0.0


def test_the_best_threshold_is_the_one_that_drops_the_wrong_claims():
    right = [claim(one.path, 5, 8, score=50) for one in COPIES]
    wrong = [claim(one.path, 1, 2, score=10) for one in UNTOUCHED]
    assert scoring.best_threshold({"verbatim": COPIES}, UNTOUCHED, right + wrong) == 50


def test_regions_in_strangers_are_a_rate_with_exact_bounds():
    claims = [claim("s", 1, 2), claim("s", 5, 6, sure=False), claim("t", 1, 2)]
    rate = scoring.rate(claims, 300_000)
    assert (rate.count, rate.sure) == (3, 2)
    assert rate.per_100k.value == pytest.approx(1.0)
    assert rate.per_100k.low == pytest.approx(0.6187 / 3, abs=1e-3)
    assert rate.per_100k.high == pytest.approx(8.7673 / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)],
)
def test_wilson_gives_the_published_bounds(hits, total, low, high):
    assert intervals.wilson(hits, total) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904), (100, 81.364, 121.627)],
)
def test_poisson_gives_the_published_bounds(count, low, high):
    assert intervals.poisson(count) == pytest.approx((low, high), abs=1e-3)


def test_resampling_is_the_same_every_time_and_covers_the_mean():
    counts = np.array([[1.0, 0.0], [1.0, 1.0]] * 40)

    def share(sums):
        return sums[:, 1] / sums[:, 0]

    low, high = intervals.resampled(counts, share)
    assert (low, high) == intervals.resampled(counts, share)
    assert 0.35 < low < 0.5 < high < 0.65
