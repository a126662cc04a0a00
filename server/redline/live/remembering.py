"""Learn what the editor knows of a text into the origin index, so that it outlives the editor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from redline.indexer.edits import LiveEdit, learn
from redline.live.analysis import LiveMark
from redline.live.spans import ByteMap
from redline.live.workroom import Workroom


def remember(
    room: Workroom,
    path: str,
    text: bytes,
    marks: Sequence[LiveMark],
    kind: str,
    via: str,
    time: int,
    replaced: str = "",
) -> int:
    """Learn the marked parts of ``text`` (UTF-8), the content of ``path``; return the new pieces.

    ``path`` is relative to the root, ``time`` in ms; ``kind`` and ``via`` as in ``LiveEdit``.
    ``replaced`` is what stood where the marked parts stand now, if anything did.
    Nothing happens where the project has no index. Raises ``IndexFault``.
    """
    index = room.project.index
    if index is None:
        return 0
    return learn(index, list(_edits(room, path, text, marks, kind, via, time, replaced)))


def _edits(
    room: Workroom,
    path: str,
    text: bytes,
    marks: Sequence[LiveMark],
    kind: str,
    via: str,
    time: int,
    replaced: str,
) -> Iterable[LiveEdit]:
    places = ByteMap(text)
    for mark in marks:
        span, evidence = places.span(mark.extent), mark.evidence
        before = text[text.rfind(b"\n", 0, span.start) + 1 : span.start]
        # A block that ends with its line has nothing of the next one.
        ended = text[span.start : span.end].endswith(b"\n")
        after = b"" if ended else text[span.end :].partition(b"\n")[0]
        yield LiveEdit(
            path=(room.root / path).as_posix(),
            text=_decoded(text[span.start : span.end]),
            assistant=evidence.assistant,
            kind=kind,
            time=time,
            model=evidence.model,
            via=via,
            strength=evidence.strength,
            before=_decoded(before),
            after=_decoded(after),
            replaced=replaced,
        )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        # A file in another encoding: its words of plain letters are still the same.
        return data.decode("utf-8", "replace")
