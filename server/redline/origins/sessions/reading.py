"""Reads one session file, whole or from where the last reading ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..events import Event
from ..homes import parts_of
from ..records_io import LineSource, read_document
from ..sniff import recognise_file
from .readers import NoReader, Reader

if TYPE_CHECKING:
    from .telling import State  # brings difflib, which recognising a file does not need


@dataclass(frozen=True, slots=True)
class Resume:
    """Where the next reading of a file begins; JSON-able field by field."""

    reader: str
    """The name of the reader; if the file is of another format now, it was replaced."""
    offset: int
    """Bytes read, counted after decompression: compressing a file changes nothing."""
    state: State = field(default_factory=dict)


class SessionFile:
    """One session file: its events, and after them where to read on.

    :raises OSError: if the file, or a part of it, cannot be opened or read.
    """

    def __init__(self, path: Path, reader: Reader, resume: Resume | None = None) -> None:
        if resume is None or resume.reader != reader.name or not reader.appendable:
            resume = Resume(reader.name, 0, {"fallback": path.name.partition(".")[0]})
        self.path = path
        self.reader = reader
        self._offset = resume.offset
        self._state = resume.state

    def __iter__(self) -> Iterator[Event]:
        """Yield the events from the beginning or from where the last reading ended.

        The resume's state is changed on the way: save it only with its events.
        """
        parts = parts_of(self.path)
        if self.reader.whole:
            yield from self.reader.read(read_document(parts), self._state)
            return
        source = LineSource(parts, self._offset)
        yield from self.reader.read(source, self._state)
        self._offset = source.offset

    @property
    def resume(self) -> Resume:
        """Where to read on; to be taken once the events are exhausted."""
        return Resume(self.reader.name, self._offset, self._state)


def open_session(path: Path, resume: Resume | None = None) -> SessionFile | NoReader | None:
    """Recognise a file by its content and prepare its reading; None: it is no session.

    :raises OSError: if it cannot be opened or read.
    """
    reader = recognise_file(path)
    return SessionFile(path, reader, resume) if isinstance(reader, Reader) else reader
