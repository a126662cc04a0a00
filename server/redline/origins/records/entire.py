"""Read Entire's checkpoints: which agent's session a commit's trailer points to.

Format: entireio/cli ``docs/architecture/sessions-and-checkpoints.md`` and
``ref-checkpoint-backend.md``. A checkpoint names files, never lines; its transcripts are the
assistants' own session files. Read only, and only from the local object store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redline.git import GitError, Objects, Repository
from redline.origins.records.names import UNKNOWN, assistant_id
from redline.origins.records.values import elements, milliseconds, model_name, printable

BRANCH = "entire/checkpoints/v1"
REFS = "refs/entire/checkpoints/"
_METADATA_LIMIT = 16 << 20
_SESSIONS_LIMIT = 100
_TRANSCRIPT = re.compile(
    r"(?P<id>(?:[0-9a-f]{2}/[0-9a-f]{10}|))/?(?P<session>\d{1,4})/full\.jsonl(?:\.(?P<part>\d{3}))?\Z"
)


@dataclass(frozen=True, slots=True)
class CheckpointSession:
    """One session of a checkpoint."""

    assistant: str
    model: str | None
    session: str | None
    time: int | None
    files: frozenset[str]
    """The files it touched."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint's metadata tells."""

    id: str
    sessions: tuple[CheckpointSession, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session's transcript, kept in the repository, in one or several parts."""

    name: str
    """Checkpoint and session number: stable while the checkpoint stands."""
    parts: tuple[str, ...]
    """Object ids, in order."""

    def read(self, objects: Objects) -> Iterator[bytes]:
        """Yield the bytes in pieces of at most 1 MiB; raises ``GitError``."""
        for part in self.parts:
            yield from objects.stream(part)


def checkpoint(objects: Objects, roots: tuple[str, ...], id: str) -> Checkpoint | None:
    """Read a checkpoint by the id of a commit's trailer; None if it is not here or not readable.

    ``roots`` are the names of the branch that hold checkpoints here (see ``branches``).
    """
    places = [f"{REFS}{id[-2:]}/{id}:", *(f"{root}:{id[:2]}/{id[2:]}/" for root in roots)]
    for place in places:
        summary = _json(objects, f"{place}metadata.json")
        if summary is None:
            continue
        count = len(elements(summary.get("sessions"))) or 1
        found = []
        for number in range(min(count, _SESSIONS_LIMIT)):
            record = _json(objects, f"{place}{number}/metadata.json")
            if record is not None:
                found.append(_session(record))
        return Checkpoint(id, tuple(found) or (_session(summary),))
    return None


def branches(repository: Repository) -> tuple[str, ...]:
    """Name the local and remote branches that hold checkpoints."""
    names = repository.refs("refs/heads/" + BRANCH) | repository.refs("refs/remotes")
    return tuple(sorted(name for name in names if name.endswith("/" + BRANCH)))


def transcripts(repository: Repository) -> Iterator[Transcript]:
    """List the transcripts of all checkpoints, oldest layout first; raises ``GitError``."""
    parts: dict[str, dict[str, str]] = {}
    roots = [(name, "") for name in branches(repository)]
    roots += [(name, name.rpartition("/")[2]) for name in sorted(repository.refs(REFS))]
    for root, id in roots:
        for path, oid in repository.tree(root):
            if match := _TRANSCRIPT.match(path):
                name = id or match["id"].replace("/", "")
                if name:
                    held = parts.setdefault(f"{name}/{match['session']}", {})
                    held[match["part"] or ""] = oid
    for name, held in parts.items():
        yield Transcript(name, tuple(held[key] for key in sorted(held)))


def _session(record: dict[str, object]) -> CheckpointSession:
    agent = record.get("agent")
    return CheckpointSession(
        assistant_id(agent) if agent else UNKNOWN,
        model_name(record.get("model")),
        printable(record.get("session_id")),
        milliseconds(record.get("created_at")),
        frozenset(f for f in elements(record.get("files_touched")) if isinstance(f, str)),
    )


def _json(objects: Objects, name: str) -> dict[str, object] | None:
    # Only here: a run without checkpoints does without it.
    import orjson

    try:
        data = objects.read(name, _METADATA_LIMIT)
        value = orjson.loads(data) if data is not None else None
    except (GitError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None
