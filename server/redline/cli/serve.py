"""``redline serve``: the language server, for editors to start."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from redline.cli.failure import Failure

_LEVELS = ("debug", "info", "warning", "error")

_EPILOG = """\
examples:
  redline serve                    what an editor starts: the protocol on the standard streams
  redline serve --tcp 9257         wait for one editor on a port of this machine
  redline serve --log-file ~/redline.log --log-level debug

It ends when the editor does. Notes go to the standard error, or to the log file, and never
hold a document's text.

exit codes:
  0    the editor asked for the end
  1    the connection was lost, or the editor left without asking
  2    the command line is wrong, or the server is not installed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "redline serve [OPTIONS]"
    parser.description = "Run the language server: findings in the editor, while text lands."
    parser.epilog = _EPILOG
    transport = parser.add_mutually_exclusive_group()
    transport.add_argument(
        "--stdio", action="store_true", help="talk on the standard streams (the default)"
    )
    transport.add_argument(
        "--tcp",
        metavar="PORT",
        type=_port,
        help="listen on this port of 127.0.0.1 for one client; 0 takes any that is free",
    )
    parser.add_argument(
        "--log-file", metavar="FILE", type=Path, help="append notes to FILE (default: stderr)"
    )
    parser.add_argument(
        "--log-level",
        choices=_LEVELS,
        default="warning",
        help="note what is at least this important (default: warning)",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="print the version, and do not start"
    )
    parser.set_defaults(run=_run)


class _Version(argparse.Action):
    """Print the version of the whole program and end."""

    def __call__(self, parser: argparse.ArgumentParser, *_args: object) -> None:
        from redline import __version__

        sys.stdout.write(f"redline {__version__}\n")
        parser.exit()


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number up to 65535")


def _run(args: argparse.Namespace) -> int:
    import gc

    if sys.stderr is None:
        # Closed: whatever is opened next would take its place and be written to.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- for good

    # It loads what it needs while this process does.
    from redline.live.spawn import start_ahead

    start_ahead()
    # Nothing of what is loaded now becomes garbage, and there is a lot of it.
    gc.disable()
    try:
        import pygls  # noqa: F401 -- to tell its absence from a fault inside of it
    except ModuleNotFoundError as error:
        raise Failure(
            "the language server is not installed", "pip install 'redline-lint[lsp]'"
        ) from error
    from redline.lsp import life, log
    from redline.lsp.wire_types import load_types

    load_types()
    from redline.lsp.server import Server

    try:
        log.start(args.log_level, args.log_file)
    except OSError as error:
        raise Failure(
            f"cannot write {args.log_file}: {error.strerror}",
            "name a file in a folder that exists and that you may write to",
        ) from error
    server = Server()
    gc.enable()
    if args.tcp is None:
        if sys.stdin is not None and sys.stdin.isatty():
            sys.stderr.write("redline serve is for editors: it waits for one to speak.\n")
        try:
            return life.leave(life.serve_stdio(server))
        except OSError as error:
            raise Failure(
                f"cannot use the standard streams: {error.strerror}",
                "let an editor start the server, or use --tcp PORT",
            ) from error
    try:
        return life.leave(life.serve_tcp(server, args.tcp, _listening))
    except OSError as error:
        raise Failure(
            f"cannot listen on port {args.tcp}: {error.strerror}", "name another, or 0 for any"
        ) from error


def _listening(port: int) -> None:
    sys.stderr.write(f"listening on 127.0.0.1:{port}\n")
    sys.stderr.flush()
