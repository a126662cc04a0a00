"""``python -m bench.own_style``: is people's code in the style of their project taken for copied?

The hardest case for matching: half of a project's modules are told as an assistant's, and people
go on writing the other half. Two pinned releases of each project, all from before assistants
wrote code: half of the older one's modules play the session, the rest is committed before it,
the newer release after it. Of the modules that the session did not write every line that the
newer release brings is asked about. What is found is false, unless the text moved from a module
of the session or was copied there: as a whole, or edited, when more than half of its lines
still follow each other as they did. Both are true findings and counted by themselves. Each
region is asked for by blame alone, and with all that stood in the repository. A module that
was made by moving a module of the session says nothing of style and is left out. ``--show``
prints what stays, to be judged by eye.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from redline.detect.history import History
from redline.detect.past import Past
from redline.detect.sessions import SessionDetector
from redline.git import Repository
from redline.model import Evidence

from .told import into_page, tell

PAGE = Path(__file__).resolve().parents[1] / "docs" / "matching.md"
PAIRS = (
    "django==2.2 django==3.1",
    "sphinx==2.0.0 sphinx==3.2.0",
    "scrapy==1.6.0 scrapy==2.4.0",
    "kombu==4.5.0 kombu==5.0.2",
    "wagtail==2.5 wagtail==2.11",
    "networkx==2.4 networkx==2.5",
    "dask==2.0.0 dask==2.30.0",
    "ipython==7.5.0 ipython==7.19.0",
)
SESSION_AT = 1_777_629_600
"""When ``tell``'s session wrote: 1 May 2026, 10:00 UTC, in seconds."""
_LEFT_OUT = (".dist-info/", ".data/")
"""Where a wheel holds what is no part of the package."""
ROWS = ("matched", "suspected", "whole copies", "edited copies")
_LONG = 30
"""Characters of a line that is not written twice by chance."""
_MOVED = 0.15
"""Share of a module's long new lines that stand in the session, from which it was moved."""
_FEWEST = 4
"""Lines in order that an edited copy shares with what it was copied from."""


@dataclass
class Told:
    """What was counted."""

    lines: int = 0
    """New lines that were asked about."""
    left_out: int = 0
    """New lines of modules that were made by moving what the session wrote."""
    blamed: Counter[str] = field(default_factory=Counter)
    """Regions by blame alone."""
    settled: Counter[str] = field(default_factory=Counter)
    """Regions with what stood in the repository taken away."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.own_style", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print every region that stays")
    parser.add_argument("--only", help="measure this project alone, and write nothing")
    options = parser.parse_args()
    told = Told()
    pairs = [pair.split() for pair in PAIRS if not options.only or pair.startswith(options.only)]
    for older, newer in pairs:
        with tempfile.TemporaryDirectory() as folder:
            before = told.lines, told.blamed.total(), told.settled.total()
            _measure(Path(folder), release(older), release(newer), told, show=options.show)
            after = told.lines, told.blamed.total(), told.settled.total()
            lines, blamed, settled = (b - a for a, b in zip(before, after, strict=True))
            print(f"{newer}: {lines:,} new lines, {blamed} regions, {settled} stay", flush=True)
    measured = _table(told, len(pairs))
    print(f"\n{measured}")
    if not options.only:
        into_page(PAGE, "own style", measured)


def release(pinned: str) -> dict[str, str]:
    """Path and text of every module of a release, downloaded once and never run."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "redline-bench"
    folder = cache / "own-style" / pinned
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as fresh:
            pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
            # Wheels are what one can have without running a project's own build; any platform's.
            plain = ["--no-deps", "--only-binary", ":all:", "--platform", "manylinux1_x86_64"]
            plain += ["--python-version", "3.7", "--dest", fresh]
            done = subprocess.run([*pip, *plain, pinned], check=False)
            if done.returncode:
                plain[plain.index("manylinux1_x86_64")] = "any"
                subprocess.run([*pip, *plain, pinned], check=True)
            [wheel] = Path(fresh).glob("*.whl")
            folder.mkdir(parents=True)
            shutil.move(wheel, folder)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name).decode("utf-8", "replace")
            for name in sorted(archive.namelist())
            if name.endswith(".py") and not any(part in name for part in _LEFT_OUT)
        }


def is_told(path: str) -> bool:
    """Choose the half of the modules that the session writes, the same on every machine."""
    return hashlib.sha256(path.encode()).digest()[0] % 2 == 0


