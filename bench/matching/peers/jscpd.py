"""jscpd: equal runs of tokens over a whole tree, white space ignored, names and values kept.

Settings: its defaults (50 tokens and 5 lines at least, mode ``mild``), the JSON report, and
``--formats-exts`` so that JSON Lines are read as JSON. Both folders lie in one tree under numbers
for names, the told files first: it ties each clone to the first place that has it, in the order of
the paths. The score is its number of tokens.

Where two asked files share more than a told file has, it ties the later one to the earlier one
alone. Its report then says the rest in two steps: lines that it calls equal to lines that it calls
equal to told ones. Such chains are followed where the lines can be told exactly, down to its least
number of lines, and the score goes down with the lines that are left.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
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


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Lines of a file, from 0, inclusive."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Clone:
    """Two stretches that jscpd calls equal."""

    one: Stretch
    other: Stretch
    tokens: int


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of an asked file that are told; the surest sorts first."""

    score: float
    at: Stretch
    source: str
    derived: bool
    """Reached by more than one step."""

    def __lt__(self, other: Found) -> bool:
        return (-self.score, self.at, self.source) < (-other.score, other.at, other.source)


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
    direct: list[Found] = []
    for clone in clones:
        for here, there in ((clone.one, clone.other), (clone.other, clone.one)):
            if _told(here):
                continue
            if _told(there):
                direct.append(Found(clone.tokens, here, there.path, derived=False))
            else:
                links[here.path].append((here, there))
    yield from best(
        Claim(names[one.at.path], one.at.first, one.at.last, one.score, names[one.source])
        for one in _followed(direct, links)
    )


def _followed(
    direct: Iterable[Found], links: Mapping[str, list[tuple[Stretch, Stretch]]]
) -> Iterator[Found]:
    """Yield what is told by one step and by several, the surest first.

    What adds fewer lines to those known of a file and a source than the shortest clone has is
    left out: each further step can move the edges a little.
    """
    known: dict[tuple[str, str], set[int]] = defaultdict(set)
    waiting = list(direct)
    heapify(waiting)
    while waiting:
        found = heappop(waiting)
        at = found.at
        lines = set(range(at.first, at.last + 1))
        before = known[at.path, found.source]
        if found.derived and len(lines - before) < _LEAST:
            continue
        before |= lines
        yield found
        for here, there in links[at.path]:
            first, last = max(at.first, here.first), min(at.last, here.last)
            reached = _reached(first, last, here, there)
            if reached and last - first + 1 >= _LEAST:
                share = (last - first + 1) / len(lines)
                heappush(waiting, Found(found.score * share, reached, found.source, derived=True))


def _reached(first: int, last: int, here: Stretch, there: Stretch) -> Stretch | None:
    """Say which lines of ``there`` are those from ``first`` to ``last`` of ``here``.

    Known where both have as many lines, and where it is all of them; blank lines do not count for
    jscpd, and in between it says nothing.
    """
    if (first, last) == (here.first, here.last):
        return there
    if here.last - here.first != there.last - there.first:
        return None
    offset = there.first - here.first
    return Stretch(there.path, first + offset, last + offset)


def _stretch(end: Mapping[str, Any]) -> Stretch:
    first, last = end["start"] - 1, end["end"] - 1
    if end["endLoc"]["column"] == 0 and last > first:
        last -= 1
    return Stretch(end["name"].replace("\\", "/"), first, last)


def _told(at: Stretch) -> bool:
    return at.path.startswith(f"{_TOLD}/")
