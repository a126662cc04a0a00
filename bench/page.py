"""Print the figures and put them into docs/benchmarks.md, between its markers."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from .contests import Contest

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
MIB = 1 << 20


def render(contests: Iterable[Contest], runs: int, command: str) -> str:
    """Markdown of all contests, headed by the machine and the command."""
    parts = [
        f"Measured on {date.today():%-d %B %Y} with `{command}`, medians of {runs} runs in turn: "
        f"{machine()}.\n"
    ]
    parts += [_table(contest) for contest in contests]
    return "\n".join(parts)


def write(page: Path, measured: str) -> None:
    """Replace what stands between the markers of ``page``; raise ``ValueError`` without them."""
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}", encoding="utf-8")


def _table(contest: Contest) -> str:
    against = [one for one in contest.medians if one.name in contest.against]
    heads = ["", "wall", "CPU", "MB/s", "peak", *(f"x {one.name}" for one in against)]
    lines = [
        f"## {contest.title}\n",
        f"{contest.input}; {contest.size / 1e6:,.1f} MB.\n",
        _row(heads),
        _row(["---", *["---:"] * (len(heads) - 1)]),
    ]
    for one in contest.medians:
        ratios = ["" if one is other else f"{one.ratio(other):.2f}" for other in against]
        figures = [_time(one.wall), _time(one.cpu), f"{contest.size / 1e6 / one.wall:,.1f}"]
        lines.append(_row([one.name, *figures, f"{one.rss / MIB:,.0f} MiB", *ratios]))
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"


def machine() -> str:
    """The machine, and how busy it is, in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, load {load:.1f} at the end"
    )
