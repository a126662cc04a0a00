"""Redline as a contender: one session that wrote every told file, one question for each other."""

from __future__ import annotations

import bisect
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redline
from redline.detect.sessions import SessionDetector
from redline.model import Strength

from ..told import ask, tell
from .tools import LANGUAGES, Answer, Claim


class Redline:
    """The shipped thresholds; ``score`` is bits, ``sure`` is what Redline calls matched."""

    name = "Redline"

    def version(self) -> str:
        """The version of the package that is imported."""
        return redline.__version__

    def languages(self) -> frozenset[str]:
        """All of them."""
        return frozenset(LANGUAGES)

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Index the told files and ask about the others, which lie in another project."""
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="redline-bench-") as folder:
            index = tell(Path(folder), _texts(told))
            with SessionDetector.open(index) as sessions:
                claims = [
                    claim for path, text in _texts(asked) for claim in _claims(sessions, path, text)
                ]
        return Answer(tuple(claims), time.perf_counter() - started)


def _claims(sessions: SessionDetector, path: str, text: str) -> Iterator[Claim]:
    starts = [0]
    for line in text.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    for item in ask(sessions, path, text):
        first = bisect.bisect_right(starts, item.span.start) - 1
        last = bisect.bisect_right(starts, max(item.span.start, item.span.end - 1)) - 1
        sure = item.strength is Strength.MATCHED
        yield Claim(path, first, last, item.bits or 0.0, item.source, sure)


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes().decode()
