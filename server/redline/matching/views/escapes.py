"""Backslash escapes of JSON and of programming languages, decoded by parts."""

from __future__ import annotations

import re

_SIMPLE = {
    b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f",
    b'"': b'"', b"'": b"'", b"\\": b"\\", b"/": b"/", b"`": b"`", b"\n": b"",
}  # fmt: skip

_UNICODE = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}"
_JSON = re.compile(rb"(" + _UNICODE + rb"|\\.)", re.DOTALL)
_HEX = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|x(..))")
_LITERAL = re.compile(
    rb"("
    + _UNICODE
    + rb"|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}|\\x[0-7][0-9a-fA-F]|\\\r?\n|\\.)",
    re.DOTALL,
)
_CUT = re.compile(rb"(?:[^\\]|\\u[0-9a-fA-F]{4}|\\.|\\\Z){1,262144}", re.DOTALL)


class _Decoded(dict[bytes, bytes]):
    """What each escape stands for, worked out once; one that means nothing stays as it is."""

    def __missing__(self, escape: bytes) -> bytes:
        value = _decode(escape)
        if len(self) < 65536:
            self[escape] = value
        return value


_DECODED = _Decoded()


def _decode(escape: bytes) -> bytes:
    simple = _SIMPLE.get(escape[1:])
    if simple is not None:
        return simple
    if len(escape) == 12 and escape[6:8] == b"\\u":
        high, low = int(escape[2:6], 16), int(escape[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00).encode()
    if escape == b"\\\r\n":
        return b""
    digits = _HEX.fullmatch(escape)
    if digits is None:
        return escape
    number = int(digits[digits.lastindex or 0], 16)
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else escape


def split_json(raw: bytes) -> tuple[list[bytes], list[int]]:
    """Decode the inside of a JSON string: parts, and how many bytes each has in ``raw``.

    RFC 8259 section 7; a lone surrogate becomes three bytes, as Python's ``surrogatepass``
    writes it, and what is no escape stays.
    """
    return _split(_JSON, raw)


def split_literal(raw: bytes) -> tuple[list[bytes], list[int]]:
    """As ``split_json`` for string literals of C, Python, JavaScript and their like."""
    return _split(_LITERAL, raw)


def _split(pattern: re.Pattern[bytes], raw: bytes) -> tuple[list[bytes], list[int]]:
    parts = pattern.split(raw)
    sizes = list(map(len, parts))
    parts[1::2] = map(_DECODED.__getitem__, parts[1::2])
    return parts, sizes


def cut(raw: bytes) -> list[bytes]:
    """Cut a long value into parts of bounded size, never inside an escape."""
    return _CUT.findall(raw)
