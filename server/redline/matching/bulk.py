"""The same tokens and fingerprints as ``tokens``, computed with NumPy for bulk work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .tokens import (
    ABSTRACT_K,
    ABSTRACT_SALT,
    BASE,
    DOT,
    KEPT_HASHES,
    MASK,
    MIN_VARIETY,
    MIX_1,
    MIX_2,
    MIX_3,
    RAW_K,
    RAW_SALT,
    parameter_hash,
)

U64: TypeAlias = npt.NDArray[np.uint64]
I64: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_SPACE, _WORD, _OTHER = 0, 1, 2
_CLASSES = bytes(
    _WORD
    if (chr(byte).isalnum() and byte < 128) or byte in b"_$" or byte >= 128
    else _SPACE
    if byte in b" \t\r\n\f\v\"'`,;\\"
    else _OTHER
    for byte in range(256)
)
_BYTES_MASK = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)
_PADDING = bytes(24)


@dataclass(frozen=True, slots=True)
class BulkTokens:
    """As ``tokens.Tokens``, in arrays."""

    starts: I64
    ends: I64
    hashes: U64
    parameters: Flags


def tokenise(text: bytes) -> BulkTokens:
    """Split ``text`` into tokens; two unaligned 8-byte loads hash each."""
    classes = np.frombuffer(text.translate(_CLASSES), np.uint8)
    size = len(classes)
    edge = np.empty(size + 1, np.bool_)
    edge[0] = edge[size] = True
    np.not_equal(classes[1:], classes[:-1], out=edge[1:size])
    edge[1:size] |= classes[1:] == _OTHER
    solid = classes != _SPACE
    starts = np.flatnonzero(edge[:-1] & solid)
    ends = np.flatnonzero(edge[1:] & solid) + 1
    hashes = hash_words(text, starts, ends)

    first = np.frombuffer(text, np.uint8).take(starts) if size else np.empty(0, np.uint8)
    parameters = classes.take(starts) == _WORD if size else np.empty(0, np.bool_)
    parameters &= (first < 0x30) | (first > 0x39)
    parameters &= ~_kept().among(hashes)
    parameters[1:] &= hashes[:-1] != np.uint64(DOT)
    return BulkTokens(starts, ends, hashes, parameters)


def hash_words(text: bytes, starts: I64, ends: I64) -> U64:
    """Hash the tokens that lie there, as ``tokens.token_hash`` does."""
    lengths = ends - starts
    words = np.ndarray((len(text) + 16,), "<u8", text + _PADDING, 0, (1,))
    mask = _BYTES_MASK.take(lengths, mode="clip")
    low = words.take(starts) & mask
    high = words.take(np.maximum(ends - 8, starts)) & mask
    hashes = (low * np.uint64(MIX_1)) ^ (high * np.uint64(MIX_2))
    hashes += lengths.astype(np.uint64) * np.uint64(MIX_3)
    long = np.flatnonzero(lengths > 16)
    if len(long):
        hashes[long] ^= words.take(starts[long] + 8) * np.uint64(MIX_3)
    hashes ^= hashes >> np.uint64(32)
    hashes *= np.uint64(MIX_2)
    hashes ^= hashes >> np.uint64(29)
    return hashes


@dataclass(frozen=True, slots=True)
class Members:
    """A few known hashes; most values are told from them by their upper 16 bits."""

    sorted: U64
    heads: Flags
    """By upper bits: whether some known hash has them."""

    @classmethod
    def of(cls, hashes: Iterable[int]) -> Members:
        """Take the known hashes."""
        known = np.array(sorted(hashes), np.uint64)
        heads = np.zeros(1 << 16, np.bool_)
        heads[known >> np.uint64(48)] = True
        return cls(known, heads)

    def among(self, values: U64) -> Flags:
        """Tell which values are known."""
        found: Flags = self.heads[values >> np.uint64(48)]
        rows = np.flatnonzero(found)
        some = values[rows]
        found[rows] = self.sorted.take(np.searchsorted(self.sorted, some), mode="clip") == some
        return found


@cache
def _kept() -> Members:
    return Members.of(KEPT_HASHES)


def _powers(size: int, base: int) -> U64:
    """``base`` to the powers 0 to ``size``, by doubling."""
    powers = np.empty(size + 1, np.uint64)
    powers[0] = 1
    done = 1
    while done <= size:
        more = min(done, size + 1 - done)
        powers[done : done + more] = powers[:more] * np.uint64(pow(base, done, 1 << 64))
        done += more
    return powers


@cache
def _tables(room: int) -> tuple[U64, U64]:
    return _powers(room, BASE), _powers(room, pow(BASE, -1, 1 << 64))


def powers_for(size: int) -> tuple[U64, U64]:
    """Powers of the base and of its inverse for at least ``size``; few sizes, so few tables."""
    room = 1 << max(12, size.bit_length())
    return _tables(room)


def finish(values: U64, salt: int) -> U64:
    values ^= np.uint64(salt)
    values ^= values >> np.uint64(32)
    values *= np.uint64(MIX_3)
    values ^= values >> np.uint64(29)
    return values


def _polynomials(hashes: U64, k: int) -> U64:
    """The unfinished polynomial of every run of ``k``, from prefix sums."""
    count = len(hashes)
    _, inverse = powers_for(count)
    prefix = np.empty(count + 1, np.uint64)
    prefix[0] = 0
    # Token p weighs BASE^(k-1-(p-i)) in gram i: sum hashes[p] * BASE^-p, then scale the sum by
    # BASE^(k-1+i).
    np.cumsum(hashes * inverse[:count], out=prefix[1:])
    return prefix[k:] - prefix[:-k]


def grams(hashes: U64, k: int = RAW_K, salt: int = RAW_SALT) -> U64:
    """Hash every run of ``k`` tokens."""
    if len(hashes) < k:
        return np.empty(0, np.uint64)
    values = _polynomials(hashes, k)
    powers, _ = powers_for(len(hashes) + k)
    return finish(values * powers[k - 1 : k - 1 + len(values)], salt)


@dataclass(frozen=True, slots=True)
class Twins:
    """Places of equal tokens next to each other, earlier and later, in no order."""

    names: tuple[I64, I64]
    """Uses of a name that may be renamed."""
    others: tuple[I64, I64]
    """Of all other tokens."""


def twins(hashes: U64, parameters: Flags) -> Twins:
    """Find each token's next equal, names and other tokens apart."""
    count = len(hashes)
    room = np.uint64(20)
    kind = np.uint64(1) << room
    if count < 1 << 20:
        # One plain sort, with kind and place in the low bits, is many times quicker than a
        # stable one of rows; the upper 43 bits of a hash tell the tokens of one text apart.
        keys = hashes & ~np.uint64((1 << 21) - 1)
        keys |= np.arange(count, dtype=np.uint64)
        keys |= np.where(parameters, kind, np.uint64(0))
        keys.sort()
        order = (keys & (kind - np.uint64(1))).astype(np.int64)
    else:
        order = np.lexsort((parameters, hashes))
    before, after = order[:-1], order[1:]
    named = parameters[before]
    same = hashes[before] == hashes[after]
    same &= named == parameters[after]
    before, after, named = before[same], after[same], named[same]
    return Twins((before[named], after[named]), (before[~named], after[~named]))


