"""All fingerprints of one text: grams of its code and of its prose, hashes of its lines.

``take`` chooses between plain Python and NumPy by size; both give the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import tokens as plain
from .streams import Stream, is_word, streams
from .telling import INFORMATIVE as INFORMATIVE
from .tokens import (
    BASE,
    LINE_SALT,
    MASK,
    SHAPE_SALT,
    WORD_K,
    WORD_SALT,
    finish,
    parameter_hash,
    token_hash,
)

BULK_FROM = 96 * 1024
"""Bytes from which importing NumPy (about 70 ms once) pays."""

_IMPORTS = frozenset(
    token_hash(word)
    for word in b"import from use using package require include namespace extern".split()
)

_PLAIN = frozenset(
    (
        ".md .markdown .mdx .rst .txt .adoc .csv .tsv .json .jsonl .ndjson .lock .svg .xml .po"
    ).split()
)


def is_code(path: str) -> bool:
    """Tell whether renaming means anything in a file of this name; prose and data have no names."""
    name = path.rpartition("/")[2].lower()
    return "." + name.rpartition(".")[2] not in _PLAIN if "." in name else True


@dataclass(frozen=True, slots=True)
class Prints:
    """Parallel columns: a row a token, a row a gram, a row a line.

    Lines are split at LF alone, as git counts them; a file's last line needs no LF.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    hashes: Sequence[int]
    line_starts: Sequence[int]
    """First byte of each line, and one more row: the text's length."""
    line_tokens: Sequence[int]
    """First token of each line, and one more row: the number of tokens."""
    lines: Sequence[int]
    """Hash of each line's tokens; 0 for a line without any."""
    shapes: Sequence[int]
    """Hash of each line's code with names by distance inside the line; 0 for one without code."""
    weights: Sequence[int]
    """Bytes of words in each line; 0 for an import, which every file has."""
    code: Stream
    raw: Sequence[int]
    """Gram that begins at each token of the code; fewer rows than tokens."""
    abstract: Sequence[int]
    """0 where the gram is too plain to say anything."""
    prose: Stream
    words: Sequence[int]
    """Gram that begins at each word of the prose."""
    data: bool = False
    """What it repeats is its form: see ``forms``."""


def take(
    text: bytes, *, abstract: bool = True, bulk: bool | None = None, data: bool = False
) -> Prints:
    """Fingerprint ``text``; ``abstract`` False leaves that channel empty (prose, data)."""
    if bulk is None:
        bulk = len(text) >= BULK_FROM
    if bulk:
        from .bulk_prints import take_bulk

        return take_bulk(text, abstract=abstract, data=data)
    tokens = plain.tokenise(text)
    line_starts = _line_starts(text)
    line_tokens: list[int] = []
    lines: list[int] = []
    weights: list[int] = []
    token = 0
    for line in range(len(line_starts) - 1):
        line_tokens.append(token)
        value = weight = 0
        first = token
        end = line_starts[line + 1]
        while token < len(tokens.starts) and tokens.starts[token] < end:
            value = (value * BASE + tokens.hashes[token]) & MASK
            size = tokens.ends[token] - tokens.starts[token]
            if size > 1 or is_word(text[tokens.starts[token]]):
                weight += size
            token += 1
        lines.append(finish(value, LINE_SALT) if token > first else 0)
        imports = token > first and tokens.hashes[first] in _IMPORTS
        weights.append(0 if imports else weight)
    line_tokens.append(token)
    code, prose = streams(text, tokens, line_starts, line_tokens)
    return Prints(
        tokens.starts,
        tokens.ends,
        tokens.hashes,
        line_starts,
        line_tokens,
        lines,
        _shapes(code),
        weights,
        code,
        plain.grams(code.hashes),
        plain.abstract_grams(code.hashes, code.parameters) if abstract else [],
        prose,
        plain.grams(prose.hashes, WORD_K, WORD_SALT),
        data,
    )


def _line_starts(text: bytes) -> list[int]:
    if not text:
        return [0]
    starts = [0]
    place = text.find(b"\n")
    while place >= 0:
        starts.append(place + 1)
        place = text.find(b"\n", place + 1)
    if starts[-1] != len(text):
        starts.append(len(text))
    return starts


def _shapes(code: Stream) -> list[int]:
    shapes: list[int] = []
    for first, last in pairwise(code.lines):
        shape = 0
        uses: dict[int, int] = {}
        for token in range(first, last):
            word = code.hashes[token]
            if code.parameters[token]:
                distance = token - uses.get(word, token)
                uses[word] = token
                word = parameter_hash(distance)
            shape = (shape * BASE + word) & MASK
        shapes.append(finish(shape, SHAPE_SALT) if last > first else 0)
    return shapes
