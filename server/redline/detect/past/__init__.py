"""The time rule beyond one file: what stood anywhere in the repository before a message."""

from __future__ import annotations

from .past import Past

__all__ = ["Past"]
