"""Which values are worth a place in a view, and what becomes of a record's short ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .escapes import cut
from .view import LARGEST, Stream, View, drained

LONG = 40
"""Bytes from which a value is a text of its own; a shorter one belongs to its record's line."""
_MANY_WORDS = 8
_ROOM = 2 * _MANY_WORDS - 1
"""Bytes below which so many words have no room."""
_MARKS = b"(){}[]=;<>_"
"""What code is full of and prose is not."""
_JUDGED = 4096
"""Bytes of a value that decide whether it is code."""
_MARKS_IN = 32
"""One mark in so many bytes makes a value code."""
_EMPTY = frozenset(
    form
    for word in (b"", b"true", b"false", b"null", b"none", b"nan", b"yes", b"no", b"~", b"-")
    for form in (word, word.capitalize(), word.upper(), b"NaN")
)
"""What says nothing of a record, and what each container writes in its own way."""
MOST_SHORT = 512
"""Short values of a record; one with more is a document, not a row."""
_SHORTEST_RECORD = 8
"""Bytes of a record's line; a shorter one tells nothing and would only part what does."""

Split = Callable[[bytes], tuple[list[bytes], list[int]]]


def is_long(value: bytes) -> bool:
    """Tell whether a decoded value is a text of its own."""
    size = len(value)
    if size >= LONG or b"\n" in value:
        return True
    return size >= _ROOM and value.count(b" ") >= _MANY_WORDS - 1


def is_fenced(value: bytes) -> bool:
    """Tell whether a value may hold fenced code."""
    return b"```" in value or b"~~~" in value


def is_codelike(value: bytes) -> bool:
    """Tell whether a decoded value is code, by punctuation alone: the same in all containers.

    Prose with fenced code in it is prose; what its fences hold is looked at by itself.
    """
    if is_fenced(value):
        return False
    head = value[:_JUDGED]
    return (len(head) - len(head.translate(None, _MARKS))) * _MARKS_IN >= len(head)


def record_line(values: Iterable[bytes]) -> bytes:
    """The line that names a record by its short values, whatever their order and their keys.

    Keys are left out, for CSV, JSON and YAML rename them freely, and a whole file shares
    them; sorted values meet in every container. Empty where too little is left.
    """
    told = [value for value in values if value not in _EMPTY]
    if not told or len(told) > MOST_SHORT:
        return b""
    told.sort()
    line = b" ".join(told)
    return line if len(line) >= _SHORTEST_RECORD else b""


@dataclass(slots=True)
class Rows:
    """Tells which part of a nested document is a record, while it is read from front to back.

    Records are the objects and arrays that an outermost array holds. An object outside all
    arrays that holds no record is one itself: it may be a row that was cut out of its array.
    """

    sink: Sink
    _depth: int = 0
    _outer: int = -1
    """Depth of the outermost array that is open; -1: none."""
    _record: int = -1
    """Depth of the record that is open; -1: none."""
    _begun: int = 0
    _told: bool = False
    """A record was found in the object that began at depth 0."""
    _shorts: list[bytes] = field(default_factory=list)

    def short(self, value: bytes) -> None:
        """Take a short value of the record that is open."""
        if len(self._shorts) <= MOST_SHORT:
            self._shorts.append(value)

    def open(self, place: int, *, array: bool) -> None:
        """Take the beginning of an object or array."""
        if self._record < 0:
            if self._outer < 0:
                if not self._depth and not array:
                    self._begun, self._told, self._shorts = place, False, []
            elif self._depth == self._outer + 1:
                self._record, self._begun, self._told, self._shorts = self._depth, place, True, []
        if array and self._outer < 0:
            self._outer = self._depth
        self._depth += 1

    def close(self, end: int) -> bool:
        """Take the end of what was opened last; tell whether a record ended with it."""
        if not self._depth:
            return False
        self._depth -= 1
        if self._depth == self._record:
            self._record = -1
        elif self._depth == self._outer:
            self._outer = -1
            return False
        elif self._depth or self._told:
            return False
        self.sink.record(self._shorts, self._begun, end)
        self._shorts = []
        return True


@dataclass(slots=True)
class Sink:
    """Takes a file's values in order and hands over views of bounded size."""

    code: Stream = field(default_factory=lambda: Stream(code=True))
    prose: Stream = field(default_factory=lambda: Stream(code=False))
    records: Stream = field(default_factory=lambda: Stream(code=False, records=True))
    _done: list[View] = field(default_factory=list)

    def plain(self, value: bytes, source: int, *, shown: bool = False) -> None:
        """Take a long value that stands in the file just so; ``shown``: prose needs no view.

        White space and quotes are no tokens: prose without escapes is found in the file itself.
        """
        code = is_codelike(value)
        if shown and not code and not is_fenced(value):
            return
        stream = self.code if code else self.prose
        stream.copy(value, source)
        stream.part(source + len(value))

    def parts(
        self, parts: list[bytes], sizes: list[int], source: int, *, shown: bool = False
    ) -> bytes | None:
        """Take a decoded value in parts; one that is too short comes back."""
        value = b"".join(parts)
        if not is_long(value):
            return value
        code = is_codelike(value)
        if shown and not code and not is_fenced(value):
            return None
        stream = self.code if code else self.prose
        stream.decoded(parts, sizes, source)
        stream.part(source + sum(sizes))
        return None

    def escaped(self, raw: bytes, source: int, split: Split) -> bytes | None:
        """Take a value with escapes; one that is too short comes back, decoded."""
        if len(raw) <= LARGEST:
            return self.parts(*split(raw), source)
        for piece in cut(raw):
            parts, sizes = split(piece)
            stream = self.code if is_codelike(b"".join(parts)) else self.prose
            stream.decoded(parts, sizes, source)
            stream.part(source + len(piece))
            source += len(piece)
            self._done += drained((self.code, self.prose))
        return None

    def record(self, values: Iterable[bytes], start: int, end: int) -> None:
        """Take the short values of the record that stands at ``start`` to ``end``."""
        line = record_line(values)
        if line:
            self.records.stands_for(line + b"\n", start, end)

    def full(self) -> list[View]:
        """The views that are large enough to hand over."""
        done, self._done = self._done, []
        return done + drained((self.code, self.prose, self.records))

    def rest(self) -> Iterator[View]:
        """All that is left."""
        yield from self._done
        yield from drained((self.code, self.prose, self.records), 1)
