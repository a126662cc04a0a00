"""Print all that is known about a place: its zones, the evidence, and what follows from both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from redline.model import Evidence, EvidenceKind, Finding, Span, ZoneHit
from redline.report import side_by_side
from redline.report.look import Look
from redline.report.safe import one_line
from redline.report.summary import moment, plural

if TYPE_CHECKING:
    from redline.ledger import Held
    from redline.project import Explanation

_EVIDENCE_SHOWN = 40
_ANSWERS = {
    "mine": "written by whoever declares it",
    "repository": "from elsewhere in this repository",
    "assistant": "from {}",
    "web": "from the web",
    "unknown": "of unknown origin",
}


def render(
    known: Explanation, look: Look, *, verbose: bool = False, full: bool = False
) -> Iterator[str]:
    """Yield the explanation in pieces that end in a line break.

    Of very much evidence the strongest forty pieces are told unless ``verbose``; ``full``
    leaves nothing out of the comparisons with sessions.
    """
    lines = _lines(known.first_line, known.last_line)
    yield f"{look.bold(one_line(known.path))}, {lines}\n\n"
    yield f"{look.bold('Zones')}\n"
    yield from (f"  {_zone(hit, known.text)}\n" for hit in known.zones)
    if not known.zones:
        yield "  none\n"
    yield f"\n{look.bold('Evidence, strongest first')}\n"
    shown = known.evidence if verbose else known.evidence[:_EVIDENCE_SHOWN]
    yield from (f"  {_evidence(piece, known.text)}\n" for piece in shown)
    if len(shown) < len(known.evidence):
        yield f"  and {len(known.evidence) - len(shown):,} more (-v tells all)\n"
    if not known.evidence:
        yield "  none\n"
    if known.declarations:
        yield f"\n{look.bold('Declarations, newest first')}\n"
        yield from (f"  {_declaration(held, known.text)}\n" for held in known.declarations)
    yield from _beside_sessions(known, look, full=full)
    yield f"\n{look.bold('Findings')}\n"
    for finding in known.findings:
        yield from _finding(finding, look)
    if not known.findings:
        yield "  none\n"
    for skip in known.skips:
        advice = f" ({one_line(skip.advice)})" if skip.advice else ""
        yield f"  not judged: {one_line(skip.reason)}{advice}\n"
    yield f"\n{look.bold('What this means')}\n"
    yield from (f"  {line}\n" for line in _meaning(known))
    yield f"\n{look.bold('Sources')}\n"
    for source in known.sources:
        until = moment(source.until)
        state = "" if source.consulted else "not consulted: "
        ending = f", up to {until}" if source.consulted and until else ""
        yield f"  {one_line(source.name)}: {state}{one_line(source.detail)}{ending}\n"


def _beside_sessions(known: Explanation, look: Look, *, full: bool) -> Iterator[str]:
    if known.comparisons:
        yield f"\n{look.bold('Side by side with what the session wrote')}\n\n"
        shown = list(side_by_side.render(known.comparisons, look, path=known.path, full=full))
        yield "".join(shown).rstrip("\n") + "\n"
        return
    places = dict.fromkeys(
        side_by_side.whereabouts(piece)
        for piece in known.evidence
        if piece.kind is EvidenceKind.SESSION and piece.source is not None
    )
    if places:
        yield f"\n{look.bold('Where the sessions say so')}\n"
        yield from (f"  {place}\n" for place in list(places)[:_EVIDENCE_SHOWN])


def _zone(hit: ZoneHit, text: bytes) -> str:
    where = f", {_span_lines(hit.span, text)}" if hit.span else ""
    origin = f" ({one_line(hit.origin)})" if hit.origin else ""
    return f"{one_line(hit.zone)}{where}: {one_line(hit.reason)}{origin}"


def _evidence(piece: Evidence, text: bytes) -> str:
    model = f" ({one_line(piece.model)})" if piece.model else ""
    facts = [
        f"session {one_line(piece.session)}" if piece.session else "",
        f"commit {one_line(piece.commit)[:12]}" if piece.commit else "",
        moment(piece.time) or "",
        f"{piece.bits:.0f} bits" if piece.bits is not None else "",
        f"{piece.share:.0%} of it" if piece.share < 0.995 else "",
    ]
    listed = "; ".join(fact for fact in facts if fact)
    return (
        f"{_span_lines(piece.span, text)}: {piece.strength}, {one_line(piece.assistant)}{model}: "
        f"{one_line(piece.detail)}{f' [{listed}]' if listed else ''}"
    )


def _declaration(held: Held, text: bytes) -> str:
    one = held.declaration
    where = ", ".join(_span_lines(span, text) for span in held.spans)
    said = _ANSWERS[str(one.answer)].format(one_line(one.assistant or ""))
    why = f": {one_line(one.reason)}" if one.reason else ""
    link = f" ({one_line(one.link)})" if one.link else ""
    told = f"{said}, says {one_line(one.by)} on {one.day}{why}{link} [{one_line(one.source or '')}]"
    if held.ended:
        return f"{plural(one.lines, 'line')} of then, no longer in force as {held.ended}: {told}"
    return f"{where}: {told}"


def _finding(finding: Finding, look: Look) -> Iterator[str]:
    title = look.level(finding.level, f"{finding.level}[{one_line(finding.rule)}]")
    place = f"{finding.start.line}:{finding.start.column}"
    waived = f" (suppressed: {one_line(finding.suppressed)})" if finding.suppressed else ""
    yield f"  {title} at {place}: {one_line(finding.message)}{waived}\n"
    if finding.help:
        yield f"    help: {one_line(finding.help)}\n"


def _meaning(known: Explanation) -> Iterator[str]:
    """Say why there is a finding or none, and what would change that."""
    unknown = [source.name for source in known.sources if not source.consulted]
    if known.findings:
        yield (
            f"{plural(len(known.findings), 'finding')}: the evidence speaks of lines in a zone "
            "whose rules object."
        )
        yield "It goes when the text goes, or when the rule's demand is met; see help above."
        return
    if not known.zones:
        yield "No zone claims these lines, so nothing is said about assistant text in them."
        yield "To protect them, add them to a zone's globs in redline.yaml."
    elif not known.evidence:
        yield "The lines are protected and nothing speaks of an assistant."
        yield "That is not proof of human work: it is all that the sources below know."
    else:
        yield "The lines are protected, and the rules do not object to this evidence."
    if unknown:
        yield f"Not asked: {one_line(', '.join(unknown))}."


def _span_lines(span: Span, text: bytes) -> str:
    first = text.count(b"\n", 0, span.start) + 1
    return _lines(first, text.count(b"\n", 0, max(span.start, span.end - 1)) + 1)


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
