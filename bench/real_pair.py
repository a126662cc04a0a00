"""Hold Redline to a real repository and the sessions that wrote in it.

    python -m bench.real_pair REPOSITORY [SESSIONS] [--scope FOLDER]...

``REPOSITORY`` is a full clone, checked out at the commit of interest; ``SESSIONS`` a
folder of raw session files (Claude Code, Codex, Copilot CLI), by default those that
Entire keeps on the clone's branch ``entire/checkpoints/v1``. An oracle of its own,
which shares no code with Redline, reads which lines the sessions' applied edits added
to which files, and asks ``git blame`` whether a line is younger than its message. A line
that the session had read before it wrote it is not its own; one that the file holds more
often than it was added is nobody's in particular. Both are left out and counted.
Then it compares with what ``redline lint --format json`` reports:

- *recall*: of the added lines that still stand verbatim in the file they were added
  to, the share that a finding with session evidence covers;
- *spill*: of the lines that no session, note or trailer speaks of, the share that
  any finding covers.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

AGENT = re.compile(
    r"noreply@anthropic\.com|copilot|cursoragent|codex|openai|devin|gemini|aider|entire-checkpoint"
    r"|claude|agent|assisted-by|generated (with|by)",
    re.IGNORECASE,
)
SHORT = 6
"""Stripped lines up to this length (``}``, ``else:``) are told apart from no others."""


def added_lines(sessions: Path) -> list[tuple[str, str, float, bool]]:
    """Read (absolute path, line, time in seconds, read before) of every applied edit."""
    found: list[tuple[str, str, float, bool]] = []
    for path in sorted(sessions.rglob("*.jsonl")):
        waiting: dict[str, list[tuple[str, str, float, bool]]] = {}
        seen: set[str] = set()
        for line in path.open(errors="replace"):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                own: list[tuple[str, str, float]] = []
                _codex(record, own)
                found.extend((*row, row[1].strip() in seen) for row in own)
                _copilot(record, waiting, found, seen)
                _claude(record, waiting, found, seen)
                inner = (record.get("data") or {}).get("message") if "data" in record else None
                if isinstance(inner, dict):
                    _claude(inner, waiting, found, seen)
                _shown(record, seen)
    return found


def _shown(record: dict, seen: set[str]) -> None:
    """Remember what the assistant is shown: whatever is no message or call of its own."""
    payload = record.get("payload") or record.get("data") or record
    kind = str(payload.get("type", "")) if isinstance(payload, dict) else ""
    told = kind.endswith("_output") or record.get("type") in ("user", "tool.execution_complete")
    if told or (isinstance(payload, dict) and payload.get("role") in ("user", "developer")):
        _lines(payload, seen)


def _lines(value: object, seen: set[str]) -> None:
    if isinstance(value, str):
        # Numbered and diffed views show the line behind a prefix.
        for line in value.splitlines():
            bare = line.strip()
            seen.add(bare)
            seen.add(re.sub(r"^\s*\d+\s*[\t:→|]\s?|^[-+ ]", "", line).strip())
    elif isinstance(value, dict):
        for part in value.values():
            _lines(part, seen)
    elif isinstance(value, list):
        for part in value:
            _lines(part, seen)


def _time(text: str | None) -> float:
    return datetime.fromisoformat(
        (text or "1970-01-01T00:00:00Z").replace("Z", "+00:00")
    ).timestamp()


def _codex(record: dict, found: list) -> None:
    payload = record.get("payload")
    if not isinstance(payload, dict) or payload.get("type") != "patch_apply_end":
        return
    if not payload.get("success"):
        return
    when = _time(record.get("timestamp"))
    for name, change in (payload.get("changes") or {}).items():
        if change.get("type") == "add":
            found.extend((name, line, when) for line in change["content"].splitlines())
        elif change.get("type") == "update":
            target = change.get("move_path") or name
            rows = change["unified_diff"].splitlines()
            added = (row for row in rows if row.startswith("+") and not row.startswith("+++"))
            found.extend((target, row[1:], when) for row in added)


def _copilot(record: dict, waiting: dict, found: list, seen: set[str]) -> None:
    data = record.get("data")
    if not isinstance(data, dict):
        return
    if record.get("type") == "tool.execution_start":
        arguments = data.get("arguments") or {}
        if not isinstance(arguments, dict):
            return
        when = _time(record.get("timestamp"))
        if data.get("toolName") == "create":
            lines = (arguments.get("file_text") or "").splitlines()
        elif data.get("toolName") == "edit":
            old = set((arguments.get("old_str") or "").splitlines())
            lines = [x for x in (arguments.get("new_str") or "").splitlines() if x not in old]
        else:
            return
        waiting[data["toolCallId"]] = [
            (arguments.get("path", ""), x, when, x.strip() in seen) for x in lines
        ]
    elif record.get("type") == "tool.execution_complete" and data.get("success"):
        found.extend(waiting.pop(data.get("toolCallId"), ()))


def _claude(record: dict, waiting: dict, found: list, seen: set[str]) -> None:
    message = record.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return
    when = _time(record.get("timestamp"))
    for block in message["content"]:
        if not isinstance(block, dict):
            continue
        if block.get("type") == "tool_use":
            given = block.get("input") or {}
            edits = given.get("edits") or [given]
            lines: list[str] = []
            if block.get("name") == "Write":
                lines = (given.get("content") or "").splitlines()
            elif block.get("name") in ("Edit", "MultiEdit"):
                for edit in edits:
                    old = set((edit.get("old_string") or "").splitlines())
                    lines += [
                        x for x in (edit.get("new_string") or "").splitlines() if x not in old
                    ]
            waiting[block.get("id")] = [
                (given.get("file_path", ""), x, when, x.strip() in seen) for x in lines
            ]
        elif block.get("type") == "tool_result" and not block.get("is_error"):
            found.extend(waiting.pop(block.get("tool_use_id"), ()))


def git(repository: Path, *words: str) -> str:
    """Run git and return what it printed."""
    return subprocess.run(
        ["git", "-C", str(repository), *words], check=True, capture_output=True, text=True,
        errors="replace",
    ).stdout  # fmt: skip


def blame(repository: Path, path: str) -> list[tuple[str, float]]:
    """Commit and committer's time of each line."""
    rows: list[tuple[str, float]] = []
    when: dict[str, float] = {}
    commit = ""
    for line in git(repository, "blame", "-w", "-M", "--line-porcelain", "--", path).split("\n"):
        if re.match(r"^[0-9a-f]{40} ", line):
            commit = line[:40]
        elif line.startswith("committer-time "):
            when[commit] = float(line.split()[1])
        elif line.startswith("\t"):
            rows.append((commit, when[commit]))
    return rows


