"""The readers there are, and the formats that we know but do not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ..events import Event
from ..records_io import Records

if TYPE_CHECKING:
    from .telling import State  # brings difflib, which recognising a file does not need


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is read."""

    name: str
    assistant: str | None
    """None: the file itself says whose session it tells."""
    appendable: bool
    """The file only grows: it can be read on from where the last reading ended."""
    whole: bool
    """It is one document; otherwise each line is a record."""
    module: str
    function: str

    def read(self, records: Records, state: State) -> Iterator[Event]:
        """Yield the events of the records in file order, updating ``state``.

        For an appendable format, reading on with the state of the last reading tells
        what reading everything at once would have told. Never raises for what the
        records hold.
        """
        # Loaded when used: most runs see one or two formats, and lint sees none.
        module = import_module(f".{self.module}", __package__)
        events: Iterator[Event] = getattr(module, self.function)(records, state)
        return events


@dataclass(frozen=True, slots=True)
class NoReader:
    """A format that was recognised and that nothing here reads."""

    name: str

    @property
    def reason(self) -> str:
        """The words to count it by."""
        return f"no reader for {self.name}"


CLAUDE_CODE = Reader("claude-code", "claude-code", True, False, "claude_code", "read")
CODEX = Reader("codex", "codex", True, False, "codex", "read")
CODEX_TYPESCRIPT = Reader("codex-typescript", "codex", False, True, "codex", "read_document")
COPILOT_EVENTS = Reader("copilot-events", "copilot", True, False, "copilot_events", "read")
VSCODE_CHAT = Reader("vscode-chat", "copilot", False, True, "vscode_chat", "read_document")
VSCODE_CHAT_LOG = Reader("vscode-chat-log", "copilot", False, False, "vscode_chat", "read_log")
SPECSTORY = Reader("specstory", None, False, True, "specstory", "read_document")

READERS = (
    CLAUDE_CODE,
    CODEX,
    CODEX_TYPESCRIPT,
    COPILOT_EVENTS,
    VSCODE_CHAT,
    VSCODE_CHAT_LOG,
    SPECSTORY,
)
