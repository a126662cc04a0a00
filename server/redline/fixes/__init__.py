"""Ways out of a finding: what each would change in the files, worked out and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.lazily import lazily

if TYPE_CHECKING:
    from redline.fixes.edits import Case, FileEdit, Fix, NewFile, NoFixError, Offer, applied
    from redline.fixes.planning import combined, offers, plan

__all__ = [
    "Case",
    "FileEdit",
    "Fix",
    "NewFile",
    "NoFixError",
    "Offer",
    "applied",
    "combined",
    "offers",
    "plan",
]

if not TYPE_CHECKING:
    __getattr__ = lazily(
        __name__,
        {
            "Case": "edits",
            "FileEdit": "edits",
            "Fix": "edits",
            "NewFile": "edits",
            "NoFixError": "edits",
            "Offer": "edits",
            "applied": "edits",
            "combined": "planning",
            "offers": "planning",
            "plan": "planning",
        },
    )
