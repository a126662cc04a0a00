"""The Agent Trace records of a repository, wherever they lie."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from redline.git import GitError, Objects, Repository

_TRACE_NOTES = "refs/notes/agent-trace"
_TRACE_FILE = ".agent-trace/traces.jsonl"
_TRACE_LIMIT = 50 << 20


def trace_lines(repository: Repository, objects: Objects, unread: Counter[str]) -> Iterator[bytes]:
    """Yield each record's JSON, from the file, the notes and the branches that may hold them.

    What cannot be read is counted in ``unread`` by reason.
    """
    file = repository.root / _TRACE_FILE
    try:
        # A link could lead out of the repository.
        inside = file.resolve().is_relative_to(repository.root.resolve())
        if inside and file.is_file():
            if file.stat().st_size <= _TRACE_LIMIT:
                yield from file.read_bytes().split(b"\n")
            else:
                unread["Agent Trace: the file is too large"] += 1
    except (OSError, RuntimeError):
        unread["Agent Trace: the file cannot be read"] += 1
    names = []
    if repository.refs(_TRACE_NOTES):
        names += list(repository.notes(_TRACE_NOTES).values())
    for ref in sorted(repository.refs("refs/agentdiff")):
        names.append(f"{ref}:traces.jsonl")
    for name in names:
        try:
            data = objects.read(name, _TRACE_LIMIT)
        except GitError:
            unread["Agent Trace: git cannot read the object"] += 1
            continue
        # A note is one record, perhaps over several lines; the other places hold JSONL.
        whole = data is not None and re.match(rb"\s*\{\s*\n", data)
        yield from () if data is None else [data] if whole else data.split(b"\n")
