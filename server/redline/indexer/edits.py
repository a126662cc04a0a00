"""Learn what landed in an editor into the origin index: fingerprints, never text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from redline.indexer.gather import Gatherer
from redline.indexer.reading import now
from redline.indexer.saving import save_gathered
from redline.matching.schema import LIVE_EDITS, IndexFault
from redline.matching.seen import Seen
from redline.matching.tidy import tidy
from redline.matching.writer import Writer
from redline.model import Strength
from redline.origins.alignment import new_runs
from redline.origins.events import Kind, Outcome, Produced, Session
from redline.origins.live import session_name
from redline.origins.records.names import assistant_id

_KINDS = {str(one): one for one in (Kind.COMPLETION, Kind.AGENT_EDIT, Kind.PASTE, Kind.COPY)}
_KINDS |= {
    "inline_completion": Kind.COMPLETION,
    "apply_edit": Kind.AGENT_EDIT,
    "move": Kind.COPY,
}
"""As editors' plugins name them, too."""
_MOST_NAME = 200
"""Letters of a model's or a plugin's name."""
_MOST_LOOSE = 8
"""Runs inside the index from which they are merged: each commit of one piece adds a run."""


@dataclass(frozen=True, slots=True)
class LiveEdit:
    """Text that landed in an editor at once, and who is known to have made it."""

    path: str
    """The file's absolute path; empty for a document without one."""
    text: str
    assistant: str
    """``undeclared`` where nothing tells."""
    kind: str
    """``completion``, ``agent-edit``, ``paste`` or ``copy``, or a plugin's word for one of them
    (``inline_completion``, ``apply_edit``, ``move``); any other word means ``insert``."""
    time: int
    """When it landed, in ms since 1970."""
    model: str | None = None
    via: str = ""
    """What told of it: an editor's or a plugin's name."""
    strength: Strength = Strength.RECORDED
    """The most that it may count for: a copy is no surer than what was copied."""
    before: str = ""
    """What stands before the text on its first line."""
    after: str = ""
    """And behind it on its last one."""
    replaced: str = ""
    """What stood in its place: lines of it that stand again are whose they were."""


def learn(index: Path, edits: Sequence[LiveEdit]) -> int:
    """Write edits into the index, all of them or none; return the pieces that were new.

    The index is made if it is not there. The same text for the same file is known already,
    and text that says nothing (blanks, what everybody's code has) is left out. Several
    processes may learn at once. Raises ``IndexFault``.
    """
    groups: dict[tuple[str, Strength], list[LiveEdit]] = {}
    for edit in edits:
        # What a client calls itself is shown to people: a safe word is made of it.
        groups.setdefault((assistant_id(edit.assistant), edit.strength), []).append(edit)
    # Fingerprints are taken before the index is locked.
    gathered = [(who, _gathered(who, group)) for (who, _), group in groups.items()]
    gathered = [(who, held) for who, held in gathered if held.pieces]
    if not gathered:
        return 0
    newest = max(edit.time for edit in edits)
    try:
        with Writer(index) as store:
            with store.writing():
                source = _save_source(store, newest)
                added = sum(
                    save_gathered(store, source, held, newest, LIVE_EDITS, who)
                    for who, held in gathered
                )
            if sum(row.name is None for row in store.runs()) > _MOST_LOOSE:
                tidy(store)
    except sqlite3.Error as error:
        raise IndexFault(f"the index {index} cannot be written: {error}") from error
    return added


def _gathered(assistant: str, edits: Iterable[LiveEdit]) -> Gatherer:
    gatherer = Gatherer(Seen())
    for edit in edits:
        name = session_name(edit.strength)
        gatherer.take(Session(name, assistant, LIVE_EDITS, time=edit.time))
        kind = _KINDS.get(edit.kind, Kind.INSERT)
        for text in _new_text(edit):
            gatherer.take(
                Produced(
                    session=name,
                    kind=kind,
                    text=text,
                    position=0,
                    path=_stored(edit.path),
                    model=_stored(edit.model or "")[:_MOST_NAME] or None,
                    time=edit.time,
                    agent=_stored(edit.via)[:_MOST_NAME] or None,
                    outcome=Outcome.APPLIED,
                )
            )
    gatherer.finish(seen=False)
    gatherer.pieces = [stored for stored in gatherer.pieces if not stored.piece.empty]
    return gatherer


def _stored(name: str) -> str:
    """A name as SQLite takes it: bytes that were no text are escaped."""
    return name.encode("utf-8", "backslashreplace").decode()


def _new_text(edit: LiveEdit) -> Iterator[str]:
    if not edit.replaced:
        yield _whole_lines(edit)
        return
    yield from new_runs(edit.before + edit.replaced + edit.after, _whole_lines(edit))


def _whole_lines(edit: LiveEdit) -> str:
    """The text with the rest of its first and last line, where most of such a line is its own.

    Lines are compared whole, and half a line would never be found again.
    """
    text, lines = edit.text, edit.text.split("\n")
    first, last = len(lines[0].strip()), len(lines[-1].strip())
    before, after = len(edit.before.strip()), len(edit.after.strip())
    if len(lines) == 1:
        return edit.before + text + edit.after if first >= before + after else text
    if first and first >= before:
        text = edit.before + text
    if last and last >= after:
        text += edit.after
    return text


def _save_source(store: Writer, newest: int) -> int:
    """The row that all live edits of this machine come from: it names no file."""
    known = store.source(LIVE_EDITS)
    return store.save_source(
        LIVE_EDITS,
        format=LIVE_EDITS,
        assistant="",
        inode=0,
        size=0,
        mtime_ns=max(newest * 1_000_000, known.mtime_ns if known else 0),
        offset=0,
        head=b"",
        tail=b"",
        state="{}",
        seen=None,
        read_at=now(),
    )
