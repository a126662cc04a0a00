"""Regions, policy and ledger in, findings out: the same for editor and CI, and pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import pairwise

from .lines import LineIndex
from .model import (
    UNDECLARED,
    Evidence,
    EvidenceKind,
    Finding,
    Level,
    Region,
    Span,
    Strength,
    ZoneHit,
)
from .origins.records.names import title
from .policy import Decision, Policy
from .policy.table import KEEPS_SIGNATURES
from .syntax.languages import Language, language_of
from .syntax.signatures import is_signature
from .syntax.units import enclosing_unit

_MOST_EVIDENCE = 50
"""Pieces of evidence a region keeps; a file that matches thousands of sessions names its best."""


def check(
    path: str, text: bytes, evidence: Iterable[Evidence], zones: Sequence[ZoneHit], policy: Policy
) -> tuple[Finding, ...]:
    """Judge the evidence for one file whose zones are known; findings by place.

    ``text`` is the file's bytes, which every span counts. Zones of units carry spans;
    where several zones hold for a region the strictest effect wins.
    """
    if not zones:
        return ()
    index: LineIndex | None = None
    language = language_of(path, text[:256])
    findings: list[Finding] = []
    ordinals: dict[str, int] = {}
    for region, hits, decision in _judged(text, tuple(evidence), zones, policy, language):
        hit = next(hit for hit in hits if hit.zone == decision.zone)
        index = index or LineIndex(text)
        region = replace(region, unit=enclosing_unit(text, language, region.span))
        content = _content_hash(path, text, region, decision)
        ordinals[content] = ordinals.get(content, -1) + 1
        findings.append(_finding(path, region, decision, hit, index, content, ordinals[content]))
    return tuple(findings)


def _judged(
    text: bytes,
    evidence: tuple[Evidence, ...],
    zones: Sequence[ZoneHit],
    policy: Policy,
    language: Language | None,
) -> Iterator[tuple[Region, list[ZoneHit], Decision]]:
    """The regions that some rule objects to, by place, with their zones, the nearest first."""
    merged = list(regions(text, evidence, zones))
    for region, others in zip(merged, _others(merged, evidence), strict=True):
        hits, decision = _decided(region.best, region.span, text, zones, policy, language)
        level = decision.level if decision is not None else Level.NONE
        if decision is not None and level is not Level.NONE:
            yield region, hits, decision
        louder: list[Evidence] = []
        for piece in others:
            _, other = _decided(piece, region.span, text, zones, policy, language)
            if other is not None and other.level > level:
                louder.append(piece)
        for part in regions(text, louder, zones) if louder else ():
            hits, decision = _decided(part.best, part.span, text, zones, policy, language)
            if decision is not None and decision.level > level:
                yield part, hits, decision


def _others(merged: Sequence[Region], evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """For each region what is known of other assistants there, as far as it lies in it.

    What somebody only says hides no suspicion of another assistant. Nothing for a region of
    which more is known than that.
    """
    found: list[list[Evidence]] = [[] for _ in merged]
    ends = [region.span.end for region in merged]
    for piece in evidence:
        row = bisect_right(ends, piece.span.start)
        while row < len(merged) and merged[row].span.start < piece.span.end:
            best, span = merged[row].best, merged[row].span
            if best.strength <= Strength.DECLARED and piece.assistant != best.assistant:
                start, end = max(piece.span.start, span.start), min(piece.span.end, span.end)
                found[row].append(replace(piece, span=Span(start, end)))
            row += 1
    return found


def _decided(
    piece: Evidence,
    span: Span,
    text: bytes,
    zones: Sequence[ZoneHit],
    policy: Policy,
    language: Language | None,
) -> tuple[list[ZoneHit], Decision | None]:
    """What the policy says of evidence for a span; with its zones, the nearest first."""
    hits = [hit for hit in zones if hit.span is None or hit.span.overlaps(span)]
    # Of equally strict zones the unit around the region says most, one inside it least.
    hits.sort(key=lambda hit: _nearness(hit, span))
    names = dict.fromkeys(hit.zone for hit in hits)
    asked = (names, piece.assistant, piece.model, piece.strength)
    decision = policy.decide(*asked)
    if (
        decision is not None
        and KEEPS_SIGNATURES in decision.rule.fixes
        and is_signature(text, language, span)
    ):
        # The rule itself offers to keep the signature; one that does not may still object to it.
        decision = policy.decide(*asked, without=KEEPS_SIGNATURES)
    return hits, decision


def _nearness(hit: ZoneHit, span: Span) -> int:
    if hit.span is None:
        return 1
    return 0 if hit.span.start <= span.start and span.end <= hit.span.end else 2


def regions(
    text: bytes, evidence: Iterable[Evidence], zones: Sequence[ZoneHit]
) -> Iterator[Region]:
    """Merge evidence into regions: runs of one assistant and one strength, by place.

    A region is cut where a zone begins or ends, and spans blank lines between its parts.
    """
    whole = {hit.zone for hit in zones if hit.span is None}
    spans = [hit.span for hit in zones if hit.span and hit.zone not in whole]
    cuts = sorted({edge for span in spans for edge in (span.start, span.end)})
    merged: list[tuple[Span, dict[Evidence, None]]] = []
    last: tuple[Strength, str] | None = None
    for span, pieces in _segments(evidence, cuts, len(text)):
        # What is merged keeps its best, for both sides have the same: no need to rank it again.
        key = (pieces[0].strength, pieces[0].assistant)
        if key == last:
            before, collected = merged[-1]
            gap = text[before.end : span.start]
            cut = any(before.end <= edge <= span.start for edge in cuts)
            if not gap.strip() and not cut:
                collected.update(dict.fromkeys(pieces))
                merged[-1] = (Span(before.start, span.end), collected)
                continue
        merged.append((span, dict.fromkeys(pieces)))
        last = key
    for span, collected in merged:
        span = _trimmed(text, span)
        if span.start < span.end:
            ranked = sorted(collected, key=_rank)
            share = max(piece.share for piece in ranked if piece.strength == ranked[0].strength)
            yield Region(span, tuple(ranked[:_MOST_EVIDENCE]), share)


def _segments(
    evidence: Iterable[Evidence], cuts: Sequence[int], size: int
) -> Iterator[tuple[Span, list[Evidence]]]:
    """Cut the text at every edge; yield the stretches that some evidence covers."""
    events: dict[int, list[tuple[bool, Evidence]]] = {edge: [] for edge in cuts if edge < size}
    for piece in evidence:
        start, end = max(0, piece.span.start), min(size, piece.span.end)
        if start < end:
            events.setdefault(start, []).append((True, piece))
            events.setdefault(end, []).append((False, piece))
    active: dict[Evidence, int] = {}
    for edge, following in pairwise([*sorted(events), size]):
        for opens, piece in events[edge]:
            count = active.get(piece, 0) + (1 if opens else -1)
            if count:
                active[piece] = count
            else:
                del active[piece]
        if active and edge < following:
            yield Span(edge, following), sorted(active, key=_rank)


def _rank(piece: Evidence) -> tuple[object, ...]:
    """Strongest first, then oldest, then rarest; complete, so that no order of arrival shows.

    A question where text is from comes behind any suspicion of an assistant.
    """
    return (
        -piece.strength,
        piece.assistant == UNDECLARED,
        piece.time or 0,
        -(piece.bits or 0.0),
        piece.assistant,
        piece.detail,
        piece.span,
        (piece.kind, *(str(part) for part in (piece.model, piece.session, piece.commit))),
        (str(piece.source), piece.share),
    )


def _trimmed(text: bytes, span: Span) -> Span:
    """Leave blank lines at the edges out; keep a line's own indentation and end."""
    start, end = span.start, span.end
    body = text[start:end]
    head = len(body) - len(body.lstrip())
    if head == len(body):
        return Span(end, end)
    newline = body.rfind(b"\n", 0, head)
    start += newline + 1
    tail = text[start:end].rstrip()
    stop = start + len(tail)
    if stop < end and text.startswith(b"\r\n", stop):
        stop = min(stop + 2, end)
    elif stop < end and text.startswith(b"\n", stop):
        stop += 1
    return Span(start, stop)


