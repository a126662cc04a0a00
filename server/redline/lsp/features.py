"""All features of the server; each module registers its own."""

from __future__ import annotations

from types import ModuleType

from redline.lsp import (
    actions,
    authoring,
    configuration,
    debug,
    diagnostics,
    document_state,
    evidence,
    file_events,
    hover,
    lenses,
    links,
    notebooks,
    origins,
    overview,
    watching,
    workspace_diagnostics,
)

FEATURES: tuple[ModuleType, ...] = (
    configuration,
    diagnostics,
    document_state,
    origins,
    authoring,
    notebooks,
    hover,
    lenses,
    links,
    evidence,
    workspace_diagnostics,
    overview,
    debug,
    actions,
    watching,
    file_events,
)
"""Registered in this order, once the client has said what it can do."""
