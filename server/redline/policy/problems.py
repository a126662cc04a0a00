"""What is wrong with a rule file: every problem with its place and with advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """One thing wrong in one rule file; line and column count from 1, columns in code points."""

    path: str
    line: int
    column: int
    message: str
    help: str = ""
    """What to do about it: one or two sentences, empty where the message says it all."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}: {self.message}"
        return f"{place}\n  help: {self.help}" if self.help else place


class PolicyError(Exception):
    """The rule files cannot be used; ``problems`` holds all that was found, in reading order."""

    def __init__(self, problems: Iterable[PolicyProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[PolicyError], tuple[tuple[PolicyProblem, ...]]]:
        return PolicyError, (self.problems,)


def did_you_mean(word: str, known: Iterable[str], what: str) -> str:
    """Give the nearest known name, else all of them: ``did you mean 'zones'?``."""
    from difflib import get_close_matches  # only a broken file needs it

    names = sorted(known)
    # A long key of a hostile file would cost quadratic time.
    close = get_close_matches(word[:80], names, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"{what}: {', '.join(names)}"


def shown(word: str) -> str:
    """Quote a word of a file for a message: short, and without control characters."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in word[:61])
    return f"'{clean[:60]}…'" if len(clean) > 60 else f"'{clean}'"
