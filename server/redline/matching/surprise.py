"""How much each token of a text tells, summed up so that any stretch is judged at once.

What stood a little earlier in the same text tells nothing again: a table or a ladder of like
statements is worth its first row. Imports tell nothing at all, for whoever uses the same
library imports the same names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from .forms import repeated
from .prints import Prints
from .rarity import FARTHEST, Table, tables
from .streams import Stream
from .tokens import MASK, MIX_1, MIX_2, parameter_hash

if TYPE_CHECKING:
    from .bulk import U64

_MEMORY = 256
"""Tokens back within which three in a row, met again, tell nothing."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """Prefix sums of bits: a stretch ``i`` to ``j`` of a stream tells ``column[j] - column[i]``."""

    raw: Sequence[float]
    abstract: Sequence[float]
    words: Sequence[float]


def surprise(prints: Prints) -> Surprise:
    """Judge all tokens of a text."""
    table = tables()
    if isinstance(prints.code.hashes, list):
        values = abstract_values(prints.code)
        return Surprise(
            _summed(table.raw, prints.code.hashes, prints, prints.code),
            _summed(table.abstract, values, prints, prints.code),
            _summed(table.words, prints.prose.hashes, prints, prints.prose),
        )
    return Surprise(
        _summed_bulk(table.raw, prints.code.hashes, prints, prints.code),
        _summed_bulk(table.abstract, abstract_values(prints.code), prints, prints.code),
        _summed_bulk(table.words, prints.prose.hashes, prints, prints.prose),
    )


def abstract_values(code: Stream) -> Sequence[int]:
    """The code's hashes, each name by the distance to its last use; 0 for a new or far one."""
    if not isinstance(code.hashes, list):
        return _abstract_values_bulk(code)  # type: ignore[return-value]
    values: list[int] = []
    last: dict[int, int] = {}
    for token, (value, name) in enumerate(zip(code.hashes, code.parameters, strict=True)):
        if name:
            distance = token - last.get(value, token)
            last[value] = token
            value = parameter_hash(distance if distance <= FARTHEST else 0)
        values.append(value)
    return values


def _abstract_values_bulk(code: Stream) -> U64:
    import numpy as np

    from .bulk import twins

    hashes, names = np.asarray(code.hashes, np.uint64), np.asarray(code.parameters, np.bool_)
    before, after = twins(hashes, names).names
    distances = np.zeros(len(hashes), np.int64)
    distances[after] = after - before
    distances[distances > FARTHEST] = 0
    by_distance = np.array([parameter_hash(d) for d in range(FARTHEST + 1)], np.uint64)
    return np.where(names, by_distance[distances], hashes)


def _form(prints: Prints, stream: Stream) -> Iterator[int]:
    """The tokens of data that are its form."""
    if prints.data:
        yield from (token for token, again in enumerate(repeated(stream.codes)) if again)


def _summed(table: Table, values: Sequence[int], prints: Prints, stream: Stream) -> list[float]:
    bits = table.bits(values)
    for line, (first, last) in enumerate(pairwise(stream.lines)):
        if not prints.weights[line]:
            bits[first:last] = [0.0] * (last - first)
    met: dict[int, int] = {}
    for token in _form(prints, stream):
        bits[token] = 0.0
    older = previous = 0
    for token, value in enumerate(values):
        three = (older * MIX_1 + previous * MIX_2 + value) & MASK
        if token - met.get(three, -_MEMORY - 1) <= _MEMORY:
            bits[token] = 0.0
        met[three] = token
        older, previous = previous, value
    return list(accumulate(bits, initial=0.0))


def _summed_bulk(
    table: Table, values: Sequence[int], prints: Prints, stream: Stream
) -> Sequence[float]:
    import numpy as np

    hashes = np.asarray(values, np.uint64)
    bits = table.bits_bulk(hashes)
    silent = np.asarray(prints.weights) == 0
    bits[np.repeat(silent, np.diff(stream.lines))] = 0.0
    bits[list(_form(prints, stream))] = 0.0
    three = hashes.copy()
    three[1:] += hashes[:-1] * np.uint64(MIX_2)
    three[2:] += hashes[:-2] * np.uint64(MIX_1)
    order = np.argsort(three, kind="stable")
    again = (three[order[1:]] == three[order[:-1]]) & (order[1:] - order[:-1] <= _MEMORY)
    bits[order[1:][again]] = 0.0
    summed = np.zeros(len(bits) + 1)
    np.cumsum(bits, out=summed[1:])
    # A list answers single questions many times quicker than an array.
    return summed.tolist()
