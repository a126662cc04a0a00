"""The origin index, open for reading: sources, sessions, pieces and fingerprints.

One SQLite file, and beside it a folder of runs once there are many fingerprints
(``docs/formats/index.md``). Several processes may read while one writes (WAL).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from .schema import (
    LIVE_EDITS,
    SCHEMA_VERSION,
    IndexFault,
    PieceRow,
    RunRow,
    SessionRow,
    SourceRow,
    piece_row,
)

BUSY_SECONDS = 30.0
"""How long to wait for another process that is writing."""


_MOST_LISTED = 10_000
"""Ids that one question names."""


class Store:
    """An open index. Use one a thread; close it, or use it in ``with``."""

    def __init__(self, path: Path) -> None:
        """Open the index at ``path``.

        Raises ``IndexFault`` for a file that is no index, is damaged, is of a
        newer version, or cannot be opened.
        """
        self.path = path
        try:
            self._db = self._connected(path)
            try:
                self._db.execute("PRAGMA foreign_keys=ON")
                version = self._version()
                if version != SCHEMA_VERSION:
                    raise IndexFault(
                        f"the index {path} has version {version}, this Redline reads "
                        f"{SCHEMA_VERSION}; move it away and run `redline index update`"
                    )
            except BaseException:
                self._db.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise IndexFault(
                f"cannot open the index {path}: {error}; "
                "check the path and its permissions, or move the file away and run "
                "`redline index update`"
            ) from error

    def _connected(self, path: Path) -> sqlite3.Connection:
        return _open_to_read(path)

    def _version(self) -> int:
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            raise sqlite3.DatabaseError("it is no index of Redline")
        return int(self._db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def generation(self) -> int:
        """A number that grows whenever fingerprints change."""
        return int(
            self._db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0]
        )

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
                "SELECT id, path, format, assistant, inode, size, mtime_ns, offset, head, tail,"
                f" state, seen, gone FROM source {tail}",
                values,
            )
        ]

    def hold(self) -> None:
        """Read the index as it is now from here on, whatever others write."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN")

    def release(self) -> None:
        """Let go of what ``hold`` held: the next look sees what was written meanwhile."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def runs(self) -> list[RunRow]:
        """The runs that hold all fingerprints, oldest first."""
        rows = self._db.execute(
            "SELECT id, count, digest, name, coalesce(length(data), 0) FROM run ORDER BY id"
        )
        return [RunRow(*row) for row in rows]

    def run_data(self, id: int) -> bytes:
        """A run that lies in the index itself."""
        row = self._db.execute("SELECT data FROM run WHERE id = ?", (id,)).fetchone()
        return bytes(row[0])

    def dead(self) -> dict[int, int]:
        """Pieces some of whose fingerprints are gone; each with the run from which it lives."""
        return dict(self._db.execute("SELECT piece, below FROM dead"))

    _PIECE = (
        "SELECT piece.id, session, kind, outcome, model, time, piece.path, source.path, position,"
        " digest, codes, word_codes, lines, shapes, line_tokens"
        " FROM piece LEFT JOIN source ON source.id = piece.source "
    )

    def piece(self, id: int) -> PieceRow | None:
        """One piece; None where it was pruned."""
        row = self._db.execute(self._PIECE + "WHERE piece.id = ?", (id,)).fetchone()
        return piece_row(row) if row else None

    def pieces(self, ids: Sequence[int]) -> list[PieceRow]:
        """Many pieces at once, in no order; pruned ones are left out."""
        if not ids:
            return []
        listed = ",".join(map(str, ids))
        rows = self._db.execute(self._PIECE + f"WHERE piece.id IN ({listed})")
        return [piece_row(row) for row in rows]

    def sessions_of(self, ids: Sequence[int]) -> dict[int, int]:
        """The session of each piece, by the piece's id; pruned ones are left out."""
        found: dict[int, int] = {}
        for start in range(0, len(ids), _MOST_LISTED):
            listed = ",".join(map(str, ids[start : start + _MOST_LISTED]))
            query = f"SELECT id, session FROM piece WHERE id IN ({listed})"
            found.update(self._db.execute(query))
        return found

    def pieces_of(self, sessions: Sequence[int]) -> frozenset[int]:
        """The ids of all pieces of some sessions; goes over all pieces."""
        listed = ",".join(map(str, sessions))
        query = f"SELECT id FROM piece WHERE session IN ({listed})"
        return frozenset(row[0] for row in self._db.execute(query))

    def tails(self) -> frozenset[str]:
        """The last components of all paths that were written to."""
        return frozenset(row[0] for row in self._db.execute("SELECT DISTINCT tail FROM piece"))

    def pieces_named(self, tail: str) -> list[PieceRow]:
        """The pieces whose path ends in the component ``tail``, oldest first."""
        rows = self._db.execute(self._PIECE + "WHERE piece.tail = ? ORDER BY piece.id", (tail,))
        return [piece_row(row) for row in rows]

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

    def own_pieces(self) -> Iterator[PieceRow]:
        """All pieces that this machine read itself."""
        rows = self._db.execute(
            self._PIECE
            + "JOIN session ON session.id = session WHERE session.key = x'' ORDER BY piece.id"
        )
        for row in rows:
            yield piece_row(row)

    def check_of_key(self) -> int | None:
        """What an export's key must come to; None where this is no export."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'check'").fetchone()
        return int(row[0]) if row else None

    def index_keys(self) -> list[bytes]:
        """The keys under which fingerprints are stored; empty bytes: this machine's own."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT key FROM session")]

    def tally(self) -> list[tuple[str, str, int, int, int | None]]:
        """Per assistant and format: its name, sessions, pieces, newest time."""
        return list(
            self._db.execute(
                "SELECT assistant, min(format), count(DISTINCT session.id), count(piece.id),"
                " max(coalesce(newest, started)) FROM session"
                " LEFT JOIN piece ON piece.session = session.id WHERE format <> ?"
                " GROUP BY assistant ORDER BY assistant",
                (LIVE_EDITS,),
            )
        )

    def live_tally(self) -> list[tuple[str, int, int | None]]:
        """Per assistant whose text landed in an editor: its name, pieces, newest time."""
        return list(
            self._db.execute(
                "SELECT assistant, count(piece.id), max(coalesce(newest, started)) FROM session"
                " JOIN piece ON piece.session = session.id WHERE format = ?"
                " GROUP BY assistant ORDER BY assistant",
                (LIVE_EDITS,),
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

    def healthy(self) -> str | None:
        """SQLite's own check; None where all is well, else its first complaint."""
        answer = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
        return None if answer == "ok" else answer


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open an index for reading; in a folder that cannot be written, too.

    Write-ahead logging wants a file beside the index even to read it. Where none can be
    made and none is there, nobody is writing either, and SQLite may take it as it lies.
    """
    uri = f"file:{quote(os.fsencode(path))}?mode=ro"
    settings: dict[str, Any] = {"uri": True, "timeout": BUSY_SECONDS, "isolation_level": None}
    database: sqlite3.Connection = sqlite3.connect(uri, **settings)
    try:
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        database.close()
        if not isinstance(error, sqlite3.OperationalError):
            raise
        if path.with_name(path.name + "-wal").exists() or not path.is_file():
            raise
        database = sqlite3.connect(uri + "&immutable=1", **settings)
    return database
