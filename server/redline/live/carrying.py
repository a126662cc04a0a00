"""Files that have come to lie in protected places while nobody had them open."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from redline.git import GitError
from redline.live.analysis import LiveMark
from redline.live.arrivals import arrived
from redline.live.remembering import remember
from redline.live.workroom import Workroom
from redline.model import ZoneHit
from redline.policy import Policy
from redline.project.judge import protects
from redline.project.reading import Unreadable
from redline.syntax.trees import UnparsedError

_LARGEST = 1 << 20
"""Bytes of a file that is looked for elsewhere."""


def carry_over(
    room: Workroom,
    paths: Sequence[str],
    held: Mapping[str, str] | None = None,
    moved: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Carry over what is known of files that were moved or copied to ``paths``; name those.

    Paths are relative to the root; ``held`` are the texts of open documents by path, ``moved``
    the old paths of files that somebody says were moved, by their new ones. Only files in
    protected places that git does not have under that name are looked at: of others their own
    history tells. What is carried over is remembered in the index. Raises ``IndexFault`` where
    that cannot be written.
    """
    tainted = []
    for path in paths:
        text = _text(room, path)
        old = (moved or {}).get(path)
        marks = arrival(room, path, text, held, old) if text is not None else ()
        if text is not None and marks:
            remember(room, path, text, marks, "copy", "files", time.time_ns() // 1_000_000)
            tainted.append(path)
    return tuple(tainted)


def arrival(
    room: Workroom,
    path: str,
    text: bytes,
    held: Mapping[str, str] | None = None,
    old: str | None = None,
) -> tuple[LiveMark, ...]:
    """Tell what is carried over to one file of a protected place.

    As ``arrived``; nothing for a file that git has under that name, unless it had ``old`` a
    moment ago.
    """
    if len(text) > _LARGEST:
        return ()
    zones = _zones(room.policy, path, text)
    if not zones or not protects(room.policy, zones):
        return ()
    if old is None and _is_known(room, path):
        return ()
    return arrived(room, path, text, held, old)


def _text(room: Workroom, path: str) -> bytes | None:
    if not room.policy.zones_of(path) and not room.policy.wants_text(path):
        return None
    try:
        return room.read(path)
    except Unreadable:
        return None


def _zones(policy: Policy, path: str, text: bytes) -> tuple[ZoneHit, ...]:
    """The zones of the file, and of what stands in it."""
    zones = policy.zones_of(path)
    if policy.may_have_units(path, text):
        with suppress(UnparsedError):
            zones += policy.unit_zones(path, text)
    return zones


def _is_known(room: Workroom, path: str) -> bool:
    repository = room.repository
    if repository is None:
        return False
    try:
        return repository.staged_mode(path) is not None
    except GitError:
        return False


def is_on_disk(room: Workroom, path: str, text: bytes, before: int) -> bool:
    """Tell whether a file has held ``text`` since ``before``, in ns since 1970, or longer."""
    try:
        return (room.root / path).stat().st_mtime_ns <= before and text in room.read(path)
    except (OSError, Unreadable):
        return False