def abstract_grams(hashes: U64, parameters: Flags, equal: Twins) -> U64:
    """Hash every run of ``ABSTRACT_K`` tokens with names by distance; 0 where too plain.

    A name at ``p`` whose last use is ``m`` differs from a fresh one in the grams
    ``p-k+1`` to ``m`` only: a difference array adds that term to all of them at once.
    """
    k = ABSTRACT_K
    count = len(hashes)
    if count < k:
        return np.empty(0, np.uint64)
    powers, inverse = powers_for(count + k)
    values = np.where(parameters, np.uint64(parameter_hash(0)), hashes)
    found = _polynomials(values, k)
    before, after = equal.names
    near = after - before < k
    before, after = before[near], after[near]
    terms = _changes().take(after - before) * inverse.take(after)
    change = np.zeros(count + 2, np.uint64)
    # The clamp lets several terms meet in gram 0, so they are summed, not assigned.
    late = after >= k - 1
    change[after[late] - k + 1] = terms[late]
    change[:1] += np.add.reduce(terms[~late], keepdims=True)
    change[before + 1] -= terms
    found += np.cumsum(change)[: len(found)]
    found = finish(found * powers[k - 1 : k - 1 + len(found)], ABSTRACT_SALT)
    found[_variety(parameters, equal) < MIN_VARIETY] = 0
    return found


@cache
def _changes() -> U64:
    """What a name's value changes by when its last use comes into the gram, by distance."""
    fresh = parameter_hash(0)
    return np.array([(parameter_hash(d) - fresh) & MASK for d in range(ABSTRACT_K)], np.uint64)


def _variety(parameters: Flags, equal: Twins) -> I64:
    """Count the distinct tokens of every gram, all names being one: those new to it."""
    k, count = ABSTRACT_K, len(parameters)
    names = np.flatnonzero(parameters)
    before = np.concatenate((equal.others[0], names[:-1]))
    after = np.concatenate((equal.others[1], names[1:]))
    near = after - before < k
    before, after = before[near], after[near]
    repeats = np.zeros(count + 2, np.int64)
    late = after >= k - 1
    repeats[after[late] - k + 1] += 1
    repeats[0] += np.count_nonzero(~late)
    repeats[before + 1] -= 1
    return k - np.cumsum(repeats)[: count - k + 1]


def winnow(grams: U64, window: int) -> I64:
    """Places of the rightmost minimum of every window (Schleimer, Wilkerson, Aiken 2003)."""
    block = (1 << 20) - 1
    if len(grams) <= block:
        return _winnow_block(grams, window)
    starts = range(0, len(grams), block - window + 1)
    parts = [_winnow_block(grams[start : start + block], window) + start for start in starts]
    return np.unique(np.concatenate(parts))


def _winnow_block(grams: U64, window: int) -> I64:
    if not len(grams):
        return np.empty(0, np.int64)
    return once_each(minima(grams, min(window, len(grams))))


def minima(grams: U64, window: int) -> I64:
    """The place of the rightmost minimum of every window, of 2**20 grams at most."""
    low = np.uint64((1 << 20) - 1)
    # The place, counted backwards, breaks ties to the right; 44 bits of hash are left to compare.
    keys = (grams & ~low) | (low - np.arange(len(grams), dtype=np.uint64))
    width = 1
    while width * 2 <= window:
        keys = np.minimum(keys[:-width], keys[width:])
        width *= 2
    if width < window:
        shift = window - width
        keys = np.minimum(keys[: len(keys) - shift], keys[shift:])
    return (low - (keys & low)).astype(np.int64)


def once_each(places: I64) -> I64:
    """Drop what is equal to the place before it."""
    keep = np.ones(len(places), np.bool_)
    np.not_equal(places[1:], places[:-1], out=keep[1:])
    return places[keep]
