"""Look after the origin index: what it holds, what it may forget, how a team shares it.

What leaves the machine is rekeyed with a secret of the team's: hashes under the key, no
paths, no folders, no repository names. Sessions keep their ids and times, for evidence
has to name its source.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from redline.matching.keyed import keyed, masked
from redline.matching.lookup import living_prints, open_lookup, open_runs, runs_folder
from redline.matching.schema import LIVE_EDITS, IndexFault
from redline.matching.store import Store
from redline.matching.tidy import tidy
from redline.matching.writer import Writer
from redline.model import UNDECLARED

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds."""

    path: Path
    bytes: int
    """On disk, the files of runs included."""
    fingerprints: int
    runs: int
    """Runs that hold them."""
    assistants: list[tuple[str, str, int, int, int | None]]
    """Assistant, format, sessions, pieces of text, newest time (ms)."""
    live: list[tuple[str, int, int | None]]
    """What landed in editors: assistant, pieces of text, newest time (ms)."""
    kinds: dict[str, int]
    """Pieces by kind and by outcome."""
    files: int
    """Session files read."""
    gone: int
    """Of these, no longer there."""
    imported: int
    """Sets of fingerprints that came from other machines."""
    unread: list[tuple[str, str, int]]
    """Records that could not be read: file, reason, count."""
    complaint: str | None
    """What a check of all pages and all runs finds wrong; None: nothing."""


def status(index: Path) -> IndexStatus:
    """Describe an index; raises ``IndexFault``."""
    try:
        with Store(index) as store:
            sources = [source for source in store.sources() if source.format != LIVE_EDITS]
            lookup = open_lookup(store)
            return IndexStatus(
                path=index,
                bytes=_bytes(store),
                fingerprints=len(lookup),
                runs=len(store.runs()),
                assistants=store.tally(),
                live=store.live_tally(),
                kinds=store.counts(),
                files=len(sources),
                gone=sum(source.gone == 1 for source in sources),
                imported=sum(bool(key) for key in store.index_keys()),
                unread=store.unread(),
                complaint=store.healthy() or _unsound(store),
            )
    except (sqlite3.Error, OSError) as error:
        raise IndexFault(f"the index {index} cannot be read: {error}") from error


def _bytes(store: Store) -> int:
    files = [store.path, *runs_folder(store.path).glob("*.run")]
    return sum(path.stat().st_size for path in files if path.exists())


def _unsound(store: Store) -> str | None:
    for row, run in open_runs(store):
        try:
            run.check()
        except ValueError as error:
            return f"{row.name or f'run {row.id}'}: {error}"
    return None


def prune(index: Path, *, gone: bool = True, before: int | None = None) -> int:
    """Forget files that are gone, and those last written before ``before`` (ms).

    So is what landed in an editor before then; it has no file that could be gone.
    Returns how many pieces of text are no longer known. Raises ``IndexFault``.
    """
    try:
        with Writer(index) as store:
            doomed: list[int] = []
            forgotten: list[int] = []
            live: list[int] = []
            for source in store.sources():
                if source.format == LIVE_EDITS:
                    live.append(source.id)
                    continue
                there = source.gone != 1 and os.path.lexists(source.path)
                if gone and not there:
                    doomed.append(source.id)
                elif before is not None and source.mtime_ns < before * 1_000_000:
                    # Without its row the next update would read it all over again.
                    (forgotten if there else doomed).append(source.id)
            with store.writing():
                old = live if before is not None else []
                removed = sum(store.remove_pieces(source, before or 0) for source in old)
                removed += store.remove_sources(doomed, forgotten)
            tidy(store)
            store.compact()
            return removed
    except sqlite3.Error as error:
        raise IndexFault(f"the index {index} cannot be pruned: {error}") from error


def export(index: Path, target: Path, key: bytes) -> int:
    """Write a copy for the team, every hash under ``key``; return its pieces.

    Written beside the target and renamed into place. Raises ``IndexFault``, ``OSError``.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with Store(index) as store, Writer(part) as copy, copy.writing():
            count = _copy(store, copy, key, given=b"")
        with Writer(part) as copy:
            copy.settle_down()
        os.replace(part, target)
    except sqlite3.Error as error:
        raise IndexFault(f"the index {index} cannot be exported: {error}") from error
    finally:
        for leftover in (part, *part.parent.glob(part.name + "-*")):
            leftover.unlink(missing_ok=True)
    return count


def import_(index: Path, source: Path, key: bytes) -> int:
    """Take another machine's export in; return the pieces that were new.

    Raises ``IndexFault``; also where the key is not the one the export was made with.
    """
    try:
        with Store(source) as foreign, Writer(index) as store:
            check = foreign.check_of_key()
            if check is None:
                raise IndexFault(f"{source} is an index, but no export of one; run `index export`")
            if check != _check(key):
                raise IndexFault(
                    f"{source} was exported with another key; ask its maker for the key file"
                )
            with store.writing():
                added = _copy(foreign, store, b"", given=key)
            tidy(store)
            return added
    except (sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError) as error:
        # What a stranger made may hold anything in its columns.
        raise IndexFault(f"{source} cannot be imported: {error}") from error


def _check(key: bytes) -> int:
    """A number that tells keys apart and the key not."""
    values = keyed([1], key)
    return int(values[0]) >> 1


def _copy(origin: Store, target: Writer, key: bytes, *, given: bytes) -> int:
    """Copy sessions, pieces and fingerprints, rekeyed with ``key``; keys mark what is ``given``."""
    # First of all, so that pieces and fingerprints are those of one moment.
    prints = living_prints(origin)
    sessions: dict[int, int] = {}
    pieces: dict[int, int] = {}
    for session in origin.own_sessions():
        if session.assistant == UNDECLARED:
            # What a person pasted may be anything, and nobody said that it is an assistant's.
            continue
        sessions[session.id] = target.save_session(
            session.name,
            session.assistant,
            session.format,
            parent=None,
            cwd=None,
            head=None,
            repository=None,
            time=session.started,
            key=given,
        )
    for piece in origin.own_pieces():
        if piece.session not in sessions:
            continue
        # Unkeyed it would tell whether the index holds a text that somebody has at hand.
        told = blake2b(piece.digest, key=key, digest_size=16).digest() if key else piece.digest
        number = target.add_piece(
            None,
            sessions[piece.session],
            call=None,
            kind=piece.kind,
            outcome=piece.outcome,
            model=piece.model,
            agent=None,
            time=piece.time,
            path="",
            position=0,
            digest=told,
            lines=_rekeyed(piece.lines, key),
            shapes=_rekeyed(piece.shapes, key),
            line_tokens=bytes(piece.line_tokens),
            codes=masked(piece.codes, key, told),
            word_codes=masked(piece.word_codes, key, told, words=True),
        )
        if number is not None:
            pieces[piece.id] = number
    numbers = np.fromiter(pieces, np.int64, len(pieces))
    renamed = np.fromiter(pieces.values(), np.int64, len(pieces))
    for hashes, owners, places in prints:
        rows = np.searchsorted(numbers, owners)
        rows[rows == len(numbers)] = 0
        kept = numbers[rows] == owners if len(numbers) else rows < 0
        if kept.any():
            values = np.asarray(keyed(hashes[kept], key), np.uint64)  # type: ignore[arg-type]
            target.add_prints(values, renamed[rows[kept]], places[kept])
    if key:
        target.save_check(_check(key))
    return len(pieces)


def _rekeyed(values: object, key: bytes) -> bytes:
    array = np.asarray(values, "<u8")
    return np.asarray(keyed(array, key), "<u8").tobytes()  # type: ignore[arg-type]
