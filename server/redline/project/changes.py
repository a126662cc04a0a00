"""Which lines a change adds, for reports that may speak of nothing else."""

from __future__ import annotations

import re

from ..git import GitError
from ..git.blame import unquote
from .files import open_tree, refused
from .options import LintOptions

_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(options: LintOptions) -> dict[str, list[tuple[int, int]]] | None:
    """Lines added or changed, from 1, both inclusive, by file; None: no change was named.

    Raises ``UsageError``.
    """
    tree = open_tree(options)
    if tree.repository is None or not (options.staged or options.since):
        return None
    repository = tree.repository
    asked = ["-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"]
    asked += ["--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=all"]
    try:
        if options.staged:
            empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
            asked = ["diff-index", "--cached", *asked, repository.head or empty]
        else:
            asked = ["diff-index", *asked, repository.merge_base(options.since or "")]
        changed = _added(repository.git.tell(*asked, "--"))
        if options.since:
            for path in set(tree.paths) - changed.keys():
                # Listed as changed but unknown to the diff: a file that git does not track yet.
                changed[path] = [(1, 1 << 31)]
    except GitError as error:
        raise refused(error) from error
    return changed


def _added(diff: bytes) -> dict[str, list[tuple[int, int]]]:
    """Read the added ranges of a unified diff without context (git-diff(1))."""
    changed: dict[str, list[tuple[int, int]]] = {}
    ranges: list[tuple[int, int]] = []
    skip = 0
    for line in diff.split(b"\n"):
        if skip:
            # Inside a hunk a line may look like a header of anything.
            skip -= 1
        elif line.startswith(b"+++ "):
            name = unquote(line[4:].removesuffix(b"\t")).removeprefix(b"b/")
            ranges = changed.setdefault(name.decode("utf-8", "surrogateescape"), [])
        elif found := _HUNK.match(line):
            start, count = int(found[1]), int(found[2] or 1)
            removed = re.match(rb"^@@ -\d+(?:,(\d+))? ", line)
            skip = count + (int(removed[1] or 1) if removed else 1)
            if count:
                ranges.append((start, start + count - 1))
    return changed
