"""What is told of rule files while they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from redline.policy.authoring.parts import Stretch

Texts: TypeAlias = tuple[tuple[str, str], ...]
"""Rule files that are open, by path relative to the root, with their texts of this moment."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of one line of a file, with what a client's way of counting needs."""

    path: str
    """On this machine."""
    stretch: Stretch
    written: str
    """The line up to the stretch's end."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong, and where."""

    spot: Spot
    message: str
    help: str
    test: str = ""
    """The test that fails; empty for what is wrong with the file itself."""


@dataclass(frozen=True, slots=True)
class RuleState:
    """How the rule files of a project are."""

    files: tuple[str, ...]
    """Those that the policy is made of, relative to the root; shipped packs left out."""
    troubles: tuple[Trouble, ...]
    stands: bool
    """What lies on disk is in force. If not, the last that was whole is."""
    sha256: str
    """Of the policy in force."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the tests of a rule file."""

    passed: int
    failed: int
    troubles: tuple[Trouble, ...]
    broken: int = 0
    """Problems that keep the tests from running; then nothing else counts."""
