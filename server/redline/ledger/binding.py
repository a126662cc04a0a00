"""Bind a statement to a text by its tokens, and find that text again wherever it moved.

The hash ``tok1:`` is the 64-bit polynomial of ``matching.tokens.grams`` over all tokens of the
text (16 hex digits), by which every place of a file is compared at once, and the SHA-256 of the
tokens joined by spaces (64), which no two texts share. White space, quotes, commas, semicolons and
backslashes are no tokens; comments are made of tokens like everything else.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from redline.matching import tokens as plain
from redline.model import Span

if TYPE_CHECKING:
    from redline.matching.bulk import U64

_SALT = 0x44
"""Tells these values from the grams of the index."""
_FORM = re.compile("tok1:([0-9a-f]{16})([0-9a-f]{64})")
_BULK_FROM = 1 << 16
"""Bytes to go over from which arrays pay for the import of NumPy."""
_MOST_FALSE = 16
"""Places with an equal polynomial and other tokens after which a text is given up: one is chance
of 1 in 2^64, sixteen are somebody's work."""


def is_hash(text: str) -> bool:
    """Tell whether a text has the form of such a hash."""
    return _FORM.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Bound:
    """A text by its tokens."""

    hash: str
    tokens: int


class Words:
    """The tokens of one text; sought and found in it."""

    def __init__(self, text: bytes, sought: int = 1) -> None:
        self.text = text
        self._starts: Sequence[int]
        self._ends: Sequence[int]
        self._places: Callable[[int, int], Iterable[int]]
        # ``sought`` texts each cost a pass over the tokens.
        if len(text) * sought >= _BULK_FROM:
            from redline.matching import bulk

            many = bulk.tokenise(text)
            self._starts, self._ends = many.starts.tolist(), many.ends.tolist()
            self._places = partial(_places_in_many, many.hashes)
        else:
            few = plain.tokenise(text)
            self._starts, self._ends = few.starts, few.ends
            self._places = partial(_places_in_few, few.hashes)

    def are_in(self, start: int, end: int) -> bool:
        """Tell whether a token begins between two bytes."""
        at = bisect_left(self._starts, start)
        return at < len(self._starts) and self._starts[at] < end

    def bound(self, span: Span) -> Bound:
        """Hash the tokens that lie wholly in ``span``; raises ``ValueError`` where none does."""
        first = bisect_left(self._starts, span.start)
        last = bisect_left(self._ends, span.end + 1)
        if first >= last:
            raise ValueError("there is no text to speak of")
        part = self.text[self._starts[first] : self._ends[last - 1]]
        # Taken apart from its surroundings: bytes are tokens of themselves or word bytes, so the
        # same tokens come out wherever it lies.
        hashes = plain.tokenise(part).hashes
        value = plain.grams(hashes, len(hashes), _SALT)[0]
        return Bound(f"tok1:{value:016x}{self._sha256(first, last)}", last - first)

    def find(self, bound: Bound) -> list[Span]:
        """Where the text stands, by place, none inside another; whole lines where it has them."""
        matched = _FORM.fullmatch(bound.hash)
        if matched is None or not 0 < bound.tokens <= len(self._starts):
            return []
        found: list[Span] = []
        behind = false = 0
        for first in self._places(int(matched[1], 16), bound.tokens):
            if first < behind:
                continue
            if self._sha256(first, first + bound.tokens) == matched[2]:
                behind = first + bound.tokens
                found.append(self._lines(first, behind))
            elif (false := false + 1) == _MOST_FALSE:
                break
        return found

    def _sha256(self, first: int, last: int) -> str:
        pairs = zip(self._starts[first:last], self._ends[first:last], strict=True)
        return hashlib.sha256(b" ".join(self.text[a:b] for a, b in pairs)).hexdigest()

    def _lines(self, first: int, last: int) -> Span:
        """The bytes of some tokens, with the rest of their first and last line if it holds none."""
        start, end = self._starts[first], self._ends[last - 1]
        head = self.text.rfind(b"\n", 0, start) + 1
        if not first or self._ends[first - 1] <= head:
            start = head
        following = self._starts[last] if last < len(self._starts) else len(self.text)
        stop = self.text.find(b"\n", end) + 1 or len(self.text)
        if stop <= following:
            end = stop
        return Span(start, end)


def _places_in_few(hashes: Sequence[int], value: int, count: int) -> Iterable[int]:
    return (at for at, gram in enumerate(plain.grams(hashes, count, _SALT)) if gram == value)


def _places_in_many(hashes: U64, value: int, count: int) -> Iterable[int]:
    import numpy as np

    from redline.matching import bulk

    found: list[int] = np.flatnonzero(bulk.grams(hashes, count, _SALT) == np.uint64(value)).tolist()
    return found
