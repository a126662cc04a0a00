"""Parquet files are judged by their text columns, or counted as not judged."""

from __future__ import annotations

import io

import pytest

from assistant_log import Log, indexed
from maze import WALK


@pytest.fixture
def columns():
    """A Parquet file with a function in a text column."""
    arrow = pytest.importorskip("pyarrow", reason="install redline-lint[parquet]")
    parquet = pytest.importorskip("pyarrow.parquet", reason="install redline-lint[parquet]")
    out = io.BytesIO()
    parquet.write_table(arrow.table({"id": [1, 2], "solution": ["x = 1", WALK]}), out)
    return out.getvalue()


def test_a_text_column_is_judged_as_its_file(project, columns, tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.write("scratch/walk.py", WALK)
    indexed(tmp_path / "sessions", project.index)
    project.write("graders/answers.parquet", columns)
    code, places, skipped = project.judged()
    assert (code, places, skipped) == (1, [("graders/answers.parquet", 1)], {})


def test_a_damaged_file_is_counted(project, columns):
    project.write("graders/answers.parquet", columns[:8] + b"\xff" * 40 + columns[-4:])
    code, _, skipped = project.judged()
    assert code == 3
    assert skipped == {"graders/answers.parquet": "its Parquet columns cannot be read"}


def test_without_the_library_the_file_is_counted(project, columns, tmp_path):
    hidden = tmp_path / "hidden" / "pyarrow"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('as if it were not installed')\n")
    project.write("graders/answers.parquet", columns)
    done = project.lint(PYTHONPATH=str(hidden.parent))
    assert done.returncode == 3
    assert "redline-lint[parquet]" in done.stdout + done.stderr
