"""The bar: on a terminal, for work that lasts, never in CI."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="needs a Unix terminal")

WORK = """
import sys, time
from redline.cli.progress import progress
with progress("Judging", quiet=False) as tick:
    if tick:
        tick(0, 4)
        time.sleep(float(sys.argv[1]))
        tick(3, 4)
print("rich" in sys.modules)
"""


def drawn(seconds: float, **environ: str) -> tuple[str, str]:
    """What stands on the terminal behind the standard error, and what was printed."""
    ours, theirs = pty.openpty()
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "PYTHONPATH")}
    with subprocess.Popen(
        [sys.executable, "-c", WORK, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**clean, "TERM": "xterm", **environ},
        text=True,
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other side is closed
                break
            if not piece:
                break
            seen += piece
        os.close(ours)
        said = process.communicate()[0]
    return seen.decode(), said


def test_long_work_draws_a_bar():
    seen, said = drawn(0.7)
    assert "Judging" in seen
    assert "3/4" in seen
    assert said == "True\n"


def test_short_work_draws_nothing_and_imports_nothing():
    assert drawn(0) == ("", "False\n")


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"TF_BUILD": "True"}, {"TERM": "dumb"}])
def test_no_bar_where_nobody_sees_it(environ):
    assert drawn(0.7, **environ) == ("", "False\n")
