"""Count the work that a run does, where a clock would tell of the machine as well."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from types import FrameType


def steps_of(run: Callable[[], object]) -> int:
    """Lines of Python that ``run`` executes: the same on every machine and under any load.

    What one line leaves to C (sorting, NumPy, SQLite) counts as one step.
    """
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def growth(run_at: Callable[[int], Callable[[], object]], size: int) -> float:
    """How much more work twice the size is: about 2 for linear work, 4 for its square.

    ``run_at(size)`` prepares a run and returns it; preparing is not counted.
    """
    # What is loaded or made at the first use is no part of the work.
    run_at(16)()
    small = steps_of(run_at(size))
    return steps_of(run_at(2 * size)) / small


def peak_of(program: str, *words: str, limit: int | None = None) -> int:
    """Run a Python program in a process of its own; return its peak of resident memory in bytes.

    ``limit`` is the most address space it may take, in bytes; beyond it allocation fails.
    """

    def restrict() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    code = f"{program}\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=restrict,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # macOS counts in bytes, all others in KiB.
    return int(done.stdout.split()[-1]) * (1 if sys.platform == "darwin" else 1024)
