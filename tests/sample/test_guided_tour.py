"""``make try``: the tour works, and a repository that is only visited stays as it was."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def try_it(home, *arguments):
    """Run the script as make does, with a home in which no assistant ever worked."""
    clean = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, CHECKOUT / "scripts" / "try.py", *arguments],
        env=clean | {"HOME": str(home), "TMPDIR": str(home), "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def fingerprint(folder):
    """Every file below with its bytes and the time of its last change."""
    return {
        path.relative_to(folder): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_the_tour_shows_findings_and_says_what_they_mean(home):
    done = try_it(home)
    assert (done.returncode, done.stderr) == (0, "")
    heads = [line for line in done.stdout.splitlines() if line[:2] in ("1.", "2.", "3.", "4.")]
    assert heads == [
        "1. A small evaluation repository, and what three assistants recorded meanwhile",
        "2. Read the sessions: fingerprints are kept, never text",
        "3. Lint: which of it lies where no assistant may write?",
        "4. Why that line?",
    ]
    assert "Found 7 errors in 7 files." in done.stdout
    assert "What you saw" in done.stdout


def test_a_visited_repository_is_not_written_to(home, tmp_path):
    subprocess.run(
        [sys.executable, CHECKOUT / "scripts" / "sample.py", tmp_path / "sample"], check=True
    )
    repository = tmp_path / "sample" / "maze-evals"
    before = fingerprint(repository)
    done = try_it(home, repository)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rubrics/clarity.md: 1 error" in done.stdout
    assert fingerprint(repository) == before
    assert list(home.glob("redline-try-*")) == []


def test_a_folder_that_is_not_there_is_named(home):
    done = try_it(home, "nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "error: there is no folder nowhere\n",
    )
