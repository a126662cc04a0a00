"""Links from a finding to what stands behind it: the session that says so, else the rule's line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from redline.live.analyst import AnalystError
from redline.live.document import Shown
from redline.live.jobs import line_of, readable_sessions
from redline.live.places import Extent, Place
from redline.live.wording import who
from redline.lsp.convert import Wire, range_of
from redline.lsp.facts import rule_place, session_file
from redline.model import Evidence

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument

_MOST = 200
_MOST_LINES = 10
_FAMILY = "redline-session"


@dataclass(frozen=True, slots=True)
class _Behind:
    """What a finding's best evidence was read from."""

    path: Path
    evidence: Evidence


def _behind(shown: Shown) -> _Behind | None:
    for piece in shown.finding.region.evidence:
        path = session_file(piece)
        if path is not None:
            return _Behind(path, piece)
    return None


def _head(document: OpenDocument, extent: Extent) -> Extent | None:
    """The first line of a region, without its indentation and end; None if nothing is left."""
    first = document.text.lines[extent.start.line]
    stop = extent.end.column if extent.end.line == extent.start.line else len(first)
    text = first[extent.start.column : stop]
    start = extent.start.column + len(text) - len(text.lstrip())
    end = extent.start.column + len(text.rstrip())
    if start >= end:
        return None
    return Extent(Place(extent.start.line, start), Place(extent.start.line, end))


async def links_of(document: OpenDocument) -> list[types.DocumentLink]:
    """The links of an open document, one for each finding that leads somewhere."""
    folder = document.folder
    if folder is None or not document.shown:
        return []
    shown = document.shown[:_MOST]
    files = {str(one.path) for one in map(_behind, shown) if one is not None}
    version = document.version
    try:
        readable = await folder.ask(readable_sessions, sorted(files)) if files else frozenset()
    except AnalystError:
        readable = frozenset()
    if document.version != version:
        # The places are no longer those; the client asks again.
        return []
    links: list[types.DocumentLink] = []
    lines: set[int] = set()
    for one in shown:
        head = _head(document, one.extent)
        if head is None or head.start.line in lines:
            continue
        link = types.DocumentLink(document.range_of(head))
        behind = _behind(one)
        if behind is not None and str(behind.path) in readable:
            link.tooltip = f"The session in which {who(behind.evidence.assistant)} wrote this"
            link.data = {
                "redline": _FAMILY,
                "uri": document.uri,
                "fingerprint": one.finding.fingerprint,
            }
        else:
            place = rule_place(one.finding.origin, folder.root)
            if place is None:
                continue
            link.target = f"{place[0]}#L{place[1]}"
            link.tooltip = f"The line of the rule file that protects this: {one.finding.zone}"
        lines.add(head.start.line)
        links.append(link)
    return links


async def resolved(server: Server, link: types.DocumentLink) -> types.DocumentLink:
    """Find the line of the session that a link means, when somebody follows it.

    What comes back from a client only chooses among the findings that are shown.
    """
    data: Any = link.data
    if not isinstance(data, Mapping) or data.get("redline") != _FAMILY:
        return link
    document = server.session.document(str(data.get("uri")))
    if document is None or document.folder is None:
        return link
    for one in document.shown:
        behind = _behind(one)
        if one.finding.fingerprint != data.get("fingerprint") or behind is None:
            continue
        line: int | None = None
        try:
            position = behind.evidence.position or 0
            line = await document.folder.ask(line_of, str(behind.path), position)
        except AnalystError:
            line = None
        link.target = behind.path.as_uri() + (f"#L{line}" if line is not None else "")
        break
    return link


async def behind_record(folder: Folder, record: Mapping[str, Any]) -> list[Wire | None]:
    """Where each piece of evidence of an explanation stands in a session's file, if it is here.

    Only for the first ``_MOST_LINES`` pieces: a file is read up to the line.
    """
    pieces = [
        (str(one["source"]), one["position"])
        if one["kind"] == "session" and one["source"] and one["position"] is not None
        else None
        for one in record["evidence"]
    ]
    found: list[Wire | None] = [None] * len(pieces)
    for number, piece in enumerate(pieces[:_MOST_LINES]):
        if piece is None or not Path(piece[0]).is_absolute():
            continue
        try:
            line = await folder.ask(line_of, *piece)
        except AnalystError:
            continue
        if line is not None:
            place = range_of((line - 1, 0), (line - 1, 0))
            found[number] = {"uri": Path(piece[0]).as_uri(), "range": place}
    return found


def register(server: Server) -> None:
    """Answer requests for links."""

    @server.feature(
        types.TEXT_DOCUMENT_DOCUMENT_LINK, types.DocumentLinkOptions(resolve_provider=True)
    )
    async def links(params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
        document = server.session.document(params.text_document.uri)
        return await links_of(document) if document is not None else None

    @server.feature(types.DOCUMENT_LINK_RESOLVE)
    async def resolve(link: types.DocumentLink) -> types.DocumentLink:
        return await resolved(server, link)
