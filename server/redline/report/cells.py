"""How many terminal cells text takes, and how a line is cut to a width."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from redline.report.safe import shown

TAB = 4
ELLIPSIS = "…"
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: ``text``, and the cell at which each code point begins.

    ``starts`` has one entry more than the line has code points: its last is the width.
    ``offsets`` tells likewise where the code point's display begins in ``text``.
    """

    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    @property
    def width(self) -> int:
        """Cells in all."""
        return self.starts[-1]


def lay_out(source: str) -> Line:
    """Lay ``source``, one line without its end, out in cells; tabs go to multiples of four.

    Widths follow UAX 11; marks, joined emoji and skin tones take no cell of their own.
    Terminals differ about sequences; a wrong guess only shifts the underline.
    """
    if source.isascii() and source.isprintable():
        steps = tuple(range(len(source) + 1))
        return Line(source, steps, steps)
    pieces: list[str] = []
    starts, offsets = [0], [0]
    cell = offset = 0
    previous = ""
    for char in source:
        if char == "\t":
            piece = " " * (TAB - cell % TAB)
            cell += len(piece)
        else:
            piece = shown(char)
            cell += len(piece) if piece != char else _advance(char, previous)
        offset += len(piece)
        pieces.append(piece)
        starts.append(cell)
        offsets.append(offset)
        previous = char
    return Line("".join(pieces), tuple(starts), tuple(offsets))


def width(text: str) -> int:
    """Return the cells that ``text`` takes."""
    return len(text) if text.isascii() and text.isprintable() else lay_out(text).width


def clip(line: Line, first: int, last: int, room: int) -> tuple[str, int, int]:
    """Cut ``line`` to ``room`` cells around the code points ``first`` to ``last`` (exclusive).

    Returns the text and the cells in it between which the marked part lies. Where not all
    of the part fits, its head is kept. At least one cell is always marked.
    """
    begin, end = line.starts[first], line.starts[last]
    if line.width <= room:
        return line.text, begin, max(end, begin + 1)
    left = 0
    if end > room - 1:
        # A fifth of the room tells what stands before the part, or all of it where that is less.
        target = max(0, begin - room // 5)
        while line.starts[left] < target:
            left += 1
    lead = ELLIPSIS if left else ""
    base = line.starts[left] - len(lead)
    right = left
    while right < len(line.starts) - 1 and line.starts[right + 1] - base <= room - 1:
        right += 1
    cut = right < len(line.starts) - 1
    text = lead + line.text[line.offsets[left] : line.offsets[right]] + (ELLIPSIS if cut else "")
    edge = line.starts[right] - base + (1 if cut else 0)
    start = min(begin - base, edge - 1)
    return text, start, max(min(end - base, edge), start + 1)


def _advance(char: str, previous: str) -> int:
    if char == _EMOJI_STYLE:
        # The selector turns a narrow sign into a wide emoji.
        return 1 if previous and unicodedata.east_asian_width(previous) not in "WF" else 0
    code = ord(char)
    if previous == _JOINER and _wide(char):
        return 0
    if (
        char == _JOINER
        or unicodedata.category(char) in ("Mn", "Me", "Cf")
        or 0x1F3FB <= code <= 0x1F3FF
        or 0x1160 <= code <= 0x11FF
    ):
        return 0
    return 2 if _wide(char) else 1


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
