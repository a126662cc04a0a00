"""The three contests: sessions read, a tree linted, one staged file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import corpus
from .measure import Command, Median, compete

BIN = Path(sys.executable).parent
REDLINE = BIN / "redline"
FOUND = frozenset({0, 1})
_APPENDED = 100
"""One part in so many is appended to the sessions that were read before: 1 %."""
_READ = "import sys, {0}\nfor p in sys.argv[1:]:\n for line in open(p, 'rb'): {0}.loads(line)"
_RULES = (
    "print($$$A)",
    "eval($A)",
    "exec($A)",
    "open($A)",
    "assert $A",
    "raise NotImplementedError",
    "$A == None",
    "len($A) == 0",
    "isinstance($A, $B)",
    "lambda: $A",
)
"""What ast-grep looks for: ten patterns that occur in ordinary code."""
POLICY = """\
schema: policy/1
zones:
  - id: everything
    title: All of the tree, as if it were graders
    globs: ["**"]
rules:
  - id: everything-external
    title: No output of external assistants
    zones: [everything]
    by: [external]
    effect: forbid
    message: An external assistant wrote this.
    help: Delete it.
    why: The benchmark judges every file.
"""


@dataclass(frozen=True)
class Contest:
    """Medians of the contenders over one input; ratios are to the rows in ``against``."""

    title: str
    input: str
    size: int
    """Bytes of the input."""
    medians: Sequence[Median]
    against: Sequence[str]


def read_sessions(scratch: Path, files: Sequence[Path], what: str, runs: int) -> Contest:
    """Index ``files`` from nothing, again, and after 1 % more, against plain decoding."""
    size = sum(path.stat().st_size for path in files)
    ours = _copied(files, scratch / "sessions")
    cold, kept = scratch / "cold", scratch / "kept"
    update = [REDLINE, "index", "update", "--quiet", "--root", scratch / "sessions"]
    environment = own_environment(scratch)

    def index(folder: Path) -> list[str | Path]:
        return [*update, "--index", folder / "origins.db"]

    def empty() -> None:
        shutil.rmtree(cold, ignore_errors=True)
        cold.mkdir()

    sizes = {path: path.stat().st_size for path in ours}

    def grow() -> None:
        shutil.rmtree(cold, ignore_errors=True)
        shutil.copytree(kept, cold)
        for path, own_size in sizes.items():
            os.truncate(path, own_size)
            _append(path, own_size // _APPENDED)

    def shrink() -> None:
        for path, own_size in sizes.items():
            os.truncate(path, own_size)

    kept.mkdir()
    first = Command("first", index(kept), scratch, environment=environment)
    compete([first], 1)
    decode = [
        Command(
            f"{name}.loads of each line",
            [sys.executable, "-c", _READ.format(name), *files],
            scratch,
        )
        for name in ("orjson", "json")
    ]
    medians = compete(
        [
            Command(
                "redline, new index", index(cold), scratch, before=empty, environment=environment
            ),
            *decode,
            Command("redline, nothing new", index(kept), scratch, environment=environment),
        ],
        runs,
    )
    grown = Command(
        "redline, 1 % appended", index(cold), scratch, before=grow, environment=environment
    )
    medians += compete([grown], runs)
    shrink()
    return Contest("Sessions indexed", what, size, medians, [one.name for one in decode])


def lint_tree(scratch: Path, tree: Path, index: Path, runs: int) -> Contest:
    """Lint a large tree, all of it protected, cold and warm."""
    sources = [path for path in tree.rglob("*.py*") if path.is_file()]
    size = sum(path.stat().st_size for path in sources)
    policy, rules = policy_file(scratch), ast_grep_rules(scratch)
    environment = own_environment(scratch)
    lint = [REDLINE, "lint", "--quiet", "--format", "json", "--policy", policy, "--index", index]
    ruff = [BIN / "ruff", "check", "--isolated", "--quiet"]
    cache = scratch / "ruff-cache"

    def forget() -> None:
        shutil.rmtree(environment["REDLINE_CACHE"], ignore_errors=True)

    medians = compete(
        [
            Command("redline lint, cold", lint, tree, FOUND, forget, environment),
            Command("ruff check --no-cache", [*ruff, "--no-cache"], tree, FOUND),
            Command(
                "ast-grep scan, ten rules", [BIN / "ast-grep", "scan", "-c", rules], tree, FOUND
            ),
            Command(
                "redline lint --no-cache", [*lint, "--no-cache"], tree, FOUND, None, environment
            ),
        ],
        runs,
    )
    medians += compete(
        [
            Command("redline lint, nothing changed", lint, tree, FOUND, None, environment),
            Command("ruff check, warm cache", [*ruff, "--cache-dir", cache], tree, FOUND),
        ],
        runs,
    )
    what = f"{len(sources):,} Python files of {', '.join(corpus.WHEELS)}"
    against = ["ruff check --no-cache", "ast-grep scan, ten rules", "ruff check, warm cache"]
    return Contest("A tree linted", what, size, medians, against)


def lint_staged(scratch: Path, tree: Path, index: Path, runs: int) -> Contest:
    """Lint one staged file of a thousand lines, start-up included."""
    source = min(_sources(tree), key=lambda path: (abs(_lines(path) - 1000), path))
    repository = scratch / "staged"
    (repository / "graders").mkdir(parents=True)
    (repository / "README.md").write_text("A repository with one staged file.\n")
    corpus.commit(repository)
    target = repository / "graders" / "staged.py"
    shutil.copy(source, target)
    corpus.git(repository, "add", "--all")
    environment = own_environment(scratch)
    lint = [REDLINE, "lint", "--staged", "--quiet"]
    ruff = [BIN / "ruff", "check", "--isolated", "--quiet", "--no-cache", target]
    with_index = [*lint, "--index", index]
    # The environment names an index that is not there: the cost of everything else.
    medians = compete(
        [
            Command("redline lint --staged", with_index, repository, FOUND, None, environment),
            Command("ruff check --no-cache", ruff, repository, FOUND),
            Command("redline lint, no index", lint, repository, FOUND, None, environment),
            Command("redline --version", [REDLINE, "--version"], repository),
        ],
        runs,
    )
    size = target.stat().st_size
    what = f"{source.relative_to(tree)}, {_lines(source):,} lines"
    return Contest("One staged file", what, size, medians, ["ruff check --no-cache"])


def own_environment(scratch: Path) -> dict[str, str]:
    """The environment, with state and caches of the benchmark's own."""
    return os.environ | {
        "REDLINE_CACHE": str(scratch / "cache"),
        "REDLINE_INDEX": str(scratch / "unused.db"),
    }


