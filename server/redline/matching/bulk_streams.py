"""The same streams as ``streams``, computed with NumPy."""

from __future__ import annotations

import numpy as np

from .bulk import I64, BulkTokens, Flags, hash_words
from .streams import (
    AFTER_DASHES,
    AFTER_HASH,
    AFTER_SLASHES,
    AFTER_STAR,
    BEFORE_COMMENT,
    LONGEST_COMMENTED,
    NAME,
    PROSE_WORDS,
    QUIET,
    Stream,
    is_word,
)


def _table(members: bytes) -> Flags:
    return np.array([byte in members for byte in range(256)], np.bool_)


WORD = np.array([is_word(byte) for byte in range(256)], np.bool_)
_MARKS = _table(b"#/*-")
_BEFORE = _table(BEFORE_COMMENT)
_AFTER_HASH = _table(AFTER_HASH)
_AFTER_SLASHES = _table(AFTER_SLASHES)
_AFTER_STAR = _table(AFTER_STAR)
_AFTER_DASHES = _table(AFTER_DASHES)
_LOUD = ~WORD & ~_table(QUIET)


def streams(
    text: bytes, tokens: BulkTokens, line_starts: I64, line_tokens: I64
) -> tuple[Stream, Stream]:
    """Split a text's tokens into code and words."""
    data = np.frombuffer(text + b"\n\n", np.uint8)
    heads = data.take(tokens.starts)
    comment = _comments(data, heads, tokens.starts, line_starts, line_tokens)
    words = _words(data, heads, tokens.starts, line_tokens)
    return _code(tokens, comment, line_tokens), _spoken(text, tokens, words, line_tokens)


def _code(tokens: BulkTokens, comment: Flags | None, line_tokens: I64) -> Stream:
    if comment is None:
        rows = np.arange(len(tokens.starts))
        hashes, parameters, lines = tokens.hashes, tokens.parameters, line_tokens
    else:
        rows = np.flatnonzero(~comment)
        hashes, parameters = tokens.hashes[rows], tokens.parameters[rows]
        lines = np.searchsorted(rows, line_tokens)
    codes = (hashes & np.uint64(15)).astype(np.uint8)
    codes += parameters.view(np.uint8) * np.uint8(NAME)
    # As in Prints, arrays stand where the annotation promises sequences of int.
    return Stream(rows, hashes, parameters, codes.tobytes(), lines)  # type: ignore[arg-type]


def _spoken(text: bytes, tokens: BulkTokens, words: I64, line_tokens: I64) -> Stream:
    hashes = hash_words(text.lower(), tokens.starts[words], tokens.ends[words])
    codes = (hashes & np.uint64(15)).astype(np.uint8)
    lines = np.searchsorted(words, line_tokens)
    none: list[bool] = []
    return Stream(words, hashes, none, codes.tobytes(), lines)  # type: ignore[arg-type]


def _comments(
    data: np.ndarray[tuple[int], np.dtype[np.uint8]],
    heads: np.ndarray[tuple[int], np.dtype[np.uint8]],
    starts: I64,
    line_starts: I64,
    line_tokens: I64,
) -> Flags | None:
    """Which tokens lie in comments; None: none does."""
    rows = np.flatnonzero(_MARKS[heads])
    if not len(rows):
        return None
    line = np.searchsorted(line_tokens, rows, "right") - 1
    short = line_starts[line + 1] - line_starts[line] <= LONGEST_COMMENTED
    rows, line = rows[short], line[short]
    at, mark = starts[rows], heads[rows]
    after, beyond = data[at + 1], data[at + 2]
    first = rows == line_tokens[line]
    apart = first | _BEFORE[data[at - 1]]
    slash = mark == 0x2F
    opens = apart & (
        ((mark == 0x23) & _AFTER_HASH[after]) | (slash & (after == 0x2F) & _AFTER_SLASHES[beyond])
    )
    opens |= first & (
        (slash & (after == 0x2A))
        | ((mark == 0x2A) & _AFTER_STAR[after])
        | ((mark == 0x2D) & (after == 0x2D) & _AFTER_DASHES[beyond])
    )
    rows, line = rows[opens], line[opens]
    if not len(rows):
        return None
    earliest = np.concatenate(([True], line[1:] != line[:-1]))
    rows, line = rows[earliest], line[earliest]
    change = np.zeros(len(starts) + 1, np.int8)
    change[rows] += 1
    change[line_tokens[line + 1]] -= 1
    inside: Flags = np.cumsum(change[:-1], dtype=np.int8).view(np.bool_)
    return inside


def _words(
    data: np.ndarray[tuple[int], np.dtype[np.uint8]],
    heads: np.ndarray[tuple[int], np.dtype[np.uint8]],
    starts: I64,
    line_tokens: I64,
) -> I64:
    """The tokens that are words of prose."""
    word = WORD[heads]
    loud = _LOUD[heads]
    dots = np.flatnonzero(heads == 0x2E)
    loud[dots] = WORD[data[starts[dots] + 1]]
    digit = (heads >= 0x30) & (heads <= 0x39)
    spoken = _per_line(word & ~digit, line_tokens)
    smooth = (spoken > 0) & (3 * _per_line(loud, line_tokens) <= spoken + 1)
    anchors = np.cumsum(smooth & (spoken >= PROSE_WORDS))
    # A paragraph begins with its first line of enough words and ends before one that is no prose.
    before = np.maximum.accumulate(np.where(smooth, 0, anchors)) if len(anchors) else anchors
    prose = smooth & (anchors > before)
    return np.flatnonzero(word & np.repeat(prose, np.diff(line_tokens)))


def _per_line(flags: Flags, line_tokens: I64) -> I64:
    summed = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags, out=summed[1:])
    return np.diff(summed[line_tokens])
