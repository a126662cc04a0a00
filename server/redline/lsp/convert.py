"""Findings as diagnostics: plain tables, ready to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redline.live.places import Extent, Place
from redline.lsp.capabilities import Capabilities
from redline.lsp.facts import evidence_words
from redline.model import Finding, Level, Skip
from redline.report.pages import rule_page
from redline.report.safe import one_line

SOURCE = "redline"
MOST = 200
"""Diagnostics of one file; a last one says how many more there are."""

Wire = dict[str, Any]

_SEVERITY = {Level.ERROR: 1, Level.WARNING: 2, Level.NOTE: 3}


def diagnostic(finding: Finding, uri: str, root: Path, client: Capabilities) -> Wire:
    """A finding without its range, which moves with every edit."""
    message = one_line(finding.message)
    wire: Wire = {
        "range": None,
        "severity": _SEVERITY[finding.level],
        "code": finding.rule,
        "source": SOURCE,
        "message": message,
        "data": {
            "redline": 1,
            "fingerprint": finding.fingerprint,
            "rule": finding.rule,
            "fixes": list(finding.fixes),
        },
    }
    if client.links and (page := rule_page(finding.rule)) is not None:
        wire["codeDescription"] = {"href": page.as_uri()}
    why = f"{one_line(finding.reason)}: zone {finding.zone}"
    evidence = evidence_words(finding.region.best)
    place = _rule_place(finding.origin, root)
    if client.related:
        related = []
        if place is not None:
            related.append({"location": place, "message": f"The rules say so here ({why})"})
        related.append({"location": {"uri": uri, "range": None}, "message": evidence})
        wire["relatedInformation"] = related
    else:
        wire["message"] = f"{message} ({evidence}; {why})"
    return wire


def surplus(count: int, range_: Wire) -> Wire:
    """The diagnostic that stands for those beyond ``MOST``."""
    return {
        "range": range_,
        "severity": 2,
        "code": "more",
        "source": SOURCE,
        "message": f"{count} more findings in this file are not shown; `redline lint` tells all.",
    }


def not_judged(skip: Skip) -> Wire:
    """The diagnostic that keeps a text that could not be judged from looking clean."""
    advice = f" {one_line(skip.advice)}" if skip.advice else ""
    start = {"line": 0, "character": 0}
    return {
        "range": {"start": start, "end": start},
        "severity": 2,
        "code": "not-judged",
        "source": SOURCE,
        "message": f"Not wholly judged: {one_line(skip.reason)}.{advice}",
    }


def first_line(extent: Extent) -> Extent:
    """The first line of a region."""
    if extent.end.line == extent.start.line:
        return extent
    return Extent(extent.start, Place(extent.start.line + 1, 0))


def range_of(start: tuple[int, int], end: tuple[int, int]) -> Wire:
    """A range between two places, each a line and code units from 0."""
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def _rule_place(origin: str | None, root: Path) -> Wire | None:
    """Where the rule file says so; shipped packs lie in no file of the project."""
    name, _, line = (origin or "").rpartition(":")
    if not line.isdecimal() or not name or name.startswith("builtin:"):
        return None
    path = root / name
    number = max(0, int(line) - 1)
    return {
        "uri": path.as_uri(),
        "range": {
            "start": {"line": number, "character": 0},
            "end": {"line": number, "character": 0},
        },
    }
