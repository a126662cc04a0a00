"""The lines of a text with what is known of their past: how much of each stood, and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redline.matching.prints import INFORMATIVE, Prints
from redline.matching.tokens import ABSTRACT_K, RAW_K, WORD_K

from .stood import I64, NEVER

First = Callable[[npt.NDArray[np.uint64]], I64]
"""Since when (ms) fingerprints stood; ``NEVER`` for what did not."""

_MOST_OF = 0.8
"""Share of a line's tokens that stood from which the line did: winnowing may miss its ends."""
COPIED = (5, 3)
"""Lines in a row, all of which stood, that were copied from there; and how many of them tell."""
COPIED_SURELY = (8, 5)
"""The same where a record names the very lines: a few that everybody here writes are no copy."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Parallel columns, one row a line."""

    tokens: I64
    """Tokens of the line that grams can lie over; 0 for a blank one."""
    informative: npt.NDArray[np.bool_]
    hash_first: I64
    """Since when the same line stood somewhere, in ms."""
    _starts: I64
    """First token of each line, and one more row: the number of tokens."""
    _plain: I64
    """Since when each token stood, as it is; ``NEVER`` for those that no gram can lie over."""
    _renamed: I64
    """And with names left out."""

    @classmethod
    def of(cls, prints: Prints, first: First) -> Lines:
        """Look the lines of a text up at one moment."""
        starts = np.asarray(prints.line_tokens, np.int64)
        informative = np.asarray(prints.weights, np.int64) >= INFORMATIVE
        hashes = np.asarray(prints.lines, np.uint64)
        hash_first = np.full(len(hashes), NEVER, np.int64)
        hash_first[informative] = first(hashes[informative])
        plain = np.full(len(prints.starts), NEVER, np.int64)
        renamed = plain.copy()
        told = np.zeros(len(plain), np.bool_)
        for grams, size, stream, times in (
            (prints.raw, RAW_K, prints.code, plain),
            (prints.words, WORD_K, prints.prose, plain),
            (prints.abstract, ABSTRACT_K, prints.code, renamed),
        ):
            rows = np.asarray(stream.rows, np.int64)
            found = _token_times(first(np.asarray(grams, np.uint64)), size, len(rows))
            times[rows] = np.minimum(times[rows], found)
            told[rows] = True
        renamed = np.minimum(plain, renamed)
        return cls(_sums(told, starts), informative, hash_first, starts, plain, renamed)

    def stood(self, *, renamed: bool) -> tuple[npt.NDArray[np.bool_], I64, I64]:
        """Tell of each line whether it stood, since when (ms), and how much of it.

        The second column is 0 where nothing of a line stood; the last one counts the tokens that
        did. ``renamed`` takes a line for the same whatever its names.
        """
        times = self._renamed if renamed else self._plain
        old = times < NEVER
        covered = _sums(old, self._starts)
        same = self.hash_first < NEVER
        stands = same | ((covered >= self.tokens * _MOST_OF) & (covered > 0))
        since = _latest(np.where(old, times, 0), self._starts)
        since = np.where(same, self.hash_first, since)
        return stands, since, np.where(stands, self.tokens, covered)

    def copied(
        self, stands: npt.NDArray[np.bool_], first: int, last: int, least: tuple[int, int] = COPIED
    ) -> Iterator[range]:
        """The runs between two lines (from 0, inclusive) that all stood and are long enough.

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
                if len(run) >= least[0] and telling >= least[1]:
                    yield run
                start = None


def _token_times(grams: I64, size: int, count: int) -> I64:
    """The earliest time of a gram of ``size`` tokens that lies over each of ``count`` tokens."""
    times = np.full(count, NEVER, np.int64)
    for shift in range(size):
        part = times[shift : shift + len(grams)]
        np.minimum(part, grams[: len(part)], out=part)
    return times


def _sums(told: npt.NDArray[np.bool_], starts: I64) -> I64:
    """How many of each line's tokens are told."""
    sums: I64 = np.diff(np.concatenate(([0], np.cumsum(told)))[starts])
    return sums


def _latest(times: I64, starts: I64) -> I64:
    """The largest value of each line's tokens; 0 for a line without any."""
    latest = np.zeros(len(starts) - 1, np.int64)
    filled = np.flatnonzero(np.diff(starts) > 0)
    if len(filled):
        latest[filled] = np.maximum.reduceat(times, starts[filled])[: len(filled)]
    return latest
