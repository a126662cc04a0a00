"""Read git-ai notes: which lines of a commit's files an assistant wrote.

Format: authorship/3.0.0, git-ai-project/git-ai ``specs/git_ai_standard_v3.0.0.md`` and
``src/authorship/authorship_log_serialization.rs``; the older blobs (authorship/0.0.1) of
``refs/ai/authorship/``. A note may hold whole transcripts: nothing but ids, names and line
numbers is ever taken out of one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from redline.origins.records.names import UNKNOWN, assistant_id
from redline.origins.records.values import elements, items, model_name, printable
from redline.origins.records.values import field as get

NOTE_LIMIT = 32 << 20
"""Bytes; the largest of 10,685 real notes has 3.2 MB."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote lines."""

    assistant: str
    model: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One attestation: ranges of lines, from 1, both ends included."""

    key: str
    author: Author | None
    """None for a "known human", which an editor's save suffices for: it clears nothing."""
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One note; the lines are those of the files in its commit."""

    files: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    """What could not be read, by reason."""

    @property
    def names_assistant(self) -> bool:
        """Tell whether any entry is an assistant's."""
        return any(entry.author for entries in self.files.values() for entry in entries)

    def authors(self, path: str, first: int, count: int) -> list[Author | None]:
        """Name the assistant of each of ``count`` lines from line ``first`` (from 1).

        The last entry that holds a line wins, as in git-ai; "known human" entries never clear.
        """
        found: list[Author | None] = [None] * count
        for entry in self.files.get(path, ()):
            if entry.author is None:
                continue
            for low, high in entry.ranges:
                start, end = max(low - first, 0), min(high - first + 1, count)
                if start < end:
                    found[start:end] = [entry.author] * (end - start)
        return found


_ENTRY = re.compile(r" {2}(\S+) (\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*)\Z")


def parse(data: bytes) -> Note:
    """Read a note; whatever cannot be read is counted in ``unread``."""
    unread: Counter[str] = Counter()
    if len(data) > NOTE_LIMIT:
        return Note({}, {"the note is too large": 1})
    head, divider, tail = _split(data)
    if not divider:
        unread["the note has no divider"] += 1
    authors = _Authors(_metadata(tail, unread) if divider else {})
    files: dict[str, list[Entry]] = {}
    entries: list[Entry] | None = None
    for line in head.decode("utf-8", "surrogateescape").split("\n"):
        line = line.removesuffix("\r")
        if not line:
            continue
        if line.startswith("  "):
            match = _ENTRY.match(line)
            if match is None or entries is None:
                unread["an entry without a path" if match else "an entry without ranges"] += 1
                continue
            entries.append(Entry(match[1], authors.of(match[1]), tuple(_ranges(match[2]))))
        else:
            quoted = len(line) > 1 and line[0] == line[-1] == '"'
            entries = files.setdefault(line[1:-1] if quoted else line, [])
    return Note({path: tuple(held) for path, held in files.items() if held}, dict(unread))


def parse_legacy(data: bytes) -> Note:
    """Read an authorship/0.0.1 blob: JSON with ``files.<path>.authors[].lines``."""
    unread: Counter[str] = Counter()
    if len(data) > NOTE_LIMIT:
        return Note({}, {"the note is too large": 1})
    files: dict[str, tuple[Entry, ...]] = {}
    for path, held in items(_metadata(data, unread).get("files")):
        entries = []
        for author in elements(get(held, "authors")):
            agent = get(author, "agent_metadata")
            ranges = tuple(_legacy_ranges(get(author, "lines")))
            if isinstance(agent, dict) and ranges:
                who = Author(
                    assistant_id(agent.get("tool") or get(author, "author")),
                    model_name(agent.get("model")),
                    printable(agent.get("id")),
                )
                entries.append(Entry("prompt", who, ranges))
        if entries:
            files[path] = tuple(entries)
    return Note(files, dict(unread))


class _Authors:
    """Who stands behind a key."""

    def __init__(self, metadata: dict[str, object]) -> None:
        self._sessions = metadata.get("sessions")
        self._prompts = metadata.get("prompts")
        self._known: dict[str, Author | None] = {}

    def of(self, key: str) -> Author | None:
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: str) -> Author | None:
        if key.startswith("h_") or key.lower() == "human":
            return None
        name = key.partition("::")[0]
        first, second = self._sessions, self._prompts
        if not name.startswith("s_"):
            first, second = second, first
        record = get(first, name) or get(second, name)
        agent = get(record, "agent_id")
        if not isinstance(agent, dict):
            # The record may lie in another commit's note: an assistant's lines all the same.
            return Author(UNKNOWN, None, printable(name))
        return Author(
            assistant_id(agent.get("tool")),
            model_name(agent.get("model")),
            printable(agent.get("id")) or printable(name),
        )


def _split(data: bytes) -> tuple[bytes, bool, bytes]:
    if data.startswith(b"---\n"):
        return b"", True, data[4:]
    match = re.search(rb"\n---\r?(?:\n|\Z)", data)
    return (data[: match.start()], True, data[match.end() :]) if match else (data, False, b"")


def _metadata(data: bytes, unread: Counter[str]) -> dict[str, object]:
    # Only here: a run without notes does without it.
    import orjson

    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        unread["the metadata is not JSON"] += 1
        return {}
    if not isinstance(value, dict):
        unread["the metadata is not an object"] += 1
        return {}
    return value


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    for item in text.split(","):
        low, _, high = item.partition("-")
        first, last = int(low), int(high or low)
        if 1 <= first <= last:
            yield first, last


def _legacy_ranges(value: object) -> Iterator[tuple[int, int]]:
    for item in elements(value):
        ends = item if isinstance(item, list) and len(item) == 2 else [item, item]
        low, high = ends
        if type(low) is int and type(high) is int and 1 <= low <= high:
            yield low, high
