"""What people do to code that they copied: one engine over trees, for every language."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from .grammar import MEMBER, Edit, Source
from .renaming import bound_names, renamed, replaced


@dataclass(frozen=True, slots=True)
class Donors:
    """Text of people who have nothing to do with told files, to fill in with."""

    statements: tuple[str, ...]
    """Simple statements of one line, at the margin."""
    comments: tuple[str, ...]
    """Sentences without comment marks."""


_FOREIGN = (
    "aber alle auch bei bereits bitte dann darf das datei dem der dieser ein eine ende erwartet "
    "falsch fehler feld gefunden gelesen gesetzt grenze gruppe hat ist jede kann kein konnte "
    "leer liste mehr muss nach name nicht noch nur oder ohne ordner schon sein seite sind soll "
    "text typ um und ungueltig unter vom von vor wert wird zahl zeichen zeile ziel zu zugriff"
).split()
_WORD = re.compile(r"(?<![%{\\$\w.:/-])[A-Za-z]{2,}(?![\w}=(/:.-]*[}=/])")
_DIGITS = re.compile(r"[1-9]\d+")


def verbatim(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """As it was told."""
    return source.edited(())


def rename(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Every variable, parameter and own function another name."""
    return renamed(source, rng)


def comments_stripped(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Without comments and docstrings."""
    found = _comments(source)
    if not found:
        return None
    edits = []
    for node in found:
        only = node.parent and node.parent.named_child_count == 1
        needed = only and source.is_docstring(node)  # a body of a docstring alone
        edits.append(_whole_line(source, node, "pass" if needed else None))
    return source.edited(edits)


def comments_rewritten(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Comments and docstrings in the words of other people's."""
    found = _comments(source)
    if not found or not donors.comments:
        return None
    edits = []
    for node in found:
        text, other = source.text(node), rng.choice(donors.comments)
        if source.is_docstring(node):
            mark = '"""' if '"""' in text else text.lstrip("rRuUbB")[:1]
            other = f"{mark}{other}{mark}"
        elif text.startswith("/*"):
            other = f"/* {other} */"
        else:
            other = f"{source.grammar.line_comment} {other}"
        edits.append(Edit(node.start_byte, node.end_byte, other))
    return source.edited(edits)


def reordered(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Neighbouring statements change places, two by two, wherever a block has them.

    What the program means is not kept: the sequence of statements is what is tested.
    """
    edits: list[Edit] = []
    for block in source.walk():
        if block.type not in source.grammar.blocks or block.parent is None:
            continue
        simple = {node.id for node in source.simple()}
        nodes = source.statements(block)
        at = 0
        while at + 1 < len(nodes):
            one, other = nodes[at], nodes[at + 1]
            fits = {one.id, other.id} <= simple and other.type not in source.grammar.jumps
            if fits and source.text(one) != source.text(other):
                edits.append(Edit(one.start_byte, one.end_byte, source.text(other)))
                edits.append(Edit(other.start_byte, other.end_byte, source.text(one)))
                at += 2
            else:
                at += 1
    return source.edited(edits) if edits else None


def quarter_changed(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """One in four of the simple statements gives way to one of other people."""
    nodes = [node for node in source.simple() if node.type not in source.grammar.jumps]
    if len(nodes) < 4 or not donors.statements:
        return None
    chosen = rng.sample(nodes, max(1, round(len(nodes) / 4)))
    return source.edited(
        Edit(node.start_byte, node.end_byte, rng.choice(donors.statements)) for node in chosen
    )


def half_kept(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Of the function's statements the upper or the lower half stays, about, by lines."""
    nodes = source.body()
    if len(nodes) < 2:
        return None
    whole = _rows(nodes)
    cut = min(range(1, len(nodes)), key=lambda at: abs(2 * _rows(nodes[:at]) - whole))
    if not whole <= 4 * _rows(nodes[:cut]) <= 3 * whole:
        return None
    gone = nodes[cut:] if rng.random() < 0.5 else nodes[:cut]
    return source.edited(
        [Edit(_line_start(source, gone[0]), _line_end(source, gone[-1]), "")]
        if _own_lines(source, gone)
        else [Edit(gone[0].start_byte, gone[-1].end_byte, "")]
    )


def extracted(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """About half of the statements move into a function of their own, which is called."""
    nodes = source.body()
    function = source.function()
    if len(nodes) < 3 or function is None:
        return None
    whole = _rows(nodes)
    runs = [
        nodes[first:last]
        for first in range(len(nodes))
        for last in range(first + 1, len(nodes) + 1)
        if _rows(nodes[first:last]) > 1 and last - first < len(nodes)
        and not any(one.type in source.grammar.jumps for one in nodes[first:last])
    ]  # fmt: skip
    if not runs:
        return None
    run = min(runs, key=lambda one: abs(2 * _rows(one) - whole))
    if 4 * _rows(run) < whole or not _own_lines(source, run):
        return None
    names = bound_names(source)
    used = {source.text(one) for node in run for one in source.walk(node) if not one.child_count}
    given = [name for name in names if name in used][:5]
    start, end = _line_start(source, run[0]), _line_end(source, run[-1])
    moved = source.bytes[start:end].decode()
    indent = source.bytes[start : run[0].start_byte].decode()
    call, head, foot = _call(source, given)
    called = source.edited([Edit(start, end, f"{indent}{call}\n")])
    body = textwrap.indent(textwrap.dedent(moved), source.grammar.indent)
    gap = "" if called.endswith("\n") else "\n"
    return f"{called}{gap}\n{head}\n{body}{foot}"


def inlined(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """The body alone, its parameters under the names of what was given for them."""
    function = source.function()
    nodes = source.body()
    parameters = function and function.child_by_field_name("parameters")
    if function is None or len(nodes) < 3 or not parameters or not _own_lines(source, nodes):
        return None
    inner = {source.text(one) for one in source.walk(parameters) if not one.child_count}
    given = [name for name in bound_names(source) if name in inner]
    new = {name: f"{name[:1].lower()}{name[1:]}Given" for name in given}
    if source.grammar.name == "python":
        new = {name: f"given_{name}" for name in given}
    other = Source(source.grammar, replaced(source, new), source.place)
    body = other.body()
    if not body:
        return None
    edits = []
    for node in other.walk():
        if node.type == "return_statement":
            if not node.named_child_count or other.text(node)[6:7] not in " (":
                return None
            edits.append(Edit(node.start_byte, node.start_byte + 6, "result ="))
    start, end = _line_start(other, body[0]), _line_end(other, body[-1])
    kept = [one for one in edits if start <= one.start < end]
    cut = [Edit(0, start, ""), *kept, Edit(end, len(other.bytes), "")]
    # The wrapping goes with the rest, so that the edit works on the bare text.
    bare = b"".join(_applied(other.bytes, cut)).decode()
    return textwrap.dedent(bare)


def translated(source: Source, rng: random.Random, donors: Donors) -> str | None:
    """Strings in other quotes and another language, whole numbers in another notation."""
    edits: list[Edit] = []
    for node in source.walk():
        text = source.text(node)
        if node.type in source.grammar.strings:
            other = _requoted(source, _foreign(text))
        elif node.type in source.grammar.integers and _DIGITS.fullmatch(text):
            other = hex(int(text))
        else:
            continue
        if other != text:
            edits.append(Edit(node.start_byte, node.end_byte, other))
    return source.edited(edits) if edits else None


def _foreign(text: str) -> str:
    """Every word of a message that has two at least; names and placeholders stay."""
    if len(_WORD.findall(text)) < 2 or " " not in text.strip():
        return text

    def other(found: re.Match[str]) -> str:
        word = found.group()
        if found.start() < 3 and text[found.end() : found.end() + 1] in {"'", '"'}:
            return word  # the letters before a quote say what sort of string it is
        mark = sum(word.encode()) * 31 + len(word)
        new = _FOREIGN[mark % len(_FOREIGN)]
        return new.capitalize() if word[0].isupper() else new

    return _WORD.sub(other, text)


def _requoted(source: Source, text: str) -> str:
    if not source.grammar.quotes or "\\" in text or "{" in text or "\n" in text:
        return text
    if text.endswith(('"""', "'''")):  # nobody changes the quotes of a docstring
        return text
    one, other = source.grammar.quotes
    for old, new in ((one, other), (other, one)):
        head = text[: len(text) - len(text.lstrip("rRbBuUfF"))]
        body = text[len(head) :]
        inner = set(body.strip(old))
        if body.startswith(old) and body.endswith(old) and not {one, other} & inner:
            return head + new + body[1:-1] + new
    return text


def _call(source: Source, given: Sequence[str]) -> tuple[str, str, str]:
    """The call, the new function's first line and its last."""
    names = ", ".join(given)
    kind = source.grammar.name
    if kind == "python":
        own = "self" in source.edited(()).partition(")")[0]
        inside = ", ".join(["self", *given]) if own else names
        return f"{'self.' if own else ''}finish_part({names})", f"def finish_part({inside}):", ""
    if kind == "go":
        typed = f"{names} interface{{}}" if given else ""
        return f"finishPart({names})", f"func finishPart({typed}) {{", "}\n"
    if kind == "java":
        typed = ", ".join(f"Object {name}" for name in given)
        return f"finishPart({names});", f"private void finishPart({typed}) {{", "}\n"
    typed = ", ".join(f"{name}: any" for name in given)
    if source.place == MEMBER:
        return f"this.finishPart({names});", f"private finishPart({typed}) {{", "}\n"
    return f"finishPart({names});", f"function finishPart({typed}) {{", "}\n"


def _comments(source: Source) -> list[Node]:
    return [
        node
        for node in source.walk()
        if node.type in source.grammar.comments
        or (source.grammar.name == "python" and source.is_docstring(node))
    ]


def _whole_line(source: Source, node: Node, other: str | None) -> Edit:
    """Take a comment away, with its line where nothing else stands on it."""
    if other is not None:
        return Edit(node.start_byte, node.end_byte, other)
    if _own_lines(source, [node]):
        return Edit(_line_start(source, node), _line_end(source, node), "")
    start = node.start_byte
    while source.bytes[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return Edit(start, node.end_byte, "")


def _own_lines(source: Source, nodes: Sequence[Node]) -> bool:
    before = source.bytes[_line_start(source, nodes[0]) : nodes[0].start_byte]
    after = source.bytes[nodes[-1].end_byte : _line_end(source, nodes[-1])]
    return not before.strip() and not after.strip(b"; \t\r\n")


def _line_start(source: Source, node: Node) -> int:
    return source.bytes.rfind(b"\n", 0, node.start_byte) + 1


def _line_end(source: Source, node: Node) -> int:
    # A Go or YAML node may hold its own line end.
    end = node.end_byte
    if source.bytes[end - 1 : end] == b"\n":
        return end
    return source.bytes.find(b"\n", end) + 1 or len(source.bytes)


def _rows(nodes: Sequence[Node]) -> int:
    return nodes[-1].end_point.row - nodes[0].start_point.row + 1


def _applied(text: bytes, edits: Sequence[Edit]) -> list[bytes]:
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.text.encode()]
        at = edit.end
    return [*pieces, text[at:]]
