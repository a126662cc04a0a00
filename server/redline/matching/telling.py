"""How much a line must say to be worth looking up."""

from __future__ import annotations

from typing import Final

INFORMATIVE: Final = 8
"""Bytes of words that make a line telling, and worth looking up."""
