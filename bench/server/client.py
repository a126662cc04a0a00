"""A client of the Language Server Protocol that does nothing but send, wait and note the time."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

_LENGTH = re.compile(rb"Content-Length: *(\d+)", re.I)
_TICKS = os.sysconf("SC_CLK_TCK")
_STILL = 0.05
"""Seconds of processor time in a second or more that count as doing nothing."""
Place = tuple[int, int]
"""A line and a UTF-16 code unit, both from 0."""


class Gone(Exception):
    """The server closed its end."""


class Late(Exception):
    """Nothing came in time."""


@dataclass
class Told:
    """One publication of diagnostics, and when its last byte was read."""

    time: float
    """Seconds of ``time.perf_counter``."""
    version: int | None
    diagnostics: list[dict]
    size: int
    """Bytes of the message."""


@dataclass
class Document:
    """What the client holds of an open file: lines without their ends."""

    uri: str
    lines: list[str]
    version: int = 1
    told: Told | None = field(default=None)
    """The last diagnostics."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    def insert(self, at: Place, text: str) -> None:
        """Put text in; places must be those of ASCII lines."""
        line, column = at
        head, tail = self.lines[line][:column], self.lines[line][column:]
        self.lines[line : line + 1] = (head + text + tail).split("\n")


class Client:
    """One server, started at once; every method blocks."""

    def __init__(
        self, argv: Sequence[str | Path], root: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.root = root
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [str(word) for word in argv],
            cwd=root,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._held = bytearray()
        self._count = 0
        self.documents: dict[str, Document] = {}
        self._answers: dict[int, dict] = {}
        self.whole_texts = False
        """The server takes whole texts only."""

    def initialize(self) -> None:
        """Say hello as a plain client that is pushed to and counts in UTF-16."""
        text = {
            "synchronization": {"didSave": True},
            "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
        }
        uri = self.root.as_uri()
        answer = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "w"}],
                "capabilities": {
                    "general": {"positionEncodings": ["utf-16"]},
                    "workspace": {"workspaceFolders": True, "configuration": False},
                    "textDocument": text,
                },
            },
        )
        sync = answer["result"]["capabilities"].get("textDocumentSync")
        self.whole_texts = (sync if isinstance(sync, int) else sync["change"]) == 1
        self.notify("initialized", {})

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: object, patience: float = 60.0) -> dict:
        """Send a request and wait for its answer."""
        self._count += 1
        number = self._count
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        end = time.perf_counter() + patience
        while number not in self._answers:
            self._receive(end)
        return self._answers.pop(number)

    def open(self, path: Path, text: str) -> Document:
        """Open a file."""
        document = Document(path.as_uri(), text.split("\n"))
        self.documents[document.uri] = document
        named = {"uri": document.uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": named})
        return document

    def close(self, document: Document) -> None:
        """Close a file; wait until what was told of it is taken back."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})
        if document.told is not None and document.told.diagnostics:
            self.wait_until(document, lambda told: not told.diagnostics)
        del self.documents[document.uri]

    def insert(self, document: Document, edits: Sequence[tuple[Place, str]]) -> float:
        """Insert texts, the last place first, in one notification; return when it was sent."""
        for at, text in edits:
            document.insert(at, text)
        if self.whole_texts:
            changes = [{"text": document.text}]
        else:
            changes = [{"range": _empty(at), "text": text} for at, text in edits]
        return self._changed(document, changes)

    def delete(self, document: Document, start: Place, end: Place) -> float:
        """Take out what lies between two places; return when it was sent."""
        tail = document.lines[end[0]][end[1] :]
        document.lines[start[0] : end[0] + 1] = [document.lines[start[0]][: start[1]] + tail]
        if self.whole_texts:
            return self._changed(document, [{"text": document.text}])
        return self._changed(document, [{"range": _range(start, end), "text": ""}])

    def _changed(self, document: Document, changes: list[dict]) -> float:
        document.version += 1
        named = {"uri": document.uri, "version": document.version}
        body = {"textDocument": named, "contentChanges": changes}
        # The message is built before the clock starts; a large one is not the server's work.
        data = _framed({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": body})
        sent = time.perf_counter()
        self._write(data)
        return sent

    def wait(self, document: Document, version: int, patience: float = 60.0) -> Told:
        """The first diagnostics of this version or a later one."""
        end = time.perf_counter() + patience
        while True:
            told = document.told
            if told is not None and (told.version is None or told.version >= version):
                return told
            self._receive(end)

    def wait_until(
        self, document: Document, holds: Callable[[Told], bool], patience: float = 60.0
    ) -> Told:
        """The first diagnostics of which something holds true, those of now included."""
        end = time.perf_counter() + patience
        while document.told is None or not holds(document.told):
            self._receive(end)
        return document.told

    def rest(self, seconds: float) -> None:
        """Read what comes until nothing has come for so long."""
        while True:
            try:
                self._receive(time.perf_counter() + seconds)
            except Late:
                return

    def settle(self, patience: float = 120.0) -> None:
        """Read what comes until the server has neither said nor done anything for a second."""
        end = time.perf_counter() + patience
        while time.perf_counter() < end:
            before = self.cpu()
            self.rest(1.0)
            if self.cpu() - before <= _STILL:
                return
        raise Late("the server does not come to rest")

    def end(self) -> int:
        """Shut the server down; return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self.request("shutdown", None, 20)
            self.notify("exit", None)
            return self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()

    def processes(self) -> list[int]:
        """The server and all processes below it."""
        found = [self._process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(word) for word in children.read_text().split()]
                except OSError:
                    continue
        return found

    def memory(self) -> int:
        """Bytes of main memory that the server and its children have for themselves.

        Pages that several of them share are counted once in all (``Pss``; proc(5)).
        """
        return sum(_kib(pid, "smaps_rollup", "Pss:") for pid in self.processes())

    def resident(self, pid: int) -> int:
        """Resident bytes of one process (``VmRSS``; proc(5))."""
        return _kib(pid, "status", "VmRSS:")

    def descriptors(self) -> int:
        """Open file descriptors of the server and its children."""
        count = 0
        for pid in self.processes():
            try:
                count += len(os.listdir(f"/proc/{pid}/fd"))
            except OSError:
                continue
        return count

    def cpu(self) -> float:
        """Seconds of processor time of the server and its living children."""
        ticks = 0
        for pid in self.processes():
            try:
                stat = Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            fields = stat.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def _send(self, message: dict) -> None:
        self._write(_framed(message))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                # The server may be waiting for us to read before it reads on.
                readable, _, _ = select.select([self._out], [self._in], [])
                if readable:
                    self._fill()

    def _fill(self) -> None:
        piece = os.read(self._out, 1 << 20)
        if not piece:
            raise Gone(f"the server ended with {self._process.poll()}")
        self._held += piece

    def _receive(self, end: float) -> None:
        """Take one message from the server; raises ``Late`` after ``end``."""
        while True:
            head = self._held.find(b"\r\n\r\n")
            if head >= 0:
                found = _LENGTH.search(self._held, 0, head)
                assert found is not None
                last = head + 4 + int(found[1])
                if len(self._held) >= last:
                    now = time.perf_counter()
                    body = bytes(self._held[head + 4 : last])
                    del self._held[:last]
                    self._take(orjson.loads(body), now, len(body))
                    return
            left = end - time.perf_counter()
            if left <= 0 or not select.select([self._out], [], [], left)[0]:
                raise Late
            self._fill()

    def _take(self, message: dict, now: float, size: int) -> None:
        method = message.get("method")
        if method is None:
            self._answers[message["id"]] = message
        elif "id" in message:
            items = message["params"].get("items") if method == "workspace/configuration" else None
            result = None if items is None else [None] * len(items)
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif method == "textDocument/publishDiagnostics":
            params = message["params"]
            document = self.documents.get(params["uri"])
            if document is not None:
                told = Told(now, params.get("version"), params["diagnostics"], size)
                document.told = told


def _framed(message: dict) -> bytes:
    body = orjson.dumps(message)
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _range(start: Place, end: Place) -> dict:
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def _empty(at: Place) -> dict:
    return _range(at, at)


def _kib(pid: int, file: str, name: str) -> int:
    try:
        rows = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(row.split()[1]) for row in rows if row.startswith(name))
