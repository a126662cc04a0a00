"""What a bug report needs, ready to be pasted: no text, no names of sessions, home as ``~``."""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from redline import __version__
from redline.live.analyst import AnalystError
from redline.live.jobs import state_of
from redline.live.state import RoomState
from redline.lsp.log import describe
from redline.report.safe import one_line
from redline.report.summary import moment, plural

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument

COMMAND = "redline.debugInformation"
_MOST_DOCUMENTS = 50
_MOST_ERRORS = 30
_LONGEST = 300


class RecentErrors(logging.Handler):
    """Keeps the last warnings and errors of this server, one line each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: deque[str] = deque(maxlen=_MOST_ERRORS)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; of an exception the kind and the place, for its words may quote."""
        try:
            words = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                words += f" ({describe(record.exc_info[1])})"
            when = moment(int(record.created * 1000))
            self.lines.append(f"{when} {record.levelname.lower()} {one_line(words)[:_LONGEST]}")
        except Exception:
            self.handleError(record)


async def information(server: Server, errors: RecentErrors) -> str:
    """Describe the server and all that it works on."""
    lines = [
        f"redline {__version__}",
        f"python {sys.version.split()[0]} ({platform.system()} {platform.machine()})",
        ", ".join(f"{name} {_version(name)}" for name in ("pygls", "lsprotocol", "tree-sitter")),
        *_client(server),
    ]
    for folder in server.session.projects():
        lines += ["", *await _project(folder)]
    lines += ["", *_documents(server)]
    lines += ["", "recent warnings and errors:"]
    lines += [f"  {line}" for line in errors.lines] or ["  none"]
    return shortened("\n".join(lines) + "\n")


def shortened(text: str) -> str:
    """Write the home folder as ``~`` wherever it stands, in paths and in URIs."""
    home = os.path.expanduser("~")
    if len(home) < 2 or home == "~":
        return text
    for spelling in {home, home.replace("\\", "/"), Path(home).as_uri().removeprefix("file://")}:
        text = text.replace(spelling, "~")
    return text


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _client(server: Server) -> Iterator[str]:
    session = server.session
    yield f"client: {one_line(session.client)[:_LONGEST] or 'does not say its name'}"
    yield f"position encoding: {session.encoding}"
    able = [f.name for f in fields(session.capabilities) if getattr(session.capabilities, f.name)]
    yield f"client is capable of: {', '.join(able) or 'nothing that matters here'}"
    for field in fields(session.settings):
        value = getattr(session.settings, field.name)
        if value != field.default:
            yield f"setting {field.name}: {one_line(str(value))[:_LONGEST]}"


async def _project(folder: Folder) -> list[str]:
    lines = [f"project {one_line(str(folder.root))}"]
    try:
        state = await folder.ask(state_of)
    except AnalystError as error:
        return [*lines, f"  cannot be judged: {one_line(str(error))}"]
    return lines + [f"  {one_line(line)}" for line in _state(state)]


def _state(state: RoomState) -> Iterator[str]:
    yield f"rule files: {', '.join(state.policy_files)}"
    yield f"policy: {state.policy_sha256} ({plural(state.rules, 'rule')}, " + (
        f"{plural(state.zones, 'zone')})"
    )
    for problem in state.problems:
        yield f"problem: {problem}"
    yield f"git: {'yes' if state.git else 'no'}"
    for fault in state.faults:
        yield f"fault: {fault}"
    index = state.index
    if not index.there:
        yield f"index: none at {index.path}"
    elif index.fault:
        yield f"index: {index.path}: {index.fault}"
    else:
        yield f"index: {index.path} ({index.bytes / (1 << 20):.1f} MiB)"
    for assistant, form, sessions, pieces, until in index.assistants:
        newest = f", up to {moment(until)}" if moment(until) else ""
        yield (
            f"  {assistant} ({form}): {plural(sessions, 'session')}, "
            f"{plural(pieces, 'piece')} of text{newest}"
        )
    yield f"judging process: {state.process}"


def _documents(server: Server) -> Iterator[str]:
    documents = list(server.session.documents.values())
    yield f"open documents: {len(documents)}"
    for document in documents[:_MOST_DOCUMENTS]:
        yield f"  {one_line(document.uri)[:_LONGEST]} version {document.version}, " + (
            f"{one_line(document.language_id)[:40]}, "
            f"{plural(len(document.text.lines), 'line')}: {_analysis(document)}"
        )
    if len(documents) > _MOST_DOCUMENTS:
        yield f"  and {len(documents) - _MOST_DOCUMENTS:,} more"


def _analysis(document: OpenDocument) -> str:
    if document.folder is None:
        return "in no project"
    if document.document is not None and document.document.failure:
        # Its kind alone: the words may quote the text.
        return f"failed: {document.document.failure.partition(':')[0][:_LONGEST]}"
    analysis = document.analysis
    if analysis is None:
        return "not judged yet"
    protected = "protected" if analysis.protected else "not protected"
    skips = f", {plural(len(analysis.skips), 'part')} not judged" if analysis.skips else ""
    return f"{protected}, {plural(len(document.shown), 'finding')}{skips}"


def register(server: Server) -> None:
    """Offer the command, and begin to keep what goes wrong."""
    errors = RecentErrors()
    logging.getLogger("redline").addHandler(errors)

    @server.command(COMMAND)
    async def tell(*_arguments: object) -> str:
        return await information(server, errors)
