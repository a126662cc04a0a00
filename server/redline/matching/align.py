"""Follow equal fingerprints to the ends of what two texts have in common.

A fingerprint says that a few tokens agree; the codes beside it say how far the texts run
along together before and after. Four bits a token are few, but a stretch that goes on by
chance goes on for a sixteenth of a token.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from .streams import NAME, SAME

_STRIP = bytes(code & SAME for code in range(256))
_BLANK = bytes(NAME if code & NAME else code & SAME for code in range(256))
_REACH = 64
"""Tokens that a renamed stretch may go on without another fingerprint."""
_OVERLAP = 6
"""Tokens by which two stretches of a chain may overlap: what stands at both ends of a change."""
_SHIFT = 20
"""Tokens by which the two sides of a chain may drift apart from one stretch to the next."""
_MOST_OPEN = 16
"""Chains that are kept open at once."""


@dataclass(frozen=True, slots=True)
class Seed:
    """An equal fingerprint."""

    token: int
    """Where it begins in the text's stream."""
    place: int
    """And in the piece's."""
    size: int
    """Its tokens."""
    renamed: bool
    """It says nothing about names."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch that is the same on both sides, but for names where ``renamed``."""

    start: int
    end: int
    """Tokens of the text's stream, end exclusive."""
    place: int
    """The piece's token at ``start``."""
    renamed: bool

    @property
    def place_end(self) -> int:
        """The piece's token after the last."""
        return self.place + self.end - self.start


@dataclass(frozen=True, slots=True)
class Side:
    """The codes of one stream of one text, made ready to be compared."""

    exact: bytes
    blank: bytes
    """Every name alike."""

    @classmethod
    def of(cls, codes: bytes) -> Side:
        """Take a column of codes."""
        return cls(codes.translate(_STRIP), codes.translate(_BLANK))


def runs(text: Side, piece: Side, hashes: Sequence[int], seeds: Iterable[Seed]) -> list[Run]:
    """Extend each seed as far as it goes; ``hashes`` are those of the text's stream."""
    exact: dict[int, list[Run]] = defaultdict(list)
    renamed: dict[int, list[Run]] = defaultdict(list)
    for seed in sorted(seeds, key=attrgetter("renamed", "token", "place")):
        slant = seed.token - seed.place
        if seed.place + seed.size > len(piece.exact) or _inside(exact[slant], seed):
            continue
        if not seed.renamed:
            run = _same(text, piece, seed)
            if run is not None:
                exact[slant].append(run)
        elif not _inside(renamed[slant][-1:], seed) and _alike(text, piece, seed):
            run = _renamed(text, piece, hashes, seed)
            on_slant = renamed[slant]
            if on_slant and on_slant[-1].end >= run.start:
                run = Run(on_slant[-1].start, run.end, on_slant[-1].place, renamed=True)
                on_slant.pop()
            on_slant.append(run)
    return [run for kind in (exact, renamed) for on_slant in kind.values() for run in on_slant]


def _inside(on_slant: Sequence[Run], seed: Seed) -> bool:
    return any(run.start <= seed.token and seed.token + seed.size <= run.end for run in on_slant)


def _same(text: Side, piece: Side, seed: Seed) -> Run | None:
    ahead = _ahead(text.exact, seed.token, piece.exact, seed.place)
    if ahead < seed.size:
        # Another text has the same fingerprint by chance.
        return None
    back = _back(text.exact, seed.token, piece.exact, seed.place)
    return Run(seed.token - back, seed.token + ahead, seed.place - back, renamed=False)


def _alike(text: Side, piece: Side, seed: Seed) -> bool:
    own = text.blank[seed.token : seed.token + seed.size]
    return own == piece.blank[seed.place : seed.place + seed.size]


def _ahead(text: bytes, token: int, piece: bytes, place: int) -> int:
    """How many codes agree from here on."""
    most = min(len(text) - token, len(piece) - place)
    done, step = 0, 32
    while done < most:
        size = min(step, most - done)
        if text[token + done : token + done + size] == piece[place + done : place + done + size]:
            done += size
            step *= 2
        elif size == 1:
            break
        else:
            step = max(1, size // 2)
    return done


def _back(text: bytes, token: int, piece: bytes, place: int) -> int:
    """How many codes agree just before."""
    most = min(token, place)
    done, step = 0, 32
    while done < most:
        size = min(step, most - done)
        if text[token - done - size : token - done] == piece[place - done - size : place - done]:
            done += size
            step *= 2
        elif size == 1:
            break
        else:
            step = max(1, size // 2)
    return done


def _renamed(text: Side, piece: Side, hashes: Sequence[int], seed: Seed) -> Run:
    """Go on while each name of the text stands for one and the same of the piece."""
    names: dict[int, int] = {}

    def agrees(token: int, place: int) -> bool:
        if text.blank[token] != piece.blank[place]:
            return False
        if text.blank[token] != NAME:
            return True
        return names.setdefault(hashes[token], piece.exact[place]) == piece.exact[place]

    for step in range(seed.size):
        agrees(seed.token + step, seed.place + step)
    end, over = seed.token + seed.size, seed.place + seed.size
    most = min(len(text.blank), end + _REACH), len(piece.blank)
    while end < most[0] and over < most[1] and agrees(end, over):
        end, over = end + 1, over + 1
    start, place = seed.token, seed.place
    least = max(0, start - _REACH)
    while start > least and place > 0 and agrees(start - 1, place - 1):
        start, place = start - 1, place - 1
    return Run(start, end, place, renamed=True)


def chains(found: Sequence[Run], gap: int) -> Iterator[list[Run]]:
    """Join the runs that follow each other in both texts, at most ``gap`` tokens apart."""
    open_: list[list[Run]] = []
    for run in sorted(found, key=attrgetter("start", "place")):
        for chain in reversed(open_):
            if _follows(chain[-1], run, gap):
                # The last of a chain is the one that reaches farthest.
                chain.insert(len(chain) - (run.end < chain[-1].end), run)
                break
        else:
            open_.append([run])
            if len(open_) > _MOST_OPEN:
                yield open_.pop(0)
    yield from open_


def _follows(last: Run, run: Run, gap: int) -> bool:
    if run.start - run.place == last.start - last.place:
        # On one slant a stretch but for names lies about the one that is the very same.
        return run.start - last.end <= gap
    between, over = run.start - last.end, run.place - last.place_end
    return (
        -_OVERLAP <= between <= gap
        and -_OVERLAP <= over <= gap
        and abs(between - over) <= _SHIFT
        and run.end > last.end
        and run.place_end > last.place_end
    )
