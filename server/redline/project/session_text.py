"""Read again, from the session's own file, the text that a piece of evidence speaks of."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from ..model import Evidence, EvidenceKind
from ..origins.events import Produced
from ..origins.homes import parts_of
from ..origins.records_io import LineSource
from ..origins.sessions.readers import NoReader, Reader
from ..origins.sessions.reading import SessionFile
from ..origins.sniff import recognise_file


class TextUnknown(Exception):
    """The text cannot be had again; the message is a sentence without a full stop."""


class SessionTexts:
    """Reads what sessions produced, record by record; keeps nothing longer than it lives."""

    def __init__(self) -> None:
        self._last: tuple[tuple[str, int], list[Produced]] | None = None
        """The record read last: many regions may come from one."""
        self._source = ""
        self._document: dict[int, list[Produced]] = {}
        """What the file ``_source`` tells, by position, where it can only be read whole."""

    def of(self, evidence: Evidence) -> list[Produced]:
        """Return the texts of the record that ``evidence`` names: one at least.

        A record may tell several texts, one for each block that it changed. Raises
        ``TextUnknown`` where the file is not here or is not what it was.
        """
        if evidence.kind is not EvidenceKind.SESSION:
            raise TextUnknown("no session is named")
        if evidence.source is None or evidence.position is None:
            raise TextUnknown("the session was indexed on another machine, which keeps its text")
        try:
            texts = self._read(evidence.source, evidence.position)
        except FileNotFoundError:
            raise TextUnknown("the session file is no longer there") from None
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise TextUnknown(f"the session file cannot be read: {why}") from None
        # A format without times has its file's in the index, and none in its records.
        texts = [text for text in texts if text.time in (None, evidence.time)]
        if not texts:
            raise TextUnknown("the session file has changed since it was indexed")
        return texts

    def _read(self, source: str, position: int) -> list[Produced]:
        if self._last is None or self._last[0] != (source, position):
            self._last = (source, position), self._told(source, position)
        return self._last[1]

    def _told(self, source: str, position: int) -> list[Produced]:
        path = Path(source)
        # Asked before it is opened: a pipe would wait for a writer.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise TextUnknown("the session file is no file any more")
        reader = recognise_file(path)
        if reader is None or isinstance(reader, NoReader):
            raise TextUnknown("the session file has changed since it was indexed")
        if reader.appendable:
            return _record(path, reader, position)
        if self._source != source:
            self._source, self._document = source, {}
            for text in _produced(SessionFile(path, reader)):
                self._document.setdefault(text.position, []).append(text)
        return self._document.get(position, [])


def _record(path: Path, reader: Reader, position: int) -> list[Produced]:
    """Read one record alone: what it produced is told by itself, only by whom is not."""
    records = iter(LineSource(parts_of(path), position))
    first = next(records, None)
    return list(_produced(reader.read([first], {}))) if first is not None else []


def _produced(events: Iterable[object]) -> Iterable[Produced]:
    return (event for event in events if isinstance(event, Produced))
