"""Start every task against every model that is named on the command line."""

from __future__ import annotations

import argparse

from inspect_ai import eval_set

from tasks.ledger import ledger
from tasks.maze import maze


def main() -> None:
    """Read the arguments and hand over to Inspect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", help="provider/name, as Inspect spells it")
    parser.add_argument("--logs", default="logs", help="folder for the transcripts")
    options = parser.parse_args()
    eval_set([maze(), ledger()], model=options.models, log_dir=options.logs)


if __name__ == "__main__":
    main()
