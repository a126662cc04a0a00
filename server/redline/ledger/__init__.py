"""What people state about texts of the repository: one immutable file for each statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.ledger.declarations import SOURCE, Declarations, Held, read_declarations
from redline.ledger.entries import FOLDER, Damage, LedgerError, folder_stamps, stamps

if TYPE_CHECKING:
    from redline.ledger.declaration import Answer, Declaration, author_of, declare

__all__ = [
    "FOLDER",
    "SOURCE",
    "Answer",
    "Damage",
    "Declaration",
    "Declarations",
    "Held",
    "LedgerError",
    "author_of",
    "declare",
    "folder_stamps",
    "read_declarations",
    "stamps",
]


def __getattr__(name: str) -> object:
    # Most projects have no ledger yet, and start-up pays for what is asked.
    if name in __all__:
        from redline.ledger import declaration

        return getattr(declaration, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
