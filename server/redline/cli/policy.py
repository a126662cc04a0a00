"""``redline policy``: check a rule file, test it, show what it comes to, print its schema."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output
from redline.cli.parser import add_commands

if TYPE_CHECKING:
    from redline.policy import Policy

_EPILOG = """\
examples:
  redline policy check                  is the rule file of this project right?
  redline policy check team.yaml        another one
  redline policy test                   do its rules judge its own tests as they say?
  redline policy show                   rules and zones as they come out, packs included
  redline policy schema > policy.json   for the YAML extension of an editor

exit codes: 0 right, 1 a test fails, 2 a rule file is wrong.
"""
_TEST_EPILOG = """\
Runs the tests of the rule file, those of rule files in folders below, and the guarantees of
whatever it extends. Rules, and places of zones, that no test reaches are listed.

examples:
  redline policy test                   the rule file of this project
  redline policy test packs/*.yaml      others
  redline policy test --require-coverage --format json

exit codes: 0 all pass, 1 a test fails, 2 a rule file is wrong.
"""
_HELP = {
    "check": "read the rule files and report everything that is wrong with them",
    "test": "run the tests that rule files carry",
    "show": "show the policy that the rule files come to",
    "schema": "print the JSON Schema of rule files",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline policy COMMAND ..."
    parser.description = "Check, test, show and describe rule files."
    parser.epilog = _EPILOG
    commands = {
        "check": _configure_check,
        "test": _configure_test,
        "show": _configure_show,
        "schema": _schema,
    }
    add_commands(parser, commands, _HELP)


def _configure_check(parser: argparse.ArgumentParser) -> None:
    parser.usage = "redline policy check [FILE]"
    _add_file(parser)
    parser.set_defaults(run=_check)


def _configure_test(parser: argparse.ArgumentParser) -> None:
    parser.usage = "redline policy test [--format FORMAT] [--require-coverage] [FILE...]"
    parser.epilog = _TEST_EPILOG
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        type=Path,
        help="the rule files (default: redline.yaml at the root, else the shipped pack)",
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        choices=("text", "json"),
        default="text",
        help="text (the default) or json",
    )
    parser.add_argument(
        "--require-coverage",
        action="store_true",
        help="fail where no test reaches a rule or a zone's places",
    )
    parser.set_defaults(run=_test)


def _configure_show(parser: argparse.ArgumentParser) -> None:
    parser.usage = "redline policy show [FILE]"
    _add_file(parser)
    parser.set_defaults(run=_show)


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.usage = "redline policy schema"
    parser.set_defaults(run=_print_schema)


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="the rule file (default: redline.yaml at the root, else the shipped pack)",
    )


def load(root: Path, explicit: Path | None) -> Policy:
    """Load the policy of the project at ``root``, rule files in folders below it included."""
    from redline.policy import load_policy
    from redline.project import LintOptions
    from redline.project.files import open_tree

    nested = open_tree(LintOptions(root=root)).rule_files
    return load_policy(root, explicit, nested=nested)


def _load(args: argparse.Namespace) -> Policy:
    from redline.project import find_root

    return load(find_root(Path.cwd()), args.file)


def _check(args: argparse.Namespace) -> int:
    from redline.report.safe import one_line
    from redline.report.summary import plural

    policy = _load(args)
    if not args.quiet:
        rules, zones = len(policy.rules), len(policy.table.zones)
        output.write_text(
            [
                f"{', '.join(map(one_line, policy.files))}: "
                f"{plural(rules, 'rule')} over {plural(zones, 'zone')}, nothing wrong.\n"
                f"sha256 {policy.sha256}\n"
            ]
        )
    return 0


def _test(args: argparse.Namespace) -> int:
    from redline.check import check
    from redline.cli.progress import progress
    from redline.policy import gather
    from redline.policy.load import NAME
    from redline.policy.rule_test_run import run_tests
    from redline.project import LintOptions, find_root
    from redline.project.files import open_tree
    from redline.report import rule_tests

    root = find_root(Path.cwd())
    reports = []
    for file in args.files or [None]:
        # What folders add is added to the project's own file, not to a pack that is named.
        whole = file is None or file.resolve() == root / NAME
        nested = open_tree(LintOptions(root=root)).rule_files if whole else ()
        gathered = gather(root, file, nested=nested)
        with progress("testing rules", quiet=args.quiet or args.format == "json") as tick:
            reports.append(run_tests(gathered, check, tick))
    if args.format == "json":
        output.write_data(rule_tests.as_json(reports))
    else:
        output.write_text(rule_tests.as_text(reports, quiet=args.quiet))
    uncovered = args.require_coverage and any(report.unreached for report in reports)
    return 1 if uncovered or any(report.failed for report in reports) else 0


def _show(args: argparse.Namespace) -> int:
    output.write_text(_described(_load(args)))
    return 0


def _described(policy: Policy) -> Iterator[str]:
    from redline.model import Effect, Strength
    from redline.report.safe import one_line
    from redline.report.statistics import aligned

    def table(head: list[str], rows: list[list[str]]) -> str:
        return "\n".join(aligned(head, rows, numbers_from=len(head))) + "\n\n"

    made = policy.table
    yield "".join(f"{one_line(name)}\n" for name in policy.files)
    yield f"sha256 {policy.sha256}\n\n"
    yield table(
        ["rule", "zones", "by", "effect", "from"],
        [
            [r.id, ", ".join(r.zones), ", ".join(r.by), str(r.effect), r.origin]
            for r in policy.rules
        ],
    )
    for zone in made.zones:
        yield f"zone {one_line(zone.id)}: {one_line(zone.title)}\n"
        for place in made.file_places:
            if place.zone == zone.id:
                below = f" below {one_line(place.folder)}" if place.folder else ""
                yield from (f"  {one_line(g)}{below} ({one_line(o)})\n" for g, o in place.globs)
                yield from (f"  but not {one_line(g)}{below}\n" for g in place.exceptions)
                yield from (f"  where the text matches {one_line(p)}\n" for p in place.content)
        for unit in made.unit_places:
            if unit.zone == zone.id:
                names = ", ".join(map(one_line, unit.names))
                yield f"  {unit.language} {unit.form} {names} ({one_line(unit.origin)})\n"
    yield "\n"
    for entry in made.assistants:
        kind = "external" if entry.external else "in-house"
        listed = [*entry.names, *(f"model {model}" for model in entry.models)]
        yield f"{kind}: {', '.join(map(one_line, listed))} ({one_line(entry.origin)})\n"
    yield "anything else: external\n\n"
    strengths = sorted(Strength, reverse=True)
    yield table(
        ["level", *map(str, strengths)],
        [
            [str(effect), *(str(made.level(effect, strength)) for strength in strengths)]
            for effect in sorted(Effect, reverse=True)
        ],
    )[:-1]


def _print_schema(args: argparse.Namespace) -> int:
    from redline.policy.document import schema_text

    output.write_data([schema_text()])
    return 0
