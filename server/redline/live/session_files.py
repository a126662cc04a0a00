"""Where in a session's file a record stands, as an editor counts."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redline.live.workroom import Workroom


_CHUNK = 1 << 20
_MOST = 1 << 30
"""Bytes that are read to count lines."""
_TEXTS = (".jsonl", ".json", ".md", ".txt")


def readable_sessions(_room: Workroom, paths: Iterable[str]) -> frozenset[str]:
    """Tell which of these session files an editor can show: text that is here and may be read."""
    return frozenset(path for path in paths if _is_text(path))


def line_of(_room: Workroom, path: str, position: int) -> int | None:
    """The line, from 1, that holds byte ``position``; None where the file does not reach so far."""
    if not _is_text(path) or not 0 <= position <= _MOST:
        return None
    line, left = 1, position
    try:
        with open(path, "rb") as file:
            while left:
                data = file.read(min(left, _CHUNK))
                if not data:
                    return None
                line += data.count(b"\n")
                left -= len(data)
            return line if file.read(1) else None
    except OSError:
        return None


def _is_text(path: str) -> bool:
    if not path.endswith(_TEXTS):
        return False
    try:
        # Asked before it is opened: a pipe would wait for a writer.
        return stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.R_OK)
    except (OSError, ValueError):
        return False
