"""Align the tokens of two texts: equal ones, and names that stand in each other's place.

Passages that occur once in both texts are anchors, as in Bram Cohen's patience diff; what
lies between two anchors is aligned by ``difflib`` where that is little. The work grows with
the texts' length, not with its square.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from sys import intern

from ..matching.words import KEPT

# Scripts that put no blanks between words are aligned character by character.
_TOKEN = re.compile(r"[^\W\u2e80-\ud7af]+|\S")
_KEPT = frozenset(word.decode() for word in KEPT)

_LEVELS = ((False, 8), (True, 14), (False, 3))
"""Anchors, longest first: whether names are left out, and tokens in a row."""
_LEAST_EDGE = 8
"""Equal tokens from which two texts' beginnings or ends are taken for the same."""
_MOST_STEPS = 20_000_000
"""difflib's worst case: it may look at all pairs of equal tokens once for each token."""
_PLACES = 4
"""Uses of one passage in the shorter text that are looked at when the place is sought."""
_BUCKET = 16
"""Tokens by which two diagonals may differ and still be counted as one."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, in columns."""

    words: list[str]
    starts: list[int]
    """First code point of each."""

    def part(self, first: int, last: int) -> Tokens:
        """The tokens ``first`` to ``last``, exclusive."""
        return Tokens(self.words[first:last], self.starts[first:last])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tokens that stand in the same place, by their numbers from 0."""

    left: int
    right: int
    renamed: bool
    """They are two names for the same place; otherwise they are equal."""


def tokens_of(text: str) -> Tokens:
    """Take a text apart; white space is no token, every sign is one."""
    words: list[str] = []
    starts: list[int] = []
    for found in _TOKEN.finditer(text):
        words.append(intern(found[0]))
        starts.append(found.start())
    return Tokens(words, starts)


def locate(part: Sequence[str], whole: Sequence[str]) -> tuple[int, int]:
    """Return the stretch of ``whole`` (tokens, end exclusive) that ``part`` most resembles.

    It is wider than ``part`` by half on either side, for statements that were added.
    """
    slack = len(part) // 2 + 64
    if len(whole) <= len(part) + 2 * slack:
        return 0, len(whole)
    votes: Counter[int] = Counter()
    for named, size in ((True, 5), (False, 12)):
        keys = part if named else _shapes(part)
        others = whole if named else _shapes(whole)
        size = min(size, len(part))
        places: dict[tuple[str, ...], list[int]] = {}
        for place in range(len(keys) - size + 1):
            held = places.setdefault(tuple(keys[place : place + size]), [])
            if len(held) < _PLACES:
                held.append(place)
        for place in range(len(others) - size + 1):
            for at in places.get(tuple(others[place : place + size]), ()):
                votes[(place - at) // _BUCKET] += 1
        if votes.total() * 2 > len(part):
            break
    if not votes:
        return 0, min(len(whole), len(part) + 2 * slack)
    bucket = max(votes, key=lambda at: (votes[at] + votes[at + 1], -at))
    middle = (bucket + 1) * _BUCKET
    return max(0, middle - slack), min(len(whole), middle + len(part) + slack)


def align(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    """Yield the tokens that stand in the same place, in the order of both texts.

    Stretches too long and too uniform to be aligned within bounds stay without pairs.
    """
    shapes = _shapes(left), _shapes(right)
    runs: list[_Run] = []
    gaps = [_Gap(0, len(left), 0, len(right))]
    for blank, size in _LEVELS:
        keys = shapes if blank else (left, right)
        narrower: list[_Gap] = []
        for gap in gaps:
            found = _anchors(*keys, gap, size)
            runs += found
            narrower += gap.between(found)
        gaps = narrower
    for gap in gaps:
        runs += _aligned(left, right, *shapes, _trimmed(gap, len(left), len(right)))
    for run in sorted(runs):
        for step in range(run.size):
            one, other = left[run.left + step], right[run.right + step]
            if one == other:
                yield Pair(run.left + step, run.right + step, False)
            elif _is_name(one):
                yield Pair(run.left + step, run.right + step, True)


@dataclass(frozen=True, slots=True, order=True)
class _Run:
    """Tokens in a row that are alike."""

    left: int
    right: int
    size: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """What is not aligned yet: two ranges of tokens, ends exclusive."""

    left: int
    left_end: int
    right: int
    right_end: int

    def between(self, runs: Sequence[_Run]) -> Iterator[_Gap]:
        """Yield what ``runs``, in order, leave of the gap on both sides."""
        left, right = self.left, self.right
        for run in (*runs, _Run(self.left_end, self.right_end, 0)):
            if left < run.left and right < run.right:
                yield _Gap(left, run.left, right, run.right)
            left, right = run.left + run.size, run.right + run.size


def _anchors(left: Sequence[str], right: Sequence[str], gap: _Gap, size: int) -> list[_Run]:
    """Find runs that begin with a passage of ``size`` tokens that both sides have just once."""
    first = _once(left, gap.left, gap.left_end, size)
    second = _once(right, gap.right, gap.right_end, size)
    both = [(place, second[gram]) for gram, place in first.items() if gram in second]
    seeds = [(gap.left, gap.right), *_rising(sorted(both))]
    runs: list[_Run] = []
    low_left, low_right = gap.left, gap.right
    for place, other in seeds:
        if place < low_left or other < low_right:
            continue
        end, other_end = place, other
        while end < gap.left_end and other_end < gap.right_end and left[end] == right[other_end]:
            end, other_end = end + 1, other_end + 1
        while place > low_left and other > low_right and left[place - 1] == right[other - 1]:
            place, other = place - 1, other - 1
        # The first seed is the texts' common beginning, which may be none.
        if end - place >= min(size, _LEAST_EDGE):
            runs.append(_Run(place, other, end - place))
            low_left, low_right = end, other_end
    end, other_end = gap.left_end, gap.right_end
    while end > low_left and other_end > low_right and left[end - 1] == right[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    if gap.left_end - end >= _LEAST_EDGE:
        runs.append(_Run(end, other_end, gap.left_end - end))
    return runs


def _once(words: Sequence[str], first: int, last: int, size: int) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for place in range(first, last - size + 1):
        gram = tuple(words[place : place + size])
        places[gram] = -1 if gram in places else place
    return {gram: place for gram, place in places.items() if place >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of ``pairs``, sorted by their first, whose second rises too."""
    ends: list[int] = []
    chosen: list[int] = []
    before: list[int] = []
    for number, (_, value) in enumerate(pairs):
        place = bisect_left(ends, value)
        before.append(chosen[place - 1] if place else -1)
        ends[place : place + 1] = [value]
        chosen[place : place + 1] = [number]
    rising: list[tuple[int, int]] = []
    number = chosen[-1] if chosen else -1
    while number >= 0:
        rising.append(pairs[number])
        number = before[number]
    return rising[::-1]


