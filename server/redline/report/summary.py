"""Say in words what a run found, what it looked at, what it consulted and what it could not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from redline.model import Finding, Level, LintResult, Skip
from redline.report.safe import one_line

LEVELS = (Level.ERROR, Level.WARNING, Level.NOTE)
_SKIPS_SHOWN = 10


def active(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that nothing suppresses, by path and place, loudest first."""
    return sorted(
        (f for f in findings if f.suppressed is None and f.level > Level.NONE),
        key=lambda f: (f.path, f.region.span.start, -f.level, f.rule),
    )


def by_level(findings: Iterable[Finding]) -> dict[Level, int]:
    """Count findings per level, loudest level first, none left out."""
    counts = Counter(finding.level for finding in findings)
    return {level: counts[level] for level in LEVELS}


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return ``1 file`` or ``1,200 files``."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def moment(milliseconds: int | None) -> str | None:
    """Return ``2026-07-01 10:02 UTC``; None for no time, and for one outside years 1 to 9999."""
    stamp = _utc(milliseconds)
    return None if stamp is None else time.strftime("%Y-%m-%d %H:%M UTC", stamp)


def rfc3339(milliseconds: int | None) -> str | None:
    """Return ``2026-07-01T10:02:03.045Z``; None as for ``moment``."""
    stamp = _utc(milliseconds)
    if stamp is None or milliseconds is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S", stamp) + f".{milliseconds % 1000:03d}Z"


def verdict(result: LintResult) -> str:
    """Return the first line of a summary: the counts, and whether the run is complete."""
    found = active(result.findings)
    suppressed = sum(1 for finding in result.findings if finding.suppressed is not None)
    tail = f" ({suppressed:,} suppressed)" if suppressed else ""
    if not found:
        return f"No findings{tail}."
    counts = [plural(n, str(level)) for level, n in by_level(found).items() if n]
    listed = counts[0] if len(counts) == 1 else ", ".join(counts[:-1]) + " and " + counts[-1]
    files = plural(len({finding.path for finding in found}), "file")
    return f"Found {listed} in {files}{tail}."


def looked_at(result: LintResult) -> str:
    """Return the sentence about how much was judged."""
    if not result.files_protected:
        return (
            f"Looked at {plural(result.files_seen, 'file')}; none lies in a protected zone "
            "(redline zones PATH says why)."
        )
    return (
        f"Looked at {plural(result.files_protected, 'protected file')} "
        f"({plural(result.lines_protected, 'line')}) of {plural(result.files_seen, 'file')}."
    )


def sources(result: LintResult, *, consulted: bool) -> list[str]:
    """Return a line for each source that was consulted, or that was not, and why."""
    lines = []
    for source in result.sources:
        if source.consulted is not consulted:
            continue
        until = moment(source.until)
        detail = one_line(source.detail) or plural(source.count, "record")
        if consulted and until:
            detail += f", up to {until}"
        lines.append(f"{one_line(source.name)}: {detail}")
    return lines


def not_judged(skipped: Iterable[Skip], *, everything: bool = False) -> list[str]:
    """Return lines about what was not judged: protected places each, others by their reason.

    At most ten places are named unless ``everything`` is wanted; the rest are counted.
    """
    skips = list(skipped)
    protected = sorted((s for s in skips if s.protected), key=lambda s: (s.path, s.reason))
    lines = []
    for skip in protected if everything else protected[:_SKIPS_SHOWN]:
        advice = f" ({one_line(skip.advice)})" if skip.advice else ""
        lines.append(f"{one_line(skip.path)}: {one_line(skip.reason)}{advice}")
    if len(protected) > len(lines):
        lines.append(f"and {len(protected) - len(lines):,} more protected places")
    others = Counter(one_line(skip.reason) for skip in skips if not skip.protected)
    lines.extend(
        f"{plural(count, 'unprotected place')}: {reason}" for reason, count in others.most_common()
    )
    return lines


def caution(result: LintResult) -> str | None:
    """Return what a clean result does not mean; None where there are findings."""
    if active(result.findings):
        return None
    if not result.files_protected:
        return None
    return (
        "No evidence of assistant text was found. That is not proof of human work: it says only\n"
        "that the sources above hold nothing that speaks of these lines."
    )


def _utc(milliseconds: int | None) -> time.struct_time | None:
    # The bound keeps the year within four digits; times come from files that anyone wrote.
    if milliseconds is None or not 0 <= milliseconds < 253_402_300_800_000:
        return None
    return time.gmtime(milliseconds // 1000)
