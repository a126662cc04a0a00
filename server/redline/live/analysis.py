"""What an analysis of one text tells: findings and where an editor sees them."""

from __future__ import annotations

from dataclasses import dataclass

from redline.live.passages import Passage
from redline.live.places import Extent
from redline.model import Evidence, Finding, Skip, ZoneHit


@dataclass(frozen=True, slots=True)
class LiveMark:
    """Evidence that only the editor has: text whose landing was watched."""

    extent: Extent
    evidence: Evidence
    """Its span means nothing here: the extent says where, in the text it is sent with."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known about one text, judged by the policy in force."""

    path: str
    """Relative to the root, with ``/``."""
    zones: tuple[ZoneHit, ...]
    findings: tuple[Finding, ...]
    """By place; spans count the bytes of the text that was sent, as UTF-8."""
    extents: tuple[Extent, ...]
    """Where each finding lies; parallel to ``findings``."""
    skips: tuple[Skip, ...]
    evidence: tuple[Evidence, ...] = ()
    """All of it, whether a rule objects or not."""
    evidence_extents: tuple[Extent, ...] = ()
    """Parallel to ``evidence``."""
    passages: tuple[Passage, ...] = ()
    """The evidence merged, in files that lie in a zone."""
    passage_extents: tuple[Extent, ...] = ()
    """Parallel to ``passages``."""
    protected: bool = False
    """Some rule forbids, or wants reviewed, what an assistant puts here."""
    policy: str = ""
    """SHA-256 of the policy."""
    policy_files: tuple[str, ...] = ()
