"""Parse within bounds: a text that is too large or too slow to parse is refused, not waited for."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from redline.model import Span
from redline.syntax.languages import Language, grammar_of

if TYPE_CHECKING:
    import tree_sitter

MAX_BYTES = 8 << 20
"""Larger texts are not parsed: a minute of a linter's time for one file is an attack."""

_CHUNK = 1 << 16
# Of a text that a node is asked for; names and heads are most of what is.
_PIECE = 256
# Measured: 0 to 12 progress calls per KB on real and on broken files; 64 per KB is a parser
# that fights the text. Calls, unlike seconds, give the same verdict on every machine.
_CALLS_PER_BYTE = 1 / 16
_CALLS_AT_LEAST = 4096


# The scanner of tree-sitter-yaml keeps its open levels in 1,024 bytes and overruns them: more
# than 253 levels end the process (tree-sitter-yaml 0.7.2). A level of a line can open two.
_MAX_YAML_DEPTH = 100
_YAML_LEVELS = re.compile(rb"^( *)((?:[-?:][ \t]+)*)", re.MULTILINE)
_YAML_MARK = re.compile(rb"[-?:][ \t]+")


# Error recovery over thousands of openings that never close is quadratic and, at the end of the
# text, deaf to the progress callback: 100 KB of `a<` kept tree-sitter-java busy for 40 seconds.
_MOST_UNCLOSED = 2000
_PAIRS = {"java": (b"<", b">"), "rust": (b'r#"', b'"#')}

# Error recovery keeps what it skipped: 9 KB of `x=>` cost tree-sitter-c 8 seconds and 3 GB, and
# most grammars know such a word. Texts of mixed words are recovered from without trouble, so it
# is the repetition that is looked for, and a sample of it that tells a table of zeros from that.
_LONGEST_PERIOD = 64
_LONGEST_RUN = 2048
_SAMPLED = 1024
# Read by a scanner that looks ahead from each to the last: no error, and no progress call.
_STALLS = {"swift": b"#" * _LONGEST_RUN, "scala": b"`" * _LONGEST_RUN}


@dataclass(frozen=True, slots=True)
class Repetition:
    """A part of a text (bytes) that repeats its first ``period`` bytes."""

    start: int
    end: int
    period: int


_of_thread = threading.local()


class UnparsedError(Exception):
    """A text was not parsed; the message says why, as a phrase for a list of skipped files."""


def parse(language: Language, text: bytes) -> tree_sitter.Tree:
    """Parse a text whole.

    Raises ``UnparsedError`` where there is no grammar for the language, the text is larger than
    ``MAX_BYTES`` or the parser needs far more work than texts of that size do. Whoever asks
    about many places of one text pays for one parse.
    """
    result = _parsed(language, text)
    if isinstance(result, str):
        raise UnparsedError(result)
    return result


@lru_cache(maxsize=2)
def _parsed(language: Language, text: bytes) -> tree_sitter.Tree | str:
    """The tree, or why there is none; both are kept for the next question."""
    try:
        return _parse(language, text)
    except UnparsedError as error:
        return str(error)


def _parse(language: Language, text: bytes) -> tree_sitter.Tree:
    grammar = grammar_of(language)
    if grammar is None:
        raise UnparsedError(f"no grammar is installed for {language.name}")
    if len(text) > MAX_BYTES:
        raise UnparsedError(f"larger than {MAX_BYTES >> 20} MB, too large to parse")
    if language.name == "yaml" and _yaml_depth(text) > _MAX_YAML_DEPTH:
        raise UnparsedError("nested too deeply to parse")
    opening, closing = _PAIRS.get(language.name, (b"\0", b"\0"))
    if text.count(opening) - text.count(closing) > _MOST_UNCLOSED:
        raise UnparsedError(f"too many unclosed {opening.decode()} to parse")
    if language.name in _STALLS and _STALLS[language.name] in text:
        raise UnparsedError("repeats one word for too long to parse")
    runs = repetitions(text)
    if runs and _stumbles(grammar, text, runs):
        raise UnparsedError("repeats one word for too long to parse")
    return bounded(grammar, text, max(_CALLS_AT_LEAST, int(len(text) * _CALLS_PER_BYTE)))


