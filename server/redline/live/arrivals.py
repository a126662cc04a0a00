"""What is known of a file that has just come to lie somewhere: moved, renamed or copied there.

What the file's own name tells is for the analysis: git's history of a file that was moved and
not committed yet, the index, marks in the text. Here is what only its old name or the file it
was copied from can tell. Runs in the process that judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from redline.live.analysis import LiveMark
from redline.live.places import Place
from redline.live.spans import ByteMap
from redline.live.tracing import trace
from redline.live.workroom import Workroom
from redline.model import Evidence, EvidenceKind


def arrived(
    room: Workroom,
    path: str,
    text: bytes,
    held: Mapping[str, str] | None = None,
    old: str | None = None,
) -> tuple[LiveMark, ...]:
    """Tell what must be carried over to ``path``, whose content is ``text`` (UTF-8).

    ``old`` is the name that it had, where whoever moved it says so; ``held`` are the texts of
    open documents by path. Only what the analysis of ``path`` does not tell by itself, at least
    as surely, is given; none for most files.
    """
    with room.holding(path, text) as judge:
        own = judge.facts(path, every=True)[0].evidence
    found: list[Evidence] = []
    if old is not None and old != path:
        with room.holding(old, text) as judge:
            facts, _ = judge.facts(old, every=True)
        found = [
            replace(
                piece,
                kind=EvidenceKind.EDIT,
                detail=f"moved here from {old}, where {piece.detail}",
                position=None,
            )
            for piece in facts.evidence
        ]
    places = ByteMap(text)
    marks = [LiveMark(places.extent(piece.span), piece) for piece in found]
    if old is None:
        others = {name: body for name, body in (held or {}).items() if name != path}
        copy = trace(room, path, text, others)
        marks += copy.at(Place(0, 0))
    return tuple(mark for mark in marks if not _told(mark.evidence, own))


def _told(piece: Evidence, own: tuple[Evidence, ...]) -> bool:
    """Tell whether a file's own evidence says as much of the same bytes."""
    return any(
        one.assistant == piece.assistant
        and one.strength >= piece.strength
        and one.span.start <= piece.span.start
        and piece.span.end <= one.span.end
        for one in own
    )
