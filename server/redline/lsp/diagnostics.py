"""Diagnostics of open documents: sent on every change, or told when the client asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import orjson
from lsprotocol import types

from redline.live.document import Shown
from redline.live.places import Extent
from redline.lsp.convert import MOST, Wire, diagnostic, first_line, not_judged, range_of, surplus
from redline.lsp.session import OpenDocument, Session
from redline.model import Finding, Skip

if TYPE_CHECKING:
    from redline.lsp.server import Server

_REFRESH_AFTER = 0.05
"""Seconds in which several documents' new findings make one request to ask again."""


@dataclass(slots=True)
class _Told:
    """What a client knows of a document, and the tables it is made of."""

    tables: dict[int, tuple[Finding, Wire]] = field(default_factory=dict)
    """By the finding's identity: built once, moved with every key."""
    shown: tuple[Shown, ...] | None = None
    skips: tuple[Skip, ...] = ()
    """What ``body`` was made of."""
    body: bytes = b"[]"
    """The diagnostics as JSON: most keys change nothing in them."""
    empty: bool = True


class Diagnostics:
    """Keeps clients told."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._told: dict[str, _Told] = {}
        self._refresh: asyncio.TimerHandle | None = None
        self._last: dict[str, str] = {}
        """What was last told when asked, by URI."""

    @property
    def _session(self) -> Session:
        return self._server.session

    def of(self, document: OpenDocument) -> list[Wire]:
        """The diagnostics of a document, as tables, at their present places."""
        told = self._told.setdefault(document.uri, _Told())
        shown = document.shown
        tables: dict[int, tuple[Finding, Wire]] = {}
        wires: list[Wire] = []
        for one in shown[:MOST]:
            known = told.tables.get(id(one.finding))
            wire = known[1] if known is not None else self._built(document, one)
            tables[id(one.finding)] = (one.finding, wire)
            self._place(document, wire, one.extent)
            wires.append(wire)
        told.tables = tables
        if len(shown) > MOST:
            wires.append(surplus(len(shown) - MOST, self._range(document, shown[MOST].extent)))
        return [*wires, *map(not_judged, self._skips(document))]

    def findings_changed(self, document: OpenDocument) -> None:
        """Tell the client, in the way it wants to be told."""
        if self._session.capabilities.pull and not is_cell(document):
            self._ask_again(document)
            return
        told = self._told.setdefault(document.uri, _Told())
        shown, skips = document.shown, self._skips(document)
        if not shown and not skips and told.empty:
            return
        if told.shown is not shown or told.skips != skips:
            told.shown, told.skips, told.body = shown, skips, orjson.dumps(self.of(document))
        told.empty = not shown and not skips
        self._publish(document.uri, document.version, told.body)

    def forget(self) -> None:
        """Build everything anew: the way it is shown has changed."""
        for told in self._told.values():
            told.shown = None

    def closed(self, document: OpenDocument) -> None:
        """Clear what a closed document showed."""
        self._last.pop(document.uri, None)
        told = self._told.pop(document.uri, None)
        if told is not None and not told.empty:
            self._publish(document.uri, None, b"[]")

    def pull(self, params: types.DocumentDiagnosticParams) -> Wire:
        """Answer ``textDocument/diagnostic`` from what is known now."""
        document = self._session.document(params.text_document.uri)
        if document is None:
            return {"kind": "full", "items": []}
        wires = self.of(document)
        result = _result_id(document, wires)
        self._last[document.uri] = result
        if params.previous_result_id == result:
            return {"kind": "unchanged", "resultId": result}
        return {"kind": "full", "resultId": result, "items": wires}

    def _publish(self, uri: str, version: int | None, body: bytes) -> None:
        params: Wire = {"uri": uri, "diagnostics": orjson.Fragment(body)}
        if version is not None and self._session.capabilities.versioned:
            params["version"] = version
        self._server.send("textDocument/publishDiagnostics", params)

    def _ask_again(self, document: OpenDocument) -> None:
        """Ask the client to ask, if what it would be told is not what it was told last."""
        if self._last.get(document.uri) == _result_id(document, self.of(document)):
            return
        if self._refresh is None:
            loop = asyncio.get_running_loop()
            self._refresh = loop.call_later(_REFRESH_AFTER, self._refreshed)

    def _refreshed(self) -> None:
        self._refresh = None
        self._server.workspace_diagnostic_refresh(None, lambda _: None)

    def _skips(self, document: OpenDocument) -> tuple[Skip, ...]:
        """What could not be judged in a protected place; of a notebook's cells the first tells."""
        analysis = document.analysis
        if analysis is None or not analysis.skips:
            return ()
        notebook = self._server.notebooks.of(document)
        if notebook is not None and notebook.cells and notebook.cells[0].document != document.uri:
            return ()
        return tuple(dict.fromkeys(skip for skip in analysis.skips if skip.protected))

    def _built(self, document: OpenDocument, one: Shown) -> Wire:
        assert document.folder is not None
        root = document.folder.root
        return diagnostic(one.finding, document.uri, root, self._session.capabilities)

    def _place(self, document: OpenDocument, wire: Wire, extent: Extent) -> None:
        wire["range"] = whole = self._range(document, extent)
        if self._session.settings.underline != "region":
            wire["range"] = self._range(document, first_line(extent))
        if related := wire.get("relatedInformation"):
            related[-1]["location"]["range"] = whole

    def _range(self, document: OpenDocument, extent: Extent) -> Wire:
        return range_of(document.units_of(extent.start), document.units_of(extent.end))


def is_cell(document: OpenDocument) -> bool:
    """Tell whether it is a cell of a notebook: clients do not ask for those."""
    return document.uri.startswith("vscode-notebook-cell:")


def register(server: Server) -> None:
    """Keep diagnostics in step with what is open."""
    diagnostics = server.diagnostics
    server.session.on_findings.append(diagnostics.findings_changed)
    server.session.on_close.append(diagnostics.closed)
    server.session.on_settings.append(diagnostics.forget)
    if server.session.capabilities.pull:

        @server.feature(
            types.TEXT_DOCUMENT_DIAGNOSTIC,
            types.DiagnosticOptions(
                inter_file_dependencies=False,
                workspace_diagnostics=server.session.settings.workspace_diagnostics,
                identifier="redline",
            ),
        )
        def pull(params: types.DocumentDiagnosticParams) -> Wire:
            return diagnostics.pull(params)


def _result_id(document: OpenDocument, wires: Iterable[Wire]) -> str:
    # A reopened document is never told that nothing has changed: its editor has forgotten.
    digest = blake2b(orjson.dumps(list(wires)), digest_size=12)
    return f"{document.opened}:{digest.hexdigest()}"
