"""Scalars and list items of YAML, by libyaml's events; by lines where it is no YAML."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from .escapes import split_literal
from .values import Rows, Sink, is_long
from .view import View

if TYPE_CHECKING:
    from typing import Protocol

    class _Mark(Protocol):
        index: int


_CHUNK = 256 << 10
"""Bytes that are parsed at once, cut where an entry begins at a line's first column."""
_DEEPEST = 64
_BRACKET = re.compile(rb"[\[\]{}]")
_CUT = re.compile(rb"^(?:- |-\n|---|[\w\"'.$/-][^\n:]{0,200}:(?:\s))", re.MULTILINE)
_BLOCK = re.compile(
    rb"^([ \t]{0,200}+)(?:- {1,8}+)*+(?:[^\n#:]{0,400}+:[ \t]{1,8}+)?+[|>][-+0-9]{0,2}[ \t\r]*+$",
    re.MULTILINE,
)
_QUOTED = re.compile(
    rb"\"([^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+)\"|(?<=[:-][ \t])([^\s\"'|>&*!{\[][^\n]*+)"
)
_FOLD = rb"[ \t]*\r?\n\s*"
_HEX = rb"\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}"
_PARTS = {
    '"': re.compile(rb"(\\\r?\n[ \t]*|" + _FOLD + rb"|" + _HEX + rb"|\\.)"),
    "'": re.compile(rb"(''|" + _FOLD + rb")"),
    "": re.compile(rb"(" + _FOLD + rb")"),
}
"""What is written otherwise in a scalar of each style: escapes, and folded line ends."""
_ESCAPES = {
    b"\\0": b"\0", b"\\a": b"\a", b"\\v": b"\v", b"\\e": b"\x1b", b"\\ ": b" ", b"\\\t": b"\t",
}  # fmt: skip


def yaml(text: bytes) -> Iterator[View]:
    """Views of YAML text: long scalars, and a record for each item of an outermost list."""
    sink = Sink()
    start = 3 if text.startswith(b"\xef\xbb\xbf") else 0
    while start < len(text):
        cut = _CUT.search(text, start + _CHUNK) if len(text) - start > _CHUNK else None
        end = cut.start() if cut else len(text)
        if not _parsed(text[start:end], start, sink):
            _by_lines(text[start:end], start, sink)
        yield from sink.full()
        start = end
    yield from sink.rest()


def _parsed(chunk: bytes, base: int, sink: Sink) -> bool:
    """Take what a chunk holds; False, and nothing taken, if it is no YAML."""
    import yaml as library

    if len(chunk) > _CHUNK * 16 or _is_deep(chunk):
        return False
    try:
        characters = chunk.decode()
        loader = getattr(library, "CSafeLoader", library.SafeLoader)
        events = list(library.parse(characters, Loader=loader))
    except (UnicodeDecodeError, library.YAMLError, ValueError):
        return False
    places = _places(characters)
    rows = Rows(sink)
    # For each collection that is open: whether it is a mapping, and the next scalar its key.
    nested: list[list[bool]] = []
    for event in events:
        key = bool(nested) and nested[-1][0] and nested[-1][1]
        if isinstance(event, library.CollectionStartEvent):
            listed = isinstance(event, library.SequenceStartEvent)
            rows.open(base + places(_index(event.start_mark)), array=listed)
            _turn(nested)
            nested.append([not listed, True])
        elif isinstance(event, library.CollectionEndEvent):
            nested.pop()
            rows.close(base + places(_index(event.end_mark)))
        elif isinstance(event, library.AliasEvent):
            _turn(nested)
        elif isinstance(event, library.ScalarEvent):
            _turn(nested)
            if not key:
                first, last = places(_index(event.start_mark)), places(_index(event.end_mark))
                value = event.value.encode("utf-8", "surrogatepass")
                if is_long(value):
                    _scalar(value, event.style or "", chunk[first:last], base + first, sink)
                else:
                    rows.short(value)
    return True


def _is_deep(chunk: bytes) -> bool:
    """Tell whether brackets nest so deep that libyaml would take the square of their number."""
    if chunk.count(b"[") + chunk.count(b"{") <= _DEEPEST:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(chunk):
        depth = depth + 1 if bracket[0] in b"[{" else max(0, depth - 1)
        if depth > _DEEPEST:
            return True
    return False


