"""Lines that a session wrote to this very path and that still stand there.

This is the strongest claim a session supports: the record names the file, and the
line is the same. Runs of equal lines are aligned in order; only then may a short or
common line be claimed, as part of its run.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass

from ..model import UNDECLARED
from .asked import young_lines
from .prints import INFORMATIVE, Prints
from .regions import LineTimes, Match, Young, is_much, region, run_bits
from .schema import PieceRow, SessionRow
from .store import Store

_KNOWN_BITS = 8.0
"""Rarity a run of short lines needs where the session surely worked on this file."""
_WORDY = 5
"""Tokens that make a line worth claiming there, whatever they are."""
_TWIN_BITS = 32.0
"""Rarity that a single line needs if the file holds it more than once."""
_FOREIGN_BITS = 80.0
"""And where only the path's tail is the same."""
_LANDED = ("applied", "unknown")
"""Outcomes of calls whose text may stand in the file by the call itself."""
_MOST_PLACES = 64
"""Places of an equal line that are tried, those about where the last run ended."""


_PLAIN_RUN = 20
"""Lines that follow where the last run ended, so many that no other place need be tried."""


def written(
    path: str, root: str, prints: Prints, store: Store, times: LineTimes | None = None
) -> list[Match]:
    """Find the lines of ``path`` (relative to ``root``) that sessions wrote there."""
    known: list[tuple[PieceRow, SessionRow, bool]] = []
    sessions: dict[int, SessionRow] = {}
    for piece in store.pieces_named(path.rpartition("/")[2]):
        session = sessions.get(piece.session)
        if session is None:
            session = sessions[piece.session] = store.session(piece.session)
        # An imported index names no places: its paths are left out and its lines under a key.
        sure = None if session.key else same_file(path, root, piece.path, session.cwd)
        if sure is not None:
            known.append((piece, session, sure))
    if not known:
        return []
    # What landed claims its lines before what failed, told again after it, can; and what an
    # assistant is known to have written before what nobody knows the author of.
    known.sort(key=lambda row: (row[1].assistant == UNDECLARED, row[0].outcome not in _LANDED))
    stage = _Stage.set(prints, [piece for piece, _, _ in known])
    matches: list[Match] = []
    for piece, session, sure in known:
        found = _runs(stage, piece, session, young_lines(piece, times), sure)
        unknown = session.assistant == UNDECLARED
        matches += filter(is_much, found) if unknown else found
    return matches


@dataclass(slots=True)
class _Stage:
    """One file and all that was written to it, while its lines are being claimed."""

    prints: Prints
    places: dict[int, list[int]]
    """Lines of the file by their hash."""
    written: Counter[int]
    """How often each line was written to the file."""
    claimed: set[int]
    """Lines that a run has claimed."""

    @classmethod
    def set(cls, prints: Prints, pieces: list[PieceRow]) -> _Stage:
        """Count both sides."""
        places: dict[int, list[int]] = defaultdict(list)
        for line, value in enumerate(prints.lines):
            if value:
                places[int(value)].append(line)
        counts: Counter[int] = Counter()
        for piece in pieces:
            counts.update(value for value in piece.lines if value in places)
        return cls(prints, places, counts, set())


def same_file(path: str, root: str, recorded: str, cwd: str | None) -> bool | None:
    """Tell whether a recorded path means ``path``: True surely, False by its tail, None not.

    Sessions run in worktrees, containers and renamed clones, so the folder they name
    is worth only what its last components say.
    """
    recorded, root = recorded.replace("\\", "/"), root.replace("\\", "/")
    base = (cwd or "").replace("\\", "/").rstrip("/")
    if recorded in (path, f"{root.rstrip('/')}/{path}") or (base and recorded == f"{base}/{path}"):
        return True
    if recorded.endswith("/" + path):
        # A root's own file, README.md say, is every project's: its tail says nothing.
        return path.count("/") >= 2 if "/" in path else None
    inner = recorded[len(base) + 1 :] if base and recorded.startswith(base + "/") else ""
    if "/" in inner and path.endswith("/" + inner):
        # The session ran in a folder of the project that was a root of its own there.
        return inner.count("/") >= 2
    return None


def _runs(
    stage: _Stage,
    piece: PieceRow,
    session: SessionRow,
    young: Young | None,
    known: bool,
) -> list[Match]:
    prints = stage.prints
    matches = []
    other = 0
    expected = 0
    while other < len(piece.lines):
        value = piece.lines[other]
        best: tuple[int, bool, int, int] | None = None
        size = _common(prints, piece, expected, other, young) if value else 0
        if size >= _PLAIN_RUN and expected not in stage.claimed:
            best = (size, True, 0, expected)
        elif value:
            for line in _near(stage.places.get(value, []), expected):
                if young is not None and not young[line]:
                    continue
                size = _common(prints, piece, line, other, young)
                # The longest run wins; then a twin that is still free; then the nearest.
                rank = (size, line not in stage.claimed, -abs(line - expected), line)
                if best is None or rank > best:
                    best = rank
        if best is None:
            other += 1
            continue
        size, _, _, first = best
        last = first + size - 1
        other += size
        expected = first + size
        while last > first and not prints.lines[last]:
            last -= 1
        bits = run_bits(prints, first, last)
        if not _tells(stage, first, last, bits, young, known):
            continue
        stage.claimed.update(range(first, last + 1))
        start, end = int(prints.line_tokens[first]), int(prints.line_tokens[last + 1])
        matches.append(
            region(prints, piece, session, "written", first, last, start, end, bits, end - start)
        )
    return matches


def _near(places: list[int], expected: int) -> list[int]:
    """The places about ``expected``, no more than ``_MOST_PLACES``."""
    first = max(0, bisect_left(places, expected) - _MOST_PLACES // 2)
    return places[first : first + _MOST_PLACES]


def _tells(
    stage: _Stage,
    first: int,
    last: int,
    bits: float,
    young: Young | None,
    known: bool,
) -> bool:
    """Tell whether a run says enough to be claimed, and which of its twins is meant."""
    if not known:
        return bits >= _FOREIGN_BITS
    prints = stage.prints
    if bits < _KNOWN_BITS and not any(
        # An import is of no weight elsewhere; here the record names the very file.
        prints.weights[line] >= INFORMATIVE
        or prints.line_tokens[line + 1] - prints.line_tokens[line] >= _WORDY
        for line in range(first, last + 1)
    ):
        return False
    if last > first:
        return True
    value = int(prints.lines[first])
    twins = sum(young is None or young[line] for line in stage.places[value])
    # As often written as it stands: whichever is meant, all of them are.
    return twins <= stage.written[value] or bits >= _TWIN_BITS


def _common(prints: Prints, piece: PieceRow, line: int, other: int, young: Young | None) -> int:
    size = 0
    while (
        line + size < len(prints.lines)
        and other + size < len(piece.lines)
        and int(prints.lines[line + size]) == piece.lines[other + size]
        and (young is None or young[line + size])
    ):
        size += 1
    return size
