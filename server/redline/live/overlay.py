"""Files as an editor holds them, and otherwise as they lie on disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from redline.project.reading import DiskReader


@dataclass(slots=True)
class Overlay:
    """Reads what an editor holds, and everything else from disk."""

    disk: DiskReader
    texts: dict[str, bytes] = field(default_factory=dict)
    """By path relative to the root."""

    def read(self, path: str) -> bytes:
        """Read one file; raises ``Unreadable``."""
        held = self.texts.get(path)
        return held if held is not None else self.disk.read(path)

    def close(self) -> None:
        """Forget what was learnt about folders."""
        self.disk.close()
