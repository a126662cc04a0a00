"""Say what went wrong, where, and what to do; and with which exit code that ends."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redline.policy.problems import PolicyProblem

USAGE = 2
INCOMPLETE = 3
_LARGEST_EXCERPT = 1 << 20


class Failure(Exception):
    """The command cannot go on, and the user can do something about it."""

    def __init__(self, what: str, advice: str = "", code: int = USAGE) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.code = code


def report(error: Exception, args: argparse.Namespace) -> int:
    """Print ``error`` to the standard error and return the exit code it stands for."""
    from redline.cli.output import say

    if isinstance(error, Failure):
        say("\n".join(_plain(error.what, error.advice)))
        return error.code
    if _is(error, "redline.project.files", "UsageError"):
        say("\n".join(_plain(str(error), getattr(error, "help", ""))))
        return USAGE
    if _is(error, "redline.matching.schema", "IndexFault"):
        say("\n".join(_plain(str(error), "")))
        return USAGE
    if _is(error, "redline.policy.problems", "PolicyError"):
        problems = getattr(error, "problems", ())
        for problem in problems:
            say("\n".join(problem_lines(problem, _folders())) + "\n")
        count = f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}"
        say(f"{count} in the rule files; nothing was judged.")
        return USAGE
    say("\n".join(_bug(error, args)))
    return INCOMPLETE


def _is(error: Exception, module: str, name: str) -> bool:
    # Asked of what is loaded already: an engine that cannot even be imported is a failure that
    # must be told too, and whoever raised the error has loaded its class.
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, getattr(loaded, name))


def _folders() -> list[Path]:
    """Return where the names of rule files may count from."""
    here = Path.cwd()
    project = sys.modules.get("redline.project.files")
    return [here] if project is None else [here, project.find_root(here)]


def problem_lines(problem: PolicyProblem, folders: Iterable[Path]) -> Iterator[str]:
    """Yield the lines that show a problem of a rule file, with its line and a caret under it.

    The file is sought in ``folders``; without it there is no excerpt.
    """
    from redline.report.safe import one_line

    yield f"error: {one_line(problem.message)}"
    if problem.line:
        yield f" --> {one_line(str(problem.path))}:{problem.line}:{problem.column or 1}"
        found = [path for folder in folders if _shown(path := folder / problem.path, folder)]
        if found:
            yield from _excerpt(found[0], problem.line, problem.column or 1)
    else:
        yield f" --> {one_line(str(problem.path))}"
    if problem.help:
        yield f"help: {one_line(problem.help)}"


def _shown(path: Path, folder: Path) -> bool:
    """Tell whether a line of the rule file may be shown: not what a link in a tree leads out to."""
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        return path.is_file() and (inside or folder not in path.parents)
    except (OSError, RuntimeError):
        return False


def _excerpt(path: Path, line: int, column: int) -> Iterator[str]:
    from redline.report.cells import clip, lay_out
    from redline.report.look import PLAIN_WIDTH

    try:
        with path.open("rb") as file:
            lines = file.read(_LARGEST_EXCERPT).split(b"\n")
    except OSError:
        return
    if not 1 <= line <= len(lines):
        return
    laid = lay_out(lines[line - 1].rstrip(b"\r").decode(errors="replace"))
    size = len(laid.starts) - 1
    first = min(column - 1, size)
    text, start, _ = clip(laid, first, min(first + 1, size), PLAIN_WIDTH - 10)
    margin = " " * len(str(line))
    yield f"{margin} |"
    yield f"{line} | {text}".rstrip()
    yield f"{margin} | {' ' * start}^"


def _plain(what: str, advice: str) -> Iterator[str]:
    from redline.report.safe import one_line

    yield f"error: {one_line(what)}"
    if advice:
        yield f"help: {one_line(advice)}"


def _bug(error: Exception, args: argparse.Namespace) -> Iterator[str]:
    """Yield what is needed to find a bug, without paths or text of the user's."""
    import platform
    import traceback

    from redline import __version__
    from redline.report.safe import one_line

    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}redline{os.sep}" in frame.filename]
    said = one_line(str(error))[:300]
    yield f"error: this is a bug in Redline: {type(error).__name__}{f': {said}' if said else ''}"
    if ours:
        place = ours[-1].filename.rsplit(f"{os.sep}redline{os.sep}", 1)[1]
        yield f" --> redline/{place}:{ours[-1].lineno} in {ours[-1].name}"
    if getattr(args, "verbose", False):
        yield "".join(traceback.format_exception(error)).rstrip()
    yield (
        f"help: nothing was decided (exit code 3). Please report the lines above with: redline "
        f"{__version__}, Python {platform.python_version()}, {platform.system()}"
        f"{'' if getattr(args, 'verbose', False) else '; -v adds the traceback'}"
    )
