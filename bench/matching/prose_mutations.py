"""What people do to prose that they copied: other lines, other marks, other words."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .corpora import Document

_WORD = re.compile(r"[A-Za-z]{4,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"“])")
_ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])\s+(?=\S)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_NO_PROSE = re.compile(r"^\s*(?:[|<]|\[[^\]]+\]:|!\[|---|===|#|\{)")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a document between blank lines; fences are one block whatever they hold."""

    first: int
    """Line from 0."""
    text: str
    """Without the last line end."""

    @property
    def is_prose(self) -> bool:
        """Sentences: no code, table, heading or markup."""
        lines = self.text.split("\n")
        if any(_NO_PROSE.match(line) or line.startswith(("    ", "\t", "```")) for line in lines):
            return False
        return len(self.text.split()) >= 8 and bool(re.search(r"[.:!?]", self.text))


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown document, in order."""
    first, fence = 0, ""
    kept: list[str] = []
    for row, line in enumerate(text.split("\n")):
        mark = line.lstrip()[:3]
        if fence:
            fence = "" if mark == fence else fence
        elif mark in {"```", "~~~"}:
            fence = mark
        if line.strip() or fence:
            if not kept:
                first = row
            kept.append(line)
        elif kept:
            yield Block(first, "\n".join(kept))
            kept = []
    if kept:
        yield Block(first, "\n".join(kept))


def passages(document: Document) -> Iterator[str]:
    """Runs of up to four paragraphs or lists, of 60 to 250 words each."""
    run: list[str] = []
    for block in blocks(document.text):
        if block.is_prose and _count(run) + _count([block.text]) <= 250:
            run.append(block.text)
            if len(run) < 4:
                continue
            block_ends = True
        else:
            block_ends = False
        if _count(run) >= 60:
            yield "\n\n".join(run) + "\n"
        run = [] if block_ends or not block.is_prose else [block.text]
    if _count(run) >= 60 and _count(run) <= 250:
        yield "\n\n".join(run) + "\n"


def sentences(passage: str) -> list[str]:
    """The sentences of a passage, each on one line, without bullets."""
    found = []
    for paragraph in _paragraphs(passage):
        every = _SENTENCE.split(_ITEM.sub("", paragraph, count=1))
        found += [" ".join(one.split()) for one in every if len(one.split()) >= 5]
    return found


def verbatim(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """As it was told."""
    return passage


def reflowed(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """Each paragraph broken at 58 columns."""
    other = "\n".join(_wrapped(one) if one else "" for one in _spaced(passage)) + "\n"
    return other if other != passage else None


def remarked(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """Emphasis and code marks gone, links as bare text, other bullets and quotes, other case."""
    other = _LINK.sub(r"\1", passage)
    other = re.sub(r"(\*\*|__|\*|_|`)(?=\S)([^*_`\n]+?)(?<=\S)\1", r"\2", other)
    other = re.sub(r"^(\s*)[-*+] ", lambda m: f"{m[1]}{'*' if m[0].lstrip()[0] == '-' else '-'} ",
                   other, flags=re.MULTILINE)  # fmt: skip
    other = re.sub(r"(\w)'(\w)", r"\1’\2", other)
    other = re.sub(r'"([^"\n]+)"', r"“\1”", other)
    lead = re.match(r"(?:[-*+] |\d+[.)] )?(\w+(?: \w+){0,3})", other)
    if lead:
        other = other[: lead.start(1)] + lead[1].upper() + other[lead.end(1) :]
    return other if other != passage else None


def reworded(share: float) -> Callable[[str, random.Random, Sequence[str]], str | None]:
    """So many of the words of four letters or more give way to other people's words."""

    def mutate(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
        found = list(_WORD.finditer(passage))
        chosen = {one.start() for one in rng.sample(found, round(len(passage.split()) * share))} \
            if len(found) >= len(passage.split()) * share else None  # fmt: skip
        if not chosen or not words:
            return None

        def other(match: re.Match[str]) -> str:
            if match.start() not in chosen:
                return match.group()
            word = rng.choice(words)
            return word.capitalize() if match.group()[0].isupper() else word

        return _WORD.sub(other, passage)

    return mutate


def reordered(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """The sentences of each paragraph in another order, at the passage's own width."""
    changed, done = False, []
    for paragraph in _spaced(passage):
        found = _SENTENCE.split(paragraph) if not _ITEM.match(paragraph) else [paragraph]
        if len(found) > 1:
            found = found[1:] + found[:1] if len(found) < 4 else found[::-1]
            changed = True
        done.append(_wrapped(" ".join(found), 90) if paragraph else "")
    return "\n".join(done) + "\n" if changed else None


def half_kept(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """The upper or the lower half of the sentences, about, as running text."""
    found = sentences(passage)
    if len(found) < 4:
        return None
    half = len(found) // 2
    return _wrapped(" ".join(found[:half] if rng.random() < 0.5 else found[half:]), 90) + "\n"


def snippet(count: int) -> Callable[[str, random.Random, Sequence[str]], str | None]:
    """So many sentences in a row, as a paragraph of their own."""

    def mutate(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
        found = sentences(passage)
        if len(found) < count + 1:
            return None
        start = rng.randrange(len(found) - count + 1)
        return _wrapped(" ".join(found[start : start + count]), 90) + "\n"

    return mutate


def as_comment(passage: str, rng: random.Random, words: Sequence[str]) -> str | None:
    """Broken at 76 columns behind the comment mark of Python."""
    lines = [
        f"# {line}".rstrip()
        for one in _spaced(passage)
        for line in (_wrapped(one, 76).split("\n") if one else [""])
    ]
    return "\n".join(lines) + "\n"


def vocabulary(documents: Sequence[Document]) -> list[str]:
    """Words of other people to put in place of told ones."""
    found = {word.lower() for one in documents for word in _WORD.findall(one.text)}
    return sorted(found)


def _paragraphs(passage: str) -> list[str]:
    """Paragraphs and list items, each on one line."""
    found: list[str] = []
    new = True
    for line in passage.rstrip("\n").split("\n"):
        if not line.strip():
            new = True
        elif new or _ITEM.match(line):
            found.append(line.rstrip())
            new = False
        else:
            found[-1] += " " + line.strip()
    return found


def _spaced(passage: str) -> list[str]:
    """Paragraphs and items on one line each, an empty one where the passage has a blank line."""
    done: list[str] = []
    for part in re.split(r"\n\s*\n", passage.rstrip("\n")):
        done += ([""] if done else []) + _paragraphs(part)
    return done


def _wrapped(paragraph: str, width: int = 58) -> str:
    item = _ITEM.match(paragraph)
    hanging = " " * len(item[0]) if item else ""
    return textwrap.fill(
        paragraph, width, subsequent_indent=hanging,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _count(parts: Sequence[str]) -> int:
    return sum(len(part.split()) for part in parts)
