"""What an edit was, in the words that editors and this server share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from redline.live.places import Extent


class Kind(StrEnum):
    """How text came into a document, or went."""

    TYPE = "type"
    """Keys: letters, line ends with their indentation, deletions."""
    PASTE = "paste"
    COPY = "copy"
    MOVE = "move"
    INLINE_COMPLETION = "inline_completion"
    COMPLETION = "completion"
    SNIPPET = "snippet"
    UNDO = "undo"
    REDO = "redo"
    FORMAT = "format"
    CODE_ACTION = "code_action"
    APPLY_EDIT = "apply_edit"
    RELOAD = "reload"
    INSERT_FILE = "insert_file"
    REPLAY = "replay"
    BURST = "burst"
    """Single letters faster than hands."""
    COMMAND = "command"
    """A command of the editor: replace all, comment, join lines."""
    PROGRAM = "program"
    UNKNOWN = "unknown"


class Basis(IntEnum):
    """What a kind rests on, weakest first."""

    GUESSED = 1
    """Size, shape and pace of the change."""
    TOLD = 2
    """The client said so, and the change does not speak against it."""
    PROVEN = 3
    """The changes themselves show it: the same text went before, or this server offered it."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What one change notification was."""

    version: int
    """Of the document after it."""
    time: float
    """When it came, in s of the caller's clock."""
    kind: Kind
    basis: Basis
    blocks: tuple[Extent, ...] = ()
    """Text that came in at once, other than by typing, and is enough to be looked up: where it
    lies now. In order."""
    assistant: str | None = None
    """Who put it in, if the client named one; ``unknown`` for an assistant without a name."""
    model: str | None = None
