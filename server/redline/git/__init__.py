"""The repository, asked through the git command; nothing that lies in it is ever executed."""

from __future__ import annotations

from redline.git.blame import Blame, Hunk
from redline.git.blames import Blames
from redline.git.command import (
    BareRepository,
    GitError,
    GitMissing,
    NoMergeBase,
    UnknownRevision,
    UnsafeRepository,
)
from redline.git.listing import Files
from redline.git.log import Commit, Log, read_log
from redline.git.objects import Objects
from redline.git.repository import Repository

__all__ = [
    "BareRepository",
    "Blame",
    "Blames",
    "Commit",
    "Files",
    "GitError",
    "GitMissing",
    "Hunk",
    "Log",
    "NoMergeBase",
    "Objects",
    "Repository",
    "UnknownRevision",
    "UnsafeRepository",
    "read_log",
]
