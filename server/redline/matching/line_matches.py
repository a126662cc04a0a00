"""Regions of rare lines that follow each other in a text and in a piece."""

from __future__ import annotations

from collections.abc import Iterable

from .asked import Asked
from .regions import Match, Young, region, run_bits, same_line, trimmed
from .shelf import Known

_MOST_WALKS = 16
"""Runs of equal lines that may lead over one line; each starts at another place of the piece."""


def line_matches(
    asked: Asked,
    known: Known,
    seeds: Iterable[tuple[int, int]],
    young: Young | None,
) -> list[Match]:
    """Runs of at least three rare lines that follow each other in both texts."""
    prints, piece, session = asked.prints, known.piece, known.session
    matches = []
    done = -1
    own = set(seeds)
    walked: dict[int, int] = {}
    visits = bytearray(len(prints.lines))
    for line, other in sorted(own):
        if line <= done or (young is not None and not young[line]):
            continue
        # The rest of a run says less than the run: walked again, equal lines cost their square.
        if line <= walked.get(line - other, -1) or visits[line] >= _MOST_WALKS:
            continue
        last, end = line, other
        rare = 1
        while same_line(prints, piece, last + 1, end + 1, young):
            last, end = last + 1, end + 1
            visits[last] = min(255, visits[last] + 1)
            # A line that the assistant had read is no seed: it fills a run and proves nothing.
            rare += (last, end) in own
        walked[line - other] = last
        first = line
        if rare < 3:
            continue
        bits = run_bits(prints, first, last)
        if not asked.tells(bits, last - first + 1):
            continue
        done = last
        first, last = trimmed(prints, first, last)
        start, stop = int(prints.line_tokens[first]), int(prints.line_tokens[last + 1])
        matches.append(
            region(prints, piece, session, "lines", first, last, start, stop, bits, stop - start)
        )
    return matches
