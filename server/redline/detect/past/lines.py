"""The lines of a text with what is known of their past: how much of each stood, and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redline.git.ages import SECOND
from redline.matching.prints import Prints, take
from redline.matching.tokens import ABSTRACT_K, RAW_K

from .stood import I64, NEVER

First = Callable[[npt.NDArray[np.uint64]], I64]
"""Since when (ms) fingerprints stood; ``NEVER`` for what did not."""

INFORMATIVE = 8
"""Bytes of words that make a line worth its own hash, as in the index."""
_MOST_OF = 0.8
"""Share of a line's tokens that stood from which the line did: winnowing may miss its ends."""
_RUN = 5
"""Lines in a row, all of which stood, that were copied from there."""
_RUN_INFORMATIVE = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """Parallel columns, one row a line."""

    tokens: I64
    """Tokens of the line; 0 for a blank one."""
    informative: npt.NDArray[np.bool_]
    hash_first: I64
    """Since when the same line stood somewhere, in ms."""
    _spans: tuple[tuple[I64, I64], ...]
    """Tokens' times and lines' first tokens: as they are, and with names left out."""

    @classmethod
    def of(cls, text: bytes, first: First, *, code: bool) -> Lines:
        """Look the lines of ``text`` up; ``code`` with names left out as well."""
        prints = take(text, abstract=code, bulk=True)
        starts = np.asarray(prints.line_tokens, np.int64)
        weights = np.asarray(prints.weights, np.int64)
        informative = weights >= INFORMATIVE
        hashes = np.asarray(prints.lines, np.uint64)
        hash_first = np.full(len(hashes), NEVER, np.int64)
        hash_first[informative] = first(hashes[informative])
        return cls(np.diff(starts), informative, hash_first, tuple(_spans(prints, first)))

    def stood(self, moment: int, *, renamed: bool) -> tuple[npt.NDArray[np.bool_], I64, I64]:
        """Tell of each line whether it stood before ``moment`` (ms), since when, and how much.

        The last column counts the tokens that stood. ``renamed`` takes a line for the same
        whatever its names.
        """
        limit = moment - SECOND + 1
        since = np.where(self.hash_first < limit, self.hash_first, 0)
        covered = np.zeros(len(self.tokens), np.int64)
        for times, starts in self._spans if renamed else self._spans[:1]:
            old = times < limit
            counts = np.diff(np.concatenate(([0], np.cumsum(old)))[starts])
            covered = np.maximum(covered, counts)
            latest = _latest(np.where(old, times, 0), starts)
            enough = (counts >= self.tokens * _MOST_OF) & (counts > 0)
            since = np.where(enough & (since == 0), latest, since)
        stands = since > 0
        covered = np.where(stands, self.tokens, covered)
        return stands, since, covered

    def copied(self, stands: npt.NDArray[np.bool_], first: int, last: int) -> Iterator[range]:
        """The runs between two lines (from 0, inclusive) that all stood and tell enough.

        Blank and short lines between them are neutral.
        """
        start = None
        for line in range(first, last + 2):
            inside = line <= last and (stands[line] or not self.informative[line])
            if inside and start is None and stands[line]:
                start = line
            elif not inside and start is not None:
                end = line
                while not stands[end - 1]:
                    end -= 1
                run = range(start, end)
                telling = sum(bool(self.informative[row] and stands[row]) for row in run)
                if len(run) >= _RUN and telling >= _RUN_INFORMATIVE:
                    yield run
                start = None


def _spans(prints: Prints, first: First) -> Iterator[tuple[I64, I64]]:
    starts = np.asarray(prints.line_tokens, np.int64)
    count = len(prints.starts)
    raw = _token_times(first(np.asarray(prints.raw, np.uint64)), RAW_K, count)
    yield raw, starts
    abstract = _token_times(first(np.asarray(prints.abstract, np.uint64)), ABSTRACT_K, count)
    yield np.minimum(raw, abstract), starts


def _token_times(grams: I64, size: int, count: int) -> I64:
    """The earliest time of a gram of ``size`` tokens that lies over each of ``count`` tokens."""
    times = np.full(count, NEVER, np.int64)
    for shift in range(size):
        part = times[shift : shift + len(grams)]
        np.minimum(part, grams[: len(part)], out=part)
    return times


def _latest(times: I64, starts: I64) -> I64:
    """The largest value of each line's tokens; 0 for a line without any."""
    latest = np.zeros(len(starts) - 1, np.int64)
    filled = np.flatnonzero(np.diff(starts) > 0)
    if len(filled):
        latest[filled] = np.maximum.reduceat(times, starts[filled])[: len(filled)]
    return latest
