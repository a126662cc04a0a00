"""What the Language Server Protocol asks of any server: start, end, traces, documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from typing import Protocol as Shape

from lsprotocol import types
from pygls.progress import Progress
from pygls.protocol import lsp_method

from redline.lsp.wire_rpc import Endpoint, Steps

if TYPE_CHECKING:
    from cattrs import Converter


class Documents(Shape):
    """What keeps the documents; the server has one as ``session``."""

    def open(self, item: types.TextDocumentItem, /) -> object:
        """Take a document in."""

    def change(self, params: types.DidChangeTextDocumentParams, /) -> object:
        """Apply changes in their order."""

    def save(self, uri: str, /) -> object:
        """The client wrote the document to its file."""

    def close(self, uri: str, /) -> object:
        """Let a document go."""


class Protocol(Endpoint):
    """The protocol's own methods.

    Documents are not kept here: what a client tells of them goes to ``server.session`` as it
    came, then to the feature that is registered for the method, if there is one.
    """

    def __init__(self, server: Any, converter: Converter) -> None:  # noqa: ANN401 -- a layer above
        self.position_encoding: types.PositionEncodingKind | None = None
        """Set while ``initialize`` runs, it overrules what the client prefers."""
        self.ended: Callable[[int], None] = lambda code: None
        """Called with the exit code when the client says ``exit``."""
        self.greeted: Callable[[int | None], None] = lambda process: None
        """Called with the editor's process, just before ``initialize`` is answered."""
        super().__init__(server, converter)
        self.progress = _Progress(self)

    @property
    def exit_code(self) -> int:
        """What the process ends with now: 0 once the client has asked for ``shutdown``."""
        return 0 if self._shutdown else 1

    def _documents(self) -> Documents:
        session: Documents = self._server.session  # type: ignore[attr-defined]  # not of pygls
        return session

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Steps:
        """Agree on what both sides can do."""
        self.trace = params.trace or types.TraceValue.Off
        try:
            result = yield from super().lsp_initialize(params)
        except BaseException:
            self._workspace = None
            raise
        if self.position_encoding is not None:
            result.capabilities.position_encoding = self.position_encoding
            self.workspace._position_encoding = self.position_encoding
        self._ready = True
        self.greeted(params.process_id)
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_args: object) -> Steps:
        """Cancel what runs, and wait for nothing."""
        asking = self.msg_id
        yield from self._then(types.SHUTDOWN, None)
        for number, future in list(self._answering.items()):
            if number != asking:
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_args: object) -> Steps:
        """Leave; without ``shutdown`` before, that is a failure."""
        yield from self._then(types.EXIT, None)
        self.ended(self.exit_code)

    @lsp_method(types.SET_TRACE)
    def lsp_set_trace(self, params: types.SetTraceParams) -> Steps:
        """Trace messages from now on, or no more."""
        self.trace = params.value
        yield from self._then(types.SET_TRACE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Steps:
        """Hand a document over."""
        self._documents().open(params.text_document)
        yield from self._then(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Steps:
        """Hand changes over, as they came."""
        self._documents().change(params)
        yield from self._then(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_SAVE)
    def lsp_text_document__did_save(self, params: types.DidSaveTextDocumentParams) -> Steps:
        """Tell of a save."""
        self._documents().save(params.text_document.uri)
        yield from self._then(types.TEXT_DOCUMENT_DID_SAVE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Steps:
        """Take a document back, then tell."""
        self._documents().close(params.text_document.uri)
        yield from self._then(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> Steps:
        """Leave notebooks to the features registered for them."""
        yield from self._then(types.NOTEBOOK_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: types.DidChangeNotebookDocumentParams
    ) -> Steps:
        """Leave notebooks to the features registered for them."""
        yield from self._then(types.NOTEBOOK_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(
        self, params: types.DidCloseNotebookDocumentParams
    ) -> Steps:
        """Leave notebooks to the features registered for them."""
        yield from self._then(types.NOTEBOOK_DOCUMENT_DID_CLOSE, params)

    def _then(self, method: str, params: object) -> Steps:
        feature = self.fm.features.get(method)
        if feature is not None:
            yield feature, (params,), None


class _Progress(Progress):
    """Progress that forgets a token when its work has ended."""

    def end(self, token: types.ProgressToken, value: types.WorkDoneProgressEnd) -> None:
        super().end(token, value)
        self.tokens.pop(token, None)
