"""All features of the server; each module registers its own."""

from __future__ import annotations

from types import ModuleType

from redline.lsp import (
    debug,
    diagnostics,
    evidence,
    hover,
    lenses,
    links,
    notebooks,
    workspace_diagnostics,
)

FEATURES: tuple[ModuleType, ...] = (
    diagnostics,
    notebooks,
    hover,
    lenses,
    links,
    evidence,
    workspace_diagnostics,
    debug,
)
"""Registered in this order, once the client has said what it can do."""
