"""Which lines sessions say they added to which files, read without any code of Redline's.

The oracle of ``bench.real_pair``. It knows applied edits of Claude Code, Codex and Copilot CLI
(JSON Lines), and of SpecStory's Markdown what that tells whole: files that Claude wrote as one,
and patches. Claude's edits left no text there.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_ROLE = re.compile(r"_\*\*(User|Agent|Assistant)\b[^(]*(?:\((.*?)\))?\*\*_$")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?Z?$")
_TOOL = re.compile(r'<tool-use data-tool-type="(\w+)" data-tool-name="([^"]*)">')
_DONE = re.compile(
    r"File created successfully at: (.+?)(?: \(file state .*)?$"
    r"|The file (.+?) has been (?:updated|overwritten)"
)
_SAYING = {
    *("assistant", "assistant.message", "tool.execution_start"),
    *("agent_message", "custom_tool_call", "function_call", "local_shell_call", "reasoning"),
}
"""Types and roles of records by which assistants speak or call tools."""
_PATCHED = re.compile(r"\*\*(?:Add|Update): `(.+)`\*\*")


@dataclass(frozen=True, slots=True)
class Added:
    """One line of an edit that was applied."""

    path: str
    """As the session names it, mostly absolute on a machine of its own."""
    line: str
    time: float
    """Seconds since 1970."""
    read_before: bool
    """The session had been shown this line, or edited it away, before."""


@dataclass(slots=True)
class Told:
    """What the sessions tell."""

    added: list[Added] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    """Stripped lines of whatever assistants produced: answers, thoughts, arguments of calls."""


@dataclass(slots=True)
class Oracle:
    """What the sessions say of the files of one repository, by path and line."""

    new: dict[tuple[str, str], float] = field(default_factory=dict)
    """When a line was first added that the session had not read before."""
    read: dict[tuple[str, str], float] = field(default_factory=dict)
    """The same of lines that it had read."""
    times_new: Counter[tuple[str, str]] = field(default_factory=Counter)
    times_added: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: set[str] = field(default_factory=set)
    """Stripped lines that an assistant produced anywhere."""


@dataclass(slots=True)
class _Session:
    """What the records of one file have told so far."""

    told: Told
    seen: set[str] = field(default_factory=set)
    waiting: dict[str, list[Added]] = field(default_factory=dict)
    """By call: what its edit adds if it is applied."""

    def edit(self, path: object, old: object, new: object, time: float) -> list[Added]:
        """Return the lines that one replacement adds."""
        gone = set(old.splitlines()) if isinstance(old, str) else set()
        lines = new.splitlines() if isinstance(new, str) else []
        self.say(lines)
        return [
            Added(str(path), line, time, line.strip() in self.seen)
            for line in lines
            if line not in gone
        ]

    def show(self, value: object) -> None:
        """Remember what the assistant is shown; numbered and diffed views bare as well."""
        for text in _texts(value):
            for line in text.splitlines():
                self.seen.add(line.strip())
                bare = re.sub(r"^\s*\d+\s*[\t:→|] ?", "", line)
                self.seen.update((bare.strip(), re.sub(r"^[-+ ]", "", bare).strip()))

    def say(self, value: object) -> None:
        """Remember what the assistant produced."""
        for text in _texts(value):
            if text.startswith("{"):
                with suppress(ValueError):
                    self.say(json.loads(text))  # arguments, as Codex keeps them
            for line in text.splitlines():
                self.told.said.update((line.strip(), line.removeprefix("+").strip()))


def read(folder: Path) -> Told:
    """Read every session file below ``folder``; lines that are no JSON are passed over."""
    told = Told()
    for path in sorted(folder.rglob("*.jsonl")):
        session = _Session(told)
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    _record(record, session)
    for path in sorted(folder.rglob("*.md")):
        _history(path.read_text(encoding="utf-8", errors="replace").splitlines(), _Session(told))
    return told


def oracle(sessions: Path, tracked: list[str]) -> Oracle:
    """Bring what the sessions added to the paths of the repository."""
    told = read(sessions)
    found = Oracle(said=told.said)
    every = set(tracked)
    by_tail: dict[str, set[str]] = defaultdict(set)
    for path in tracked:
        parts = path.split("/")
        for start in range(1, len(parts) - 1):
            by_tail["/".join(parts[start:])].add(path)

    def target(edit: Added) -> str | None:
        parts = edit.path.replace("\\", "/").strip("/").split("/")
        tails = ["/".join(parts[start:]) for start in range(len(parts))]
        for tail in tails:
            if tail in every:
                return tail
        # A folder that was moved into the repository later: two components, and one such file.
        for tail in tails[:-1]:
            if len(by_tail[tail]) == 1:
                return next(iter(by_tail[tail]))
        return None

    targets: dict[str, str | None] = {}
    for edit in told.added:
        if edit.path not in targets:
            targets[edit.path] = target(edit)
        path = targets[edit.path]
        if path is None:
            continue
        key = path, edit.line.rstrip()
        found.times_added[key] += 1
        found.times_new[key] += not edit.read_before
        (found.read if edit.read_before else found.new).setdefault(key, edit.time)
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _time(text: str | None) -> float:
    moment = datetime.fromisoformat((text or "1970-01-01T00:00:00Z").replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _record(record: dict[str, Any], session: _Session) -> None:
    data = record.get("data")
    _codex(record, session)
    if isinstance(data, dict):
        _copilot(record, data, session)
        if isinstance(data.get("message"), dict):
            _record(data["message"], session)  # of a sub-agent, inside its parent's file
            return
    _claude(record, session)
    payload = record.get("payload") or data or record
    if not isinstance(payload, dict):
        return
    answered = str(payload.get("type", "")).endswith("_output")
    shown = answered or record.get("type") in ("user", "tool.execution_complete")
    if shown or payload.get("role") in ("user", "developer"):
        session.show(payload)
    elif {record.get("type"), payload.get("type"), payload.get("role")} & _SAYING:
        session.say(payload)


def _codex(record: dict[str, Any], session: _Session) -> None:
    payload = record.get("payload")
    if not isinstance(payload, dict) or payload.get("type") != "patch_apply_end":
        return
    if not payload.get("success"):
        return
    when = _time(record.get("timestamp"))
    for name, change in (payload.get("changes") or {}).items():
        if change.get("type") == "add":
            session.told.added += session.edit(name, None, change["content"], when)
        elif change.get("type") == "update":
            rows = change["unified_diff"].splitlines()
            added = [r[1:] for r in rows if r.startswith("+") and not r.startswith("+++")]
            target = change.get("move_path") or name
            session.told.added += session.edit(target, None, "\n".join(added), when)


def _copilot(record: dict[str, Any], data: dict[str, Any], session: _Session) -> None:
    if record.get("type") == "tool.execution_start":
        given = data.get("arguments")
        if not isinstance(given, dict):
            return
        when, path = _time(record.get("timestamp")), given.get("path", "")
        if data.get("toolName") == "create":
            added = session.edit(path, None, given.get("file_text"), when)
        elif data.get("toolName") == "edit":
            added = session.edit(path, given.get("old_str"), given.get("new_str"), when)
        else:
            return
        session.waiting[data["toolCallId"]] = added
    elif record.get("type") == "tool.execution_complete" and data.get("success"):
        session.told.added += session.waiting.pop(data.get("toolCallId"), [])


def _claude(record: dict[str, Any], session: _Session) -> None:
    message = record.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return
    when = _time(record.get("timestamp"))
    for block in message["content"]:
        if not isinstance(block, dict):
            continue
        if block.get("type") == "tool_use":
            given = block.get("input") or {}
            path, added = given.get("file_path", ""), []
            if block.get("name") == "Write":
                added = session.edit(path, None, given.get("content"), when)
            elif block.get("name") in ("Edit", "MultiEdit"):
                for edit in given.get("edits") or [given]:
                    old, new = edit.get("old_string"), edit.get("new_string")
                    added += session.edit(path, old, new, when)
            session.waiting[block.get("id", "")] = added
        elif block.get("type") == "tool_result" and not block.get("is_error"):
            session.told.added += session.waiting.pop(block.get("tool_use_id"), [])


def _history(lines: list[str], session: _Session) -> None:
    """Read one SpecStory history line by line; a tool's record ends with its closing tag."""
    when, is_user = 0.0, True
    tool: tuple[str, list[str]] | None = None
    for line in lines:
        if tool is not None:
            if line.endswith("</tool-use>"):
                _history_tool(*tool, when, session)
                tool = None
            else:
                tool[1].append(line)
        elif begun := _TOOL.match(line):
            tool = (begun[2], [])
        elif role := _ROLE.match(line):
            is_user = role[1] == "User"
            stamp = _STAMP.search(role[2] or "")
            when = _time(stamp[0]) if stamp else when
        elif is_user:
            session.show(line)
        else:
            session.say(line)


def _history_tool(name: str, body: list[str], when: float, session: _Session) -> None:
    fenced = [number for number, line in enumerate(body) if line.startswith("```")]
    if name == "Write" and len(fenced) >= 3:
        first, last = fenced[0], fenced[1]
        content = [line.replace("\\```", "```") for line in body[first + 1 : last]]
        done = next((d for line in body[last + 1 :] if (d := _DONE.match(line))), None)
        session.say("\n".join(content))
        if done:
            written = "\n".join(content)
            session.told.added += session.edit(done[1] or done[2], None, written, when)
        return
    if name == "apply_patch":
        added: list[Added] = []
        path = ""
        for line in body:
            if named := _PATCHED.match(line):
                path = named[1]
            elif line.startswith("+"):
                session.say(line[1:])
                added += session.edit(path, None, line[1:], when)
            else:
                session.show(line)
        if any(line.startswith("Success.") for line in body):
            session.told.added += added
        return
    is_answer = name != "Bash"
    for line in body:
        if line.startswith("```"):
            is_answer = name != "Bash" or line in ("```", "```text")
        elif is_answer:
            session.show(line)
        else:
            session.say(line)
