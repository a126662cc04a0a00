"""How copies are made and set into hosts: code, prose and records each in their own way."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from redline.syntax.trees import UnparsedError

from . import code_mutations as code
from . import corpora, formatting, pieces
from . import prose_mutations as prose
from . import record_mutations as records
from .code_mutations import Donors
from .corpora import Document
from .grammar import BODY, GRAMMARS, TOP, Grammar, Source
from .pieces import Host, Piece

PLAIN = "untouched"
"""The row whose cases have no copy: the hosts alone."""
CODE_ROWS: dict[str, Callable[[Source, random.Random, Donors], str | None]] = {
    "verbatim": code.verbatim,
    "formatter": code.verbatim,
    "rename": code.rename,
    "formatter and rename": code.rename,
    "comments stripped": code.comments_stripped,
    "comments rewritten": code.comments_rewritten,
    "statements reordered": code.reordered,
    "25 % of statements changed": code.quarter_changed,
    "half kept": code.half_kept,
    "extracted into a function": code.extracted,
    "inlined": code.inlined,
    "quotes and literals": code.translated,
}
_FORMATTED = frozenset({"formatter", "formatter and rename"})
SNIPPETS = {"2 lines": 2, "3 lines": 3, "5 lines": 5}
PROSE_ROWS: dict[str, Callable[[str, random.Random, Sequence[str]], str | None]] = {
    "verbatim": prose.verbatim,
    "reflowed": prose.reflowed,
    "markup changed": prose.remarked,
    "10 % of words changed": prose.reworded(0.10),
    "25 % of words changed": prose.reworded(0.25),
    "sentences reordered": prose.reordered,
    "half kept": prose.half_kept,
    "1 sentence": prose.snippet(1),
    "2 sentences": prose.snippet(2),
    "3 sentences": prose.snippet(3),
    "moved into a comment": prose.as_comment,
}
RECORD_ROWS: dict[str, tuple[str, records.Written]] = {
    "verbatim": (".jsonl", records.verbatim),
    "keys reordered, re-spaced": (".jsonl", records.respaced),
    "key names changed": (".jsonl", records.rekeyed),
    "values escaped": (".jsonl", records.escaped),
    "one field of four reworded": (".jsonl", records.one_field_reworded),
    "to CSV": (".csv", records.to_csv),
    "to YAML": (".yaml", records.to_yaml),
    "one row alone": (".jsonl", records.verbatim),
}
_ROWS_COPIED, _ROWS_OF_HOST = 4, 30


@dataclass(frozen=True, slots=True)
class Case:
    """One asked file; ``first`` to ``last`` is the copy, lines from 0, inclusive."""

    id: str
    language: str
    mutation: str
    path: str
    """``<row>/<number><suffix>``, relative to the folder of cases."""
    text: str
    first: int
    """-1 in a file without a copy."""
    last: int
    source: str
    """The told file that was copied from; empty without a copy."""


class Maker(ABC):
    """What the three sorts of material have in common."""

    language: str
    hosts: list[Host]

    def row(self, row: str, count: int) -> list[Case]:
        made: list[Case] = []
        rng = random.Random(f"{self.language}/{row}")
        for text, place, source, suffix in self.texts(row, rng, count):
            placed = self.put(len(made), text, place, suffix, rng)
            if placed:
                whole, first, last = placed
                label = row.replace(" ", "-").replace("%", "percent").replace(",", "")
                name = f"{label}/{len(made):03}"
                made.append(
                    Case(name, self.language, row, name + suffix, whole, first, last, source)
                )
            if len(made) == count:
                break
        return made

    def plain(self, count: int) -> list[Case]:
        return [
            Case(f"{PLAIN}/{n:03}", self.language, PLAIN, f"{PLAIN}/{n:03}{self.suffix}",
                 host.text, -1, -1, "")
            for n, host in enumerate(self.hosts[:count])
        ]  # fmt: skip

    suffix = ""

    @abstractmethod
    def texts(
        self, row: str, rng: random.Random, count: int
    ) -> Iterable[tuple[str, str, str, str]]:
        """Mutated text, where it can stand, the told file and the suffix of the asked one."""

    @abstractmethod
    def put(
        self, number: int, text: str, place: str, suffix: str, rng: random.Random
    ) -> tuple[str, int, int] | None:
        """Set a text into a host: the whole, and its first and last line from 0; None: no place."""


class CodeMaker(Maker):
    def __init__(
        self, language: str, told: Sequence[Document], given: Sequence[Document], cache: Path
    ) -> None:
        self.language, self.cache = language, cache
        self.grammar = GRAMMARS[language]
        self.suffix = self.grammar.suffix
        self.told = told
        # What fills in for changed lines comes from files that no copy is put into.
        every = len(given) // 5
        self.donors = _donors(self.grammar, given[:every])
        self.hosts = pieces.hosts(self.grammar, list(given[every:]))
        random.Random(f"{language}/hosts").shuffle(self.hosts)
        self.functions = [
            one for document in told for one in pieces.functions(self.grammar, document)
        ]

    def texts(
        self, row: str, rng: random.Random, count: int
    ) -> Iterator[tuple[str, str, str, str]]:
        if row in SNIPPETS:
            lines = SNIPPETS[row]
            runs = [one for d in self.told for one in pieces.snippets(self.grammar, d, lines)]
            rng.shuffle(runs)
            for one in runs:
                yield one.text, one.place, one.name, self.suffix
            return
        chosen = rng.sample(self.functions, len(self.functions))
        mutated = self._mutated(row, chosen, rng)
        if row in _FORMATTED:
            mutated = self._formatted(mutated, count)
        for piece, text in mutated:
            place = BODY if row == "inlined" else piece.place
            if text.strip() and not Source(self.grammar, text, place).broken:
                yield text, place, piece.name, self.suffix

    def put(
        self, number: int, text: str, place: str, suffix: str, rng: random.Random
    ) -> tuple[str, int, int] | None:
        for ahead in range(len(self.hosts)):
            host = self.hosts[(number + ahead) % len(self.hosts)]
            placed = pieces.put(self.grammar, host, text, place, rng)
            if placed:
                return placed
        return None

    def _mutated(
        self, row: str, chosen: Sequence[Piece], rng: random.Random
    ) -> Iterator[tuple[Piece, str]]:
        for piece in chosen:
            source = Source(self.grammar, piece.text, piece.place)
            text = CODE_ROWS[row](source, rng, self.donors)
            if text is not None:
                yield piece, text

    def _formatted(
        self, mutated: Iterator[tuple[Piece, str]], count: int
    ) -> Iterator[tuple[Piece, str]]:
        # One start of the formatter for the whole row; half as many again, as some refuse.
        some = [pair for pair, _ in zip(mutated, range(2 * count + 20), strict=False)]
        done = formatting.formatted(
            self.language, [(text, piece.place) for piece, text in some], self.cache
        )
        yield from ((piece, new) for (piece, _), new in zip(some, done, strict=True) if new)


class ProseMaker(Maker):
    language, suffix = "markdown", ".md"

    def __init__(self, told: Sequence[Document], given: Sequence[Document], cache: Path) -> None:
        self.cache = cache
        self.passages = [
            (one, document.name) for document in told for one in prose.passages(document)
        ]
        every = len(given) // 5
        self.words = prose.vocabulary(given[:every])
        self.hosts = [host for one in given[every:] for host in _prose_hosts(one)]
        random.Random("markdown/hosts").shuffle(self.hosts)

    def texts(
        self, row: str, rng: random.Random, count: int
    ) -> Iterator[tuple[str, str, str, str]]:
        suffix = ".py" if row == "moved into a comment" else ".md"
        for passage, name in rng.sample(self.passages, len(self.passages)):
            text = PROSE_ROWS[row](passage, rng, self.words)
            if text:
                yield text, TOP, name, suffix

    def put(
        self, number: int, text: str, place: str, suffix: str, rng: random.Random
    ) -> tuple[str, int, int] | None:
        if suffix == ".py":
            return self._into_code(number, text, rng)
        host = self.hosts[number % len(self.hosts)]
        lines = host.text.split("\n")
        starts = [block.first for block in prose.blocks(host.text)][1:]
        return _between(lines, rng.choice(starts), text)

    def _into_code(self, number: int, text: str, rng: random.Random) -> tuple[str, int, int] | None:
        grammar = GRAMMARS["python"]
        if not hasattr(self, "_code"):
            given = corpora.documents("python", "hosts", self.cache)
            self._code = pieces.hosts(grammar, given)
        for ahead in range(len(self._code)):
            host = self._code[(number + ahead) % len(self._code)]
            placed = pieces.put(grammar, host, text, TOP, rng)
            if placed:
                return placed
        return None


class RecordMaker(Maker):
    language, suffix = "jsonl", ".jsonl"

    def __init__(self, told: Sequence[Document], given: Sequence[Document]) -> None:
        self.told = [
            (document.name, found) for document in told if (found := records.rows(document))
        ]
        every = len(given) // 5
        self.words = prose.vocabulary(given[:every])
        pool = [row for document in given[every:] for row in records.rows(document)]
        random.Random("jsonl/hosts").shuffle(pool)
        step = _ROWS_OF_HOST // 3
        self.files = [pool[at : at + _ROWS_OF_HOST] for at in range(0, len(pool) - step, step)]
        self.hosts = [Host(f"{n:03}", records.lines(one)) for n, one in enumerate(self.files)]

    def texts(
        self, row: str, rng: random.Random, count: int
    ) -> Iterator[tuple[str, str, str, str]]:
        suffix, write = RECORD_ROWS[row]
        size = 1 if row == "one row alone" else _ROWS_COPIED
        runs = [
            (name.replace(".md", ".jsonl"), found[at : at + size])
            for name, found in self.told
            for at in range(0, len(found) - size + 1, size)
        ]
        rng.shuffle(runs)
        for name, run in runs:
            text = write(run, rng, self.words)
            if text:
                yield text, TOP, name, suffix

    def put(
        self, number: int, text: str, place: str, suffix: str, rng: random.Random
    ) -> tuple[str, int, int] | None:
        host = self.files[number % len(self.files)]
        write = {".jsonl": records.verbatim, ".csv": records.to_csv, ".yaml": records.to_yaml}
        parts = [write[suffix]([row], rng, ()) or "" for row in host]
        at = rng.randrange(1, len(parts))
        head = ",".join(records.FIELDS) + "\n" if suffix == ".csv" else ""
        above = head + "".join(parts[:at])
        first = above.count("\n")
        return above + text + "".join(parts[at:]), first, first + text.count("\n") - 1


def _donors(grammar: Grammar, documents: Sequence[Document]) -> Donors:
    statements, comments = set(), set()
    for document in documents:
        try:
            source = Source(grammar, document.text, "file")
        except UnparsedError:
            continue  # there are others
        for node in source.simple():
            text = source.text(node)
            if 15 <= len(text) <= 90 and node.type not in grammar.jumps:
                statements.add(text if grammar.name != "java" or text.endswith(";") else f"{text};")
        for node in source.walk():
            if node.type in grammar.comments:
                text = source.text(node).strip("/*# \n")
                if 15 <= len(text) <= 90 and "\n" not in text:
                    comments.add(text)
    return Donors(tuple(sorted(statements)), tuple(sorted(comments)))


def _prose_hosts(document: Document) -> Iterator[Host]:
    """Parts of about 60 lines of a document, cut between blocks."""
    lines = document.text.split("\n")
    first = None
    for block in prose.blocks(document.text):
        first = block.first if first is None else first
        last = block.first + block.text.count("\n")
        if last - first >= 60:
            if last - first < 160:
                yield Host(document.name, "\n".join(lines[first : last + 1]) + "\n")
            first = None


def _between(lines: list[str], row: int, text: str) -> tuple[str, int, int]:
    copied = text.rstrip("\n").split("\n")
    whole = [*lines[:row], *copied, "", *lines[row:]]
    return "\n".join(whole), row, row + len(copied) - 1
