"""``python -m bench.matching``: what is found of changed copies, and what is claimed wrongly."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from . import page, scoring, store
from .cases import rows_of
from .corpora import STRANGER_LINES
from .page import OURS, Measured
from .peers import PEERS
from .redline_tool import Redline
from .store import Kept, Run
from .tools import LANGUAGES, Missing, Tool

TOOLS: tuple[Tool, ...] = (Redline(), *PEERS)
CASES, QUICK_CASES, QUICK_LINES = 40, 20, 20_000


def main() -> int:
    """Measure what the command line names; return an exit code."""
    options = _options()
    chosen = _named(options.only, TOOLS)
    every: list[Measured] = []
    absent: dict[str, str] = {}
    for language in options.language or LANGUAGES:
        if options.row and not {*options.row} & {*rows_of(language)}:
            continue
        try:
            material = store.kept(language, options.cache, options.cases, options.lines)
        except Missing as error:
            absent[page.TITLES[language]] = str(error)
            continue
        with store.only(material, options.row) if options.row else nullcontext(material) as asked:
            runs = _runs(asked, chosen, options, absent)
            if runs:
                every.append(Measured(asked, [page.scored(asked, run) for run in runs]))
                _print(every[-1], options.show)
    for name, why in absent.items():
        print(f"{name}: not measured here, {why}.")
    if options.whole and every:
        page.write(page.whole(every, absent))
    return 0 if every else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    names = [tool.name for tool in TOOLS]
    parser.add_argument("--only", nargs="+", metavar="TOOL", help=", ".join(names))
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, help="default: all")
    parser.add_argument("--row", nargs="+", help="these mutations only, by their titles")
    parser.add_argument("--cases", type=int, default=CASES, help=f"copies a row (default: {CASES})")
    parser.add_argument(
        "--lines", type=int, default=STRANGER_LINES, help="of strangers, at most about so many"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_CASES} copies a row, {QUICK_LINES:,} lines"
    )
    parser.add_argument(
        "--kept", action="store_true", help="score the claims of earlier runs, run nothing"
    )
    parser.add_argument(
        "--show", choices=("misses", "false"), help="print Redline's missed copies or false regions"
    )
    parser.add_argument("--dry", action="store_true", help="print only, leave the page as it is")
    parser.add_argument("--cache", type=Path, default=store.default_cache())
    options = parser.parse_args()
    if options.quick:
        options.cases, options.lines = QUICK_CASES, QUICK_LINES
    partial = options.quick or options.row or options.language or options.dry
    options.whole = not partial and (options.cases, options.lines) == (CASES, STRANGER_LINES)
    known = {row for language in LANGUAGES for row in rows_of(language)}
    if unknown := set(options.row or ()) - known:
        parser.error(f"no row is called {', '.join(sorted(unknown))}: {', '.join(sorted(known))}")
    if unknown := {one.lower() for one in options.only or ()} - {name.lower() for name in names}:
        parser.error(f"no tool is called {', '.join(sorted(unknown))}")
    return options


def _named(names: Sequence[str] | None, tools: Sequence[Tool]) -> list[Tool]:
    wanted = {name.lower() for name in names or ()}
    return [tool for tool in tools if not wanted or tool.name.lower() in wanted]


def _runs(
    material: Kept, chosen: Sequence[Tool], options: argparse.Namespace, absent: dict[str, str]
) -> list[Run]:
    """Ask the chosen tools; of the others the last answer counts where the page is made."""
    runs = []
    for tool in TOOLS:
        if material.language not in tool.languages():
            continue
        if tool not in chosen or options.kept:
            known = store.load(material, tool.name) if options.kept or options.whole else None
            if known:
                runs.append(known)
            continue
        try:
            print(f"{material.language}: {tool.name} ...", file=sys.stderr)
            run = store.ask(material, tool)
        except Missing as error:
            absent[tool.name] = str(error)
            continue
        except RuntimeError as error:  # a peer that breaks down is told of, and the others go on
            if tool.name == OURS:
                raise
            absent[f"{tool.name}, {page.TITLES[material.language]}"] = str(error).split("\n")[0]
            continue
        runs.append(run)
        if not options.row:
            store.save(material, run)
    return runs


def _print(measured: Measured, show: str | None) -> None:
    print(f"\n## {page.TITLES[measured.material.language]}\n")
    print(page.language_table(measured))
    print(f"\n{page.false_table([measured])}\n\n{page.time_table([measured])}", flush=True)
    ours = next((one.run for one in measured.tools if one.run.tool == OURS), None)
    if ours and show == "misses":
        _show_misses(measured.material, ours)
    elif ours and show == "false":
        _show_false(measured.material, ours)


def _show_misses(material: Kept, run: Run) -> None:
    claimed = scoring.regions(run.cases.claims)
    for case in material.cases:
        found = claimed.get(case.path, [])
        if case.first >= 0 and not scoring.is_found(case, found):
            print(f"\n=== missed: {case.path} {case.first}-{case.last}, from {case.source}")
            for one in found:
                print(f"    claimed {one.first}-{one.last}")
            print(_excerpt(case.text, case.first, case.last))
    print(f"\nfiles: {material.claims.parent}")


def _show_false(material: Kept, run: Run) -> None:
    claimed = scoring.regions(run.cases.claims)
    for case in material.cases:
        for one in scoring.wrong(case, claimed.get(case.path, [])):
            print(f"\n=== false: {case.path} {one.first}-{one.last}")
            print(_excerpt(case.text, one.first, one.last))
    for claim in run.strangers.claims:
        text = (material.folder / "strangers" / claim.path).read_bytes().decode()
        strength = "matched" if claim.sure else "suspected"
        print(f"\n=== stranger, {strength}, {claim.score:.0f} bits: "
              f"{claim.path} {claim.first}-{claim.last}")  # fmt: skip
        print(_excerpt(text, claim.first, claim.last))
    print(f"\nfiles: {material.claims.parent}")


def _excerpt(text: str, first: int, last: int) -> str:
    lines = text.split("\n")
    return "\n".join(f"{n:5} {lines[n][:200]}" for n in range(first, min(last + 1, len(lines))))


if __name__ == "__main__":
    sys.exit(main())
