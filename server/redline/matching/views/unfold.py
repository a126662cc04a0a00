"""Which views a file has: by its name, or by its first lines where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .columns import columns, is_parquet
from .fences import fenced, fenced_in
from .json_values import is_json_lines, json_document, json_lines
from .literals import literals
from .notebooks import is_notebook, notebook
from .tables import delimiter_of, table
from .values import is_fenced
from .view import View
from .yaml_values import yaml

_JSON_LINES = frozenset(("jsonl", "ndjson", "jsonlines"))
_JSON = frozenset(("json", "ipynb", "jsonc", "json5", "geojson", "webmanifest", "har", "eval"))
_TABLES = frozenset(("csv", "tsv", "tab", "psv"))
_PROSE = frozenset(("md", "markdown", "mdx", "rst", "txt", "adoc", "qmd", "rmd"))
_YAML = frozenset(("yaml", "yml"))
_HEAD = 4096
_LARGEST_YAML = 256 << 10
"""Bytes of a text without a name that are worth the time of a YAML parser."""
_BLOCK = re.compile(rb"^[ \t]*(?:- +)?[\w.-]+:[ \t]+[|>][-+0-9]{0,2}[ \t\r]*$", re.M)
_ITEM = re.compile(rb"\s*- [\w.-]+: [^\n]*\n(?:[ \t]+[\w.-]+:|- )")


def unfold(path: str | None, text: bytes) -> Iterator[View]:
    """Yield derived texts in which matching works as in an ordinary file, each about 1 MiB.

    ``path`` is the file's name, None where a text has none: then its first lines tell what
    it is. The same content gives the same values whatever holds it. Left out is what the
    file's own bytes say just as well: prose that stands there without escapes. No text,
    however damaged, is an error; nothing is nested in Python's own stack.
    """
    for view in _views(path, text):
        yield view
        if not view.code and is_fenced(view.text):
            yield from fenced_in(view)


def _views(path: str | None, text: bytes) -> Iterator[View]:
    ending = _ending(path)
    if is_parquet(text):
        return columns(text)
    if ending in _JSON_LINES:
        return json_lines(text)
    if ending in _TABLES:
        return table(text, delimiter_of(text))
    if ending in _YAML:
        return yaml(text)
    if ending in _PROSE:
        return fenced(text)
    if ending in _JSON or (ending is None and text[:_HEAD].lstrip()[:1] in (b"{", b"[")):
        return _json(text)
    if ending is None:
        return _unnamed(text)
    return literals(text)


def _ending(path: str | None) -> str | None:
    """The name's last part, in lower case; None if there is no name."""
    if path is None:
        return None
    return path.replace("\\", "/").rpartition("/")[2].lower().rpartition(".")[2]


def _json(text: bytes) -> Iterator[View]:
    if is_notebook(text):
        return notebook(text)
    return json_lines(text) if is_json_lines(text) else json_document(text)


def _unnamed(text: bytes) -> Iterator[View]:
    """Views of a text that a session shows without its file's name."""
    if is_fenced(text):
        yield from fenced(text)
    head = text[:_HEAD]
    if len(text) <= _LARGEST_YAML and (_BLOCK.search(head) or _ITEM.match(head)):
        yield from yaml(text)
    elif _is_table(head):
        yield from table(text, delimiter_of(text))
    else:
        yield from literals(text)


def _is_table(head: bytes) -> bool:
    """Tell whether the first three lines have equally many delimiters, two and more."""
    lines = head.split(b"\n", 3)[:3]
    mark = delimiter_of(head)
    counts = {line.count(mark) for line in lines}
    return len(lines) == 3 and len(counts) == 1 and min(counts) >= 2
