"""The repository, asked through the git command; nothing that lies in it is ever executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.lazily import lazily

if TYPE_CHECKING:
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

if not TYPE_CHECKING:
    __getattr__ = lazily(
        __name__,
        {
            "BareRepository": "command",
            "Blame": "blame",
            "Blames": "blames",
            "Commit": "log",
            "Files": "listing",
            "GitError": "command",
            "GitMissing": "command",
            "Hunk": "blame",
            "Log": "log",
            "NoMergeBase": "command",
            "Objects": "objects",
            "Repository": "repository",
            "UnknownRevision": "command",
            "UnsafeRepository": "command",
            "read_log": "log",
        },
    )
