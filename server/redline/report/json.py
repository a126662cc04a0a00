"""Print findings as JSON, version 1; ``docs/findings.schema.json`` describes it."""

from __future__ import annotations

import base64
import json
import math
import os
from collections.abc import Iterator
from typing import TypeAlias, overload

from redline.model import Evidence, Finding, LintResult, Position, Skip, Source
from redline.report import summary

VERSION = 1
"""Raised when a key changes its meaning or goes; a new key does not raise it."""

Record: TypeAlias = dict[str, object]


def render(result: LintResult) -> Iterator[str]:
    """Yield one JSON object in pieces, one finding a line, ASCII only.

    The same result gives the same bytes: no time of the run and no duration is in it.
    """
    head = {
        "version": VERSION,
        "root": _utf8(result.root),
        "policy": policy_record(result),
        "sources": [_source(source) for source in result.sources],
        "summary": summary_record(result),
    }
    yield dump(head)[:-1] + ', "findings": ['
    separator = "\n"
    for finding in _ordered(result):
        yield separator + dump(finding_record(finding))
        separator = ",\n"
    yield '\n], "skipped": ' + dump([skip_record(skip) for skip in result.skipped]) + "}\n"


def render_lines(result: LintResult) -> Iterator[str]:
    """Yield JSON Lines: a finding each, headed by ``"type": "finding"``, then one summary."""
    for finding in _ordered(result):
        yield dump({"type": "finding", **finding_record(finding)}) + "\n"
    last = {
        "type": "summary",
        "version": VERSION,
        "root": _utf8(result.root),
        "policy": policy_record(result),
        "sources": [_source(source) for source in result.sources],
        "summary": summary_record(result),
        "skipped": [skip_record(skip) for skip in result.skipped],
    }
    yield dump(last) + "\n"


def finding_record(finding: Finding) -> Record:
    """Return the contract's record of one finding; suppressed ones keep their level."""
    region = finding.region
    known = [evidence.bits for evidence in region.evidence if _finite(evidence.bits) is not None]
    return {
        "rule": finding.rule,
        "level": str(finding.level),
        "effect": str(finding.effect),
        **path_record(finding.path),
        "zone": finding.zone,
        "reason": _utf8(finding.reason),
        "origin": None if finding.origin is None else _utf8(finding.origin),
        "assistant": _utf8(finding.assistant),
        "model": _utf8(finding.model),
        "region": {
            "start": _position(finding.start),
            "end": _position(finding.end),
            "byte_start": region.span.start,
            "byte_end": region.span.end,
        },
        "unit": None
        if region.unit is None
        else {"kind": region.unit.kind, "name": _utf8(region.unit.name)},
        "share": _finite(region.share),
        "strength": str(region.best.strength),
        "bits": max((bits for bits in known if bits is not None), default=None),
        "evidence": [evidence_record(evidence) for evidence in region.evidence],
        "message": _utf8(finding.message),
        "help": _utf8(finding.help),
        "fixes": list(finding.fixes),
        "fingerprint": finding.fingerprint,
        "suppressed": None if finding.suppressed is None else {"reason": _utf8(finding.suppressed)},
    }


def evidence_record(evidence: Evidence) -> Record:
    """Return the contract's record of one piece of evidence."""
    return {
        "kind": str(evidence.kind),
        "strength": str(evidence.strength),
        "assistant": _utf8(evidence.assistant),
        "model": _utf8(evidence.model),
        "session": _utf8(evidence.session),
        "time": summary.rfc3339(evidence.time),
        "commit": _utf8(evidence.commit),
        "detail": _utf8(evidence.detail),
    }


def summary_record(result: LintResult) -> Record:
    """Return the counts; suppressed findings are in no level's count."""
    counts = summary.by_level(summary.active(result.findings))
    return {
        **{f"{level}s": count for level, count in counts.items()},
        "suppressed": sum(1 for finding in result.findings if finding.suppressed is not None),
        "incomplete": result.incomplete,
        "files_seen": result.files_seen,
        "files_protected": result.files_protected,
        "lines_protected": result.lines_protected,
        "zone_files": dict(sorted(result.zone_files.items())),
    }


def policy_record(result: LintResult) -> Record:
    """Return which policy was in force."""
    return {
        "sha256": result.policy_sha256,
        "files": [_utf8(name) for name in result.policy_files],
    }


def skip_record(skip: Skip) -> Record:
    """Return the record of something that was not judged."""
    return {
        **path_record(skip.path),
        "reason": _utf8(skip.reason),
        "protected": skip.protected,
        "advice": _utf8(skip.advice),
    }


def path_record(path: str) -> Record:
    """Return ``path``; one that is not UTF-8 comes with ``path_base64``, its bytes."""
    text = _utf8(path)
    if text == path:
        return {"path": path}
    return {"path": text, "path_base64": base64.b64encode(os.fsencode(path)).decode("ascii")}


def dump(value: object) -> str:
    """Return ``value`` as one line of strict JSON."""
    return json.dumps(value, allow_nan=False)


def _ordered(result: LintResult) -> list[Finding]:
    return sorted(
        result.findings, key=lambda f: (f.path, f.region.span.start, f.rule, f.fingerprint)
    )


def _source(source: Source) -> Record:
    return {
        "name": source.name,
        "consulted": source.consulted,
        "detail": _utf8(source.detail),
        "count": source.count,
        "until": summary.rfc3339(source.until),
    }


def _position(position: Position) -> Record:
    return {"line": position.line, "column": position.column}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


@overload
def _utf8(text: str) -> str: ...
@overload
def _utf8(text: None) -> None: ...
def _utf8(text: str | None) -> str | None:
    """Replace lone surrogates, which strict JSON readers refuse, by U+FFFD."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
