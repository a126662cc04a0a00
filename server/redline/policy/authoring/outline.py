"""Read YAML as far as it goes: what is typed right now is hardly ever whole.

The YAML of rule files (https://yaml.org/spec/1.2.2/): block and flow collections, plain, quoted
and block scalars. Nothing is refused: what cannot be understood is left out, and a collection
that is never closed ends where the indentation says so. ``nodes`` decides what is right.
"""

from __future__ import annotations

import re

from redline.policy.authoring.parts import Entry, Part, Point, Stretch
from redline.policy.authoring.scanning import (
    closing,
    comment,
    indent,
    is_dash,
    is_empty,
    lines_of,
    past_blanks,
    plain_end,
    unescaped,
)

_BLOCK = re.compile(r"[|>][-+0-9]*(?=\s|$)")
_PREFIX = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)+")
_MOST_DEPTH = 40
_MOST_LINES = 50
"""Lines in which the end of a quoted text is sought."""


def read_outline(text: str) -> Part:
    """Read a whole text; never raises, whatever it is."""
    return _Reader(lines_of(text.removeprefix("\N{BYTE ORDER MARK}"))).read()


class _Reader:
    """A machine with a stack of open block collections, fed line by line."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._root = Part("list", Point(1, 1), Point(1, 1), column=0)
        self._root.items.append(_gap(Point(1, 1)))
        self._stack = [self._root]
        self._line = 0
        self._column = 0

    def read(self) -> Part:
        while self._line < len(self._lines):
            self._block_line()
        self._close(-1)
        return self._root.items[0]

    # Blocks -----------------------------------------------------------------------------------

    def _block_line(self) -> None:
        line = self._lines[self._line]
        self._column = indent(line)
        if is_empty(line, self._column) or line.startswith(("---", "...", "%")):
            self._line += 1
            return
        while is_dash(line, self._column):
            self._open_item(self._column)
            self._column = past_blanks(line, self._column + 1)
            if is_empty(line, self._column):
                self._line += 1
                return
        if found := _PREFIX.match(line, self._column):
            self._column = found.end()
        self._block_content()

    def _block_content(self) -> None:
        start, line = self._column, self._lines[self._line]
        if line[start : start + 1] in "[{" or _BLOCK.match(line, start):
            self._put(self._value(), start)
            self._end_line()
            return
        at = self._line
        key = self._scalar(flow=False)
        if self._line == at and line[self._column : self._column + 1] == ":":
            self._column += 1
            entry = self._open_entry(key, start)
            entry.value = _gap(self._here())
            self._column = past_blanks(line, self._column)
            if not is_empty(line, self._column):
                entry.value = self._value()
            self._end_line()
            return
        self._put(key, start)
        self._end_line()

    def _end_line(self) -> None:
        self._line += 1

    def _open_item(self, column: int) -> None:
        while self._top.column > column + 1:
            self._pop()
        gap = _gap(Point(self._line + 1, column + 2))
        if self._top.kind == "list" and self._top.column == column + 1:
            self._top.items.append(gap)
            return
        made = Part("list", Point(self._line + 1, column + 1), gap.end, column=column + 1)
        made.items.append(gap)
        if self._hang(made):
            self._stack.append(made)

    def _open_entry(self, key: Part, column: int, *, colon: bool = True) -> Entry:
        while self._top.column > column + 1 or (
            self._top.column == column + 1 and self._top.kind == "list"
        ):
            self._pop()
        entry = Entry(key, _gap(key.end), colon)
        if self._top.kind == "table" and self._top.column == column + 1:
            self._top.entries.append(entry)
            return entry
        made = Part("table", key.start, key.end, column=column + 1)
        made.entries.append(entry)
        if self._hang(made):
            self._stack.append(made)
        elif self._top.kind == "table":
            # Indented by mistake: it is most likely meant for the table around.
            self._top.entries.append(entry)
        return entry

    def _hang(self, made: Part) -> bool:
        """Put a collection where a value is missing; False where none is."""
        top = self._top
        if len(self._stack) > _MOST_DEPTH:
            return False
        if top.kind == "table" and top.entries and top.entries[-1].value.kind == "gap":
            top.entries[-1].value = made
            return True
        if top.kind == "list" and top.items and top.items[-1].kind == "gap":
            top.items[-1] = made
            return True
        return False

    def _put(self, value: Part, column: int) -> None:
        """Put a scalar or a flow collection that stands alone at the head of a line."""
        while len(self._stack) > 1 and self._top.column > column + 1:
            self._pop()
        if self._top.kind == "table" and self._top.column == column + 1 and value.kind == "text":
            self._open_entry(value, column, colon=False)
            return
        if self._top.kind == "list" and self._top.column == column + 1 and len(self._stack) > 1:
            # A word below the dashes is a key of the table around, its colon still missing.
            if value.kind == "text" and self._stack[-2].kind == "table":
                self._open_entry(value, column, colon=False)
            return
        if self._hang(value):
            return
        last = self._last()
        if last is not None and last.kind == "text" and value.kind == "text":
            # A plain text goes on in deeper lines.
            last.text = f"{last.text} {value.text}"
            last.end = value.end

    def _last(self) -> Part | None:
        if self._top.kind == "table":
            return self._top.entries[-1].value if self._top.entries else None
        return self._top.items[-1] if self._top.items else None

    @property
    def _top(self) -> Part:
        return self._stack[-1]

    def _pop(self) -> None:
        done = self._stack.pop()
        done.end = _end_of(done)

    def _close(self, column: int) -> None:
        while len(self._stack) > 1 and self._top.column > column:
            self._pop()

    # Values -----------------------------------------------------------------------------------

    def _here(self) -> Point:
        return Point(self._line + 1, self._column + 1)

    def _value(self) -> Part:
        line = self._lines[self._line]
        if found := _PREFIX.match(line, self._column):
            self._column = found.end()
        if _BLOCK.match(line, self._column):
            return self._block_scalar()
        first = line[self._column : self._column + 1]
        return self._flow(0) if first and first in "[{" else self._scalar(flow=False)

    def _block_scalar(self) -> Part:
        start = self._here()
        least = self._top.column
        rows: list[str] = []
        end = Point(start.line, len(self._lines[self._line]) + 1)
        # The lines of a block lie deeper than the key or dash that it belongs to.
        while self._line + 1 < len(self._lines):
            row = self._lines[self._line + 1]
            if row.strip() and indent(row) < least:
                break
            self._line += 1
            rows.append(row)
            if row.strip():
                end = Point(self._line + 1, len(row) + 1)
        return Part("text", start, end, "\n".join(rows).rstrip())

    def _scalar(self, *, flow: bool) -> Part:
        line = self._lines[self._line]
        quote = line[self._column : self._column + 1]
        if quote in ("'", '"') and quote:
            return self._quoted(quote)
        start = self._here()
        stop = plain_end(line, self._column, flow=flow)
        text = line[self._column : stop].rstrip()
        end = Point(start.line, self._column + len(text) + 1)
        self._column = stop
        return Part("text", start, end, text)

    def _quoted(self, quote: str) -> Part:
        start = self._here()
        line, column, rows = self._line, self._column + 1, []
        while True:
            text = self._lines[line]
            close = closing(text, column, quote)
            if close is not None:
                rows.append(text[column:close])
                self._line, self._column = line, close + 1
                inner = Stretch(Point(start.line, start.column + 1), Point(line + 1, close + 1))
                written = unescaped("\n".join(rows), quote)
                return Part("text", start, self._here(), written, inner)
            rows.append(text[column:])
            line, column = line + 1, 0
            far = line >= len(self._lines) or line - self._line > _MOST_LINES
            if far or not self._goes_on(line):
                break
        # Never closed: it ends with its line.
        text = self._lines[self._line]
        self._column = len(text)
        inner = Stretch(Point(start.line, start.column + 1), self._here())
        return Part("text", start, self._here(), text[start.column :], inner)

    def _goes_on(self, line: int) -> bool:
        """Tell whether a line can belong to a value that began in a line before."""
        text = self._lines[line]
        return not text.strip() or indent(text) + 1 > self._top.column

    # Flow collections -------------------------------------------------------------------------

    def _flow(self, depth: int) -> Part:
        start = self._here()
        opening = self._lines[self._line][self._column]
        made = Part("list" if opening == "[" else "table", start, start)
        self._column += 1
        while (next_ := self._peek()) is not None:
            if next_ in "]}":
                # The wrong one closes too: it is nearer to what was meant than going on.
                self._column += 1
                break
            if next_ == ",":
                self._column += 1
                continue
            if not self._member(made, depth):
                break
        made.end = self._here()
        return made

    def _member(self, made: Part, depth: int) -> bool:
        before = (self._line, self._column)
        key = self._flow_value(depth)
        colon = self._peek() == ":"
        if colon:
            self._column += 1
        if made.kind == "list" and not colon:
            made.items.append(key)
        else:
            value = _gap(self._here())
            if colon and (next_ := self._peek()) is not None and next_ not in ",]}":
                value = self._flow_value(depth)
            entry = Entry(key, value, colon)
            if made.kind == "table":
                made.entries.append(entry)
            else:
                made.items.append(Part("table", key.start, value.end, entries=[entry]))
        return (self._line, self._column) != before

    def _flow_value(self, depth: int) -> Part:
        line = self._lines[self._line]
        if found := _PREFIX.match(line, self._column):
            self._column = found.end()
        first = line[self._column : self._column + 1]
        if first and first in "[{" and depth < _MOST_DEPTH:
            return self._flow(depth + 1)
        return self._scalar(flow=True)

    def _peek(self) -> str | None:
        """The next character that means something, on this line or a later one."""
        while True:
            line = self._lines[self._line]
            self._column = past_blanks(line, self._column)
            if not is_empty(line, self._column):
                return line[self._column]
            if self._line + 1 >= len(self._lines) or not self._goes_on(self._line + 1):
                self._column = (
                    len(line.rstrip()) if not comment(line, self._column) else self._column
                )
                return None
            self._line += 1
            self._column = 0


def _gap(point: Point) -> Part:
    return Part("gap", point, point)


def _end_of(part: Part) -> Point:
    if part.entries:
        return max(part.entries[-1].value.end, part.entries[-1].key.end)
    return part.items[-1].end if part.items else part.end
