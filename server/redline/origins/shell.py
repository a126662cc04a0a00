"""What a shell command writes by itself: heredocs, here-strings, echoed text, inline scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .patches import BEGIN

_HEREDOC = re.compile(r"(?<![<\d])<<(-?)[ \t]*(?:(['\"])([^'\"\n]+)\2|\\?([A-Za-z_]\w*))")
_TARGET = re.compile(r"(?<![\d&>=-])>>?\s*(?:'([^'\n]+)'|\"([^\"\n]+)\"|([^\s'\"|;&<>()]+))")
_TEE = re.compile(
    r"\btee\s+(?:-a\s+|--append\s+)?(?:'([^'\n]+)'|\"([^\"\n]+)\"|([^\s'\"|;&<>()-]+))"
)
_PATCHES = re.compile(r"\b(?:apply_?patch|git\s+apply|patch)\b")
_FOLDER = re.compile(r"^\s*cd\s+(?:'([^'\n]+)'|\"([^\"\n]+)\"|([^\s'\"|;&<>()]+))\s*(?:&&|;|\n)")
_QUOTED = r"(?:'([^']*)'|\"((?:[^\"\\]|\\.)*)\")"
_ECHO = re.compile(
    rf"\b(echo|printf)\s+(?:-\w+\s+)*{_QUOTED}[^\n;|&>]{{0,200}}?(>>?[^\n;|&]*)", re.DOTALL
)
_SCRIPT = re.compile(
    rf"\b(?:python[\d.]*|node|ruby|perl|deno)\s+(?:-\w+\s+)*-[ce]\s+{_QUOTED}", re.DOTALL
)
_HERE_STRINGS = tuple(
    (re.compile(rf"@{quote}\r?\n(.*?)\r?\n{quote}@", re.DOTALL), f"\n{quote}@") for quote in "'\""
)
_MOST_MISSES = 32
"""Heredocs without an end that are looked for: each takes a pass over the command."""
_SEPARATOR = re.compile(r";|&&|\|\|")
_PLACEHOLDER = re.compile(r"%[-\d.]*\w|\\n|\$\{?\w+\}?")
_ESCAPED = re.compile(r"\\([\"\\$`\n])")


@dataclass(frozen=True, slots=True)
class Inline:
    """One text that stands in a command."""

    text: str
    path: str | None
    """Where it is redirected to, if that is a plain name."""
    is_patch: bool
    """It is a patch, given to a command that applies it."""


def inline_texts(command: str) -> Iterator[Inline]:
    """Yield the texts that a POSIX shell or PowerShell command carries, in order of kind.

    Substitutions are not made: an unquoted heredoc is given as it was written. A
    heredoc whose delimiter never comes is taken for something else (a shift operator).
    """
    yielded_patch = False
    rest: list[str] = []
    for item in _heredocs(command):
        if isinstance(item, str):
            rest.append(item)
        else:
            yielded_patch |= item.is_patch and BEGIN in item.text
            yield item
    remainder = "".join(rest)
    if not yielded_patch and BEGIN in remainder:
        yield Inline(remainder[remainder.index(BEGIN) :], None, True)
        return
    for match in _ECHO.finditer(remainder):
        text = match[2] if match[2] is not None else _ESCAPED.sub(r"\1", match[3])
        path = _target(match[4])
        if path is None or not _PLACEHOLDER.sub("", text).strip():
            continue
        yield Inline(text.replace("\\n", "\n") if match[1] == "printf" else text, path, False)
    for match in _SCRIPT.finditer(remainder):
        text = match[1] if match[1] is not None else _ESCAPED.sub(r"\1", match[2])
        if "\n" in text:
            yield Inline(text, None, False)
    for pattern, ending in _HERE_STRINGS:
        # Behind the last ending no opening can match: looking on would take quadratic time.
        for match in pattern.finditer(remainder, 0, remainder.rfind(ending) + 3):
            yield Inline(match[1], None, BEGIN in match[1])


def leading_folder(command: str) -> str | None:
    """Return the folder that a command changes to before anything else."""
    match = _FOLDER.match(command)
    return _plain(match) if match else None


def _heredocs(command: str) -> Iterator[Inline | str]:
    """Yield the heredocs, and as ``str`` what stands between them."""
    position = misses = 0
    while misses < _MOST_MISSES and (opening := _HEREDOC.search(command, position)):
        line_start = command.rfind("\n", 0, opening.start()) + 1
        line_end = command.find("\n", opening.end())
        if line_end < 0:
            break
        line = command[max(line_start, position) : line_end]
        yield command[position:line_end] + "\n"
        body = line_end + 1
        for heredoc in _HEREDOC.finditer(line):
            delimiter = re.escape(heredoc[3] or heredoc[4])
            tabs = r"\t*" if heredoc[1] else ""
            end = re.compile(rf"^{tabs}{delimiter}[ \t]*\r?$", re.MULTILINE).search(command, body)
            if end is None:
                misses += 1
                if misses >= _MOST_MISSES:
                    break
                continue
            text = command[body : end.start()]
            if heredoc[1]:
                text = re.sub(r"^\t+", "", text, flags=re.MULTILINE)
            is_patch = bool(_PATCHES.search(line)) and (BEGIN in text or "\n@@" in text)
            yield Inline(text, None if is_patch else _target(_statement(line, heredoc)), is_patch)
            body = min(end.end() + 1, len(command))
        position = body
    yield command[position:]


def _statement(line: str, heredoc: re.Match[str]) -> str:
    """Return the part of a line that one heredoc belongs to; pipes hold it together."""
    ends = [match.end() for match in _SEPARATOR.finditer(line, 0, heredoc.start())]
    following = _SEPARATOR.search(line, heredoc.end())
    return line[ends[-1] if ends else 0 : following.start() if following else len(line)]


def _target(line: str) -> str | None:
    for pattern in (_TEE, _TARGET):
        for match in pattern.finditer(line):
            path = _plain(match)
            if path is not None and path != "/dev/null":
                return path
    return None


def _plain(match: re.Match[str]) -> str | None:
    path = next((group for group in match.groups() if group), None)
    return None if path is None or any(sign in path for sign in "$`*?") else path
