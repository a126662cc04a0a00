"""What people state about texts of the repository: one immutable file for each statement."""

from redline.ledger.declaration import Answer, Declaration, author_of, declare
from redline.ledger.declarations import (
    SOURCE,
    Declarations,
    Held,
    read_declarations,
)
from redline.ledger.entries import FOLDER, Damage, LedgerError, folder_stamps, stamps

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