def _trimmed(gap: _Gap, left_size: int, right_size: int) -> _Gap:
    """Leave out what lies far from the nearest anchor, where there is one on one side only."""
    reach = 2 * (gap.left_end - gap.left) + 8
    first, last = gap.right, gap.right_end
    open_before = gap.left == 0 and first == 0
    open_behind = gap.left_end == left_size and last == right_size
    if open_before and not open_behind:
        first = max(first, last - reach)
    elif open_behind and not open_before:
        last = min(last, first + reach)
    return _Gap(gap.left, gap.left_end, first, last)


def _aligned(
    left: Sequence[str],
    right: Sequence[str],
    left_shapes: Sequence[str],
    right_shapes: Sequence[str],
    gap: _Gap,
) -> Iterator[_Run]:
    ours = left_shapes[gap.left : gap.left_end]
    theirs = right_shapes[gap.right : gap.right_end]
    counts = Counter(ours)
    pairs = sum(counts[shape] for shape in theirs)
    if pairs * min(len(ours), len(theirs)) > _MOST_STEPS:
        return
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for block in matcher.get_matching_blocks():
        place, other = gap.left + block.a, gap.right + block.b
        # A lone bracket or another name says nothing of where it came from, unless it stands
        # beside what is aligned.
        if (
            block.size > 2
            or (block.a, block.b) == (0, 0)
            or (block.a + block.size, block.b + block.size) == (len(ours), len(theirs))
            or any(
                left[place + step] == right[other + step] and left[place + step][0].isalnum()
                for step in range(block.size)
            )
        ):
            yield _Run(place, other, block.size)


def _shapes(words: Sequence[str]) -> list[str]:
    return ["name" if _is_name(word) else word for word in words]


def _is_name(word: str) -> bool:
    return (word[0].isalpha() or word[0] == "_") and word not in _KEPT
