"""``redline explain``: tell all that is known about a file or some of its lines."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from redline.cli import output
from redline.cli.failure import Failure
from redline.cli.lint import add_rules, options_of

_PLACE = re.compile(r"(?P<path>.+?):(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?", re.DOTALL)
_EPILOG = """\
examples:
  redline explain graders/score.py        the whole file
  redline explain graders/score.py:12     one line
  redline explain graders/score.py:12-20  some lines

It tells the zones, all evidence whether or not a rule objects, the findings, and which
sources were asked. Where a session accounts for lines and its file is on this machine,
the file is read again and its text is shown beside them; nothing of it is stored.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline explain [OPTIONS] PATH[:LINE[-LINE]]"
    parser.description = "Tell what is known about a file or some of its lines, and why."
    parser.epilog = _EPILOG
    parser.add_argument("place", metavar="PATH[:LINE[-LINE]]", help="what to explain")
    text = parser.add_argument_group("side by side")
    text.add_argument(
        "--context",
        metavar="N",
        type=_lines,
        default=2,
        help="lines shown before and behind those that are compared (default: 2)",
    )
    text.add_argument(
        "--full",
        action="store_true",
        help="cut no line and leave none out; compare with every session",
    )
    text.add_argument(
        "--no-session-text",
        action="store_true",
        help="read no session; tell only where its text is",
    )
    add_rules(parser)
    report = parser.add_argument_group("report")
    report.add_argument(
        "--format",
        metavar="FORMAT",
        choices=("text", "json"),
        default="text",
        help="text, or json, see docs/explanation.schema.json (default: text)",
    )
    parser.set_defaults(run=_run)


def place_of(text: str) -> tuple[Path, tuple[int, int] | None]:
    """Take ``PATH:LINE-LINE`` apart; a file whose own name ends so is taken by its name.

    Raises ``Failure`` for lines that run backwards or count from 0.
    """
    found = _PLACE.fullmatch(text)
    if found is None or os.path.lexists(text):
        return Path(text), None
    first = int(found["first"])
    last = int(found["last"] or first)
    if not 1 <= first <= last:
        raise Failure(f"{text} names no lines", "lines count from 1, the first before the last")
    return Path(found["path"]), (first, last)


def _run(args: argparse.Namespace) -> int:
    path, lines = place_of(args.place)

    from redline.project.explain import Compared, explain

    compared = None if args.no_session_text else Compared(args.context, args.full)
    known = explain(path, lines, options_of(args, [path]), compared)
    if args.format == "json":
        from redline.report import explanation_json

        output.write_data(explanation_json.render(known))
        return 0

    from redline.report.explanation import render
    from redline.report.look import look_for

    look = look_for(sys.stdout, args.color, os.environ)
    output.write_text(render(known, look, verbose=args.verbose, full=args.full))
    return 0


def _lines(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise argparse.ArgumentTypeError(f"{text} is no number from 0 to 9999")
    return int(text)
