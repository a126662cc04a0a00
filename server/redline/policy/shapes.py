"""The shapes that values of a rule file take: one source for reading, schema and docs.

A raw table is a frozen dataclass whose fields are ``Annotated`` with a ``Key``: its shape and
its description. ``Table`` reads it from nodes and reports every problem rather than the first;
the JSON Schema comes from the same annotations.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, get_type_hints

from redline.policy.nodes import Node
from redline.policy.problems import PolicyProblem, did_you_mean, shown


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the file and where it stands."""

    text: str
    line: int
    column: int
    block: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Collects the problems of one file while it is read."""

    path: str
    problems: list[PolicyProblem]

    def report(self, place: Node | Word, message: str, advice: str = "") -> None:
        """Note a problem at a node or word."""
        self.problems.append(PolicyProblem(self.path, place.line, place.column, message, advice))


class Shape(Protocol):
    """What a value may look like. ``read`` gives None after it reported why."""

    def read(self, node: Node, name: str, reader: Reader) -> object:
        """Turn a node into a value; ``name`` says in messages what it is."""

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe the shape in JSON Schema, adding tables to ``defs``."""


_KINDS = {"text": "text", "empty": "empty", "list": "a list", "table": "a table"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what it holds and what it means."""

    doc: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Text:
    """One text; ``check`` returns a message and advice where it is not acceptable."""

    pattern: str = ""
    """A regex that the whole text must match; it stands in the schema too."""
    meaning: str = ""
    """What the pattern asks for, in words."""
    check: Callable[[str], tuple[str, str] | None] | None = None
    most: int = 4_000
    blank: bool = False
    """An empty text, or one of blanks alone, will do."""
    number: bool = False
    """It may look like a number, as which other readers of YAML take it."""

    def read(self, node: Node, name: str, reader: Reader) -> Word | None:
        """Give the word, or None after reporting."""
        if node.kind != "text":
            reader.report(node, f"{name} must be a text, and this is {_KINDS[node.kind]}")
            return None
        if len(node.text) > self.most:
            reader.report(node, f"{name} is longer than {self.most:,} characters")
            return None
        if not self.blank and not node.text.strip():
            reader.report(node, f"{name} is blank")
            return None
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            reader.report(node, f"{name} {shown(node.text)} is not {self.meaning}")
            return None
        problem = self.check(node.text) if self.check else None
        if problem:
            reader.report(node, *problem)
            return None
        return Word(node.text, node.line, node.column, node.block)

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it."""
        least = {} if self.blank else {"minLength": 1}
        pattern = {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        text = {"type": "string", **least, **pattern}
        return {"anyOf": [text, {"type": "integer", "minimum": 1}]} if self.number else text


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node, name: str, reader: Reader) -> Word | None:
        """Give the word, or None after reporting."""
        if node.kind == "text" and node.text in self.words:
            return Word(node.text, node.line, node.column)
        if node.kind == "text":
            advice = did_you_mean(node.text, self.words, "it is one of")
            reader.report(node, f"{name} cannot be {shown(node.text)}", advice)
        else:
            advice = f"It is one of: {', '.join(self.words)}."
            reader.report(node, f"{name} must be one word", advice)
        return None

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, node: Node, name: str, reader: Reader) -> Word | None:
        """Give the word, or None after reporting."""
        return Choice(("true", "false")).read(node, name, reader)

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it: other readers of YAML make a truth value of the words."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Entries:
    """A table whose keys the file chooses."""

    key: Text
    value: Text

    def read(self, node: Node, name: str, reader: Reader) -> tuple[tuple[Word, Word], ...] | None:
        """Give the readable entries, or None after reporting."""
        if node.kind != "table" or not node.items:
            what = "an empty table" if node.kind == "table" else _KINDS[node.kind]
            reader.report(node, f"{name} must be a table with an entry, and this is {what}")
            return None
        read = [
            (self.key.read(key, f"a key of {name}", reader), self.value.read(value, what, reader))
            for key, value in zip(node.items[::2], node.items[1::2], strict=True)
            for what in (f"the value of {shown(key.text)}",)
        ]
        return tuple((key, value) for key, value in read if key and value)

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it."""
        entry = self.value.schema(defs)
        return {"type": "object", "minProperties": 1, "additionalProperties": entry}


@dataclass(frozen=True, slots=True)
class Many:
    """A list; an empty one only where ``least`` is 0."""

    item: Shape
    least: int = 1

    def read(self, node: Node, name: str, reader: Reader) -> tuple[object, ...] | None:
        """Give the readable items, or None after reporting."""
        if node.kind != "list":
            advice = f"Write it as [{node.text}]." if node.kind == "text" else ""
            message = f"{name} must be a list, and this is {_KINDS[node.kind]}"
            reader.report(node, message, advice)
            return None
        if len(node.items) < self.least:
            reader.report(node, f"{name} is an empty list", "Add a value, or remove the key.")
        read = (self.item.read(item, f"an item of {name}", reader) for item in node.items)
        return tuple(item for item in read if item is not None)

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it."""
        least = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.item.schema(defs)} | least


