"""Write sessions as Claude Code does, act by act, and index them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from redline.detect.sessions import SessionDetector
from redline.indexer import update

WROTE_AT = 1_772_359_200_000
"""The session's first record: 1 March 2026, 10:00 UTC, in milliseconds."""
HOME = "/home/ada/maze"


class Log:
    """One session file; every act appends its records at once, a second apart."""

    def __init__(self, path: Path, session: str = "5d1f0c52-7a3e-4b6f", cwd: str = HOME) -> None:
        self.path = path
        self.session = session
        self.cwd = cwd
        self.count = 0

    def ask(self, words: str) -> None:
        """A person's prompt."""
        self._record("user", {"role": "user", "content": words})

    def say(self, words: str) -> None:
        """An answer."""
        self._answer({"type": "text", "text": words})

    def read(self, path: str, content: str) -> None:
        """A file that the assistant looked at."""
        call = self._call("Read", file_path=self._at(path))
        shown = {"type": "text", "file": {"filePath": self._at(path), "content": content}}
        self._result(call, content, shown)

    def write(self, path: str, content: str) -> None:
        """A new file, applied."""
        self.applied(self.begin_write(path, content), path, content)

    def begin_write(self, path: str, content: str) -> str:
        """A new file whose outcome is not told yet; return the call."""
        return self._call("Write", file_path=self._at(path), content=content)

    def applied(self, call: str, path: str, content: str, before: str | None = None) -> None:
        """The outcome of a write, with the file as it was."""
        done = {"type": "create", "filePath": self._at(path), "content": content}
        done |= {"structuredPatch": [], "originalFile": before}
        self._result(call, f"File created successfully at: {self._at(path)}", done)

    def refused(self, path: str, content: str) -> None:
        """A new file that the person did not want."""
        call = self.begin_write(path, content)
        words = "The user doesn't want to proceed with this tool use. The tool use was rejected"
        block = {"type": "tool_result", "tool_use_id": call, "content": words, "is_error": True}
        message = {"role": "user", "content": [block]}
        self._record("user", message, toolUseResult="User rejected tool use")

    def _at(self, path: str) -> str:
        return path if path.startswith("/") or ":" in path else f"{self.cwd}/{path}"

    def _call(self, name: str, **given: str) -> str:
        call = f"toolu_{self.session}{self.count:06}"
        self._answer({"type": "tool_use", "id": call, "name": name, "input": given})
        return call

    def _result(self, call: str, words: str, done: dict) -> None:
        block = {"type": "tool_result", "tool_use_id": call, "content": words}
        self._record("user", {"role": "user", "content": [block]}, toolUseResult=done)

    def _answer(self, block: dict) -> None:
        message = {"id": f"msg_{self.count:06}", "type": "message", "role": "assistant"}
        self._record("assistant", message | {"model": "claude-opus-4-6", "content": [block]})

    def _record(self, kind: str, message: dict, **more: object) -> None:
        time = datetime.fromtimestamp(WROTE_AT / 1000 + self.count, UTC)
        record = {
            "parentUuid": f"u{self.count - 1}" if self.count else None,
            "isSidechain": False,
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session,
            "version": "2.1.76",
            "type": kind,
            "message": message,
            "uuid": f"u{self.count}",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        self.count += 1
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record | more) + "\n")


def found(index: Path, path: str, text: str | bytes, times: list[int | None] | None = None):
    """Strength and lines (from 1, inclusive) of each region that the index accounts for."""
    data = text.encode() if isinstance(text, str) else text
    with SessionDetector.open(index) as sessions:
        evidence = sessions.evidence(path, HOME, data, times)
    return [
        (str(item.strength), data.count(b"\n", 0, item.span.start) + 1, _last(data, item.span.end))
        for item in evidence
    ]


def indexed(folder: Path, index: Path) -> Path:
    """Bring the index of a folder up to date; return the index."""
    report = update([folder], index)
    assert report.failures == []
    return index


def _last(data: bytes, end: int) -> int:
    return data.count(b"\n", 0, max(0, end - 1)) + 1
