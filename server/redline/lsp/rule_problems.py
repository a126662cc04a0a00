"""What is wrong with rule files, told at their own lines while they are written."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redline.live.analyst import AnalystError
from redline.live.jobs import look
from redline.live.places import Place
from redline.live.rule_state import RuleState, Spot, Texts, Tried, Trouble
from redline.live.text import LiveText
from redline.lsp.convert import SOURCE, Wire
from redline.lsp.session import Folder, OpenDocument
from redline.policy.file import MAX_BYTES, NAME
from redline.report.safe import one_line

if TYPE_CHECKING:
    from redline.lsp.server import Server

_DELAY: Final = 0.15
"""Seconds after the last key until rule files are read again."""
_HEAD: Final = 40
"""Lines in which a pack says that it is one."""
_SCHEMA: Final = re.compile(r"schema\s*:\s*['\"]?policy/")
_MOST: Final = 200

_UNKNOWN: Final = RuleState((), (), stands=True, sha256="")

_log = logging.getLogger(__name__)


class RuleProblems:
    """Keeps clients told what is wrong with the rule files of their projects.

    Problems are pushed to each file's own URI, whether it is open or not, also to clients that
    ask for diagnostics: those of a file that nobody has opened would never be asked for.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._states: dict[Folder, RuleState] = {}
        self._tests: dict[Folder, tuple[Trouble, ...]] = {}
        self._seen: dict[str, int] = {}
        """The version of each open rule file that was looked at, or is about to be."""
        self._timers: dict[Folder, asyncio.TimerHandle] = {}
        self._tasks: dict[Folder, asyncio.Task[None]] = {}
        self._told: dict[str, tuple[Folder, list[Wire]]] = {}

    def is_rule_file(self, document: OpenDocument) -> bool:
        """Tell whether a document is a rule file: by its name, its use, or its first lines."""
        path, folder = document.path, document.folder
        if path is None or folder is None or not document.uri.startswith("file:"):
            return False
        if path.rpartition("/")[2] == NAME:
            return True
        if not path.endswith((".yaml", ".yml")):
            return False
        state = self._states.get(folder)
        if state is not None and path in state.files:
            return True
        return any(_SCHEMA.match(line) for line in document.text.lines[:_HEAD])

    def texts(self, folder: Folder) -> Texts:
        """The open rule files of a project, as they are now."""
        return tuple(
            (document.path, readable(document.text))
            for document in self._server.session.documents.values()
            if document.folder is folder and document.path and self.is_rule_file(document)
        )

    def changed(self, document: OpenDocument) -> None:
        """Read the rules again where a rule file was opened or edited, or a project is new."""
        folder = document.folder
        if folder is None:
            return
        if self._seen.get(document.uri) != document.version and self.is_rule_file(document):
            self._seen[document.uri] = document.version
            # Where a test failed says nothing of the text that there is now.
            self._tests.pop(folder, None)
            self._soon(folder)
        elif not any(folder in known for known in (self._states, self._timers, self._tasks)):
            self._soon(folder)
        if document.uri in self._told and document.shown:
            # What was found in it was told just now, and replaces what a client was told before.
            self._publish(document.uri, self._told[document.uri][1], document)

    def saved(self, document: OpenDocument) -> None:
        """Put what was saved in force."""
        if document.folder is not None and self.is_rule_file(document):
            self._soon(document.folder, 0)

    def closed(self, document: OpenDocument) -> None:
        """From now on what lies on disk counts."""
        self._seen.pop(document.uri, None)
        told = self._told.pop(document.uri, None)
        if told is not None:
            self._publish(document.uri, [], None)
        if document.folder in self._states and told is not None:
            self._soon(document.folder)

    def rules_changed(self, folder: Folder) -> None:
        """A rule file has changed on disk."""
        if folder in self._states:
            self._soon(folder)

    def follow(self) -> None:
        """Forget projects that are no longer open."""
        projects = self._server.session.projects()
        for folder in [one for one in self._states if one not in projects]:
            self._forget(folder)

    def tried(self, folder: Folder, run: Tried) -> None:
        """Show which tests failed, until the rules are edited."""
        self._tests[folder] = run.troubles
        state = self._states.get(folder)
        self._tell(folder, (*(state.troubles if state else ()), *run.troubles))

    def place(self, spot: Spot) -> tuple[str, Wire]:
        """The URI of a spot and its range, as the client spells and counts."""
        path = Path(spot.path)
        document = next(self._server.session.documents_at(path), None)
        uri = document.uri if document is not None else path.as_uri()
        text = LiveText(spot.written)
        encoding = self._server.session.encoding
        first, last = (Place(0, point.column - 1) for point in spot.stretch)
        line = spot.stretch.start.line - 1
        return uri, {
            "start": {"line": line, "character": text.units(first, encoding)[1]},
            "end": {"line": line, "character": text.units(last, encoding)[1]},
        }

    def _soon(self, folder: Folder, delay: float = _DELAY) -> None:
        timer = self._timers.get(folder)
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[folder] = loop.call_later(delay, self._begin, folder)

    def _begin(self, folder: Folder) -> None:
        running = self._tasks.get(folder)
        if running is not None and not running.done():
            # One after the other: the older must not be told after the newer.
            self._soon(folder)
            return
        self._timers.pop(folder, None)
        if folder in self._server.session.projects():
            self._tasks[folder] = asyncio.ensure_future(self._look(folder))
        else:
            self._forget(folder)

    async def _look(self, folder: Folder) -> None:
        try:
            await self._read(folder)
        except AnalystError as error:
            _log.warning("the rule files could not be read: %s", error)
        except Exception:
            _log.exception("the rule files could not be read")
        self._states.setdefault(folder, _UNKNOWN)

    async def _read(self, folder: Folder) -> None:
        before = self._states.get(folder)
        state = await folder.ask(look, self.texts(folder))
        self._states[folder] = state
        if state.stands != (before is None or before.stands):
            root = one_line(str(folder.root))
            if state.stands:
                _log.info("the rule files of %s are right again, and in force", root)
            else:
                _log.warning(
                    "the rule files of %s are wrong; the last that were right stay in force", root
                )
        if folder not in self._timers:
            # Otherwise it was edited meanwhile, and is told of when it has been read again.
            self._tell(folder, (*state.troubles, *self._tests.get(folder, ())))
        if before is not None and before.sha256 != state.sha256:
            self._server.session.rules_changed(folder)
            await self._server.workspace_diagnostics.rules_changed(folder)

    def _tell(self, folder: Folder, troubles: tuple[Trouble, ...]) -> None:
        wires: dict[str, list[Wire]] = {}
        for trouble in troubles:
            uri, range_ = self.place(trouble.spot)
            listed = wires.setdefault(uri, [])
            if len(listed) < _MOST:
                listed.append(_wire(trouble, range_))
        for uri in [uri for uri, (of, _) in self._told.items() if of is folder]:
            wires.setdefault(uri, [])
        for uri, listed in wires.items():
            known = self._told.get(uri)
            if known is not None and known[1] == listed:
                continue
            if listed:
                self._told[uri] = (folder, listed)
            else:
                self._told.pop(uri, None)
            self._publish(uri, listed, self._server.session.document(uri))

    def _publish(self, uri: str, wires: list[Wire], document: OpenDocument | None) -> None:
        capabilities = self._server.session.capabilities
        if document is not None and not capabilities.pull:
            wires = [*self._server.diagnostics.of(document), *wires]
        params: Wire = {"uri": uri, "diagnostics": wires}
        if document is not None and capabilities.versioned:
            params["version"] = document.version
        self._server.send("textDocument/publishDiagnostics", params)

    def _forget(self, folder: Folder) -> None:
        self._states.pop(folder, None)
        self._tests.pop(folder, None)
        self._tell(folder, ())


def readable(text: LiveText) -> str:
    """As much of a text as a rule file may hold, and a little more, so that it is refused."""
    size = 0
    for number, line in enumerate(text.lines):
        size += len(line)
        if size > MAX_BYTES:
            return "".join(text.lines[: number + 1])[: MAX_BYTES + 1]
    return str(text)


def _wire(trouble: Trouble, range_: Wire) -> Wire:
    message = one_line(trouble.message)
    if trouble.test:
        message = f"The test '{one_line(trouble.test)}' fails: {message}"
    return {
        "range": range_,
        "severity": 1,
        "code": "rule-test" if trouble.test else "rule-file",
        "source": SOURCE,
        "message": f"{message}\n{one_line(trouble.help)}" if trouble.help else message,
    }
