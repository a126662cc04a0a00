"""Turn gitignore globs into RE2 patterns over the bytes of a path.

Semantics of https://git-scm.com/docs/gitignore#_pattern_format, tested against git itself.
Written out here because pathspec takes 35 ms to import, half the budget of a whole run.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

MAX_GLOB: Final = 1_000
_ONE = rb"(?:[^/\x80-\xff]|[\xc0-\xff][\x80-\xbf]*|[\x80-\xbf])"
_MEMORY: Final = 64 << 20


class Matcher(Protocol):
    """What we use of a compiled RE2 pattern; the library has no types of its own."""

    def fullmatch(self, text: bytes) -> object | None:
        """Match all of the text."""

    def search(self, text: bytes) -> object | None:
        """Find the pattern somewhere in the text."""


class GlobError(ValueError):
    """A glob that cannot mean what its writer hopes; ``help`` says what to write instead."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def translate(glob: str, folder: str = "") -> bytes:
    """Give an RE2 pattern (Latin-1, to be matched fully) for one glob.

    ``folder`` is the folder that the glob is relative to, ``""`` for the root. A glob matches
    a path if it matches the path or one of the folders above it. Raises ``GlobError``.
    """
    _refuse(glob)
    only_folders = glob.endswith("/")
    body = glob.strip("/") if only_folders else glob.lstrip("/")
    anchored = "/" in glob.rstrip("/")
    written = body.split("/")
    # Several '**' in a row say no more than one.
    segments = [s for i, s in enumerate(written) if s != "**" or written[i - 1 : i] != ["**"]]
    below = rb"/.*" if only_folders else rb"(?:/.*)?"
    if segments[-1] == "**":
        segments.pop()
        below = rb".+/.+" if only_folders else rb".+"
        below = rb"/" + below if segments else below
    out = _quoted(f"{folder}/") if folder else b""
    if not anchored and segments:
        out += rb"(?:.*/)?"
    parts = []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            parts.append(rb"(?:.*/)?" if not last else rb".*")
        else:
            parts.append(_segment(segment) + (b"" if last else b"/"))
    return out + b"".join(parts) + below


def _refuse(glob: str) -> None:
    if len(glob) > MAX_GLOB:
        raise GlobError(f"the glob is longer than {MAX_GLOB:,} characters", "Write several.")
    if glob.startswith("!"):
        raise GlobError("a glob cannot begin with '!' here", "Write it under 'not' without it.")
    if glob.startswith("#"):
        raise GlobError("a glob cannot begin with '#'", "Write '[#]' for a name with a '#'.")
    if glob != glob.strip() or "\n" in glob:
        raise GlobError("the glob has blanks at an end", "Remove them; '[ ]' stands for a blank.")
    if glob.startswith(("./", "~")) or glob in (".", "/"):
        raise GlobError(
            "a glob is relative to the folder of its file",
            "Write 'evals/**' rather than './evals/**'; a leading '/' anchors a plain name.",
        )
    if ".." in glob.split("/"):
        raise GlobError("a glob cannot leave its folder with '..'", "Put it in the root file.")
    if "//" in glob:
        raise GlobError("the glob holds an empty segment '//'", "Write a single '/'.")
    if any("**" in segment and segment != "**" for segment in glob.split("/")):
        # git reads 'a**/b' now as 'a*/b' and now as 'a/**/b', by what stands before the stars.
        raise GlobError("'**' must stand alone between slashes", "Write 'a*/**/b' or 'a*/b'.")
    if "{" in glob and "}" in glob and "," in glob:
        raise GlobError(
            "braces mean nothing in a gitignore glob", "Write one glob for each alternative."
        )


def _segment(segment: str) -> bytes:
    out = b""
    index = 0
    while index < len(segment):
        character = segment[index]
        index += 1
        if character == "*":
            if not out.endswith(b"[^/]*"):
                out += b"[^/]*"
        elif character == "?":
            out += _ONE
        elif character == "[":
            piece, index = _class(segment, index)
            out += piece
        elif character == "\\":
            if index == len(segment) or segment[index] not in "*?[]\\!# ":
                raise GlobError("a backslash separates nothing in a glob", "Write '/'.")
            out += _quoted(segment[index])
            index += 1
        else:
            out += _quoted(character)
    return out


def _class(segment: str, start: int) -> tuple[bytes, int]:
    negated = segment[start : start + 1] in ("!", "^")
    begin = start + negated
    end = segment.find("]", begin + 1)
    if end < 0:
        raise GlobError("the '[' of the glob is never closed", "Write '[[]' for a bracket itself.")
    body = segment[begin:end]
    if not body.isascii() or "[:" in body or "\\" in body:
        raise GlobError(
            f"the class '[{segment[start:end]}]' is not supported",
            "Use ASCII letters, digits and ranges, or several globs.",
        )
    out = b""
    index = 0
    while index < len(body):
        if index + 2 < len(body) and body[index + 1] == "-":
            low, high = body[index], body[index + 2]
            if low > high or low <= "/" <= high:
                raise GlobError(f"the range '{low}-{high}' is not usable", "Put it in order.")
            out += _quoted(low) + b"-" + _quoted(high)
            index += 3
        else:
            out += _quoted(body[index])
            index += 1
    return (b"[^/" + out + b"]" if negated else b"[" + out + b"]"), end + 1


def _quoted(text: str) -> bytes:
    return b"".join(
        bytes([byte]) if chr(byte).isalnum() and byte < 128 else b"\\x%02x" % byte
        for byte in text.encode("utf-8", "surrogateescape")
    )


@lru_cache(maxsize=4096)
def compiled(patterns: tuple[bytes, ...]) -> Matcher:
    """Compile alternatives to one RE2 object that takes bytes; without any it matches nothing."""
    import re2  # costs 5 ms; nothing needs it before the first path is asked for

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.never_capture = True
    options.dot_nl = True
    options.max_mem = _MEMORY
    # An empty class cannot be written, and an empty alternation matches the empty text.
    matcher: Matcher = re2.compile(b"|".join(patterns) or rb"[^\x00-\xff]", options)
    return matcher


def path_bytes(path: str) -> bytes:
    """The bytes of a path, also of one whose name is not UTF-8."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def first_match(globs: Iterable[tuple[str, bytes]], path: bytes) -> str | None:
    """The first glob whose pattern matches, as it was written."""
    for glob, pattern in globs:
        if compiled((pattern,)).fullmatch(path):
            return glob
    return None
