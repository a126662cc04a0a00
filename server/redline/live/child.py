"""The process that judges: takes requests from its parent's pipe, one after the other.

A frame is its length in bytes (8, little-endian) and a pickle; both ends are our own. The
process ends when the pipe does, so none outlives an editor that was killed.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from redline.live.workroom import Project, Workroom

MOST_BYTES = 512 << 20
"""Resident memory from which the process asks to be followed by a fresh one."""


def main() -> int:
    """Serve until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if len(sys.argv) > 1 and hasattr(os, "nice"):
        os.nice(int(sys.argv[1]))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the answers.
    os.dup2(2, 1)
    room: Workroom | None = None
    while (request := _received(requests)) is not None:
        if isinstance(request, Project):
            room = Workroom(request)
            continue
        assert room is not None  # the project comes first
        _send(answers, _answer(room, *request))
    if room is not None:
        room.close()
    return 0


def _answer(room: Workroom, function: Callable[..., object], arguments: tuple[Any, ...]) -> bytes:
    try:
        answer = (True, function(room, *arguments), _is_fat())
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> bytes:
    from traceback import format_exception

    told = "".join(format_exception(error))
    try:
        data = pickle.dumps((False, (error, told), _is_fat()), pickle.HIGHEST_PROTOCOL)
        pickle.loads(data)
    except Exception:
        # Not every exception survives the trip.
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        data = pickle.dumps((False, (plain, told), _is_fat()), pickle.HIGHEST_PROTOCOL)
    return data


def _is_fat() -> bool:
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > MOST_BYTES


def _received(pipe: BinaryIO) -> Any:  # noqa: ANN401 -- whatever the parent sent
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    body = pipe.read(size)
    return pickle.loads(body) if len(body) == size else None


def _send(pipe: BinaryIO, body: bytes) -> None:
    pipe.write(len(body).to_bytes(8, "little") + body)
    pipe.flush()


if __name__ == "__main__":
    sys.exit(main())
