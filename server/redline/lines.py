"""Bytes to lines and columns, for people."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from .model import Position


class LineIndex:
    """Where each line of a text begins; lines are split at LF, as git and editors count them."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self.starts = [0]
        place = text.find(b"\n")
        while place >= 0:
            self.starts.append(place + 1)
            place = text.find(b"\n", place + 1)

    def line(self, offset: int) -> int:
        """The line, from 0, that holds byte ``offset``."""
        return bisect_right(self.starts, offset) - 1

    def start(self, line: int) -> int:
        """First byte of a line, from 0; the text's length beyond the last."""
        return self.starts[line] if line < len(self.starts) else len(self._text)

    def position(self, offset: int) -> Position:
        """Line and column from 1; bytes that are no UTF-8 count one column each."""
        line = self.line(offset)
        head = self._text[self.starts[line] : offset]
        return Position(line + 1, len(head.decode("utf-8", "surrogateescape")) + 1)


def common_ends(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """How many lines two texts begin with in common, and with how many others they end."""
    head = 0
    limit = min(len(before), len(after))
    while head < limit and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < limit - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail
