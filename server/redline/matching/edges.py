"""Where a region of code begins and ends: drawn in where it reaches too far, grown where not."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from .prints import INFORMATIVE, Prints
from .regions import LONG_LINE, Young, beside, line_of, same_line
from .schema import PieceRow


@dataclass(frozen=True, slots=True)
class Edges:
    """The first and the last token of a chain, in the text's code and in the piece's."""

    head: int
    head_place: int
    tail: int
    """The last one itself."""
    tail_place: int


def own_lines(
    prints: Prints, piece: PieceRow, edges: Edges, first: int, last: int, *, exact: bool
) -> tuple[int, int]:
    """Leave out edge lines that a gram merely reaches over.

    These are lines that the assistant had read; where the text is the same (``exact``), also
    short ones that differ: another ``return x`` is alike but for the name. Beyond a blank line
    any that differs is another function's.
    """
    line = bisect_right(piece.line_tokens, edges.tail_place) - 1
    while first < last and (
        _foreign(prints, piece, last, line, exact=exact)
        or (exact and not prints.lines[last - 1] and not same_line(prints, piece, last, line, None))
    ):
        last, line = last - 1, line - 1
    line = bisect_right(piece.line_tokens, edges.head_place) - 1
    while first < last and (
        _foreign(prints, piece, first, line, exact=exact)
        or (
            exact
            and not prints.lines[first + 1]
            and not same_line(prints, piece, first, line, None)
        )
    ):
        first, line = first + 1, line + 1
    return first, last


def _foreign(prints: Prints, piece: PieceRow, line: int, other: int, *, exact: bool) -> bool:
    """Tell whether a line is blank, was read before, or (``exact``) is short and differs."""
    if not prints.lines[line]:
        return True
    if not 0 <= other < len(piece.lines):
        return False
    if not piece.lines[other]:
        end = piece.line_tokens[other + 1] if other + 1 < len(piece.lines) else None
        return end is None or end > piece.line_tokens[other]
    short = int(prints.line_tokens[line + 1]) - int(prints.line_tokens[line]) < LONG_LINE
    return exact and short and int(prints.lines[line]) != piece.lines[other]


def widen(
    prints: Prints,
    piece: PieceRow,
    edges: Edges,
    young: Young | None,
    *,
    exact: bool,
) -> tuple[int, int]:
    """Grow over lines that stand in the piece as well, beside the first and the last token.

    An edge line of which too little is covered is left out later, and nothing grows beyond it.
    """
    code = prints.code.lines
    first, last = line_of(prints.code, edges.head), line_of(prints.code, edges.tail)
    start, end = code[first], code[first + 1]
    if edges.head == start or not beside(end - edges.head, end - start):
        piece_line = bisect_right(piece.line_tokens, edges.head_place) - 1
        first = _edge(prints, piece, first, piece_line, -1, young, exact=exact)
    start, end = code[last], code[last + 1]
    if edges.tail == end - 1 or not beside(edges.tail + 1 - start, end - start):
        piece_line = bisect_right(piece.line_tokens, edges.tail_place) - 1
        last = _edge(prints, piece, last, piece_line, 1, young, exact=exact)
    return first, last


def _edge(
    prints: Prints,
    piece: PieceRow,
    line: int,
    other: int,
    step: int,
    young: Young | None,
    *,
    exact: bool,
) -> int:
    """Walk over lines that are the same, up or down; also over lines of the same shape unless
    ``exact``, and over one that is not before a long one that is.

    Whoever renames a function rewords its docstring: the signature above still tells. A blank
    line ends all likeness: behind it another function begins, and each is shaped like the next.
    """

    def alike(far: int) -> bool:
        return same_line(
            prints, piece, line + far * step, other + far * step, young, shapes=not exact
        )

    def tokens(there: int) -> int:
        return int(prints.line_tokens[there + 1]) - int(prints.line_tokens[there])

    def beyond() -> int:
        """How far the next line is that is the same, over at most two that are not; 0: none."""
        for far in (2, 3):
            there = line + far * step
            if not 0 <= there < len(prints.lines) or not prints.lines[there - step]:
                break
            if same_line(prints, piece, there, other + far * step, young):
                if prints.weights[there] >= INFORMATIVE:
                    return far
            # Short lines have the shape of any other: each ``return x`` is like the next.
            elif far == 2 and alike(far) and tokens(there) >= LONG_LINE:
                return far
        return 0

    while True:
        if same_line(prints, piece, line + step, other + step, young):
            far = 1
        elif not prints.lines[line]:
            return line
        elif alike(1):
            far = 1
        elif (far := beyond()) == 0:
            return line
        line, other = line + far * step, other + far * step
