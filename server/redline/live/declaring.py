"""Write down what a person answered about a text that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redline.git.command import GitError
from redline.ledger import Answer, Declaration, LedgerError, author_of, declare
from redline.live.notebook import LiveNotebook
from redline.live.notebook_text import written
from redline.live.places import Extent
from redline.live.spans import ByteMap

if TYPE_CHECKING:
    from redline.live.workroom import Workroom


@dataclass(frozen=True, slots=True)
class Told:
    """An answer and what it is about."""

    path: str
    """Relative to the root, with ``/``."""
    text: bytes
    """The document as UTF-8; unused for a cell."""
    extent: Extent
    """In the document, of a cell in the cell."""
    zone: str
    answer: Answer
    at: int
    """Milliseconds since 1970 UTC."""
    assistant: str | None = None
    link: str | None = None
    reason: str | None = None
    notebook: LiveNotebook | None = None
    """For a cell: all of them."""
    cell: str = ""


def declare_in(room: Workroom, told: Told) -> str:
    """Put an answer into the ledger; return its file, relative to the root.

    Raises ``LedgerError`` where it says nothing sound, or git does not know who answers.
    """
    from redline.project.reading import Unreadable

    text, span = told.text, None
    if told.notebook is not None:
        try:
            base: bytes | None = room.read(told.path)
        except Unreadable:
            base = None
        made = written(base, told.notebook.cells)
        text, span = made.text, made.span(told.cell, told.extent)
    else:
        span = ByteMap(text).span(told.extent)
    if span is None:
        raise LedgerError("the cell is no longer in its notebook", "answer again")
    try:
        by = author_of(room.root)
    except GitError as error:
        raise LedgerError(f"git does not tell who you are: {error.what}", error.advice) from None
    about = Declaration.about(
        text,
        span,
        path=told.path,
        zone=told.zone,
        answer=told.answer,
        by=by,
        at=told.at,
        assistant=told.assistant,
        link=told.link,
        reason=told.reason,
    )
    return declare(room.root, about).relative_to(room.root).as_posix()
