"""Evidence from authorship records: git-ai notes and Agent Trace, followed through blame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from redline.git import Hunk
from redline.model import Evidence, EvidenceKind, Span, Strength
from redline.origins.records.agent_trace import TraceRange, verify
from redline.origins.records.git_ai import Author, Note
from redline.origins.records.names import title

_HASHED_LIMIT = 4 << 20


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines ``start`` to ``end`` (from 0, exclusive) of one author by one commit's note."""

    start: int
    end: int
    commit: str
    author: Author
    time: int | None


def note_evidence(
    hunks: Sequence[Hunk], offsets: Sequence[int], note: Callable[[str], Note | None], source: str
) -> list[Evidence]:
    """Say which lines the note of the commit that brought them gives to an assistant.

    ``offsets`` are the bytes at which lines begin, and the text's end.
    """
    runs: list[_Run] = []
    for hunk in hunks:
        held = note(hunk.commit) if hunk.commit else None
        if held is None or hunk.commit is None:
            continue
        for at, author in enumerate(held.authors(hunk.path, hunk.line, hunk.count), hunk.start):
            if author is None:
                continue
            last = runs[-1] if runs else None
            if last and (last.end, last.commit, last.author) == (at, hunk.commit, author):
                runs[-1] = _Run(last.start, at + 1, last.commit, author, last.time)
            else:
                runs.append(_Run(at, at + 1, hunk.commit, author, hunk.time))
    return [
        Evidence(
            kind=EvidenceKind.RECORD,
            strength=Strength.RECORDED,
            span=Span(offsets[run.start], offsets[run.end]),
            assistant=run.author.assistant,
            detail=f"the git-ai note of commit {run.commit[:7]} names these lines",
            model=run.author.model,
            session=run.author.session,
            time=run.time,
            commit=run.commit,
            source=source,
        )
        for run in runs
    ]


def trace_evidence(
    path: str,
    text: bytes,
    hunks: Sequence[Hunk],
    offsets: Sequence[int],
    ranges: Iterable[TraceRange],
    parents: Callable[[str], tuple[str, ...]],
    head: str | None,
) -> list[Evidence]:
    """Say which lines Agent Trace records speak of.

    A record counts for lines whose commit, or a parent of it, is the record's revision (an
    uncommitted line's parent is HEAD). Its range is certain where the lines' hash confirms it,
    else a hint.
    """
    found: list[Evidence] = []
    for held in ranges:
        for hunk in hunks:
            if hunk.path != held.path or hunk.boundary:
                continue
            before = (head,) if hunk.commit is None else (hunk.commit, *parents(hunk.commit))
            if not _is_one_of(held.revision, before):
                continue
            # The hunk's lines by their numbers in the commit that brought them.
            low, high = max(held.start, hunk.line), min(held.end, hunk.line + hunk.count - 1)
            if low > high:
                continue
            shift = hunk.start - hunk.line
            found.append(_traced(held, text, offsets, low + shift, high + shift, hunk, shift))
    found += _by_hash_alone(path, text, offsets, ranges, found)
    return _once(found)


def _traced(
    held: TraceRange,
    text: bytes,
    offsets: Sequence[int],
    first: int,
    last: int,
    hunk: Hunk,
    shift: int,
) -> Evidence:
    whole = (held.start + shift, held.end + shift)
    certain = bool(held.content_hash) and _confirmed(held, text, offsets, *whole)
    return _evidence(held, Span(offsets[first], offsets[last + 1]), hunk.commit, certain)


def _by_hash_alone(
    path: str,
    text: bytes,
    offsets: Sequence[int],
    ranges: Iterable[TraceRange],
    found: Sequence[Evidence],
) -> list[Evidence]:
    """Records whose revision is unknown or rewritten still count where their hash holds."""
    seen = {(evidence.session, evidence.span) for evidence in found}
    extra = []
    for held in ranges:
        if held.path != path or not held.content_hash:
            continue
        if _confirmed(held, text, offsets, held.start - 1, held.end - 1):
            span = Span(offsets[held.start - 1], offsets[held.end])
            if (held.session, span) not in seen:
                extra.append(_evidence(held, span, None, True))
    return extra


def _confirmed(
    held: TraceRange, text: bytes, offsets: Sequence[int], first: int, last: int
) -> bool:
    if first < 0 or last + 1 >= len(offsets) or held.content_hash is None:
        return False
    lines = text[offsets[first] : offsets[last + 1]]
    return len(lines) <= _HASHED_LIMIT and verify(held.content_hash, lines) is True


def _evidence(held: TraceRange, span: Span, commit: str | None, certain: bool) -> Evidence:
    name = title(held.assistant)
    return Evidence(
        kind=EvidenceKind.RECORD,
        strength=Strength.RECORDED if certain else Strength.DECLARED,
        span=span,
        assistant=held.assistant,
        detail=(
            f"an Agent Trace record of {name} names these lines and their hash agrees"
            if certain
            else f"an Agent Trace record of {name} names about these lines; its range is a hint"
        ),
        model=held.model,
        session=held.session,
        time=held.time,
        commit=commit,
        source="agent trace",
    )


def _is_one_of(revision: str | None, commits: Iterable[str | None]) -> bool:
    return revision is not None and any(
        commit is not None and commit.startswith(revision) for commit in commits
    )


def _once(found: list[Evidence]) -> list[Evidence]:
    return list(dict.fromkeys(found))
