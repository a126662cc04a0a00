"""Recognises the format of a session file from its first bytes, never from its name.

Labels lie: sessions of one assistant are stored under the name of another, and
compressed or copied files lose their suffix. The tests are ordered from the most
particular to the least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from .records_io import load, read_head
from .sessions import readers
from .sessions.readers import NoReader, Reader

Format: TypeAlias = Reader | NoReader

_MOST_LINES = 25
_LARGEST_PARTIAL = 64 << 10
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|[{}\[\]:,]')
_CLAUDE_TYPES = (
    "summary",
    "file-history-snapshot",
    "queue-operation",
    "last-prompt",
    "custom-title",
    "ai-title",
    "permission-mode",
)
_CODEX_ITEMS = (
    "message",
    "reasoning",
    "function_call",
    "function_call_output",
    "local_shell_call",
    "custom_tool_call",
)
_JUNIE_KINDS = ("UserPromptEvent", "SessionA2uxEvent")
_DATABASES = (
    (b"cursorDiskKV", "Cursor's database"),
    (b"ai_code_hashes", "Cursor's tracking database"),
    (b"data_type TEXT", "Zed's database"),
    (b"session_message", "OpenCode's database"),
    (b"CREATE TABLE `part`", "OpenCode's database"),
)


def recognise(head: bytes, *, complete: bool = False) -> Format | None:
    """Return how the file that begins with ``head`` is read; None if it is no known session.

    ``head`` is decompressed; a few kilobytes will do, 256 KiB are better. ``complete``
    says that it is the whole file, so that a last line without end counts.
    """
    if head.startswith(b"SQLite format 3\0"):
        return next((NoReader(name) for mark, name in _DATABASES if mark in head), None)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return _recognise_objects(text, complete)
    if text.startswith(b"["):
        return _of_array(_partial_keys(text))
    return _recognise_text(text)


def recognise_file(path: Path) -> Format | None:
    """Return how a file is read, from its decompressed content.

    :raises OSError: if it cannot be opened or read.
    """
    size = 256 << 10
    head = read_head(path, size)
    return recognise(head, complete=len(head) < size)


def _recognise_objects(text: bytes, complete: bool) -> Format | None:
    first: bytes | None = None
    for line in _lines(text, complete):
        first = line if first is None else first
        record = load(line)[0]
        if isinstance(record, dict) and (form := _of_record(record)) is not None:
            return form
    if complete and isinstance(whole := load(text)[0], dict):
        return _of_record(whole) or _of_document(set(whole))
    # No line that parses: one large document, or a first line longer than the head.
    keys = _partial_keys(text if first is None else first)
    if b'"kind":0' in text[:64] and b'"requests"' in text:
        return readers.VSCODE_CHAT_LOG
    return _of_partial(keys, text) or _of_document(keys) or _of_document(_partial_keys(text))


def _lines(text: bytes, complete: bool) -> Iterator[bytes]:
    lines = text.split(b"\n", _MOST_LINES)
    for line in lines if complete else lines[:-1]:
        if line.strip():
            yield line


def _of_record(record: dict[str, Any]) -> Format | None:
    keys = record.keys()
    kind = record.get("type")
    if isinstance(record.get("payload"), dict) and {"timestamp", "type"} <= keys:
        return readers.CODEX
    if {"parentUuid", "sessionId"} <= keys or kind in _CLAUDE_TYPES:
        return readers.CLAUDE_CODE
    if kind in ("user", "assistant") and {"sessionId", "message", "uuid"} <= keys:
        return readers.CLAUDE_CODE
    data = record.get("data")
    if isinstance(kind, str) and isinstance(data, dict):
        if kind == "session.start" and data.get("producer") == "copilot-agent":
            return readers.COPILOT_EVENTS
        if {"id", "timestamp", "parentId"} <= keys:
            return readers.COPILOT_EVENTS
    value = record.get("v")
    if record.get("kind") == 0 and isinstance(value, dict) and "requests" in value:
        return readers.VSCODE_CHAT_LOG
    if {"sessionId", "projectHash"} <= keys:
        return NoReader("Gemini CLI sessions")
    if record.get("kind") in _JUNIE_KINDS:
        return NoReader("Junie sessions")
    if kind == "thread.started" and "thread_id" in keys:
        return NoReader("the output of codex exec --json")
    if isinstance(record.get("message"), dict) and "role" in keys and "id" not in keys:
        return NoReader("Cursor transcripts")
    if "status" in keys and isinstance(kind, str) and kind in keys:
        return NoReader("Windsurf transcripts")
    return _of_codex_without_wrapper(record)


def _of_codex_without_wrapper(record: dict[str, Any]) -> Format | None:
    if "type" not in record and {"id", "timestamp"} <= record.keys():
        return readers.CODEX if record.keys() & {"instructions", "git"} else None
    is_item = record.get("type") in _CODEX_ITEMS
    return readers.CODEX if is_item and record.keys() & {"role", "call_id", "summary"} else None


def _of_document(keys: set[str]) -> Format | None:
    """Tell a JSON document by the keys of its object."""
    if {"session", "items"} <= keys:
        return readers.CODEX_TYPESCRIPT
    if "requests" in keys and keys & {"responderUsername", "requesterUsername", "sessionId"}:
        return readers.VSCODE_CHAT
    if {"info", "messages"} <= keys:
        return NoReader("OpenCode exports")
    if {"v", "id", "messages"} <= keys:
        return NoReader("Amp threads")
    if "history" in keys and "workspaceDirectory" in keys:
        return NoReader("Continue sessions")
    if {"sessionId", "projectHash"} <= keys:
        return NoReader("Gemini CLI sessions")
    return None


def _of_partial(keys: set[str], text: bytes) -> Format | None:
    """Tell a line format whose first line is longer than what was read of it."""
    if {"timestamp", "type", "payload"} <= keys:
        return readers.CODEX
    if {"parentUuid", "sessionId"} <= keys:
        return readers.CLAUDE_CODE
    if {"type", "data"} <= keys and b'"copilot-agent"' in text:
        return readers.COPILOT_EVENTS
    return None


def _of_array(keys: set[str]) -> Format | None:
    """Tell a JSON array by the keys of its first object."""
    if "mapping" in keys:
        return NoReader("ChatGPT exports")
    if "chat_messages" in keys:
        return NoReader("Claude.ai exports")
    if {"role", "content"} <= keys:
        return NoReader("Cline and Roo Code tasks")
    return None


def _recognise_text(text: bytes) -> Format | None:
    start = text[:2048]
    if b"<!-- Generated by SpecStory" in start:
        return readers.SPECSTORY
    if start.startswith(b"# aider chat started at"):
        return NoReader("Aider's chat history")
    if start.startswith((b"TO LLM ", b"LLM RESPONSE ")):
        return NoReader("Aider's LLM history")
    return None


def _partial_keys(text: bytes) -> set[str]:
    """Return the keys of the first object of a JSON text that may be cut anywhere."""
    depth = 0
    base: int | None = None
    keys: set[str] = set()
    last: bytes | None = None
    for token in _TOKEN.finditer(text[:_LARGEST_PARTIAL]):
        sign = token[0][:1]
        if sign == b'"':
            last = token[1]
            continue
        if sign in (b"{", b"["):
            depth += 1
            if sign == b"{" and base is None:
                base = depth
        elif sign in (b"}", b"]"):
            depth -= 1
            if base is not None and depth < base:
                break
        elif sign == b":" and last is not None and depth == base:
            keys.add(last.decode("utf-8", "replace"))
        last = None
    return keys
