"""A document as a client opened it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.live.analysis import Analysis
from redline.live.analyst import Ask
from redline.live.blocks import Block, Question
from redline.live.document import Document, Shown
from redline.live.landing import Kind, Landing
from redline.live.origin import Classifier
from redline.live.places import Edit, Extent, Place
from redline.live.replaced import Replacements
from redline.live.text import LiveText
from redline.live.tracker import Tracker
from redline.lsp.folder import Folder
from redline.model import Evidence

if TYPE_CHECKING:
    from redline.lsp.session import Session

_KINDS = {
    Kind.PASTE: "paste",
    Kind.COPY: "paste",
    Kind.INLINE_COMPLETION: "completion",
    Kind.COMPLETION: "completion",
}
"""How the index names what landed."""

_log = logging.getLogger(__name__)


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

    def judge_in(
        self, folder: Folder, path: str, ask: Ask, changed: Callable[[], None]
    ) -> Document:
        """Begin to judge it as a file of a project; ``changed`` hears of other findings."""
        settings = self.session.settings
        self.folder, self.path = folder, path
        self.document = Document(
            path, self.text, ask, changed, settings.delay / 1000, self.marks, self.questions
        )
        self.document.reception.asks = settings.ask
        self.document.judge_soon(0)
        return self.document

    def change(self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]) -> bool:
        """Apply changes in their order and follow them; False where they cannot be followed."""
        self.version = version
        edits = []
        followed = True
        for change in changes:
            edit = self._applied(change)
            edits.append(edit)
            self.replaced.follow(edit)
            followed = followed and self._follow(edit)
        if followed:
            self.observe(edits)
        return followed

    def observe(self, edits: Sequence[Edit], *, reload: bool = False) -> None:
        """Find out what edits were that have been followed, and receive what landed with them."""
        landing = self.classifier.observe(self.version, edits, time.monotonic(), reload=reload)
        self.replaced.landed(landing.blocks, again=landing.kind is Kind.REDO)
        self.receive(landing, "".join(edit.removed for edit in edits) if landing.blocks else "")

    def receive(self, landing: Landing, removed: str = "") -> None:
        """Have it found out where text is from that has landed, in place of what was removed."""
        if self.document is None:
            return
        kind = _KINDS.get(landing.kind, "agent-edit" if landing.assistant else "insert")
        # Whether a reload is one, the disk tells: a client's word clears nothing.
        self.document.landed(
            [
                Block(
                    extent,
                    kind,
                    landing.assistant,
                    landing.model,
                    str(landing.kind),
                    removed,
                    landing.time,
                )
                for extent in landing.blocks
            ]
        )

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

    def _applied(self, change: types.TextDocumentContentChangeEvent) -> Edit:
        if isinstance(change, types.TextDocumentContentChangePartial):
            extent = self.extent_of(change.range)
            return self.text.apply(extent.start, extent.end, change.text)
        return self.text.replace(change.text)

    def _follow(self, edit: Edit) -> bool:
        try:
            if self.document is not None:
                self.document.follow(edit)
            else:
                self.marks.move(edit)
        except Exception:
            _log.exception("an edit of %s could not be followed", self.path)
            return False
        return True
