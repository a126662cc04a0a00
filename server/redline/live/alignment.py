"""What two texts have in common but for white space."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redline.live.glyphs import Glyphs, squeeze
from redline.live.places import Place
from redline.live.text import common_prefix

_WORD = re.compile(r"\w+")
LARGEST_HOLE = 200_000
"""Glyphs that are compared word by word."""
_LARGEST_KEPT = 100_000
_LEAST_ANCHOR = 3
"""Glyphs of a line that two texts may be aligned by; a brace alone aligns anything."""


@dataclass(frozen=True, slots=True)
class Block:
    """``size`` equal glyphs: from ``old`` on in one text, from ``new`` on in the other."""

    old: int
    new: int
    size: int


@dataclass(frozen=True, slots=True)
class Hole:
    """Glyphs that are in one text only, and those of the other in their stead; ends exclusive."""

    first: int
    last: int
    new_first: int
    new_last: int


def align(old: Glyphs, new: Glyphs) -> list[Block]:
    """Pair the glyphs that an edit has left standing, in order, each with its new place.

    What both texts begin and end with is paired; between, of the lines that both have equally
    often the longest sequence that is in order in both ("patience"), and again what the
    stretches between them begin and end with. What is left is paired by its words in the same
    way, if that pairs half of them: a formatter leaves more than that, somebody who writes anew
    less. Linear in the texts but for sorting; equal texts give one block.
    """
    if max(len(old.text), len(new.text)) > _LARGEST_KEPT:
        return _align(old, new)
    # Several trackers follow the same edit.
    return list(_aligned(old.text, new.text))


@lru_cache(maxsize=16)
def _aligned(old: str, new: str) -> tuple[Block, ...]:
    nowhere = Place(0, 0)
    return tuple(_align(Glyphs(old, nowhere), Glyphs(new, nowhere)))


def _align(old: Glyphs, new: Glyphs) -> list[Block]:
    left, right = old.squeezed, new.squeezed
    if left == right:
        return [Block(0, 0, len(left))] if left else []
    blocks = _between(left, right, Hole(0, len(left), 0, len(right)), _line_anchors(old, new))
    for hole in holes(blocks, len(left), len(right)):
        size = max(hole.last - hole.first, hole.new_last - hole.new_first)
        if hole.first == hole.last or hole.new_first == hole.new_last or size > LARGEST_HOLE:
            continue
        finer = _between(left, right, hole, _word_anchors(left, right, hole))
        paired = sum(_letters(left[block.old : block.old + block.size]) for block in finer)
        there = right[hole.new_first : hole.new_last]
        if 2 * paired >= max(_letters(left[hole.first : hole.last]), _letters(there)):
            blocks += finer
    return _joined(sorted(blocks, key=lambda block: block.old))


def holes(blocks: list[Block], old: int, new: int) -> list[Hole]:
    """What lies before, between and behind blocks of texts of ``old`` and ``new`` glyphs.

    One more than blocks; the first and the last may be empty.
    """
    found: list[Hole] = []
    at_old = at_new = 0
    for block in (*blocks, Block(old, new, 0)):
        found.append(Hole(at_old, block.old, at_new, block.new))
        at_old, at_new = block.old + block.size, block.new + block.size
    return found


def _between(left: str, right: str, hole: Hole, anchors: list[Block]) -> list[Block]:
    """Blocks within a hole: the anchors, and what stands beside them in both texts."""
    blocks: list[Block] = []
    at_old, at_new = hole.first, hole.new_first
    for anchor in (*anchors, Block(hole.last, hole.new_last, 0)):
        if anchor.old < at_old or anchor.new < at_new:
            continue
        one, other = left[at_old : anchor.old], right[at_new : anchor.new]
        head = common_prefix(one, other)
        room = min(len(one), len(other)) - head
        tail = common_prefix(one[len(one) - room :][::-1], other[len(other) - room :][::-1])
        blocks.append(Block(at_old, at_new, head))
        blocks.append(Block(anchor.old - tail, anchor.new - tail, tail))
        blocks.append(anchor)
        at_old, at_new = anchor.old + anchor.size, anchor.new + anchor.size
    return _joined(blocks)


def _line_anchors(old: Glyphs, new: Glyphs) -> list[Block]:
    if len(old.lines) == 1 or len(new.lines) == 1:
        return []
    return _anchors(list(_lines(old)), list(_lines(new)))


def _word_anchors(left: str, right: str, hole: Hole) -> list[Block]:
    ours = list(_words(left, hole.first, hole.last))
    theirs = list(_words(right, hole.new_first, hole.new_last))
    return _anchors(ours, theirs)


def _anchors(ours: list[tuple[str, int]], theirs: list[tuple[str, int]]) -> list[Block]:
    """Pair units that both have equally often, the first with the first and so on."""
    old, new = _places(ours), _places(theirs)
    pairs = [
        (at, there, len(unit))
        for unit, places in old.items()
        if len(places) == len(new.get(unit, ()))
        for at, there in zip(places, new[unit], strict=True)
    ]
    return [Block(*pair) for pair in _rising(sorted(pairs))]


def _places(units: list[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for unit, at in units:
        found[unit].append(at)
    return found


def _lines(glyphs: Glyphs) -> Iterator[tuple[str, int]]:
    at = 0
    for line in map(squeeze, glyphs.lines):
        if len(line) >= _LEAST_ANCHOR:
            yield line, at
        at += len(line)


def _words(squeezed: str, first: int, last: int) -> Iterator[tuple[str, int]]:
    for match in _WORD.finditer(squeezed, first, last):
        yield match.group(), match.start()


def _letters(squeezed: str) -> int:
    return sum(map(len, _WORD.findall(squeezed)))


def _rising(pairs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The longest subsequence of pairs, sorted by the first number, whose second number rises."""
    tops: list[int] = []
    chosen: list[int] = []
    before: list[int] = []
    for row, (_, there, _) in enumerate(pairs):
        pile = bisect_left(tops, there)
        before.append(chosen[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [there]
        chosen[pile : pile + 1] = [row]
    found: list[tuple[int, int, int]] = []
    row = chosen[-1] if chosen else -1
    while row >= 0:
        found.append(pairs[row])
        row = before[row]
    return found[::-1]


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if not block.size:
            continue
        last = joined[-1] if joined else None
        if last and last.old + last.size == block.old and last.new + last.size == block.new:
            joined[-1] = Block(last.old, last.new, last.size + block.size)
        else:
            joined.append(block)
    return joined
