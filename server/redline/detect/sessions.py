"""Evidence from assistants' own sessions, through the origin index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ..matching.lookup import Lookup, open_lookup
from ..matching.prints import is_code, take
from ..matching.search import LineTimes, Match, search
from ..matching.store import Store
from ..matching.written import written
from ..model import Evidence, EvidenceKind, Source, Span, Strength
from ..origins.records.names import title

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
    "plan": "planned with the same text",
    "reasoning": "noted the same text while reasoning",
}
_HOW = {
    "verbatim": "the text is the same",
    "renamed": "the text is the same but for names and layout",
    "lines": "the same rare lines follow each other",
}


@dataclass
class SessionDetector:
    """The origin index, opened for one run."""

    store: Store
    lookup: Lookup

    @classmethod
    def open(cls, index: Path) -> SessionDetector:
        """Open an index for reading; raises ``IndexFault``."""
        store = Store(index)
        return cls(store, open_lookup(store))

    def __enter__(self) -> SessionDetector:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def sources(self) -> list[Source]:
        """What the index holds, an entry per assistant."""
        rows = self.store.tally()
        if not rows:
            return [Source("sessions", False, "the index is empty; run `redline index update`")]
        return [
            Source(f"{title(assistant)} sessions", True, f"{pieces} pieces of text", count, until)
            for assistant, _, count, pieces, until in rows
        ]

    def evidence(
        self, path: str, root: str, text: bytes, times: LineTimes | None = None
    ) -> list[Evidence]:
        """Find what sessions account for in ``text``, the content of ``path`` under ``root``.

        ``times`` says when each line was committed (ms); without it the time rule
        knows only what the assistant had read before it wrote.
        """
        if not len(self.lookup) and not self.store.pieces_named(path.rpartition("/")[2]):
            return []
        prints = take(text, abstract=is_code(path))
        recorded = written(path, root, prints, self.store, times)
        lines = {line for m in recorded for line in range(m.first_line, m.last_line + 1)}
        # What a record names needs no likeness to say it again.
        matched = [
            match
            for match in search(prints, self.store, self.lookup, times)
            if not lines.issuperset(range(match.first_line, match.last_line + 1))
        ]
        return [_evidence(match) for match in (*recorded, *matched)]


def _evidence(match: Match) -> Evidence:
    piece = match.piece
    landed = piece.outcome in ("applied", "unknown")
    if match.how == "written":
        # What failed or was rejected can still be pasted by hand: evidence, but no record of it.
        strength = Strength.RECORDED if landed else Strength.MATCHED
        detail = _DONE.get(piece.kind, "wrote this text")
    else:
        strength = Strength.MATCHED if match.sure else Strength.SUSPECTED
        name = piece.path.replace("\\", "/").rpartition("/")[2] or "a file"
        detail = f"{_SAID.get(piece.kind, 'wrote the same text').format(path=name)}; "
        detail += _HOW[match.how]
    if not landed:
        detail += f" (the call was {piece.outcome})"
    return Evidence(
        kind=EvidenceKind.SESSION,
        strength=strength,
        span=Span(match.start, match.end),
        assistant=match.session.assistant,
        detail=detail,
        model=piece.model,
        session=match.session.name,
        time=piece.time,
        source=piece.source,
        share=round(match.share, 3),
        bits=round(match.bits, 1),
    )
