"""The edits that the server itself proposed, so that they are known when they are made."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from redline.live.changes import Change
from redline.live.glyphs import squeeze
from redline.live.landing import Kind

_LASTS: Final = 300.0
"""Seconds; a menu of quick fixes may stand open for long."""
_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class _Offer:
    kind: Kind
    time: float
    balance: dict[str, int]
    """Glyphs that come, less glyphs that go."""
    texts: tuple[str, ...]


class Offers:
    """Offers for one document.

    Editors make an offered edit smaller, cut it in pieces or spread it over two notifications;
    what comes and goes in all is the same.
    """

    def __init__(self) -> None:
        self._offers: deque[_Offer] = deque(maxlen=_MOST)

    def add(self, kind: Kind, edits: Iterable[tuple[str, str]], time: float) -> None:
        """Note an offer: for each of its edits the text that it replaces and the new one."""
        edits = [(squeeze(old), squeeze(new)) for old, new in edits]
        texts = tuple(new for _, new in edits if new)
        balance = _balance(edits)
        self._offers.append(_Offer(kind, time, balance, texts))

    def taken(self, changes: Sequence[Change], time: float) -> Kind | None:
        """Tell which offer a batch of changes is, whole or in part; the newest first."""
        if not self._offers:
            return None
        came = [
            change.new.squeezed[hole.new_first : hole.new_last]
            for change in changes
            for hole in change.holes
            if hole.new_first < hole.new_last
        ]
        balance = _balance((change.old.squeezed, change.new.squeezed) for change in changes)
        for offer in reversed(self._offers):
            if time - offer.time > _LASTS:
                continue
            if balance and balance == offer.balance:
                return offer.kind
            if came and all(any(_is_part(one, text) for text in offer.texts) for one in came):
                return offer.kind
        return None


def _balance(edits: Iterable[tuple[str, str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for old, new in edits:
        total.update(new)
        total.subtract(old)
    return {glyph: count for glyph, count in total.items() if count}


def _is_part(came: str, offered: str) -> bool:
    """The same, or most of it: a letter that is typed is no offer."""
    return came in offered and 2 * len(came) >= len(offered)
