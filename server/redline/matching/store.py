"""The origin index on disk: sources, sessions, pieces and fingerprints in one SQLite file.

It holds hashes, paths, times and names, never text. Every change is one
transaction; several processes may read while one writes (WAL). The look-up table
beside it (``lookup``) is derived and can be deleted at any time.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SCHEMA_VERSION = 1
_BUSY_MS = 30_000
_SCHEMA = """
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
  line_tokens BLOB NOT NULL,      -- u32 a line: its first token
  UNIQUE (session, digest, path)
);
CREATE INDEX piece_tail ON piece (tail) WHERE tail <> '';
CREATE INDEX piece_call ON piece (session, call) WHERE call IS NOT NULL;
CREATE TABLE prints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER REFERENCES source ON DELETE CASCADE,
  hashes BLOB NOT NULL,           -- u64
  pieces BLOB NOT NULL,           -- u32, parallel
  places BLOB NOT NULL            -- u32, parallel: token or line of the piece
);
"""


class IndexFault(Exception):
    """The index cannot be used; the message says why and what to do."""


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
    lines: memoryview
    """u64 a line."""
    shapes: memoryview
    """u64 a line."""
    line_tokens: memoryview
    """u32 a line."""


class Store:
    """An open index. Use one a thread; close it, or use it in ``with``."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        """Open the index at ``path``; with ``write`` make it if it is not there.

        Raises ``IndexFault`` for a file that is no index, is damaged, is of a
        newer version, or cannot be opened.
        """
        self.path = path
        try:
            if write:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                # Autocommit: transactions are begun in words, where they are meant.
                self._db = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None)
                os.chmod(path, 0o600)
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=NORMAL")
            else:
                self._db = _open_to_read(path)
            self._db.execute("PRAGMA foreign_keys=ON")
            version = self._version(write)
        except (sqlite3.Error, OSError) as error:
            raise IndexFault(
                f"cannot open the index {path}: {error}; "
                "check the path and its permissions, or move the file away and run "
                "`redline index update`"
            ) from error
        if version != SCHEMA_VERSION:
            raise IndexFault(
                f"the index {path} has version {version}, this Redline reads {SCHEMA_VERSION}; "
                "move it away and run `redline index update`"
            )

    def _version(self, write: bool) -> int:
        found = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
        if not found:
            if not write:
                raise sqlite3.DatabaseError("it is no index of Redline")
            with self.writing():
                # Another process may have made the tables while this one waited for the lock.
                if not self._db.execute(
                    "SELECT 1 FROM sqlite_master WHERE name = 'meta'"
                ).fetchone():
                    for statement in _SCHEMA.split(";\n"):
                        self._db.execute(statement)
                    self._db.executemany(
                        "INSERT INTO meta VALUES (?, ?)",
                        # Begun anywhere, so that no look-up table of an index that lay here
                        # before is taken for this one's.
                        [("version", SCHEMA_VERSION), ("generation", secrets.randbits(48))],
                    )
        return int(self._db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()[0])

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it happens, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def generation(self) -> int:
        """A number that grows whenever fingerprints change."""
        return int(
            self._db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0]
        )

    def _advance(self) -> None:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    # Sources

    def source(self, path: str) -> SourceRow | None:
        """The row of a file, if it was read before."""
        rows = self._sources("WHERE path = ?", (path,))
        return rows[0] if rows else None

    def sources(self) -> list[SourceRow]:
        """All files, by path."""
        return self._sources("ORDER BY path", ())

    def _sources(self, tail: str, values: Sequence[object]) -> list[SourceRow]:
        return [
            SourceRow(*row)
            for row in self._db.execute(
                "SELECT id, path, format, assistant, inode, size, mtime_ns, offset, head, state,"
                f" seen, gone FROM source {tail}",
                values,
            )
        ]

    def save_source(
        self,
        path: str,
        *,
        format: str,
        assistant: str,
        inode: int,
        size: int,
        mtime_ns: int,
        offset: int,
        head: bytes,
        state: str,
        seen: bytes | None,
        read_at: int,
    ) -> int:
        """Write how far a file was read; return the row's id. Inside ``writing``."""
        row = self._db.execute(
            "INSERT INTO source (path, format, assistant, inode, size, mtime_ns, offset, head,"
            " state, seen, read_at) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (path) DO UPDATE SET format=excluded.format,"
            " assistant=excluded.assistant, inode=excluded.inode, size=excluded.size,"
            " mtime_ns=excluded.mtime_ns, offset=excluded.offset, head=excluded.head,"
            " state=excluded.state, seen=excluded.seen, read_at=excluded.read_at, gone=0"
            " RETURNING id",
            (path, format, assistant, inode, size, mtime_ns, offset, head, state, seen, read_at),
        ).fetchone()
        return int(row[0])

    def mark_gone(self, ids: Iterable[int]) -> None:
        """Note that files are no longer there; what they held stays known."""
        self._db.executemany("UPDATE source SET gone = 1 WHERE id = ?", [(i,) for i in ids])

    def move_source(self, id: int, path: str) -> None:
        """Note that a file has another name now: renamed, or compressed."""
        self._db.execute("UPDATE OR IGNORE source SET path = ? WHERE id = ?", (path, id))

    def forget_seen(self, before: int) -> None:
        """Drop what was read in files last read before ``before`` (ms): idle sessions stay idle."""
        self._db.execute("UPDATE source SET seen = NULL WHERE read_at < ?", (before,))

    def save_unread(self, source: int, reasons: dict[str, int], *, fresh: bool) -> None:
        """Add counts of records that could not be read; ``fresh``: replace the old ones."""
        if fresh:
            self._db.execute("DELETE FROM unread WHERE source = ?", (source,))
        self._db.executemany(
            "INSERT INTO unread VALUES (?,?,?)"
            " ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(source, reason, count) for reason, count in reasons.items()],
        )

    # Sessions and pieces

    def save_session(
        self,
        name: str,
        assistant: str,
        format: str,
        *,
        parent: str | None,
        cwd: str | None,
        head: str | None,
        repository: str | None,
        time: int | None,
        key: bytes = b"",
    ) -> int:
        """Write a session, keeping what was known where this says nothing; return its id."""
        row = self._db.execute(
            "INSERT INTO session (name, assistant, format, parent, cwd, head, repository, started,"
            " newest, key) VALUES (?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (assistant, name, key) DO UPDATE SET"
            " parent=coalesce(parent, excluded.parent), cwd=coalesce(cwd, excluded.cwd),"
            " head=coalesce(head, excluded.head),"
            " repository=coalesce(repository, excluded.repository),"
            " started=min(coalesce(started, excluded.started),"
            " coalesce(excluded.started, started)),"
            " newest=max(coalesce(newest, excluded.newest), coalesce(excluded.newest, newest))"
            " RETURNING id",
            (name, assistant, format, parent, cwd, head, repository, time, time, key),
        ).fetchone()
        return int(row[0])

    def touch_session(self, session: int, time: int) -> None:
        """Move a session's newest time forward."""
        self._db.execute(
            "UPDATE session SET newest = max(coalesce(newest, ?), ?) WHERE id = ?",
            (time, time, session),
        )

    def add_piece(
        self,
        source: int | None,
        session: int,
        *,
        call: str | None,
        kind: str,
        outcome: str,
        model: str | None,
        agent: str | None,
        time: int | None,
        path: str,
        position: int,
        digest: bytes,
        lines: bytes,
        shapes: bytes,
        line_tokens: bytes,
    ) -> int | None:
        """Write a piece; None where the session had produced the same text for the same path."""
        row = self._db.execute(
            "INSERT INTO piece (source, session, call, kind, outcome, model, agent, time, path,"
            " tail, position, digest, lines, shapes, line_tokens)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            (
                source, session, call, kind, outcome, model, agent, time, path,
                path.replace("\\", "/").rpartition("/")[2],
                position, digest, lines, shapes, line_tokens,
            ),
        ).fetchone()  # fmt: skip
        return int(row[0]) if row else None

    def settle(self, session: int, call: str, outcome: str) -> None:
        """Write the outcome of a call whose pieces are stored."""
        self._db.execute(
            "UPDATE piece SET outcome = ? WHERE session = ? AND call = ?", (outcome, session, call)
        )

    def pieces_of_call(self, session: int, call: str) -> list[PieceRow]:
        """What one call of a session produced."""
        rows = self._db.execute(
            self._PIECE + "WHERE session = ? AND call = ? ORDER BY piece.id", (session, call)
        )
        return [_piece(row) for row in rows]

    def replace_lines(self, piece: int, lines: bytes, shapes: bytes) -> None:
        """Write a piece's columns of line hashes anew."""
        self._db.execute(
            "UPDATE piece SET lines = ?, shapes = ? WHERE id = ?", (lines, shapes, piece)
        )

    def prints_beside(self, piece: int) -> list[tuple[int, bytes, bytes, bytes]]:
        """The batches that may hold a piece's fingerprints: id and three columns."""
        return list(
            self._db.execute(
                "SELECT prints.id, hashes, pieces, places FROM prints JOIN piece"
                " ON prints.source IS piece.source WHERE piece.id = ?",
                (piece,),
            )
        )

    def replace_prints(self, id: int, hashes: bytes, pieces: bytes, places: bytes) -> None:
        """Write a batch of fingerprints anew."""
        self._db.execute(
            "UPDATE prints SET hashes = ?, pieces = ?, places = ? WHERE id = ?",
            (hashes, pieces, places, id),
        )
        self._advance()

    def add_prints(self, source: int | None, hashes: bytes, pieces: bytes, places: bytes) -> None:
        """Write a batch of fingerprints, three parallel little-endian columns."""
        self._db.execute(
            "INSERT INTO prints (source, hashes, pieces, places) VALUES (?,?,?,?)",
            (source, hashes, pieces, places),
        )
        self._advance()

    def prints(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """All batches of fingerprints."""
        yield from self._db.execute("SELECT hashes, pieces, places FROM prints ORDER BY id")

    _PIECE = (
        "SELECT piece.id, session, kind, outcome, model, time, piece.path, source.path, position,"
        " lines, shapes, line_tokens FROM piece LEFT JOIN source ON source.id = piece.source "
    )

    def piece(self, id: int) -> PieceRow | None:
        """One piece; None where it was pruned."""
        row = self._db.execute(self._PIECE + "WHERE piece.id = ?", (id,)).fetchone()
        return _piece(row) if row else None

    def tails(self) -> frozenset[str]:
        """The last components of all paths that were written to."""
        return frozenset(row[0] for row in self._db.execute("SELECT DISTINCT tail FROM piece"))

    def pieces_named(self, tail: str) -> list[PieceRow]:
        """The pieces whose path ends in the component ``tail``, oldest first."""
        rows = self._db.execute(self._PIECE + "WHERE tail = ? ORDER BY piece.id", (tail,))
        return [_piece(row) for row in rows]

    def session(self, id: int) -> SessionRow:
        """One session by its id."""
        row = self._db.execute(
            "SELECT id, name, assistant, format, cwd, head, repository, started, key FROM session"
            " WHERE id = ?",
            (id,),
        ).fetchone()
        return SessionRow(*row)

    def session_named(self, name: str, assistant: str) -> int | None:
        """The id of a session that this machine read; of two names alike ``assistant``'s."""
        row = self._db.execute(
            "SELECT id FROM session WHERE name = ? AND key = x'' ORDER BY assistant <> ?, id",
            (name, assistant),
        ).fetchone()
        return int(row[0]) if row else None

    def own_sessions(self) -> list[SessionRow]:
        """All sessions that this machine read itself."""
        return [
            SessionRow(*row)
            for row in self._db.execute(
                "SELECT id, name, assistant, format, cwd, head, repository, started, key"
                " FROM session WHERE key = x'' ORDER BY id"
            )
        ]

    def own_pieces(self) -> Iterator[tuple[PieceRow, bytes]]:
        """All pieces that this machine read itself, each with its digest."""
        rows = self._db.execute(
            self._PIECE.replace(" FROM", ", digest FROM", 1)
            + "JOIN session ON session.id = session WHERE session.key = x'' ORDER BY piece.id"
        )
        for *row, digest in rows:
            yield _piece(tuple(row)), digest

    def check_of_key(self) -> int | None:
        """What an export's key must come to; None where this is no export."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'check'").fetchone()
        return int(row[0]) if row else None

    def save_check(self, check: int) -> None:
        """Mark this index as an export."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('check', ?)", (check,))

    def settle_down(self) -> None:
        """Leave write-ahead logging, so that one file is all there is. Outside transactions."""
        self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.execute("VACUUM")

    def index_keys(self) -> list[bytes]:
        """The keys under which fingerprints are stored; empty bytes: this machine's own."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT key FROM session")]

    def tally(self) -> list[tuple[str, str, int, int, int | None]]:
        """Per assistant and format: its name, sessions, pieces, newest time."""
        return list(
            self._db.execute(
                "SELECT assistant, min(format), count(DISTINCT session.id), count(piece.id),"
                " max(coalesce(newest, started)) FROM session"
                " LEFT JOIN piece ON piece.session = session.id GROUP BY assistant"
                " ORDER BY assistant"
            )
        )

    def unread(self) -> list[tuple[str, str, int]]:
        """What could not be read: path, reason, count."""
        return list(
            self._db.execute(
                "SELECT path, reason, count FROM unread JOIN source ON source.id = source"
                " ORDER BY path, reason"
            )
        )

    def counts(self) -> dict[str, int]:
        """Pieces by kind, and by outcome."""
        rows = self._db.execute(
            "SELECT kind, count(*) FROM piece GROUP BY kind"
            " UNION ALL SELECT outcome, count(*) FROM piece GROUP BY outcome"
        )
        return dict(rows)

    # Upkeep

    def remove_sources(self, ids: Sequence[int], keep: Sequence[int] = ()) -> int:
        """Delete files' rows and all that came from them; return the pieces removed.

        Of the files in ``keep`` the row stays, so that they are not read again as they are.
        """
        before = self._db.execute("SELECT count(*) FROM piece").fetchone()[0]
        self._db.executemany(
            "UPDATE source SET gone = 2, seen = NULL WHERE id = ?", [(i,) for i in keep]
        )
        # A copy of a removed file added nothing when it was read: now it has to be read again.
        self._db.executemany(
            "UPDATE source SET size = -1, seen = NULL WHERE gone = 0 AND assistant IN"
            " (SELECT assistant FROM source WHERE id = ?)",
            [(i,) for i in (*ids, *keep)],
        )
        self._db.executemany("DELETE FROM source WHERE id = ?", [(i,) for i in ids])
        for table in ("piece", "prints"):
            self._db.executemany(f"DELETE FROM {table} WHERE source = ?", [(i,) for i in keep])
        self._db.execute(
            "DELETE FROM session WHERE NOT EXISTS"
            " (SELECT 1 FROM piece WHERE piece.session = session.id)"
        )
        self._advance()
        return int(before - self._db.execute("SELECT count(*) FROM piece").fetchone()[0])

    def compact(self) -> None:
        """Give freed pages back to the disk. Outside any transaction."""
        self._db.execute("PRAGMA incremental_vacuum")
        self._db.execute("VACUUM")

    def healthy(self) -> str | None:
        """SQLite's own check; None where all is well, else its first complaint."""
        answer = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
        return None if answer == "ok" else answer


def _piece(row: tuple[Any, ...]) -> PieceRow:
    *columns, lines, shapes, line_tokens = row
    if not len(lines) == len(shapes) == 2 * len(line_tokens) or len(lines) % 8:
        raise sqlite3.DatabaseError(f"piece {columns[0]} is damaged")
    columns += (memoryview(lines).cast("Q"), memoryview(shapes).cast("Q"))
    columns.append(memoryview(line_tokens).cast("I"))
    return PieceRow(*columns)


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open an index for reading; in a folder that cannot be written, too.

    Write-ahead logging wants a file beside the index even to read it. Where none can be
    made and none is there, nobody is writing either, and SQLite may take it as it lies.
    """
    uri = f"file:{quote(os.fsencode(path))}?mode=ro"
    settings: dict[str, Any] = {"uri": True, "timeout": _BUSY_MS / 1000, "isolation_level": None}
    database: sqlite3.Connection = sqlite3.connect(uri, **settings)
    try:
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        database.close()
        if path.with_name(path.name + "-wal").exists() or not path.is_file():
            raise
        database = sqlite3.connect(uri + "&immutable=1", **settings)
    return database
