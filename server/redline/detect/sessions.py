"""Evidence from assistants' own sessions and from editors, through the origin index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from ..matching.forms import is_data
from ..matching.lookup import Lookup, open_lookup
from ..matching.prints import is_code, take
from ..matching.regions import LineTimes, Match
from ..matching.schema import IndexFault
from ..matching.search import search
from ..matching.shelf import Shelf
from ..matching.store import Store
from ..matching.views import Kind, Places, kind_of, places_of, unfold
from ..matching.written import written
from ..model import Evidence, EvidenceKind, Source, Span, Strength
from ..origins.records.names import title
from .live import claim_of, is_doubtful, is_live, live_evidence, live_source, weight_of
from .placing import Claimed, Paper, named, placed, times_of

_BLOCK = 1 << 20
"""Bytes searched at once; a file of many megabytes needs no more memory than this does."""

_ROW_BITS = 140.0
"""Rarity that equal records need: the few words of a schema meet by chance, three rows long."""

_DONE = {
    "write": "wrote this text to this file",
    "edit": "wrote this text into this file",
    "patch": "added these lines to this file",
    "notebook": "wrote this cell",
    "shell": "wrote this file through a shell command",
}
_SAID = {
    "write": "wrote the same text to {path}",
    "edit": "wrote the same text into {path}",
    "patch": "added the same text to {path}",
    "notebook": "wrote the same text into a notebook",
    "shell": "wrote the same text in a shell command",
    "chat": "answered with the same text",
    "answer": "said the same in an answer",
    "plan": "planned with the same text",
    "reasoning": "noted the same text while reasoning",
}
_HOW = {
    "verbatim": "the text is the same",
    "renamed": "the text is the same but for names and layout",
    "prose": "the words are the same",
    "lines": "the text is the same, line by line",
}


def is_renamed(evidence: Evidence) -> bool:
    """Tell whether it says that the text is the same but for its names."""
    return _HOW["renamed"] in evidence.detail


@dataclass
class SessionDetector:
    """The origin index, opened for one run."""

    store: Store
    lookup: Lookup
    bulk: bool = False
    """Many texts will come: NumPy's import pays whatever the size of each."""
    _tails: frozenset[str] | None = None
    _shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self._shelf = Shelf(self.store, self.lookup)

    @classmethod
    def open(cls, index: Path, *, bulk: bool = False) -> SessionDetector:
        """Open an index for reading; raises ``IndexFault``."""
        store = Store(index)
        try:
            with _explained(index):
                return cls(store, open_lookup(store), bulk)
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> SessionDetector:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def _names(self, path: str) -> bool:
        """Tell whether some piece was written to a file of this name; asked once for all files."""
        if self._tails is None:
            self._tails = self.store.tails()
        return path.rpartition("/")[2] in self._tails

    def sources(self) -> list[Source]:
        """What the index holds, an entry per assistant."""
        with _explained(self.store.path):
            rows, live = self.store.tally(), live_source(self.store.live_tally())
        if not rows:
            told = "the index holds none" if live else "the index is empty"
            return [Source("sessions", False, f"{told}; run `redline index update`"), *live]
        return [
            Source(f"{title(assistant)} sessions", True, f"{pieces} pieces of text", count, until)
            for assistant, _, count, pieces, until in rows
        ] + live

    def evidence(
        self, path: str, root: str, text: bytes, times: LineTimes | None = None
    ) -> list[Evidence]:
        """Find what sessions account for in ``text``, the content of ``path`` under ``root``.

        ``times`` says when each line was committed (ms); without it the time rule
        knows only what the assistant had read before it wrote. Raises ``IndexFault``.
        """
        found: list[Evidence] = []
        with _explained(self.store.path):
            if not len(self.lookup) and not self._names(path):
                return []
            line = 0
            places = places_of(path, text)
            kind, data = kind_of(path, text), is_data(path, text)
            for start, end in blocks(text) if kind is not Kind.PARQUET else ():
                block = text[start:end]
                later = times[line:] if times is not None else None
                # Unrelated rows have their keys in common: their values alone are compared.
                found_here = (
                    self._recorded(path, root, block, later)
                    if kind.is_rows
                    else self._matches(path, root, block, later, code=is_code(path), data=data)
                )
                for match in found_here:
                    span = Span(start + match.start, start + match.end)
                    found.append(_evidence(match, span, places.name(span)))
                line += block.count(b"\n")
            more = self._unfolded(path, root, text, times, places, found)
        values = Claimed()
        for evidence in more:
            values.add(evidence.span, claim_of(evidence))
        # What a value tells better, the bytes around its escapes need not tell again; on one
        # line with others it is told exactly.
        return more + [
            one
            for one in found
            if not values.holds(one.span, claim_of(one) + 1)
            and not (_is_one_line(text, one.span) and values.touches(one.span, claim_of(one)))
        ]

    def _unfolded(
        self,
        path: str,
        root: str,
        text: bytes,
        times: LineTimes | None,
        places: Places,
        found: Iterable[Evidence],
    ) -> list[Evidence]:
        """Find what stands in the file otherwise than it reads, and not in ``found`` yet."""
        paper, claimed = Paper(text), Claimed()
        for evidence in found:
            if not _is_one_line(text, evidence.span):
                claimed.add(evidence.span, claim_of(evidence))
        more: list[Evidence] = []
        for view in unfold(path, text):
            fresh: list[Evidence] = []
            for start, end in blocks(view.text):
                block = view.text[start:end]
                ages = times_of(view, start, end, times, paper) if times is not None else None
                for match in self._matches(path, root, block, ages, code=view.code):
                    if view.records and match.bits < _ROW_BITS:
                        continue
                    first, last = start + match.start, start + match.end
                    for span, exact in placed(view, first, last, paper):
                        place = named(view, first, last) or places.name(exact)
                        evidence = _evidence(match, span, place)
                        if view.label is not None or not claimed.holds(span, claim_of(evidence)):
                            fresh.append(evidence)
            for evidence in fresh:
                claimed.add(evidence.span, claim_of(evidence))
            more += fresh
        return more

    def _recorded(
        self, path: str, root: str, text: bytes, times: LineTimes | None
    ) -> Iterable[Match]:
        if not self._names(path):
            return []
        prints = take(text, abstract=False, bulk=self.bulk or None)
        return written(path, root, prints, self.store, times)

    def _matches(
        self,
        path: str,
        root: str,
        text: bytes,
        times: LineTimes | None,
        *,
        code: bool,
        data: bool = False,
    ) -> Iterator[Match]:
        prints = take(text, abstract=code, bulk=self.bulk or None, data=data)
        recorded = written(path, root, prints, self.store, times) if self._names(path) else []
        told: dict[int, set[int]] = {}
        # What a record names needs no likeness to say it again; but a question where text is
        # from, or a suspicion, keeps nobody from knowing better.
        yield from recorded
        for match in search(prints, self._shelf, times, doubtful=is_doubtful):
            weight = weight_of(match)
            if weight not in told:
                told[weight] = _lines(one for one in recorded if weight_of(one) >= weight)
            if not told[weight].issuperset(range(match.first_line, match.last_line + 1)):
                yield match


