"""The server: what starts, what is told, what ends."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from redline import __version__
from redline.lsp.capabilities import Capabilities
from redline.lsp.configuration import Configuration
from redline.lsp.diagnostics import Diagnostics
from redline.lsp.features import FEATURES
from redline.lsp.notebooks import SYNC, Notebooks
from redline.lsp.protocol import Protocol
from redline.lsp.rule_problems import RuleProblems
from redline.lsp.session import Session
from redline.lsp.watching import Watching
from redline.lsp.workspace_diagnostics import WorkspaceDiagnostics


class Server(LanguageServer):
    """One client's server."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__(
            "redline",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=SYNC,
            protocol_cls=Protocol,
        )
        self.session = Session(self)
        self.notebooks = Notebooks(self.session)
        self.configuration = Configuration(self)
        self.diagnostics = Diagnostics(self)
        self.rule_problems = RuleProblems(self)
        self.workspace_diagnostics = WorkspaceDiagnostics(self)
        self.watching = Watching(self)
        _register_life(self)

    def send(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification that is plain data already."""
        self.protocol.publish_raw(method, params)


def _register_life(server: Server) -> None:
    session = server.session

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.capabilities = Capabilities.of(params.capabilities)
        session.client = params.client_info.name if params.client_info else ""
        server.configuration.begin(params.initialization_options)
        if session.settings.position_encoding:
            server.protocol.position_encoding = types.PositionEncodingKind(
                session.settings.position_encoding
            )
        folders = params.workspace_folders
        uris = [folder.uri for folder in folders or ()]
        if folders is None and params.root_uri:
            uris = [params.root_uri]
        elif folders is None and params.root_path:
            uris = [from_fs_path(params.root_path) or ""]
        agreed = server.protocol.position_encoding or server.workspace.position_encoding
        session.encoding = types.PositionEncodingKind(agreed).value
        for uri in uris:
            session.add_folder(uri)
        for folder in session.projects():
            # It starts while the client is still busy saying hello.
            folder.analyst.start()
        for feature in FEATURES:
            feature.register(server)

    @server.feature(types.INITIALIZED)
    def ready(_params: types.InitializedParams) -> None:
        for told in session.on_ready:
            told()

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> Awaitable[None] | None:
        # A client that says "exit" in the same breath finds it done already, as a rule.
        if session.is_learning:
            return session.last_words()
        session.end()
        return None

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            session.remove_folder(folder.uri)
        for folder in params.event.added:
            session.add_folder(folder.uri)
