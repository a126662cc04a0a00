"""No text ends or stalls a grammar: each is fed broken samples in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from redline.syntax.languages import language_of

HERE = Path(__file__).parent
SAMPLES = [*sorted((HERE / "samples").iterdir()), HERE / "test_units.py"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_broken_samples(sample, tmp_path):
    language = language_of(sample.name)
    assert language is not None
    last = tmp_path / "last"
    # The limit is for a stall, which is without end; the work itself takes seconds.
    done = subprocess.run(
        [sys.executable, HERE / "hostile.py", language.name, sample, last],
        timeout=300,
        capture_output=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, (done.stderr[-2000:], last.read_bytes()[:2000])
