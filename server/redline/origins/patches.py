"""The added runs of patches: apply_patch envelopes and unified diffs.

The envelope is the one that OpenAI's models are trained on (``apply_patch`` in
openai/codex); Copilot, Cursor, OpenCode and Amp use it too. It has no line numbers,
its paths may be absolute, and an empty line in a hunk stands for an empty context line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BEGIN = "*** Begin Patch"
END = "*** End Patch"
_FILE_HEADERS = ("*** Add File: ", "*** Update File: ", "*** Delete File: ")


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file."""

    path: str | None
    """As the patch names it; the new name of a moved file."""
    added: tuple[str, ...]
    """Each contiguous run of added lines, with their ends."""
    before: str
    """Context and removed lines: text that stood there before."""


def envelope(text: str) -> Iterator[FilePatch]:
    """Yield the files of the apply_patch envelopes in a text; whatever surrounds them is left."""
    begin = text.find(BEGIN)
    while begin >= 0:
        end = text.find(END, begin)
        yield from _envelope_files(text[begin : end if end >= 0 else len(text)])
        begin = text.find(BEGIN, end) if end >= 0 else -1


def unified(diff: str) -> Iterator[FilePatch]:
    """Yield the files of a unified diff; one without file headers counts as one unnamed file."""
    path: str | None = None
    lines: list[str] = []
    in_hunk = False
    for line in diff.splitlines(keepends=True):
        # A removed line "-- a" looks like a header; only a header follows no hunk line.
        if line.startswith("diff --git ") or (line.startswith("--- ") and not in_hunk):
            if lines:
                yield _file(path, lines)
            path, lines, in_hunk = None, [], False
        elif line.startswith("+++ ") and not in_hunk:
            path = _header_path(line[4:])
        elif line.startswith("@@"):
            in_hunk = True
            lines.append(line)
        elif in_hunk or (line[:1] in "+-" and path is None):
            lines.append(line)
    if lines:
        yield _file(path, lines)


def split_hunk(lines: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Split hunk lines into the runs of added lines and the text that stood before."""
    runs: list[str] = []
    run: list[str] = []
    before: list[str] = []
    for line in lines:
        if line.startswith("+"):
            run.append(_ended(line[1:]))
            continue
        if line.startswith("\\"):
            continue  # "\ No newline at end of file"
        if run:
            runs.append("".join(run))
            run = []
        if line[:1] in ("-", " "):
            before.append(_ended(line[1:]))
        elif not line.startswith(("@@", "***")):
            before.append(_ended(line))  # an empty line, or context whose blank was lost
    if run:
        runs.append("".join(run))
    return tuple(runs), "".join(before)


def _envelope_files(text: str) -> Iterator[FilePatch]:
    path: str | None = None
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith(_FILE_HEADERS):
            if path is not None:
                yield _file(path, lines)
            path, lines = line.split(": ", 1)[1].strip(), []
        elif line.startswith("*** Move to: "):
            path = line.split(": ", 1)[1].strip()
        elif path is not None:
            lines.append(line)
    if path is not None:
        yield _file(path, lines)


def _file(path: str | None, lines: list[str]) -> FilePatch:
    added, before = split_hunk(lines)
    return FilePatch(path, added, before)


def _header_path(text: str) -> str | None:
    name = text.split("\t", 1)[0].strip().strip('"')
    if name == "/dev/null":
        return None
    return name[2:] if name.startswith(("a/", "b/")) else name


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"
