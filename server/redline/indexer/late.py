"""Subtract from stored pieces what is told only later to have stood before them.

A call may be read in one update and its result, with the file as it was, in the next.
The index must come to hold the same as if both had been read at once.
"""

from __future__ import annotations

import numpy as np

from redline.matching.seen import Seen
from redline.matching.writer import Writer


def subtract_late(store: Writer, session: int, call: str, earlier: Seen) -> None:
    """Take ``earlier`` out of what ``call`` produced. Inside a transaction."""
    pieces = {piece.id: piece for piece in store.pieces_of_call(session, call)}
    for piece in pieces.values():
        lines = np.array(piece.lines, "<u8")
        shapes = np.array(piece.shapes, "<u8")
        stood = earlier.holds(lines)
        if stood.any():
            lines[stood] = shapes[stood] = 0
            store.replace_lines(piece.id, lines.tobytes(), shapes.tobytes())
    batches = {row[0]: row[1:] for piece in pieces for row in store.prints_beside(piece)}
    for batch, (hash_bytes, piece_bytes, place_bytes) in batches.items():
        hashes = np.frombuffer(hash_bytes, "<u8")
        owners = np.frombuffer(piece_bytes, "<u4")
        drop = np.isin(owners, np.fromiter(pieces, np.uint32, len(pieces)))
        drop[drop] = earlier.holds(hashes[drop])
        if not drop.any():
            continue
        stay = ~drop
        store.replace_prints(
            batch,
            hashes[stay].tobytes(),
            owners[stay].tobytes(),
            np.frombuffer(place_bytes, "<u4")[stay].tobytes(),
        )
