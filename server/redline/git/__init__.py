"""The repository, asked through the git command; nothing that lies in it is ever executed."""

from __future__ import annotations

from redline.git.blame import Blame, Hunk
from redline.git.command import (
    BareRepository,
    GitError,
    GitMissing,
    NoMergeBase,
    UnknownRevision,
    UnsafeRepository,
)
from redline.git.objects import Objects
from redline.git.repository import Files, Repository

__all__ = [
    "BareRepository",
    "Blame",
    "Files",
    "GitError",
    "GitMissing",
    "Hunk",
    "NoMergeBase",
    "Objects",
    "Repository",
    "UnknownRevision",
    "UnsafeRepository",
]
