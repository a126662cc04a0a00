"""The policy after merging: plain frozen data, ready to be cached, with no file left to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from redline.model import Effect, Level, Strength


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the policy: what is said about assistant text in some zones."""

    id: str
    title: str
    zones: tuple[str, ...]
    by: tuple[str, ...]
    """``external``, ``in-house``, ``any``, or names of assistants with ``*``."""
    effect: Effect
    message: str
    help: str
    why: str
    fixes: tuple[str, ...]
    origin: str
    """The rule file and its line, ``redline.yaml:12``."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A named set of places."""

    id: str
    title: str
    origin: str


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Files of a zone: some glob matches, no exception does, all patterns are in the content."""

    zone: str
    globs: tuple[tuple[str, str], ...]
    """Each glob as written, and its origin."""
    exceptions: tuple[str, ...]
    content: tuple[str, ...]
    """RE2 patterns, sought in the first 64 KiB."""
    folder: str = ""
    """What the globs are relative to."""


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Units of a zone, in files of one language."""

    zone: str
    language: str
    form: str
    """``decorated``, ``subclass-of``, ``named``, ``calls``, ``keys`` or ``query``."""
    names: tuple[str, ...]
    """What the form looks for; the query itself for ``query``."""
    files: tuple[str, ...]
    origin: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Assistants:
    """Name patterns of one class; ``*`` stands for any letters, case does not matter."""

    external: bool
    names: tuple[str, ...]
    models: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """All that the rule files say, merged."""

    sha256: str
    files: tuple[str, ...]
    zones: tuple[Zone, ...]
    file_places: tuple[FilePlace, ...]
    unit_places: tuple[UnitPlace, ...]
    rules: tuple[Rule, ...]
    assistants: tuple[Assistants, ...]
    levels: tuple[tuple[int, ...], ...]
    """``levels[effect][strength - 1]``, as numbers of ``Level``."""

    def level(self, effect: Effect, strength: Strength) -> Level:
        """The level of a finding with this effect, on evidence of this strength."""
        return Level(self.levels[effect][strength - 1])


DEFAULT_LEVELS = (
    (Level.NONE, Level.NONE, Level.NONE, Level.NONE),
    (Level.NOTE, Level.NOTE, Level.NOTE, Level.NOTE),
    (Level.NOTE, Level.ERROR, Level.ERROR, Level.ERROR),
    (Level.WARNING, Level.ERROR, Level.ERROR, Level.ERROR),
)
"""By effect (allow, record, review, forbid), then strength (suspected to recorded)."""


KEEPS_SIGNATURES = "blank-body"
"""The fix that keeps the signatures of functions: a rule that offers it lets them stay."""


def dump(table: PolicyTable) -> dict[str, Any]:
    """The table as plain values, for a cache."""
    return asdict(table)


def restore(data: Mapping[str, Any]) -> PolicyTable:
    """The reverse of ``dump`` after a trip through JSON.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    return PolicyTable(
        sha256=str(data["sha256"]),
        files=tuple(map(str, data["files"])),
        zones=tuple(Zone(**zone) for zone in data["zones"]),
        file_places=tuple(
            FilePlace(
                **{
                    **place,
                    "globs": tuple((glob, origin) for glob, origin in place["globs"]),
                    "exceptions": tuple(place["exceptions"]),
                    "content": tuple(place["content"]),
                }
            )
            for place in data["file_places"]
        ),
        unit_places=tuple(
            UnitPlace(**{**unit, "names": tuple(unit["names"]), "files": tuple(unit["files"])})
            for unit in data["unit_places"]
        ),
        rules=tuple(
            Rule(
                **{
                    **rule,
                    "zones": tuple(rule["zones"]),
                    "by": tuple(rule["by"]),
                    "fixes": tuple(rule["fixes"]),
                    "effect": Effect(rule["effect"]),
                }
            )
            for rule in data["rules"]
        ),
        assistants=tuple(
            Assistants(
                **{**entry, "names": tuple(entry["names"]), "models": tuple(entry["models"])}
            )
            for entry in data["assistants"]
        ),
        levels=tuple(tuple(int(Level(cell)) for cell in row) for row in data["levels"]),
    )
