"""Turn produced text into what the index keeps of it, less what was there before."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .bulk import U64, Flags
from .bulk_prints import Kept, keep, keep_of, take_bulk
from .common import common
from .seen import Seen
from .streams import KNOWN
from .tokens import ABSTRACT_K, RAW_K, WORD_K

_RUN = 5
"""Lines in a row, all seen before, that make the run somebody else's."""
_RUN_INFORMATIVE = 3
_BATCH = 192 * 1024
"""Bytes fingerprinted at once: the columns of so many stay in a core's own cache."""
_BETWEEN = b"\n\x00\n"
"""Keeps two texts apart that are fingerprinted together."""


@dataclass(slots=True)
class Piece:
    """The columns of one piece, before they are stored."""

    digest: bytes
    lines: U64
    """Hash of each line; 0 for one without tokens or seen before."""
    shapes: U64
    """Hash of each line but for its names; 0 as above."""
    line_tokens: npt.NDArray[np.uint32]
    """First token of each line in the code."""
    codes: bytes
    word_codes: bytes
    word_lines: npt.NDArray[np.uint32]
    """First word of each line in the prose, and one more row."""
    kept: Kept

    @property
    def empty(self) -> bool:
        """Nothing is left of it that could be found again."""
        return not len(self.kept.hashes) and not self.lines.any()


def make_piece(text: bytes, *, code: bool) -> Piece:
    """Fingerprint produced text; ``code`` takes the rename-invariant channel as well.

    What is common code is in no assistant's gift: it is left out from the start.
    """
    prints = take_bulk(text, abstract=code)
    piece = Piece(
        blake2b(np.asarray(prints.hashes, "<u8").tobytes(), digest_size=16).digest(),
        np.array(prints.lines, np.uint64),
        np.array(prints.shapes, np.uint64),
        np.asarray(prints.code.lines[:-1], np.uint32),
        prints.code.codes,
        prints.prose.codes,
        np.asarray(prints.prose.lines, np.uint32),
        keep(prints),
    )
    _drop(piece, common().holds(piece.kept.hashes))
    return piece


def read_hashes(texts: list[bytes]) -> U64:
    """Fingerprint texts that the assistant read, for ``Seen``."""
    parts: list[U64] = []
    batch: list[bytes] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > _BATCH:
            parts.append(keep_of(_BETWEEN.join(batch)))
            batch, size = [], 0
    parts.append(keep_of(_BETWEEN.join(batch)))
    return np.concatenate(parts)


def subtract(piece: Piece, seen: Seen) -> None:
    """Take out of ``piece`` the grams and lines seen before.

    Elsewhere no such line can be found again. For the file that the piece was written to, a
    line of its own is gone only with its run: a single line may be common, but five in a
    row, three of them telling, were copied.
    """
    known = seen.holds(piece.kept.hashes)
    _clear(piece, _copied_lines(piece, known, seen))
    _drop(piece, known)


def subtract_exactly(piece: Piece, seen: Seen) -> None:
    """As ``subtract``, for what stood in the same file: every telling line counts alone."""
    # Common lines are not kept, but they stood there all the same.
    _clear(piece, np.flatnonzero(seen.holds(piece.lines)).astype(np.uint32))
    _drop(piece, seen.holds(piece.kept.hashes))


def _copied_lines(piece: Piece, known: npt.NDArray[np.bool_], seen: Seen) -> npt.NDArray[np.uint32]:
    """Lines of the runs that were all seen before; lines that say nothing are neutral."""
    places = piece.kept.places[piece.kept.line_from :]
    told = known[piece.kept.line_from :]
    if np.count_nonzero(told) < _RUN_INFORMATIVE:
        return places[:0]
    fresh = np.flatnonzero(~told)
    edges = np.concatenate(([-1], fresh, [len(told)]))
    copied = []
    stood = seen.holds(piece.lines)
    for before, after in pairwise(edges.tolist()):
        run = places[before + 1 : after]
        if len(run) >= _RUN_INFORMATIVE and int(run[-1]) - int(run[0]) + 1 >= _RUN:
            first, last = int(run[0]), int(run[-1])
            # A common line beside the run, a ``return None``, came with it.
            while first > 0 and stood[first - 1]:
                first -= 1
            while last + 1 < len(stood) and stood[last + 1]:
                last += 1
            copied.append(np.arange(first, last + 1, dtype=np.uint32))
    return np.concatenate(copied) if copied else places[:0]


def _clear(piece: Piece, lines: npt.NDArray[np.uint32]) -> None:
    """Remove the hashes of lines; what stands on them tells nothing from now on."""
    if not len(lines):
        return
    piece.lines[lines] = 0
    piece.shapes[lines] = 0
    gone = np.zeros(len(piece.lines), np.bool_)
    gone[lines] = True
    for name, places in (
        ("codes", np.append(piece.line_tokens, np.uint32(len(piece.codes)))),
        ("word_codes", piece.word_lines),
    ):
        codes = np.frombuffer(getattr(piece, name), np.uint8).copy()
        codes[np.repeat(gone, np.diff(places))] |= KNOWN
        setattr(piece, name, codes.tobytes())


def _drop(piece: Piece, known: Flags) -> None:
    """Remove known grams; what only they cover tells nothing from now on."""
    if not known.any():
        return
    kept = piece.kept
    code = np.frombuffer(piece.codes, np.uint8).copy()
    first, second, third = kept.raw, kept.raw + kept.abstract, kept.line_from
    # A shape that was seen says nothing about names: what has names of its own stays telling.
    covered = _cover(kept.places[first:second][known[first:second]], ABSTRACT_K, len(code))
    covered &= ~_cover(kept.places[:first][~known[:first]], RAW_K, len(code))
    covered |= _cover(kept.places[:first][known[:first]], RAW_K, len(code))
    code[covered] |= KNOWN
    words = np.frombuffer(piece.word_codes, np.uint8).copy()
    covered = _cover(kept.places[second:third][known[second:third]], WORD_K, len(words))
    words[covered] |= KNOWN
    piece.codes, piece.word_codes = code.tobytes(), words.tobytes()
    piece.kept = kept.only(~known)


def _cover(places: npt.NDArray[np.uint32], size: int, count: int) -> Flags:
    """Which of ``count`` tokens lie in a gram that begins at one of ``places``."""
    change = np.zeros(count + size + 1, np.int32)
    np.add.at(change, places, 1)
    np.add.at(change, places + np.uint32(size), -1)
    inside: Flags = np.cumsum(change[:count]) > 0
    return inside
