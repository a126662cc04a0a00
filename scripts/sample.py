"""Build a small evaluation repository, the sessions behind it, and the list of what must be found.

``python scripts/sample.py FOLDER`` writes three things into FOLDER, which must be empty:

- ``maze-evals/``: a git repository; its commits are the folders of ``examples/maze-evals``;
- ``sessions/``: what three assistants recorded meanwhile, in their own formats;
- ``expected.json``: every region that a run must report, and the files about which it must be
  silent. Lines count from 1, the last one included.

Identities and dates are fixed, so every build gives the same commit ids. Nothing outside FOLDER
is written, and the git configuration of the person who runs it is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from sample_sessions import sessions

TEXTS = Path(__file__).resolve().parents[1] / "examples" / "maze-evals"
ADA = ("Ada Example", "ada@example.org", "/home/ada/maze-evals")
BEN = ("Ben Example", "ben@example.org", "/home/ben/src/maze-evals")


@dataclass(frozen=True)
class Commit:
    """One commit: the folder under ``TEXTS`` that it lays over the tree, and its words."""

    folder: str
    who: tuple[str, str, str]
    when: str
    message: str


@dataclass(frozen=True)
class Expected:
    """One region that must be reported. Lines count from 1, ``last`` included."""

    path: str
    first: int
    last: int
    rule: str
    strength: str
    assistant: str


HISTORY = (
    Commit("1-layout", ADA, "2026-03-02T09:00:00", "Lay out the maze and ledger evaluations"),
    Commit("2-steps", ADA, "2026-03-09T11:00:00", "Score the steps of an explanation"),
    Commit("3-retry", BEN, "2026-03-10T16:00:00", "Retry the sandbox, compare amounts of money"),
    Commit(
        "4-ledger",
        BEN,
        "2026-03-11T10:30:00",
        "Make the ledgers harder\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
    ),
    Commit("5-lessons", BEN, "2026-03-12T09:15:00", "Add lessons on junctions and corrections"),
    Commit("6-clarity", ADA, "2026-03-12T15:40:00", "Say when a mirrored sketch will do"),
    Commit("7-budget", ADA, "2026-03-13T10:00:00", "Mark the float in the till"),
)

SILENT = (
    "README.md",
    "graders/budget.py",  # people wrote it after all sessions; it resembles nothing
    "graders/parity.py",  # committed after the session, but the assistant had read it first
    "graders/path_length.py",  # stood in the repository before the assistant repeated it
    "harness/run.py",
    "prompts/system.md",
    "pyproject.toml",
    "tasks/maze.py",
    "tools/plot.py",  # an assistant wrote it, where it may
    "tools/report.py",  # likewise
)


def build(folder: Path) -> tuple[Path, Path, Path]:
    """Write all three into the empty ``folder``; return repository, sessions, expectations."""
    repository, records_folder = folder / "maze-evals", folder / "sessions"
    repository.mkdir(parents=True)
    _git(repository, "init", "--quiet", "--template=")
    _git(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    commits = [_commit(repository, commit) for commit in HISTORY]
    _note(repository, commits[4])
    for path, records in _written(commits[0]).items():
        target = records_folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(records, encoding="utf-8", newline="\n")
    expected = folder / "expected.json"
    answer = {"findings": [asdict(one) for one in expectations()], "silent": list(SILENT)}
    expected.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return repository, records_folder, expected


def expectations() -> list[Expected]:
    """What must be reported, by path and line."""
    forbidden = [
        Expected("data/train/lessons.jsonl", 7, 10, "training-data-external", "recorded", "cursor"),
        Expected(
            "graders/answers.py",
            *_block("3-retry/graders/answers.py", "def tidy_amount", "    return tidied"),
            "grader-external",
            "matched",
            "codex",
        ),
        Expected(
            "graders/steps.py",
            *_block("2-steps/graders/steps.py"),
            "grader-external",
            "recorded",
            "claude-code",
        ),
        Expected(
            "harness/retry.py",
            *_block("3-retry/harness/retry.py"),
            "scaffolding-unreviewed",
            "recorded",
            "codex",
        ),
        Expected(
            "prompts/hints.md",
            *_block("2-steps/prompts/hints.md"),
            "model-accessible-ai",
            "recorded",
            "claude-code",
        ),
        Expected(
            "rubrics/clarity.md",
            *_block("6-clarity/rubrics/clarity.md", "- 2 also when", "- 2 also when"),
            "grader-external",
            "declared",
            "chatgpt",
        ),
        Expected(
            "tasks/ledger.py",
            *_block("4-ledger/tasks/ledger.py", "    refund_percentage", "    return [sold"),
            "eval-task-external",
            "declared",
            "claude-code",
        ),
    ]
    return sorted(forbidden, key=lambda one: (one.path, one.first))


def _text(path: str) -> str:
    return (TEXTS / path).read_text(encoding="utf-8")


def _block(path: str, first: str = "", last: str | None = None) -> tuple[int, int]:
    lines = _text(path).splitlines()
    start = next(number for number, line in enumerate(lines, 1) if line.startswith(first))
    if last is None:
        return start, len(lines)
    tail = enumerate(lines[start - 1 :], start)
    return start, next(number for number, line in tail if line.startswith(last))


def _git(repository: Path, *arguments: str, date: str = "", who: tuple[str, ...] = ADA) -> str:
    # A clean environment: neither hooks, signing nor line endings of the user may change the ids.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
        "TZ": "UTC",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{role}_NAME"], environment[f"GIT_{role}_EMAIL"] = who[0], who[1]
        environment[f"GIT_{role}_DATE"] = f"{date}+00:00" if date else "2026-03-02T09:00:00+00:00"
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def _commit(repository: Path, commit: Commit) -> str:
    shutil.copytree(TEXTS / commit.folder, repository, dirs_exist_ok=True)
    _git(repository, "add", "--all")
    said = ("--quiet", "--message", commit.message)
    _git(repository, "commit", *said, date=commit.when, who=commit.who)
    return _git(repository, "rev-parse", "HEAD")


def _note(repository: Path, commit: str) -> None:
    # git-ai authorship/3.0.0 names a session by the head of a hash of tool and conversation.
    key = "s_" + hashlib.sha256(b"cursor:lessons-1").hexdigest()[:14]
    metadata = {
        "schema_version": "authorship/3.0.0",
        "git_ai_version": "1.6.24",
        "base_commit_sha": commit,
        "prompts": {},
        "sessions": {
            key: {
                "agent_id": {"tool": "cursor", "id": "lessons-1", "model": "auto"},
                "human_author": "Ben Example <ben@example.org>",
            }
        },
    }
    note = "\n".join(
        (
            "data/train/lessons.jsonl",
            f"  {key}::t_0a1b2c3d4e5f60 7-10",
            "---",
            json.dumps(metadata),
        )
    )
    said = ("notes", "--ref=ai", "add", "-m", note, commit)
    _git(repository, *said, date="2026-03-12T09:15:05", who=BEN)


def _written(commit: str) -> dict[str, str]:
    texts = {
        str(path.relative_to(TEXTS / stage.folder).as_posix()): path.read_text(encoding="utf-8")
        for stage in HISTORY
        for path in sorted((TEXTS / stage.folder).rglob("*"))
        if path.is_file()
    }
    texts["said"] = _text("said/normalise.py")
    return sessions(texts, ADA[2], BEN[2], commit)


def main() -> int:
    """Build into the folder named on the command line; return an exit code."""
    if len(sys.argv) != 2:
        print("usage: python scripts/sample.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    if folder.exists() and any(folder.iterdir()):
        print(f"error: {folder} is not empty; name a new folder", file=sys.stderr)
        return 2
    for path in build(folder):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
