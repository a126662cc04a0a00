"""The argument parser: the global options, and every command's name and help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, TypeAlias, cast

COMMANDS = {
    "lint": "report assistant text in protected places",
    "index": "read assistants' sessions into the origin index, and look after it",
    "watch": "report findings as files and sessions change",
    "explain": "tell what is known about a file or some of its lines",
    "zones": "tell which zones a path lies in, and why",
    "serve": "run the language server, for editors to start",
    "init": "look at the tree, propose zones, write redline.yaml",
    "policy": "check, show and describe rule files",
    "completion": "print a completion script for a shell",
}
"""Each is a module of this package with ``configure(parser)``; its parser sets ``run``."""

EXIT_CODES = """\
exit codes:
  0    nothing found at or above the fail level
  1    findings at or above the fail level
  2    the command line or a rule file is wrong
  3    incomplete: something in a protected zone could not be judged (3 beats 1)
  130  interrupted
"""

_EPILOG = f"""\
examples:
  redline init                     write a first redline.yaml for this project
  redline index update             read the sessions of the assistants on this machine
  redline lint                     judge every file that git does not ignore
  redline explain graders/a.py:12  everything known about one line

{EXIT_CODES}
environment:
  NO_COLOR, FORCE_COLOR  decide about colour where --color is auto

redline COMMAND --help tells more about a command.
"""


_Configure: TypeAlias = Callable[[argparse.ArgumentParser], None]


class _Command(Protocol):
    def configure(self, parser: argparse.ArgumentParser) -> None: ...


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of one fixed width, so that the texts in the documentation do not depend on windows."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=88)


class Parser(argparse.ArgumentParser):
    """A parser whose errors say what is wrong and what to do, like all others of Redline."""

    def format_help(self) -> str:
        """Return the help, ended by a line break after an epilog too."""
        return super().format_help().rstrip("\n") + "\n"

    def error(self, message: str) -> NoReturn:
        """Print ``message`` with advice and exit with 2."""
        from redline.report.safe import one_line

        what, advice = _explain(message, self)
        sys.stderr.write(f"error: {one_line(what)}\nhelp: {one_line(advice)}\n")
        raise SystemExit(2)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse ``argv``; prints and exits for ``--help``, ``--version`` and wrong usage.

    The result has ``run``, ``color``, ``quiet`` and ``verbose`` besides the command's own.
    """
    chosen = next((word for word in argv if word in COMMANDS), None)
    parser = build([chosen] if chosen else ())
    args = parser.parse_args(argv)
    for name, default in (("color", "auto"), ("quiet", False), ("verbose", False)):
        if not hasattr(args, name):
            setattr(args, name, default)
    return args


def build(configured: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """Build the parser. Only ``configured`` commands get their options: the rest cost imports."""
    from redline import __version__

    parser = Parser(
        prog="redline",
        usage="redline [OPTIONS] COMMAND ...",
        description="Keep the output of external AI assistants out of eval tasks, graders and\n"
        "protected training data.",
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"redline {__version__}", help="print the version"
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog="redline", required=True, parser_class=Parser
    )
    _add_common(parser)
    wanted = frozenset(configured)
    for name, help_text in COMMANDS.items():
        sub = commands.add_parser(
            name, help=help_text, formatter_class=Formatter, allow_abbrev=False
        )
        if name in wanted:
            cast(_Command, import_module(f"redline.cli.{name}")).configure(sub)
            _add_common(sub)
    return parser


def add_commands(
    parser: argparse.ArgumentParser, commands: Mapping[str, _Configure], help_of: Mapping[str, str]
) -> None:
    """Add commands below a command, each with the options that every command has."""
    group = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog=parser.prog, required=True, parser_class=Parser
    )
    for name, configure in commands.items():
        words = help_of[name]
        sub = group.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            formatter_class=Formatter,
            allow_abbrev=False,
        )
        configure(sub)
        _add_common(sub)


def _add_common(parser: argparse.ArgumentParser) -> None:
    # Suppressed defaults: the options may stand before or behind the command, and the inner
    # parser must not overwrite what the outer one read.
    group = parser.add_argument_group("everywhere")
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default=argparse.SUPPRESS,
        help="colour the output (default: auto, only on a terminal)",
    )
    group.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        default=argparse.SUPPRESS,
        help="leave out summaries and progress",
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="say more, and show where a bug of Redline happened",
    )


def _explain(message: str, parser: argparse.ArgumentParser) -> tuple[str, str]:
    advice = f"{parser.prog} --help lists what there is"
    if "invalid choice: " in message:
        from difflib import get_close_matches

        word = message.split("invalid choice: ", 1)[1].split("'")[1:2]
        choices = _choices(message, parser)
        near = get_close_matches(word[0], choices, n=1) if word else []
        argument = message.split(":", 1)[0].removeprefix("argument ")
        said = f"'{word[0]}'" if word else "that"
        what = f"{said} is no {'command' if argument == 'COMMAND' else f'value of {argument}'}"
        return what, f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(choices)}"
    if message.startswith("unrecognized arguments: "):
        from difflib import get_close_matches

        words = message.removeprefix("unrecognized arguments: ")
        known = [option for action in parser._actions for option in action.option_strings]
        near = get_close_matches(words.split("=")[0].split()[0], known, n=1)
        what = f"{parser.prog} does not know {words}"
        return what, f"did you mean {near[0]}?" if near else advice
    if message.startswith("the following arguments are required: "):
        return f"{message.rsplit(': ', 1)[1]} is missing", advice
    return message.removeprefix("argument "), advice


def _choices(message: str, parser: argparse.ArgumentParser) -> list[str]:
    argument = message.split(":", 1)[0].removeprefix("argument ")
    for action in parser._actions:
        names = {*action.option_strings, str(action.metavar), action.dest}
        if action.choices is not None and names & set(argument.split("/")):
            return [str(choice) for choice in action.choices]
    return []
