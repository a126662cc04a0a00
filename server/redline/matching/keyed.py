"""Keyed hashes: what leaves a machine can be compared only by who holds the key."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import shake_256

from .tokens import MASK, MIX_2, MIX_3


def keyed(values: Sequence[int], key: bytes) -> Sequence[int]:
    """Rekey hashes with 16 secret bytes; an empty key leaves them as they are, 0 stays 0.

    Two rounds of a keyed finaliser: enough that a table of common code does not
    read an exported index; it is no encryption, and the index stays confidential.
    """
    if not key:
        return values
    one = int.from_bytes(key[:8], "little")
    two = int.from_bytes(key[8:16], "little") | 1
    if isinstance(values, list):
        return [_rekey(value, one, two) if value else 0 for value in values]
    import numpy as np

    mixed = np.asarray(values, np.uint64) ^ np.uint64(one)
    for factor in (two, MIX_2):
        mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        mixed += np.uint64(one)
    mixed *= np.uint64(MIX_3)
    mixed ^= mixed >> np.uint64(29)
    return np.where(np.asarray(values) == 0, np.uint64(0), mixed)  # type: ignore[return-value]


def masked(codes: bytes, key: bytes, nonce: bytes, *, words: bool = False) -> bytes:
    """Cover a column of codes with a stream of the key's, or uncover it again.

    A code has so few values that no rekeying hides it. ``nonce`` is the piece's digest.
    """
    if not key or not codes:
        return codes
    stream = shake_256(key + nonce + (b"words" if words else b"code")).digest(len(codes))
    mixed = int.from_bytes(codes, "little") ^ int.from_bytes(stream, "little")
    return mixed.to_bytes(len(codes), "little")


def _rekey(value: int, one: int, two: int) -> int:
    value ^= one
    for factor in (two, MIX_2):
        value = (value * factor) & MASK
        value ^= value >> 31
        value = (value + one) & MASK
    value = (value * MIX_3) & MASK
    return value ^ (value >> 29)
