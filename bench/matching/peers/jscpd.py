"""jscpd: equal runs of tokens over a whole tree, white space ignored, names and values kept.

Settings: its defaults (50 tokens and 5 lines at least, mode ``mild``), the JSON report, and
``--formats-exts`` so that JSON Lines are read as JSON. Both folders lie in one tree under numbers
for names, the told files first: it ties each clone to the first place that has it, in the order of
the paths. The score is its number of tokens.

Where two asked files share more than a told file has, it ties the later one to the earlier one
alone. Its report then says the rest in two steps: lines that it calls equal to lines that it calls
equal to told ones. Such chains are followed, down to its least number of lines, and the score goes
down with the lines that are left.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tools import LANGUAGES, Answer, Claim, Missing
from .programs import HINT, best, installed, run
from .texts import files

_TOLD, _ASKED = "0", "1"
_LEAST = 5
"""Lines of the shortest clone by default."""
_OPTIONS = (
    *("--reporters", "json"),
    *("--output", "report"),
    *("--formats-exts", "json:jsonl"),
    "--no-gitignore",
    "--no-tips",
    "--silent",
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a file, from 0, inclusive."""

    path: str
    first: int
    last: int

    def within(self, other: Stretch) -> bool:
        """Tell whether ``other`` has all of these lines."""
        return self.path == other.path and other.first <= self.first and self.last <= other.last


@dataclass(frozen=True, slots=True)
class Clone:
    """Two stretches that jscpd calls equal."""

    one: Stretch
    other: Stretch
    tokens: int


class Jscpd:
    """The program that its Python package brings."""

    name = "jscpd"

    def version(self) -> str:
        """Name the installed version; raise ``Missing`` where there is none."""
        found = installed("jscpd")
        self._program()
        return found

    def languages(self) -> frozenset[str]:
        """Say that it reads all: it has a format for each."""
        return frozenset(LANGUAGES)

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Claim the asked side of clones whose other side is told."""
        with tempfile.TemporaryDirectory() as scratch:
            tree = Path(scratch, "tree")
            names = {**_copied(told, tree, _TOLD), **_copied(asked, tree, _ASKED)}
            output = run([self._program(), *_OPTIONS, "."], tree)
            report = json.loads((tree / "report/jscpd-report.json").read_bytes())
        return Answer(tuple(_claims(report["duplicates"], names)), output.seconds)

    def _program(self) -> Path:
        program = Path(sys.executable).with_name("jscpd")
        if not program.is_file():
            raise Missing(f"jscpd is not installed: {HINT}")
        return program


def _copied(folder: Path, tree: Path, side: str) -> Mapping[str, str]:
    """Copy to numbered names, so that none is hidden or ignored; the old names by the new."""
    names = {}
    (tree / side).mkdir(parents=True)
    for number, (name, path) in enumerate(files(folder).items()):
        own = f"{side}/{number:06}{path.suffix}"
        shutil.copyfile(path, tree / own)
        names[own] = name
    return names


def _claims(duplicates: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Claim]:
    clones = [
        Clone(_stretch(one["firstFile"]), _stretch(one["secondFile"]), one["tokens"])
        for one in duplicates
    ]
    links: dict[str, list[tuple[Stretch, Stretch]]] = defaultdict(list)
    direct: list[tuple[Stretch, float, str]] = []
    for clone in clones:
        for here, there in ((clone.one, clone.other), (clone.other, clone.one)):
            if _told(here):
                continue
            if _told(there):
                direct.append((here, clone.tokens, there.path))
            else:
                links[here.path].append((here, there))
    found = (
        Claim(names[at.path], at.first, at.last, score, names[source])
        for at, score, source in _followed(direct, links)
    )
    yield from best(found)


def _followed(
    direct: Iterable[tuple[Stretch, float, str]],
    links: Mapping[str, list[tuple[Stretch, Stretch]]],
) -> Iterator[tuple[Stretch, float, str]]:
    """Yield what is told by one step and by several; no stretch within one that is known."""
    known: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    waiting = sorted(direct, key=lambda one: one[1])
    while waiting:
        at, score, source = waiting.pop()
        if any(at.within(seen) for seen in known[at.path, source]):
            continue
        known[at.path, source].append(at)
        yield at, score, source
        for here, there in links[at.path]:
            first, last = max(at.first, here.first), min(at.last, here.last)
            if last - first + 1 < _LEAST:
                continue
            reached = Stretch(there.path, _mapped(first, here, there), _mapped(last, here, there))
            share = (last - first + 1) / (at.last - at.first + 1)
            waiting.append((reached, score * share, source))


def _mapped(line: int, here: Stretch, there: Stretch) -> int:
    """The line of ``there`` that stands where ``line`` stands in ``here``.

    Exact where both have as many lines; else, as blank lines do not count, in proportion.
    """
    span, other = here.last - here.first, there.last - there.first
    return there.first + round((line - here.first) * other / span) if span else there.first


def _stretch(end: Mapping[str, Any]) -> Stretch:
    first, last = end["start"] - 1, end["end"] - 1
    if end["endLoc"]["column"] == 0 and last > first:
        last -= 1
    return Stretch(end["name"].replace("\\", "/"), first, last)


def _told(at: Stretch) -> bool:
    return at.path.startswith(f"{_TOLD}/")
