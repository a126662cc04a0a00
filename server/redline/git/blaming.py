"""Ask git for the blame of a file, no driver of the repository's run on its content."""

from __future__ import annotations

import os
from pathlib import Path

from redline.git.blame import Blame, count_lines, parse_incremental, uncommitted
from redline.git.command import Git, GitError, failure

_SECONDS = 300.0


def ask_blame(
    git: Git, path: str, contents: bytes | None, commit: str | None, shallow: frozenset[str]
) -> Blame:
    """Blame a text on top of HEAD, else a commit's file, else the file on disk.

    ``shallow`` are the commits at which history is cut off. Raises ``GitError``.
    """
    asked = ["blame", "--incremental", "-w", "-M", "--root", "--no-textconv"]
    lines = None
    if contents is not None:
        asked += ["--contents", "-"]
        lines = count_lines(contents)
        if not lines:
            return Blame(())
    elif commit is not None:
        asked.append(commit)
    settings = _no_drivers(git)
    place = ("--", path)
    answer = git.ask(*asked, *place, stdin=contents, settings=settings, timeout=_SECONDS)
    if not answer.code:
        return parse_incremental(answer.out.split(b"\n"), path, shallow, lines)
    unborn = "no such ref: HEAD" in answer.err or "no such path" in answer.err
    if unborn and commit is None:
        return uncommitted(path, lines if lines is not None else _lines_of(git, path))
    ends = _added_by(git, path, commit) if "unable to read" in answer.err else []
    if not ends:
        raise failure("blame", path, answer.err)
    # Comparing contents to find a rename met an object that is not here (a partial clone): stop
    # at the commits that added the file under this name.
    out = git.tell(*asked, *ends, *place, stdin=contents, settings=settings, timeout=_SECONDS)
    found = parse_incremental(out.split(b"\n"), path, shallow, lines)
    return Blame(found.hunks, complete=False)


def _added_by(git: Git, path: str, commit: str | None) -> list[str]:
    asked = ("--no-renames", "--full-history", "--diff-filter=A", "--format=%H")
    answer = git.ask("log", *asked, "--no-show-signature", commit or "HEAD", "--", path)
    return [f"^{added}" for added in answer.out.decode("ascii", "replace").split()]


def _lines_of(git: Git, path: str) -> int:
    try:
        return count_lines((Path(git.folder) / path).read_bytes())
    except OSError as error:
        raise GitError(f"cannot read the file: {error.strerror}", path) from error


def _no_drivers(git: Git) -> tuple[str, ...]:
    """Switch off each program that the configuration would run on a file's content.

    Asked anew each time: in a long-lived process the configuration may change.
    """
    pattern = r"^(filter\..*\.(clean|smudge|process|required)|diff\..*\.(textconv|command))$"
    answer = git.ask("config", "--null", "--name-only", "--get-regexp", pattern)
    named = answer.out if answer.code == 0 else b""
    keys = sorted({os.fsdecode(key) for key in named.split(b"\0") if key})
    for key in keys:
        if "=" in key:
            # "-c" splits at the first "=", so this key could not be overruled.
            raise GitError(
                "a filter's name in the configuration holds '='", git.folder, "rename it"
            )
    return tuple(f"{key}=false" if key.endswith(".required") else f"{key}=" for key in keys)
