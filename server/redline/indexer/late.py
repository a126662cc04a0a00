"""Subtract from stored pieces what is told only later to have stood before them.

A call may be read in one update and its result, with the file as it was, in the next.
The index must come to hold the same as if both had been read at once.
"""

from __future__ import annotations

import numpy as np

from redline.matching.lookup import prints_of
from redline.matching.seen import Seen
from redline.matching.streams import READ
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
            codes = np.frombuffer(piece.codes, np.uint8).copy()
            places = np.append(np.asarray(piece.line_tokens), np.uint32(len(codes)))
            codes[np.repeat(stood, np.diff(places))] |= READ
            store.replace_lines(piece.id, lines.tobytes(), shapes.tobytes(), codes.tobytes())
    hashes, owners, spots = prints_of(store, pieces)
    stood = earlier.holds(hashes)
    if stood.any():
        # A run never changes: these pieces die in it, and what is left of them is written anew.
        changed = np.unique(owners[stood])
        stay = ~stood & np.isin(owners, changed)
        store.bury(changed.tolist())
        store.add_prints(hashes[stay], owners[stay], spots[stay])
