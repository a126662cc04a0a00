"""Evidence from what landed in this user's editors, by what the index remembers of it."""

from __future__ import annotations

from ..matching.regions import Match
from ..matching.schema import LIVE_EDITS, SessionRow
from ..model import UNDECLARED, Evidence, EvidenceKind, Source, Span, Strength
from ..origins.live import landed, strongest


def is_live(match: Match) -> bool:
    """Tell whether the piece landed in an editor, here or where an import came from."""
    return match.session.format == LIVE_EDITS


def is_undeclared(match: Match) -> bool:
    """Tell whether nobody has said where the piece is from."""
    return match.session.assistant == UNDECLARED


def is_doubtful(session: SessionRow) -> bool:
    """Tell whether text of a session counts for less than a likeness does.

    So it is with text of unknown origin, and with a copy of text that stands clean elsewhere, too.
    """
    if session.format != LIVE_EDITS:
        return False
    return session.assistant == UNDECLARED or strongest(session.name) < Strength.MATCHED


def weight_of(match: Match) -> int:
    """How much a match claims of its lines for itself, as ``claim_of`` does of evidence."""
    strength = Strength.MATCHED if match.sure else Strength.SUSPECTED
    if match.how == "written":
        strength = Strength.RECORDED
    if not is_live(match):
        return int(strength)
    return 0 if is_undeclared(match) else int(min(strength, strongest(match.session.name)))


def live_evidence(match: Match, span: Span, here: str, how: str) -> Evidence:
    """What a match with a live edit says about the bytes ``span``.

    ``here`` names the place beside its lines; ``how`` says what is the same. Text of unknown
    origin is suspected whatever it matches.
    """
    piece, undeclared = match.piece, is_undeclared(match)
    act = landed(piece.kind, match.session.assistant)
    if match.how == "written":
        strength = Strength.RECORDED
        detail = f"this text was {act} in the editor{here}"
    else:
        strength = Strength.MATCHED if match.sure else Strength.SUSPECTED
        name = piece.path.replace("\\", "/").rpartition("/")[2]
        into = f" into {name}" if name else ""
        detail = f"the same text was {act}{into} in the editor{here}; {how}"
    if undeclared:
        strength = Strength.SUSPECTED
        detail += "; nothing tells where it is from"
    return Evidence(
        kind=EvidenceKind.EDIT,
        strength=min(strength, strongest(match.session.name)),
        span=span,
        assistant=match.session.assistant,
        detail=detail,
        model=piece.model,
        time=piece.time,
        source=LIVE_EDITS,
        share=round(match.share, 3),
        bits=round(match.bits, 1),
    )


def live_source(rows: list[tuple[str, int, int | None]]) -> list[Source]:
    """What landed in editors, as one source; none where nothing did."""
    if not rows:
        return []
    pieces = sum(row[1] for row in rows)
    until = max((row[2] for row in rows if row[2] is not None), default=None)
    told = f"{pieces} piece{'' if pieces == 1 else 's'} of text landed in an editor"
    return [Source(LIVE_EDITS, True, told, pieces, until)]


def claim_of(evidence: Evidence) -> int:
    """How much evidence claims of its bytes for itself: by its strength; a question nothing."""
    return 0 if evidence.assistant == UNDECLARED else int(evidence.strength)