def _content_hash(path: str, text: bytes, region: Region, decision: Decision) -> str:
    """Hash what makes a finding itself: it survives moves and white space, not edits."""
    digest = blake2b(digest_size=16)
    for part in (decision.rule.id, path, region.best.assistant):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    digest.update(b" ".join(text[region.span.start : region.span.end].split()))
    return digest.hexdigest()


def _finding(
    path: str,
    region: Region,
    decision: Decision,
    hit: ZoneHit,
    index: LineIndex,
    content: str,
    ordinal: int,
) -> Finding:
    best = region.best
    start, end = index.position(region.span.start), index.position(region.span.end)
    last = end.line - 1 if end.column == 1 and end.line > start.line else end.line
    fingerprint = blake2b(f"{content}:{ordinal}".encode(), digest_size=16).hexdigest()
    return Finding(
        rule=decision.rule.id,
        level=decision.level,
        effect=decision.effect,
        path=path,
        zone=decision.zone,
        assistant=best.assistant,
        model=best.model,
        region=region,
        start=start,
        end=end,
        message=f"{_claim(best, last - start.line + 1)}. {decision.rule.message}",
        help=decision.rule.help,
        reason=hit.reason,
        origin=hit.origin,
        fingerprint=fingerprint,
        fixes=decision.rule.fixes,
    )


def _claim(best: Evidence, lines: int) -> str:
    """Say what the evidence says and no more: a trailer speaks of a commit, not of a line."""
    if best.assistant == UNDECLARED:
        where = "this line is" if lines == 1 else f"these {lines} lines are"
        return f"Nobody has told where {where} from"
    who = title(best.assistant)
    what = "This line" if lines == 1 else f"These {lines} lines"
    if best.kind is EvidenceKind.MARKER:
        bears = "bears" if lines == 1 else "bear"
        return f"{what} {bears} a mark that {who} leaves"
    if best.kind is EvidenceKind.COMMIT:
        came = "came" if best.strength is Strength.DECLARED else "may have come"
        return f"{what} {came} with a commit that names {who}"
    if best.strength is Strength.RECORDED:
        were = "was" if lines == 1 else "were"
        return f"{what} {were} written by {who}"
    if best.strength is Strength.MATCHED:
        match = "matches" if lines == 1 else "match"
        return f"{what} {match} what {who} wrote"
    if best.strength is Strength.DECLARED:
        are = "is" if lines == 1 else "are"
        return f"{what} {are} declared to be written by {who}"
    return f"{what} may come from {who}"
