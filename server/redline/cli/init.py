"""``redline init``: look at the tree, propose zones, write a first rule file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output
from redline.cli.failure import Failure

if TYPE_CHECKING:
    from redline.policy.propose import Proposal

_NAME = "redline.yaml"
_EPILOG = """\
examples:
  redline init --dry-run   show the rule file that would be written
  redline init             write redline.yaml at the root of this project

The proposal names folders that look like tasks, graders or training data. Read it before
you commit it: only people know what is protected here.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline init [OPTIONS] [DIR]"
    parser.description = "Look at the tree, propose zones, and write a commented redline.yaml."
    parser.epilog = _EPILOG
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path(),
        help="a folder of the project (default: this one)",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the rule file, write nothing")
    parser.add_argument(
        "--force", action="store_true", help="write over a redline.yaml that is there"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from redline.policy.propose import propose
    from redline.project import LintOptions, find_root
    from redline.project.files import open_tree
    from redline.project.reading import Unreadable

    if not args.folder.is_dir():
        raise Failure(f"{args.folder} is no folder", "name a folder of the project")
    root = find_root(args.folder)
    target = root / _NAME
    # Looked at before the tree is: a large one takes a while.
    if target.exists() and not (args.force or args.dry_run):
        raise Failure(
            f"{target} is there already", "--dry-run shows a fresh proposal, --force writes it"
        )
    tree = open_tree(LintOptions(root=root))

    def read(path: str) -> bytes | None:
        try:
            return tree.reader.read(path)
        except Unreadable:
            return None

    proposal = propose(tree.paths, read)
    if args.dry_run:
        output.write_text([proposal.text])
        return 0
    output.write_file(target, [proposal.text])
    if not args.quiet:
        output.write_text(_told(target, proposal))
    return 0


def _told(target: Path, proposal: Proposal) -> Iterator[str]:
    from redline.report.safe import one_line

    yield f"Wrote {one_line(str(target))}.\n"
    for pack in proposal.presets:
        yield f"  pack {one_line(pack.subject)}: {one_line(pack.reason)}\n"
    for glob in proposal.globs:
        yield f"  {glob.zone} {one_line(glob.subject)}: {one_line(glob.reason)}\n"
    yield (
        "Read it, then: redline zones PATH (what is protected), redline index update (what\n"
        "assistants wrote here), redline lint.\n"
    )
