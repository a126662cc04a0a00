"""Ways out of a finding: what each would change in the files, worked out and checked."""

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
