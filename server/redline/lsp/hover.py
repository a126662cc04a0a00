"""What a person sees who points at a finding: who, when, how sure, which rule, what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.live.analyst import AnalystError
from redline.live.jobs import rule_words
from redline.live.places import Extent, Place
from redline.live.wording import RuleWords, who
from redline.lsp import authoring
from redline.lsp.facts import Told, evidence_lines, finding_lines
from redline.lsp.markup import Ink, Markdown, Plain
from redline.model import Evidence, EvidenceKind, Strength
from redline.report.summary import plural

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument

_MOST = 5
"""Findings, or pieces of evidence, that one hover tells."""
_MOST_POLICIES = 8
_PATIENCE = 2.0
"""Seconds that a hover waits to hear of evidence that no rule objects to."""


class RuleBook:
    """The words of rules, asked of the judging process once for each policy."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, str], dict[str, RuleWords]] = {}

    async def words(self, folder: Folder, policy: str) -> dict[str, RuleWords]:
        """The words of the rules of ``policy`` (SHA-256), by id; none where they are not known."""
        known = self._known.get((folder.root, policy))
        if known is not None:
            return known
        try:
            digest, words = await folder.ask(rule_words)
        except AnalystError:
            return {}
        while len(self._known) >= _MOST_POLICIES:
            del self._known[next(iter(self._known))]
        self._known[folder.root, digest] = words
        return words


def page_of(
    findings: Iterable[Told],
    evidence: Sequence[Evidence],
    words: dict[str, RuleWords],
    root: Path,
    ink: Ink,
    *,
    beside: bool = False,
) -> str:
    """Write a hover: findings, strictest first, then evidence that no rule objects to.

    ``beside`` a finding that the client shows itself, its own words are left out. Empty where
    there is nothing to tell.
    """
    ranked = sorted(findings, key=_strictest_first)
    lists = [
        list(finding_lines(told, words.get(told.finding.rule), root, ink))
        for told in ranked[:_MOST]
    ]
    parts = [_items(lists[0][1:])] if beside and len(ranked) == 1 else [_list(one) for one in lists]
    left = len(ranked) - len(parts)
    if left:
        parts.append(f"And {plural(left, 'more finding')} here.")
    if not ranked and evidence:
        best = sorted(evidence, key=_strongest_first)[0]
        head = f"{ink.text(_unopposed(best))}"
        parts.append(_list([head, *evidence_lines(best, root, ink)]))
    return "\n\n".join(parts)


def _list(lines: Sequence[str]) -> str:
    return f"{lines[0]}\n\n{_items(lines[1:])}"


def _items(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _unopposed(piece: Evidence) -> str:
    lead = "This came from" if piece.strength > Strength.SUSPECTED else "This may come from"
    if piece.kind is EvidenceKind.COMMIT:
        lead = "This came with a commit that names"
    return f"{lead} {who(piece.assistant)}; no rule objects to it here."


def _strictest_first(told: Told) -> tuple[object, ...]:
    finding = told.finding
    return (
        -finding.effect,
        -finding.level,
        -finding.region.best.strength,
        finding.region.span,
        finding.rule,
    )


def _strongest_first(piece: Evidence) -> tuple[object, ...]:
    return -piece.strength, piece.time or 0, piece.span, piece.detail


def _size(extent: Extent) -> tuple[int, int]:
    return extent.end.line - extent.start.line, extent.end.column - extent.start.column


def touches(extent: Extent, place: Place) -> bool:
    """Tell whether a place lies in an extent, or anywhere on the line where that begins."""
    return extent.start.line == place.line or extent.start <= place < extent.end


def evidence_at(document: OpenDocument, place: Place) -> list[Evidence]:
    """Evidence at a place that a hover may speak of without a finding.

    In protected places all of it; elsewhere only what is beyond doubt, so that hovers stay
    quiet where no rule asks.
    """
    analysis = document.analysis
    if analysis is None:
        return []
    found = zip(analysis.evidence_extents, analysis.evidence, strict=True)
    return [
        piece
        for extent, piece in found
        if touches(extent, place) and (analysis.protected or piece.strength >= Strength.MATCHED)
    ]


async def hover(
    server: Server, rules: RuleBook, document: OpenDocument, position: types.Position
) -> types.Hover | None:
    """Answer a hover in an open document."""
    folder = document.folder
    session = server.session
    if folder is None:
        return None
    extent = document.extent_of(types.Range(position, position))
    here = [one for one in document.shown if touches(one.extent, extent.start)]
    evidence: list[Evidence] = []
    if not here and session.settings.hover_evidence:
        version = document.version
        try:
            async with asyncio.timeout(_PATIENCE):
                settled = await document.settled()
        except TimeoutError:
            return None
        if settled is None or document.version != version:
            return None
        here = [one for one in document.shown if touches(one.extent, extent.start)]
        evidence = evidence_at(document, extent.start)
    if not here and not evidence:
        return None
    analysis = document.analysis
    words = await rules.words(folder, analysis.policy) if analysis is not None and here else {}
    told = [Told(one.finding, one.share) for one in here]
    markdown = session.capabilities.markdown
    ink: Ink = Markdown() if markdown else Plain()
    beside = session.capabilities.hovers_with_findings
    value = page_of(told, evidence, words, folder.root, ink, beside=beside)
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    range_ = document.range_of(min((one.extent for one in here), key=_size)) if here else None
    return types.Hover(types.MarkupContent(kind, value), range_)


def register(server: Server) -> None:
    """Answer hovers."""
    rules = RuleBook()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        document = server.session.document(params.text_document.uri)
        if document is None:
            return None
        meant = await authoring.hover(server, document.uri, params.position)
        return meant or await hover(server, rules, document, params.position)
