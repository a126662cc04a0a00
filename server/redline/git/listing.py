"""What git lists of a working tree, taken apart."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUBMODULE = "160000"
"""How git writes the mode of another repository's commit."""
_UNOPENED = re.compile(r"^warning: could not open directory '(.*?)/?(?:': .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Files:
    """What lies in a working tree; paths relative to its top, each once, sorted."""

    paths: tuple[str, ...]
    """Tracked files, even if absent from disk, and untracked ones that are not ignored."""
    submodules: tuple[str, ...]
    """Folders that belong to another repository by a recorded link."""
    nested: tuple[str, ...] = ()
    """Untracked folders that are repositories of their own."""
    sparse: frozenset[str] = frozenset()
    """Of the files, those that a sparse checkout leaves out."""
    unreadable: tuple[str, ...] = ()
    """Folders that could not be opened: what lies there untracked is not known."""


def parse_listing(out: bytes, err: str) -> Files:
    """Read ``git ls-files -z -t --stage --cached --others`` (git-ls-files(1), "OUTPUT")."""
    paths: set[str] = set()
    submodules: set[str] = set()
    nested: set[str] = set()
    sparse: set[str] = set()
    for entry in records(out):
        tag, rest = entry[:1], entry[2:]
        if tag == "?":
            (nested if rest.endswith("/") else paths).add(rest.rstrip("/"))
        else:
            mode, _, name = rest.partition("\t")
            (submodules if mode.startswith(SUBMODULE) else paths).add(name)
            if tag == "S":
                sparse.add(name)
    return Files(
        tuple(sorted(paths - submodules)),
        tuple(sorted(submodules)),
        tuple(sorted(nested)),
        frozenset(sparse),
        unopened(err),
    )


def records(output: bytes) -> Iterator[str]:
    """Split NUL-separated names."""
    return (os.fsdecode(entry) for entry in output.split(b"\0") if entry)


def unopened(told: str) -> tuple[str, ...]:
    """Name the folders that git complains it could not open."""
    return tuple(sorted(set(_UNOPENED.findall(told))))


def is_gone(path: str | Path) -> bool:
    """Tell a file that is not there from one that may not be looked at."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
