"""A declaration: what a person answered to "where is this text from?"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from redline.git.command import Git
from redline.ledger.binding import Bound, Words, is_hash
from redline.ledger.entries import LedgerError, write_entry
from redline.model import UNDECLARED, Span

KIND = "declaration"
VERSION = 1
MOST_LETTERS = 2_000
"""Of a link or a reason."""
_ASSISTANT = re.compile("[a-z0-9][a-z0-9._-]{0,63}")
_TIME = "%Y-%m-%dT%H:%M:%S"
_REQUIRED = frozenset("v kind at path zone lines hash tokens answer by".split())
_OPTIONAL = frozenset("assistant link reason".split())


class Answer(StrEnum):
    """Where a text is from, as whoever put it there says."""

    MINE = "mine"
    REPOSITORY = "repository"
    """Moved or copied from elsewhere in this repository."""
    ASSISTANT = "assistant"
    WEB = "web"
    UNKNOWN = "unknown"
    """Nobody knows; the question stays."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One answer about exactly one text in one file and zone."""

    at: int
    """When it was given: milliseconds since 1970 UTC."""
    path: str
    """Relative to the root, with ``/``, decoded by ``os.fsdecode``."""
    zone: str
    lines: int
    """How many the text had when it was declared; for people, nothing is bound to it."""
    bound: Bound
    answer: Answer
    by: str
    """Who says so: the name and address that git knows."""
    assistant: str | None = None
    """Named if, and only if, the answer is an assistant."""
    link: str | None = None
    reason: str | None = None
    source: str | None = None
    """The entry it was read from, relative to the root."""

    @staticmethod
    def about(
        text: bytes,
        span: Span,
        *,
        path: str,
        zone: str,
        answer: Answer,
        by: str,
        at: int,
        assistant: str | None = None,
        link: str | None = None,
        reason: str | None = None,
    ) -> Declaration:
        """State something about the bytes ``span`` of a file's ``text``.

        Raises ``LedgerError`` where nothing but space and quotes lies there.
        """
        try:
            bound = Words(text).bound(span)
        except ValueError as error:
            raise LedgerError(str(error), "choose the lines that the question is about") from None
        part = text[span.start : span.end]
        lines = part.count(b"\n") + (not part.endswith(b"\n"))
        return Declaration(at, path, zone, lines, bound, answer, by, assistant, link, reason)

    @property
    def is_open(self) -> bool:
        """It answers nothing: the question stays."""
        return self.answer is Answer.UNKNOWN

    @property
    def day(self) -> str:
        """When it was given, for people."""
        return _moment(self.at)[:10]


def declare(root: Path, declaration: Declaration) -> Path:
    """Write a declaration into the ledger of the project at ``root``; return its file.

    Call it for an answer that a person gave, never for what a program concluded. Raises
    ``LedgerError`` for one that says nothing sound, or that cannot be written.
    """
    value = to_entry(declaration)
    problem = problem_of(value)
    if problem:
        raise LedgerError(f"the declaration cannot be kept: {problem}", "answer again")
    return write_entry(root, value)


def author_of(root: Path) -> str:
    """Who works here, by git's settings: ``Ada Example <ada@example.org>``.

    Raises ``LedgerError`` where git does not know it, and ``GitError``.
    """
    git = Git.at(str(root))
    told = [
        git.ask("config", "--get", key).out.decode("utf-8", "replace").strip()
        for key in ("user.name", "user.email")
    ]
    if not all(told):
        raise LedgerError(
            "git does not know who you are",
            "run git config user.name and git config user.email",
        )
    return f"{told[0]} <{told[1]}>"


def to_entry(declaration: Declaration) -> dict[str, Any]:
    """As the ledger holds it."""
    value: dict[str, Any] = {
        "v": VERSION,
        "kind": KIND,
        "at": _moment(declaration.at),
        "path": declaration.path,
        "zone": declaration.zone,
        "lines": declaration.lines,
        "hash": declaration.bound.hash,
        "tokens": declaration.bound.tokens,
        "answer": str(declaration.answer),
        "by": declaration.by,
    }
    for key in sorted(_OPTIONAL):
        given = getattr(declaration, key)
        if given is not None:
            value[key] = given
    return value


def from_entry(value: Mapping[str, Any], source: str) -> Declaration:
    """Read what ``problem_of`` has no objection to."""
    return Declaration(
        at=_time(value["at"]) or 0,
        path=value["path"],
        zone=value["zone"],
        lines=value["lines"],
        bound=Bound(value["hash"], value["tokens"]),
        answer=Answer(value["answer"]),
        by=value["by"],
        assistant=value.get("assistant"),
        link=value.get("link"),
        reason=value.get("reason"),
        source=source,
    )


def problem_of(value: Mapping[str, Any]) -> str:
    """Say what is wrong with an entry of this kind and version; empty where nothing is."""
    if lacking := sorted(_REQUIRED - value.keys()):
        return f"it lacks {lacking[0]!r}"
    if strange := sorted(value.keys() - _REQUIRED - _OPTIONAL):
        return f"it has the unknown key {strange[0][:40]!r}"
    for key in ("path", "zone", "by", *(_OPTIONAL & value.keys())):
        if not _is_line(value[key]):
            return f"{key!r} is no line of at most {MOST_LETTERS:,} letters"
    for key in ("lines", "tokens"):
        if type(value[key]) is not int or not 0 < value[key] < 1 << 53:
            return f"{key!r} is no count"
    if not isinstance(value["at"], str) or _time(value["at"]) is None:
        return "'at' is no moment such as 2026-03-01T10:00:00.000Z"
    if not isinstance(value["hash"], str) or not is_hash(value["hash"]):
        return "'hash' is none of the form tok1"
    if value["answer"] not in list(Answer):
        return f"'answer' is none of {', '.join(Answer)}"
    names = value["answer"] == Answer.ASSISTANT
    if names != ("assistant" in value):
        return "an assistant is named if, and only if, it is the answer"
    if names and (not _ASSISTANT.fullmatch(value["assistant"]) or value["assistant"] == UNDECLARED):
        return "'assistant' is no assistant's id, such as claude-code"
    return ""


def _is_line(text: object) -> bool:
    if not isinstance(text, str) or not 0 < len(text) <= MOST_LETTERS:
        return False
    # Says so of most texts at once.
    if text.isprintable():
        return True
    return not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)


def _moment(at: int) -> str:
    seconds, rest = divmod(at, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).strftime(_TIME)}.{rest:03}Z"


def _time(text: str) -> int | None:
    try:
        seconds = datetime.strptime(text[:19], _TIME).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    matched = re.fullmatch(r"\.([0-9]{3})Z", text[19:], re.ASCII)
    return int(seconds) * 1000 + int(matched[1]) if matched else None
