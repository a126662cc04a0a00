"""Count findings by rule, by zone and assistant, and by strength, as aligned tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from redline.model import LintResult, Strength
from redline.report.cells import width
from redline.report.safe import one_line
from redline.report.summary import LEVELS, active


def tables(result: LintResult) -> list[str]:
    """Return the lines of three tables over the findings that nothing suppresses."""
    found = active(result.findings)
    if not found:
        return ["Nothing to count."]
    rules = Counter((finding.rule, finding.level) for finding in found)
    zones = Counter((finding.zone, finding.assistant) for finding in found)
    assistants = sorted({finding.assistant for finding in found})
    strengths = Counter(finding.region.best.strength for finding in found)
    lines = aligned(
        ["rule", *(str(level) for level in LEVELS)],
        [
            [rule, *(_count(rules[rule, level]) for level in LEVELS)]
            for rule in sorted({rule for rule, _ in rules})
        ],
    )
    lines += [
        "",
        *aligned(
            ["zone", *assistants],
            [
                [zone, *(_count(zones[zone, assistant]) for assistant in assistants)]
                for zone in sorted({zone for zone, _ in zones})
            ],
        ),
    ]
    lines += [
        "",
        *aligned(
            ["strength", "findings"],
            [
                [str(strength), _count(strengths[strength])]
                for strength in sorted(Strength, reverse=True)
                if strengths[strength]
            ],
        ),
    ]
    return lines


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int = 1) -> list[str]:
    """Lay a table out in plain text; columns from ``numbers_from`` on go to the right."""
    cells = [[one_line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        padded = []
        for column, cell in enumerate(row):
            space = " " * (widths[column] - width(cell))
            padded.append(space + cell if column >= numbers_from else cell + space)
        lines.append("  ".join(padded).rstrip())
    return lines


def _count(number: int) -> str:
    return f"{number:,}" if number else "-"