def _index(mark: _Mark | None) -> int:
    return 0 if mark is None else int(mark.index)


def _turn(nested: list[list[bool]]) -> None:
    if nested:
        nested[-1][1] = not nested[-1][1]


def _places(characters: str) -> Callable[[int], int]:
    """How to turn libyaml's places, which count characters, into bytes."""
    if characters.isascii():
        return int
    sizes = map(len, map(str.encode, characters))
    return array("q", accumulate(sizes, initial=0)).__getitem__


def _scalar(value: bytes, style: str, raw: bytes, source: int, sink: Sink) -> None:
    """Take a long scalar, mapped to where its lines or parts stand; else to all of it."""
    parts, sizes, shown = _by_style(value, style, raw)
    if b"".join(parts) != value:
        parts, sizes = [value], [len(raw)]
    sink.parts(parts, sizes, source, shown=shown)


def _by_style(value: bytes, style: str, raw: bytes) -> tuple[list[bytes], list[int], bool]:
    if style == "|":
        return *_literal(value, raw), True
    if style not in _PARTS:
        return [value], [len(raw)], True
    quote = len(style)
    inside = raw[quote : len(raw) - quote]
    parts = _PARTS[style].split(inside)
    sizes = list(map(len, parts))
    escapes = style == '"' and b"\\" in inside
    parts[1::2] = map(_decoded, parts[1::2])
    parts.append(b"")
    sizes.append(quote)
    return [b"", *parts], [quote, *sizes], not escapes


def _decoded(part: bytes) -> bytes:
    if part == b"''":
        return b"'"
    if part[:1] != b"\\":
        ends = part.count(b"\n")
        return b" " if ends == 1 else b"\n" * (ends - 1)
    if part[1:2] in b"\r\n":
        return b""
    return _ESCAPES.get(part) or split_literal(part)[0][1]


def _literal(value: bytes, raw: bytes) -> tuple[list[bytes], list[int]]:
    """A block scalar: each line of the value is the end of a line of the file."""
    parts: list[bytes] = [b""]
    sizes: list[int] = [raw.find(b"\n") + 1]
    place = sizes[0]
    for line in value.split(b"\n"):
        end = raw.find(b"\n", place)
        end = len(raw) if end < 0 else end
        # An indentation that is no part of the value, then the line with its end.
        data = raw[place:end]
        bare = data.removesuffix(b"\r")
        if not bare.endswith(line):
            return [], []
        parts += [b"", line, b"\n"]
        sizes += [len(bare) - len(line), len(line), len(data) - len(bare) + 1]
        place = min(len(raw), end + 1)
    # The last line has no end of its own in the value.
    del parts[-1], sizes[-1]
    return parts, sizes


def _by_lines(chunk: bytes, base: int, sink: Sink) -> None:
    """Block scalars by their indentation, and the strings that stand on one line."""
    place = 0
    for block in _BLOCK.finditer(chunk):
        if block.start() < place:
            continue
        _strings(chunk, place, block.start(), base, sink)
        place = _block(chunk, len(block[1]), min(len(chunk), block.end() + 1), base, sink)
    _strings(chunk, place, len(chunk), base, sink)


def _block(chunk: bytes, indent: int, start: int, base: int, sink: Sink) -> int:
    """Take the lines from ``start`` that are indented deeper; return where they end."""
    deeper = re.compile(rb"(?:[ \t]{%d,}[^\n]*|[ \t\r]*)(?:\n|\Z)" % (min(indent, 1000) + 1))
    place = start
    parts: list[bytes] = []
    sizes: list[int] = []
    while place < len(chunk) and (line := deeper.match(chunk, place)) is not None:
        body = line[0].lstrip(b" \t")
        parts += [b"", body]
        sizes += [len(line[0]) - len(body), len(body)]
        place = line.end()
    if parts:
        sink.parts(parts, sizes, base + start, shown=True)
    return place


def _strings(chunk: bytes, start: int, end: int, base: int, sink: Sink) -> None:
    for string in _QUOTED.finditer(chunk, start, end):
        group = string.lastindex or 1
        raw = string[group].rstrip()
        if group == 1 and b"\\" in raw:
            sink.escaped(raw, base + string.start(group), split_literal)
        elif is_long(raw):
            sink.plain(raw, base + string.start(group), shown=True)
