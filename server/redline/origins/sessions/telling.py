"""Builds a reader's events in file order, remembering what the later records need."""

from __future__ import annotations

import math
import ntpath
import posixpath
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from ..alignment import new_runs
from ..events import Context, Event, Kind, Outcome, Produced, Session, Settled
from ..fences import fences
from ..patches import BEGIN, FilePatch, envelope, unified
from ..shell import inline_texts, leading_folder
from .listings import views

State: TypeAlias = dict[str, Any]
"""JSON-able; what a reader has to know of the records before."""

_ABSOLUTE = re.compile(r"^(?:[/~\\]|[A-Za-z]:[\\/])")
_FEWEST_WORDS = 12
"""Words that make what an answer says worth telling; "Done." is everybody's."""
_ELIDED = re.compile(r"^.*\.\.\. ?existing code ?\.\.\..*$\n?", re.MULTILINE | re.IGNORECASE)


class Teller:
    """Turns what one record says into events.

    ``state`` outlives the reading of the file: with it, a reading that begins where
    the last one ended tells exactly what one reading of the whole would have told.
    """

    def __init__(self, state: State, assistant: str, form: str) -> None:
        self.state = state
        self.agent: str | None = None
        self.place: tuple[object, ...] = ()
        """What the last record said of its session; saves looking it up for each record."""
        self._assistant = assistant
        self._form = form
        self._events: list[Event] = []
        self._position = 0
        self._time: object = None
        self._call: str | None = None
        self._folder: str | None = None

    def at(self, position: int, time: object = None) -> None:
        """Begin a record: where it stands, and when it was made (ISO text or a number)."""
        self._position = position
        self._time = time
        self._call = None
        self._folder = None
        self.agent = None

    def drain(self) -> list[Event]:
        """Return the events told since the last time."""
        events, self._events = self._events, []
        return events

    def session(self, **changes: str | None) -> None:
        """Tell the session if one of ``id, version, parent, cwd, commit, repository`` changed."""
        state = self.state
        news = {key: value for key, value in changes.items() if value and state.get(key) != value}
        if not news:
            return
        version_alone = "told" in state and not news.keys() - {"version"}
        state.update(news)
        if "id" not in state:
            return
        if version_alone:
            return
        state["told"] = True
        version = state.get("version")
        self._events.append(
            Session(
                id=state["id"],
                assistant=state.get("assistant", self._assistant),
                format=f"{self._form} {version}" if version else self._form,
                parent=state.get("parent"),
                cwd=state.get("cwd"),
                commit=state.get("commit"),
                repository=state.get("repository"),
                time=milliseconds(self._time),
            )
        )

    def begin(self, call: str | None, folder: str | None = None) -> bool:
        """Begin a call; false if the same call was told before and is to be passed over.

        ``folder`` is its working folder, for relative paths.
        """
        self._call = call
        self._folder = self.resolved(folder) if folder else None
        return call is None or call not in self._calls

    def context(self, text: object, late_for: str | None = None) -> None:
        """Tell text that stood there before; what listings put before lines is taken off."""
        if not isinstance(text, str) or not text or text.isspace():
            return
        for plain in views(text):
            self._events.append(Context(self._session, plain, self._position, late_for))

    def write(self, kind: Kind, text: str, path: str | None = None) -> None:
        """Tell one contiguous block of produced text."""
        if not text.strip():
            return
        session = self._session
        if self._call is not None:
            self._calls.setdefault(self._call, Outcome.UNKNOWN.value)
        self._events.append(
            Produced(
                session=session,
                kind=kind,
                text=text,
                position=self._position,
                path=self.resolved(path) if path else None,
                call=self._call,
                model=self.state.get("model"),
                time=milliseconds(self._time),
                agent=self.agent,
            )
        )

    def edit(self, old: str, new: str, path: str | None = None, kind: Kind = Kind.EDIT) -> None:
        """Tell a replacement: the old text as context, what is new of the new one as produced."""
        self.context(old)
        for part in _ELIDED.split(new) if "existing code" in new else (new,):
            for run in new_runs(old, part):
                self.write(kind, run, path)

    def patch(self, files: Iterable[FilePatch]) -> None:
        """Tell a patch file by file: what stood before as context, each added run as produced."""
        for file in files:
            self.context(file.before)
            for run in file.added:
                self.write(Kind.PATCH, run, file.path)

    def shell(self, command: str) -> None:
        """Tell what a command writes by itself."""
        if "<<" not in command and "\n" not in command and ">" not in command:
            return
        folder = leading_folder(command)
        if folder is not None:
            self._folder = self.resolved(folder)
        for inline in inline_texts(command):
            if inline.is_patch:
                is_envelope = BEGIN in inline.text
                self.patch(envelope(inline.text) if is_envelope else unified(inline.text))
            else:
                self.write(Kind.SHELL, inline.text, inline.path)

    def chat(self, markdown: str, kind: Kind = Kind.CHAT) -> None:
        """Tell the fenced blocks of an answer and what it says, each distinct text once."""
        said, spoken = [], 0
        for fence in fences(markdown):
            said.append(markdown[spoken : fence.start])
            spoken = fence.end
            if not fence.text.strip() or not self.is_news(fence.text):
                continue
            if BEGIN in fence.text:
                self.patch(envelope(fence.text))
            elif fence.info in ("diff", "patch", "udiff"):
                self.patch(unified(fence.text))
            else:
                self.write(kind, fence.text)
        prose = "\n".join([*said, markdown[spoken:]]).strip("\n")
        if len(prose.split()) >= _FEWEST_WORDS and self.is_news(prose):
            self.write(Kind.ANSWER if kind is Kind.CHAT else kind, prose)

    def settle(self, call: object, outcome: Outcome) -> None:
        """Tell what became of a call; calls that produced no text are of no interest."""
        if not isinstance(call, str) or outcome is Outcome.UNKNOWN:
            return
        if self._calls.get(call, outcome.value) == outcome.value:
            return
        self._calls[call] = outcome.value
        self._events.append(Settled(self._session, call, outcome))

    def is_news(self, text: str) -> bool:
        """Remember a text of an answer; false if it was remembered before."""
        texts: dict[str, int] = self.state.setdefault("texts", {})
        key = _digest(text)
        if key in texts:
            return False
        texts[key] = 1
        return True

    def remember_call(self, text: str, call: str) -> None:
        """Remember the call that a text came with, for a record that names another call."""
        self.state.setdefault("origins", {})[_digest(text)] = call

    def call_of(self, text: str) -> str | None:
        """Return the call that a remembered text came with; None if it is not remembered."""
        origins: dict[str, str] = self.state.get("origins", {})
        return origins.get(_digest(text))

    def resolved(self, path: str) -> str:
        """Return a path as absolute as the record and the working folder allow."""
        if path.startswith("file://"):
            path = path_of_uri(path)
        if _ABSOLUTE.match(path):
            return path
        folder = self._folder or self.state.get("cwd")
        if not isinstance(folder, str):
            return path
        if "\\" in folder or re.match(r"^[A-Za-z]:", folder):
            return ntpath.normpath(ntpath.join(folder, path))
        return posixpath.normpath(posixpath.join(folder, path))

    @property
    def _calls(self) -> dict[str, str]:
        calls: dict[str, str] = self.state.setdefault("calls", {})
        return calls

    @property
    def _session(self) -> str:
        if "id" not in self.state:
            self.session(id=self.state.get("fallback") or "unnamed")
        session: str = self.state["id"]
        return session


