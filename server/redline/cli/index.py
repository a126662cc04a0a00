"""``redline index``: read assistants' sessions into the origin index, and look after it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output, upkeep
from redline.cli.failure import INCOMPLETE, Failure
from redline.cli.parser import add_commands
from redline.cli.progress import progress

if TYPE_CHECKING:
    from redline.indexer import UpdateReport

_EPILOG = """\
The index holds fingerprints of what assistants wrote, which session it was and when;
never text. It is a file of your own; --index or REDLINE_INDEX names another.

examples:
  redline index update                   the known homes of all assistants
  redline index update --root ./export   any folder; formats are told by their content
  redline index status                   which sessions are known, and what was not read
  redline index export team.index --key-file team.key

exit codes:
  0  done
  2  the command line is wrong, or the index cannot be used
  3  some files could not be read; all others were
"""
_HELP = {
    "update": "read what is new in the assistants' sessions",
    "status": "tell what the index holds and what could not be read",
    "prune": "forget sessions whose files are gone, or old ones",
    "export": "write the fingerprints for a team, under a secret key",
    "import": "take in what somebody else exported",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline index COMMAND ..."
    parser.description = "Read assistants' sessions into the origin index, and look after it."
    parser.epilog = _EPILOG
    add_commands(
        parser,
        {
            "update": _configure_update,
            "status": upkeep.configure_status,
            "prune": upkeep.configure_prune,
            "export": upkeep.configure_export,
            "import": upkeep.configure_import,
        },
        _HELP,
    )


def _configure_update(parser: argparse.ArgumentParser) -> None:
    parser.usage = "redline index update [--root DIR] ..."
    parser.add_argument(
        "--root",
        metavar="DIR",
        dest="roots",
        action="append",
        type=Path,
        help="a folder or file to read; may be given several times\n"
        "(default: the known homes of all assistants)",
    )
    upkeep.add_index(parser)
    parser.set_defaults(run=_update)


def _update(args: argparse.Namespace) -> int:
    for root in args.roots or ():
        if not os.path.lexists(root):
            nearest = next(folder for folder in root.absolute().parents if folder.exists())
            raise Failure(f"there is no {root}", f"the nearest folder that exists is {nearest}")

    from redline import indexer

    with progress("Reading sessions (MiB)", quiet=args.quiet) as tick:
        report = indexer.update(
            args.roots,
            upkeep.index_of(args),
            None if tick is None else lambda done, total, _: tick(done >> 20, total >> 20),
        )
    if not args.quiet:
        output.write_text(_updated(report))
    for line in _failed(report):
        output.say(line)
    return INCOMPLETE if report.failures else 0


def _updated(report: UpdateReport) -> Iterator[str]:
    from redline.report.safe import one_line
    from redline.report.summary import plural

    if not report.files:
        yield "No sessions found.\n"
    else:
        yield (
            f"Read {report.read:,} of {plural(report.files, 'session file')} "
            f"({report.fresh_bytes / (1 << 20):,.1f} MiB new): "
            f"{plural(report.pieces, 'piece')} of text added.\n"
        )
    if report.gone:
        yield f"{plural(report.gone, 'file')} read before are gone; what they held stays known.\n"
    if report.strangers:
        yield f"{plural(report.strangers, 'other file')} are no sessions.\n"
    for reason, count in report.unread.most_common():
        yield f"{plural(count, 'record')} not read: {one_line(reason)}.\n"


def _failed(report: UpdateReport) -> Iterator[str]:
    from redline.report.safe import one_line

    for path, reason in report.failures:
        yield f"error: {one_line(path)}: {one_line(reason)}"
    if report.failures:
        yield "help: what stands in these files is not known; make them readable and run it again"
