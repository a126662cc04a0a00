"""Fingerprints of a text, and the ones worth keeping of it, with NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from . import bulk
from .bulk import I64, U64, Flags
from .bulk_streams import WORD, streams
from .joined import BETWEEN, Spans, lines_of, winnowed
from .prints import _IMPORTS, INFORMATIVE, Prints
from .tokens import (
    ABSTRACT_K,
    ABSTRACT_W,
    LINE_SALT,
    PARAMETER,
    RAW_K,
    RAW_W,
    SHAPE_SALT,
    WORD_K,
    WORD_SALT,
    WORD_W,
)


def take_bulk(text: bytes, *, abstract: bool = True, data: bool = False) -> Prints:
    """As ``prints.take``, with arrays for columns."""
    tokens = bulk.tokenise(text)
    lines = _Lines.of(text, tokens)
    code, prose = streams(text, tokens, lines.starts, lines.tokens)
    hashes, names = np.asarray(code.hashes, np.uint64), np.asarray(code.parameters, np.bool_)
    equal = bulk.twins(hashes, names)
    # The annotations of Prints promise sequences of int; arrays of NumPy are that in all we use.
    return Prints(
        tokens.starts,  # type: ignore[arg-type]
        tokens.ends,  # type: ignore[arg-type]
        tokens.hashes,  # type: ignore[arg-type]
        lines.starts,  # type: ignore[arg-type]
        lines.tokens,  # type: ignore[arg-type]
        lines.hashes,  # type: ignore[arg-type]
        _shapes(hashes, names, equal, np.asarray(code.lines)),  # type: ignore[arg-type]
        lines.weights,  # type: ignore[arg-type]
        code,
        bulk.grams(hashes),  # type: ignore[arg-type]
        bulk.abstract_grams(hashes, names, equal) if abstract else np.empty(0, np.uint64),  # type: ignore[arg-type]
        prose,
        bulk.grams(np.asarray(prose.hashes, np.uint64), WORD_K, WORD_SALT),  # type: ignore[arg-type]
        data,
    )


def keep_of(texts: Sequence[bytes]) -> tuple[U64, I64]:
    """The hashes that ``keep`` would keep of each text, with less work; for what was only read.

    Of few texts, one of ``joined.batches``. Each hash with the number of its text, in no order.
    """
    text = BETWEEN.join(texts)
    tokens = bulk.tokenise(text)
    lines = _Lines.of(text, tokens)
    code, prose = streams(text, tokens, lines.starts, lines.tokens)
    hashes, names = np.asarray(code.hashes, np.uint64), np.asarray(code.parameters, np.bool_)
    raw = bulk.grams(hashes)
    abstract = bulk.abstract_grams(hashes, names, bulk.twins(hashes, names))
    words = bulk.grams(np.asarray(prose.hashes, np.uint64), WORD_K, WORD_SALT)
    telling = np.flatnonzero(lines.weights >= INFORMATIVE)
    if len(texts) == 1:
        parts = [_chosen(raw, RAW_W)[0], _chosen(abstract, ABSTRACT_W)[0]]
        alone = np.concatenate((*parts, _chosen(words, WORD_W)[0], lines.hashes[telling]))
        return alone, np.zeros(len(alone), np.int64)
    spans = lines_of(texts, lines.starts)
    of_code, of_words = spans.within(np.asarray(code.lines)), spans.within(np.asarray(prose.lines))
    found, owners = [lines.hashes[telling]], [spans.owners(telling)]
    for grams, window, span in (
        (raw, RAW_W, of_code.grams(RAW_K)),
        (abstract, ABSTRACT_W, of_code.grams(ABSTRACT_K)),
        (words, WORD_W, of_words.grams(WORD_K)),
    ):
        places = winnowed(grams, window, span)
        found.append(grams[places])
        owners.append(span.owners(places))
    return np.concatenate(found), np.concatenate(owners)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The columns of lines, as in ``Prints``."""

    starts: I64
    tokens: I64
    hashes: U64
    weights: I64

    @classmethod
    def of(cls, text: bytes, tokens: bulk.BulkTokens) -> _Lines:
        data = np.frombuffer(text, np.uint8)
        breaks = np.flatnonzero(data == 0x0A) + 1
        if not len(text):
            starts = np.zeros(1, np.int64)
        elif len(breaks) and breaks[-1] == len(text):
            starts = np.concatenate(([0], breaks))
        else:
            starts = np.concatenate(([0], breaks, [len(text)]))
        places = np.searchsorted(tokens.starts, starts)
        first, last = places[:-1], places[1:]
        count = len(tokens.hashes)
        sizes = tokens.ends - tokens.starts
        words = np.where((sizes > 1) | WORD[data.take(tokens.starts)], sizes, 0)
        summed = np.zeros(count + 1, np.int64)
        np.cumsum(words, out=summed[1:])
        weights = summed[last] - summed[first]
        if count:
            heads = tokens.hashes.take(np.minimum(first, count - 1))
            weights[_imports().among(heads) & (first < last)] = 0
        hashes = _line_hashes(tokens.hashes, places, LINE_SALT)
        return cls(starts.astype(np.int64), places, hashes, weights)


