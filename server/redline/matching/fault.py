"""What is raised where the index cannot be used."""

from __future__ import annotations


class IndexFault(Exception):
    """The index cannot be used; the message says why and what to do."""
