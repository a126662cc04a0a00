"""What a tool is to this benchmark: two folders go in, claims about lines come out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LANGUAGES = ("python", "typescript", "go", "java", "markdown", "jsonl")
"""Every language measured, in the order of the page."""


class Missing(Exception):
    """The tool cannot run here; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A tool says: these lines of this asked file come from some told file."""

    path: str
    """Of the asked file, relative to its folder, with ``/``."""
    first: int
    """Line from 0."""
    last: int
    """Line from 0, inclusive."""
    score: float
    """The tool's own measure; higher is surer."""
    source: str | None = None
    """The told file, relative to its folder, where the tool names it."""
    sure: bool = True
    """False where the tool itself calls the claim a suspicion."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All claims of one run; ``seconds`` is the wall time of the tool's own work and start."""

    claims: tuple[Claim, ...]
    seconds: float


class Tool(Protocol):
    """One contender; all of them get the same two folders."""

    name: str

    def version(self) -> str:
        """Name the version that runs; raise ``Missing`` where none can."""
        ...

    def languages(self) -> frozenset[str]:
        """Say which of ``LANGUAGES`` the tool reads at all."""
        ...

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Claim lines of files below ``asked`` that come from files below ``told``.

        Only pairs of a told and an asked file count: what two asked files share is no
        claim. Nothing may be kept from one call to the next.
        """
        ...
