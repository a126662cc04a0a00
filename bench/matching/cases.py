"""All material of one language: what is told, copies between lines of hosts, and strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import corpora
from . import record_mutations as records
from .corpora import Document
from .grammar import GRAMMARS
from .makers import (
    CODE_ROWS,
    PLAIN,
    PROSE_ROWS,
    RECORD_ROWS,
    SNIPPETS,
    Case,
    CodeMaker,
    Maker,
    ProseMaker,
    RecordMaker,
)
from .tools import Missing

__all__ = ["PLAIN", "Case", "Material", "material", "rows_of"]


@dataclass(frozen=True, slots=True)
class Material:
    """All that is told and asked of one language."""

    told: Sequence[Document]
    cases: Sequence[Case]
    strangers: Sequence[Document]
    unmeasured: dict[str, str]
    """Row to why it could not be made here."""


def rows_of(language: str) -> tuple[str, ...]:
    """The mutations of a language, in the order of the page."""
    if language in GRAMMARS:
        return (*CODE_ROWS, *SNIPPETS)
    return tuple(PROSE_ROWS if language == "markdown" else RECORD_ROWS)


def material(language: str, cache: Path, count: int, stranger_lines: int) -> Material:
    """Make ``count`` copies for each row, and as many hosts without one.

    The same arguments give the same bytes. Raises ``Missing`` without the corpora.
    """
    told = corpora.told(language, cache)
    given = corpora.documents(language, "hosts", cache)
    strangers = corpora.strangers(language, cache, stranger_lines)
    if language in GRAMMARS:
        maker: Maker = CodeMaker(language, told, given, cache)
    elif language == "markdown":
        maker = ProseMaker(told, given, cache)
    else:
        maker = RecordMaker(told, given)
        strangers = [
            Document(one.name.replace(".md", ".jsonl"), records.lines(records.rows(one)))
            for one in strangers
        ]
        told = [
            Document(one.name.replace(".md", ".jsonl"), records.lines(records.rows(one)))
            for one in told
        ]
        told, strangers = ([one for one in part if one.text] for part in (told, strangers))
    cases, unmeasured = [], {}
    for row in rows_of(language):
        try:
            cases += maker.row(row, count)
        except Missing as error:
            unmeasured[row] = str(error)
    cases += maker.plain(count)
    return Material(told, cases, strangers, unmeasured)
