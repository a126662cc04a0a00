"""The origin index from outside: bring it up to date, look after it, share it."""

from redline.indexer.update import UpdateReport, update
from redline.indexer.upkeep import IndexStatus, export, import_, prune, status

__all__ = [
    "IndexStatus",
    "UpdateReport",
    "export",
    "import_",
    "prune",
    "status",
    "update",
]
