"""Evidence from what commits say about themselves, through blame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from redline.git import Commit, Hunk
from redline.model import Evidence, EvidenceKind, Span, Strength
from redline.origins.records.entire import Checkpoint
from redline.origins.records.identities import Weight
from redline.origins.records.names import UNKNOWN, title
from redline.origins.records.trailers import Mark, Marks, read_commit

DIGEST_VERSION = "1"
"""To be raised when ``digest`` sees other marks: it names what is kept in the cache."""


def digest(commit: Commit) -> list[list[object]]:
    """Turn a commit into a JSON value that ``marks_of`` reads; empty if it names no assistant."""
    told = read_commit(commit.author, commit.committer, commit.message)
    rows: list[list[object]] = [
        [mark.assistant, int(mark.weight), mark.how, mark.model] for mark in told.marks
    ]
    return rows + [[id] for id in told.checkpoints]


def marks_of(value: object) -> Marks:
    """Read back what ``digest`` made; a damaged value says nothing."""
    marks: list[Mark] = []
    checkpoints: list[str] = []
    for row in value if isinstance(value, list) else ():
        match row:
            case [str(id)]:
                checkpoints.append(id)
            case [str(assistant), 1 | 2 | 3 as weight, str(how), str() | None as model]:
                marks.append(Mark(assistant, Weight(weight), how, model))
    return Marks(tuple(marks), tuple(checkpoints))


def commit_evidence(
    hunks: Sequence[Hunk],
    offsets: Sequence[int],
    marks: Callable[[str], Marks],
    checkpoint: Callable[[str], Checkpoint | None],
) -> list[Evidence]:
    """Say of each run of lines of a marked commit which assistants the commit names.

    ``offsets`` are the bytes at which lines begin, and the text's end. Lines at which a shallow
    clone's history ends are left out: that commit need not have brought them.
    """
    found: list[Evidence] = []
    for first, last in _runs(hunks):
        if first.commit is None or first.boundary:
            continue
        told = marks(first.commit)
        if not told:
            continue
        span = Span(offsets[first.start], offsets[last.end])
        found += [_from_mark(first, span, mark) for mark in _best(told.marks)]
        for id in told.checkpoints:
            found += _from_checkpoint(first, span, checkpoint(id))
    return found


def _runs(hunks: Sequence[Hunk]) -> Iterator[tuple[Hunk, Hunk]]:
    """Join neighbours of one commit and one file; their lines need not have been neighbours."""
    first = last = None
    for hunk in hunks:
        if first is not None and last is not None:
            if (hunk.commit, hunk.path) == (first.commit, first.path):
                last = hunk
                continue
            yield first, last
        first = last = hunk
    if first is not None and last is not None:
        yield first, last


def _from_mark(hunk: Hunk, span: Span, mark: Mark) -> Evidence:
    return Evidence(
        kind=EvidenceKind.COMMIT,
        strength=Strength.SUSPECTED if mark.weight is Weight.WEAK else Strength.DECLARED,
        span=span,
        assistant=mark.assistant,
        detail=_detail(hunk.commit or "", mark),
        model=mark.model,
        time=hunk.time,
        commit=hunk.commit,
        source=f"commit {mark.how}",
    )


def _best(marks: Sequence[Mark]) -> list[Mark]:
    """Keep an assistant's strongest mark, with a model if any of its marks names one."""
    best: dict[str, Mark] = {}
    for mark in sorted(marks, key=lambda mark: (mark.weight, mark.model is not None), reverse=True):
        best.setdefault(mark.assistant, mark)
    return list(best.values())


def _detail(commit: str, mark: Mark) -> str:
    name, short = title(mark.assistant), commit[:7]
    if mark.how.startswith("trailer "):
        key = "-".join(word.capitalize() for word in mark.how.removeprefix("trailer ").split("-"))
        told = f"commit {short} names {name} in its {key} trailer"
    else:
        told = {
            "author": f"commit {short} was authored by {name}",
            "committer": f"commit {short} was committed by {name}",
            "co-author": f"commit {short} names {name} as co-author",
            "subject": f"the subject of commit {short} names {name}",
            "branch": f"commit {short} merges a branch named after {name}",
        }.get(mark.how, f"the message of commit {short} says it was made with {name}")
    return f"{told}; the commit says so, not each line"


def _from_checkpoint(hunk: Hunk, span: Span, held: Checkpoint | None) -> Iterator[Evidence]:
    short = (hunk.commit or "")[:7]
    if held is None:
        yield Evidence(
            kind=EvidenceKind.COMMIT,
            strength=Strength.SUSPECTED,
            span=span,
            assistant=UNKNOWN,
            detail=f"commit {short} points to an Entire checkpoint that is not in this clone",
            time=hunk.time,
            commit=hunk.commit,
            source="entire checkpoint",
        )
        return
    for session in held.sessions:
        touched = hunk.path in session.files
        name = title(session.assistant)
        yield Evidence(
            kind=EvidenceKind.COMMIT,
            strength=Strength.DECLARED if touched else Strength.SUSPECTED,
            span=span,
            assistant=session.assistant,
            detail=(
                f"the Entire checkpoint of commit {short} says that {name} touched this file; "
                "it names no lines"
                if touched
                else f"the Entire checkpoint of commit {short} names {name}, but not this file"
            ),
            model=session.model,
            session=session.session,
            time=session.time or hunk.time,
            commit=hunk.commit,
            source="entire checkpoint",
        )
