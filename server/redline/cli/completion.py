"""``redline completion``: print a completion script, made from the parser itself."""

from __future__ import annotations

import argparse

from redline.cli import output

_EPILOG = """\
examples:
  redline completion bash > ~/.local/share/bash-completion/completions/redline
  redline completion zsh > ~/.zfunc/_redline        (with ~/.zfunc in fpath)
  redline completion fish > ~/.config/fish/completions/redline.fish
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Print a script that completes redline's commands and options."
    parser.usage = "redline completion SHELL"
    parser.epilog = _EPILOG
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help="bash, zsh or fish")
    parser.set_defaults(run=_run)


_SHELLS = ("bash", "zsh", "fish")


def _run(args: argparse.Namespace) -> int:
    import shtab

    from redline.cli.parser import build

    output.write_data([shtab.complete(build(), shell=args.shell) + "\n"])
    return 0
