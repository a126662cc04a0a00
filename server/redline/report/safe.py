"""Make foreign text harmless before a terminal or a CI log shows it."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = frozenset("\u200c\u200d")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# The agents of Azure Pipelines and TeamCity look for their commands anywhere in a line, the
# GitHub runner after leading white space.
_HASH_COMMAND = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE)
_COLON_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_BREAK = "\u200b"


def shown(char: str) -> str:
    r"""Return how one code point is shown: itself, or an escape such as ``\x1b``.

    Control characters drive terminals, bidirectional marks reorder what people read, and
    lone surrogates (undecodable bytes of a path) cannot be encoded at all.
    """
    if char in _JOINERS or unicodedata.category(char) not in _UNSHOWN:
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else _long(code)


def one_line(text: str) -> str:
    """Return ``text`` as one printable line; line breaks and controls become escapes."""
    if text.isprintable():
        return text
    return "".join(map(shown, text))


def neutralise(text: str) -> str:
    """Return ``text`` without anything that a CI log would run as a command.

    A zero-width space is put inside ``::`` at the head of a line and inside ``##[``,
    ``##vso[`` and ``##teamcity[`` anywhere, so that nothing moves on the screen.
    """
    if "##" in text:
        text = _HASH_COMMAND.sub("#" + _BREAK, text)
    if "::" in text:
        text = _COLON_COMMAND.sub(rf"\1:{_BREAK}", text)
    return text


def _long(code: int) -> str:
    return f"\\U{code:08x}"