def text_at(table: dict[str, Any], *keys: str) -> str | None:
    """Return the first non-empty string under one of the keys."""
    for key in keys:
        if key in table and isinstance(value := table[key], str) and value:
            return value
    return None


def table_at(table: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key, an empty one for anything else."""
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def tables_at(table: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of the list under a key; whatever else it holds is left out."""
    value = table.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts_of(content: object) -> list[str]:
    """Return the texts of message content: a string, or blocks with a ``text``."""
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list):
        return []
    return [
        block if isinstance(block, str) else block["text"]
        for block in content
        if isinstance(block, str) or (isinstance(block, dict) and text_at(block, "text"))
    ]


def milliseconds(time: object) -> int | None:
    """Return ms since 1970 of an ISO 8601 text or a number of ms; None for anything else."""
    if isinstance(time, str):
        try:
            moment = datetime.fromisoformat(time)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1000)
        except (ValueError, OverflowError):
            return None
    if isinstance(time, bool) or not isinstance(time, int | float):
        return None
    return int(time) if math.isfinite(time) and abs(time) < 1 << 53 else None


def path_of_uri(uri: str) -> str:
    """Return the path of a ``file:`` or ``vscode-remote:`` URI, Windows drives without slash."""
    from urllib.parse import unquote, urlsplit  # slow to import, and rarely needed

    try:
        path = unquote(urlsplit(uri).path)
    except ValueError:
        return uri
    return path[1:] if re.match(r"^/[A-Za-z]:", path) else path


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
