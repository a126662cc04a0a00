"""A notebook's live cells as the file that a save would write, and places in it back in cells.

What a client does not send (outputs, metadata) is taken from the file, byte
for byte, so that blame and every other reader of lines see what they would see on disk.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from redline.live.notebook_json import Apart, OldCell, Strings, apart
from redline.live.places import Extent, Place
from redline.model import Span

_ESCAPED = re.compile(r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u.{4}|\\.)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One live cell."""

    key: str
    """Its document's URI."""
    code: bool
    text: str
    id: str | None = None
    """The cell's id in the file, where the client tells it (nbformat 4.5)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """The inside of one string of a source: where it lies in the file and in the cell."""

    span: Span
    raw: str
    """As it is written in the file."""
    offset: int
    """Code points of the cell before it."""


@dataclass(frozen=True, slots=True)
class _Written:
    """One cell as it is written."""

    cell: Cell
    span: Span
    """The whole object, in bytes of the file."""
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class NotebookText:
    """A notebook as a file would hold it now."""

    text: bytes
    _cells: tuple[_Written, ...] = field(repr=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells, in order."""
        return tuple(written.cell.key for written in self._cells)

    def places(self, span: Span) -> list[tuple[str, Extent]]:
        """The parts of cells that a span of the file's bytes covers, in order.

        A span in a cell but outside its source (an output, metadata) is told at the start of
        that cell, one outside all cells at the start of the first.
        """
        found: list[tuple[str, Extent]] = []
        beside: str | None = None
        for written in self._cells:
            if not written.span.overlaps(span):
                continue
            extent = _extent(written, span)
            if extent is not None:
                found.append((written.cell.key, extent))
            elif beside is None:
                beside = written.cell.key
        if found:
            return found
        if beside is None and self._cells:
            beside = self._cells[0].cell.key
        return [(beside, Extent(Place(0, 0), Place(0, 0)))] if beside is not None else []

    def span(self, key: str, extent: Extent) -> Span | None:
        """The bytes of the file that a part of a cell is written in; None for an unknown cell."""
        written = next((one for one in self._cells if one.cell.key == key), None)
        if written is None or not written.pieces:
            return None
        starts = _line_starts(written.cell.text)
        first, last = (_offset(starts, place) for place in (extent.start, extent.end))
        return Span(_byte(written.pieces, first), max(_byte(written.pieces, last), 0))


def written(base: bytes | None, cells: Sequence[Cell]) -> NotebookText:
    """Write live cells into the notebook ``base``, the file as it lies on disk, if it does.

    A file that is no notebook, or too deep to be read, is passed over: the cells are then
    written as Jupyter writes a new one.
    """
    form = apart(base)
    if not cells:
        return NotebookText(_utf8(form.head.rstrip() + form.tail.lstrip()), ())
    out: list[bytes] = [_utf8(form.head)]
    size = len(out[0])
    made: list[_Written] = []
    for number, (cell, old) in enumerate(zip(cells, _matched(form.old, cells), strict=True)):
        if number:
            out.append(_utf8(form.between))
            size += len(out[-1])
        raw, strings = _cell(form, cell, old)
        pieces, offset, known, bytes_known = [], 0, 0, 0
        for start, end in strings:
            bytes_known += len(_utf8(raw[known:start]))
            inside = _utf8(raw[start:end])
            begin = size + bytes_known
            pieces.append(_Piece(Span(begin, begin + len(inside)), raw[start:end], offset))
            offset += len(_decoded(raw[start:end]))
            known, bytes_known = end, bytes_known + len(inside)
        out.append(_utf8(raw))
        made.append(_Written(cell, Span(size, size + len(out[-1])), tuple(pieces)))
        size += len(out[-1])
    out.append(_utf8(form.tail))
    return NotebookText(b"".join(out), tuple(made))


def _matched(olds: Sequence[OldCell], cells: Sequence[Cell]) -> list[OldCell | None]:
    """Find the cell of the file that each live cell was: by id, by place, by text."""
    left = dict(enumerate(olds))
    by_id = {old.id: place for place, old in left.items() if old.id is not None}
    by_text: dict[str, list[int]] = {}
    for place, old in reversed(left.items()):
        by_text.setdefault(old.source, []).append(place)
    found: list[OldCell | None] = [None] * len(cells)

    def take(at: int, place: int | None) -> None:
        if found[at] is None and place in left and cells[at].code == (left[place].kind == "code"):
            found[at] = left.pop(place)

    for at, cell in enumerate(cells):
        take(at, by_id.get(cell.id or ""))
    for at, cell in enumerate(cells):
        if at < len(olds) and olds[at].source == cell.text:
            take(at, at)
    for at, cell in enumerate(cells):
        places = by_text.get(cell.text, []) if cell.text else []
        while places and found[at] is None:
            take(at, places.pop())
    if len(cells) == len(olds):
        # What was edited stands between the same neighbours, where no cell came or went.
        for at in range(len(cells)):
            take(at, at)
    return found


def _cell(form: Apart, cell: Cell, old: OldCell | None) -> tuple[str, Strings]:
    """Write one cell: as it stands in the file, but for a source that has changed."""
    if old is not None and old.source == cell.text:
        return old.raw, old.strings
    if old is None:
        head, tail = form.fresh(code=cell.code, id=cell.id)
    else:
        head, tail = old.raw[: old.value[0]], old.raw[old.value[1] :]
    value, strings = form.source(cell.text)
    shifted = tuple((len(head) + start, len(head) + end) for start, end in strings)
    return head + value + tail, shifted


def _extent(written: _Written, span: Span) -> Extent | None:
    """The part of a cell's text that lies in a span; None where nothing of it does."""
    touched = [piece for piece in written.pieces if piece.span.overlaps(span)]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    start = first.offset + _inside(first, span.start)
    end = last.offset + _inside(last, span.end)
    starts = _line_starts(written.cell.text)
    return Extent(_place(starts, start), _place(starts, end))


def _inside(piece: _Piece, offset: int) -> int:
    """How many code points of the cell a byte of the file is behind its string's start."""
    if offset <= piece.span.start:
        return 0
    at, count = piece.span.start, 0
    for number, part in enumerate(_ESCAPED.split(piece.raw)):
        if number % 2:
            at += len(part)
            if at > offset:
                return count
            count += len(_decoded(part))
            continue
        data = _utf8(part)
        if at + len(data) > offset:
            return count + len(data[: offset - at].decode("utf-8", "ignore"))
        at += len(data)
        count += len(part)
    return count


def _byte(pieces: Sequence[_Piece], offset: int) -> int:
    """The byte of the file at which a cell's code point is written."""
    piece = next((one for one in reversed(pieces) if one.offset <= offset), pieces[0])
    at, count = piece.span.start, piece.offset
    for number, part in enumerate(_ESCAPED.split(piece.raw)):
        size = len(_decoded(part)) if number % 2 else len(part)
        if count + size > offset and not number % 2:
            return at + len(_utf8(part[: offset - count]))
        if count >= offset:
            return at
        at, count = at + len(_utf8(part)), count + size
    return at


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]


def _place(starts: Sequence[int], offset: int) -> Place:
    line = bisect_right(starts, offset) - 1
    return Place(line, offset - starts[line])


def _offset(starts: Sequence[int], place: Place) -> int:
    return starts[min(place.line, len(starts) - 1)] + place.column


def _decoded(raw: str) -> str:
    return str(json.loads(f'"{raw}"', strict=False))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
