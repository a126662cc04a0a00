"""Print lines of a file beside the session's text that accounts for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from redline.model import Evidence, Level
from redline.project.comparison_rows import Mark, RowKind, SideLine
from redline.report.cells import ELLIPSIS, Line, lay_out
from redline.report.look import Look
from redline.report.safe import one_line
from redline.report.summary import moment, plural

if TYPE_CHECKING:
    from redline.project.comparison import Comparison
    from redline.project.comparison_rows import Row

TWO_COLUMNS = 100
"""Cells from which both texts fit beside each other; below, one stands under the other."""
_MOST_ROWS = 80
_MOST_COMPARISONS = 5
_SIGNS = {
    RowKind.SAME: "=",
    RowKind.CHANGED: "~",
    RowKind.FILE: "+",
    RowKind.SESSION: "-",
    RowKind.CONTEXT: " ",
}


@dataclass(frozen=True, slots=True)
class _Cut:
    """A part of a line that fits, painted, and the marks that belong under it."""

    text: str
    width: int
    under: str


def render(
    comparisons: Sequence[Comparison], look: Look, *, path: str, full: bool = False
) -> Iterator[str]:
    """Yield the comparisons in pieces that end in a line break.

    Unless ``full``, long lines are cut, of very many rows the first are shown, and of many
    comparisons the first five.
    """
    shown = comparisons if full else comparisons[:_MOST_COMPARISONS]
    for known in shown:
        yield from _head(known, look, path)
        if known.unknown is None:
            yield from _body(known, look, full=full)
        yield "\n"
    if len(shown) < len(comparisons):
        yield f"  and {len(comparisons) - len(shown):,} more regions (--full shows all)\n\n"
    if any(known.rows for known in shown):
        yield from _legend(look)


def whereabouts(evidence: Evidence) -> str:
    """Say in one line which session it is, and where its record lies."""
    model = f" ({one_line(evidence.model)})" if evidence.model else ""
    facts = [
        f"session {one_line(evidence.session or 'unnamed')}",
        f"{one_line(evidence.assistant)}{model}",
        moment(evidence.time) or "",
    ]
    if evidence.source is not None:
        where = f"byte {evidence.position:,} of " if evidence.position is not None else ""
        facts.append(f"{where}{one_line(evidence.source)}")
    return ", ".join(fact for fact in facts if fact)


def _head(known: Comparison, look: Look, path: str) -> Iterator[str]:
    lines = f"{known.first_line}-{known.last_line}"
    place = f"line {known.first_line}" if known.first_line == known.last_line else f"lines {lines}"
    yield f"  {look.bold(f'{one_line(path)}, {place}')}\n"
    yield f"  {whereabouts(known.evidence[0])}\n"
    if known.unknown is not None:
        yield f"  its text cannot be shown: {one_line(known.unknown)}\n"
        return
    written = f"; written to {one_line(known.path)}" if known.path else ""
    share = f"{known.equal:,} of {plural(known.tokens, 'token')} are the same"
    renamed = f", {plural(known.renamed, 'name')} changed" if known.renamed else ""
    yield f"  {share}{renamed}{written}\n"


def _body(known: Comparison, look: Look, *, full: bool) -> Iterator[str]:
    rows = known.rows if full else known.rows[:_MOST_ROWS]
    digits = (_digits(row.file for row in rows), _digits(row.session for row in rows))
    draw = _two_columns if look.width >= TWO_COLUMNS else _one_column
    for row in rows:
        yield from (f"  {line}".rstrip() + "\n" for line in draw(row, digits, look, full=full))
    left = len(known.rows) - len(rows)
    if left:
        yield f"  {ELLIPSIS} {left:,} more rows (--full shows all)\n"
    if known.more:
        yield f"  {ELLIPSIS} {plural(known.more, 'more line')} (name them to see them)\n"


def _digits(sides: Iterable[Sequence[SideLine]]) -> int:
    return max((len(str(line.number)) for side in sides for line in side), default=1)


def _two_columns(row: Row, digits: tuple[int, int], look: Look, *, full: bool) -> Iterator[str]:
    room = (look.width - 2 - digits[0] - 1 - 4 - digits[1] - 1) // 2
    sign = _SIGNS[row.kind]
    for ours, theirs in zip_longest(row.file, row.session):
        left = _cuts(ours, row.kind, room, look, full=full)
        right = _cuts(theirs, row.kind, room, look, full=full)
        numbers = [_number(ours, digits[0]), _number(theirs, digits[1])]
        for one, other in zip_longest(left, right, fillvalue=_Cut("", 0, "")):
            gap = " " * (room - one.width)
            yield (
                f"{look.frame(numbers[0])} {one.text}{gap} {look.frame(sign)}"
                f" {look.frame(numbers[1])} {other.text}"
            )
            if one.under or other.under:
                indent, gap = " " * (digits[0] + 1), " " * (digits[1] + 4)
                yield f"{indent}{one.under:<{room}}{gap}{other.under}"
            numbers, sign = [" " * size for size in digits], " "


def _one_column(row: Row, digits: tuple[int, int], look: Look, *, full: bool) -> Iterator[str]:
    room = max(16, look.width - 2 - 2 - sum(digits) - 2)
    sign = _SIGNS[row.kind]
    same = row.kind is RowKind.SAME and len(row.file) == len(row.session)
    sides: list[tuple[SideLine | None, SideLine | None]]
    if same:
        sides = list(zip(row.file, row.session, strict=True))
    else:
        sides = [(line, None) for line in row.file] + [(None, line) for line in row.session]
    for ours, theirs in sides:
        numbers = f"{_number(ours, digits[0])} {_number(theirs, digits[1])}"
        for cut in _cuts(ours or theirs, row.kind, room, look, full=full):
            yield f"{look.frame(f'{sign} {numbers}')} {cut.text}"
            if cut.under:
                yield " " * (3 + len(numbers)) + cut.under
            sign, numbers = " ", " " * len(numbers)


def _number(line: SideLine | None, size: int) -> str:
    return f"{line.number if line is not None else '':>{size}}"


def _cuts(line: SideLine | None, kind: RowKind, room: int, look: Look, *, full: bool) -> list[_Cut]:
    """Cut a line into parts of ``room`` cells: all of it, or one that shows its first mark."""
    if line is None:
        return []
    text, begin = line.text, 0
    if not full:
        # A line of many megabytes is laid out no further than it is shown.
        first = line.marks[0].start if line.marks else 0
        begin = max(0, first - room // 5) if first >= room else 0
        text = text[begin : begin + 2 * room]
    beyond = begin + len(text) < len(line.text)
    marks = [
        Mark(max(0, mark.start - begin), min(len(text), mark.end - begin), mark.renamed)
        for mark in line.marks
        if kind is RowKind.CHANGED and begin < mark.end and mark.start < begin + len(text)
    ]
    laid = lay_out(text)
    lead = ELLIPSIS if begin else ""
    cuts: list[_Cut] = []
    start = 0
    while not cuts or (full and start < len(text)):
        end = _fitting(laid, start, room - len(lead))
        tail = ""
        if not full and (beyond or end < len(text)):
            end = _fitting(laid, start, room - len(lead) - 1)
            tail = ELLIPSIS
        cuts.append(_painted(text, laid, (start, end), marks, (lead, tail), kind, look))
        start, lead = end, ""
    return cuts


def _fitting(laid: Line, start: int, room: int) -> int:
    """Return the code point before which a part that begins at ``start`` has to end."""
    last = len(laid.starts) - 1
    return min(last, max(start + 1, bisect_right(laid.starts, laid.starts[start] + room) - 1))


def _joined(marks: Sequence[Mark], text: str) -> list[Mark]:
    """Join equal tokens that only blanks keep apart; each changed name is marked by itself."""
    joined: list[Mark] = []
    for mark in marks:
        last = joined[-1] if joined else None
        if (
            last is not None
            and not last.renamed
            and not mark.renamed
            and not text[last.end : mark.start].strip()
        ):
            joined[-1] = Mark(last.start, mark.end, False)
        else:
            joined.append(mark)
    return joined


def _painted(
    text: str,
    laid: Line,
    part: tuple[int, int],
    marks: Sequence[Mark],
    ends: tuple[str, str],
    kind: RowKind,
    look: Look,
) -> _Cut:
    start, end = part
    width = laid.starts[end] - laid.starts[start] + len(ends[0]) + len(ends[1])
    inside = _joined(
        [
            Mark(max(start, mark.start), min(end, mark.end), mark.renamed)
            for mark in marks
            if start < mark.end and mark.start < end
        ],
        text,
    )
    pieces, under, place = [ends[0]], " " * len(ends[0]), start
    for mark in inside:
        pieces.append(laid.text[laid.offsets[place] : laid.offsets[mark.start]])
        named = laid.text[laid.offsets[mark.start] : laid.offsets[mark.end]]
        pieces.append(look.level(Level.WARNING, named) if mark.renamed else look.bold(named))
        under += " " * (laid.starts[mark.start] - laid.starts[place])
        sign = "~" if mark.renamed else "^"
        under += sign * (laid.starts[mark.end] - laid.starts[mark.start])
        place = mark.end
    rest = laid.text[laid.offsets[place] : laid.offsets[end]] + ends[1]
    if kind is RowKind.SAME:
        rest = look.bold(rest)
    elif kind is RowKind.CONTEXT:
        rest = look.faint(rest)
    return _Cut("".join(pieces) + rest, width, "" if look.colour else under.rstrip())


def _legend(look: Look) -> Iterator[str]:
    if look.colour:
        same, name = look.bold("the same"), look.level(Level.WARNING, "another name")
        yield f"  = the same but for blanks, ~ changed: {same}, {name},\n"
    else:
        yield "  = the same but for blanks, ~ changed: ^ under the same, ~ under another name,\n"
    yield "  + only in the file, - only in the session\n\n"