def _shapes(values: U64, parameters: Flags, equal: bulk.Twins, places: I64) -> U64:
    """Hash each line with names by distance inside it."""
    lines = np.repeat(np.arange(len(places) - 1), np.diff(places))
    before, after = equal.names
    same = lines[before] == lines[after]
    distances = np.zeros(len(values), np.uint64)
    distances[after[same]] = (after - before)[same]
    named = (distances + np.uint64(1)) * np.uint64(PARAMETER)
    return _line_hashes(np.where(parameters, named, values), places, SHAPE_SALT)


def _line_hashes(values: U64, places: I64, salt: int) -> U64:
    """The polynomial of each line's tokens, from prefix sums; 0 for a line without any."""
    first, last = places[:-1], places[1:]
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
def _imports() -> bulk.Members:
    return bulk.Members.of(_IMPORTS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the index keeps of a text: parallel columns of hash and place, channel after channel."""

    hashes: U64
    places: npt.NDArray[np.uint32]
    """Number of the code's token, of the word, or of the line, all from 0."""
    raw: int
    """Rows of raw grams, which come first."""
    abstract: int
    words: int

    @property
    def line_from(self) -> int:
        """First row of the lines, which come last."""
        return self.raw + self.abstract + self.words

    def only(self, stay: Flags) -> Kept:
        """The rows that stay."""
        first, second, third = self.raw, self.raw + self.abstract, self.line_from
        counts = (stay[:first], stay[first:second], stay[second:third])
        return Kept(
            self.hashes[stay],
            self.places[stay],
            *(int(np.count_nonzero(part)) for part in counts),
        )


def keep(prints: Prints, spans: tuple[Spans, Spans, Spans] | None = None) -> Kept:
    """Winnow the gram channels, and take every informative line.

    Of joined texts ``spans`` gives the grams that belong to each: raw, abstract and of words.
    """
    channels = []
    for number, (column, window) in enumerate(
        ((prints.raw, RAW_W), (prints.abstract, ABSTRACT_W), (prints.words, WORD_W))
    ):
        grams = np.asarray(column, np.uint64)
        if spans is None:
            channels.append(_chosen(grams, window))
        else:
            places = winnowed(grams, window, spans[number])
            channels.append((grams[places], places))
    lines = np.flatnonzero(np.asarray(prints.weights) >= INFORMATIVE)
    channels.append((np.asarray(prints.lines, np.uint64)[lines], lines))
    return Kept(
        np.concatenate([hashes for hashes, _ in channels]),
        np.concatenate([places for _, places in channels]).astype(np.uint32),
        *(len(hashes) for hashes, _ in channels[:3]),
    )


def _chosen(grams: U64, window: int) -> tuple[U64, I64]:
    """Winnow one channel: the hashes and their places."""
    # A gram that is too plain must never be the minimum that hides a telling one.
    ranked = np.where(grams == 0, np.uint64(2**64 - 1), grams)
    places = bulk.winnow(ranked, window)
    places = places[grams[places] != 0]
    return grams[places], places
