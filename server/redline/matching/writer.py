"""The origin index, open for writing: each change is one transaction."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .manifest import Manifest
from .schema import SCHEMA, SCHEMA_VERSION, PieceRow, piece_row
from .store import BUSY_SECONDS


class Writer(Manifest):
    """An index that is made if it is not there. One process writes at a time; others wait."""

    def _connected(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path, self._opened)
        return self._opened(path)

    def _opened(self, path: Path) -> sqlite3.Connection:
        # Autocommit: transactions are begun in words, where they are meant.
        database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            os.chmod(path, 0o600)
            # Before there is a table: pages that are freed can then go back one by one.
            database.execute("PRAGMA auto_vacuum=INCREMENTAL")
            database.execute("PRAGMA journal_mode=WAL")
            # What is forgotten leaves no bytes behind.
            database.execute("PRAGMA secure_delete=ON")
            database.execute("PRAGMA synchronous=NORMAL")
        except BaseException:
            database.close()
            raise
        return database

    def _version(self) -> int:
        made = "SELECT 1 FROM sqlite_master WHERE name = 'meta'"
        if not self._db.execute(made).fetchone():
            # An empty file, which somebody else has put there.
            with self.writing():
                # Another process may have made the tables while this one waited for the lock.
                if not self._db.execute(made).fetchone():
                    _make_tables(self._db)
        return super()._version()

    @contextmanager
    def durable(self) -> Iterator[None]:
        """What is written inside is on the disk afterwards, even should the power fail."""
        self._db.execute("PRAGMA synchronous=FULL")
        try:
            yield
        finally:
            self._db.execute("PRAGMA synchronous=NORMAL")

    def hold(self) -> None:
        """Do nothing: a writer holds the state while it is writing, and else sees the newest."""

    def release(self) -> None:
        """Do nothing, as ``hold``."""

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
        tail: bytes,
        state: str,
        seen: bytes | None,
        read_at: int,
    ) -> int:
        """Write how far a file was read; return the row's id. Inside ``writing``."""
        row = self._db.execute(
            "INSERT INTO source (path, format, assistant, inode, size, mtime_ns, offset, head,"
            " tail, state, seen, read_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (path) DO UPDATE SET format=excluded.format,"
            " assistant=excluded.assistant, inode=excluded.inode, size=excluded.size,"
            " mtime_ns=excluded.mtime_ns, offset=excluded.offset, head=excluded.head,"
            " tail=excluded.tail, state=excluded.state, seen=excluded.seen,"
            " read_at=excluded.read_at, gone=0"
            " RETURNING id",
            (
                path,
                format,
                assistant,
                inode,
                size,
                mtime_ns,
                offset,
                head,
                tail,
                state,
                seen,
                read_at,
            ),
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
        codes: bytes,
        word_codes: bytes,
    ) -> int | None:
        """Write a piece; None where the session had produced the same text for the same path."""
        row = self._db.execute(
            "INSERT INTO piece (source, session, call, kind, outcome, model, agent, time, path,"
            " tail, position, digest, lines, shapes, line_tokens, codes, word_codes)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            (
                source, session, call, kind, outcome, model, agent, time, path,
                path.replace("\\", "/").rpartition("/")[2],
                position, digest, lines, shapes, line_tokens, codes, word_codes,
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
        return [piece_row(row) for row in rows]

    def replace_lines(self, piece: int, lines: bytes, shapes: bytes, codes: bytes) -> None:
        """Write a piece's columns of line hashes and of its code anew."""
        self._db.execute(
            "UPDATE piece SET lines = ?, shapes = ?, codes = ? WHERE id = ?",
            (lines, shapes, codes, piece),
        )

    def save_check(self, check: int) -> None:
        """Mark this index as an export."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('check', ?)", (check,))

    def settle_down(self) -> None:
        """Leave write-ahead logging, so that one file is all there is. Outside transactions."""
        self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.execute("VACUUM")

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
        self.bury(
            row[0]
            for source in (*ids, *keep)
            for row in self._db.execute("SELECT id FROM piece WHERE source = ?", (source,))
        )
        self._db.executemany("DELETE FROM source WHERE id = ?", [(i,) for i in ids])
        self._db.executemany("DELETE FROM piece WHERE source = ?", [(i,) for i in keep])
        self._db.execute(
            "DELETE FROM session WHERE NOT EXISTS"
            " (SELECT 1 FROM piece WHERE piece.session = session.id)"
        )
        return int(before - self._db.execute("SELECT count(*) FROM piece").fetchone()[0])

    def remove_pieces(self, source: int, before: int) -> int:
        """Delete what came from a source before a time (ms); return the pieces removed."""
        old = (source, before)
        rows = self._db.execute(
            "SELECT id FROM piece WHERE source = ? AND time < ?", old
        ).fetchall()
        self.bury(row[0] for row in rows)
        self._db.executemany("DELETE FROM piece WHERE id = ?", rows)
        return len(rows)

    def compact(self) -> None:
        """Give freed pages back to the disk. Outside any transaction."""
        # As a script: a statement without columns is stepped once, and that frees one page.
        self._db.executescript("PRAGMA incremental_vacuum")


def _make(path: Path, opened: Callable[[Path], sqlite3.Connection]) -> None:
    """Make an index aside and put it there whole: who reads meanwhile finds none, or all of it."""
    aside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        database = opened(aside)
        try:
            database.execute("BEGIN IMMEDIATE")
            _make_tables(database)
            database.execute("COMMIT")
        finally:
            database.close()
        _put(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _put(aside: Path, path: Path) -> None:
    """Give a file its name, unless another process was first."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    except OSError:
        # Some file systems have no links. Two that are made at one moment are one too many here:
        # the second stands, and what the first has learnt until then is learnt again.
        if not path.exists():
            aside.replace(path)


def _make_tables(database: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";\n"):
        database.execute(statement)
    database.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        # Begun anywhere: no state of an index that lay here before is this one's.
        [("version", SCHEMA_VERSION), ("generation", secrets.randbits(48))],
    )
