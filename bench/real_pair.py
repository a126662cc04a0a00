"""Hold Redline to a real repository and the sessions that wrote in it.

    python -m bench.real_pair REPOSITORY [SESSIONS] [--held PATHSPEC]... [--scope FOLDER]...

``REPOSITORY`` is a full clone, checked out at the commit of interest; ``SESSIONS`` a
folder of raw session files (Claude Code, Codex, Copilot CLI, SpecStory), ``--held`` those
that are tracked in the repository itself, whose folders are then left out of what is asked;
by default those that Entire keeps on the clone's branch ``entire/checkpoints/v1``. An oracle
of its own (``bench.real_sessions``), which shares no code with Redline, reads which lines the
sessions' applied edits added to which files, and asks ``git blame`` whether a line is younger
than its message. A line that the session had read before it wrote it is not its own; one
that the file holds more often than it was added is nobody's in particular. Both are left out
and counted. Then it compares with what ``redline lint --format json`` reports:

- *recall*: of the added lines that still stand verbatim in the file they were added
  to, the share that a finding with session evidence covers, and the same of those that
  stood nowhere in the repository when the message came (the goal: 99 %), for what stood
  before a message is not the assistant's;
- *spill*: of the lines that no session, note or trailer speaks of, the share that
  a finding covers (below 1 %), by session evidence or by traces in the text itself.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .real_history import blame, checkpoints, git, held, stood_before
from .real_sessions import Oracle, oracle
from .told import into_page

AGENT = re.compile(
    r"noreply@anthropic\.com|copilot|cursoragent|codex|openai|devin|gemini|aider|entire-checkpoint"
    r"|claude|agent|assisted-by|generated (with|by)",
    re.IGNORECASE,
)
SHORT = 6
"""Stripped lines up to this length (``}``, ``else:``) are told apart from no others."""


@dataclass(slots=True)
class Tally:
    """Counts of lines, and the lines that went wrong."""

    files: int = 0
    unblamed: int = 0
    """Files left out because git could not tell the history of their lines."""
    standing: int = 0
    seen: int = 0
    fresh: int = 0
    """Of these, lines that stood nowhere in the repository before."""
    fresh_seen: int = 0
    read_before: int = 0
    read_seen: int = 0
    ambiguous: int = 0
    silent: int = 0
    traced: int = 0
    spilled: int = 0
    spilled_alone: int = 0
    """Of these, in regions none of whose lines any assistant said."""
    makers: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    spills: list[str] = field(default_factory=list)
    readable: int = 0
    sessions: int = 0


def main() -> int:
    """Measure, print, and tell by the exit code whether both goals are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", type=Path)
    parser.add_argument("sessions", type=Path, nargs="?")
    parser.add_argument("--held", action="append", default=[], metavar="PATHSPEC")
    parser.add_argument("--scope", action="append", default=[], metavar="PATHSPEC")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print N misses and spills"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave sessions, index and report there"
    )
    parser.add_argument(
        "--page", nargs=2, metavar=("FILE", "NAME"), help="write the table between its marks"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or Path(folder)
        tally = measure(options, work)
    for title, rows in (("missed", tally.misses), ("spilled", tally.spills)):
        for row in rows[: options.show]:
            print(f"{title}: {row}")
    table = render(tally)
    print(table)
    if options.page:
        into_page(Path(options.page[0]), options.page[1], table)
    met = tally.fresh and tally.fresh_seen >= 0.99 * tally.fresh
    return 0 if met and tally.spilled < 0.01 * max(1, tally.silent) else 1


def measure(options: argparse.Namespace, work: Path) -> Tally:
    """Gather the sessions, ask both, and compare."""
    repository: Path = options.repository
    tally = Tally()
    sessions: Path | None = options.sessions
    if sessions is None:
        sessions = work / "sessions"
        sessions.mkdir(parents=True, exist_ok=True)
        blobs = held(repository, options.held) if options.held else checkpoints(repository)
        for path, blob in blobs:
            tally.sessions += 1
            shown = ["git", "-C", str(repository), "cat-file", "blob", blob]
            answer = subprocess.run(shown, capture_output=True)
            if answer.returncode == 0:
                (sessions / path.replace("/", "_")).write_bytes(answer.stdout)
                tally.readable += 1
    left_out = [f":(exclude){pathspec}" for pathspec in options.held]
    listed = git(repository, "ls-files", "-z", "--", *(options.scope or ["."]), *left_out)
    asked = [path for path in listed.split("\0")[:-1] if (repository / path).is_file()]
    tracked = git(repository, "ls-files", "-z").split("\0")[:-1]
    report = lint(repository, asked, sessions, work)
    told = oracle(sessions, tracked)
    past = stood_before(repository, told.new, options.held)
    compare(repository, asked, told, past, report, tally)
    return tally


def lint(repository: Path, asked: list[str], sessions: Path, work: Path) -> dict:
    """Return the report of ``redline lint`` on the files, all of them protected."""
    index, rules = work / "index.sqlite", work / "redline.yaml"
    zone = {"id": "grader", "title": "The scope", "globs": ["**"]}
    rules.write_text(json.dumps({"schema": "policy/1", "zones": [zone]}))
    command = [sys.executable, "-m", "redline"]
    update = ["index", "update", "-q", "--root", str(sessions), "--index", str(index)]
    subprocess.run([*command, *update], check=True)
    options = ["--format", "json", "--index", str(index), "--policy", str(rules)]
    answer = subprocess.run(
        [*command, "lint", *options, "--", *asked], cwd=repository, capture_output=True, text=True
    )
    if answer.returncode not in (0, 1, 3):
        raise SystemExit(answer.stderr)
    (work / "report.json").write_text(answer.stdout)
    report: dict = json.loads(answer.stdout)
    return report


def compare(
    repository: Path,
    asked: list[str],
    told: Oracle,
    past: set[tuple[str, str]],
    report: dict,
    tally: Tally,
) -> None:
    """Count each line of the files by what the oracle and the report say of it."""
    by_session: dict[str, set[int]] = defaultdict(set)
    by_trace: dict[str, set[int]] = defaultdict(set)
    regions: dict[str, list[range]] = defaultdict(list)
    for finding in report["findings"]:
        start, end = finding["region"]["start"], finding["region"]["end"]
        last = end["line"] - (end["column"] == 1 and end["line"] > start["line"])
        lines = range(start["line"], last + 1)
        if any(piece["kind"] == "session" for piece in finding["evidence"]):
            by_session[finding["path"]].update(lines)
            regions[finding["path"]].append(lines)
            tally.makers[finding["assistant"]] += len(lines)
        else:
            by_trace[finding["path"]].update(lines)

    bodies: dict[str, bool] = {}

    def names_agent(commit: str) -> bool:
        if commit not in bodies:
            shown = git(repository, "show", "-s", "--format=%an %ae %cn %ce%n%B", commit)
            bodies[commit] = bool(AGENT.search(shown))
        return bodies[commit]

    for path in asked:
        full = repository / path
        data = b"\0" if full.is_symlink() else full.read_bytes()
        if b"\0" in data[:8192]:
            continue
        text = [line.rstrip() for line in data.decode("utf-8", "replace").split("\n")]
        origin = blame(repository, path)
        if not origin and data:
            tally.unblamed += 1
            continue
        tally.files += 1
        spoken = {
            number
            for lines in regions[path]
            if any(text[n - 1].strip() and text[n - 1].strip() in told.said for n in lines)
            for number in lines
        }
        stands: Counter[str] = Counter()
        for line, (_, when) in zip(text, origin, strict=False):
            first = told.new.get((path, line), told.read.get((path, line)))
            stands[line] += first is not None and when + 1 > first
        for number, (commit, when) in enumerate(origin, 1):
            line = text[number - 1]
            key, bare, place = (path, line), line.strip(), f"{path}:{number}: {line}"
            hit = number in by_session[path]
            if bare and when + 1 > told.new.get(key, 1e12):
                if stands[line] > told.times_new[key]:
                    tally.ambiguous += 1
                    continue
                tally.standing += 1
                tally.seen += hit
                tally.fresh += key not in past
                tally.fresh_seen += hit and key not in past
                if not hit:
                    place = f"{place}  (stood before)" if key in past else place
                    tally.misses.append(place)
            elif when + 1 > told.read.get(key, 1e12):
                if stands[line] > told.times_added[key]:
                    tally.ambiguous += 1
                elif len(bare) > SHORT:
                    tally.read_before += 1
                    tally.read_seen += hit
            elif bare not in told.said and not names_agent(commit):
                tally.silent += 1
                tally.spilled += hit
                tally.traced += number in by_trace[path] and not hit
                if hit:
                    tally.spilled_alone += number not in spoken
                    tally.spills.append(place)


def render(tally: Tally) -> str:
    """Return the table in Markdown."""

    def share(part: int, whole: int) -> str:
        return f"{part:,} of {whole:,} ({100 * part / whole if whole else 0:.2f} %)"

    names = {"claude-code": "Claude Code", "codex": "Codex", "copilot": "Copilot"}
    makers = [f"{count:,} {names.get(name, name)}" for name, count in tally.makers.most_common()]
    rows = [
        ("session files that could be read", f"{tally.readable:,} of {tally.sessions:,}"),
        ("files asked about", f"{tally.files:,}"),
        ("left out: files whose history was not whole", f"{tally.unblamed:,}"),
        ("added lines that still stand verbatim, reported", share(tally.seen, tally.standing)),
        (
            "of these, lines that stood nowhere in the repository before",
            share(tally.fresh_seen, tally.fresh),
        ),
        (
            "lines no session, note or trailer speaks of, reported as a session's",
            share(tally.spilled, tally.silent),
        ),
        (
            "of these, in regions none of whose lines a session said",
            f"{tally.spilled_alone:,}",
        ),
        ("the same, reported for traces in the text itself", f"{tally.traced:,}"),
        (
            "left out: lines the session had read before it wrote them",
            f"{tally.read_before:,}, of which {tally.read_seen:,} reported",
        ),
        ("left out: lines that stand more often than they were added", f"{tally.ambiguous:,}"),
        ("lines reported with session evidence", ", ".join(makers) or "none"),
    ]
    if not tally.sessions:
        del rows[0]
    rows = [row for row in rows if row[1] != "0" or not row[0].startswith("left out: files")]
    return "\n".join(["| lines | |", "|---|---:|", *(f"| {a} | {b} |" for a, b in rows)])


if __name__ == "__main__":
    sys.exit(main())
