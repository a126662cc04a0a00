"""Write which runs of fingerprints count, and which pieces no longer do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .store import Store

if TYPE_CHECKING:
    import numpy.typing as npt

_MOST_PRINTS = 1 << 18
"""Fingerprints of one run inside the index, so that sorting them takes little memory."""


class Manifest(Store):
    """The part of a writer that keeps the tables ``run`` and ``dead``; all inside ``writing``."""

    def add_prints(
        self, hashes: npt.NDArray[Any], pieces: npt.NDArray[Any], places: npt.NDArray[Any]
    ) -> None:
        """Write fingerprints, three parallel columns in any order, as runs inside the index.

        Raises ``ValueError`` for a piece or a place whose number has more than 32 bits.
        """
        from .runs.run import Run
        from .runs.write import build

        for start in range(0, len(hashes), _MOST_PRINTS):
            part = slice(start, start + _MOST_PRINTS)
            data = build(hashes[part], pieces[part], places[part])
            run = Run(data)
            self.add_run(self.next_run(), len(run), run.digest, data=data)

    def next_run(self) -> int:
        """A number above those of all runs so far, given once."""
        # SQLite keeps its own count of numbers given, which survives the row.
        self._db.execute("INSERT INTO run (count, digest, name) VALUES (0, x'', '')")
        row = self._db.execute("DELETE FROM run WHERE name = '' RETURNING id").fetchone()
        return int(row[0])

    def add_run(
        self,
        id: int,
        count: int,
        digest: bytes,
        *,
        name: str | None = None,
        data: bytes | None = None,
    ) -> None:
        """Name a run, by its file or with its bytes."""
        self._db.execute("INSERT INTO run VALUES (?,?,?,?,?)", (id, count, digest, name, data))
        self._advance()

    def remove_runs(self, ids: Iterable[int]) -> None:
        """Name some runs no longer."""
        self._db.executemany("DELETE FROM run WHERE id = ?", [(i,) for i in ids])
        self._advance()

    def bury(self, pieces: Iterable[int]) -> None:
        """Let what all runs so far hold of some pieces count no longer."""
        numbers = list(pieces)
        if numbers:
            below = self.next_run()
            self._db.executemany(
                "INSERT OR REPLACE INTO dead VALUES (?,?)", [(piece, below) for piece in numbers]
            )
            self._advance()

    def forget_dead(self, pieces: Iterable[int]) -> None:
        """Drop the mark of pieces of which no run holds anything any more."""
        self._db.executemany("DELETE FROM dead WHERE piece = ?", [(i,) for i in pieces])

    def _advance(self) -> None:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
