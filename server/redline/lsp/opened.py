"""A document as a client opened it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.live.analysis import Analysis
from redline.live.blocks import Question
from redline.live.document import Document, Shown
from redline.live.origin import Classifier
from redline.live.places import Extent, Place
from redline.live.replaced import Replacements
from redline.live.text import LiveText
from redline.live.tracker import Tracker
from redline.lsp.folder import Folder
from redline.model import Evidence

if TYPE_CHECKING:
    from redline.lsp.session import Session


@dataclass(slots=True)
class OpenDocument:
    """A document as the client opened it."""

    uri: str
    """The client's own spelling, byte for byte."""
    version: int
    language_id: str
    session: Session
    folder: Folder | None
    path: str | None
    """Relative to the folder's root, with ``/``; None outside all folders."""
    text: LiveText
    classifier: Classifier
    marks: Tracker[Evidence]
    """What only the editor knows of the text."""
    questions: Tracker[Question] = field(default_factory=Tracker)
    """Blocks of which it is not settled where they are from."""
    replaced: Replacements = field(default_factory=Replacements)
    """What stood where blocks have come in."""
    document: Document | None = None
    """What follows its findings; None outside all folders."""
    opened: int = 0
    """How many documents had been opened before: tells a reopened one from itself."""

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The findings at their present places."""
        return self.document.shown if self.document is not None else ()

    @property
    def analysis(self) -> Analysis | None:
        """The last analysis."""
        return self.document.analysis if self.document is not None else None

    async def settled(self) -> Analysis | None:
        """Wait for the analysis of the present version."""
        return await self.document.settled() if self.document is not None else None

    def units_of(self, place: Place) -> tuple[int, int]:
        """A place within the text as the client counts: line and code units, from 0."""
        lines = self.text.lines
        line = lines[place.line] if place.line < len(lines) else ""
        if place.column < len(line) and line.isascii():
            return place.line, place.column
        return self.text.units(place, self.session.encoding)

    def range_of(self, extent: Extent) -> types.Range:
        """An extent as the client counts."""
        start, end = self.units_of(extent.start), self.units_of(extent.end)
        return types.Range(types.Position(*start), types.Position(*end))

    def extent_of(self, range_: types.Range) -> Extent:
        """A client's range as we count, within the text."""
        encoding = self.session.encoding
        start = self.text.place(range_.start.line, range_.start.character, encoding)
        end = self.text.place(range_.end.line, range_.end.character, encoding)
        return Extent(min(start, end), max(start, end))
