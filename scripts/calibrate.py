"""``python -m scripts.calibrate``: false regions and recall against bits, channel by channel.

The material is that of ``python -m bench.matching``: changed copies, of which some are found,
and strangers, in which nothing was copied, so that whatever is found there is false. Candidates
far below the shipped thresholds are looked at too: the curve shows what another threshold
would find and what it would cost. ``--write`` puts the tables into ``docs/background.md``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.matching.cases import Case
from bench.matching.intervals import poisson, wilson
from bench.matching.store import Kept, default_cache, kept
from bench.matching.tools import Missing
from bench.told import into_page, tell

from redline.detect.sessions import SessionDetector, blocks
from redline.matching.asked import LIKELY_BITS, SNIPPET_BITS, SNIPPET_LINES
from redline.matching.prints import is_code, take
from redline.matching.regions import SURE_BITS, SURE_TOKENS
from redline.matching.search import search
from redline.matching.shelf import Shelf

PAGE = Path(__file__).resolve().parents[1] / "docs" / "background.md"
FLOOR = 20.0
STEPS = (20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180, 220, 260)
LANGUAGES = ("python", "typescript", "go", "java", "markdown")
"""Of the bench's; records are searched value by value, with what this measures."""
CHANNELS = {
    "verbatim": "the same tokens",
    "renamed": "the same but for names",
    "prose": "the same words",
    "lines": "rare lines in a row",
    "any": "all channels together",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A region that some threshold would report."""

    how: str
    bits: float
    first: int
    """Line from 0."""
    last: int
    """Line from 0, inclusive."""


@dataclass(slots=True)
class Curve:
    """What was seen of one channel."""

    lines: int = 0
    """Of text in which nothing was copied."""
    copies: int = 0
    false: list[Candidate] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    """For every copy the bits up to which half of it is found; 0: never."""

    def row(self, least: float) -> str:
        """One line of the table: a threshold, its price and what it finds."""
        wrong = sum(one.bits >= least for one in self.false)
        found = sum(bits >= least for bits in self.best)
        each = 100_000 / max(1, self.lines)
        low, high = (bound * each for bound in poisson(wrong))
        under, over = (100 * bound for bound in wilson(found, self.copies))
        share = 100 * found / max(1, self.copies)
        return (
            f"| {least:.0f} | {wrong} | {wrong * each:.2f} | {low:.2f}-{high:.2f} "
            f"| {share:.1f} % | {under:.1f}-{over:.1f} |"
        )


def main() -> None:
    """Measure, print and, when asked to, write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.calibrate", description=__doc__)
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this one")
    parser.add_argument("--cases", type=int, default=60, help="copies of each kind")
    parser.add_argument("--lines", type=int, default=150_000, help="lines of strangers")
    parser.add_argument("--show", type=float, help="print false regions of so many bits")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.name}")
    options = parser.parse_args()
    curves: dict[str, Curve] = defaultdict(Curve)
    told: list[str] = []
    for language in options.language or LANGUAGES:
        try:
            material = kept(language, default_cache(), options.cases, options.lines)
        except Missing as missing:
            told.append(f"{language}: not measured, {missing}")
            continue
        _look(material, curves, options.show)
        told.append(f"{language}: {len(material.cases)} files, {material.stranger_lines:,} lines")
    text = _page(curves, told, options.cases)
    print(text)
    if options.write:
        into_page(PAGE, "calibration", text)


def _look(material: Kept, curves: dict[str, Curve], show: float | None) -> None:
    folder = material.folder
    prose = material.language == "markdown"
    usual = [how for how in CHANNELS if (how != "prose" or prose)]
    with tempfile.TemporaryDirectory() as scratch:
        index = tell(Path(scratch), _texts(folder / "told"))
        with SessionDetector.open(index, bulk=True) as sessions:
            shelf = Shelf(sessions.store, sessions.lookup)
            for path, text in _texts(folder / "strangers"):
                found = list(candidates(shelf, path, text.encode()))
                for how in usual:
                    own = [one for one in found if how in (one.how, "any")]
                    curves[how].lines += text.count("\n")
                    curves[how].false += own
                for one in found:
                    if show is not None and one.bits >= show:
                        lines = text.split("\n")[one.first : one.last + 1]
                        print(f"{path}:{one.first + 1} {one.how} {one.bits:.0f}", *lines, sep="\n")
            for case in material.cases:
                if case.first < 0:
                    continue
                found = list(candidates(shelf, case.path, case.text.encode()))
                for how in usual:
                    own = [one for one in found if how in (one.how, "any")]
                    curves[how].copies += 1
                    curves[how].best.append(found_up_to(case, own))


def candidates(shelf: Shelf, path: str, text: bytes) -> Iterator[Candidate]:
    """All regions of ``FLOOR`` bits or more, as ``SessionDetector`` would search them."""
    line = 0
    for start, end in blocks(text):
        prints = take(text[start:end], abstract=is_code(path), bulk=True)
        for match in search(prints, shelf, floor=FLOOR):
            first, last = line + match.first_line, line + match.last_line
            yield Candidate(match.how, match.bits, first, last)
        line += text.count(b"\n", start, end)


def found_up_to(case: Case, found: Sequence[Candidate]) -> float:
    """The highest threshold at which half of the copied lines lie in regions; 0: none."""
    covered: set[int] = set()
    copied = range(case.first, case.last + 1)
    for one in sorted(found, key=lambda one: -one.bits):
        covered.update(line for line in range(one.first, one.last + 1) if line in copied)
        if 2 * len(covered) >= len(copied):
            return one.bits
    return 0.0


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes().decode()


def _page(curves: dict[str, Curve], told: Iterable[str], cases: int) -> str:
    head = [
        f"Measured with `python -m scripts.calibrate`, {cases} copies of each kind:",
        "",
        *(f"- {line}" for line in told),
        "",
        f"Shipped: suspected from {LIKELY_BITS:.0f} bits, with {SNIPPET_LINES} whole lines "
        f"from {SNIPPET_BITS:.0f}; matched from {SURE_BITS:.0f} bits and "
        f"{SURE_TOKENS} tokens. *False* counts regions where nothing was copied, with "
        "the 95 % interval; *found* the copies of which half the lines or more lie in regions of "
        "this channel alone.",
    ]
    for how, meaning in CHANNELS.items():
        if how not in curves:
            continue
        head += ["", f"**{how}**: {meaning}", "", *_TABLE_HEAD]
        head += [curves[how].row(step) for step in STEPS]
    return "\n".join(head)


_TABLE_HEAD = (
    "| bits | false | in 100,000 lines | interval | found | interval |",
    "|---:|---:|---:|---:|---:|---:|",
)


if __name__ == "__main__":
    main()