@dataclass(frozen=True, slots=True)
class Table:
    """A table that becomes the dataclass ``type``; it has fields ``line`` and ``column``."""

    type: type[Any]
    short: str = ""
    """The key that a bare text in the table's place stands for."""

    def read(self, node: Node, name: str, reader: Reader) -> object:
        """Build the dataclass, or give None after reporting all that is wrong in it."""
        keys = keys_of(self.type)
        if self.short and node.kind == "text":
            value = keys[self.short].shape.read(node, name, reader)
            made = {self.short: value, "line": node.line, "column": node.column}
            return None if value is None else self._made(made)
        if node.kind != "table":
            advice = f"Its keys: {', '.join(spelt(key) for key in keys)}."
            message = f"{name} must be a table, and this is {_KINDS[node.kind]}"
            reader.report(node, message, advice)
            return None
        values: dict[str, Any] = {"line": node.line, "column": node.column}
        fields = {spelt(field): field for field in keys}
        given: set[str] = set()
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            field = fields.get(key.text) if key.kind == "text" else None
            if field is None:
                advice = did_you_mean(key.text, map(spelt, keys), "its keys")
                reader.report(key, f"{name} has no key {shown(key.text)}", advice)
                continue
            if field in given:
                continue  # reported as a duplicate already
            given.add(field)
            read = keys[field].shape.read(value, f"'{key.text}'", reader)
            if read is not None:
                values[field] = read
        missing = [key for key in required(self.type) if key not in given]
        if missing:
            names = " and ".join(f"'{spelt(key)}'" for key in missing)
            advice = f"{spelt(missing[0])}: {keys[missing[0]].doc}"
            reader.report(node, f"{name} lacks {names}", advice)
        if any(key not in values for key in required(self.type)):
            return None
        return self._made(values)

    def _made(self, values: dict[str, Any]) -> object:
        made: object = self.type(**values)
        return made

    def schema(self, defs: dict[str, Any]) -> dict[str, Any]:
        """Describe it once, under ``$defs``, and refer to it."""
        name = self.type.__name__.removeprefix("Raw").lower()
        reference = {"$ref": f"#/$defs/{name}"}
        if name not in defs:
            defs[name] = {}
            defs[name] = table_schema(self.type, defs)
        if not self.short:
            return reference
        return {"anyOf": [keys_of(self.type)[self.short].shape.schema(defs), reference]}


def keys_of(table: type[Any]) -> Mapping[str, Key]:
    """The keys of a raw dataclass, by field name, in the order they are documented."""
    if table not in _KEYS:
        _KEYS[table] = _annotated(table)
    return _KEYS[table]


_KEYS: dict[type[Any], Mapping[str, Key]] = {}
"""Evaluating annotations costs more than reading a whole file by them."""


def _annotated(table: type[Any]) -> Mapping[str, Key]:
    hints = get_type_hints(table, include_extras=True)
    found = {
        name: next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Key)), None)
        for name, hint in hints.items()
    }
    return MappingProxyType({name: key for name, key in found.items() if key is not None})


def required(table: type[Any]) -> tuple[str, ...]:
    """The fields that a table must give."""
    keys = keys_of(table)
    return tuple(
        field.name
        for field in dataclasses.fields(table)
        if field.name in keys
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    )


def table_schema(table: type[Any], defs: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a raw dataclass, with the description of every key."""
    properties = {
        spelt(name): {"description": key.doc} | key.shape.schema(defs)
        for name, key in keys_of(table).items()
    }
    return {
        "description": (table.__doc__ or "").split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": [spelt(name) for name in required(table)],
        "additionalProperties": False,
    }


def spelt(field: str) -> str:
    """A key as rule files spell it: a keyword of Python (``not``) cannot be a field's name."""
    return field.rstrip("_").replace("_", "-")
