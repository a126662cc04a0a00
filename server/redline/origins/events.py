"""What a session reader tells: what the assistant produced, read and got done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What sort of act produced a text."""

    WRITE = "write"
    """A whole file."""
    EDIT = "edit"
    """A replacement inside a file."""
    PATCH = "patch"
    """The added lines of a patch."""
    NOTEBOOK = "notebook"
    SHELL = "shell"
    """A heredoc or another inline write of a shell command."""
    CHAT = "chat"
    """A fenced block of an answer."""
    ANSWER = "answer"
    """What an answer says outside its blocks."""
    PLAN = "plan"
    REASONING = "reasoning"
    COMPLETION = "completion"
    """A suggestion that was accepted in an editor."""
    AGENT_EDIT = "agent-edit"
    """An edit that an assistant made through an editor."""
    PASTE = "paste"
    """Text that a person pasted in an editor."""
    COPY = "copy"
    """Text that was copied or moved inside a project."""
    INSERT = "insert"
    """Any other block that landed in an editor at once."""


class Outcome(StrEnum):
    """What became of a call. Text that failed or was rejected can still be pasted by hand."""

    APPLIED = "applied"
    FAILED = "failed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Session:
    """Who and where; told again when something of it changes. None: not told here."""

    id: str
    assistant: str
    format: str
    """The reader's name and, where the file says it, a version: ``codex 0.142.2``."""
    parent: str | None = None
    """The session that started this one (sub-agents)."""
    cwd: str | None = None
    commit: str | None = None
    """HEAD when the session began, where the assistant recorded it."""
    repository: str | None = None
    """The remote's URL as recorded."""
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Produced:
    """One piece of text that the assistant emitted; never text it only repeated as context."""

    session: str
    kind: Kind
    text: str
    """Only new lines: an edit minus the lines of its old text, a patch's added lines.

    One piece is one contiguous block: a patch gives one piece per run of added lines.
    """
    position: int
    """Where the record begins in its file, in bytes (after decompression)."""
    path: str | None = None
    """As recorded, absolute where the record or its working folder allows."""
    call: str | None = None
    model: str | None = None
    time: int | None = None
    agent: str | None = None
    """The sub-agent's id."""
    outcome: Outcome = Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Context:
    """Text that was there before the assistant wrote: reads, prompts, old strings, tool output."""

    session: str
    text: str
    position: int
    late_for: str | None = None
    """The call before which the text stood, if its record comes only after that call's."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of an earlier call, by its id."""

    session: str
    call: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read: counted by reason, never dropped in silence."""

    position: int
    reason: str
    """A short constant phrase: it is the key that ``index status`` counts by."""


Event: TypeAlias = Session | Produced | Context | Settled | Unread
