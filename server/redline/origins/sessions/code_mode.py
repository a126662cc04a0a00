"""The patches and commands inside the JavaScript of Codex's code mode.

Since 0.144 Codex may send one ``exec`` call whose input is JavaScript that calls
``tools.apply_patch`` and ``tools.exec_command``. Three independent readers describe
it; nobody has published the exact quoting, so every literal form is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..patches import BEGIN

_LITERAL = re.compile(
    r"(String\.raw)?(?:`((?:[^`\\]|\\.)*)`|\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')", re.DOTALL
)
_COMMAND = re.compile(r"\b(?:cmd|command)[\"']?\s*:\s*(?=[`\"'])")
_JOINT = re.compile(r"\s*[,+]\s*")
_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "\n": ""}


def patches(script: str) -> Iterator[str]:
    """Yield the patch envelopes among the string literals, unescaped."""
    position = 0
    while literal := _LITERAL.search(script, position):
        text = _value(literal)
        position = literal.end()
        if not text.lstrip().startswith(BEGIN):
            continue
        separator = "" if "\n" in text.strip() or text.endswith("\n") else "\n"
        # A patch may be put together: ["*** Begin Patch", ...].join("\n") or "..." + "..."
        while (joint := _JOINT.match(script, position)) and (
            following := _LITERAL.match(script, joint.end())
        ):
            text += separator + _value(following)
            position = following.end()
        yield text


def commands(script: str) -> Iterator[str]:
    """Yield the commands that the script runs, unescaped."""
    for key in _COMMAND.finditer(script):
        if literal := _LITERAL.match(script, key.end()):
            yield _value(literal)


def _value(literal: re.Match[str]) -> str:
    body = next((group for group in literal.groups()[1:] if group is not None), "")
    return body if literal[1] else _ESCAPE.sub(_unescape, body)


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) == 1:
        return _SIMPLE.get(escape, escape)
    number = int(escape[1:].strip("{}"), 16)
    # Halves of surrogate pairs and numbers beyond Unicode are no characters.
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "�"
