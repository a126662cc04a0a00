"""How much a chain of common stretches tells: in bits, each token once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from .align import Run
from .regions import Young
from .streams import Stream

_KNOWN_CODES = re.compile(rb"[\x20-\xff]+")
"""Stretches of a piece's codes that have ``streams.COMMON`` or ``streams.READ``."""
_READ_CODES = re.compile(rb"[\x40-\xff]+")
"""Those that have ``streams.READ``."""
_ENOUGH_LINES = 8
"""Whole lines of one stretch that are counted; more of them say nothing more."""
_SHORTEST = 6
"""Tokens that are left of a stretch when lines too old are cut out of it."""

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Score:
    """What a chain comes to."""

    bits: float
    lines: int
    """Whole lines of the text that are the very same, blank ones not counted; at least so many."""
    covered: int
    """Tokens of the text that lie in it."""
    exact: int
    """Of these the ones that are the very same."""
    first: int
    """The first token that the assistant had not read, and the last; -1 if there is none."""
    last: int


def score(
    chain: Sequence[Run],
    codes: bytes,
    stream: Stream,
    raw: Sequence[float],
    abstract: Sequence[float],
) -> Score:
    """Sum a chain up; ``codes`` are the piece's, the others prefix sums over the text's stream."""
    same = _merged((run.start, run.end) for run in chain if not run.renamed)
    alike = _merged((run.start, run.end) for run in chain if run.renamed)
    known = _merged(span for run in chain for span in _found(_KNOWN_CODES, run, codes))
    read = _merged(span for run in chain for span in _found(_READ_CODES, run, codes))
    telling = _without(same, known)
    by_shape = _without(_without(alike, same), known)
    bits = sum(raw[end] - raw[start] for start, end in telling)
    bits += sum(abstract[end] - abstract[start] for start, end in by_shape)
    exact = sum(end - start for start, end in same)
    spans = _merged([*same, *alike])
    covered = sum(end - start for start, end in spans)
    lines = sum(_whole_lines(stream, start, end) for start, end in same)
    own = _without(spans, read)
    first = own[0][0] if own else -1
    last = own[-1][1] - 1 if own else -1
    return Score(bits, lines, covered, exact, first, last)


def _whole_lines(stream: Stream, start: int, end: int) -> int:
    first, last = bisect_left(stream.lines, start), bisect_right(stream.lines, end) - 1
    whole = (line for line in range(first, last) if stream.lines[line] < stream.lines[line + 1])
    return sum(1 for _ in islice(whole, _ENOUGH_LINES))


def _found(marked: re.Pattern[bytes], run: Run, codes: bytes) -> Iterator[tuple[int, int]]:
    """The parts of a run that are marked so, as tokens of the text."""
    for found in marked.finditer(codes, run.place, run.place_end):
        yield run.start + found.start() - run.place, run.start + found.end() - run.place


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _without(spans: Spans, others: Spans) -> Spans:
    """The parts of merged spans that merged others leave."""
    left: Spans = []
    first = 0
    for start, end in spans:
        while first < len(others) and others[first][1] <= start:
            first += 1
        at = start
        for other, stop in others[first:]:
            if other >= end:
                break
            if other > at:
                left.append((at, other))
            at = max(at, stop)
        if at < end:
            left.append((at, end))
    return left


def young_parts(run: Run, stream: Stream, young: Young) -> Iterator[Run]:
    """Cut the lines out of a run that are older than the message."""
    at = run.start
    line = bisect_right(stream.lines, at) - 1
    begin = None
    while at < run.end:
        stop = min(run.end, int(stream.lines[line + 1]))
        if young[line]:
            begin = at if begin is None else begin
        elif begin is not None:
            yield from _part(run, begin, at)
            begin = None
        at, line = stop, line + 1
    if begin is not None:
        yield from _part(run, begin, run.end)


def parts(chain: Sequence[Run], stream: Stream) -> Iterator[list[Run]]:
    """Cut a chain where whole lines of the text came in between: they are somebody else's.

    A line that replaced another stays inside; the region's share tells of it.
    """
    part: list[Run] = []
    for run in chain:
        if part:
            tail = max(part, key=attrgetter("end"))
            between, over = run.start - tail.end, run.place - tail.place_end
            line = bisect_right(stream.lines, tail.end - 1) - 1
            if 2 * over < between and bisect_right(stream.lines, run.start) - 2 - line >= 1:
                yield part
                part = []
        part.append(run)
    yield part


def passages(chains: Iterable[list[Run]], stream: Stream, apart: int) -> Iterator[list[Run]]:
    """Cut chains of words where more than ``apart`` lines have none."""
    for chain in chains:
        passage: list[Run] = []
        reached = 0
        for run in chain:
            for part in _paragraphs(run, stream, apart):
                line = bisect_right(stream.lines, part.start) - 1
                if passage and line - reached > apart + 1:
                    yield passage
                    passage = []
                passage.append(part)
                reached = max(reached, bisect_right(stream.lines, part.end - 1) - 1)
        yield passage


def _paragraphs(run: Run, stream: Stream, apart: int) -> Iterator[Run]:
    begin = at = run.start
    before = line = bisect_right(stream.lines, at) - 1
    while at < run.end:
        stop = min(run.end, int(stream.lines[line + 1]))
        if stop > at:
            if line - before > apart + 1:
                yield Run(begin, at, run.place + begin - run.start, run.renamed)
                begin = at
            before = line
        at, line = stop, line + 1
    yield Run(begin, run.end, run.place + begin - run.start, run.renamed)


def _part(run: Run, start: int, end: int) -> Iterator[Run]:
    if end - start >= _SHORTEST:
        yield Run(start, end, run.place + start - run.start, run.renamed)
