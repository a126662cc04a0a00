"""What became of the tests of rule files, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ..policy.rule_test_run import Outcome, TestReport
from .safe import one_line
from .summary import plural


def as_text(reports: Sequence[TestReport], *, quiet: bool = False) -> Iterator[str]:
    """Yield each failed test with the reasons, what no test reaches, and the sums.

    With ``quiet`` only failures are told.
    """
    passed = 0
    for report in reports:
        passed += len(report.outcomes) - len(report.failed)
        yield from (_failed(outcome) for outcome in report.failed)
        if quiet:
            continue
        for one in report.unreached:
            place = f"{one_line(one.file)}:{one.line}"
            yield (
                f"not reached by any test: {one.what} {one_line(one.name)} "
                f"({one_line(one.detail)}) {place}\n"
            )
    if not quiet:
        failed = sum(len(report.failed) for report in reports)
        tests = plural(passed + failed, "test")
        unreached = sum(len(report.unreached) for report in reports)
        gaps = f", {plural(unreached, 'place')} not reached" if unreached else ""
        yield f"{tests}: {passed:,} passed, {failed:,} failed{gaps}\n"


def as_json(reports: Sequence[TestReport]) -> Iterator[str]:
    """Yield one JSON document. Lines and columns count from 1, columns in code points."""
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    yield json.dumps(
        {
            "version": 1,
            "summary": {"passed": len(outcomes) - failed, "failed": failed},
            "files": [
                {
                    "files": list(report.files),
                    "tests": [_test(outcome) for outcome in report.outcomes],
                    "unreached": [
                        {
                            "what": one.what,
                            "name": one.name,
                            "detail": one.detail,
                            "path": one.file,
                            "line": one.line,
                        }
                        for one in report.unreached
                    ],
                }
                for report in reports
            ],
        },
        indent=2,
        ensure_ascii=False,
    )
    yield "\n"


def _failed(outcome: Outcome) -> str:
    test = outcome.test
    kind = "guarantee" if outcome.inherited else "test"
    head = f"{kind} failed: {one_line(test.name)}\n"
    lines = [
        f" --> {one_line(test.file)}:{failure.line}:{failure.column}\n"
        f"     {one_line(failure.message)}\n"
        for failure in outcome.failures
    ]
    return head + "".join(lines) + "\n"


def _test(outcome: Outcome) -> dict[str, object]:
    test = outcome.test
    return {
        "name": test.name,
        "path": test.file,
        "line": test.line,
        "guarantee": test.guarantee,
        "inherited": outcome.inherited,
        "passed": not outcome.failures,
        "failures": [
            {
                "kind": failure.kind,
                "message": failure.message,
                "line": failure.line,
                "column": failure.column,
            }
            for failure in outcome.failures
        ],
    }
