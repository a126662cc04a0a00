"""Parse within bounds: a text that is too large or too slow to parse is refused, not waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.syntax.languages import Language, grammar_of

if TYPE_CHECKING:
    import tree_sitter

MAX_BYTES = 8 << 20
"""Larger texts are not parsed: a minute of a linter's time for one file is an attack."""

_CHUNK = 1 << 16
# Measured: 0 to 12 progress calls per KB on real and on broken files; 64 per KB is a parser
# that fights the text. Calls, unlike seconds, give the same verdict on every machine.
_CALLS_PER_BYTE = 1 / 16
_CALLS_AT_LEAST = 4096


class UnparsedError(Exception):
    """A text was not parsed; the message says why, as a phrase for a list of skipped files."""


def parse(language: Language, text: bytes) -> tree_sitter.Tree:
    """Parse a text whole.

    Raises ``UnparsedError`` where there is no grammar for the language, the text is larger than
    ``MAX_BYTES`` or the parser needs far more work than texts of that size do.
    """
    grammar = grammar_of(language)
    if grammar is None:
        raise UnparsedError(f"no grammar is installed for {language.name}")
    if len(text) > MAX_BYTES:
        raise UnparsedError(f"larger than {MAX_BYTES >> 20} MB, too large to parse")
    from tree_sitter import Parser  # a run without candidates never needs the binding

    calls_left = max(_CALLS_AT_LEAST, int(len(text) * _CALLS_PER_BYTE))

    def chunk(offset: int, _: object) -> bytes:
        return text[offset : offset + _CHUNK]

    def cancel(_: int, __: bool) -> bool:
        nonlocal calls_left
        calls_left -= 1
        return calls_left < 0

    try:
        tree = Parser(grammar).parse(chunk, progress_callback=cancel)
    except ValueError:
        raise UnparsedError("its syntax takes too long to parse") from None
    return tree
