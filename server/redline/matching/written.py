"""Lines that a session wrote to this very path and that still stand there.

This is the strongest claim a session supports: the record names the file, and the
line is the same. Runs of equal lines are aligned in order; only then may a short or
common line be claimed, as part of its run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .prints import Prints
from .search import LineTimes, Match, _match, _young_lines, run_bits
from .store import PieceRow, SessionRow, Store

_ANCHOR = 3
"""Bytes of words that let a line begin a run."""
_KNOWN_BITS = 8.0
"""Rarity a run needs where the session is known to have worked on this project."""
_FOREIGN_BITS = 80.0
"""And where only the path's tail is the same."""
_MOST_PLACES = 64
"""Places of an equal line that are tried."""


def written(
    path: str, root: str, prints: Prints, store: Store, times: LineTimes | None = None
) -> list[Match]:
    """Find the lines of ``path`` (relative to ``root``) that sessions wrote there."""
    places: dict[int, list[int]] | None = None
    matches: list[Match] = []
    sessions: dict[int, SessionRow] = {}
    for piece in store.pieces_named(path.rpartition("/")[2]):
        session = sessions.get(piece.session)
        if session is None:
            session = sessions[piece.session] = store.session(piece.session)
        if session.key:
            # An imported index names no places: its paths and line hashes are under a key.
            continue
        known = same_file(path, root, piece.path, session.cwd)
        if known is None:
            continue
        if places is None:
            places = _places(prints)
        young = _young_lines(prints, piece, times)
        matches += _runs(prints, piece, session, places, young, known)
    return matches


def same_file(path: str, root: str, recorded: str, cwd: str | None) -> bool | None:
    """Tell whether a recorded path means ``path``: True surely, False by its tail, None not.

    Sessions run in worktrees, containers and renamed clones, so the folder they name
    is worth only what its last components say.
    """
    recorded = recorded.replace("\\", "/")
    if recorded == f"{root.rstrip('/')}/{path}":
        return True
    if cwd:
        base = cwd.replace("\\", "/").rstrip("/")
        if recorded == f"{base}/{path}":
            return True
        if recorded.startswith(base + "/"):
            inner = recorded[len(base) + 1 :]
            # The session ran in a folder of the project, or above it.
            if path.endswith("/" + inner):
                return path.count("/") >= 2
            if inner.endswith("/" + path):
                return path.count("/") >= 2
    if recorded == path:
        return True
    if recorded.endswith("/" + path) and "/" in path:
        return path.count("/") >= 2
    return None


def _places(prints: Prints) -> dict[int, list[int]]:
    places: dict[int, list[int]] = defaultdict(list)
    for line, value in enumerate(prints.lines):
        if value:
            places[int(value)].append(line)
    return places


def _runs(
    prints: Prints,
    piece: PieceRow,
    session: SessionRow,
    places: dict[int, list[int]],
    young: Sequence[bool] | None,
    known: bool,
) -> list[Match]:
    matches = []
    count = len(prints.lines)
    other = 0
    expected = 0
    while other < len(piece.lines):
        value = piece.lines[other]
        best: tuple[int, int, int] | None = None
        if value:
            for line in places.get(value, ())[:_MOST_PLACES]:
                if young is not None and not young[line]:
                    continue
                size = _common(prints, piece, line, other, young)
                # The longest run wins; among equals the one that goes on where the last ended.
                rank = (size, -abs(line - expected), line)
                if best is None or rank > best:
                    best = rank
        if best is None:
            other += 1
            continue
        size, _, line = best
        first, last = line, line + size - 1
        other += size
        expected = line + size
        while last > first and not prints.lines[last]:
            last -= 1
        if max(prints.weights[first : last + 1]) < _ANCHOR and last - first < 2:
            continue
        bits = run_bits(prints, first, last)
        if bits < (_KNOWN_BITS if known else _FOREIGN_BITS):
            continue
        start, end = int(prints.line_tokens[first]), int(prints.line_tokens[last + 1])
        matches.append(
            _match(prints, piece, session, "written", first, last, start, end, bits, end - start)
        )
    del count
    return matches


def _common(
    prints: Prints, piece: PieceRow, line: int, other: int, young: Sequence[bool] | None
) -> int:
    size = 0
    while (
        line + size < len(prints.lines)
        and other + size < len(piece.lines)
        and int(prints.lines[line + size]) == piece.lines[other + size]
        and (young is None or young[line + size])
    ):
        size += 1
    return size
