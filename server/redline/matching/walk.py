"""Walk on from the ends of a chain, over small changes, as long as the texts run along together.

Fingerprints need ten equal tokens in a row. Between the last of them and the end of a copied
function stand a changed name, a new argument, a short last line; they are found by looking
for the nearest place from which both sides go on alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .align import Run, Side
from .streams import NAME

_SKIP = 12
"""Tokens of one side that may be passed over at once."""
_SURE = 7
"""Tokens that must agree behind what was passed over."""
_TELLING = 3
"""Of these the ones that are no names."""
_MOST_SKIPS = 4
_MOST_FRESH = 4
"""Names in a row that may be others: prose is names all along."""
_TOLD, _FRESH = 1, 2
_BEHIND = 48
"""Tokens of the run that tell which name stands for which."""


def ahead(text: Side, piece: Side, hashes: Sequence[int], run: Run, stop: int) -> Iterator[Run]:
    """What follows a run, up to the text's token ``stop``."""
    names = _names(text, piece, hashes, run, range(max(run.start, run.end - _BEHIND), run.end))
    token, place = run.end, run.place_end
    for _ in range(_MOST_SKIPS + 1):
        size = fresh = at = 0
        while token + at < stop and place + at < len(piece.blank) and fresh <= _MOST_FRESH:
            agrees = _agrees(text, piece, hashes, names, token + at, place + at)
            if agrees is None:
                break
            fresh = fresh + 1 if agrees == _FRESH else 0
            at += 1
            size = at if agrees == _TOLD else size
        if size:
            yield Run(token, token + size, place, renamed=True)
        token, place = token + size, place + size
        skip = _next(text, piece, token, place, stop)
        if skip is None:
            return
        token, place = token + skip[0], place + skip[1]


def back(text: Side, piece: Side, hashes: Sequence[int], run: Run, stop: int) -> Iterator[Run]:
    """What stands before a run, down to the text's token ``stop``."""
    names = _names(text, piece, hashes, run, range(run.start, min(run.end, run.start + _BEHIND)))
    token, place = run.start, run.place
    for _ in range(_MOST_SKIPS + 1):
        size = fresh = at = 0
        while token - at > stop and place - at > 0 and fresh <= _MOST_FRESH:
            agrees = _agrees(text, piece, hashes, names, token - at - 1, place - at - 1)
            if agrees is None:
                break
            fresh = fresh + 1 if agrees == _FRESH else 0
            at += 1
            size = at if agrees == _TOLD else size
        if size:
            yield Run(token - size, token, place - size, renamed=True)
        token, place = token - size, place - size
        skip = _last(text, piece, token, place, stop)
        if skip is None:
            return
        token, place = token - skip[0], place - skip[1]


def _names(
    text: Side, piece: Side, hashes: Sequence[int], run: Run, tokens: range
) -> dict[int, int]:
    names: dict[int, int] = {}
    for token in tokens:
        if text.blank[token] == NAME:
            names.setdefault(int(hashes[token]), piece.exact[run.place + token - run.start])
    return names


def _agrees(
    text: Side, piece: Side, hashes: Sequence[int], names: dict[int, int], token: int, place: int
) -> int | None:
    """Whether two tokens may stand for each other; a name met first proves nothing."""
    if text.blank[token] != piece.blank[place]:
        return None
    if text.blank[token] != NAME:
        return _TOLD
    name, code = int(hashes[token]), piece.exact[place]
    before = names.get(name)
    if before is None:
        names[name] = code
        return _FRESH if text.exact[token] != code else _TOLD
    return _TOLD if before == code else None


def _steps() -> Iterator[tuple[int, int]]:
    """What may be passed over on each side, the least first."""
    for both in range(1, 2 * _SKIP + 1):
        for own in range(max(0, both - _SKIP), min(_SKIP, both) + 1):
            yield own, both - own


_STEPS = sorted(_steps(), key=lambda step: (sum(step), abs(step[0] - step[1])))


def _next(text: Side, piece: Side, token: int, place: int, stop: int) -> tuple[int, int] | None:
    for own, other in _STEPS:
        first, over = token + own, place + other
        if first + _SURE > stop or over + _SURE > len(piece.blank):
            continue
        window = text.blank[first : first + _SURE]
        if window == piece.blank[over : over + _SURE] and _tells(window):
            return own, other
    return None


def _last(text: Side, piece: Side, token: int, place: int, stop: int) -> tuple[int, int] | None:
    for own, other in _STEPS:
        end, over = token - own, place - other
        if end - _SURE < stop or over < _SURE:
            continue
        window = text.blank[end - _SURE : end]
        if window == piece.blank[over - _SURE : over] and _tells(window):
            return own, other
    return None


def _tells(window: bytes) -> bool:
    return _SURE - window.count(NAME) >= _TELLING
