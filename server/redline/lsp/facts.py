"""A finding, or evidence without one, told to a person line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from redline.live.wording import RuleWords, who
from redline.lsp.markup import Ink
from redline.model import UNDECLARED, Effect, Evidence, EvidenceKind, Finding, Strength
from redline.report.pages import rule_page
from redline.report.safe import one_line
from redline.report.summary import moment, plural

_SURE = {
    Strength.RECORDED: "recorded: it is known of these very lines",
    Strength.MATCHED: "matched: the likeness is beyond chance",
    Strength.DECLARED: "declared: said of something larger that holds these lines",
    Strength.SUSPECTED: "suspected: a hint, never proof",
}
_SEEN = {
    EvidenceKind.SESSION: "in a session",
    EvidenceKind.RECORD: "in an authorship record",
    EvidenceKind.COMMIT: "in a commit",
    EvidenceKind.MARKER: "in the text itself",
    EvidenceKind.EDIT: "in the editor, as it landed",
    EvidenceKind.DECLARATION: "in a declaration",
}
_RULED = {
    Effect.FORBID: "forbids it",
    Effect.REVIEW: "wants a person's review",
    Effect.RECORD: "keeps a record of it",
    Effect.ALLOW: "allows it",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known at one place, ready to be told."""

    finding: Finding
    share: float
    """How much of the region is still the assistant's text, 0 to 1."""


def sure(piece: Evidence) -> str:
    """Say in plain words how sure a piece of evidence is."""
    rarity = f"; {piece.bits:,.0f} bits of rarity" if piece.bits is not None else ""
    if piece.kind is EvidenceKind.DECLARATION:
        return f"{piece.strength}: somebody answered so for these very lines{rarity}"
    return f"{_SURE[piece.strength]}{rarity}"


def finding_lines(
    told: Told, words: RuleWords | None, root: Path, ink: Ink, *, more: int = 3
) -> Iterator[str]:
    """Tell a finding: what, who, when, how sure, how much, which rule, why, and what to do.

    The first line says it all; each other is one fact. Of further evidence ``more`` pieces are
    named.
    """
    finding, best = told.finding, told.finding.region.best
    yield f"{ink.bold(str(finding.level))}: {ink.text(finding.message)}"
    yield from evidence_lines(best, root, ink)
    if told.share < 0.995:
        yield f"Still theirs: {told.share:.0%} of this text"
    others = _others(finding.region.evidence)
    for piece in others[:more]:
        strength = str(piece.strength)
        yield f"Also {strength}, {ink.text(who(piece.assistant))}: {ink.text(piece.detail)}"
    if len(others) > more:
        yield f"And {plural(len(others) - more, 'more piece')} of evidence"
    yield _zone_line(finding, root, ink)
    page = rule_page(finding.rule)
    rule = ink.link(finding.rule, page.as_uri()) if page else ink.code(finding.rule)
    does = "asks" if best.assistant == UNDECLARED else _RULED[finding.effect]
    yield f"Rule: {rule} {does}{_origin(words, root, ink)}"
    if words is not None and words.why:
        yield f"Why: {ink.text(' '.join(words.why.split()))}"
    if finding.help:
        yield f"What to do: {ink.text(finding.help)}"


def _others(evidence: Iterable[Evidence]) -> list[Evidence]:
    """What is known besides the first, without what would be told in the same words."""
    said: dict[tuple[object, ...], Evidence] = {}
    for piece in evidence:
        said.setdefault((piece.assistant, piece.strength, piece.kind, piece.detail), piece)
    return list(said.values())[1:]


def evidence_lines(piece: Evidence, root: Path, ink: Ink) -> Iterator[str]:
    """Tell a piece of evidence: who, when, where it was seen, how sure."""
    if piece.assistant != UNDECLARED:
        model = f" ({ink.text(piece.model)})" if piece.model else ""
        yield f"Who: {ink.text(who(piece.assistant))}{model}"
    if (when := moment(piece.time)) is not None:
        yield f"When: {when}"
    if piece.session:
        yield f"Session: {ink.code(piece.session)}{_file(piece, ink)}"
    if piece.commit:
        yield f"Commit: {ink.code(piece.commit[:12])}"
    yield f"How sure: {sure(piece)}"
    if piece.detail:
        yield f"Seen {_SEEN[piece.kind]}: {ink.text(piece.detail)}"


def evidence_words(piece: Evidence) -> str:
    """Tell a piece of evidence in one line of plain text: who, where it was seen, what it says."""
    seen = f"seen {_SEEN[piece.kind]}: {piece.detail}"
    whose = "" if piece.assistant == UNDECLARED else f"{who(piece.assistant)}, "
    return one_line(f"{whose}{seen}")


def rule_place(origin: str | None, root: Path) -> tuple[str, int] | None:
    """The URI of a rule file of the project, and the line (from 1) that an origin names.

    None for shipped packs, which are no files of the project.
    """
    name, _, line = (origin or "").rpartition(":")
    if not name or not line.isdecimal() or name.startswith("builtin:"):
        return None
    try:
        return (root / name).as_uri(), max(1, int(line))
    except ValueError:
        return None


def _zone_line(finding: Finding, root: Path, ink: Ink) -> str:
    where = ""
    if finding.origin:
        place = rule_place(finding.origin, root)
        shown = ink.link(finding.origin, f"{place[0]}#L{place[1]}") if place else None
        where = f" ({shown or ink.text(finding.origin)})"
    return f"Zone: {ink.code(finding.zone)}: {ink.text(finding.reason)}{where}"


def _origin(words: RuleWords | None, root: Path, ink: Ink) -> str:
    if words is None:
        return ""
    place = rule_place(words.origin, root)
    if place is None:
        return f" ({ink.text(words.origin)})"
    return f" ({ink.link(words.origin, f'{place[0]}#L{place[1]}')})"


def _file(piece: Evidence, ink: Ink) -> str:
    """The session's file, where the evidence was read on this machine."""
    source = session_file(piece)
    return f", {ink.link(source.name, source.as_uri())}" if source is not None else ""


def session_file(piece: Evidence) -> Path | None:
    """The file of a session as its index knew it, whether or not it is still there."""
    if piece.kind is not EvidenceKind.SESSION or piece.source is None or piece.position is None:
        # Without a position it was indexed elsewhere, and the path means nothing here.
        return None
    path = Path(piece.source)
    return path if path.is_absolute() else None
