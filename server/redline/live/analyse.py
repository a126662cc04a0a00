"""Judge a text that an editor holds, with what it saw landing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redline.live.analysis import Analysis, LiveMark
from redline.live.passages import passages_of
from redline.live.spans import ByteMap
from redline.model import Skip

if TYPE_CHECKING:
    from redline.live.workroom import Workroom


def analyse(room: Workroom, path: str, text: bytes, marks: tuple[LiveMark, ...] = ()) -> Analysis:
    """Judge ``text`` (UTF-8) as the content of ``path``, relative to the room's root."""
    from redline.check import check
    from redline.project.judge import protects

    places = ByteMap(text)
    with room.holding(path, text) as judge:
        facts, _ = judge.facts(path)
        policy = judge.policy
        live = [replace(mark.evidence, span=places.span(mark.extent)) for mark in marks]
        # What a person has answered holds for what only the editor saw, too.
        settled = judge.declarations.settle(path, text, facts.zones, live)
        # What was declared is in both.
        evidence = tuple(dict.fromkeys((*facts.evidence, *settled)))
        findings = check(path, text, evidence, facts.zones, policy)
    passages = passages_of(text, evidence, facts.zones, findings)
    faults = tuple(Skip(path, fault, protected=bool(facts.zones)) for fault in room.faults)
    return Analysis(
        path=path,
        zones=facts.zones,
        findings=findings,
        extents=tuple(places.extent(finding.region.span) for finding in findings),
        skips=(*facts.skips, *faults),
        evidence=evidence,
        evidence_extents=tuple(places.extent(piece.span) for piece in evidence),
        passages=passages,
        passage_extents=tuple(places.extent(one.span) for one in passages),
        protected=bool(facts.zones) and protects(policy, facts.zones),
        policy=policy.sha256,
        policy_files=policy.files,
    )
