"""The evidence for a place, side by side with the session's own text, on request only.

The text of a session is read at that moment from its file on this machine. It goes to the
client that asked and, where that can show no page of ours, into a file of the user's cache that
nobody else may read and that goes with the server. Nothing of it is logged.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from redline.live.analyst import AnalystError
from redline.live.beside import Beside
from redline.live.jobs import beside
from redline.live.places import Extent
from redline.live.wording import RuleWords, who
from redline.lsp.facts import Told, finding_lines
from redline.lsp.hover import RuleBook, touches
from redline.lsp.links import behind_record
from redline.lsp.markup import Ink, Markdown
from redline.project.options import cache_folder
from redline.report.safe import one_line
from redline.report.summary import moment

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import OpenDocument

COMMAND = "redline.showEvidence"
SCHEME = "redline-evidence"
_MOST_PAGES = 20
"""Pages that are kept for a client to read again."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody wants explained."""

    document: OpenDocument
    extent: Extent
    findings: tuple[Told, ...]


def page_of(
    path: str, told: Beside, findings: tuple[Told, ...], words: Mapping[str, RuleWords], root: Path
) -> str:
    """Write the evidence for some lines as a Markdown page."""
    ink: Ink = Markdown()
    lines = told.record["lines"]
    first, last = lines["first"], lines["last"]
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    parts = [f"# {ink.text(path)}, {where}"]
    for one in findings:
        head, *facts = finding_lines(one, words.get(one.finding.rule), root, ink, more=20)
        parts += [f"## {head}", "\n".join(f"- {fact}" for fact in facts)]
    if not findings:
        known = len(told.record["evidence"])
        none = "No rule objects to these lines" if known else "Nothing speaks of an assistant here"
        parts.append(f"{none}. That is not proof of human work.")
    parts.append("## Side by side")
    if told.side_by_side:
        parts.append("The file is on the left, what the session wrote is on the right.")
        parts.append(ink.block("\n".join(map(one_line, told.side_by_side.split("\n")))))
    else:
        parts.append("No session on this machine holds text for these lines.")
    parts.append("## What was asked")
    sources = []
    for source in told.sources:
        until = moment(source.until) if source.consulted else None
        state = "" if source.consulted else "not asked, "
        ending = f", up to {until}" if until else ""
        sources.append(f"- {ink.text(source.name)}: {state}{ink.text(source.detail)}{ending}")
    parts.append("\n".join(sources))
    return "\n\n".join(parts) + "\n"


class Pages:
    """Pages that were asked for: served as documents, or put where only this user can read."""

    def __init__(self) -> None:
        self._served: OrderedDict[str, str] = OrderedDict()
        self._folder: Path | None = None

    def serve(self, name: str, text: str) -> str:
        """Keep a page for the client to ask for; return its URI."""
        uri = f"{SCHEME}:/{name}.md"
        self._served[uri] = text
        self._served.move_to_end(uri)
        while len(self._served) > _MOST_PAGES:
            self._served.popitem(last=False)
        return uri

    def read(self, uri: str) -> str | None:
        """The page of a URI, as long as it is kept."""
        return self._served.get(uri)

    def write(self, name: str, text: str) -> str:
        """Put a page into a private file (mode 0600) of the cache; return its URI.

        Raises OSError.
        """
        if self._folder is None or not self._folder.is_dir():
            parent = _folder()
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Only this user may enter (mode 0700); the name tells which process it belongs to.
            self._folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
            atexit.register(self.close)
        file = self._folder / f"{name}.md"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as out:
            out.write(text)
        return file.as_uri()

    def close(self) -> None:
        """Remove what was written."""
        self._served.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _folder() -> Path:
    return cache_folder() / "evidence"


def sweep() -> None:
    """Remove the pages that servers left behind which were killed."""
    try:
        left = list(_folder().iterdir())
    except OSError:
        return
    for folder in left:
        number = folder.name.partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    if process == os.getpid():
        return True
    if os.name == "nt":
        # There a signal ends a process; what is in use cannot be removed anyway.
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


