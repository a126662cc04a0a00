"""The process that judges: takes requests from its parent's pipe, one after the other.

A frame is its length in bytes (8, little-endian) and a pickle; both ends are our own. The
process ends when the pipe does, so none outlives an editor that was killed.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from redline.live.project import Project

if TYPE_CHECKING:
    from redline.live.workroom import Workroom

MOST_BYTES = 512 << 20
"""Resident memory from which the process asks to be followed by a fresh one."""


_SAMPLE = ".redline-sample.py"
_SAMPLE_TEXT = b"def sample():\n    return 1\n"
_NEEDED = ("redline.live.analyse", "redline.check", "redline.project.judge")
"""Modules of the first judgement, beside what a workroom needs."""


def main() -> int:
    """Serve until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    patient = len(sys.argv) > 1 and int(sys.argv[1])
    if patient and hasattr(os, "nice"):
        os.nice(patient)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the answers.
    os.dup2(2, 1)
    _load()
    from redline.live.workroom import Workroom

    room: Workroom | None = None
    while (request := _received(requests)) is not None:
        if isinstance(request, Project):
            room = Workroom(request)
            if not patient:
                _open(room)
            continue
        assert room is not None  # the project comes first
        _send(answers, _answer(room, *request))
    if room is not None:
        room.close()
    return 0


def _load() -> None:
    """Load what a judgement needs while nobody waits for one yet."""
    gc.disable()
    for name in _NEEDED:
        import_module(name)
    # None of it becomes garbage, and there is a lot of it to look through.
    gc.freeze()
    gc.enable()


def _open(room: Workroom) -> None:
    """Open rules, history and index, and try them, while the editor is still reading its file."""
    from redline.model import Span
    from redline.syntax.languages import language_of
    from redline.syntax.units import enclosing_unit

    # Whoever asks is told of what is wrong.
    with suppress(Exception):
        with room.holding(_SAMPLE, _SAMPLE_TEXT) as judge:
            facts, text = judge.facts(_SAMPLE, every=True)
        judge.verdict(facts, text)
        enclosing_unit(_SAMPLE_TEXT, language_of(_SAMPLE, _SAMPLE_TEXT), Span(0, 1))
        if room.index is not None:
            # What looks a large text up.
            import_module("redline.matching.bulk_prints")


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
            # What is mapped from files, the index above all, is not the process's own.
            resident, shared = file.read().split()[1:3]
            pages = int(resident) - int(shared)
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
