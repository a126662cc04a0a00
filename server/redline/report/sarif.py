"""Print findings as SARIF 2.1.0, within what GitHub code scanning reads and allows.

Two variants: ``audit`` holds everything, suppressed findings with their reason; ``upload``
holds what stands, cut to the changed lines, because code scanning ignores suppressions and
shows a pull request only alerts all of whose lines it changes.
Sources: OASIS SARIF 2.1.0; GitHub's "SARIF support for code scanning".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from redline import __version__
from redline.model import Effect, Finding, Level, LintResult, Position, Skip, Strength
from redline.report import summary
from redline.report.excerpt import last_place
from redline.report.json import Record, dump, evidence_record
from redline.report.line_hash import line_hashes
from redline.report.safe import one_line

MAX_RESULTS = 25_000
"""GitHub refuses a run with more."""
_MAX_TEXT = 1024
_MAX_NOTIFICATIONS = 1_000

_EFFECTS = {
    Effect.FORBID: "may not lie there",
    Effect.REVIEW: "needs a review by a human there",
    Effect.RECORD: "is recorded there",
    Effect.ALLOW: "is allowed there",
}
_PROBLEM = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}
_PRECISION = {
    Strength.RECORDED: "very-high",
    Strength.MATCHED: "high",
    Strength.DECLARED: "medium",
    Strength.SUSPECTED: "low",
}
_NOTIFICATIONS = (
    ("not-judged", "Something was not judged.", "What lies there is neither clean nor found."),
    ("sources", "What was consulted.", "Evidence can come only from the sources named here."),
    ("left-out", "Results were left out.", "Code scanning takes 25,000 results of a run."),
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A finding's lines, or the part of them that a change touches; ends inclusive in lines."""

    finding: Finding
    start: Position
    end: Position


def render(
    result: LintResult, source: Callable[[str], bytes | None], exit_code: int
) -> Iterator[str]:
    """Yield the audit variant: every finding, suppressed ones too."""
    findings = sorted(
        result.findings, key=lambda f: (f.path, f.region.span.start, f.rule, f.fingerprint)
    )
    results = _results(findings, source, None, _rule_indices(findings))
    yield from _log(result, findings, results, exit_code, ())


def render_upload(
    result: LintResult,
    source: Callable[[str], bytes | None],
    exit_code: int,
    changed: Mapping[str, Sequence[tuple[int, int]]] | None,
) -> Iterator[str]:
    """Yield the upload variant: findings that stand, within ``changed`` lines.

    ``changed`` maps paths to ranges of lines, from 1, ends inclusive; None: the whole tree.
    A finding whose region lies in several ranges gives a result for each. The quietest are
    left out, and counted in a notification, where there are more than code scanning takes.
    """
    findings = summary.active(result.findings)
    results = list(_results(findings, source, changed, _rule_indices(findings)))
    notes: tuple[str, ...] = ()
    if len(results) > MAX_RESULTS:
        loudest = sorted(results, key=lambda r: -_rank(r))[:MAX_RESULTS]
        notes = (f"{len(results) - MAX_RESULTS:,} of {len(results):,} results were left out.",)
        results = loudest
    yield from _log(result, findings, iter(results), exit_code, notes)


def _log(
    result: LintResult,
    findings: Sequence[Finding],
    results: Iterator[Record],
    exit_code: int,
    left_out: Sequence[str],
) -> Iterator[str]:
    driver = {
        "name": "Redline",
        "semanticVersion": __version__,
        "rules": _rules(findings),
        "notifications": [
            {
                "id": name,
                "shortDescription": {"text": short},
                "fullDescription": {"text": full},
                "help": {"text": full},
            }
            for name, short, full in _NOTIFICATIONS
        ],
    }
    head = {
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "redline/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The project's root."}}},
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not result.incomplete,
                "exitCode": exit_code,
                "toolExecutionNotifications": _notifications(result, left_out),
            }
        ],
        "properties": {"policySha256": result.policy_sha256 or "unknown"},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    yield f'{{"$schema": "{schema}", "version": "2.1.0", "runs": [{dump(head)[:-1]}, "results": ['
    separator = "\n"
    for record in results:
        yield separator + dump(record)
        separator = ",\n"
    yield "\n]}]}\n"


def _rule_indices(findings: Sequence[Finding]) -> dict[str, int]:
    return {rule: index for index, rule in enumerate(sorted({f.rule for f in findings}))}


def _rules(findings: Sequence[Finding]) -> list[Record]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return [_rule(rule, by_rule[rule]) for rule in sorted(by_rule)]


def _rule(rule: str, findings: Sequence[Finding]) -> Record:
    zones = sorted({finding.zone for finding in findings})
    level = max(finding.level for finding in findings)
    effect = max(finding.effect for finding in findings)
    listed = ", ".join(zones)
    advice = next((f.help for f in findings if f.help), "") or "See the finding's message."
    return {
        "id": rule,
        "name": "".join(part.capitalize() for part in rule.replace("_", "-").split("-")) or rule,
        "shortDescription": {"text": _text(f"Assistant text in {listed}.")},
        "fullDescription": {
            "text": _text(
                f"Text that an AI assistant produced lies in {listed}; by the policy it "
                f"{_EFFECTS[effect]}."
            )
        },
        "help": {"text": _text(advice)},
        "defaultConfiguration": {"level": str(level)},
        "properties": {
            "tags": ["provenance", *zones][:10],
            "precision": _PRECISION[min(f.region.best.strength for f in findings)],
            "problem.severity": _PROBLEM.get(level, "recommendation"),
        },
    }


