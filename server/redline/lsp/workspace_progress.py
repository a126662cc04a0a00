"""A progress bar in the client, where it has one, with a way to stop."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from redline.lsp.server import Server


class Bar:
    """Tells how far something is; without a token it tells nobody and is never stopped."""

    def __init__(self, server: Server | None, token: str | None) -> None:
        self._server = server
        self._token = token
        self._told = -1

    @classmethod
    def silent(cls) -> Bar:
        """One that nobody sees."""
        return cls(None, None)

    @classmethod
    @asynccontextmanager
    async def begun(cls, server: Server, title: str) -> AsyncIterator[Bar]:
        """Show a bar for as long as the block runs."""
        if not server.session.capabilities.progress:
            yield cls.silent()
            return
        token = str(uuid.uuid4())
        try:
            await server.work_done_progress.create_async(token)
        except Exception:
            # A client that refuses gets no bar; the work is done all the same.
            yield cls.silent()
            return
        begin = types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0)
        server.work_done_progress.begin(token, begin)
        try:
            yield cls(server, token)
        finally:
            server.work_done_progress.end(token, types.WorkDoneProgressEnd())

    @property
    def cancelled(self) -> bool:
        """The person wants no more of it."""
        if self._server is None or self._token is None:
            return False
        future = self._server.work_done_progress.tokens.get(self._token)
        return future is not None and future.cancelled()

    async def report(self, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` files are done."""
        percentage = min(100, done * 100 // max(1, total))
        if self._server is None or self._token is None or percentage <= self._told:
            return
        self._told = percentage
        message = f"{done:,} of {total:,} files"
        told = types.WorkDoneProgressReport(message=message, percentage=percentage)
        with suppress(Exception):
            self._server.work_done_progress.report(self._token, told)
