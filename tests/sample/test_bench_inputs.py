"""What the benchmarks read is the same everywhere, and readers understand all of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from redline.origins.sessions.reading import open_session

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmarks, which are no part of the package."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    return lambda name: import_module(f"bench.{name}")


def test_generated_sessions_are_the_same_bytes_everywhere(bench, tmp_path):
    (path,) = bench("corpus").sessions(tmp_path, 5_000_000)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == "9b39c538120e10f854343ec7183df7a2c26576dd93c77b14ac85c3daa61bb8b8"


def test_generated_sessions_are_read_without_a_skip(bench, tmp_path):
    (path,) = bench("corpus").sessions(tmp_path, 5_000_000)
    kinds = Counter(type(event).__name__ for event in open_session(path))
    assert kinds["Unread"] == 0
    assert kinds["Produced"] > 100


def test_figures_replace_only_what_stands_between_the_markers(bench, tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text("# Head\n<!-- measured: begin -->\nold\n<!-- measured: end -->\ntail\n")
    bench("page").write(page, "new")
    assert page.read_text() == (
        "# Head\n<!-- measured: begin -->\nnew\n<!-- measured: end -->\ntail\n"
    )


def test_a_page_without_markers_is_not_touched(bench, tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text("# Head\n")
    with pytest.raises(ValueError, match="lacks the lines"):
        bench("page").write(page, "new")
    assert page.read_text() == "# Head\n"


def test_a_contender_that_fails_is_not_measured(bench, tmp_path):
    measure = bench("measure")
    with pytest.raises(RuntimeError, match=r"^git ended with 129:"):
        measure.once(measure.Command("git", ["git", "--no-such-option"], tmp_path))


def test_ratios_compare_runs_that_followed_each_other(bench):
    measure = bench("measure")
    ours = measure.Median("ours", tuple(measure.Run(wall, 1.0, 1) for wall in (1.0, 4.0, 3.0)))
    theirs = measure.Median("theirs", tuple(measure.Run(wall, 1.0, 1) for wall in (2.0, 8.0, 2.0)))
    assert ours.ratio(theirs) == 0.5
