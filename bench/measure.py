"""Run whole processes in turn and keep what the operating system says about them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """One contender: what is run, where, and what must be so before each run."""

    name: str
    argv: Sequence[str | Path]
    cwd: Path
    codes: frozenset[int] = frozenset({0})
    """Exit codes of a run that did its work: a linter with findings is not a failure."""
    before: Callable[[], object] | None = None
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Run:
    """What one process and its children took: seconds, and bytes at the peak."""

    wall: float
    cpu: float
    rss: int


@dataclass(frozen=True)
class Median:
    """Medians over the runs of one command."""

    name: str
    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """Seconds on the clock."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Seconds of processor time, user and system, children included."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def rss(self) -> float:
        """Bytes resident in the largest process at its peak."""
        return statistics.median(run.rss for run in self.runs)

    def ratio(self, other: Median) -> float:
        """Median over the pairs of runs of this wall time by the other's.

        The two of a pair ran one after the other, so a neighbour's load hits both.
        """
        return statistics.median(
            mine.wall / theirs.wall for mine, theirs in zip(self.runs, other.runs, strict=True)
        )


def compete(commands: Sequence[Command], runs: int) -> list[Median]:
    """Run the commands in turn, A B A B, after one round that only warms the page cache."""
    kept: list[list[Run]] = [[] for _ in commands]
    for number in range(runs + 1):
        for taken, command in zip(kept, commands, strict=True):
            if command.before is not None:
                command.before()
            run = once(command)
            if number:
                taken.append(run)
    return [
        Median(command.name, tuple(taken)) for command, taken in zip(commands, kept, strict=True)
    ]


def once(command: Command) -> Run:
    """Run one command; raise ``RuntimeError`` when its exit code is not one of its own."""
    with open(os.devnull, "r+b") as null:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command.argv],
            cwd=command.cwd,
            env=dict(command.environment) if command.environment is not None else None,
            stdin=null,
            stdout=null,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        said = process.stderr.read()
        # wait4 and not wait: it also tells what the process took.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.stderr.close()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.codes:
        tail = said.decode("utf-8", "replace").strip()[-2000:]
        raise RuntimeError(f"{command.name} ended with {process.returncode}:\n{tail}")
    # Linux counts in KiB. The figure cannot fall below this process's own size at the start of
    # the child, so this process stays small: it imports neither NumPy nor the corpus.
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