def _results(
    findings: Sequence[Finding],
    source: Callable[[str], bytes | None],
    changed: Mapping[str, Sequence[tuple[int, int]]] | None,
    rules: Mapping[str, int],
) -> Iterator[Record]:
    for path, group in groupby(findings, key=lambda f: f.path):
        if changed is not None and path not in changed:
            continue
        data = source(path)
        places = [
            place
            for finding in group
            for place in _places(finding, data, None if changed is None else changed[path])
        ]
        hashes = {} if data is None else line_hashes(data, {p.start.line for p in places})
        for place in places:
            yield _result(place, hashes.get(place.start.line), rules)


def _places(
    finding: Finding, data: bytes | None, ranges: Sequence[tuple[int, int]] | None
) -> Iterator[_Place]:
    start, end = finding.start, last_place(finding, data)
    if ranges is None:
        yield _Place(finding, start, end)
        return
    for low, high in ranges:
        first, last = max(start.line, low), min(end.line, high)
        if first > last:
            continue
        yield _Place(
            finding,
            start if first == start.line else Position(first, 1),
            end if last == end.line else Position(last, _columns(data, last)),
        )


def _columns(data: bytes | None, number: int) -> int:
    """Return the column behind the last code point of a line; 1 where it cannot be known."""
    head = 0
    for _ in range(number - 1):
        head = (data or b"").find(b"\n", head) + 1
        if not head:
            return 1
    stop = (data or b"").find(b"\n", head)
    line = (data or b"")[head:] if stop < 0 else (data or b"")[head:stop]
    return len(line.rstrip(b"\r").decode(errors="surrogateescape")) + 1


def _result(place: _Place, line_hash: str | None, rules: Mapping[str, int]) -> Record:
    finding = place.finding
    said = "; ".join(one_line(e.detail) for e in finding.region.evidence[:3] if e.detail)
    zone = f"{finding.zone}: {finding.reason}" if finding.reason else finding.zone
    message = (
        f"{finding.message.rstrip('.')}. Evidence: {said or 'none'}. Zone: {zone.rstrip('.')}."
    )
    record: Record = {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "level": str(finding.level),
        "message": {"text": _text(message)},
        "locations": [{"physicalLocation": _physical(finding.path, place.start, place.end)}],
        "partialFingerprints": {
            **({"primaryLocationLineHash": line_hash} if line_hash else {}),
            "redline/v1": finding.fingerprint,
        },
        "properties": {
            "zone": finding.zone,
            "effect": str(finding.effect),
            "assistant": finding.assistant,
            "strength": str(finding.region.best.strength),
            "evidence": [evidence_record(evidence) for evidence in finding.region.evidence[:20]],
        },
    }
    file, _, line = (finding.origin or "").rpartition(":")
    # A shipped pack (builtin:...) is no file of the project, so nothing can be linked to.
    if file.endswith((".yaml", ".yml")) and line.isdigit() and not file.startswith("builtin"):
        at = Position(int(line), 1)
        record["relatedLocations"] = [
            {
                "id": 1,
                "message": {"text": _text(f"Zone {zone}.")},
                "physicalLocation": _physical(file, at, at),
            }
        ]
    if finding.suppressed is not None:
        record["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": _text(finding.suppressed) or "no reason given",
            }
        ]
    return record


def _physical(path: str, start: Position | None = None, end: Position | None = None) -> Record:
    # Percent-encoding the bytes keeps names that are not UTF-8, hold a colon or a line break.
    uri = quote(os.fsencode(path), safe="/")
    record: Record = {"artifactLocation": {"uri": uri or ".", "uriBaseId": "SRCROOT"}}
    if start is not None and end is not None:
        record["region"] = {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": max(end.column, start.column if end.line == start.line else 1),
        }
    return record


def _notifications(result: LintResult, left_out: Sequence[str]) -> list[Record]:
    notes: list[Record] = [
        _notification("sources", "note", f"{words}: {line}")
        for consulted, words in ((True, "Consulted"), (False, "Not consulted"))
        for line in summary.sources(result, consulted=consulted)
    ]
    notes += [_notification("left-out", "warning", text) for text in left_out]
    # Protected ones first: should the bound cut any, it cuts those that do not count.
    for skip in sorted(result.skipped, key=lambda s: (not s.protected, s.path, s.reason)):
        if len(notes) >= _MAX_NOTIFICATIONS:
            notes.append(
                _notification("not-judged", "note", f"{len(result.skipped):,} places in all.")
            )
            break
        notes.append(_skip(skip))
    return notes


def _skip(skip: Skip) -> Record:
    advice = f" {one_line(skip.advice)}." if skip.advice else ""
    note = _notification(
        "not-judged",
        "error" if skip.protected else "note",
        f"Not judged: {one_line(skip.reason)}.{advice}",
    )
    note["locations"] = [{"physicalLocation": _physical(skip.path)}]
    return note


def _notification(name: str, level: str, text: str) -> Record:
    index = [known for known, _, _ in _NOTIFICATIONS].index(name)
    return {
        "descriptor": {"id": name, "index": index},
        "level": level,
        "message": {"text": _text(text)},
    }


def _rank(record: Record) -> int:
    return Level[str(record["level"]).upper()]


def _text(text: str) -> str:
    """Return printable text within GitHub's bound; brackets would become links."""
    text = one_line(text).replace("[", "(").replace("]", ")")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
