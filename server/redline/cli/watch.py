"""``redline watch``: tell findings in a terminal as files and sessions change."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output, watch_words
from redline.cli.failure import INCOMPLETE, Failure
from redline.cli.lint import add_rules
from redline.model import Level

if TYPE_CHECKING:
    from redline.live.following import Followed, Follower, News

_FINDINGS = 1

_EPILOG = """\
examples:
  redline watch                        this project, and the sessions of all assistants here
  redline watch graders                only what lies below graders/
  redline watch --root ./export        sessions in a folder of your own, no others
  redline watch --no-sessions          files only; the index is used as it is
  redline watch --format jsonl         an object a line, for another program

It first tells what stands, as redline lint does; then each finding once, when its text lands,
and once more when it is gone. Sessions are read into the index while they grow. Ctrl-C ends it.

exit codes:
  0    nothing at the level error stands at the end
  1    something does
  2    the command line is wrong, or watching is not installed
  3    something in a protected zone could not be judged (3 beats 1)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline watch [OPTIONS] [PATH]"
    parser.description = (
        "Watch a project and the assistants' sessions, and report findings as they appear:\n"
        "for agents that work outside any editor."
    )
    parser.epilog = _EPILOG
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        type=Path,
        default=Path(),
        help="a project, or a folder or file in it (default: the current folder)",
    )
    sessions = parser.add_argument_group("sessions")
    which = sessions.add_mutually_exclusive_group()
    which.add_argument(
        "--root",
        metavar="DIR",
        dest="roots",
        action="append",
        type=Path,
        help="a folder or file of sessions; may be given several times\n"
        "(default: the known homes of all assistants)",
    )
    which.add_argument("--no-sessions", action="store_true", help="do not read sessions")
    add_rules(parser)
    report = parser.add_argument_group("report")
    report.add_argument(
        "--format",
        metavar="FORMAT",
        choices=("text", "jsonl"),
        default="text",
        help="text, or jsonl, an object a line (default: text)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    for place in (args.path, *(args.roots or ())):
        if not os.path.lexists(place):
            nearest = next(folder for folder in place.absolute().parents if folder.exists())
            raise Failure(f"there is no {place}", f"the nearest folder that exists is {nearest}")

    # Imported here: nobody else needs what this command does.
    from redline.live.folders import WatchError, require_watchfiles

    try:
        require_watchfiles()
        return asyncio.run(_watch(args, _followed(args)))
    except WatchError as error:
        raise Failure(error.what, error.help) from error


def _followed(args: argparse.Namespace) -> Followed:
    from redline.live.following import Followed
    from redline.project import find_root
    from redline.project.options import default_index

    root = find_root(args.path).resolve()
    index = args.index or default_index()
    if args.index is not None and args.no_sessions and not args.index.exists():
        raise Failure(
            f"there is no index {os.fspath(args.index)!r}", "make it with `redline index update`"
        )
    if args.policy is not None and not args.policy.exists():
        raise Failure(f"there is no rule file {os.fspath(args.policy)!r}", "check the path")
    return Followed(
        root=root,
        index=index.absolute(),
        policy=None if args.policy is None else args.policy.absolute(),
        within=_within(root, args.path),
        sessions=not args.no_sessions,
        homes=None if args.roots is None else tuple(root.absolute() for root in args.roots),
    )


def _within(root: Path, path: Path) -> str:
    """Name a path as seen from the root; a link in the project by its own name."""
    full = path.absolute()
    for place in (full.parent.resolve() / full.name, full.resolve()):
        if place.is_relative_to(root):
            inside = place.relative_to(root).as_posix()
            return "" if inside == "." else inside
    return ""


async def _watch(args: argparse.Namespace, followed: Followed) -> int:
    from redline.live.following import Follower

    stopped = _interrupts()
    follower = Follower(followed)
    teller = _Teller(args, followed)
    if followed.sessions and not args.quiet:
        output.say("Reading what is new in the sessions ...")
    async with aclosing(follower.news()) as coming:
        while (news := await _next(coming, stopped)) is not None:
            if not teller.tell(news, follower):
                break
    teller.end(follower)
    if follower.incomplete:
        return INCOMPLETE
    standing = follower.standing.findings
    return _FINDINGS if any(finding.level is Level.ERROR for finding in standing) else 0


def _interrupts() -> asyncio.Event:
    """Let Ctrl-C, and being told to end, set an event: the way that this command always ends."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    return stopped


async def _next(coming: AsyncGenerator[News], stopped: asyncio.Event) -> News | None:
    """Wait for news; None once the command is to end."""
    news = asyncio.ensure_future(anext(coming))
    stop = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait((news, stop), return_when=asyncio.FIRST_COMPLETED)
        return await news if news.done() else None
    finally:
        for task in (news, stop):
            task.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await task


class _Teller:
    """Prints news, in the format that was asked for."""

    def __init__(self, args: argparse.Namespace, followed: Followed) -> None:
        self._args = args
        self._followed = followed
        self._begun = time.monotonic()
        self._first = True
        self._went = 0

    def tell(self, news: News, follower: Follower) -> bool:
        """Print what is new; False once nobody reads it."""
        try:
            if self._args.format == "jsonl":
                output.write_data(self._lines(news))
            else:
                output.write_text(self._text(news))
        except BrokenPipeError:
            output.silence()
            return False
        self._first = self._first and news.result is None
        self._went += len(news.gone)
        return True

    def end(self, follower: Follower) -> None:
        """Print the summary."""
        counts = watch_words.Counts(
            self._went,
            follower.standing.findings,
            time.monotonic() - self._begun,
            judged=not self._first,
            complete=not follower.incomplete,
        )
        with suppress(BrokenPipeError):
            if self._args.format == "jsonl":
                output.write_data(watch_words.ended_line(counts))
            elif not self._args.quiet:
                output.write_text(watch_words.ended(counts))

    def _lines(self, news: News) -> Iterator[str]:
        if self._first and news.result is not None:
            yield from watch_words.begun_line(self._followed, news)
        yield from watch_words.lines(news)

    def _text(self, news: News) -> Iterator[str]:
        from redline.report import text
        from redline.report.look import look_for

        look = look_for(sys.stdout, self._args.color, os.environ)
        if self._first and news.result is not None and not self._args.quiet:
            yield from watch_words.begun(self._followed, news)
        yield from watch_words.asides(news, self._followed.root, judged=not self._first)
        yield from watch_words.gone(news, look)
        if news.result is not None and news.result.findings:
            yield from text.render(
                news.result, self._source, look, quiet=True, verbose=self._args.verbose
            )

    def _source(self, path: str) -> bytes | None:
        from redline.project.reading import DiskReader, Unreadable

        reader = DiskReader(self._followed.root)
        try:
            return reader.read(path)
        except Unreadable:
            return None
        finally:
            reader.close()
