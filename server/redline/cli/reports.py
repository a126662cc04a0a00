"""Which report goes where: the formats of ``redline lint``, and how each is printed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output
from redline.model import LintResult

if TYPE_CHECKING:
    from redline.project import LintOptions

FORMATS = {
    "text": "for people (the default)",
    "json": "one object, see docs/findings.schema.json",
    "jsonl": "a finding a line, then a summary",
    "sarif": "SARIF 2.1.0 with everything, for an audit",
    "sarif-upload": "SARIF for GitHub code scanning: what stands, on changed lines",
    "github": "annotations in a GitHub Actions log, and the job's summary",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A format and where it goes; None is the standard output."""

    format: str
    path: Path | None = None


def write(
    target: Target,
    result: LintResult,
    source: Callable[[str], bytes | None],
    options: LintOptions,
    args: argparse.Namespace,
    code: int,
) -> None:
    """Print ``result`` as ``target`` says; ``code`` is the exit code that will follow."""
    pieces = _pieces(target, result, source, options, args, code)
    is_text = target.format == "text"
    if target.path is not None:
        output.write_file(target.path, pieces, text=is_text)
    elif is_text:
        output.write_text(pieces)
    else:
        output.write_data(pieces)


def _pieces(
    target: Target,
    result: LintResult,
    source: Callable[[str], bytes | None],
    options: LintOptions,
    args: argparse.Namespace,
    code: int,
) -> Iterator[str]:
    match target.format:
        case "text":
            from redline.report import text
            from redline.report.look import look_for

            stream = sys.stdout if target.path is None else None
            return text.render(
                result,
                source,
                look_for(stream, args.color, os.environ),
                statistics=args.statistics,
                quiet=args.quiet,
                verbose=args.verbose,
            )
        case "json":
            from redline.report import json

            return json.render(result)
        case "jsonl":
            from redline.report import json

            return json.render_lines(result)
        case "sarif":
            from redline.report import sarif

            return sarif.render(result, source, code)
        case "sarif-upload":
            from redline import project
            from redline.report import sarif

            return sarif.render_upload(result, source, code, project.changed_lines(options))
        case _:
            from redline.report import github

            listed = _job_summary(result, source)
            return github.render(result, source, summary_file=listed)


def _job_summary(result: LintResult, source: Callable[[str], bytes | None]) -> bool:
    """Add to the job's summary where there is one; tell whether that worked."""
    from redline.report import github

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return False
    try:
        output.append_file(Path(path), github.render_summary(result, source))
    except OSError:
        # The annotations and the exit code carry the verdict; this is a convenience.
        return False
    return True


def tell_incomplete(result: LintResult) -> None:
    """Say on the standard error why the run gives 3, for formats that people do not read."""
    from redline.report.summary import not_judged

    output.say("error: incomplete: something in a protected zone could not be judged")
    for line in not_judged(skip for skip in result.skipped if skip.protected):
        output.say(f" --> {line}")
