"""The state of open documents, for plugins: ``redline/documentState``.

It is told when a judging has come in and something else than places has changed. Places that
edits alone have moved are left to the client, as it would move them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from redline.live.analysis import Analysis
from redline.live.blocks import Journal
from redline.live.claims import lines_of
from redline.live.document import Document
from redline.live.passages import Passage, moved, touches
from redline.live.places import Extent
from redline.live.status import State, Status, status_of
from redline.lsp.convert import Wire, range_of

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import OpenDocument

METHOD: Final = "redline/documentState"
_PATIENCE: Final = 0.4
"""Seconds after which it is said that a document is being judged: most are judged sooner."""
_MOST_FOLLOWED: Final = 20_000
"""Edits times passages that are followed; beyond, everything is told again."""
_MOST_EDITS: Final = 1_000

_Places: TypeAlias = tuple[tuple[Passage, Extent], ...]


@dataclass(slots=True)
class _Told:
    """What a client knows of a document, and what that was made of."""

    document: OpenDocument
    live: Document | None
    analysis: Analysis | None
    failure: str
    status: Status
    places: _Places = ()
    since: Journal | None = None
    """The edits since; None where nobody follows them."""


class DocumentStates:
    """Keeps a plugin told; a key costs a look at whether anything came in."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._told: dict[str, _Told] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def changed(self, document: OpenDocument) -> None:
        """Tell the client where there is something new to tell."""
        live = document.document
        analysis, failure = (live.analysis, live.failure) if live is not None else (None, "")
        known = self._told.get(document.uri)
        if known is not None and known.document is document:
            if known.live is live and known.analysis is analysis and known.failure == failure:
                if known.since is not None and len(known.since.edits) > _MOST_EDITS:
                    known.since = None
                return
        else:
            known = None
        if live is not None and analysis is None and not failure:
            self._wait(document)
            return
        self._judged(document, known)

    def closed(self, document: OpenDocument) -> None:
        """Forget a document."""
        self._told.pop(document.uri, None)
        self._stop(document.uri)

    def placed(self) -> None:
        """Projects have come or gone: what is open may belong elsewhere."""
        for document in list(self._server.session.documents.values()):
            self.changed(document)

    def _judged(self, document: OpenDocument, known: _Told | None) -> None:
        self._stop(document.uri)
        live = document.document
        if live is None:
            new = _Told(document, None, None, "", Status(State.OUTSIDE))
        else:
            shown = [one.finding for one in live.shown]
            status = status_of(live.analysis, shown, live.failure)
            new = _Told(document, live, live.analysis, live.failure, status, _places(live))
            if new.places:
                new.since = live.reception.begun()
        self._told[document.uri] = new
        if known is None or known.status != new.status or not _follows(known, new.places):
            self._send(new)

    def _send(self, told: _Told) -> None:
        status, document = told.status, told.document
        params: Wire = {
            "textDocument": {"uri": document.uri, "version": document.version},
            "state": status.state,
            "words": status.words,
            "zones": list(status.zones),
            "counts": status.counts,
            "questions": status.questions,
            "regions": [_region(document, *one) for one in told.places],
        }
        if status.reason:
            params["reason"] = status.reason
        self._server.send(METHOD, params)

    def _wait(self, document: OpenDocument) -> None:
        """Say that a document is being judged, unless it soon was."""
        if document.uri not in self._timers:
            loop = asyncio.get_running_loop()
            work = loop.call_later(_PATIENCE, self._still_judging, document)
            self._timers[document.uri] = work

    def _still_judging(self, document: OpenDocument) -> None:
        self._timers.pop(document.uri, None)
        live = document.document
        told = _Told(document, live, None, "", Status(State.JUDGING))
        self._told[document.uri] = told
        self._send(told)

    def _stop(self, uri: str) -> None:
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()


def _places(live: Document) -> _Places:
    """What is known of the text as it is at this moment, by place."""
    if not live.failure:
        found = (one for one in live.passages if not one[1].is_empty)
    else:
        # The last judging is of an older text; findings have been followed since.
        found = (
            (Passage.of(one.finding.region, one.finding.fingerprint), one.extent)
            for one in live.shown
        )
    return tuple(sorted(found, key=lambda one: one[1]))


def _follows(known: _Told, places: Sequence[tuple[Passage, Extent]]) -> bool:
    """Tell whether a client that moved what it knew along with the edits has it right."""
    if [one for one, _ in known.places] != [one for one, _ in places]:
        return False
    edits = known.since.edits if known.since is not None else None
    if edits is None:
        return not places
    if len(edits) * len(places) > _MOST_FOLLOWED:
        return False
    for (_, before), (_, now) in zip(known.places, places, strict=True):
        extent = before
        for edit in edits:
            if touches(extent, edit):
                return False
            extent = moved(extent, (edit,))
        if extent != now:
            return False
    return True


def _region(document: OpenDocument, passage: Passage, extent: Extent) -> Wire:
    told: Wire = {
        "range": range_of(document.units_of(extent.start), document.units_of(extent.end)),
        "assistant": passage.claim.assistant,
        "strength": str(passage.strength),
        "words": passage.claim.words(len(lines_of(extent))),
    }
    if passage.fingerprint is not None:
        told["fingerprint"] = passage.fingerprint
    return told


def register(server: Server) -> None:
    """Tell of states where the client understands them."""
    session = server.session
    if not session.capabilities.document_state:
        return
    states = DocumentStates(server)
    session.on_open.append(states.changed)
    session.on_findings.append(states.changed)
    session.on_close.append(states.closed)
    session.on_folders.append(states.placed)