def main() -> int:
    """Measure, print, and tell by the exit code whether both goals are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", type=Path)
    parser.add_argument("sessions", type=Path, nargs="?")
    parser.add_argument("--scope", action="append", default=[])
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print N misses and spills"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.sessions is None:
            options.sessions = Path(folder)
            count = checkpoints(options.repository, options.sessions)
            print(f"sessions on the checkpoint branch            {count:,}")
        return compare(options)


def checkpoints(repository: Path, folder: Path) -> int:
    """Write the transcripts of Entire's branch into ``folder``; absent objects are left out."""
    count = 0
    for branch in ("entire/checkpoints/v1", "origin/entire/checkpoints/v1"):
        listed = ["git", "-C", str(repository), "ls-tree", "-r", "-z", branch]
        answer = subprocess.run(listed, capture_output=True, text=True)
        for entry in answer.stdout.split("\0")[:-1]:
            head, _, path = entry.partition("\t")
            if path.rpartition("/")[2] != "full.jsonl":
                continue
            shown = ["git", "-C", str(repository), "cat-file", "blob", head.split()[2]]
            blob = subprocess.run(shown, capture_output=True)
            if blob.returncode == 0:
                (folder / path.replace("/", "_")).write_bytes(blob.stdout)
                count += 1
        if count:
            break
    return count


