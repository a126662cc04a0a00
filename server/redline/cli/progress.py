"""A progress bar on the standard error, for work that takes long enough to wonder about."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from redline.report.look import in_ci, is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE = 0.5
"""Seconds before a bar appears: shorter work would only flicker."""


class _Bar:
    """Waits, then draws; nothing of rich is imported for work that ends sooner."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def tick(self, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` is done; a total of 0 is not known yet."""
        if self._progress is None or self._task is None:
            if time.monotonic() - self._began < _PATIENCE:
                return
            self._open()
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total or None)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(self._label, total=None)
        self._progress.start()


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a callback ``(done, total)`` that draws a bar, or None where nobody would see it.

    A bar appears after half a second, on a terminal that can draw, never in CI.
    """
    if quiet or in_ci() or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield None
        return
    bar = _Bar(label)
    try:
        yield bar.tick
    finally:
        bar.close()
