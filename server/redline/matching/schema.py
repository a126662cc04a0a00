"""What the index's tables hold, and the rows that are read from them.

It holds hashes, paths, times and names, never text.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from .fault import IndexFault as IndexFault

LIVE_EDITS = "live edits"
"""The format of sessions that are none: what landed in this user's editors.

Also the name of the one source that is no file, which no path of a file can be: those are whole.
"""

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  assistant TEXT NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL,          -- bytes on disk when last read
  mtime_ns INTEGER NOT NULL,
  offset INTEGER NOT NULL,        -- bytes read, after decompression
  head BLOB NOT NULL,             -- hash of the first bytes: tells an append from a new file
  tail BLOB NOT NULL,             -- hash of the last bytes read; empty: compressed or in parts
  state TEXT NOT NULL,            -- the reader's, JSON
  seen BLOB,                      -- hashes of what the assistant had read; NULL: read again whole
  read_at INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0 -- 1: no longer there; 2: forgotten on purpose
);
CREATE TABLE unread (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (source, reason)
) WITHOUT ROWID;
CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  assistant TEXT NOT NULL,
  format TEXT NOT NULL,
  parent TEXT, cwd TEXT, head TEXT, repository TEXT, started INTEGER, newest INTEGER,
  key BLOB NOT NULL DEFAULT x'',  -- of an imported index; empty for this machine's own
  UNIQUE (assistant, name, key)
);
CREATE TABLE piece (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER REFERENCES source ON DELETE CASCADE,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  call TEXT, kind TEXT NOT NULL, outcome TEXT NOT NULL,
  model TEXT, agent TEXT, time INTEGER,
  path TEXT NOT NULL DEFAULT '',
  tail TEXT NOT NULL DEFAULT '',  -- the path's last component
  position INTEGER NOT NULL,      -- byte of the record in its source
  digest BLOB NOT NULL,           -- of the tokens, to know a repetition
  lines BLOB NOT NULL,            -- u64 a line
  shapes BLOB NOT NULL,           -- u64 a line, names left out
  line_tokens BLOB NOT NULL,      -- u32 a line: its first token that is no comment
  codes BLOB NOT NULL,            -- u8 a token that is no comment: see matching/streams.py
  word_codes BLOB NOT NULL,       -- u8 a word of prose
  UNIQUE (session, digest, path)
);
CREATE INDEX piece_tail ON piece (tail) WHERE tail <> '';
CREATE INDEX piece_call ON piece (session, call) WHERE call IS NOT NULL;
CREATE TABLE run (                -- fingerprints: docs/formats/index.md
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  count INTEGER NOT NULL,
  digest BLOB NOT NULL,           -- of the run's header
  name TEXT,                      -- of its file, in the folder beside the index
  data BLOB,                      -- the run itself while it is small
  CHECK ((name IS NULL) <> (data IS NULL))
);
CREATE TABLE dead (
  piece INTEGER PRIMARY KEY,      -- what runs numbered lower than this hold of it does not count
  below INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One file that was read."""

    id: int
    path: str
    format: str
    assistant: str
    inode: int
    size: int
    mtime_ns: int
    offset: int
    head: bytes
    tail: bytes
    state: str
    seen: bytes | None
    gone: int
    """1: no longer there; 2: forgotten on purpose, until it grows."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of an assistant."""

    id: int
    name: str
    assistant: str
    format: str
    cwd: str | None
    head: str | None
    repository: str | None
    started: int | None
    key: bytes


@dataclass(frozen=True, slots=True)
class PieceRow:
    """One piece of produced text, as hashes."""

    id: int
    session: int
    kind: str
    outcome: str
    model: str | None
    time: int | None
    path: str
    source: str | None
    position: int
    digest: bytes
    codes: bytes
    """A byte a token of its code; under the session's key where it has one."""
    word_codes: bytes
    """A byte a word of its prose; likewise."""
    lines: memoryview
    """u64 a line."""
    shapes: memoryview
    """u64 a line."""
    line_tokens: memoryview
    """u32 a line: its first token of code."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of fingerprints: in a file, or in the index itself."""

    id: int
    count: int
    digest: bytes
    name: str | None
    """Of its file; None where the index holds it."""
    size: int
    """Bytes inside the index; 0 for a file."""


def piece_row(row: tuple[Any, ...]) -> PieceRow:
    """Read a piece's columns; raises ``sqlite3.DatabaseError`` where they do not fit together."""
    *columns, lines, shapes, line_tokens = row
    if not len(lines) == len(shapes) == 2 * len(line_tokens) or len(lines) % 8:
        raise sqlite3.DatabaseError(f"piece {columns[0]} is damaged")
    columns += (memoryview(lines).cast("Q"), memoryview(shapes).cast("Q"))
    columns.append(memoryview(line_tokens).cast("I"))
    return PieceRow(*columns)
