"""All declarations of a project, and what they make of the evidence for one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from redline.ledger.entries import FOLDER, Damage, read_entries
from redline.model import (
    UNDECLARED,
    Evidence,
    EvidenceKind,
    Skip,
    Source,
    Span,
    Strength,
    ZoneHit,
)

if TYPE_CHECKING:
    from redline.ledger.binding import Words
    from redline.ledger.declaration import Declaration

SOURCE = "declarations"
"""The name of this source of evidence."""
_TELLING = 15
"""Tokens from which a text that stands several times is declared wherever it stands; a bracket or
a `return` means nothing apart from what is around it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A declaration about a file, and what it holds for now."""

    declaration: Declaration
    spans: tuple[Span, ...]
    """Where its text stands, in the declared zone."""
    ended: str = ""
    """Why it holds for nothing any more; empty where it does."""


@dataclass(frozen=True, slots=True)
class _Place:
    declaration: Declaration
    span: Span
    telling: bool
    """It is declared here whatever is asked; else only for a question about no more than it."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """What people answered, by the path that they spoke of."""

    by_path: dict[str, tuple[Declaration, ...]] = field(default_factory=dict)
    """Newest first."""
    damaged: tuple[Damage, ...] = ()
    strange: int = 0
    """Entries of a kind or version that this program does not know."""
    present: bool = False
    """There is a ledger."""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.by_path.values()))

    def sources(self) -> list[Source]:
        """Tell what was consulted; nothing where there is no ledger."""
        if not self.present:
            return []
        newest = max((one[0].at for one in self.by_path.values()), default=None)
        parts = [f"what people said about the origin of texts, in {FOLDER}"]
        if self.strange:
            parts.append(f"{self.strange:,} entries of kinds that are not known")
        if self.damaged:
            parts.append(f"{len(self.damaged):,} damaged")
        return [Source(SOURCE, True, "; ".join(parts), self.count, newest)]

    def skips(self) -> list[Skip]:
        """Name what was damaged: such an entry counts for nothing."""
        advice = "restore it from git, or remove it and declare again"
        return [
            Skip(one.path, f"it counts for nothing: {one.reason}", protected=False, advice=advice)
            for one in self.damaged
        ]

    def settle(
        self,
        path: str,
        text: bytes,
        zones: Sequence[ZoneHit],
        evidence: Iterable[Evidence],
    ) -> list[Evidence]:
        """Apply the answers about ``path`` to the evidence for its ``text``.

        An answer takes the question where text is from off exactly the lines that it is about,
        the newest answer first, and nothing else: no other evidence is ever cleared. Where it
        names an assistant, the lines are declared to be written by it. Doing it again changes
        nothing.
        """
        pieces = list(evidence)
        declared = self.by_path.get(path)
        if not declared or not zones:
            return pieces
        # Loaded where there is something to settle.
        from redline.ledger.binding import Words

        words = Words(text, len(declared))
        places = [place for one in declared for place in _places(words, one, zones)]
        if not places:
            return pieces
        settled: list[Evidence] = []
        named = {place for place in places if place.telling}
        for piece in pieces:
            if piece.assistant != UNDECLARED:
                settled.append(piece)
                continue
            here = [place for place in places if _speaks_of(words, place, piece.span)]
            named.update(here)
            settled += _still_asked(words, piece, here)
        for place in places:
            if place in named and place.declaration.assistant is not None:
                settled.append(_evidence(place))
        return list(dict.fromkeys(settled))

    def about(self, path: str, text: bytes, zones: Sequence[ZoneHit]) -> tuple[Held, ...]:
        """Every declaration about ``path``, newest first, also those that hold no more."""
        from redline.ledger.binding import Words

        declared = self.by_path.get(path, ())
        words = Words(text, len(declared)) if declared else None
        found = []
        for one in declared:
            assert words is not None
            spans = tuple(place.span for place in _places(words, one, zones))
            ended = ""
            if not spans:
                stands = bool(words.find(one.bound))
                ended = f"it lies in no zone {one.zone}" if stands else "its text was changed"
            found.append(Held(one, spans, ended))
        return tuple(found)


def read_declarations(root: Path) -> Declarations:
    """Read the declarations in the ledger of the project at ``root``; none where there is none."""
    ledger = read_entries(root)
    if not ledger.present:
        return Declarations()
    from redline.ledger.declaration import KIND, VERSION, from_entry, problem_of

    damaged = list(ledger.damaged)
    strange = 0
    found: dict[str, list[Declaration]] = {}
    for entry in ledger.entries:
        if (entry.value.get("kind"), entry.value.get("v")) != (KIND, VERSION):
            strange += 1
        elif problem := problem_of(entry.value):
            damaged.append(Damage(entry.path, problem))
        else:
            one = from_entry(entry.value, entry.path)
            found.setdefault(one.path, []).append(one)
    by_path = {
        path: tuple(sorted(some, key=lambda one: (-one.at, one.source or "")))
        for path, some in found.items()
    }
    return Declarations(by_path, tuple(damaged), strange, ledger.present)


def _places(words: Words, one: Declaration, zones: Sequence[ZoneHit]) -> list[_Place]:
    spans = words.find(one.bound)
    telling = len(spans) == 1 or one.bound.tokens >= _TELLING
    return [
        _Place(one, span, telling)
        for span in spans
        if any(
            hit.zone == one.zone and (hit.span is None or hit.span.overlaps(span)) for hit in zones
        )
    ]


def _speaks_of(words: Words, place: _Place, span: Span) -> bool:
    if not place.span.overlaps(span):
        return False
    return place.telling or not (
        words.are_in(span.start, place.span.start) or words.are_in(place.span.end, span.end)
    )


def _still_asked(words: Words, piece: Evidence, places: Sequence[_Place]) -> list[Evidence]:
    """What remains of a question; ``places`` newest first, the newest answer counts."""
    open_ = [piece.span]
    asked: list[Span] = []
    for place in places:
        untouched: list[Span] = []
        for span in open_:
            start, end = max(span.start, place.span.start), min(span.end, place.span.end)
            if start >= end:
                untouched.append(span)
                continue
            if place.declaration.is_open:
                asked.append(Span(start, end))
            parts = (Span(span.start, start), Span(end, span.end))
            # A quote or a blank line alone asks for nothing.
            untouched += (part for part in parts if words.are_in(part.start, part.end))
        open_ = untouched
    if open_ == [piece.span]:
        return [piece]
    return [replace(piece, span=span) for span in sorted([*open_, *asked])]


def _evidence(place: _Place) -> Evidence:
    one = place.declaration
    return Evidence(
        kind=EvidenceKind.DECLARATION,
        strength=Strength.DECLARED,
        span=place.span,
        assistant=one.assistant or "unknown",
        detail=f"{one.by} declared so on {one.day}",
        time=one.at,
        source=one.source,
    )
