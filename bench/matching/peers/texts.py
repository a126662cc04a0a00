"""Files of a folder, and lines of an offset."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from pathlib import Path


def files(folder: Path) -> dict[str, Path]:
    """Every file below ``folder`` by its relative path with ``/``, in the order of the paths."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Lines:
    """Where the lines of a text begin; one look-up is a bisection."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        lengths = (len(line) + 1 for line in text.split("\n"))
        self._starts = [0, *accumulate(lengths)]

    def of(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last line, from 0, of the characters ``start`` to ``end`` (exclusive).

        White space at both ends does not count: a slice that begins with a line feed does not
        lie on the line before. ``None`` where nothing is left.
        """
        covered = self._text[start:end]
        start += len(covered) - len(covered.lstrip())
        end = start + len(covered.strip())
        if start >= end:
            return None
        return self._line(start), self._line(end - 1)

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1
