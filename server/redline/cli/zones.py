"""``redline zones``: tell which zones paths lie in, by which line of which rule file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from redline.cli import output

_EPILOG = """\
examples:
  redline zones graders/score.py   why this file is protected, or that it is not
  redline zones evals              every protected file below a folder

A file that is named is always listed; of a folder only the files that lie in a zone.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline zones [OPTIONS] PATH ..."
    parser.description = "Tell which zones files lie in, why, and what may land there."
    parser.epilog = _EPILOG
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="files or folders")
    parser.add_argument(
        "--policy",
        metavar="FILE",
        type=Path,
        help="the rule file (default: redline.yaml at the root, else the shipped pack)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    output.write_text(_lines(args))
    return 0


def _lines(args: argparse.Namespace) -> Iterator[str]:
    from redline.cli.policy import load
    from redline.policy.explain import explain
    from redline.project import LintOptions
    from redline.project.files import open_tree
    from redline.project.reading import Unreadable
    from redline.report.summary import plural
    from redline.syntax.trees import UnparsedError

    tree = open_tree(LintOptions(paths=tuple(args.paths)))
    policy = load(tree.root, args.policy)
    named = {path.resolve() for path in args.paths}
    protected = 0
    for path in tree.paths:
        text: bytes | None = None
        fault = ""
        if policy.wants_text(path):
            try:
                text = tree.reader.read(path)
                units = policy.unit_zones(path, text)
            except (Unreadable, UnparsedError) as error:
                fault, text, units = f"  its units are not known: {error}\n", None, ()
        else:
            units = ()
        in_zone = bool(units or policy.zones_of(path))
        protected += in_zone
        if in_zone or fault or (tree.root / path).resolve() in named:
            yield explain(policy, path, text)
            yield fault
    if not args.quiet:
        verb = "lies" if protected == 1 else "lie"
        yield f"{protected:,} of {plural(len(tree.paths), 'file')} {verb} in a zone.\n"
