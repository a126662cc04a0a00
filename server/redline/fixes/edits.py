"""What a fix is: edits of files and new files, all bytes, and the case that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redline.model import EvidenceKind, Finding, Span

if TYPE_CHECKING:
    from redline.policy import Policy


class NoFixError(Exception):
    """A fix is not possible here; the message says why, as a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One stretch of one file, replaced."""

    path: str
    """Relative to the root, with ``/``."""
    span: Span
    """Bytes of the text that the fix was planned for; empty for an insertion."""
    replacement: bytes


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to make; nothing has its name now."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix that is possible, by name."""

    name: str
    """As rule files write it: ``remove``, ``restore``, ``blank-body``, ..."""
    title: str
    """What it would do, for a menu."""
    safe: bool
    """It may be applied without a look at it, together with others."""

    @staticmethod
    def declare() -> Offer:
        """To say where the text is from: it changes none, so it is always possible."""
        return Offer("declare", "Say where this text is from", safe=False)


@dataclass(frozen=True, slots=True)
class Fix:
    """All that one fix changes; applied together or not at all."""

    name: str
    title: str
    safe: bool
    edits: tuple[FileEdit, ...] = ()
    """Sorted by file and place; no two of one file overlap."""
    new_files: tuple[NewFile, ...] = ()

    @property
    def offer(self) -> Offer:
        """The fix as an entry of a menu."""
        return Offer(self.name, self.title, self.safe)


def _nothing(_: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Case:
    """One finding, the text that it was found in and what a fix may want to know besides."""

    path: str
    text: bytes
    finding: Finding
    """Its spans count the bytes of ``text``."""
    policy: Policy
    earlier: Callable[[], Iterable[bytes]] = field(default=tuple)
    """Versions of the text, newest first; asked only where one is needed."""
    replaced: bytes | None = None
    """What the editor saw go as exactly this region came, where it watched."""
    read: Callable[[str], bytes | None] = _nothing
    """Reads another file of the project; None where nothing has that name.

    Raises ``NoFixError`` for a name that cannot be written to.
    """

    @property
    def span(self) -> Span:
        """The region of the finding, in bytes."""
        return self.finding.region.span

    @property
    def marks_only(self) -> bool:
        """Nothing but a mark in the text speaks of the region, and it speaks of a part only.

        To take the mark away and leave the text that it speaks of would hide, not mend.
        """
        kinds = {piece.kind for piece in self.finding.region.evidence}
        whole = not self.text[: self.span.start].strip() and not self.text[self.span.end :].strip()
        return kinds == {EvidenceKind.MARKER} and not whole


def applied(text: bytes, path: str, edits: Iterable[FileEdit]) -> bytes:
    """Apply the edits of one file to its text."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted((e for e in edits if e.path == path), key=lambda edit: edit.span):
        parts += (text[at : edit.span.start], edit.replacement)
        at = edit.span.end
    return b"".join((*parts, text[at:]))
