"""Starts judging processes, one of them before anybody has asked."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

_MOST_ANSWER = 1 << 31
_PIPE = 1 << 20
"""Bytes that a pipe holds, on Linux: a text of usual size is sent at once."""

_waiting: list[subprocess.Popen[bytes]] = []
"""Processes that were started ahead and belong to nobody yet."""


class Child:
    """A judging process and both pipes, for one event loop."""

    def __init__(
        self,
        process: subprocess.Popen[bytes] | asyncio.subprocess.Process,
        requests: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
    ) -> None:
        self._process = process
        self.requests = requests
        self.answers = answers

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs, as far as is known."""
        return self._process.returncode

    def kill(self) -> None:
        """End it, whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> None:
        """Wait until it has ended, after ``kill`` or because its pipe did."""
        if isinstance(self._process, subprocess.Popen):
            # Its pipe ends with it, and the system has nothing left to do then.
            with suppress(OSError):
                while await self.answers.read(1 << 16):
                    pass
            self._process.wait()
            self.requests.close()
        else:
            await self._process.wait()


def start_ahead() -> None:
    """Start a process now, before there is an event loop or a project; it loads meanwhile.

    It ends with this process if nobody takes it. Where pipes cannot be given to an event loop
    afterwards, on Windows, nothing is started.
    """
    if os.name == "posix":
        _waiting.append(
            subprocess.Popen(
                _command(0),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_nowhere(),
                pipesize=_PIPE,
            )
        )


async def spawn(patience: int) -> Child:
    """Start a process, or take the one that was started ahead; raises ``OSError``.

    ``patience`` is how nice (as in nice(1)) it is.
    """
    import asyncio

    while not patience and _waiting:
        ahead = _waiting.pop()
        if ahead.poll() is None:
            return await _taken(ahead)
        for pipe in (ahead.stdin, ahead.stdout):
            if pipe is not None:
                pipe.close()
    process = await asyncio.create_subprocess_exec(
        *_command(patience),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_MOST_ANSWER,
        cwd=_nowhere(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    return Child(process, process.stdin, process.stdout)


async def _taken(process: subprocess.Popen[bytes]) -> Child:
    import asyncio

    loop = asyncio.get_running_loop()
    answers = asyncio.StreamReader(_MOST_ANSWER, loop)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(answers), process.stdout)
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop)), process.stdin
    )
    return Child(process, asyncio.StreamWriter(transport, protocol, None, loop), answers)


def _command(patience: int) -> tuple[str, ...]:
    # -P: what lies in the current folder, a repository perhaps, is never imported.
    return sys.executable, "-P", "-m", "redline.live.child", str(patience)


def _nowhere() -> str:
    return Path(sys.executable).anchor or os.sep
