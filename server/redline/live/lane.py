"""Stretches of a text in order, moved by an edit at the cost of those near it."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from redline.live.places import Edit, Place

_FULL: Final = 96
"""Items of a chunk; about the root of some thousands, so that chunks and items cost the same."""


class Item:
    """Something that lies in a text: places that rise, the first and the last are its ends."""

    __slots__ = ("_shift", "places")

    def __init__(self, places: list[tuple[int, int]]) -> None:
        self.places = places
        """Line and column of each, from 0; true only while the item lies in no lane."""
        self._shift = 0


I = TypeVar("I", bound=Item)  # noqa: E741 - the one letter that an item has


class _Chunk(Generic[I]):
    __slots__ = ("items", "reach", "shift")

    def __init__(self, items: list[I], shift: int) -> None:
        self.items = items
        self.shift = shift
        """Lines by which all items have moved since they were put here."""
        self.reach = (0, 0)
        self.measure()

    def measure(self) -> None:
        """Note the farthest end, before ``shift``."""
        self.reach = max(_moved(item.places[-1], item._shift) for item in self.items)


class Lane(Generic[I]):
    """Items by where they begin; they may overlap.

    Lists of a bounded length, each with the number of lines that all its items have moved: what
    lies lines behind an edit costs one addition for a whole list.
    """

    def __init__(self) -> None:
        self._chunks: list[_Chunk[I]] = []

    def items(self) -> list[I]:
        """All items in order, with their present places."""
        for chunk in self._chunks:
            for item in chunk.items:
                _settle(item, chunk.shift)
            chunk.shift = 0
            chunk.measure()
        return [item for chunk in self._chunks for item in chunk.items]

    def clear(self) -> None:
        """Let go of all items."""
        self._chunks.clear()

    def add(self, item: I) -> None:
        """Put an item in, behind those that begin at the same place."""
        row = self._row(item.places[0])
        if row < 0:
            self._chunks.insert(0, _Chunk([item], 0))
            return
        chunk = self._chunks[row]
        item._shift = -chunk.shift
        start = _moved(item.places[0], item._shift)
        low, high = 0, len(chunk.items)
        while low < high:
            middle = (low + high) // 2
            there = chunk.items[middle]
            if start < _moved(there.places[0], there._shift):
                high = middle
            else:
                low = middle + 1
        chunk.items.insert(low, item)
        chunk.reach = max(chunk.reach, _moved(item.places[-1], item._shift))
        if len(chunk.items) > _FULL:
            half = _FULL // 2
            self._chunks.insert(row + 1, _Chunk(chunk.items[half:], chunk.shift))
            del chunk.items[half:]
            chunk.measure()

    def take(self, edit: Edit) -> list[I]:
        """Take out what touches the removed text, ends included; move what lies behind it."""
        start, end = _pair(edit.start), _pair(edit.end)
        lines = edit.new_end.line - edit.end.line
        columns = edit.new_end.column - edit.end.column
        taken: list[I] = []
        emptied = False
        for chunk in self._chunks:
            first = chunk.items[0]
            begins = _moved(first.places[0], first._shift + chunk.shift)
            if begins > end:
                if begins[0] == end[0] and (lines or columns):
                    _push(chunk.items, end[0] - chunk.shift, 0, columns)
                    chunk.measure()
                chunk.shift += lines
                continue
            if _moved(chunk.reach, chunk.shift) < start:
                continue
            kept: list[I] = []
            behind: list[I] = []
            for item in chunk.items:
                shift = item._shift + chunk.shift
                if _moved(item.places[0], shift) > end:
                    behind.append(item)
                elif _moved(item.places[-1], shift) < start:
                    kept.append(item)
                else:
                    _settle(item, chunk.shift)
                    taken.append(item)
            if lines or columns:
                _push(behind, end[0] - chunk.shift, lines, columns)
            chunk.items = kept + behind
            if chunk.items:
                chunk.measure()
            else:
                emptied = True
        if emptied:
            self._chunks = [chunk for chunk in self._chunks if chunk.items]
        return taken

    def _row(self, start: tuple[int, int]) -> int:
        """The last chunk that begins at or before ``start``; -1 if none does, 0 if that is it."""
        low, high = 0, len(self._chunks)
        while low < high:
            middle = (low + high) // 2
            chunk = self._chunks[middle]
            first = chunk.items[0]
            if start < _moved(first.places[0], first._shift + chunk.shift):
                high = middle
            else:
                low = middle + 1
        return low - 1 if low else (0 if self._chunks else -1)


def _push(items: list[I], line: int, lines: int, columns: int) -> None:
    """Move items by ``lines``, and their places on ``line`` (where they were) by ``columns``."""
    for item in items:
        here = line - item._shift
        if columns and item.places[0][0] == here:
            item.places = [
                (row, column + columns) if row == here else (row, column)
                for row, column in item.places
            ]
        item._shift += lines


def _settle(item: Item, shift: int) -> None:
    """Make an item's places true."""
    shift += item._shift
    if shift:
        item.places = [(line + shift, column) for line, column in item.places]
    item._shift = 0


def _moved(place: tuple[int, int], lines: int) -> tuple[int, int]:
    return place[0] + lines, place[1]


def _pair(place: Place) -> tuple[int, int]:
    return place.line, place.column
