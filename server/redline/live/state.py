"""The state of a workroom, for a report that people paste: no text, no names of sessions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redline.live.workroom import Workroom


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the origin index holds."""

    path: Path | None
    there: bool
    bytes: int = 0
    """On disk, the files of runs included."""
    assistants: tuple[tuple[str, str, int, int, int | None], ...] = ()
    """Assistant, format, sessions, pieces of text, newest time (ms)."""
    fault: str = ""
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """What a project is judged by."""

    policy_sha256: str
    policy_files: tuple[str, ...]
    rules: int
    zones: int
    problems: tuple[str, ...]
    """What is wrong with the rule files on disk; then the last good ones are in force."""
    git: bool
    faults: tuple[str, ...]
    """What could not be opened."""
    index: IndexState
    process: int


def state_of(room: Workroom) -> RoomState:
    """Describe a workroom; what cannot be had is told as a fault."""
    policy = room.policy
    error = room.policy_error
    repository = room.repository
    return RoomState(
        policy_sha256=policy.sha256,
        policy_files=policy.files,
        rules=len(policy.rules),
        zones=len(policy.table.zones),
        problems=tuple(str(one) for one in error.problems) if error is not None else (),
        git=repository is not None,
        faults=tuple(room.faults),
        index=_index(room),
        process=os.getpid(),
    )


def _index(room: Workroom) -> IndexState:
    import sqlite3

    from redline.matching.fault import IndexFault
    from redline.matching.lookup import runs_folder

    path = room.project.index
    if path is None or not path.exists():
        return IndexState(path, there=False)
    try:
        files = [path, *runs_folder(path).glob("*.run")]
        size = sum(file.stat().st_size for file in files if file.exists())
        sessions = room.judge().sessions
        rows = tuple(sessions.store.tally()) if sessions is not None else ()
    except (sqlite3.Error, OSError, IndexFault) as error:
        return IndexState(path, there=True, fault=str(error))
    return IndexState(path, there=True, bytes=size, assistants=rows)
