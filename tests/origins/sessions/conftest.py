"""What the tests of session readers share: a file of records, and what a reader tells of it."""

from __future__ import annotations

import json

import pytest

from redline.origins.events import Context, Produced, Session, Settled, Unread
from redline.origins.sessions.reading import SessionFile, open_session


class Told:
    """The events of one file, sorted by what a test asks for."""

    def __init__(self, path, resume=None):
        self.file = open_session(path, resume)
        assert isinstance(self.file, SessionFile), self.file
        self.events = list(self.file)
        self.resume = self.file.resume

    @property
    def sessions(self):
        return [event for event in self.events if isinstance(event, Session)]

    @property
    def pieces(self):
        """Kind, file and text of each piece."""
        return [
            (event.kind.value, event.path, event.text)
            for event in self.events
            if isinstance(event, Produced)
        ]

    @property
    def produced(self):
        return [event for event in self.events if isinstance(event, Produced)]

    @property
    def context(self):
        return [event.text for event in self.events if isinstance(event, Context)]

    @property
    def late(self):
        return [
            (event.late_for, event.text)
            for event in self.events
            if isinstance(event, Context) and event.late_for
        ]

    @property
    def outcomes(self):
        return {
            event.call: event.outcome.value for event in self.events if isinstance(event, Settled)
        }

    @property
    def unread(self):
        return [event.reason for event in self.events if isinstance(event, Unread)]


@pytest.fixture
def told(tmp_path):
    """Write records (objects, or raw bytes) as lines and return what their reader tells."""

    def tell(*records):
        path = tmp_path / "session.jsonl"
        lines = [r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in records]
        path.write_bytes(b"".join(lines))
        return Told(path)

    return tell


@pytest.fixture
def told_of():
    """Return what the reader of a given file tells, from a resume on if one is given."""
    return Told
