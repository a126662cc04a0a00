"""Answers clients that ask for the diagnostics of everything.

They get results file by file as they are found, hear of unchanged files by their ids alone, and
of clean ones by an empty report without an id, so that they forget them. Where nothing has
changed a request is parked until something does: a client that asks again every two seconds
costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.lsp.convert import Wire
from redline.lsp.workspace_progress import Bar
from redline.lsp.workspace_summary import FAULTS, Summary, uri_of

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder
    from redline.lsp.workspace_diagnostics import WorkspaceDiagnostics

_log = logging.getLogger(__name__)


class Pull:
    """One client's requests for everything; of several only the newest waits."""

    def __init__(self, server: Server, workspace: WorkspaceDiagnostics) -> None:
        self._server = server
        self._workspace = workspace
        self._turn = 0
        self._answered = False

    async def answer(self, params: types.WorkspaceDiagnosticParams) -> Wire:
        """Answer ``workspace/diagnostic``."""
        self._turn += 1
        turn = self._turn
        # A client waits for one answer at a time: an older request is let go.
        self._workspace.changed.set()
        self._workspace.forget_gone()
        before = {one.uri: one.value for one in params.previous_result_ids}
        token = params.partial_result_token
        sent: dict[str, str] = {}

        def partial(folder: Folder) -> Callable[[str], None]:
            def send(path: str) -> None:
                wire = self._report(folder, path, before)
                if token is not None and wire["kind"] == "full":
                    sent[wire["uri"]] = wire["resultId"]
                    self._server.send("$/progress", {"token": token, "value": {"items": [wire]}})

            return send

        while True:
            # Cleared first: what changes while the answer is made wakes the next look.
            self._workspace.changed.clear()
            for folder in self._server.session.projects():
                if folder not in self._workspace.checked:
                    await self._first(folder, partial(folder))
            items = self._reports({**before, **sent})
            fresh = [one for one in items if one["kind"] == "full"]
            if fresh or sent or not self._answered:
                self._answered = True
                return {"items": [one for one in items if one["uri"] not in sent]}
            await self._workspace.changed.wait()
            if self._turn != turn:
                return {"items": []}

    async def _first(self, folder: Folder, partial: Callable[[str], None]) -> None:
        try:
            await self._workspace.check_project(folder, Summary(), Bar.silent(), partial)
        except asyncio.CancelledError:
            self._workspace.checked.discard(folder)
            raise
        except FAULTS as fault:
            _log.warning("%s could not be checked: %s", folder.root, type(fault).__name__)

    def _reports(self, before: Mapping[str, str]) -> list[Wire]:
        """A report for each file that has findings, or had some when the client asked last."""
        items: list[Wire] = []
        for folder, known in self._workspace.known.items():
            closed = sorted(known.keys() - self._workspace.open_paths(folder))
            items += (self._report(folder, path, before) for path in closed)
        told = {one["uri"] for one in items}
        open_ones = set(self._server.session.documents)
        items += (
            {"uri": uri, "version": None, "kind": "full", "items": []}
            for uri in before
            if uri not in told and uri not in open_ones
        )
        return items

    def _report(self, folder: Folder, path: str, before: Mapping[str, str]) -> Wire:
        known = self._workspace.known[folder][path]
        uri = uri_of(folder, path)
        head: Wire = {"uri": uri, "version": None, "resultId": known.id}
        if before.get(uri) == known.id:
            return {**head, "kind": "unchanged"}
        return {**head, "kind": "full", "items": known.wires}
