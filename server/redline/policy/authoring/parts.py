"""What an outline of a rule file is made of: places, keys and values, as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["gap", "text", "list", "table"]


class Point(NamedTuple):
    """A place in a text: line and column from 1, columns in Unicode code points."""

    line: int
    column: int


class Stretch(NamedTuple):
    """From one place up to another, which is not part of it."""

    start: Point
    end: Point

    def holds(self, point: Point) -> bool:
        """Tell whether a cursor at ``point`` stands in it, or at its very end."""
        return self.start <= point <= self.end


@dataclass(slots=True)
class Entry:
    """A key of a table and its value."""

    key: Part
    value: Part
    colon: bool = True
    """False while the key is still being typed."""


@dataclass(slots=True)
class Part:
    """A value as it is written. A ``gap`` is a value that is not there yet."""

    kind: Kind
    start: Point
    end: Point
    text: str = ""
    """Of a scalar, without quotes and with its escapes read."""
    inner: Stretch | None = None
    """Of a quoted text what lies between the quotes; else None."""
    entries: list[Entry] = field(default_factory=list)
    items: list[Part] = field(default_factory=list)
    column: int = 0
    """Of a block collection: the column, from 1, of its keys or dashes. 0 for any other."""

    @property
    def stretch(self) -> Stretch:
        """Where it stands, quotes and brackets included."""
        return Stretch(self.start, self.end)

    @property
    def word(self) -> Stretch:
        """Where its text stands, without quotes."""
        return self.inner or self.stretch

    def get(self, key: str) -> Part | None:
        """The value of a table's key."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def members(self) -> Iterator[Part]:
        """The items of a list; of anything else that is written itself, as one alone."""
        if self.kind == "list":
            yield from self.items
        elif self.kind != "gap":
            yield self
