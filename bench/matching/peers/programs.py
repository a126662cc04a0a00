"""Peers run as processes of their own: nothing lasts, and start-up is part of the time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..tools import Answer, Claim, Missing

ROOT = Path(__file__).resolve().parents[3]
HINT = "make bench-matching installs it"
_TAIL = 20
"""Lines of a failed program's errors that are shown."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a program printed, and its wall time in seconds."""

    text: str
    seconds: float


def run(command: Sequence[str | Path], folder: Path = ROOT) -> Output:
    """Run ``command`` in ``folder``; raise ``RuntimeError`` with its last words if it fails."""
    begun = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-_TAIL:])
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}:\n{last}")
    return Output(done.stdout, seconds)


def ask(command: Sequence[str | Path]) -> Answer:
    """Run a program that prints one claim a line, as ``show`` writes them."""
    output = run(command)
    return Answer(tuple(_claims(output.text.splitlines())), output.seconds)


def show(claims: Iterable[Claim]) -> None:
    """Print claims, one a line: a JSON array of path, first, last, score and source."""
    for claim in claims:
        fields = [claim.path, claim.first, claim.last, claim.score, claim.source]
        sys.stdout.write(json.dumps(fields) + "\n")


def python(module: str, language: str, told: Path, asked: Path) -> Answer:
    """Ask a module of this package, whose ``main`` prints claims, in a process of its own."""
    start = f"from {module} import main; main()"
    return ask([sys.executable, "-c", start, language, told.resolve(), asked.resolve()])


def installed(package: str) -> str:
    """Name the version of a Python package; raise ``Missing`` where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        raise Missing(f"{package} is not installed: {HINT}") from None


def best(claims: Iterable[Claim]) -> list[Claim]:
    """Keep of claims on the same lines the one with the highest score.

    Common lines stand in many told files; what is claimed at any threshold stays the same.
    """
    kept: dict[tuple[str, int, int], Claim] = {}
    for claim in claims:
        key = (claim.path, claim.first, claim.last)
        if key not in kept or kept[key].score < claim.score:
            kept[key] = claim
    return list(kept.values())


def _claims(lines: Iterable[str]) -> Iterator[Claim]:
    for line in lines:
        path, first, last, score, source = json.loads(line)
        yield Claim(path, first, last, score, source)
