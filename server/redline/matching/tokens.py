"""Tokens and fingerprints in plain Python: the definition, and the path for small inputs.

A token is a run of word bytes or one other byte; white space, quotes, commas,
semicolons and backslashes are no tokens, so that a formatter changes nothing.
Three channels of 64-bit k-gram hashes are taken over them (``streams`` says over which):
*raw* tokens; *abstract* ones, where a name is its distance to its last use inside the
gram (Baker's parameterised matching, 1993), so that renaming changes nothing; *words*.
``bulk`` computes the same values with NumPy; a property test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .words import KEPT

MASK = (1 << 64) - 1

RAW_K = 10
"""Tokens in a raw gram."""
RAW_W = 6
"""Winnowing window of the raw channel: every shared run of 15 tokens is found."""
ABSTRACT_K = 16
ABSTRACT_W = 8
WORD_K = 6
"""Words in a gram of prose."""
WORD_W = 4
"""Every nine words of prose in common are found."""
MIN_VARIETY = 9
"""Distinct tokens an abstract gram needs; below it, tables and ladders match everything."""

# Odd constants of splitmix64 and murmur3's finalisers; any odd 64-bit numbers would do.
MIX_1 = 0x9E3779B97F4A7C15
MIX_2 = 0xC2B2AE3D27D4EB4F
MIX_3 = 0xD6E8FEB86659FD93
BASE = 0xBF58476D1CE4E5B9
"""Base of the gram polynomial."""
PARAMETER = 0x94D049BB133111EB
RAW_SALT = 0x52
ABSTRACT_SALT = 0x41
LINE_SALT = 0x4C
SHAPE_SALT = 0x53
WORD_SALT = 0x57

_TOKEN = re.compile(rb"[0-9A-Za-z_$\x80-\xff]+|[^\s\"'`,;\\]")
_WORD = re.compile(rb"[0-9A-Za-z_$\x80-\xff]")


def token_hash(token: bytes) -> int:
    """Hash one token: its first 16 bytes, its last 8 and its length."""
    size = len(token)
    low = int.from_bytes(token[:8], "little")
    high = int.from_bytes(token[-8:], "little")
    value = ((low * MIX_1) ^ (high * MIX_2)) & MASK
    value = (value + size * MIX_3) & MASK
    if size > 16:
        value ^= (int.from_bytes(token[8:16], "little") * MIX_3) & MASK
    value ^= value >> 32
    value = (value * MIX_2) & MASK
    return value ^ (value >> 29)


class _Memo(dict[bytes, int]):
    """Source text repeats its words, so each is hashed once."""

    def __missing__(self, token: bytes) -> int:
        value = self[token] = token_hash(token)
        return value


KEPT_HASHES = frozenset(token_hash(word) for word in KEPT)
DOT = token_hash(b".")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel columns, one row a token; offsets in bytes."""

    starts: Sequence[int]
    ends: Sequence[int]
    hashes: Sequence[int]
    parameters: Sequence[bool]
    """True where the token is a name that may be renamed."""


def tokenise(text: bytes) -> Tokens:
    """Split ``text`` into tokens."""
    starts: list[int] = []
    ends: list[int] = []
    hashes: list[int] = []
    parameters: list[bool] = []
    memo = _Memo()
    names: dict[bytes, bool] = {}
    after_dot = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        value = memo[token]
        starts.append(match.start())
        ends.append(match.end())
        hashes.append(value)
        name = names.get(token)
        if name is None:
            name = names[token] = (
                _WORD.match(token) is not None
                and not 0x30 <= token[0] <= 0x39
                and value not in KEPT_HASHES
            )
        parameters.append(name and not after_dot)
        after_dot = value == DOT
    return Tokens(starts, ends, hashes, parameters)


def finish(value: int, salt: int) -> int:
    """Spread a gram's polynomial over 64 bits, apart for each channel."""
    value ^= salt
    value ^= value >> 32
    value = (value * MIX_3) & MASK
    return value ^ (value >> 29)


def grams(hashes: Sequence[int], k: int = RAW_K, salt: int = RAW_SALT) -> list[int]:
    """Hash every run of ``k`` tokens; row ``i`` begins at token ``i``."""
    if len(hashes) < k:
        return []
    top = pow(BASE, k - 1, 1 << 64)
    value = 0
    for item in hashes[:k]:
        value = (value * BASE + item) & MASK
    values = [finish(value, salt)]
    for old, new in zip(hashes, hashes[k:], strict=False):
        value = ((value - old * top) * BASE + new) & MASK
        values.append(finish(value, salt))
    return values


def parameter_hash(distance: int) -> int:
    """Value of a name whose last use lies ``distance`` tokens back; 0: none in this gram."""
    return ((distance + 1) * PARAMETER) & MASK


def abstract_grams(hashes: Sequence[int], parameters: Sequence[bool]) -> list[int]:
    """Hash every run of ``ABSTRACT_K`` tokens with names by distance; 0 where too plain.

    Sliding by one changes two things: the polynomial rolls on, and the next use
    of the name that left is now the first of its gram.
    """
    k = ABSTRACT_K
    count = len(hashes)
    if count < k:
        return []
    previous, following = _neighbours(hashes, parameters)
    fresh = parameter_hash(0)
    powers = [pow(BASE, exponent, 1 << 64) for exponent in range(k)]
    values = [
        fresh if parameter else value for value, parameter in zip(hashes, parameters, strict=True)
    ]
    variety = _variety(values, k)
    value = 0
    found: list[int] = []
    for end in range(count):
        entering = values[end]
        distance = previous[end]
        if distance and distance < k:
            entering = parameter_hash(distance)
        start = end - k + 1
        if start <= 0:
            value = (value * BASE + entering) & MASK
        else:
            left = start - 1
            value = ((value - values[left] * powers[k - 1]) * BASE + entering) & MASK
            jump = following[left]
            if jump and jump < k:
                # The name's next use counted its distance to the token that has just left.
                weight = powers[k - 1 - (left + jump - start)]
                value = (value + (fresh - parameter_hash(jump)) * weight) & MASK
        if start >= 0:
            found.append(finish(value, ABSTRACT_SALT) if variety[start] >= MIN_VARIETY else 0)
    return found


def _neighbours(hashes: Sequence[int], parameters: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Distances to each name's last and next use; 0 where there is none, or no name."""
    previous = [0] * len(hashes)
    following = [0] * len(hashes)
    last: dict[int, int] = {}
    for place, (value, parameter) in enumerate(zip(hashes, parameters, strict=True)):
        if not parameter:
            continue
        before = last.get(value)
        if before is not None:
            previous[place] = following[before] = place - before
        last[value] = place
    return previous, following


def _variety(values: Sequence[int], k: int) -> list[int]:
    """Count the distinct values in every run of ``k``."""
    counts: dict[int, int] = {}
    result: list[int] = []
    for end, value in enumerate(values):
        counts[value] = counts.get(value, 0) + 1
        if end >= k:
            gone = values[end - k]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if end >= k - 1:
            result.append(len(counts))
    return result
