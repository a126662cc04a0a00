"""Fingerprints of the files that a repository held, kept by the object's name.

An object never changes, so what was taken once holds for good. The file is a cache: it can
vanish or be damaged at any time, and several processes may use it at once.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redline.git import GitError, Objects
from redline.matching.pieces import read_hashes
from redline.matching.seen import Seen

U32 = npt.NDArray[np.uint32]

MOST_BYTES = 1 << 20
"""Of one file; larger ones are data, bundles or generated, and are counted as left out."""
_BINARY = 8000
"""Bytes in which git, too, looks for a zero byte."""
_NOTHING: U32 = np.empty(0, np.uint32)


class Blobs:
    """Reads objects and gives the fingerprints of each; close it after use."""

    def __init__(self, objects: Objects, folder: Path | None) -> None:
        """``folder`` is where the cache lies; None keeps nothing."""
        self.left_out: set[str] = set()
        """Objects that were too large or could not be read."""
        self._objects = objects
        self._database = None if folder is None else _opened(folder)

    def close(self) -> None:
        """Close the cache; the reader of objects is the caller's."""
        if self._database is not None:
            self._database.close()

    def prints(self, names: list[str]) -> U32:
        """The fingerprints of all these objects together: upper halves, distinct, ascending."""
        parts: list[U32] = []
        fresh: list[tuple[str, bytes]] = []
        for name in names:
            packed = self._kept(name)
            if packed is None:
                packed = self._taken(name)
                if packed is None:
                    self.left_out.add(name)
                    continue
                fresh.append((name, packed))
            parts.append(np.frombuffer(packed, "<u4"))
        self._keep(fresh)
        if not parts:
            return _NOTHING
        found = np.concatenate(parts)
        found.sort()
        distinct: U32 = found[np.concatenate(([True], found[1:] != found[:-1]))[: len(found)]]
        return distinct

    def _taken(self, name: str) -> bytes | None:
        """Fingerprint one object; None where that cannot be done."""
        try:
            text = self._objects.read(name, MOST_BYTES)
        except GitError:
            return None
        if text is None:
            return None
        if b"\0" in text[:_BINARY]:
            return b""
        return packed_of(text)

    def _kept(self, name: str) -> bytes | None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                asked = "SELECT prints FROM blob WHERE name = ?"
                row = self._database.execute(asked, (name,)).fetchone()
                if row is not None and isinstance(row[0], bytes) and len(row[0]) % 4 == 0:
                    return row[0]
        return None

    def _keep(self, fresh: list[tuple[str, bytes]]) -> None:
        if self._database is not None and fresh:
            # Another process may hold the file; what is not kept is taken anew.
            with suppress(sqlite3.Error), self._database:
                self._database.executemany("INSERT OR IGNORE INTO blob VALUES (?, ?)", fresh)


def packed_of(text: bytes) -> bytes:
    """Fingerprint a text as one that an assistant had read: ``Seen``'s packed form."""
    seen = Seen()
    seen.add(read_hashes([text]))
    return seen.pack()


def _opened(folder: Path) -> sqlite3.Connection | None:
    file = folder / f"past-{_definition()}.sqlite"
    with suppress(OSError, sqlite3.Error):
        folder.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(file, timeout=5.0)
        try:
            # What a crash loses is taken anew.
            database.execute("PRAGMA synchronous=OFF")
            database.execute(
                "CREATE TABLE IF NOT EXISTS blob (name TEXT PRIMARY KEY, prints BLOB NOT NULL)"
            )
        except sqlite3.DatabaseError as error:
            database.close()
            if isinstance(error, sqlite3.OperationalError):
                return None
            file.unlink()
            return None
        return database
    return None


@cache
def _definition() -> str:
    """Tell one definition of fingerprints from the next by what it makes of a text."""
    sample = b"def add(first, second):\n    # The sum of two numbers, as a person would say it.\n"
    sample += b"    return first + second if first else {'second': [second, 1.5]}\n"
    return blake2b(packed_of(sample * 2), digest_size=6).hexdigest()