def _measure(
    folder: Path, older: dict[str, str], newer: dict[str, str], told: Told, *, show: bool
) -> None:
    work = folder / "work"
    work.mkdir()
    said = {path: text for path, text in older.items() if is_told(path)}
    rest = {path: text for path, text in older.items() if not is_told(path)}
    _git(work, 0, "init", "-q", "--template=")
    _commit(work, SESSION_AT - 30 * 86_400, rest)
    _commit(work, SESSION_AT + 60, said)
    _git(work, 0, "rm", "-q", "-r", "--", ".")
    _commit(work, SESSION_AT + 86_400, newer)
    index = tell(folder, said.items())
    spoken = _Spoken.of(said, rest)
    repository = Repository.find(work)
    assert repository is not None
    with (
        SessionDetector.open(index, bulk=True) as sessions,
        History(repository) as history,
        Past(history) as past,
    ):
        for path, text in newer.items():
            if is_told(path):
                continue
            data = text.encode()

            times = history.line_times(path, data) or []
            new = [
                row
                for row, time in zip(text.split("\n"), times, strict=False)
                if time is None or time > SESSION_AT * 1000
            ]
            if spoken.moved(new):
                told.left_out += len(new)
                continue
            told.lines += len(new)
            young = sessions.evidence(path, str(work), data, times)
            told.blamed.update(spoken.kind(item, data) for item in young)

            def ask(some, path=path, data=data, times=times, young=young):
                again = sessions.evidence
                return young if some is times else again(path, str(work), data, some)

            for item in past.settle(path, data, times, ask):
                kind = spoken.kind(item, data)
                told.settled[kind] += 1
                if show:
                    found = data[item.span.start : item.span.end].decode()
                    print(f"--- {path} {kind} {item.bits}: {item.detail}\n{found}\n")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What the session wrote."""

    whole: str
    modules: dict[str, list[list[str]]]
    """The lines of each module, by the module's own name."""
    long: frozenset[str]
    """The long lines that only the session wrote."""

    @classmethod
    def of(cls, said: dict[str, str], rest: dict[str, str]) -> _Spoken:
        modules: dict[str, list[list[str]]] = {}
        for path, text in said.items():
            modules.setdefault(path.rpartition("/")[2], []).append(_rows(text))
        long = _long("\n".join(said.values())) - _long("\n".join(rest.values()))
        return cls(_bare("\n".join(said.values())), modules, frozenset(long))

    def moved(self, new: list[str]) -> bool:
        """Tell whether the new lines of a module largely come from the session."""
        long = _long("\n".join(new))
        return len(long & self.long) > _MOVED * len(long)

    def kind(self, item: Evidence, data: bytes) -> str:
        """Tell copies from what is only alike, which goes by its strength."""
        found = data[item.span.start : item.span.end].decode("utf-8", "replace")
        if _bare(found) in self.whole:
            return "whole copies"
        rows = _rows(found)
        name = re.search(r"to (\S+);", item.detail)
        for module in self.modules.get(name[1] if name else "", ()):
            longest = SequenceMatcher(None, rows, module, autojunk=False).find_longest_match()
            start = max(0, longest.b - longest.a - len(rows))
            near = module[start : start + 3 * len(rows)]
            blocks = SequenceMatcher(None, rows, near, autojunk=False).get_matching_blocks()
            same = sum(block.size for block in blocks)
            if same >= _FEWEST and same * 2 > len(rows):
                return "edited copies"
        return str(item.strength)


def _long(text: str) -> set[str]:
    return {row for row in _rows(text) if len(row) >= _LONG}


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _table(told: Told, projects: int) -> str:
    rows = []
    for kind in ROWS:
        cells = []
        for counts in (told.blamed, told.settled):
            least, most = (bound * 100_000 / told.lines for bound in interval(counts[kind]))
            each = counts[kind] * 100_000 / told.lines
            cells.append(f"{counts[kind]} | {each:.2f} ({least:.2f} to {most:.2f})")
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(
        (
            f"Measured with `python -m bench.own_style`: {told.lines:,} new lines of {projects} "
            f"projects, {told.left_out:,} in moved modules left out; in brackets 95 % intervals.\n",
            "| regions | by blame alone | in 100,000 lines | with the repository's past |"
            " in 100,000 lines |",
            "|---|---:|---:|---:|---:|",
            *rows,
        )
    )


def interval(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean of which ``count`` were seen (Garwood, 1936)."""

    def mean(seen: int, share: float) -> float:
        low, high = 0.0, 10.0 * (seen + 2)
        for _ in range(80):
            middle = (low + high) / 2
            term = total = math.exp(-middle)
            for number in range(1, seen + 1):
                term *= middle / number
                total += term
            low, high = (middle, high) if total > share else (low, middle)
        return low

    return mean(count - 1, 0.975) if count else 0.0, mean(count, 0.025)


def _commit(work: Path, time: int, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    _git(work, time, "add", "--all", "--force")
    _git(work, time, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Go on")


def _git(work: Path, time: int, *arguments: str) -> None:
    date = {"GIT_AUTHOR_DATE": f"{time} +0000", "GIT_COMMITTER_DATE": f"{time} +0000"}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
    command = ["git", "-C", str(work), *who, *arguments]
    subprocess.run(command, check=True, env=os.environ | date | own)


if __name__ == "__main__":
    main()
