"""Read YAML into nodes that know their place, refusing what people misread.

YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema) where it matters: ``off``,
``no`` and ``012`` stay text. Tags, duplicate keys and several documents are refused; aliases
are followed within a bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from redline.policy.file import MAX_BYTES as MAX_BYTES
from redline.policy.problems import PolicyProblem, shown

MAX_DEPTH: Final = 32
MAX_NODES: Final = 50_000
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file: text, a list or a table; the place counts from 1."""

    kind: str
    """``text``, ``empty``, ``list`` or ``table``."""
    line: int
    column: int
    text: str = ""
    items: tuple[Node, ...] = ()
    """The members of a list; keys and values of a table by turns."""
    size: int = 1
    """How many nodes it holds, aliases followed."""
    block: bool = False
    """A literal block (``|``): the lines of its text follow the line of its place."""


class Unreadable(Exception):
    """The text is not a rule file at all; carries the one problem that says so."""

    def __init__(self, problem: PolicyProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A list or table whose end has not come yet."""

    kind: str
    line: int
    column: int
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    size: int = 1


def read_nodes(data: bytes, path: str, problems: list[PolicyProblem]) -> Node:
    """Read one document. Appends duplicate keys to ``problems``; raises ``Unreadable``."""
    text = _decode(data, path)
    anchors: dict[str, Node | None] = {}
    stack: list[_Open] = []
    root: Node | None = None
    for event in _events(text, path):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        kind = type(event).__name__
        if kind == "DocumentStartEvent" and root is not None:
            raise _unreadable(path, line, column, "a second document begins here", _ONE)
        node: Node | None = None
        if getattr(event, "tag", None) is not None and event.tag != "!":
            message = f"the tag {shown(event.tag)} is not supported"
            raise _unreadable(path, line, column, message, "Remove it; values are plain data.")
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            if len(stack) >= MAX_DEPTH:
                message = f"nested more than {MAX_DEPTH} levels deep"
                raise _unreadable(path, line, column, message, "A rule file needs six.")
            if event.anchor:
                anchors[event.anchor] = None
            stack.append(_Open("table" if kind[0] == "M" else "list", line, column, event.anchor))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            done = stack.pop()
            node = Node(done.kind, done.line, done.column, items=tuple(done.items), size=done.size)
            if done.anchor:
                anchors[done.anchor] = node
            if done.kind == "table":
                problems.extend(_duplicates(node, path))
        elif kind == "ScalarEvent":
            empty = event.implicit[0] and event.value in _NULLS
            node = Node(
                "empty" if empty else "text",
                line,
                column,
                text=event.value,
                block=event.style == "|",
            )
            if event.anchor:
                anchors[event.anchor] = node
        elif kind == "AliasEvent":
            node = _followed(anchors, event.anchor, path, line, column)
        if node is None:
            continue
        if not stack:
            root = node
            continue
        stack[-1].items.append(node)
        stack[-1].size += node.size
        if sum(level.size for level in stack) > MAX_NODES:
            message = f"holds more than {MAX_NODES:,} values, aliases followed"
            raise _unreadable(path, line, column, message, "Split the file, or use fewer aliases.")
    return root or Node("table", 1, 1)


_ONE = "A rule file is one document; remove the '---' line."


def _unreadable(path: str, line: int, column: int, message: str, advice: str = "") -> Unreadable:
    return Unreadable(PolicyProblem(path, line, column, message, advice))


def _decode(data: bytes, path: str) -> str:
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1024} KiB, the limit for a rule file"
        raise _unreadable(path, 1, 1, message, "Split it with 'extends'.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable(path, 1, 1, "is UTF-16, not UTF-8", "Save the file as UTF-8.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise _unreadable(path, line, column, message, "Save the file as UTF-8.") from None
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    for offset, character in enumerate(text):
        if (ord(character) < 32 and character not in "\t\n\r") or ord(character) == 127:
            line, column = _place(text[:offset])
            message = f"control character U+{ord(character):04X}"
            raise _unreadable(path, line, column, message, "Delete it.")
    return text


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _events(text: str, path: str) -> Iterator[Any]:
    """Give the parser's events one by one; composing would recurse as deep as the file says."""
    import yaml  # costs 20 ms, and a cached policy does not need it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, path) from None
    except RecursionError:
        raise _unreadable(path, 1, 1, "is nested too deeply to be read") from None


def _syntax_error(error: Exception, text: str, path: str) -> Unreadable:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    indent = written[: len(written) - len(written.lstrip())]
    if "\t" in indent:
        column = indent.index("\t") + 1
        return _unreadable(
            path, line, column, "a tab in the indentation", "YAML indents with spaces only."
        )
    return _unreadable(path, line, column, f"not valid YAML: {problem}", _advice(written))


def _advice(written: str) -> str:
    if "\t" in written:
        return "The line holds a tab; use spaces."
    if "*" in written or "!" in written or "&" in written:
        return "A glob that begins with '*', '!' or '&' must be quoted: \"**/x\"."
    if written.count(":") > 1 or "'" in written or '"' in written:
        return "Quote the value, and check that every quote is closed."
    return "Check the indentation and the brackets of this line and the one before."


def _followed(
    anchors: dict[str, Node | None], anchor: str, path: str, line: int, column: int
) -> Node:
    if anchor not in anchors:
        # '*' is an alias to YAML and a glob to people: the usual cause by far.
        message = f"'*{shown(anchor)[1:-1]}' is read as an alias, and no anchor has that name"
        raise _unreadable(path, line, column, message, f'If it is a glob, quote it: "*{anchor}".')
    node = anchors[anchor]
    if node is None:
        message = f"the alias {shown(anchor)} lies inside what it stands for"
        raise _unreadable(path, line, column, message, "Write the value out.")
    return node


def _duplicates(table: Node, path: str) -> Iterator[PolicyProblem]:
    seen: dict[str, Node] = {}
    for key in table.items[::2]:
        if key.kind in ("list", "table"):
            continue
        first = seen.setdefault(key.text, key)
        if first is not key:
            yield PolicyProblem(
                path,
                key.line,
                key.column,
                f"the key {shown(key.text)} is given twice",
                f"The first is on line {first.line}; keep one. "
                "YAML readers would silently drop the first.",
            )
