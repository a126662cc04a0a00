"""The views of a file, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .columns import columns
from .fences import fenced, fenced_in
from .json_values import json_document, json_lines
from .kinds import Kind, kind_of
from .literals import literals
from .notebooks import notebook
from .tables import delimiter_of, table
from .values import is_fenced
from .view import View
from .yaml_values import yaml

_VIEWS: dict[Kind, Callable[[bytes], Iterator[View]]] = {
    Kind.JSON_LINES: json_lines,
    Kind.JSON: json_document,
    Kind.NOTEBOOK: notebook,
    Kind.TABLE: lambda text: table(text, delimiter_of(text)),
    Kind.YAML: yaml,
    Kind.PARQUET: columns,
    Kind.PROSE: fenced,
    Kind.CODE: literals,
}


def unfold(path: str | None, text: bytes) -> Iterator[View]:
    """Yield derived texts in which matching works as in an ordinary file, each about 1 MiB.

    ``path`` is the file's name, None where a text has none: then its first lines tell what
    it is. The same content gives the same values whatever holds it. Rows (``Kind.is_rows``)
    are told whole; of other files what their own bytes say just as well is left out: prose
    that stands there without escapes. No text, however damaged, is an error; nothing is
    nested in Python's own stack.
    """
    kind = kind_of(path, text)
    if path is None and kind is Kind.CODE and is_fenced(text):
        yield from fenced(text)
    for view in _VIEWS[kind](text):
        yield view
        if not view.code and is_fenced(view.text):
            yield from fenced_in(view)
