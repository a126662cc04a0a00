"""Tests of a rule file as they are written: files, what is known of them, what must be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from redline.model import Level
from redline.policy.shapes import Choice, Entries, Flag, Key, Many, Table, Text, Word
from redline.policy.vocabulary import ID, PROSE, STRENGTH

DEFAULT_STRENGTH: Final = "matched"
MAX_LINE: Final = 1_000_000


def _path_problem(path: str) -> tuple[str, str] | None:
    parts = path.split("/")
    if "" in parts or ".." in parts or "." in parts or "\\" in path:
        return "the path of a test's file is not plain", "Write 'graders/score.py'."
    return None


def _lines_problem(lines: str) -> tuple[str, str] | None:
    first, last = line_numbers(lines)
    if not first <= last <= MAX_LINE:
        return f"the lines {lines} are out of order or too many", "Write 3, or 3-5."
    return None


def line_numbers(lines: str) -> tuple[int, int]:
    """First and last line, from 1 and both included, of a text such as ``3`` or ``3-5``."""
    first, _, last = lines.partition("-")
    return int(first), int(last or first)


_PATH = Text(check=_path_problem, most=300)
_LINES = Text(
    r"[1-9]\d{0,6}(-[1-9]\d{0,6})?", "a line or two joined by '-': 3-5", _lines_problem, number=True
)
_PRODUCER = Text(r"[^\s/*]+", "the name of an assistant", most=100)
_FOUND = Choice(tuple(str(level) for level in reversed(Level) if level))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFact:
    """Something that is known in a test: these lines came from that assistant."""

    line: int
    column: int
    path: Annotated[Word, Key("One of the test's files.", _PATH)]
    by: Annotated[Word, Key("The assistant's name: `claude-code`, `codex`, ...", _PRODUCER)]
    lines: Annotated[
        Word | None, Key("Which lines, `3` or `3-5`, counted from 1; all if left out.", _LINES)
    ] = None
    model: Annotated[Word | None, Key("The model, where it is known.", _PRODUCER)] = None
    strength: Annotated[
        Word | None,
        Key("How sure it is: `recorded`, `matched` (the default), `declared`, ...", STRENGTH),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawExpect:
    """A finding that a test expects."""

    line: int
    column: int
    rule: Annotated[Word, Key("The id of the rule that objects.", ID)]
    path: Annotated[Word, Key("The file that it objects to.", _PATH)]
    level: Annotated[Word, Key("How loud it is: `error`, `warning` or `note`.", _FOUND)]
    lines: Annotated[
        Word | None, Key("The lines that the finding covers, if they matter.", _LINES)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTest:
    """A case that the rules must judge as it says. `redline policy test` runs it."""

    line: int
    column: int
    name: Annotated[Word, Key("What the case shows, in words.", PROSE)]
    files: Annotated[
        tuple[tuple[Word, Word], ...],
        Key(
            "Paths and texts of files that exist in the test alone. Paths count from the root, "
            "or from the folder of a nested file.",
            Entries(_PATH, Text(blank=True, most=20_000)),
        ),
    ]
    expect: Annotated[
        tuple[RawExpect, ...],
        Key("All that must be found; `[]` where nothing may be.", Many(Table(RawExpect), least=0)),
    ]
    facts: Annotated[
        tuple[RawFact, ...],
        Key("What is known of who wrote the files.", Many(Table(RawFact), least=0)),
    ] = ()
    guarantee: Annotated[
        Word | None,
        Key(
            "With `true` the case must hold in every file that extends this one, too: there its "
            "findings may be louder and others may join them.",
            Flag(),
        ),
    ] = None
