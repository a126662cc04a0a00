"""Two streams of a text's tokens, in plain Python: code without comments, and words of prose.

What is a comment and what is prose is told line by line, by marks that all languages share and
never by a grammar: a fragment in a session, a file in a repository and what a tool printed have
to give the same stream. A line wrongly taken for one or the other is so on both sides.
``bulk_streams`` computes the same with NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .tokens import Tokens, token_hash

LONGEST_COMMENTED = 400
"""Bytes of a line in which a comment may begin; longer ones are data, where ``#`` is a letter."""
NAME = 16
"""In a code: the token is a name that may be renamed."""
COMMON = 32
"""In a stored code: everybody writes this; it tells nothing."""
READ = 64
"""In a stored code: the assistant had read it; it is not its own."""
SAME = 31
"""The bits of a code by which tokens are compared."""

PROSE_WORDS = 5
"""Words on a line that make it prose, if it has few marks."""
BEFORE_COMMENT = b" \t"
AFTER_HASH = b" \t\r\n#!:"
AFTER_SLASHES = b" \t\r\n/!"
AFTER_STAR = b" \t\r\n/"
AFTER_DASHES = b" \t"
QUIET = b".:!?()-#*"
"""Marks that prose has as well; a full stop before a word is none of them."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Parallel columns, a row a token of the stream, and where the lines begin in it."""

    rows: Sequence[int]
    """The token's number in the whole text."""
    hashes: Sequence[int]
    """Of words in lower case."""
    parameters: Sequence[bool]
    """True for a name that may be renamed; words have none."""
    codes: bytes
    """A byte a token: four bits of its hash, and ``NAME``.

    Enough to tell how far two texts run along together; no token can be read from so few.
    """
    lines: Sequence[int]
    """First token of each line, and one more row: the number of tokens."""


def streams(
    text: bytes, tokens: Tokens, line_starts: Sequence[int], line_tokens: Sequence[int]
) -> tuple[Stream, Stream]:
    """Split a text's tokens into code and words."""
    comments: list[range] = []
    words: list[int] = []
    word_lines = [0]
    code_lines = [0]
    left_out = 0
    running = False
    for line in range(len(line_tokens) - 1):
        first, last = line_tokens[line], line_tokens[line + 1]
        if first < last and line_starts[line + 1] - line_starts[line] <= LONGEST_COMMENTED:
            opening = _comment(text, tokens.starts, first, last)
            if opening < last:
                comments.append(range(opening, last))
                left_out += last - opening
        code_lines.append(last - left_out)
        on_line = [row for row in range(first, last) if is_word(text[tokens.starts[row]])]
        smooth, anchor = _prose(text, tokens, first, last, on_line)
        running = smooth and (running or anchor)
        if running:
            words += on_line
        word_lines.append(len(words))
    gone = {row for opening in comments for row in opening}
    rows = [row for row in range(len(tokens.starts)) if row not in gone]
    hashes = [tokens.hashes[row] for row in rows]
    parameters = [tokens.parameters[row] for row in rows]
    codes = bytes(
        value & 15 | (NAME if name else 0) for value, name in zip(hashes, parameters, strict=True)
    )
    code = Stream(rows, hashes, parameters, codes, code_lines)
    lower = text.lower()
    spoken = [token_hash(lower[tokens.starts[row] : tokens.ends[row]]) for row in words]
    plain = Stream(words, spoken, [], bytes(value & 15 for value in spoken), word_lines)
    return code, plain


def _comment(text: bytes, starts: Sequence[int], first: int, last: int) -> int:
    """The token of a line at which its comment begins; ``last`` if there is none."""
    for row in range(first, last):
        at = starts[row]
        if text[at] in b"#/*-" and _opens(text, at, row == first):
            return row
    return last


def _opens(text: bytes, at: int, first: bool) -> bool:
    mark = text[at]
    after = text[at + 1] if at + 1 < len(text) else 0x0A
    beyond = text[at + 2] if at + 2 < len(text) else 0x0A
    apart = first or text[at - 1] in BEFORE_COMMENT
    if mark == 0x23:  # #
        return apart and after in AFTER_HASH
    if mark == 0x2F and after == 0x2F:  # //
        return apart and beyond in AFTER_SLASHES
    if mark == 0x2F:
        return first and after == 0x2A
    if mark == 0x2A:  # *
        return first and after in AFTER_STAR
    return first and after == 0x2D and beyond in AFTER_DASHES


def _prose(
    text: bytes, tokens: Tokens, first: int, last: int, on_line: Sequence[int]
) -> tuple[bool, bool]:
    """Tell whether a line may go on a paragraph, and whether it may begin one."""
    spoken = sum(not 0x30 <= text[tokens.starts[row]] <= 0x39 for row in on_line)
    marks = 0
    for row in range(first, last):
        at = tokens.starts[row]
        if is_word(text[at]):
            continue
        dot = text[at] == 0x2E and at + 1 < len(text) and is_word(text[at + 1])
        marks += dot or text[at] not in QUIET
    smooth = spoken > 0 and 3 * marks <= spoken + 1
    return smooth, smooth and spoken >= PROSE_WORDS


def is_word(byte: int) -> bool:
    """Tell whether a byte is of a word, as in ``tokens``."""
    return byte >= 0x80 or byte in b"_$" or chr(byte).isalnum()
