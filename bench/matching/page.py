"""Tables of what was measured, for the terminal and for docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..told import into_page
from . import formatting, scoring
from .cases import rows_of
from .scoring import Figure, Rate, Score
from .store import Kept, Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
TITLES = {
    "python": "Python",
    "typescript": "TypeScript",
    "go": "Go",
    "java": "Java",
    "markdown": "Markdown prose",
    "jsonl": "JSONL",
}
OURS = "Redline"


@dataclass(frozen=True, slots=True)
class Scored:
    """One tool's figures for one language."""

    run: Run
    least: float
    """The score from which its claims count."""
    rows: dict[str, Score]
    strangers: Rate


@dataclass(frozen=True, slots=True)
class Measured:
    """One language: its material and whoever was asked."""

    material: Kept
    tools: Sequence[Scored]


def scored(material: Kept, run: Run) -> Scored:
    """Score a run; a peer gets the threshold that is best for it, Redline its own."""
    rows, untouched = scoring.by_row(material.cases)
    claims = run.cases.claims
    least = 0.0 if run.tool == OURS else scoring.best_threshold(rows, untouched, claims)
    claimed = scoring.regions(claims, least)
    return Scored(
        run,
        least,
        {row: scoring.score(cases, untouched, claimed) for row, cases in rows.items()},
        scoring.rate(run.strangers.claims, material.stranger_lines, least),
    )


def language_table(measured: Measured) -> str:
    """One row for each mutation: Redline's figures, the F1 of everybody, who is best."""
    ours = next((one for one in measured.tools if one.run.tool == OURS), None)
    peers = [one for one in measured.tools if one.run.tool != OURS]
    heads = ["changed", "copies"]
    if ours:
        heads += [
            "found",
            "beyond doubt",
            "lines",
            "precision",
            "edge error",
            "both edges within 1",
        ]
    heads += [f"F1 {one.run.tool}" for one in measured.tools] + ["best"] * bool(peers)
    table = [_line(heads), _line(["---"] + ["---:"] * (len(heads) - 1))]
    for row in rows_of(measured.material.language):
        if row in measured.material.unmeasured:
            table.append(_line([row, f"not measured here: {measured.material.unmeasured[row]}"]))
            continue
        scores = {one.run.tool: one.rows[row] for one in measured.tools if row in one.rows}
        if not scores:
            continue
        cells = [row, str(next(iter(scores.values())).copies)]
        if ours:
            one = scores[OURS]
            cells += [_percent(one.recall), _percent(one.sure), _percent(one.lines)]
            cells += [_percent(one.precision), _number(one.edge_error), _percent(one.edges)]
        best = max(score.f1.value for score in scores.values())
        for score in scores.values():
            mark = "**" if peers and score.f1.value == best else ""
            cells.append(f"{mark}{score.f1.value:.3f}{mark} ({_bounds(score.f1, 3)})")
        if peers:
            won = [name for name, score in scores.items() if score.f1.value == best]
            cells.append(", ".join(won) + ("" if OURS in won or not ours else " ⚠"))
        table.append(_line(cells))
    return "\n".join(table)


def false_table(every: Sequence[Measured]) -> str:
    """Regions in 100,000 lines of strangers, tool by tool."""
    table = [
        _line(["language", "lines asked about", "tool", "regions", "in 100,000 lines", "matched"]),
        _line(["---", "---:", "---", "---:", "---:", "---:"]),
    ]
    for measured in every:
        for one in measured.tools:
            rate = one.strangers
            sure = _number(rate.sure_per_100k) if one.run.tool == OURS else ""
            title = TITLES[measured.material.language]
            table.append(
                _line([title, f"{rate.lines:,}", one.run.tool, f"{rate.count:,}",
                       _number(rate.per_100k), sure])
            )  # fmt: skip
    return "\n".join(table)


def time_table(every: Sequence[Measured]) -> str:
    """Seconds on the same input; Redline's, and how many times as long the others took."""
    table = [
        _line(
            ["language", "told lines", "asked lines", "tool", "threshold", "seconds", "× Redline"]
        ),
        _line(["---", "---:", "---:", "---", "---:", "---:", "---:"]),
    ]
    for measured in every:
        seconds = {
            one.run.tool: one.run.cases.seconds + one.run.strangers.seconds
            for one in measured.tools
        }
        asked = measured.material.stranger_lines
        asked += sum(case.text.count("\n") for case in measured.material.cases)
        for one in measured.tools:
            ours = seconds.get(OURS)
            ratio = f"{seconds[one.run.tool] / ours:.2f}" if ours else ""
            least = "shipped" if one.run.tool == OURS else f"{one.least:g}"
            table.append(
                _line([TITLES[measured.material.language], f"{measured.material.told_lines:,}",
                       f"{asked:,}", f"{one.run.tool} {one.run.version}", least,
                       f"{seconds[one.run.tool]:.1f}", ratio])
            )  # fmt: skip
    return "\n".join(table)


def whole(every: Sequence[Measured], absent: dict[str, str]) -> str:
    """Everything that is generated on the page; ``absent`` is a tool or language and why."""
    runs = [one.run for measured in every for one in measured.tools]
    machines = sorted({f"{run.cores} cores, Python {run.python}" for run in runs})
    parts = [f"Measured with `python -m bench.matching` on {'; '.join(machines)}."]
    parts += [f"{name}: not measured here, {why}." for name, why in absent.items()]
    for measured in every:
        language = measured.material.language
        parts.append(f"### {TITLES[language]}")
        if language in formatting.DESCRIBED:
            parts.append(f"Formatter: {formatting.DESCRIBED[language]}.")
        parts.append(language_table(measured))
    parts += ["### Strangers", false_table(every), "### Time", time_table(every)]
    return "\n\n".join(parts)


def write(text: str) -> None:
    """Put the tables between the page's markers."""
    into_page(PAGE, "accuracy", text)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(figure: Figure) -> str:
    bounds = f"{100 * figure.low:.0f}–{100 * figure.high:.0f}"
    return f"{100 * figure.value:.1f} % ({bounds})"


def _number(figure: Figure) -> str:
    return f"{figure.value:.2f} ({_bounds(figure, 2)})"


def _bounds(figure: Figure, digits: int) -> str:
    return f"{figure.low:.{digits}f}–{figure.high:.{digits}f}"
