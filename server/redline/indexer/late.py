"""Subtract from stored pieces what is told only later to have stood before them.

A call may be read in one update and its result, with the file as it was, in the next.
The index must come to hold the same as if both had been read at once.
"""

from __future__ import annotations

import numpy as np

from redline.matching.bulk import U64
from redline.matching.seen import U32, Seen
from redline.matching.store import PieceRow, Store


def subtract_late(store: Store, session: int, call: str, earlier: Seen) -> None:
    """Take ``earlier`` out of what ``call`` produced. Inside a transaction."""
    pieces = {piece.id: piece for piece in store.pieces_of_call(session, call)}
    batches = {row[0]: row[1:] for piece in pieces for row in store.prints_beside(piece)}
    for batch, (hash_bytes, piece_bytes, place_bytes) in batches.items():
        hashes = np.frombuffer(hash_bytes, "<u8")
        owners = np.frombuffer(piece_bytes, "<u4")
        places = np.frombuffer(place_bytes, "<u4")
        drop = np.isin(owners, np.fromiter(pieces, np.uint32, len(pieces)))
        drop[drop] = earlier.holds(hashes[drop])
        if not drop.any():
            continue
        for owner in np.unique(owners[drop]).tolist():
            own = drop & (owners == owner)
            _blank(store, pieces[owner], hashes[own], places[own])
        stay = ~drop
        store.replace_prints(
            batch, hashes[stay].tobytes(), owners[stay].tobytes(), places[stay].tobytes()
        )


def _blank(store: Store, piece: PieceRow, hashes: U64, places: U32) -> None:
    """Blank the lines of a piece that are among its dropped fingerprints."""
    lines = np.array(piece.lines, np.uint64)
    shapes = np.array(piece.shapes, np.uint64)
    # A batch does not say which rows are lines: those whose hash stands at their place.
    inside = places < len(lines)
    hashes, places = hashes[inside], places[inside]
    blank = places[lines[places] == hashes]
    lines[blank] = 0
    shapes[blank] = 0
    store.replace_lines(piece.id, lines.astype("<u8").tobytes(), shapes.astype("<u8").tobytes())
