"""All features of the server; each module registers its own."""

from __future__ import annotations

from types import ModuleType

from redline.lsp import diagnostics

FEATURES: tuple[ModuleType, ...] = (diagnostics,)
"""Registered in this order, once the client has said what it can do."""
