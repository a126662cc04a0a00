"""What ends only once it has written down what it learnt."""

from __future__ import annotations

import asyncio

from redline.lsp.folder import Folder
from redline.lsp.opened import OpenDocument

_LAST_WORDS_S = 2.0
"""Seconds in which a project that goes writes down what it has learnt."""


class Leaving:
    """Documents and projects that go."""

    def __init__(self) -> None:
        self._learning: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        """Something that has landed is still being written to the index."""
        return bool(self._learning)

    def document(self, document: OpenDocument) -> None:
        """Let a document finish what it learns."""
        if document.document is not None:
            learning = document.document.reception.learnt()
            task = asyncio.get_running_loop().create_task(learning)
            self._learning.add(task)
            task.add_done_callback(self._learning.discard)

    def folder(self, folder: Folder) -> None:
        """End a project that nothing belongs to any more, once it has written what it learnt."""

        async def end() -> None:
            try:
                if before:
                    await asyncio.wait(before, timeout=_LAST_WORDS_S)
            finally:
                folder.analyst.close()

        before = tuple(self._learning)
        task = asyncio.get_running_loop().create_task(end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def done(self) -> None:
        """Wait until everything is written, or for a while."""
        if self._learning:
            await asyncio.wait(tuple(self._learning), timeout=_LAST_WORDS_S)
