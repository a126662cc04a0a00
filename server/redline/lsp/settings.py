"""What a person may set, read from what clients send and checked word by word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with the values they have where nobody says otherwise."""

    index: str = ""
    """The origin index; empty: the user's own."""
    policy: str = ""
    """A rule file that replaces the root's redline.yaml."""
    sessions: bool = True
    """Read assistants' sessions as they grow."""
    watch_files: bool = True
    """Judge files of protected places that change without being open."""
    delay: int = 300
    """Milliseconds after the last key until the text is judged anew."""
    underline: str = "region"
    """``region``, or ``first-line`` of it."""
    hover_evidence: bool = True
    """Tell on pointing at it what is known of a text that no rule objects to."""
    lenses: bool = True
    """A line above each protected unit that tells what is known of it."""
    ask: bool = True
    """Ask where a pasted block is from, in protected places."""
    workspace_diagnostics: bool = False
    """Keep the diagnostics of files that are not open, too."""
    position_encoding: str = ""
    """``utf-8``, ``utf-16`` or ``utf-32`` for a client that does not mean what it offers."""


_CHOICES = {
    "underline": ("region", "first-line"),
    "position_encoding": ("", "utf-8", "utf-16", "utf-32"),
}
_MOST_DELAY = 10_000


def read_settings(told: object, old: Settings | None = None) -> tuple[Settings, tuple[str, ...]]:
    """Read settings over ``old``; the second value says in sentences what was not understood.

    ``told`` is a table, or a table in which they lie under ``redline``; names are spelt in
    camel case, as editors do, or in any other way.
    """
    values: dict[str, Any] = {
        field.name: getattr(old or Settings(), field.name) for field in fields(Settings)
    }
    if told is None:
        return Settings(**values), ()
    if not isinstance(told, Mapping):
        return Settings(**values), ("the settings are no table",)
    inner = told.get("redline")
    table: Mapping[object, object] = inner if isinstance(inner, Mapping) else told
    names = {_plain(name): name for name in values}
    wrong: list[str] = []
    for key, value in table.items():
        name = names.get(_plain(str(key)))
        if name is None:
            wrong.append(f"there is no setting {str(key)[:60]!r}")
        elif (fault := _fault(name, value, values[name])) is not None:
            wrong.append(f"the setting {name!r} {fault}")
        else:
            values[name] = value
    return Settings(**values), tuple(wrong)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _fault(name: str, value: object, default: object) -> str | None:
    if type(value) is not type(default):
        kinds = {bool: "true or false", int: "a number", str: "a text"}
        return f"must be {kinds[type(default)]}"
    if name in _CHOICES and value not in _CHOICES[name]:
        return f"must be one of {', '.join(filter(None, _CHOICES[name]))}"
    if isinstance(value, int) and not 0 <= value <= _MOST_DELAY:
        return f"must lie between 0 and {_MOST_DELAY}"
    return None
