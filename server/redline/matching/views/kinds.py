"""What sort of file holds a text: by its name, or by its first lines where it has none."""

from __future__ import annotations

import re
from enum import Enum

from .columns import is_parquet
from .json_values import is_json_lines
from .notebooks import is_notebook
from .tables import delimiter_of


class Kind(Enum):
    """The sort of file that a text stands in."""

    JSON_LINES = "JSON Lines"
    JSON = "JSON"
    NOTEBOOK = "notebook"
    TABLE = "table"
    YAML = "YAML"
    PARQUET = "Parquet"
    PROSE = "prose"
    CODE = "code"

    @property
    def is_rows(self) -> bool:
        """Every line of it is of a row, and says of its own only what all rows say: the keys."""
        return self in (Kind.JSON_LINES, Kind.TABLE, Kind.PARQUET)


_ENDINGS = {
    Kind.JSON_LINES: "jsonl ndjson jsonlines",
    Kind.JSON: "json ipynb jsonc json5 geojson webmanifest har",
    Kind.TABLE: "csv tsv tab psv",
    Kind.PROSE: "md markdown mdx rst txt adoc qmd rmd",
    Kind.YAML: "yaml yml",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_HEAD = 4096
_LARGEST_YAML = 256 << 10
"""Bytes of a text without a name that are worth the time of a YAML parser."""
_BLOCK = re.compile(rb"^[ \t]*+(?:- ++)?+[\w.-]++:[ \t]++[|>][-+0-9]{0,2}[ \t\r]*+$", re.MULTILINE)
_ITEM = re.compile(rb"\s*- [\w.-]+: [^\n]*\n(?:[ \t]+[\w.-]+:|- )")


def kind_of(path: str | None, text: bytes) -> Kind:
    """Tell a file's kind; ``path`` is None for a text that is shown without its file's name."""
    if is_parquet(text):
        return Kind.PARQUET
    if path is None:
        return _unnamed(text)
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    kind = _KINDS.get(name.rpartition(".")[2], Kind.CODE)
    return _json(text) if kind is Kind.JSON else kind


def _json(text: bytes) -> Kind:
    if is_notebook(text):
        return Kind.NOTEBOOK
    return Kind.JSON_LINES if is_json_lines(text) else Kind.JSON


def _unnamed(text: bytes) -> Kind:
    head = text[:_HEAD]
    if head.lstrip()[:1] in (b"{", b"["):
        return _json(text)
    if len(text) <= _LARGEST_YAML and (_BLOCK.search(head) or _ITEM.match(head)):
        return Kind.YAML
    return Kind.TABLE if _is_table(head) else Kind.CODE


def _is_table(head: bytes) -> bool:
    """Tell whether the first three lines have equally many delimiters, two and more."""
    lines = head.split(b"\n", 3)[:3]
    mark = delimiter_of(head)
    counts = {line.count(mark) for line in lines}
    return len(lines) == 3 and len(counts) == 1 and min(counts) >= 2
