"""Print findings for people: grouped by file, with the source, the evidence and the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from redline.model import Evidence, Finding, LintResult, Strength
from redline.report import summary
from redline.report.excerpt import Role, Row, excerpt, last_place
from redline.report.look import Look
from redline.report.safe import one_line
from redline.report.statistics import tables

_EVIDENCE_SHOWN = 3
_PLACES_SHOWN = 6

# From how many alike findings of a file only the first is shown in full. One commit trailer speaks
# of dozens of scattered regions; what a session wrote is worth seeing each time.
_GROUP_FROM = {Strength.SUSPECTED: 2, Strength.DECLARED: 2}
_GROUP_FROM_ELSE = 4


def render(
    result: LintResult,
    source: Callable[[str], bytes | None],
    look: Look = Look(),  # noqa: B008 - frozen
    *,
    statistics: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> Iterator[str]:
    """Yield the report in pieces that end in a line break.

    ``source`` returns a file's text as it was judged, or None where it cannot be had.
    ``quiet`` leaves the summary out; ``verbose`` names everything that was not judged.
    """
    for path, findings in groupby(summary.active(result.findings), key=lambda f: f.path):
        yield from _file(path, list(findings), source(path), look)
    if statistics:
        for line in tables(result):
            yield f"{line}\n"
        yield "\n"
    if not quiet:
        yield from _summary(result, look, verbose)


def _file(path: str, findings: list[Finding], data: bytes | None, look: Look) -> Iterator[str]:
    counts = ", ".join(
        summary.plural(count, str(level))
        for level, count in summary.by_level(findings).items()
        if count
    )
    yield f"{look.bold(one_line(path))}: {counts}\n\n"
    for group in _groups(findings):
        yield _finding(group, data, look)


def _groups(findings: list[Finding]) -> list[list[Finding]]:
    """Put findings together that differ in nothing but their place; order of the first kept."""
    alike: dict[object, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_likeness(finding), []).append(finding)
    groups: list[list[Finding]] = []
    for group in alike.values():
        if len(group) >= _GROUP_FROM.get(group[0].region.best.strength, _GROUP_FROM_ELSE):
            groups.append(group)
        else:
            groups.extend([finding] for finding in group)
    return sorted(groups, key=lambda group: group[0].region.span.start)


def _likeness(finding: Finding) -> object:
    said = tuple((e.kind, e.strength, e.assistant, e.detail) for e in finding.region.evidence)
    return (finding.rule, finding.level, finding.message, finding.help, finding.reason, said)


def _finding(group: list[Finding], data: bytes | None, look: Look) -> str:
    finding, region = group[0], group[0].region
    rows: list[Row] = []
    if data is not None:
        # The width of the numbers is known before the rows: the last line's is the longest.
        digits = max(len(str(last_place(finding, None).line)), 3)
        rows = excerpt(finding, data, max(look.width - digits - 3, 20))
        rows = rows if rows[0].text.strip() or len(rows) > 2 else []
    margin = max((len(row.number) for row in rows), default=1)
    title = look.level(finding.level, f"{finding.level}[{one_line(finding.rule)}]")
    place = f"{one_line(finding.path)}:{finding.start.line}:{finding.start.column}"
    unit = f" in {region.unit.kind} {one_line(region.unit.name)}" if region.unit else ""
    lines = [
        f"{title}{look.bold(': ' + one_line(finding.message))}",
        f"{' ' * margin}{look.frame('-->')} {place}{unit}",
    ]
    if rows:
        bar = f"{' ' * margin} {look.frame('|')}"
        lines.append(bar)
        lines.extend(_row(row, margin, finding, look) for row in rows)
        lines.append(bar)
    lines.extend(
        f"{' ' * margin} {look.frame('=')} {look.bold(label + ':')} {words}"
        for label, words in _notes(group)
    )
    return "\n".join(lines) + "\n\n"


def _row(row: Row, margin: int, finding: Finding, look: Look) -> str:
    number = look.frame(row.number.rjust(margin))
    if row.role is Role.SOURCE:
        text = row.text
    elif row.role is Role.MARK:
        text = look.level(finding.level, row.text)
    else:
        text = look.faint(row.text)
    return f"{number} {look.frame('|')} {text}".rstrip()


def _notes(group: list[Finding]) -> Iterator[tuple[str, str]]:
    finding, region = group[0], group[0].region
    if len(group) > 1:
        yield "also", _places(group[1:])
    for evidence in region.evidence[:_EVIDENCE_SHOWN]:
        yield "evidence", _evidence(evidence)
    hidden = len(region.evidence) - _EVIDENCE_SHOWN
    if hidden > 0:
        yield "evidence", f"and {summary.plural(hidden, 'more piece')} of evidence"
    if region.share < 0.995 and len(group) == 1:
        yield "share", f"{region.share:.0%} of the region is the assistant's text"
    yield "zone", f"{one_line(finding.zone)}: {one_line(finding.reason)}"
    if finding.help:
        yield "help", one_line(finding.help)


def _evidence(evidence: Evidence) -> str:
    model = f" ({one_line(evidence.model)})" if evidence.model else ""
    who = f"{one_line(evidence.assistant)}{model}"
    return f"{evidence.strength}, {who}: {one_line(evidence.detail)}"


def _places(findings: Iterable[Finding]) -> str:
    places = []
    for finding in findings:
        first, last = finding.start.line, last_place(finding, None).line
        places.append(f"{first}-{last}" if last > first else str(first))
    listed = ", ".join(places[:_PLACES_SHOWN])
    hidden = len(places) - _PLACES_SHOWN
    more = f" and {hidden:,} more (--format json has all)" if hidden > 0 else ""
    return f"{'line' if places == [listed] and '-' not in listed else 'lines'} {listed}{more}"


def _summary(result: LintResult, look: Look, verbose: bool) -> Iterator[str]:
    yield f"{look.bold(summary.verdict(result))} {summary.looked_at(result)}\n"
    sources = summary.sources(result, consulted=True)
    yield "Consulted:\n" if sources else "No source of evidence was consulted.\n"
    yield from (f"  {line}\n" for line in sources)
    absent = summary.sources(result, consulted=False)
    if absent:
        yield "Not consulted:\n"
        yield from (f"  {line}\n" for line in absent)
    if result.skipped:
        lines = summary.not_judged(result.skipped, everything=verbose)
        yield ("Not judged (the run is incomplete):\n" if result.incomplete else "Not judged:\n")
        yield from (f"  {line}\n" for line in lines)
    caution = summary.caution(result)
    if caution:
        yield f"{caution}\n"
    if verbose:
        yield f"Took {result.seconds:.2f} s.\n"
