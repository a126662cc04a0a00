"""Fingerprint many short texts in one call, each exactly as if it were alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from . import bulk
from .bulk import I64, U64
from .streams import LONGEST_COMMENTED

_BATCH = 192 * 1024
"""Bytes fingerprinted at once: the columns of so many stay in a core's own cache."""
BETWEEN = b"\n\x00\n"
"""Ends a line and a paragraph, and is a token: no line and no run of code is the same across it."""
_LAST = np.uint64(2**64 - 1)
"""Ranks a gram behind all others."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Where each of several joined texts lies in a column, a row a text."""

    first: I64
    """Ascending."""
    last: I64
    """One beyond."""

    def within(self, places: I64) -> Spans:
        """The spans in another column, in which each row of this one begins at ``places``."""
        return Spans(places[self.first], places[self.last])

    def grams(self, k: int) -> Spans:
        """The spans of the grams of ``k`` tokens that lie inside one text."""
        return Spans(self.first, np.maximum(self.last - (k - 1), self.first))

    def owners(self, rows: I64) -> I64:
        """The text in which each row lies that lies in any."""
        owners: I64 = np.searchsorted(self.first, rows, "right") - 1
        return owners


def batches(texts: Sequence[bytes]) -> Iterator[slice]:
    """Cut a list of texts into parts to be joined."""
    begin = size = 0
    for number, text in enumerate(texts):
        if size and size + len(text) > _BATCH:
            yield slice(begin, number)
            begin, size = number, 0
        size += len(text) + len(BETWEEN)
        # One byte longer, with the end that joining gives it, it would be too long for a comment.
        if len(text) - text.rfind(b"\n") - 1 == LONGEST_COMMENTED:
            yield slice(begin, number + 1)
            begin, size = number + 1, 0
    if begin < len(texts):
        yield slice(begin, len(texts))


def lines_of(texts: Sequence[bytes], line_starts: I64) -> Spans:
    """The spans of lines in ``BETWEEN.join(texts)``, whose lines begin at ``line_starts``."""
    sizes = np.array([len(text) + len(BETWEEN) for text in texts], np.int64)
    lines = [text.count(b"\n") + (text[-1:] not in (b"", b"\n")) for text in texts]
    first = np.searchsorted(line_starts, np.cumsum(sizes) - sizes)
    return Spans(first, first + np.array(lines, np.int64))


def winnowed(grams: U64, window: int, spans: Spans) -> I64:
    """The places of the grams that winnowing each span alone would keep; 0 is never kept.

    Between two spans lie at least ``window - 1`` grams that belong to none.
    """
    counts = spans.last - spans.first
    first, counts = spans.first[counts > 0], counts[counts > 0]
    if not len(first):
        return first
    ranked = np.full(len(grams) + window - 1, _LAST)
    np.copyto(ranked[: len(grams)], grams, where=grams != 0)
    for offset in range(1, window):
        # A text with fewer grams than a window is a window, which must not look beyond it.
        ranked[first[counts <= offset] + offset] = _LAST
    begins = np.zeros(len(grams) + 1, np.int8)
    begins[first] = 1
    begins[first + np.maximum(counts - window, 0) + 1] = -1
    inside = np.cumsum(begins[:-1], dtype=np.int8).view(np.bool_)
    places = bulk.once_each(bulk.minima(ranked, window)[inside])
    kept: I64 = places[ranked[places] != _LAST]
    return kept
