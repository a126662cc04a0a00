"""Lay lines of a file beside the text of a session that accounts for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..lines import LineIndex
from ..model import Evidence, EvidenceKind, Span
from ..origins.events import Produced
from .comparison_rows import Row, RowKind, Side, rows_about, rows_of
from .session_text import SessionTexts, TextUnknown
from .token_alignment import Tokens, align, locate, tokens_of

LARGEST_PART = 512 << 10
"""Bytes of the file that are compared; of a larger region the first."""
LARGEST_SOURCE = 4 << 20
"""Code points of the longest text of a session that is compared."""
_AROUND = 50
"""Lines about those asked for that help to find their place."""
_CLOSE = 8
"""Lines between two regions of one text that are shown together."""
_MOST_READ = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """Lines of a file beside the text of a session that evidence speaks of."""

    evidence: tuple[Evidence, ...]
    """Strongest first, one at least; all of one text of a session."""
    first_line: int
    last_line: int
    """Lines of the file that are compared, from 1, both inclusive."""
    path: str | None = None
    """Where the session wrote the text, as it was recorded."""
    rows: tuple[Row, ...] = ()
    tokens: int = 0
    """Tokens of these lines that lie in the region."""
    equal: int = 0
    renamed: int = 0
    more: int = 0
    """Further lines of the region that are left out for their size."""
    unknown: str | None = None
    """Why there is nothing to show; then there are no rows."""


def compare(
    evidence: Iterable[Evidence], text: bytes, lines: tuple[int, int], context: int, *, every: bool
) -> Iterator[Comparison]:
    """Compare ``text`` with what sessions produced, for each text that evidence speaks of.

    ``lines`` (from 1, both inclusive) are those asked for; ``context`` lines are told about
    them. Unless ``every``, evidence is passed over whose lines stronger evidence before it
    accounts for, and no more than a hundred texts are read. Reads the sessions' files; keeps
    nothing.
    """
    index = LineIndex(text)
    for claim in _claims(evidence, text, index, lines, every=every):
        for region, pieces in _regions(claim.pieces, index):
            first, last = max(lines[0] - 1, region[0]), min(lines[1] - 1, region[1])
            blank = Comparison(pieces, first + 1, last + 1, unknown=claim.unknown)
            if claim.produced is None:
                yield blank
                continue
            try:
                yield _compared(blank, text, index, region, claim.produced, context)
            except TextUnknown as fault:
                yield replace(blank, unknown=str(fault))


@dataclass(slots=True)
class _Claim:
    """One text of a session, and the evidence that speaks of it, strongest first."""

    produced: Produced | None
    unknown: str | None
    pieces: list[Evidence] = field(default_factory=list)


def _claims(
    evidence: Iterable[Evidence],
    text: bytes,
    index: LineIndex,
    lines: tuple[int, int],
    *,
    every: bool,
) -> Iterable[_Claim]:
    claims: dict[tuple[object, ...], _Claim] = {}
    texts = SessionTexts()
    told: set[int] = set()
    for piece in evidence:
        if piece.kind is not EvidenceKind.SESSION:
            continue
        first, last = _lines_of(piece.span, index)
        asked = range(max(lines[0] - 1, first), min(lines[1] - 1, last) + 1)
        if not asked or (not every and told.issuperset(asked)):
            continue
        produced, number, unknown = None, 0, None
        try:
            if not every and len(claims) >= _MOST_READ:
                raise TextUnknown("there are very many sessions; name fewer lines")
            produced, number = _meant(texts.of(piece), text, piece.span)
            told.update(asked)
        except TextUnknown as fault:
            unknown = str(fault)
        key = piece.source, piece.position, piece.session, number, unknown
        claims.setdefault(key, _Claim(produced, unknown)).pieces.append(piece)
    return claims.values()


def _meant(produced: Sequence[Produced], text: bytes, span: Span) -> tuple[Produced, int]:
    """Tell which of one record's texts is meant, and its number: that with most words in common.

    Of an answer and a block inside it, that is the block.
    """
    if len(produced) == 1:
        return produced[0], 0
    part = text[span.start : min(span.end, span.start + LARGEST_PART)]
    words = set(tokens_of(_decoded(part)).words)
    likeness = [
        len(words.intersection(tokens_of(one.text[:LARGEST_SOURCE]).words)) for one in produced
    ]
    number = max(range(len(produced)), key=lambda at: (likeness[at], -len(produced[at].text)))
    return produced[number], number


def _regions(
    pieces: Iterable[Evidence], index: LineIndex
) -> Iterator[tuple[tuple[int, int], tuple[Evidence, ...]]]:
    """Join evidence that stands close together, by place: one view of all shows what is between."""
    ordered = sorted(pieces, key=lambda piece: piece.span)
    joined: list[Evidence] = []
    first = last = 0
    for piece in ordered:
        top, end = _lines_of(piece.span, index)
        if joined and top > last + _CLOSE:
            yield (first, last), _strongest_first(joined)
            joined = []
        if not joined:
            first = last = top
        joined.append(piece)
        last = max(last, end)
    if joined:
        yield (first, last), _strongest_first(joined)


def _strongest_first(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(pieces, key=lambda piece: -piece.strength))


def _lines_of(span: Span, index: LineIndex) -> tuple[int, int]:
    return index.line(span.start), index.line(max(span.start, span.end - 1))


def _compared(
    blank: Comparison,
    text: bytes,
    index: LineIndex,
    region: tuple[int, int],
    produced: Produced,
    context: int,
) -> Comparison:
    first, last = blank.first_line - 1, blank.last_line - 1
    top, end = max(region[0], first - _AROUND), min(region[1], last + _AROUND) + 1
    if index.start(end) - index.start(top) > LARGEST_PART:
        top = first
    while index.start(end) - index.start(top) > LARGEST_PART:
        if end - top == 1:
            raise TextUnknown("the line is too long to be shown side by side")
        end = top + (end - top) // 2
    span = Span(
        min(piece.span.start for piece in blank.evidence),
        max(piece.span.end for piece in blank.evidence),
    )
    left = _file_side(text, index, span, (top, end), context)
    words = left.tokens.words
    if len(produced.text) > LARGEST_SOURCE:
        raise TextUnknown("the session's text is too long to be shown side by side")
    whole = tokens_of(produced.text.removesuffix("\n"))
    begin, stop = locate(words, whole.words)
    right = Side.of(produced.text.removesuffix("\n"), 0, whole.part(begin, stop))
    pairs = list(align(words, right.tokens.words))
    rows = list(rows_of(left, right, pairs, (top - left.shift, end - left.shift), context))
    if not any(row.kind in (RowKind.SAME, RowKind.CHANGED) for row in rows):
        common = set(words).intersection(right.tokens.words)
        if len(common) * 2 < len(set(words)):
            raise TextUnknown("the session file has changed since it was indexed")
        raise TextUnknown("its lines are too much alike to be laid side by side")
    shown = rows_about(rows, first + 1, last + 1, context)
    asked = [line for row in shown for line in row.file if first < line.number <= last + 1]
    marks = [mark for line in asked for mark in line.marks]
    renamed = sum(mark.renamed for mark in marks)
    numbers = {line.number for line in asked}
    return replace(
        blank,
        path=produced.path,
        rows=tuple(shown),
        tokens=sum(left.shift + left.line(token) + 1 in numbers for token in range(len(words))),
        equal=len(marks) - renamed,
        renamed=renamed,
        more=max(0, last + 1 - end),
    )


def _file_side(
    text: bytes, index: LineIndex, span: Span, lines: tuple[int, int], context: int
) -> Side:
    """Take the lines ``lines`` (end exclusive) of the file, and those about them."""
    top, end = lines
    low, high = max(0, top - context), min(len(index.starts), end + context)
    if index.start(high) - index.start(low) > 2 * LARGEST_PART:
        low, high = lines
    base = index.start(low)
    begin, stop = max(span.start, index.start(top)), min(span.end, index.start(end))
    before = _decoded(text[base:begin])
    part = tokens_of(_decoded(text[begin:stop]))
    tokens = Tokens(part.words, [len(before) + start for start in part.starts])
    return Side.of(_decoded(text[base : index.start(high)]).removesuffix("\n"), low, tokens)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
