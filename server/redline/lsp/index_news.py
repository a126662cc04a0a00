"""Tells when the origin index was changed by whomever: an update, another editor, an import."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

_EVERY_S = 2.0


async def index_news(index: Path) -> AsyncGenerator[None]:
    """Yield once for each change that is seen; looks every two seconds, at two files' stamps.

    What writes to the index tells no other process; whatever watches its folder would wake at
    each of its writes.
    """
    before = _stamps(index)
    while True:
        await asyncio.sleep(_EVERY_S)
        now = _stamps(index)
        if now != before:
            before = now
            yield


def _stamps(index: Path) -> tuple[object, ...]:
    # A reader leaves an empty log beside the index.
    return _stamp(index), _stamp(index.with_name(f"{index.name}-wal"))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return None
    return (info.st_size, info.st_mtime_ns, info.st_ino) if info.st_size else None
