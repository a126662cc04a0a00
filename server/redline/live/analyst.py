"""Asks a process of its own to judge, so that whoever edits never waits for it."""

from __future__ import annotations

import asyncio
import pickle
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from redline.live.project import Project
from redline.live.spawn import Child, spawn

T = TypeVar("T")

_NICE = 5
"""How much longer what nobody waits for may take on a busy machine."""


class Ask(Protocol):
    """How the process that judges is asked: ``Analyst.ask`` or what stands for it."""

    def __call__(
        self, function: Callable[..., T], /, *arguments: object, background: bool = False
    ) -> Awaitable[T]:
        """Run ``function(room, *arguments)`` there."""


class AnalystError(Exception):
    """The process that judges failed or died; the message says how."""


@dataclass(slots=True)
class _Job:
    function: Callable[..., object]
    arguments: tuple[Any, ...]
    future: asyncio.Future[Any]


class Analyst:
    """One project's judging process, and a second one for what may take long.

    Use it from one event loop. Both processes start when they are first asked.
    """

    def __init__(self, project: Project, patience: int = 0) -> None:
        """``patience`` is how nice (as in nice(1)) the first process is; the second always is."""
        self.project = project
        self._urgent = _Lane(project, patience)
        self._patient = _Lane(project, max(patience, _NICE))

    async def ask(
        self,
        function: Callable[..., T],
        *arguments: object,
        background: bool = False,
    ) -> T:
        """Run ``function(room, *arguments)`` in the process; raises what it raises.

        The function is named, not sent: it must be at the top of a module. ``background`` is for
        what nobody waits for at a key. Raises ``AnalystError`` where the process dies of it.
        """
        lane = self._patient if background else self._urgent
        return await lane.ask(function, arguments)

    def start(self) -> None:
        """Start the process now, before anything is asked."""
        self._urgent.start()

    def close(self) -> None:
        """End both processes, whatever they are doing."""
        self._urgent.close()
        self._patient.close()

    async def closed(self) -> None:
        """Wait until both processes have ended, after ``close``."""
        await self._urgent.closed()
        await self._patient.closed()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run."""
        lanes = (self._urgent, self._patient)
        return tuple(lane.process.pid for lane in lanes if lane.process is not None)


class _Lane:
    """One process and the jobs that wait for it."""

    def __init__(self, project: Project, patience: int) -> None:
        self._patience = patience
        self.process: Child | None = None
        self._project = project
        self._jobs: deque[_Job] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._ending: Child | None = None

    async def ask(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        if self._closed:
            raise AnalystError("the project was closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(function, arguments, future))
        self._run()
        return await future

    def start(self) -> None:
        self._run()

    def close(self) -> None:
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        if self.process is not None:
            self.process.kill()
            self._ending, self.process = self.process, None
        while self._jobs:
            job = self._jobs.popleft()
            if not job.future.done():
                job.future.set_exception(AnalystError("the project was closed"))

    async def closed(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._ending is not None:
            await self._ending.wait()
            # Its transport is closed a turn of the loop later.
            await asyncio.sleep(0)

    def _run(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        if self.process is None:
            self.process = await self._started()
        while self._jobs:
            job = self._jobs.popleft()
            if job.future.done():
                # Whoever asked has gone away.
                continue
            try:
                await self._do(job)
            except asyncio.CancelledError:
                # Whoever asked is not cancelled by this, and must hear of it.
                if not job.future.done():
                    job.future.set_exception(AnalystError("the project was closed"))
                raise

    async def _do(self, job: _Job) -> None:
        process = self.process
        if process is None:
            process = self.process = await self._started()
        try:
            good, value, fat = await _exchange(process, (job.function, job.arguments))
        except (OSError, asyncio.IncompleteReadError, EOFError) as error:
            await self._end(process)
            if not job.future.done():
                name = getattr(job.function, "__name__", str(job.function))
                code = process.returncode
                fault = AnalystError(f"the judging process ended during {name} (exit {code})")
                fault.__cause__ = error
                job.future.set_exception(fault)
            return
        if fat:
            await self._end(process)
        if job.future.done():
            return
        if good:
            job.future.set_result(value)
        else:
            raised, told = value
            raised.add_note(told)
            job.future.set_exception(raised)

    async def _started(self) -> Child:
        process = await spawn(self._patience)
        process.requests.write(_frame(self._project))
        return process

    async def _end(self, process: Child) -> None:
        self.process = None
        process.kill()
        await process.wait()


async def _exchange(process: Child, request: object) -> Any:  # noqa: ANN401 -- whatever was asked for
    process.requests.write(_frame(request))
    await process.requests.drain()
    size = int.from_bytes(await process.answers.readexactly(8), "little")
    return pickle.loads(await process.answers.readexactly(size))


def _frame(value: object) -> bytes:
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(8, "little") + body
