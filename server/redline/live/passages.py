"""Passages of a text that an assistant is known or suspected to have written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from redline.live.claims import Claim
from redline.live.places import Edit, Extent
from redline.model import Evidence, Finding, Region, Span, Strength, ZoneHit

MOST = 500
"""Passages that are told of one text; of more the strongest."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text of one assistant and one strength, whether a rule objects to it or not."""

    span: Span = field(compare=False)
    claim: Claim
    strength: Strength
    fingerprint: str | None = None
    """Of the finding that is about it."""

    @staticmethod
    def of(region: Region, fingerprint: str | None = None) -> Passage:
        """What a region's strongest evidence says."""
        best = region.best
        return Passage(region.span, Claim.of(best), best.strength, fingerprint)


def passages_of(
    text: bytes,
    evidence: Sequence[Evidence],
    zones: Sequence[ZoneHit],
    findings: Iterable[Finding],
) -> tuple[Passage, ...]:
    """Merge evidence as findings are merged; passages by place, ``MOST`` of them.

    A finding may be about a part of a passage, and what is only said of somebody else then
    overlaps it.
    """
    from redline.check import regions

    if not zones or not evidence:
        return ()
    about = {
        (one.region.span, one.assistant): Passage.of(one.region, one.fingerprint)
        for one in findings
    }
    merged = (Passage.of(region) for region in regions(text, evidence, zones))
    found = {(one.span, one.claim.assistant): one for one in merged} | about
    strongest = sorted(found.values(), key=lambda one: (-one.strength, one.span))[:MOST]
    return tuple(sorted(strongest, key=lambda one: (one.span, -one.strength)))


def moved(extent: Extent, edits: Iterable[Edit]) -> Extent:
    """Where an extent lies after edits, as an editor follows it: what is put in beside is not its.

    Empty where all of it has gone.
    """
    for edit in edits:
        start, end = edit.moved(extent.start), edit.moved(extent.end, stays=True)
        extent = Extent(start, max(start, end))
    return extent


def touches(extent: Extent, edit: Edit) -> bool:
    """Tell whether an edit reaches into an extent or up to its edge."""
    return edit.start <= extent.end and extent.start <= edit.end