def _copied(files: Sequence[Path], folder: Path) -> list[Path]:
    # The sessions grow and shrink while they are measured; what they come from must not.
    copies = []
    for number, path in enumerate(files):
        target = folder / f"{number:04}-{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        copies.append(Path(shutil.copy(path, target)))
    return copies


def _append(path: Path, size: int) -> None:
    """Append whole lines of the file's own beginning, about ``size`` bytes and one at least."""
    with path.open("rb") as source:
        head = source.readlines(size)
    with path.open("ab") as target:
        target.writelines(head)


def policy_file(scratch: Path) -> Path:
    """Write the rule file by which everything is protected; return its path."""
    path = scratch / "everything.yaml"
    path.write_text(POLICY)
    return path


def ast_grep_rules(scratch: Path) -> Path:
    """Write ast-grep's ten rules; return the path of its configuration."""
    folder = scratch / "ast-grep" / "rules"
    folder.mkdir(parents=True)
    for number, pattern in enumerate(_RULES):
        head = f"id: rule-{number}\nlanguage: python\nseverity: warning\nmessage: seen\n"
        (folder / f"rule-{number}.yml").write_text(f"{head}rule:\n  pattern: '{pattern}'\n")
    config = folder.parent / "sgconfig.yml"
    config.write_text("ruleDirs: [rules]\n")
    return config


def _sources(tree: Path) -> Iterator[Path]:
    return (path for path in sorted((tree / "django").rglob("*.py")) if path.is_file())


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")
