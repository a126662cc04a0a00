"""A session to be written act by act, and its index."""

from __future__ import annotations

import pytest

from assistant_log import Log, found, indexed


class Workshop:
    """A session, its index, and what the index finds in a text."""

    def __init__(self, folder):
        self.folder = folder
        self.log = Log(folder / "sessions" / "one.jsonl")
        self.index = folder / "index.db"

    def found(self, path, text, times=None):
        """Bring the index up to date and look for what it accounts for."""
        return found(indexed(self.folder / "sessions", self.index), path, text, times)


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)
