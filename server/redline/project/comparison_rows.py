"""Rows of two texts side by side: lines that share tokens, and those that only one side has."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

from .token_alignment import Pair, Tokens


@dataclass(frozen=True, slots=True)
class Mark:
    """A token that stands on both sides."""

    start: int
    end: int
    """Code points of the line, from 0, end exclusive."""
    renamed: bool
    """The other side has another name in its place."""


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line of one side, without its end."""

    number: int
    """From 1: in the file, or in the text that the session produced."""
    text: str
    """Bytes that are no UTF-8 are lone surrogates, as ``surrogateescape`` decodes them."""
    marks: tuple[Mark, ...] = ()


class RowKind(StrEnum):
    """How the two sides of a row differ."""

    SAME = "same"
    """In nothing but layout."""
    CHANGED = "changed"
    FILE = "file"
    """Only the file has these lines."""
    SESSION = "session"
    """Only the session has these lines."""
    CONTEXT = "context"
    """They lie outside the region, and are not compared."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that belong together; several on a side where one was broken or joined."""

    kind: RowKind
    file: tuple[SideLine, ...]
    session: tuple[SideLine, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts, with the tokens of it that are compared."""

    lines: list[str]
    starts: list[int]
    """First code point of each line."""
    shift: int
    """Lines of the whole text before the first."""
    tokens: Tokens

    @classmethod
    def of(cls, text: str, shift: int, tokens: Tokens) -> Side:
        """Split a text; its last line end, if any, is to be taken off before."""
        lines = text.split("\n")
        return cls(lines, [0, *accumulate(len(line) + 1 for line in lines)], shift, tokens)

    def line(self, token: int) -> int:
        """The line, from 0, that a token stands on."""
        return bisect_right(self.starts, self.tokens.starts[token]) - 1

    def shown(
        self, first: int, last: int, marks: dict[int, list[Mark]] | None = None
    ) -> tuple[SideLine, ...]:
        """The lines ``first`` to ``last``, exclusive."""
        return tuple(
            SideLine(
                self.shift + line + 1,
                self.lines[line].removesuffix("\r"),
                tuple(marks.get(line, ())) if marks else (),
            )
            for line in range(max(0, first), min(last, len(self.lines)))
        )


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines of both sides that belong together, ends exclusive."""

    left: int
    left_end: int
    right: int
    right_end: int
    linked: bool = False


def rows_of(
    left: Side, right: Side, pairs: Sequence[Pair], lines: tuple[int, int], context: int
) -> Iterator[Row]:
    """Yield the rows of both texts in order, with ``context`` lines before and behind them.

    ``lines`` (from 0, end exclusive) are the left text's own; the right text's begin and end
    with what is linked to these.
    """
    links: Counter[tuple[int, int]] = Counter()
    marks: tuple[dict[int, list[Mark]], dict[int, list[Mark]]] = (
        defaultdict(list),
        defaultdict(list),
    )
    for pair in pairs:
        links[left.line(pair.left), right.line(pair.right)] += 1
        for side, known, token in ((left, marks[0], pair.left), (right, marks[1], pair.right)):
            line = side.line(token)
            start = side.tokens.starts[token] - side.starts[line]
            end = start + len(side.tokens.words[token])
            known[line].append(Mark(start, end, pair.renamed))
    sizes = [Counter(map(side.line, range(len(side.tokens.words)))) for side in (left, right)]
    groups = _groups(links, *sizes)
    first = groups[0].right if groups else 0
    cursor, other = lines[0], first
    yield from _context(left, right, cursor - context, first - context, context)
    for group in (*groups, _Span(lines[1], lines[1], -1, -1)):
        stop = group.right if group.right >= 0 else other
        yield from _unlinked(left, right, _Span(cursor, group.left, other, stop), marks)
        if not group.linked:
            break
        yield Row(
            _kind(group, *marks, *sizes),
            left.shown(group.left, group.left_end, marks[0]),
            right.shown(group.right, group.right_end, marks[1]),
        )
        cursor, other = group.left_end, group.right_end
    yield from _context(left, right, lines[1], other, context)


def _groups(
    links: Counter[tuple[int, int]], ours: Counter[int], theirs: Counter[int]
) -> list[_Span]:
    """Join lines that share tokens; a token alone joins only a line that has few."""
    groups: list[_Span] = []
    for (line, other), count in sorted(links.items()):
        if count < 2 and count * 2 < min(ours[line], theirs[other]):
            continue
        last = groups[-1] if groups else None
        if last is not None and (line < last.left_end or other < last.right_end):
            groups[-1] = replace(
                last,
                left_end=max(last.left_end, line + 1),
                right_end=max(last.right_end, other + 1),
            )
        else:
            groups.append(_Span(line, line + 1, other, other + 1, linked=True))
    return groups


def _kind(
    group: _Span,
    ours: dict[int, list[Mark]],
    theirs: dict[int, list[Mark]],
    left_sizes: Counter[int],
    right_sizes: Counter[int],
) -> RowKind:
    for first, last, marks, sizes in (
        (group.left, group.left_end, ours, left_sizes),
        (group.right, group.right_end, theirs, right_sizes),
    ):
        for line in range(first, last):
            known = marks.get(line, ())
            if len(known) < sizes[line] or any(mark.renamed for mark in known):
                return RowKind.CHANGED
    return RowKind.SAME


def _unlinked(
    left: Side, right: Side, span: _Span, marks: tuple[dict[int, list[Mark]], ...]
) -> Iterator[Row]:
    line, other = span.left, span.right
    while (
        line < span.left_end
        and other < span.right_end
        and not left.lines[line].strip()
        and not right.lines[other].strip()
    ):
        yield Row(RowKind.SAME, left.shown(line, line + 1), right.shown(other, other + 1))
        line, other = line + 1, other + 1
    for number in range(other, span.right_end):
        yield Row(RowKind.SESSION, (), right.shown(number, number + 1, marks[1]))
    for number in range(line, span.left_end):
        yield Row(RowKind.FILE, left.shown(number, number + 1, marks[0]), ())


def _context(left: Side, right: Side, line: int, other: int, size: int) -> Iterator[Row]:
    """Pair ``size`` lines outside the region; beyond a text's edges there are none."""
    for step in range(size):
        ours = left.shown(line + step, line + step + 1)
        theirs = right.shown(other + step, other + step + 1)
        if ours or theirs:
            yield Row(RowKind.CONTEXT, ours, theirs)


def rows_about(rows: Sequence[Row], first: int, last: int, context: int) -> Sequence[Row]:
    """Cut out the rows that hold the file's lines ``first`` to ``last``, and some about them."""
    asked = [
        place
        for place, row in enumerate(rows)
        if any(first <= line.number <= last for line in row.file)
        and row.kind is not RowKind.CONTEXT
    ]
    return rows[max(0, asked[0] - context) : asked[-1] + context + 1]
