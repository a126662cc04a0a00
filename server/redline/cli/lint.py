"""``redline lint``: judge a tree, print what was found, answer with an exit code."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output, reports
from redline.cli.failure import INCOMPLETE, Failure
from redline.cli.parser import EXIT_CODES
from redline.cli.progress import progress
from redline.cli.reports import FORMATS, Target
from redline.model import Level, LintResult

if TYPE_CHECKING:
    from redline.project import LintOptions

FAIL_LEVELS = ("error", "warning", "note", "never")
_FINDINGS = 1

_EPILOG = f"""\
formats:
{"".join(f"  {name:<13} {words}{chr(10)}" for name, words in FORMATS.items())}
  --output belongs to the --format before it. Several formats may be asked for; at most
  one goes to the standard output.

examples:
  redline lint                                  the whole tree under the root
  redline lint graders evals/tasks              these folders only
  redline lint --staged                         what git would commit, for a hook
  redline lint --since origin/main              files changed on this branch
  redline lint --format json | jq .summary
  redline lint --format github --format sarif --output redline.sarif

{EXIT_CODES}"""


class _Format(argparse.Action):
    """Start another report."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        namespace.targets = [*(namespace.targets or ()), Target(str(values))]


class _Output(argparse.Action):
    """Send the report that was asked for last to a file."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        *before, last = namespace.targets or [Target("text")]
        if last.path is not None:
            parser.error("argument --output: each --output needs a --format before it")
        namespace.targets = [*before, Target(last.format, Path(str(values)))]


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline lint [OPTIONS] [PATH ...]"
    parser.description = (
        "Judge files by the rule file and report every region of assistant text that lies\n"
        "in a protected zone, with the evidence and what to do."
    )
    parser.epilog = _EPILOG
    parser.set_defaults(run=_run, targets=None)
    what = parser.add_argument_group("what to judge")
    what.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="files or folders (default: all under the root that git does not ignore)",
    )
    what.add_argument(
        "--staged", action="store_true", help="judge the content that is staged in git"
    )
    what.add_argument(
        "--since", metavar="REV", help="judge only files changed since the merge base with REV"
    )
    add_rules(parser)
    report = parser.add_argument_group("report")
    report.add_argument(
        "--format",
        metavar="FORMAT",
        choices=tuple(FORMATS),
        action=_Format,
        help="one of those below (default: text)",
    )
    report.add_argument(
        "--output",
        metavar="FILE",
        action=_Output,
        help="write the report to FILE, whole or not at all",
    )
    report.add_argument(
        "--fail-level",
        metavar="LEVEL",
        choices=FAIL_LEVELS,
        default="error",
        help="exit with 1 from this level on: error, warning, note, never (default: error)",
    )
    report.add_argument(
        "--statistics",
        action="store_true",
        help="count by rule, zone, assistant and strength (text)",
    )
    speed = parser.add_argument_group("speed")
    speed.add_argument(
        "--jobs",
        metavar="N",
        type=_jobs,
        default=0,
        help="processes to use (default: as many as there are cores)",
    )
    speed.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which policy and which index are used."""
    rules = parser.add_argument_group("rules and evidence")
    rules.add_argument(
        "--policy",
        metavar="FILE",
        type=Path,
        help="the rule file (default: redline.yaml at the root, else the shipped pack)",
    )
    rules.add_argument(
        "--index",
        metavar="FILE",
        type=Path,
        help="the origin index (default: the one in your state folder)",
    )


def options_of(args: argparse.Namespace, paths: Sequence[Path]) -> LintOptions:
    """Build what the engine takes from parsed arguments; absent options have their defaults."""
    from redline.project import LintOptions

    return LintOptions(
        paths=tuple(paths),
        policy=args.policy,
        index=args.index,
        staged=getattr(args, "staged", False),
        since=getattr(args, "since", None),
        jobs=getattr(args, "jobs", 0),
        cache=not getattr(args, "no_cache", False),
    )


def exit_code(result: LintResult, fail_level: str) -> int:
    """Return 3 for an incomplete run, else 1 for findings at or above ``fail_level``, else 0."""
    if result.incomplete:
        return INCOMPLETE
    if fail_level == "never":
        return 0
    least = Level[fail_level.upper()]
    standing = (finding for finding in result.findings if finding.suppressed is None)
    return _FINDINGS if any(finding.level >= least for finding in standing) else 0


def _run(args: argparse.Namespace) -> int:
    targets: list[Target] = args.targets or [Target("text")]
    if sum(1 for target in targets if target.path is None) > 1:
        raise Failure(
            "two formats for one standard output",
            "put --output FILE behind all but one --format",
        )
    from redline import project

    options = options_of(args, args.paths)
    with progress("Judging", quiet=args.quiet) as tick:
        result = project.lint(options, tick)
    code = exit_code(result, args.fail_level)

    with project.opened(options, Path(result.root)) as opened:
        # Findings come sorted by path, and every format asks file by file.
        source = lru_cache(maxsize=2)(opened)
        try:
            for target in sorted(targets, key=lambda target: target.path is None):
                reports.write(target, result, source, options, args, code)
        except BrokenPipeError:
            # Whoever reads had enough; the verdict stands.
            output.silence()
    if code == INCOMPLETE and all(t.format != "text" or t.path for t in targets):
        reports.tell_incomplete(result)
    return code


def _jobs(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 1024")
    return number
