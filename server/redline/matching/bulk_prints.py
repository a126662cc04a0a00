"""Fingerprints of a text, and the ones worth keeping of it, with NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from . import bulk
from .bulk import I64, U64
from .prints import _IMPORTS, Prints
from .tokens import ABSTRACT_W, LINE_SALT, PARAMETER, RAW_W, SHAPE_SALT

INFORMATIVE = 8
"""Bytes of words that make a line worth looking up."""


def take_bulk(text: bytes, *, abstract: bool = True) -> Prints:
    """As ``prints.take``, with arrays for columns."""
    tokens = bulk.tokenise(text)
    line_starts, line_tokens, lines, shapes, weights = _lines(text, tokens)
    # The annotations of Prints promise sequences of int; arrays of NumPy are that in all we use.
    return Prints(
        tokens.starts,  # type: ignore[arg-type]
        tokens.ends,  # type: ignore[arg-type]
        tokens.hashes,  # type: ignore[arg-type]
        tokens.parameters,  # type: ignore[arg-type]
        bulk.raw_grams(tokens.hashes),  # type: ignore[arg-type]
        bulk.abstract_grams(tokens) if abstract else np.empty(0, np.uint64),  # type: ignore[arg-type]
        line_starts,  # type: ignore[arg-type]
        line_tokens,  # type: ignore[arg-type]
        lines,  # type: ignore[arg-type]
        shapes,  # type: ignore[arg-type]
        weights,  # type: ignore[arg-type]
    )


def _lines(text: bytes, tokens: bulk.BulkTokens) -> tuple[I64, I64, U64, U64, I64]:
    data = np.frombuffer(text, np.uint8)
    breaks = np.flatnonzero(data == 0x0A) + 1
    if not len(text):
        line_starts = np.zeros(1, np.int64)
    elif len(breaks) and breaks[-1] == len(text):
        line_starts = np.concatenate(([0], breaks))
    else:
        line_starts = np.concatenate(([0], breaks, [len(text)]))
    line_tokens = np.searchsorted(tokens.starts, line_starts)
    first, last = line_tokens[:-1], line_tokens[1:]
    count = len(tokens.hashes)
    empty = first == last
    lines = _line_hashes(tokens.hashes, first, last, LINE_SALT)
    distances = np.zeros(count, np.int64)
    before, after = bulk.pairs(tokens)
    # A name's last use counts where it stands on the same line.
    same = np.searchsorted(line_tokens, before, "right") == np.searchsorted(
        line_tokens, after, "right"
    )
    distances[after[same]] = (after - before)[same]
    named = (distances.astype(np.uint64) + np.uint64(1)) * np.uint64(PARAMETER)
    shapes = _line_hashes(
        np.where(tokens.parameters, named, tokens.hashes), first, last, SHAPE_SALT
    )
    sizes = tokens.ends - tokens.starts
    words = np.where((sizes > 1) | _is_word(data.take(tokens.starts)), sizes, 0)
    summed = np.zeros(count + 1, np.int64)
    np.cumsum(words, out=summed[1:])
    weights = summed[last] - summed[first]
    if count:
        heads = tokens.hashes.take(np.minimum(first, count - 1))
        weights[bulk.members(heads, _import_hashes()) & ~empty] = 0
    return line_starts.astype(np.int64), line_tokens, lines, shapes, weights


def _line_hashes(values: U64, first: I64, last: I64, salt: int) -> U64:
    """The polynomial of each line's tokens, from prefix sums; 0 for a line without any."""
    count = len(values)
    powers, inverse = bulk.powers_for(count + 1)
    prefix = np.zeros(count + 1, np.uint64)
    np.cumsum(values * inverse[:count], out=prefix[1:])
    # Token p weighs BASE^(last-1-p).
    hashes = (prefix[last] - prefix[first]) * powers[np.maximum(last - 1, 0)]
    hashes = bulk.finish(hashes, salt)
    hashes[first == last] = 0
    return hashes


@cache
def _import_hashes() -> U64:
    return np.array(sorted(_IMPORTS), np.uint64)


_WORD_BYTES = np.array(
    [byte >= 0x80 or chr(byte).isalnum() or byte in b"_$" for byte in range(256)], np.bool_
)


def _is_word(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return _WORD_BYTES[data]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the index keeps of a text: parallel columns of hash and place."""

    hashes: U64
    places: npt.NDArray[np.uint32]
    """Token number for grams, line number for lines, both from 0."""


def keep(prints: Prints) -> Kept:
    """Winnow both gram channels, and take every informative line."""
    raw = np.asarray(prints.raw, np.uint64)
    chosen = bulk.winnow(raw, RAW_W)
    parts = [raw[chosen]]
    places = [chosen]
    abstract = np.asarray(prints.abstract, np.uint64)
    if len(abstract):
        # A gram that is too plain must never be the minimum that hides a telling one.
        ranked = np.where(abstract == 0, np.uint64(2**64 - 1), abstract)
        chosen = bulk.winnow(ranked, ABSTRACT_W)
        chosen = chosen[abstract[chosen] != 0]
        parts.append(abstract[chosen])
        places.append(chosen)
    lines = np.flatnonzero(np.asarray(prints.weights) >= INFORMATIVE)
    parts.append(np.asarray(prints.lines, np.uint64)[lines])
    places.append(lines)
    return Kept(np.concatenate(parts), np.concatenate(places).astype(np.uint32))
