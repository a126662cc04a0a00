"""What a project is to those who have its texts judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Project:
    """What a workroom is opened for."""

    root: Path
    """The project's folder, resolved."""
    index: Path | None
    """The origin index; it need not be there yet."""
    policy: Path | None = None
    """A rule file that replaces the root's."""
