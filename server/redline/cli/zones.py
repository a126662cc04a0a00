"""``redline zones``: tell which zones paths lie in, by which line of which rule file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from redline.cli import output
from redline.model import Strength, ZoneHit

_EPILOG = """\
examples:
  redline zones graders/score.py   why this file is protected, or that it is not
  redline zones evals              every protected file below a folder

A file that is named is always listed; of a folder only the files that lie in a zone.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline zones [OPTIONS] PATH ..."
    parser.description = "Tell which zones files lie in, why, and what that means."
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
    from redline.policy import load_policy
    from redline.project import LintOptions
    from redline.project.files import Tree, Unreadable, open_tree
    from redline.report.safe import one_line
    from redline.report.summary import plural

    tree: Tree = open_tree(LintOptions(paths=tuple(args.paths)))
    policy = load_policy(tree.root, args.policy)
    named = {path.absolute() for path in args.paths}
    seen = protected = 0
    for path in tree.paths:
        seen += 1
        hits = policy.zones_of(path)
        data = b""
        fault = ""
        if policy.wants_text(path):
            try:
                data = tree.reader.read(path)
                hits += policy.unit_zones(path, data)
            except Unreadable as error:
                fault = f"  its units are not known: {error.reason}\n"
        protected += bool(hits)
        if not hits and tree.root / path not in named:
            continue
        yield f"{one_line(path)}\n"
        if not hits:
            yield "  in no zone\n"
        for hit in hits:
            decision = policy.decide({hit.zone}, "unknown", None, Strength.RECORDED)
            verdict = f" -> {decision.effect} ({decision.rule.id})" if decision else " -> no rule"
            origin = f" ({one_line(hit.origin)})" if hit.origin else ""
            where = _where(hit, data)
            yield f"  {hit.zone}{where}: {one_line(hit.reason)}{origin}{verdict}\n"
        yield fault
    if not args.quiet:
        verb = "lies" if protected == 1 else "lie"
        yield f"{protected:,} of {plural(seen, 'file')} {verb} in a zone.\n"


def _where(hit: ZoneHit, data: bytes) -> str:
    if hit.span is None:
        return ""
    first = data.count(b"\n", 0, hit.span.start) + 1
    last = data.count(b"\n", 0, max(hit.span.start, hit.span.end - 1)) + 1
    return f" (lines {first}-{last})" if last > first else f" (line {first})"
