"""What code lenses stand above: the protected units of one text."""

from __future__ import annotations

from dataclasses import dataclass

from redline.live.places import Extent
from redline.model import Span


@dataclass(frozen=True, slots=True)
class Above:
    """Where lenses stand in one text, and what is behind their silence."""

    units: tuple[Protected, ...]
    extents: tuple[Extent, ...]
    """Where each lies; parallel to ``units``."""
    words: tuple[str, ...]
    """What is said above each; parallel to ``units``."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A unit, or the whole file, that lies in a zone whose rules object to something."""

    kind: str
    """``file``, ``function``, ``method``, ``class``, ``cell``, ..."""
    name: str
    """Empty for a file."""
    span: Span
    """Bytes of the text; the unit's first line is where a lens stands."""
    zones: tuple[str, ...]