def _lines(matches: Iterable[Match]) -> set[int]:
    return {line for m in matches for line in range(m.first_line, m.last_line + 1)}


def blocks(text: bytes, size: int = _BLOCK) -> Iterator[tuple[int, int]]:
    """Cut a text at line ends into parts of at most ``size`` bytes; a longer line is cut, too."""
    start = 0
    while len(text) - start > size:
        end = text.rfind(b"\n", start, start + size) + 1 or start + size
        yield start, end
        start = end
    yield start, len(text)


def _is_one_line(text: bytes, span: Span) -> bool:
    return text.find(b"\n", span.start, span.end - 1) < 0


@contextmanager
def _explained(index: Path) -> Iterator[None]:
    """Damage that shows only while the index is read is a fault of the index, not ours."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise IndexFault(
            f"the index {index} is damaged: {error}; move it away and run `redline index update`"
        ) from error


def _evidence(match: Match, span: Span, place: str) -> Evidence:
    """What a match says about the bytes ``span``; ``place`` names them beside their lines."""
    piece = match.piece
    here = f", here in {place}" if place else ""
    if is_live(match):
        return live_evidence(match, span, here, _HOW.get(match.how, ""))
    landed = piece.outcome in ("applied", "unknown")
    if match.how == "written":
        # What failed or was rejected can still be pasted by hand: evidence, but no record of it.
        strength = Strength.RECORDED if landed else Strength.MATCHED
        detail = _DONE.get(piece.kind, "wrote this text") + here
    else:
        strength = Strength.MATCHED if match.sure else Strength.SUSPECTED
        name = piece.path.replace("\\", "/").rpartition("/")[2] or "a file"
        detail = _SAID.get(piece.kind, "wrote the same text").format(path=name)
        detail += f"{here}; {_HOW[match.how]}"
    if not landed:
        detail += f" (the call was {piece.outcome})"
    return Evidence(
        kind=EvidenceKind.SESSION,
        strength=strength,
        span=span,
        assistant=match.session.assistant,
        detail=detail,
        model=piece.model,
        session=match.session.name,
        time=piece.time,
        source=piece.source,
        share=round(match.share, 3),
        bits=round(match.bits, 1),
        position=piece.position if piece.source is not None else None,
    )
