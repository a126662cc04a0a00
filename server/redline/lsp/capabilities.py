"""What the client can do, resolved once when it says hello."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The client's abilities that make a difference to us; all off for one that tells nothing."""

    pull: bool = False
    """Asks for diagnostics by itself and can be told to ask again; others are sent them."""
    versioned: bool = False
    """Diagnostics may name the version of the text they are about."""
    related: bool = False
    """Diagnostics may point elsewhere."""
    data: bool = False
    """Diagnostics' data comes back with requests for code actions."""
    links: bool = False
    """A diagnostic's code may link to its page."""
    document_changes: bool = False
    """Edits may name the version of the text they are for."""
    creates_files: bool = False
    """Edits may create files."""
    resolves_edits: bool = False
    """A code action's edit may be computed when it is chosen."""
    action_literals: bool = False
    prefers: bool = False
    """Code actions may be marked as preferred."""
    markdown: bool = False
    """Hovers may be Markdown."""
    progress: bool = False
    """The server may show progress of its own."""
    shows_documents: bool = False
    refreshes_lenses: bool = False
    configuration: bool = False
    """Settings can be asked for."""
    configuration_changes: bool = False
    """Changed settings can be subscribed to."""
    watches: bool = False
    """File events can be subscribed to."""
    document_state: bool = False
    """A plugin of ours shows the state of documents."""
    overview: bool = False
    """A plugin of ours shows zones and findings of the whole workspace."""
    hovers_with_findings: bool = False
    """The editor shows a finding's words above the server's hover."""

    @staticmethod
    def of(client: types.ClientCapabilities) -> Capabilities:
        """Read what a client told."""
        text = client.text_document or types.TextDocumentClientCapabilities()
        space = client.workspace or types.WorkspaceClientCapabilities()
        window = client.window or types.WindowClientCapabilities()
        published = text.publish_diagnostics or types.PublishDiagnosticsClientCapabilities()
        edits = space.workspace_edit or types.WorkspaceEditClientCapabilities()
        actions = text.code_action or types.CodeActionClientCapabilities()
        refresh = space.diagnostics and space.diagnostics.refresh_support
        hover = (text.hover and text.hover.content_format) or ()
        resolve = actions.resolve_support
        watched = space.did_change_watched_files
        ours = _inner(client.experimental, "redline")
        return Capabilities(
            pull=bool(text.diagnostic and refresh),
            versioned=bool(published.version_support),
            related=bool(published.related_information),
            data=bool(published.data_support and actions.data_support),
            links=bool(published.code_description_support),
            document_changes=bool(edits.document_changes),
            creates_files=types.ResourceOperationKind.Create in (edits.resource_operations or ()),
            resolves_edits=bool(resolve and "edit" in resolve.properties),
            action_literals=bool(actions.code_action_literal_support),
            prefers=bool(actions.is_preferred_support),
            markdown=types.MarkupKind.Markdown in hover,
            progress=bool(window.work_done_progress),
            shows_documents=bool(window.show_document and window.show_document.support),
            refreshes_lenses=bool(space.code_lens and space.code_lens.refresh_support),
            configuration=bool(space.configuration),
            configuration_changes=bool(
                space.did_change_configuration
                and space.did_change_configuration.dynamic_registration
            ),
            watches=bool(watched and watched.dynamic_registration),
            document_state=_inner(ours, "documentState") is True,
            overview=_inner(ours, "overview") is True,
            hovers_with_findings=_inner(ours, "hoverShowsFindings") is True,
        )


def _inner(told: object, name: str) -> object:
    """A part of what clients say in no agreed form."""
    return told.get(name) if isinstance(told, Mapping) else getattr(told, name, None)
