"""Regions of prose: passages whose words are the same, whatever their marks and layout."""

from __future__ import annotations

from collections.abc import Sequence

from .align import Seed, chains
from .asked import Asked, common_runs
from .regions import Match, Young, line_of, region
from .score import passages, score
from .shelf import Known

_WORD_GAP = 12
"""Words a chain may jump over: a clause."""
_PARAGRAPHS_APART = 3
"""Lines without prose that end a passage: what stands beyond is another docstring."""


def prose_matches(
    asked: Asked,
    known: Known,
    seeds: Sequence[Seed],
    young: Young | None,
) -> list[Match]:
    """Find what the prose of a text has of a piece's."""
    prints, stream = asked.prints, asked.prints.prose
    codes = known.word_codes
    matches = []
    found = common_runs(stream, asked.prose, known.prose, seeds, young)
    for chain in passages(chains(found, _WORD_GAP), stream, _PARAGRAPHS_APART):
        told = score(chain, codes, stream, asked.surprise.words, asked.surprise.words)
        if not asked.tells_prose(told.bits):
            continue
        first, last = line_of(stream, told.first), line_of(stream, told.last)
        start, end = int(stream.rows[told.first]), int(stream.rows[told.last]) + 1
        piece, session, bits = known.piece, known.session, told.bits
        edges = (first, last, start, end)
        matches.append(region(prints, piece, session, "prose", *edges, bits, told.covered, stream))
    return matches
