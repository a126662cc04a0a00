"""Where the pieces of a line of YAML begin and end."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "/": "/", '"': '"', "\\": "\\", " ": " "}


def lines_of(text: str) -> list[str]:
    """Split a text at LF, CR LF and CR, as editors do."""
    return _BREAK.split(text)


def indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def past_blanks(line: str, column: int) -> int:
    while column < len(line) and line[column] in " \t":
        column += 1
    return column


def comment(line: str, column: int) -> bool:
    return line[column : column + 1] == "#" and (column == 0 or line[column - 1] in " \t")


def is_empty(line: str, column: int) -> bool:
    return column >= len(line) or comment(line, column)


def is_dash(line: str, column: int) -> bool:
    return line[column : column + 1] == "-" and line[column + 1 : column + 2] in ("", " ", "\t")


def plain_end(line: str, column: int, *, flow: bool) -> int:
    """Where a plain scalar ends: before ``: ``, a comment, or what closes a flow collection."""
    at = column
    while at < len(line):
        letter = line[at]
        if letter == ":":
            after = line[at + 1 : at + 2]
            if after in ("", " ", "\t") or (flow and after in ",[]{}"):
                break
        elif (letter == "#" and at > column and line[at - 1] in " \t") or (
            flow and letter in ",[]{}"
        ):
            break
        at += 1
    return at


def closing(line: str, column: int, quote: str) -> int | None:
    at = column
    while at < len(line):
        if quote == '"' and line[at] == "\\":
            at += 2
            continue
        if line[at] == quote:
            if quote == "'" and line[at + 1 : at + 2] == "'":
                at += 2
                continue
            return at
        at += 1
    return None


def unescaped(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("''", "'")
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text)
