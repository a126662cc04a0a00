"""SCANOSS winnowing: of every 64 grams of 30 letters and digits the least, with its line.

Settings: ``scanoss-winnowing`` at its defaults, the fixed parameters of the WFP format. It leaves
out Markdown and JSON by name, and small files; for these two languages its own option
``all_extensions`` switches that off.

The library makes fingerprints and does not compare them; that is its service's work, whose rule is
taken: hits of one told file whose lines in the asked file are at most 5 apart are one range (the
range tolerance of SCANOSS's engine; that it widens it for small files, up to 21, is left out, for
it would join what people wrote between two copies). Its least numbers of hits and lines are left
out as well: the score is the number of different fingerprints of a range, and a threshold on it
does the same. A fingerprint has the line at which its window of 93 letters and digits ended, not
where its gram stands, so ranges begin and end some lines late.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..tools import LANGUAGES, Answer, Claim
from .programs import best, installed, python, show
from .texts import files

_ALL_EXTENSIONS = frozenset({"markdown", "jsonl"})
_TOLERANCE = 5
"""Lines: hits at most so far apart are of one range."""
_LINE = re.compile(r"(\d+)=([0-9a-f,]+)")

Hit = tuple[int, str]
"""Line from 0, and the fingerprint."""


class Scanoss:
    """The Python package with its C extension, in a process of its own."""

    name = "SCANOSS winnowing"

    def version(self) -> str:
        """Name the installed version; raise ``Missing`` where there is none."""
        return installed("scanoss-winnowing")

    def languages(self) -> frozenset[str]:
        """Say that it reads all: it knows no languages."""
        return frozenset(LANGUAGES)

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Claim ranges of lines whose fingerprints stand in one told file."""
        return python(__name__, language, told, asked)


def main() -> None:
    """Print the claims of a language, a told and an asked folder: the process of its own."""
    language, told, asked = sys.argv[1:]
    show(best(_claims(language, Path(told), Path(asked))))


def _claims(language: str, told: Path, asked: Path) -> Iterator[Claim]:
    holders = defaultdict(set)
    for name, found in _fingerprints(language, told):
        for _, gram in found:
            holders[gram].add(name)
    for path, found in _fingerprints(language, asked):
        met = defaultdict(list)
        for hit in found:
            for source in holders.get(hit[1], ()):
                met[source].append(hit)
        for source, hits in sorted(met.items()):
            for together in _ranges(hits):
                score = len({gram for _, gram in together})
                yield Claim(path, together[0][0], together[-1][0], score, source)


def _ranges(hits: list[Hit]) -> Iterator[list[Hit]]:
    together = hits[:1]
    for hit in hits[1:]:
        if hit[0] - together[-1][0] > _TOLERANCE:
            yield together
            together = []
        together.append(hit)
    yield together


def _fingerprints(language: str, folder: Path) -> Iterator[tuple[str, list[Hit]]]:
    from scanoss_winnowing.winnowing import Winnowing

    winnowing = Winnowing(quiet=True, all_extensions=language in _ALL_EXTENSIONS)
    for name, path in files(folder).items():
        wfp = winnowing.wfp_for_file(str(path), path.name)
        lines = (_LINE.fullmatch(line) for line in wfp.split("\n"))
        yield (
            name,
            [(int(one[1]) - 1, gram) for one in lines if one for gram in one[2].split(",")],
        )
