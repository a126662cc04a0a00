"""``python -m bench.hostile``: inputs that make careless work explode, at two sizes.

Each case is run at half its size and at its size, by the command that people run. Printed
are seconds of processor time, peak memory, and the exponent of growth: 1 where twice the
input takes twice the time, 2 where it takes four times.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .contests import POLICY, REDLINE, own_environment
from .measure import Command, Run, once

_HOME = "/home/dev/told"
_WALK = """\
def shortest_walk_{0}(labyrinth, entrance, treasure):
    frontier = deque([(entrance, ())])
    visited = {{entrance}}
    while frontier:
        chamber, torches = frontier.popleft()
        if chamber == treasure:
            return torches
        for corridor, beyond in labyrinth.corridors(chamber):
            if beyond not in visited:
                visited.add(beyond)
                frontier.append((beyond, (*torches, corridor)))
    return None
"""


@dataclass(frozen=True)
class Case:
    """Sessions to index, and a file to ask about, of a given size."""

    title: str
    unit: str
    size: int
    make: Callable[[Path, Path, int], None]
    """Writes session files into the first folder and a tree into the second, of so many units."""
    codes: frozenset[int] = frozenset({0})
    """Exit codes of a lint that did all that is asked of it."""


def main() -> int:
    """Run the cases that the command line names; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument(
        "--scale", type=float, default=1.0, help="of every size (default: 1, those of the table)"
    )
    options = parser.parse_args()
    if unknown := set(options.cases) - CASES.keys():
        parser.error(f"no case is called {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="redline-hostile-") as folder:
        bare = _bare(Path(folder))
        print(f"Memory is told above that of an empty run: {bare / 2**20:.0f} MiB.\n")
        print("| case | size | index: s | growth | MiB | lint: s | growth | MiB |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|")
        for name in options.cases or CASES:
            case = CASES[name]
            size = max(2, round(case.size * options.scale))
            cells = _cells(Path(folder) / name, case, size, bare)
            print(f"| {case.title} | {size:,} {case.unit} | {' | '.join(cells)} |", flush=True)
    return 0


def _cells(folder: Path, case: Case, size: int, bare: int) -> list[str]:
    half = _runs(folder / "half", case, size // 2)
    whole = _runs(folder / "whole", case, size)
    cells = []
    for small, large in zip(half, whole, strict=True):
        growth = math.log2(large.cpu / small.cpu)
        memory = max(0, large.rss - bare) / 2**20
        cells += [f"{large.cpu:.2f}", f"{growth:.1f}", f"{memory:.0f}"]
    return cells


def _runs(folder: Path, case: Case, size: int) -> tuple[Run, Run]:
    sessions, tree = folder / "sessions", folder / "tree"
    sessions.mkdir(parents=True)
    tree.mkdir()
    (tree / "redline.yaml").write_text(POLICY, encoding="utf-8")
    case.make(sessions, tree, size)
    runs = _index(folder, sessions), _lint(folder, tree, case.codes)
    for path in (*sessions.iterdir(), *tree.iterdir()):
        # Two thousand megabytes are not kept for longer than they are read.
        path.unlink()
    return runs


def _index(folder: Path, sessions: Path) -> Run:
    update = [REDLINE, "index", "update", "--quiet", "--root", sessions]
    command = [*update, "--index", folder / "origins.db"]
    return once(Command("index", command, folder, environment=own_environment(folder)))


def _lint(folder: Path, tree: Path, codes: frozenset[int]) -> Run:
    lint = [REDLINE, "lint", "--quiet", "--jobs", "1", "--no-cache"]
    command = [*lint, "--index", folder / "origins.db", "--fail-level", "never", tree]
    return once(Command("lint", command, tree, codes, environment=own_environment(folder)))


def _bare(folder: Path) -> int:
    """Bytes that indexing a session of one line takes."""
    sessions = folder / "bare"
    sessions.mkdir()
    _tell(sessions / "one.jsonl", [_write("a.py", "import os\n")])
    return _index(folder, sessions).rss


def _tell(path: Path, calls: Iterable[dict[str, object]]) -> None:
    """Write a session of Claude Code with these blocks of content, one record each."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, block in enumerate(calls):
            by = "user" if block["type"] == "tool_result" else "assistant"
            message = {"role": by, "model": "claude-opus-4-6", "content": [block]}
            record = {"type": by, "sessionId": path.stem, "cwd": _HOME, "version": "2.1.76"}
            record |= {"uuid": f"u{number}", "isSidechain": False, "message": message}
            record |= {"timestamp": "2026-05-01T10:00:00.000Z"}
            file.write(json.dumps(record) + "\n")


def _write(path: str, text: str, number: int = 0) -> dict[str, object]:
    given = {"file_path": f"{_HOME}/{path}", "content": text}
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "Write", "input": given}


def _edit(path: str, old: str, new: str, number: int) -> dict[str, object]:
    given = {"file_path": f"{_HOME}/{path}", "old_string": old, "new_string": new}
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "Edit", "input": given}


def _ladder(size: int) -> str:
    return "    assert lantern.light(hours=3) == torches.count(burning=True)\n" * size


def _cycle(size: int) -> str:
    return "".join(f"    yield torch_{n % 100}.lit(since={n % 100})\n" for n in range(size))


def _bundle(megabytes: int, seed: int) -> str:
    """One line of minified code, every statement another."""
    rng = random.Random(seed)
    parts, size = [], 0
    while size < megabytes * 1_000_000:
        a, b, c = (f"{chr(97 + rng.randrange(26))}{rng.randrange(4000):x}" for _ in range(3))
        parts.append(f"function {a}({b},{c}){{return {b}.{c}({rng.randrange(10**6)},{a})||{c}}}")
        size += len(parts[-1]) + 1
    return ";".join(parts) + "\n"


def _equal_lines(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", [_write("ladder.py", _ladder(size))])
    (tree / "other.py").write_text(_ladder(size), encoding="utf-8")


def _equal_lines_there(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", [_write("ladder.py", _ladder(size))])
    (tree / "ladder.py").write_text(_ladder(size), encoding="utf-8")


def _cycles(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", [_write("cycle.py", _cycle(size))])
    (tree / "cycle.py").write_text(_cycle(size), encoding="utf-8")
    (tree / "other.py").write_text(_cycle(size + 50)[40:], encoding="utf-8")


def _bundle_asked(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", [_write("walk.py", _WALK.format(0))])
    (tree / "bundle.js").write_text(_bundle(size, 5), encoding="utf-8")


def _bundle_written(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", [_write("bundle.js", _bundle(size, 5))])
    (tree / "other.js").write_text(_bundle(size, 5), encoding="utf-8")


def _many_sessions(sessions: Path, tree: Path, size: int) -> None:
    for number in range(size):
        text = _WALK.format("") + f"lamp_{number} = {number * 7919}\n"
        _tell(sessions / f"{number:05}.jsonl", [_write(f"walk_{number % 7}.py", text)])
    (tree / "other.py").write_text(_WALK.format(""), encoding="utf-8")


def _many_sessions_there(sessions: Path, tree: Path, size: int) -> None:
    for number in range(size):
        text = _WALK.format("") + f"lamp_{number} = {number * 7919}\n"
        _tell(sessions / f"{number:05}.jsonl", [_write("walk.py", text)])
    (tree / "walk.py").write_text(_WALK.format("") + _cycle(2_000), encoding="utf-8")


def _tiny_edits(sessions: Path, tree: Path, size: int) -> None:
    lines = [f"torch_{n} = light({n * 7919}, room={n % 97})\n" for n in range(size)]
    edits = (_edit("torches.py", f"# {n}\n", line, n) for n, line in enumerate(lines))
    _tell(sessions / "one.jsonl", edits)
    (tree / "torches.py").write_text("".join(lines), encoding="utf-8")
    (tree / "other.py").write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")


def _long_session(sessions: Path, tree: Path, size: int) -> None:
    _tell(sessions / "one.jsonl", _talk(size))
    (tree / "walk.py").write_text(_WALK.format(3), encoding="utf-8")


def _talk(megabytes: int) -> Iterator[dict[str, object]]:
    """Reads of other people's files, and now and then a function that the assistant writes."""
    rng = random.Random(11)
    words = [f"{rng.getrandbits(40):x}" for _ in range(20_000)]
    said = number = 0
    while said < megabytes * 1_000_000:
        text = "".join(f"{' '.join(rng.choices(words, k=8))}\n" for _ in range(400))
        result: dict[str, object] = {"type": "tool_result", "tool_use_id": f"toolu_{number}"}
        yield result | {"content": text}
        yield _write(f"walk_{number}.py", _WALK.format(number), number)
        said += len(text) + 1_500
        number += 1


def _long_records(sessions: Path, tree: Path, size: int) -> None:
    _bare_session(sessions)
    rng = random.Random(13)
    with (tree / "train.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for number in range(size * 5_000):
            row = {"id": number, "text": f"{rng.getrandbits(600):x}", "score": rng.random()}
            file.write(json.dumps(row) + "\n")


def _bare_session(sessions: Path) -> None:
    _tell(sessions / "one.jsonl", [_write("walk.py", _WALK.format(0))])


CASES = {
    "equal-lines": Case("equal lines, pasted elsewhere", "lines", 50_000, _equal_lines),
    "equal-lines-there": Case("equal lines, where written", "lines", 50_000, _equal_lines_there),
    "cycle": Case("a hundred lines over and over", "lines", 50_000, _cycles),
    "bundle": Case("a minified bundle asked about", "MB", 20, _bundle_asked),
    "bundle-written": Case("a minified bundle written, and copied", "MB", 20, _bundle_written),
    "sessions": Case("a file that many sessions have", "sessions", 10_000, _many_sessions),
    "sessions-there": Case("a file that all wrote", "sessions", 10_000, _many_sessions_there),
    "edits": Case("one file in tiny edits", "edits", 100_000, _tiny_edits),
    "session": Case("one long session", "MB", 2_000, _long_session),
    # Beyond the largest file that is judged, 3 says that it was not: no pass, and no more work.
    "records": Case("one long JSONL file", "MB", 2_000, _long_records, frozenset({0, 3})),
}

if __name__ == "__main__":
    sys.exit(main())
