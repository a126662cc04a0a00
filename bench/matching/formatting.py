"""Formatters: real ones where people use them, our own re-breaking of lines for Go."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

from .fetching import tool_folder
from .grammar import GRAMMARS, Edit, Source
from .tools import Missing

PRETTIER = ("prettier@3.3.3", "prettier-plugin-java@2.6.4")
DESCRIBED = {
    "python": "ruff format, 60 columns",
    "typescript": "Prettier 3.3.3, 60 columns, no semicolons",
    "java": "Prettier 3.3.3 with its Java plugin, 60 columns",
    "go": "our own: gofmt finds nothing to do, so lists are broken one to a line and joined",
}
"""What each language's row was formatted by."""


def formatted(language: str, texts: Sequence[tuple[str, str]], cache: Path) -> list[str | None]:
    """Each (text, place) in the formatter's layout; None where it refused or changed nothing.

    Raises ``Missing`` where the formatter is not to be had.
    """
    if language == "go":
        done: list[str | None] = [_broken_lines(text, place) for text, place in texts]
    else:
        done = _by_tool(language, texts, cache)
    return [
        other if other and other.split("\n") != text.split("\n") else None
        for (text, _), other in zip(texts, done, strict=True)
    ]


def _by_tool(language: str, texts: Sequence[tuple[str, str]], cache: Path) -> list[str | None]:
    grammar = GRAMMARS[language]
    with tempfile.TemporaryDirectory(prefix="redline-bench-") as name:
        folder = Path(name)
        paths = []
        for number, (text, place) in enumerate(texts):
            path = folder / f"{number:05}{grammar.suffix}"
            path.write_text(grammar.wrapped(text, place), encoding="utf-8")
            paths.append(path)
        before = [path.read_text(encoding="utf-8") for path in paths]
        _run(language, folder, cache)
        results: list[str | None] = []
        for path, old, (_, place) in zip(paths, before, texts, strict=True):
            new = path.read_text(encoding="utf-8")
            results.append(None if new == old else _unwrapped(new, language, place))
        return results


def _run(language: str, folder: Path, cache: Path) -> None:
    if language == "python":
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "60"]
        command += ["--config", "format.skip-magic-trailing-comma=true", "--quiet", str(folder)]
    else:
        tools = tool_folder(cache, "prettier", PRETTIER)
        command = ["node", str(tools / "node_modules/prettier/bin/prettier.cjs"), "--write"]
        command += ["--print-width", "60", "--no-semi", "--log-level", "silent", "--no-config"]
        if language == "java":
            command += ["--plugin", str(tools / "node_modules/prettier-plugin-java/dist/index.js")]
        command.append(str(folder))
    try:
        # A piece that the formatter refuses stays as it was, and counts as refused.
        subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError as error:
        raise Missing(f"needs {command[0]}") from error


def _unwrapped(text: str, language: str, place: str) -> str | None:
    if place not in GRAMMARS[language].wrap:
        return text
    lines = text.rstrip("\n").split("\n")
    if "class" not in lines[0] or lines[-1].strip() != "}":
        return None
    return textwrap.dedent("\n".join(lines[1:-1]).strip("\n") + "\n")


_LISTS = frozenset({"argument_list", "parameter_list", "literal_value"})


def _broken_lines(text: str, place: str) -> str | None:
    """Lists of one line are broken one element to a line, lists of several lines are joined."""
    source = Source(GRAMMARS["go"], text, place)
    edits: list[Edit] = []
    done_until = 0
    for node in source.walk():
        elements = node.named_children
        if node.type not in _LISTS or len(elements) < 2 or node.start_byte < done_until:
            continue
        inner = source.text(node)
        if "func" in inner or "//" in inner or "/*" in inner or "`" in inner:
            continue
        opening, closing = inner[0], inner[-1]
        parts = [re.sub(r"\s*\n\s*", " ", source.text(one)) for one in elements]
        parts = [re.sub(r"([({]) | ?,? ([)}])", r"\1\2", part) for part in parts]
        row = source.bytes.decode().split("\n")[node.start_point.row]
        margin = row[: len(row) - len(row.lstrip())]
        if "\n" in inner:
            other = f"{opening}{', '.join(parts)}{closing}"
        else:
            listed = "".join(f"{margin}\t{part},\n" for part in parts)
            other = f"{opening}\n{listed}{margin}{closing}"
        edits.append(Edit(node.start_byte, node.end_byte, other))
        done_until = node.end_byte
    return source.edited(edits) if edits else None