class Evidence:
    """Answers the command."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rules = RuleBook()
        self.pages = Pages()

    async def show(self, argument: object) -> dict[str, Any]:
        """Explain a place: return the record, and show the page where the client can.

        ``argument`` is ``{"uri", "fingerprint"}`` or ``{"uri", "range"}``, optionally with
        ``"show": false``. The record is that of ``docs/explanation.schema.json`` with the page as
        ``markdown`` beside it, with ``locations`` of the evidence in sessions' files and with the
        ``names`` of its assistants as people write them.
        """
        table = argument if isinstance(argument, Mapping) else {}
        document = self._server.session.document(str(table.get("uri")))
        if document is None or document.folder is None:
            raise JsonRpcInvalidParams("the document is not open, or lies in no project")
        folder = document.folder
        text = document.text.to_bytes()
        version = document.version
        analysis = await document.settled()
        if analysis is None:
            raise JsonRpcInvalidParams("the document could not be judged")
        if document.version != version:
            raise JsonRpcInvalidParams("the document was changed meanwhile; ask again")
        asked = _asked(document, table)
        notebook = self._server.notebooks.of(document)
        try:
            if notebook is not None:
                told = await notebook.beside(document.uri, asked.extent, full=False)
            else:
                told = await folder.ask(beside, analysis, text, _lines(asked.extent))
        except AnalystError as error:
            raise JsonRpcInvalidParams(f"the evidence could not be read: {error}") from None
        words = await self._rules.words(folder, analysis.policy)
        page = page_of(analysis.path, told, asked.findings, words, folder.root)
        shown = table.get("show", True) is True and await self._shown(analysis.path, page)
        locations = await behind_record(folder, told.record)
        names = {one["assistant"]: who(one["assistant"]) for one in told.record["evidence"]}
        more = {"markdown": page, "shown": shown, "locations": locations, "names": names}
        return {**told.record, **more}

    async def _shown(self, path: str, page: str) -> bool:
        capabilities = self._server.session.capabilities
        if not capabilities.shows_documents:
            return False
        name = "".join(c if c.isalnum() else "-" for c in path.rpartition("/")[2])[:60] or "file"
        try:
            if _serves(self._server):
                uri = self.pages.serve(f"evidence-{name}", page)
            else:
                uri = self.pages.write(f"evidence-{name}", page)
        except OSError as error:
            _log.warning("a page of evidence cannot be written: %s", error.strerror)
            return False
        params = types.ShowDocumentParams(uri, external=False, take_focus=True)
        with suppress(Exception):
            # Whatever a client answers to that, its person has the record.
            result = await self._server.window_show_document_async(params)
            return bool(result.success)
        return False


def _asked(document: OpenDocument, table: Mapping[Any, Any]) -> _Asked:
    """Find the place that a client means; raises ``JsonRpcInvalidParams``."""
    fingerprint = table.get("fingerprint")
    if isinstance(fingerprint, str):
        for one in document.shown:
            if one.finding.fingerprint == fingerprint:
                return _Asked(document, one.extent, (Told(one.finding, one.share),))
        raise JsonRpcInvalidParams("there is no such finding in the document now")
    try:
        told = table["range"]
        start = types.Position(int(told["start"]["line"]), int(told["start"]["character"]))
        end = types.Position(int(told["end"]["line"]), int(told["end"]["character"]))
    except (KeyError, TypeError, ValueError):
        raise JsonRpcInvalidParams("give a fingerprint, or a range") from None
    extent = document.extent_of(types.Range(start, end))
    found = tuple(
        Told(one.finding, one.share)
        for one in document.shown
        if one.extent.overlaps(extent) or touches(one.extent, extent.start)
    )
    return _Asked(document, extent, found)


def _lines(extent: Extent) -> tuple[int, int]:
    last = extent.end.line
    if extent.end.column == 0 and last > extent.start.line:
        last -= 1
    return extent.start.line + 1, last + 1


def _serves(server: Server) -> bool:
    """Tell whether the client can ask for the text of a document of ours (LSP 3.18)."""
    space = server.protocol.client_capabilities.workspace
    return bool(space and space.text_document_content)


def register(server: Server) -> None:
    """Offer the command, and the pages to clients that ask for them."""
    evidence = Evidence(server)
    server.session.on_end.append(evidence.pages.close)
    # What a killed server left must not wait until somebody asks again.
    sweep()

    @server.command(COMMAND)
    async def show(argument: Any = None) -> dict[str, Any]:  # noqa: ANN401 -- from a client
        return await evidence.show(argument)

    if _serves(server):

        @server.feature(
            types.WORKSPACE_TEXT_DOCUMENT_CONTENT, types.TextDocumentContentOptions([SCHEME])
        )
        def content(params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
            page = evidence.pages.read(params.uri)
            if page is None:
                raise JsonRpcInvalidParams("this page is no longer kept; ask for it again")
            return types.TextDocumentContentResult(page)