def compare(options: argparse.Namespace) -> int:
    """Hold the report against the oracle, print, and answer with an exit code."""
    scope = options.scope or ["."]
    tracked = git(options.repository, "ls-files", "-z", "--", *scope).split("\0")[:-1]
    every = set(git(options.repository, "ls-files", "-z").split("\0"))

    added: dict[str, dict[str, float]] = defaultdict(dict)
    times_added: Counter[tuple[str, str]] = Counter()
    times_new: Counter[tuple[str, str]] = Counter()
    anywhere: set[str] = set()
    had_read: dict[tuple[str, str], float] = {}
    for name, line, when, read_before in added_lines(options.sessions):
        anywhere.add(line.strip())
        parts = name.strip("/").split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        target = next((tail for tail in tails if tail in every), None)
        if target:
            times_added[target, line.rstrip()] += 1
        if target and not read_before:
            times_new[target, line.rstrip()] += 1
        if target and read_before:
            had_read.setdefault((target, line.rstrip()), when)
        elif target:
            added[target].setdefault(line.rstrip(), when)

    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index.sqlite"
        rules = Path(folder) / "redline.yaml"
        globs = [name if name == "." else f"/{name.strip('/')}/**" for name in scope]
        globs = ["**" if glob == "." else glob for glob in globs]
        rules.write_text(
            "schema: policy/1\nzones:\n  - id: grader\n    title: The scope\n    globs: "
            + json.dumps(globs)
            + "\n"
        )
        command = [sys.executable, "-m", "redline"]
        subprocess.run(
            [*command, "index", "update", "-q", "--root", str(options.sessions),
             "--index", str(index)], check=True,
        )  # fmt: skip
        answer = subprocess.run(
            [*command, "lint", "--format", "json", "--index", str(index), "--policy", str(rules),
             *scope], cwd=options.repository, capture_output=True, text=True,
        )  # fmt: skip
        if answer.returncode not in (0, 1, 3):
            print(answer.stderr, file=sys.stderr)
            return 2
        report = json.loads(answer.stdout)

    by_session: dict[str, set[int]] = defaultdict(set)
    by_any: dict[str, set[int]] = defaultdict(set)
    makers: dict[str, int] = defaultdict(int)
    for finding in report["findings"]:
        start, end = finding["region"]["start"], finding["region"]["end"]
        last = end["line"] - (end["column"] == 1 and end["line"] > start["line"])
        lines = range(start["line"], last + 1)
        by_any[finding["path"]].update(lines)
        if any(piece["kind"] == "session" for piece in finding["evidence"]):
            by_session[finding["path"]].update(lines)
            makers[finding["assistant"]] += len(lines)

    ambiguous = read_first = read_seen = silent = spilled = 0
    standing = seen = long_standing = long_seen = 0
    misses: list[str] = []
    spills: list[str] = []
    bodies: dict[str, bool] = {}
    for path in tracked:
        full = options.repository / path
        if full.is_symlink() or not full.is_file():
            continue
        data = full.read_bytes()
        if b"\0" in data[:8192]:
            continue
        text = data.decode("utf-8", "replace").split("\n")
        origin = blame(options.repository, path)
        mine = added.get(path, {})
        stands = Counter(
            line.rstrip()
            for line, (_, when) in zip(text, origin, strict=False)
            if when + 1 > mine.get(line.rstrip(), had_read.get((path, line.rstrip()), 1e12))
        )
        for number, (commit, when) in enumerate(origin, 1):
            line = text[number - 1].rstrip()
            message = mine.get(line)
            if message is not None and line.strip() and when + 1 > message:
                if stands[line] > times_new[path, line]:
                    ambiguous += 1
                    continue
                hit = number in by_session[path]
                standing += 1
                seen += hit
                if len(line.strip()) > SHORT:
                    long_standing += 1
                    long_seen += hit
                if not hit:
                    misses.append(f"{path}:{number}: {line}")
                continue
            if (path, line) in had_read and when + 1 > had_read[path, line]:
                if stands[line] > times_added[path, line]:
                    ambiguous += 1
                elif len(line.strip()) > SHORT:
                    read_first += 1
                    read_seen += number in by_session[path]
                continue
            if commit not in bodies:
                shown = git(
                    options.repository, "show", "-s", "--format=%an %ae %cn %ce%n%B", commit
                )
                bodies[commit] = bool(AGENT.search(shown))
            if not bodies[commit] and line.strip() not in anywhere:
                silent += 1
                if number in by_any[path]:
                    spilled += 1
                    spills.append(f"{path}:{number}: {line}")

    def share(part: int, whole: int) -> str:
        return f"{part:,} of {whole:,} ({100 * part / whole if whole else 0:.2f} %)"

    print(f"files in scope                               {len(tracked):,}")
    print(f"added lines that stand verbatim, reported    {share(seen, standing)}")
    print(f"  of these longer than {SHORT} characters           {share(long_seen, long_standing)}")
    print(f"left out, read by the session before         {share(read_seen, read_first)}")
    print(f"left out, stand more often than added        {ambiguous:,}")
    print(f"lines nobody speaks of, reported             {share(spilled, silent)}")
    print(f"lines by assistant, with session evidence    {dict(sorted(makers.items()))}")
    for title, rows in (("missed", misses), ("spilled", spills)):
        for row in rows[: options.show]:
            print(f"{title}: {row}")
    met = standing and seen >= 0.99 * standing and spilled < 0.01 * max(1, silent)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
