"""Print the figures and put them into docs/server-benchmarks.md, between its markers."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from datetime import date

from .. import page
from .gestures import Contender, Run, percentile

MIB = 1 << 20
_Figure = tuple[str, Callable[[Run], float], str]
_FIGURES: tuple[_Figure, ...] = (
    ("a key, p50", lambda run: percentile(run.keys, 50), "ms"),
    ("a key, p99", lambda run: percentile(run.keys, 99), "ms"),
    ("processor time of a key", lambda run: run.key_cpu, "ms"),
    ("50 keys at once", lambda run: run.burst, "ms"),
    ("2,000 lines pasted", lambda run: run.paste, "ms"),
    ("a pasted finding is shown", lambda run: run.landing, "ms"),
    ("a change in 200 places", lambda run: run.cursors, "ms"),
    ("a key in a 500 KB line", lambda run: run.long_line, "ms"),
    ("start to first diagnostics", lambda run: run.first, "ms"),
    ("memory", lambda run: run.memory / MIB, "MiB"),
    ("processor time at rest, each second", lambda run: run.idle, "ms"),
    ("findings in the file", lambda run: run.found, ""),
    ("bytes of an answer", lambda run: run.key_bytes, ""),
    ("keys typed", lambda run: len(run.keys), ""),
)
_NO_RATIO = {"findings in the file", "bytes of an answer", "keys typed"}


def render(contenders: Sequence[Contender], sizes: Sequence[int], rounds: int, command: str) -> str:
    """Markdown of all figures, a table for each size; medians over the rounds."""
    over = "one round" if rounds == 1 else f"medians of {rounds} rounds"
    parts = [
        f"Measured on {date.today():%-d %B %Y} with `{command}`, {over}, the "
        f"servers in turn: {page.machine()}.\n"
    ]
    parts += [_table(contenders, lines) for lines in sizes]
    return "\n".join(parts)


def _table(contenders: Sequence[Contender], lines: int) -> str:
    ours, *others = contenders
    heads = ["", *(one.name for one in contenders), *(f"x {one.name}" for one in others)]
    rows = [f"## {lines:,} lines\n", _row(heads), _row(["---", *["---:"] * (len(heads) - 1)])]
    for name, figure, unit in _FIGURES:
        medians = [_median(one, lines, figure) for one in contenders]
        ratios = ["" if name in _NO_RATIO else _ratio(ours, one, lines, figure) for one in others]
        rows.append(_row([name, *(_told(value, unit) for value in medians), *ratios]))
    return "\n".join(rows) + "\n"


def _median(contender: Contender, lines: int, figure: Callable[[Run], float]) -> float:
    return statistics.median(figure(run) for run in contender.runs if run.lines == lines)


def _ratio(ours: Contender, other: Contender, lines: int, figure: Callable[[Run], float]) -> str:
    """Median over the pairs of runs of one round, so that a neighbour's load hits both."""
    mine = [figure(run) for run in ours.runs if run.lines == lines]
    theirs = [figure(run) for run in other.runs if run.lines == lines]
    pairs = [a / b for a, b in zip(mine, theirs, strict=True) if b]
    return f"{statistics.median(pairs):.2f}" if pairs else ""


def _told(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 100 or not unit else f"{value:,.1f}"
    if unit == "ms" and value < 10:
        text = f"{value:.2f}"
    return f"{text} {unit}".strip()


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
