"""Print findings as GitHub annotations, and the whole of them into the job's summary.

Source: GitHub's "Workflow commands"; a step shows ten errors and ten warnings, and drops the
rest in silence. The job summary of a step may have 1 MiB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from redline.model import Finding, Level, LintResult
from redline.report import summary
from redline.report.excerpt import last_place
from redline.report.safe import neutralise, one_line

ANNOTATIONS_PER_LEVEL = 9
SUMMARY_BYTES = 1_000_000
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning"}
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-!|~$])")


def render(
    result: LintResult, source: Callable[[str], bytes | None], *, summary_file: bool
) -> Iterator[str]:
    """Yield annotations, loudest first, at most nine a level, then plain lines of summary.

    Notes are only counted. ``summary_file`` tells whether the job summary lists the rest.
    """
    found = summary.active(result.findings)
    shown = 0
    for level, command in _COMMANDS.items():
        chosen = [f for f in found if f.level is level][:ANNOTATIONS_PER_LEVEL]
        shown += len(chosen)
        for path, group in groupby(chosen, key=lambda f: f.path):
            data = source(path)
            yield from (_annotation(command, finding, data) for finding in group)
    if shown < len(found):
        where = "the job's summary lists all" if summary_file else "--format json lists all"
        more = summary.plural(len(found) - shown, "more finding")
        yield f"::notice title=Redline::{_message(f'{more}; {where}')}\n"
    if result.incomplete:
        protected = sum(1 for skip in result.skipped if skip.protected)
        places = summary.plural(protected, "protected place")
        yield f"::error title=Redline%3A incomplete::{_message(f'{places} not judged')}\n"
    for line in _closing(result):
        yield neutralise(line) + "\n"


def render_summary(
    result: LintResult, source: Callable[[str], bytes | None], room: int = SUMMARY_BYTES
) -> Iterator[str]:
    """Yield the job summary in Markdown, at most ``room`` bytes; what does not fit is counted."""
    head = ["## Redline", "", *(f"{_markdown(line)}\n" for line in _closing(result))]
    text = "\n".join(head) + "\n"
    found = sorted(summary.active(result.findings), key=lambda f: -f.level)
    if found:
        text += "| level | rule | place | assistant | strength | why |\n|---|---|---|---|---|---|\n"
    # Room for the last sentence.
    left = room - len(text.encode()) - 200
    yield text
    for index, finding in enumerate(found):
        data = source(finding.path) if finding.end.column == 1 else None
        row = _table_row(finding, data)
        left -= len(row.encode())
        if left < 0:
            yield f"\n{len(found) - index:,} more did not fit here.\n"
            return
        yield row


def _annotation(command: str, finding: Finding, data: bytes | None) -> str:
    start, end = finding.start, last_place(finding, data)
    values = {
        "title": f"redline: {finding.rule}",
        "file": finding.path,
        "line": str(start.line),
        "endLine": str(end.line),
    }
    # The runner drops columns of a region that ends on another line.
    if end.line == start.line and end.column > start.column:
        values |= {"col": str(start.column), "endColumn": str(end.column)}
    best = finding.region.best
    said = f"{finding.message.rstrip('.')} ({best.strength}: {best.detail}). {finding.help}"
    listed = ",".join(f"{key}={_value(text)}" for key, text in values.items())
    return f"::{command} {listed}::{_message(said)}\n"


def _table_row(finding: Finding, data: bytes | None) -> str:
    end = last_place(finding, data).line
    lines = f"{finding.start.line}" + (f"–{end}" if end > finding.start.line else "")
    best = finding.region.best
    cells = (
        str(finding.level),
        finding.rule,
        f"{finding.path}:{lines}",
        finding.assistant,
        str(best.strength),
        f"{finding.message.rstrip('.')} ({best.detail})",
    )
    return "| " + " | ".join(_markdown(cell) for cell in cells) + " |\n"


def _closing(result: LintResult) -> list[str]:
    lines = [f"{summary.verdict(result)} {summary.looked_at(result)}"]
    lines += [f"Consulted: {line}" for line in summary.sources(result, consulted=True)]
    lines += [f"Not consulted: {line}" for line in summary.sources(result, consulted=False)]
    lines += [f"Not judged: {line}" for line in summary.not_judged(result.skipped)]
    caution = summary.caution(result)
    if caution:
        lines.append(caution.replace("\n", " "))
    return lines


def _message(text: str) -> str:
    return one_line(text).strip().replace("%", "%25")


def _value(text: str) -> str:
    r"""Escape a property: what the runner turns back, and controls as ``one_line`` shows them.

    Only a path's own characters must survive; a line break in a name is ``%0A``.
    """
    parts = []
    for char in text:
        if char in "%:,\r\n":
            parts.append(f"%{ord(char):02X}")
        else:
            parts.append(one_line(char))
    return "".join(parts)


def _markdown(text: str) -> str:
    escaped = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")
    return _PUNCTUATION.sub(r"\\\1", escaped)
