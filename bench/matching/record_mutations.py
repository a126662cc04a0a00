"""Records made of real prose, and what becomes of them on the way to another file."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence

import yaml

from .corpora import Document
from .prose_mutations import blocks, reworded

FIELDS = ("id", "question", "context", "answer")
_OTHER_NAMES = {"id": "uid", "question": "prompt", "context": "passage", "answer": "target"}
Row = dict[str, str]
Written = Callable[[Sequence[Row], random.Random, Sequence[str]], "str | None"]


def rows(document: Document) -> list[Row]:
    """Rows of four fields: a heading asks, one paragraph tells, the next one answers."""
    heading = document.name.rpartition("/")[2]
    texts: list[str] = []
    found: list[Row] = []
    stem = document.name.rsplit(".", 1)[0].replace("/", "-")
    for block in blocks(document.text):
        if block.text.startswith("#"):
            heading, texts = block.text.strip("# ").split("\n")[0], []
        elif block.is_prose:
            texts.append(" ".join(block.text.split()))
        if len(texts) == 2:
            label = f"{stem}-{len(found):03}"
            found.append(dict(zip(FIELDS, (label, heading, *texts), strict=True)))
            texts = []
    return found


def lines(given: Sequence[Row]) -> str:
    """The rows as a JSONL file has them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in given)


def verbatim(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    """As they were told."""
    return lines(given)


def respaced(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    """Keys in another order, no blank between tokens."""
    order = [*FIELDS]
    rng.shuffle(order)
    if tuple(order) == FIELDS:
        order.reverse()
    return "".join(
        json.dumps({key: row[key] for key in order}, ensure_ascii=False, separators=(",", ":"))
        + "\n"
        for row in given
    )


def rekeyed(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    """Every key another name."""
    return lines([{_OTHER_NAMES[key]: value for key, value in row.items()} for row in given])


def escaped(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    r"""Every character beyond ASCII, ``<``, ``>``, ``&`` and ``'`` as ``\u`` and four digits."""
    text = "".join(json.dumps(row) + "\n" for row in given)
    for mark in "<>&'`":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text if text != lines(given) else None


def one_field_reworded(
    given: Sequence[Row], rng: random.Random, words: Sequence[str]
) -> str | None:
    """In each row the context or the answer with a quarter of its words others'."""
    change = reworded(0.25)
    done = []
    for row in given:
        field = rng.choice(("context", "answer"))
        other = change(row[field], rng, words)
        if other is None:
            return None
        done.append(row | {field: other})
    return lines(done)


def to_csv(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    """As lines of a CSV file."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(list(row.values()) for row in given)
    return file.getvalue()


def to_yaml(given: Sequence[Row], rng: random.Random, words: Sequence[str]) -> str | None:
    """As items of a YAML list, broken at 100 columns."""
    return str(yaml.safe_dump(list(given), sort_keys=False, allow_unicode=True, width=100))
