"""A line above each protected unit that says what is known of it; silence is no proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from redline.live.above import Above
from redline.live.analysis import Analysis
from redline.live.analyst import AnalystError
from redline.live.jobs import units_above
from redline.live.places import Extent
from redline.lsp import authoring

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import OpenDocument

SHOW = "redline.showEvidence"
_FAMILY = "redline-lens"


@dataclass(slots=True)
class _Known:
    """The lenses of one version of a document."""

    version: int
    analysis: Analysis
    above: Above


class Lenses:
    """Answers for code lenses; a document's units are asked once for each analysis."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, _Known] = {}
        self._told: dict[str, Analysis] = {}

    async def of(self, document: OpenDocument) -> list[types.CodeLens]:
        """The lenses of a document, without their words; none where nothing is protected."""
        if document.folder is None or not self._server.session.settings.lenses:
            return []
        version, text = document.version, document.text.to_bytes()
        analysis = await document.settled()
        if analysis is None or not analysis.protected or document.version != version:
            return []
        known = self._known.get(document.uri)
        if known is None or known.analysis is not analysis:
            try:
                cell = self._server.notebooks.of(document) is not None
                above = await document.folder.ask(units_above, analysis, text, cell)
            except AnalystError:
                return []
            known = _Known(version, analysis, above)
            if document.version != version:
                return []
            self._known[document.uri] = known
        self._told[document.uri] = analysis
        return [
            types.CodeLens(
                document.range_of(Extent(extent.start, extent.start)),
                data={
                    "redline": _FAMILY,
                    "uri": document.uri,
                    "version": version,
                    "unit": number,
                },
            )
            for number, extent in enumerate(known.above.extents)
        ]

    def resolve(self, lens: types.CodeLens) -> types.CodeLens:
        """Give a lens its words and its command; what came back is looked up, not believed."""
        data: Any = lens.data
        if not isinstance(data, Mapping) or data.get("redline") != _FAMILY:
            return lens
        known = self._known.get(str(data.get("uri")))
        number = data.get("unit")
        if (
            known is None
            or known.version != data.get("version")
            or not isinstance(number, int)
            or not 0 <= number < len(known.above.extents)
        ):
            # Of an older text: the client asks for new ones.
            lens.command = types.Command("…", "")
            return lens
        extent = known.above.extents[number]
        title = known.above.words[number]
        document = self._server.session.document(str(data.get("uri")))
        arguments = []
        if document is not None:
            range_ = document.range_of(extent)
            start = {"line": range_.start.line, "character": range_.start.character}
            end = {"line": range_.end.line, "character": range_.end.character}
            arguments = [{"uri": document.uri, "range": {"start": start, "end": end}}]
        lens.command = types.Command(title, SHOW, arguments=arguments)
        return lens

    def changed(self, document: OpenDocument) -> None:
        """Have the client ask again where a new analysis of the same text came in."""
        told = self._told.get(document.uri)
        if told is None or document.analysis is told or document.analysis is None:
            return
        del self._told[document.uri]
        self.refresh()

    def refresh(self) -> None:
        """Have the client ask for all lenses again, where it can be told to."""
        if self._server.session.capabilities.refreshes_lenses:
            self._server.workspace_code_lens_refresh(None, lambda _: None)

    def closed(self, document: OpenDocument) -> None:
        """Forget a document."""
        self._known.pop(document.uri, None)
        self._told.pop(document.uri, None)


def register(server: Server) -> None:
    """Answer requests for code lenses."""
    lenses = Lenses(server)
    server.session.on_findings.append(lenses.changed)
    server.session.on_close.append(lenses.closed)
    server.session.on_settings.append(lenses.refresh)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def asked(params: types.CodeLensParams) -> Sequence[types.CodeLens] | None:
        document = server.session.document(params.text_document.uri)
        if document is None:
            return None
        return [*await authoring.lenses(server, document.uri), *await lenses.of(document)]

    @server.feature(types.CODE_LENS_RESOLVE)
    def resolve(lens: types.CodeLens) -> types.CodeLens:
        return lenses.resolve(lens)
