"""What git tells the oracle of the real pairs: sessions it holds, blame, and what stood when."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path


def git(repository: Path, *words: str) -> str:
    """Run git and return what it printed."""
    return subprocess.run(
        ["git", "-C", str(repository), *words], check=True, capture_output=True, text=True,
        errors="replace",
    ).stdout  # fmt: skip


def blame(repository: Path, path: str) -> list[tuple[str, float]]:
    """Commit and committer's time of each line; none if objects of the history are missing."""
    rows: list[tuple[str, float]] = []
    when: dict[str, float] = {}
    commit = ""
    try:
        told = git(repository, "blame", "-w", "-M", "--line-porcelain", "--", path)
    except subprocess.CalledProcessError:
        return []
    for line in told.split("\n"):
        if re.match(r"^[0-9a-f]{40} ", line):
            commit = line[:40]
        elif line.startswith("committer-time "):
            when[commit] = float(line.split()[1])
        elif line.startswith("\t"):
            rows.append((commit, when[commit]))
    return rows


def checkpoints(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield path and blob of each transcript on Entire's branch; the blob may be absent."""
    for branch in ("entire/checkpoints/v1", "origin/entire/checkpoints/v1"):
        listed = ["git", "-C", str(repository), "ls-tree", "-r", "-z", branch]
        answer = subprocess.run(listed, capture_output=True, text=True)
        for entry in answer.stdout.split("\0")[:-1]:
            head, _, path = entry.partition("\t")
            if path.rpartition("/")[2] == "full.jsonl":
                yield path, head.split()[2]
        if answer.returncode == 0:
            return


def held(repository: Path, pathspecs: list[str]) -> Iterator[tuple[str, str]]:
    """Yield path and blob of each session file that is tracked under one of the pathspecs."""
    for entry in git(repository, "ls-files", "-s", "-z", "--", *pathspecs).split("\0")[:-1]:
        head, _, path = entry.partition("\t")
        if path.endswith((".jsonl", ".md")):
            yield path, head.split()[1]


def stood_before(
    repository: Path, lines: Mapping[tuple[str, str], float], left_out: list[str]
) -> set[tuple[str, str]]:
    """Return those of the (path, line) that stood in any file when their message came.

    The tree is that of the last commit before the message, by the times of committers on the
    branch that is checked out; ``left_out`` are pathspecs that are not looked at.
    """
    wanted: dict[str, dict[str, list[tuple[str, str]]]] = {}
    commits: dict[int, str] = {}
    for key, time in lines.items():
        second = int(time)
        if second not in commits:
            before = f"--before=@{second}"
            commits[second] = git(repository, "rev-list", "-1", before, "HEAD").strip()
        if commits[second]:
            of_commit = wanted.setdefault(commits[second], defaultdict(list))
            of_commit[key[1].strip()].append(key)
    found: set[tuple[str, str]] = set()
    for commit, keys in wanted.items():
        command = ["git", "-C", str(repository), "grep", "-hI", "-e", "", commit, "--", "."]
        command += [f":(exclude){pathspec}" for pathspec in left_out]
        # Exit code 1: nothing stood, or not every object of an old tree is there.
        tree = subprocess.run(command, capture_output=True, text=True, errors="replace")
        for line in set(map(str.strip, tree.stdout.splitlines())) & keys.keys():
            found.update(keys[line])
    return found
