"""``python -m bench.server``: measure the language server and write docs/server-benchmarks.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from .. import contests, corpus, page
from ..measure import Command, once
from . import gestures, inputs
from . import page as server_page
from .client import Client
from .gestures import Contender

CHECKOUT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 10_000, 50_000)


def main() -> int:
    """Measure what the command line names; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each server (default: 3)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="lines of the files")
    parser.add_argument("--only", choices=("redline", "ruff", "ast-grep"), help="one server")
    parser.add_argument("--dry", action="store_true", help="print only, leave the page as it is")
    options = parser.parse_args()
    sizes = tuple(options.sizes)
    with tempfile.TemporaryDirectory(prefix="redline-bench-") as folder:
        made = inputs.made(Path(folder), sizes)
        contenders = _contenders(Path(folder), made)
        wanted = [contenders[options.only]] if options.only else list(contenders.values())
        for number in range(options.rounds):
            for lines in sizes:
                for one in wanted:
                    print(f"round {number + 1}: {one.name}, {lines:,} lines", file=sys.stderr)
                    one.runs.append(gestures.run(one, made, lines))
        command = " ".join(["python -m bench.server", *sys.argv[1:]])
        text = server_page.render(wanted, sizes, options.rounds, command)
    print(text)
    if not options.dry:
        page.write(CHECKOUT / "docs" / "server-benchmarks.md", text)
    return 0


def _contenders(scratch: Path, made: inputs.Inputs) -> dict[str, Contender]:
    """The three servers, with the rules and the index that they read."""
    (made.root / "redline.yaml").write_text(contests.POLICY, encoding="utf-8")
    rules = contests.ast_grep_rules(scratch)
    corpus.commit(made.root)
    index = scratch / "index.db"
    environment = contests.own_environment(scratch) | {
        "REDLINE_INDEX": str(index),
        # No session of the user's is read meanwhile.
        "HOME": str(scratch / "home"),
    }
    update = [contests.REDLINE, "index", "update", "--quiet", "--root", made.sessions]
    once(Command("index", update, scratch, environment=environment))

    def starting(*argv: str | Path) -> Callable[[], Client]:
        return lambda: Client(argv, made.root, environment)

    return {
        "redline": Contender("redline serve", starting(contests.REDLINE, "serve")),
        "ruff": Contender("ruff server", starting(contests.BIN / "ruff", "server")),
        "ast-grep": Contender(
            "ast-grep lsp", starting(contests.BIN / "ast-grep", "lsp", "-c", rules)
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
