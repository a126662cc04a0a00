"""``python -m bench``: measure Redline against its peers and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from . import contests, corpus, page
from .measure import Command, once

CHECKOUT = Path(__file__).resolve().parents[1]
NAMES = ("sessions", "tree", "staged")


def main() -> int:
    """Measure what the command line names; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("contests", nargs="*", metavar="CONTEST", help=", ".join(NAMES))
    parser.add_argument("--runs", type=int, default=5, help="runs of each command (default: 5)")
    parser.add_argument(
        "--megabytes", type=int, default=200, help="of generated sessions (default: 200)"
    )
    parser.add_argument(
        "--inputs",
        type=Path,
        default=Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "redline-bench",
        help="folder that keeps the inputs (default: redline-bench in the user's cache folder)",
    )
    parser.add_argument("--dry", action="store_true", help="print only, leave the page as it is")
    options = parser.parse_args()
    wanted = options.contests or list(NAMES)
    if unknown := set(wanted) - set(NAMES):
        parser.error(f"no contest is called {', '.join(sorted(unknown))}")
    measured = _measure(wanted, options)
    text = page.render(measured, options.runs, " ".join(["python -m bench", *sys.argv[1:]]))
    print(text)
    if not options.dry:
        page.write(CHECKOUT / "docs" / "benchmarks.md", text)
    return 0


def _measure(wanted: list[str], options: argparse.Namespace) -> list[contests.Contest]:
    kept = options.inputs / f"sessions-{options.megabytes}"
    generated = corpus.sessions(kept, options.megabytes * 1_000_000)
    done = []
    with tempfile.TemporaryDirectory(prefix="redline-bench-") as folder:
        scratch = Path(folder)
        if "sessions" in wanted:
            real = sorted((CHECKOUT.parent / "shared" / "data" / "sessions").rglob("*.jsonl"))
            if real:
                what = f"{len(real)} recorded sessions of Claude Code, Codex and Copilot"
                done.append(_in(scratch / "real", contests.read_sessions, real, what, options.runs))
            what = f"{len(generated)} generated sessions"
            done.append(
                _in(scratch / "made", contests.read_sessions, generated, what, options.runs)
            )
        if {"tree", "staged"} & set(wanted):
            tree = corpus.tree(options.inputs)
            index = scratch / "index" / "origins.db"
            index.parent.mkdir()
            update = [contests.REDLINE, "index", "update", "--quiet", "--root", kept]
            environment = contests.own_environment(scratch)
            once(Command("index", [*update, "--index", index], scratch, environment=environment))
            if "tree" in wanted:
                done.append(_in(scratch / "tree", contests.lint_tree, tree, index, options.runs))
            if "staged" in wanted:
                done.append(_in(scratch / "one", contests.lint_staged, tree, index, options.runs))
    return done


def _in(scratch, contest, *arguments) -> contests.Contest:
    scratch.mkdir()
    print(f"measuring: {scratch.name} ...", file=sys.stderr)
    return contest(scratch, *arguments)


if __name__ == "__main__":
    sys.exit(main())
