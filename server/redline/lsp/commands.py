"""Commands behind quick fixes: have a fix applied, tell where a text is from."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from redline.ledger import Answer, LedgerError
from redline.live.analysis import Analysis
from redline.live.analyst import AnalystError
from redline.live.declaring import Told
from redline.live.jobs import declare_in
from redline.live.places import Extent
from redline.live.spans import ByteMap
from redline.lsp.planner import CHANGED, Judged, Refusal
from redline.origins.records.names import UNKNOWN, title
from redline.report.safe import one_line

if TYPE_CHECKING:
    from redline.lsp.planner import Planner
    from redline.lsp.server import Server
    from redline.lsp.session import OpenDocument

FIX: Final = "redline.fix"
"""For clients that know no edits in code actions: ``{uri, fingerprint, fix}``."""
DECLARE: Final = "redline.declare"
"""``{uri, fingerprint | range, answer?, assistant?, link?, reason?}``."""
ANSWERS: Final = {
    Answer.MINE: "This text is my own work",
    Answer.REPOSITORY: "This text is from elsewhere in this repository",
    Answer.ASSISTANT: "An assistant wrote this text",
    Answer.WEB: "This text is from the web",
    Answer.UNKNOWN: "I do not know where this text is from",
}
_ASSISTANTS: Final = ("claude-code", "codex", "copilot", "cursor", "chatgpt", "gemini")
_ANOTHER: Final = "Another"

_log = logging.getLogger(__name__)


class Commands:
    """Carries out what a person chose; arguments come from a client and are checked."""

    def __init__(self, server: Server, planner: Planner) -> None:
        self._server = server
        self._planner = planner

    async def fix(self, argument: object) -> bool:
        """Plan a fix for the text as it is now and have the client apply it."""
        table = _table(argument)
        uri, fingerprint, name = (_word(table, key) for key in ("uri", "fingerprint", "fix"))
        if uri is None or fingerprint is None or name is None:
            raise JsonRpcInvalidParams("give uri, fingerprint and fix, each a text")
        try:
            edit = await self._planner.plan_named(uri, fingerprint, name)
        except Refusal as refusal:
            say(self._server, str(refusal))
            return False
        params = types.ApplyWorkspaceEditParams(edit, label="Redline")
        try:
            result = await self._server.workspace_apply_edit_async(params)
        except JsonRpcException as error:
            _log.warning("the client did not apply a fix: %s", error.message)
            return False
        if not result.applied:
            say(self._server, "The editor did not apply the fix; nothing was done.")
        return bool(result.applied)

    async def declare(self, argument: object) -> str | None:
        """Write an answer into the ledger; return its file, relative to the root.

        Without an answer the person is asked. None where nobody answers, or it cannot be kept.
        """
        table = _table(argument)
        document = self._server.session.document(_word(table, "uri") or "")
        if document is None:
            raise JsonRpcInvalidParams("the document is not open")
        given = table.get("answer")
        if given is not None and given not in list(Answer):
            raise JsonRpcInvalidParams(f"answer must be one of {', '.join(Answer)}")
        more = {key: _word(table, key) for key in ("assistant", "link", "reason")}
        if wrong := [key for key, word in more.items() if word is None and key in table]:
            raise JsonRpcInvalidParams(f"{wrong[0]} must be a text")
        judged, place = await self._place(document, table)
        if judged is None or place is None:
            say(self._server, CHANGED)
            return None
        lines = _lines(judged, place[0])
        answer = Answer(given) if given is not None else await self._asked(lines)
        if answer is None:
            return None
        if answer is Answer.ASSISTANT and more["assistant"] is None:
            more["assistant"] = await self._assistant(lines)
            if more["assistant"] is None:
                return None
        if document.version != judged.target.version:
            # While the person thought, the text went on: the answer was about what stood there.
            say(self._server, CHANGED)
            return None
        extent, zone = place
        subject = judged.subject
        told = Told(
            path=subject.path,
            text=subject.text,
            extent=extent,
            zone=zone,
            answer=answer,
            at=time.time_ns() // 1_000_000,
            notebook=subject.notebook,
            cell=subject.cell,
            **more,
        )
        try:
            entry = await judged.folder.ask(declare_in, told)
        except LedgerError as error:
            say(self._server, f"The answer was not kept: {error.what}. {_sentence(error.help)}")
            return None
        except AnalystError as error:
            _log.error("an answer was not kept: %s", error)
            say(self._server, "The answer could not be kept.")
            return None
        self._server.session.rules_changed(judged.folder)
        return entry

    async def _place(
        self, document: OpenDocument, table: Mapping[str, Any]
    ) -> tuple[Judged | None, tuple[Extent, str] | None]:
        """What the answer is about, and in which zone; raises ``JsonRpcInvalidParams``."""
        fingerprint = _word(table, "fingerprint")
        range_ = None if fingerprint is not None else _range(table.get("range"))
        judged = await self._planner.judged(document)
        analysis = document.analysis
        if judged is None or analysis is None:
            return None, None
        found = zip(analysis.findings, analysis.extents, strict=True)
        if fingerprint is not None:
            return judged, next(
                ((extent, one.zone) for one, extent in found if one.fingerprint == fingerprint),
                None,
            )
        assert range_ is not None
        extent = document.extent_of(range_)
        zones = (one.zone for one, where in found if where.overlaps(extent))
        zone = next(zones, None) or _zone_at(judged, analysis, extent)
        if zone is None:
            raise JsonRpcInvalidParams("this text lies in no zone: nobody asks there")
        return judged, (extent, zone)

    async def _asked(self, lines: str) -> Answer | None:
        titles = {words: answer for answer, words in ANSWERS.items()}
        chosen = await self._choice(f"Where is this text from: {lines}?", tuple(titles))
        return titles[chosen] if chosen is not None else None

    async def _assistant(self, lines: str) -> str | None:
        titles = {title(name): name for name in _ASSISTANTS}
        question = f"Which assistant wrote {lines}?"
        chosen = await self._choice(question, (*titles, _ANOTHER))
        return titles.get(chosen, UNKNOWN) if chosen is not None else None

    async def _choice(self, question: str, choices: tuple[str, ...]) -> str | None:
        items = [types.MessageActionItem(choice) for choice in choices]
        kind = types.MessageType.Info
        params = types.ShowMessageRequestParams(kind, f"Redline: {question}", items)
        try:
            item = await self._server.window_show_message_request_async(params)
        except JsonRpcException as error:
            _log.info("the client did not ask: %s", error.message)
            return None
        return item.title if item is not None and item.title in choices else None


def _zone_at(judged: Judged, analysis: Analysis, extent: Extent) -> str | None:
    """The zone of a place where nothing was found, that of a unit before the file's."""
    hits = analysis.zones
    if judged.subject.notebook is None:
        span = ByteMap(judged.subject.text).span(extent)
        hits = tuple(hit for hit in hits if hit.span is None or hit.span.overlaps(span))
        hits = tuple(sorted(hits, key=lambda hit: hit.span is None))
    return next((hit.zone for hit in hits), None)


def say(server: Server, message: str) -> None:
    """Tell the person at the editor."""
    told = types.ShowMessageParams(types.MessageType.Info, f"Redline: {message}")
    server.window_show_message(told)


def _lines(judged: Judged, extent: Extent) -> str:
    """The lines that a question is about, for people."""
    first, last = extent.start.line + 1, extent.end.line + 1
    if extent.end.column == 0 and last > first:
        last -= 1
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    cell = "a cell of " if judged.subject.notebook is not None else ""
    return one_line(f"{lines} of {cell}{judged.subject.path}")


def _table(argument: object) -> Mapping[str, Any]:
    if not isinstance(argument, Mapping):
        raise JsonRpcInvalidParams("give a table as the only argument")
    return argument


def _word(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _range(value: object) -> types.Range:
    try:
        told: Any = value
        ends = [told[end][part] for end in ("start", "end") for part in ("line", "character")]
    except (KeyError, TypeError, IndexError):
        ends = []
    if len(ends) != 4 or any(type(end) is not int or end < 0 for end in ends):
        raise JsonRpcInvalidParams("give a fingerprint, or a range")
    return types.Range(types.Position(*ends[:2]), types.Position(*ends[2:]))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