def bounded(
    grammar: tree_sitter.Language,
    text: bytes,
    calls_left: int,
    old: tree_sitter.Tree | None = None,
) -> tree_sitter.Tree:
    """Parse with so many progress calls at most, from an edited ``old`` tree where there is one.

    Raises ``UnparsedError`` when they do not suffice.
    """
    from tree_sitter import Parser  # a run without candidates never needs the binding

    # The binding never lets go of what the callback returns (tree-sitter 0.26.1): it is one
    # buffer for all parses, filled anew for each part, or a day of an editor would fill memory.
    buffer = _buffer()
    whole = memoryview(text)
    piece: bytes | None = None

    def read(offset: int, _: object) -> bytearray | bytes:
        nonlocal piece
        if piece is None:
            buffer[:] = whole[offset : offset + _CHUNK]
            return buffer
        # A node is asked for its text; the binding takes bytes, and reads them once more after it
        # has let go of them.
        piece = text[offset : offset + _PIECE]
        return piece

    def cancel(_: int, __: bool) -> bool:
        nonlocal calls_left
        calls_left -= 1
        return calls_left < 0

    parser = Parser(grammar)
    try:
        if old is None:
            return parser.parse(read, progress_callback=cancel)
        return parser.parse(read, old, progress_callback=cancel)
    except ValueError:
        raise UnparsedError("its syntax takes too long to parse") from None
    finally:
        buffer.clear()
        piece = b""


def _buffer() -> bytearray:
    """The buffer of this thread: two of them may parse at once."""
    held: bytearray | None = getattr(_of_thread, "buffer", None)
    if held is None:
        held = _of_thread.buffer = bytearray()
    return held


def repetitions(text: bytes) -> list[Repetition]:
    """Find where a text repeats the same few bytes, 64 or less, for 2 KiB or more.

    Blanks do not count. The work is one short search in every KiB.
    """
    found: list[Repetition] = []
    at = 0
    while at + _SAMPLED <= len(text):
        word = text[at : at + 2 * _LONGEST_PERIOD]
        again = text.find(word, at + 1, at + 3 * _LONGEST_PERIOD)
        if again < 0 or word.isspace():
            at += _SAMPLED
            continue
        period = again - at
        start, end = _run(text, at, period)
        if end - start >= _LONGEST_RUN:
            found.append(Repetition(start, end, period))
        at = max(at + _SAMPLED, end)
    return found


def _run(text: bytes, at: int, period: int) -> tuple[int, int]:
    """How far a text repeats itself around a place."""
    block = _SAMPLED
    end = at
    while text[end : end + block] == text[end + period : end + period + block] != b"":
        end += block
    while end + period < len(text) and text[end] == text[end + period]:
        end += 1
    start = at
    while start >= block and text[start - block : start] == text[start - block + period :][:block]:
        start -= block
    while start and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return start, end + period


def _stumbles(grammar: tree_sitter.Language, text: bytes, runs: list[Repetition]) -> bool:
    """Tell whether a sample of any run is an error where it stands, or hard to read."""
    parts: list[bytes] = []
    sampled: list[Span] = []
    length = copied = 0
    for run in runs:
        parts.append(text[copied : run.start + _SAMPLED])
        length += len(parts[-1])
        sampled.append(Span(length - _SAMPLED, length))
        # Whole periods are left out, so that what follows still fits.
        copied = run.end - (run.end - run.start - _SAMPLED) % run.period
    sample = b"".join([*parts, text[copied:]])
    try:
        tree = bounded(grammar, sample, int(len(sample) * _CALLS_PER_BYTE))
    except UnparsedError:
        return True
    for place in sampled:
        node = tree.root_node.descendant_for_byte_range(place.start, place.end)
        if node is None or node.has_error:
            return True
        while node is not None:
            if node.is_error:
                return True
            node = node.parent
    return False


def _yaml_depth(text: bytes) -> int:
    """An upper bound of the levels that are open at once, by indents and by ``- - -``."""
    deepest = 0
    open_columns: list[int] = []
    for line in _YAML_LEVELS.finditer(text):
        column = len(line[1])
        while open_columns and open_columns[-1] >= column:
            open_columns.pop()
        open_columns.append(column)
        open_columns += [column + mark.end() for mark in _YAML_MARK.finditer(line[2])]
        deepest = max(deepest, len(open_columns))
    return deepest
