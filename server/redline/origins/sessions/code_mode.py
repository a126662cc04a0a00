"""The patches and commands inside the JavaScript of Codex's code mode.

Since 0.144 Codex may send one ``exec`` call whose input is JavaScript that calls
``tools.apply_patch`` and ``tools.exec_command``. Three independent readers describe
it; nobody has published the exact quoting, so every literal form is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..patches import BEGIN

_OPENING = re.compile(r"(String\.raw)?([`\"'])")
_BODIES = {
    "`": re.compile(r"((?:[^`\\]|\\.)*)`", re.DOTALL),
    '"': re.compile(r"((?:[^\"\\\n]|\\.)*)\"", re.DOTALL),
    "'": re.compile(r"((?:[^'\\\n]|\\.)*)'", re.DOTALL),
}
_COMMAND = re.compile(r"\b(?:cmd|command)[\"']?\s*:\s*(?=[`\"'])")
_JOINT = re.compile(r"\s*[,+]\s*")
_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "\n": ""}


def patches(script: str) -> Iterator[str]:
    """Yield the patch envelopes among the string literals, unescaped."""
    position = 0
    while opening := _OPENING.search(script, position):
        literal = _literal(script, opening)
        if literal is None:
            # An apostrophe in a comment; the rest of its line is given up, so that a
            # hostile script cannot have it searched again and again.
            line_end = script.find("\n", opening.end())
            if line_end < 0:
                return
            position = line_end
            continue
        text, position = literal
        if not text.lstrip().startswith(BEGIN):
            continue
        pieces = [text]
        # A patch may be put together: ["*** Begin Patch", ...].join("\n") or "..." + "..."
        while (
            (joint := _JOINT.match(script, position))
            and (following := _OPENING.match(script, joint.end()))
            and (literal := _literal(script, following))
        ):
            piece, position = literal
            pieces.append(piece)
        yield ("" if "\n" in text.strip() or text.endswith("\n") else "\n").join(pieces)


def commands(script: str) -> Iterator[str]:
    """Yield the commands that the script runs, unescaped."""
    position = 0
    while key := _COMMAND.search(script, position):
        position = key.end()
        opening = _OPENING.match(script, position)
        literal = _literal(script, opening) if opening else None
        if literal is not None:
            text, position = literal
            yield text


def _literal(script: str, opening: re.Match[str]) -> tuple[str, int] | None:
    """Return the value of a string literal and where it ends; None if it does not."""
    body = _BODIES[opening[2]].match(script, opening.end())
    if body is None:
        return None
    return body[1] if opening[1] else _ESCAPE.sub(_unescape, body[1]), body.end()


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) == 1:
        return _SIMPLE.get(escape, escape)
    number = int(escape[1:].strip("{}"), 16)
    # Halves of surrogate pairs and numbers beyond Unicode are no characters.
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "�"
