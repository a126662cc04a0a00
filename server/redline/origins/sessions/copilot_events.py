"""Copilot's event logs: the command line's ``events.jsonl`` and VS Code agent transcripts.

Seen in records of the command line 1.0.64 to 1.0.68 (``~/.copilot/session-state``); VS
Code writes the same grammar below ``GitHub.copilot-chat/transcripts``, with the
arguments of a call as JSON text instead of an object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..events import Event, Kind, Outcome, Unread
from ..records_io import Records, decoded, load
from .claude_code import UNKNOWN_RECORD
from .telling import State, Teller, table_at, tables_at, text_at, texts_of
from .tools import tell_call

_KNOWN = (
    "abort",
    "assistant.",
    "command.",
    "elicitation.",
    "external_tool.",
    "hook.",
    "mcp.",
    "permission.",
    "session.",
    "skill.",
    "subagent.",
    "system.",
    "tool.",
    "user",
)
_REFUSED = ("denied", "rejected")


def read(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of the records; ``state`` is ready for the records after them."""
    tell = Teller(state, "copilot", "copilot-events")
    for item in decoded(records, _is_worthless):
        if isinstance(item, Unread):
            yield item
            continue
        position, record = item
        tell.at(position, record.get("timestamp"))
        kind = record.get("type")
        if not isinstance(kind, str) or not kind.startswith(_KNOWN):
            yield Unread(position, UNKNOWN_RECORD)
            continue
        _record(tell, kind, table_at(record, "data"))
        yield from tell.drain()


def _is_worthless(data: bytes) -> bool:
    """Tell from the bytes that a record only repeats others: hooks echo calls and results."""
    return data.startswith((b'{"type":"hook.', b'{"type":"assistant.turn_'))


def _record(tell: Teller, kind: str, data: dict[str, Any]) -> None:
    match kind:
        case "session.start" | "session.resume":
            _start(tell, data)
        case "session.model_change":
            tell.state["model"] = text_at(data, "newModel")
        case "user.message" | "system.message" | "system.notification":
            # As the person wrote it, and with what the program put around it.
            tell.context(text_at(data, "content"))
            tell.context(text_at(data, "transformedContent"))
            for attachment in tables_at(data, "attachments"):
                tell.context(text_at(attachment, "content", "text"))
        case "assistant.message":
            _message(tell, data)
        case "tool.execution_start":
            _model(tell, data)
            _call(tell, data, text_at(data, "toolName"))
        case "tool.execution_complete":
            _complete(tell, data)
        case "permission.completed":
            verdict = text_at(table_at(data, "result"), "kind") or ""
            if verdict.startswith(_REFUSED):
                tell.settle(text_at(data, "toolCallId"), Outcome.REJECTED)


def _start(tell: Teller, data: dict[str, Any]) -> None:
    context = table_at(data, "context")
    if model := text_at(data, "selectedModel"):
        tell.state["model"] = model
    tell.session(
        id=text_at(data, "sessionId"),
        version=text_at(data, "copilotVersion"),
        cwd=text_at(context, "cwd"),
        commit=text_at(context, "headCommit"),
        repository=text_at(context, "repository"),
    )


def _model(tell: Teller, data: dict[str, Any]) -> None:
    if model := text_at(data, "model"):
        tell.state["model"] = model


def _message(tell: Teller, data: dict[str, Any]) -> None:
    _model(tell, data)
    tell.begin(None)
    tell.chat(text_at(data, "reasoningText") or "", Kind.REASONING)
    tell.chat(text_at(data, "content") or "")
    for request in tables_at(data, "toolRequests"):
        _call(tell, request, text_at(request, "name"))


def _call(tell: Teller, data: dict[str, Any], name: str | None) -> None:
    arguments = data.get("arguments")
    if isinstance(arguments, str):
        arguments = load(arguments.encode("utf-8", "replace"))[0] or arguments
    tell_call(tell, text_at(data, "toolCallId"), name or "", arguments)


def _complete(tell: Teller, data: dict[str, Any]) -> None:
    result = table_at(data, "result")
    error = table_at(data, "error")
    verdict = text_at(error, "code") or text_at(result, "result_type", "resultType") or ""
    if data.get("success") is True and not verdict.startswith((*_REFUSED, "fail")):
        outcome = Outcome.APPLIED
    else:
        outcome = Outcome.REJECTED if verdict.startswith(_REFUSED) else Outcome.FAILED
    tell.settle(text_at(data, "toolCallId"), outcome)
    for text in texts_of(result.get("content") or result.get("text_result_for_llm")):
        tell.context(text)
    tell.context(text_at(error, "message"))
