"""What fixes are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from redline.live.notebook import LiveNotebook
from redline.live.replaced import Replaced
from redline.model import Finding
from redline.syntax.filenames import EXTENSIONS
from redline.syntax.languages import language_named


@dataclass(frozen=True, slots=True)
class Subject:
    """The text of one open document and what was found in it."""

    path: str
    """Relative to the root, with ``/``; of a cell its notebook's."""
    text: bytes
    """As UTF-8; of a cell its own."""
    findings: tuple[Finding, ...]
    """Their spans count the bytes of ``text``, of a cell those of its notebook's file."""
    held: Mapping[str, bytes] = field(default_factory=dict)
    """What other open documents hold, by path, where a fix wants to change them."""
    replaced: tuple[Replaced, ...] = ()
    """What the editor saw go where the findings lie, the newest first."""
    notebook: LiveNotebook | None = None
    """For a cell: all of them."""
    cell: str = ""
    language_id: str = ""
    """The editor's name for the language of a cell."""

    @property
    def own_path(self) -> str:
        """What fixes call this text: the path, of a cell one with its language's ending."""
        if self.notebook is None:
            return self.path
        language = language_named(self.language_id)
        named = language.name if language is not None else "text"
        ending = next((end for end, told in EXTENSIONS.items() if told == named), "txt")
        stem, dot, _ = self.path.rpartition(".")
        return f"{stem if dot else self.path}.{ending}"
