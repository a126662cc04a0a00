"""Claude Code's sessions: ``projects/*/*.jsonl`` below its configuration folder.

The format is the vendor's own and not promised to anyone; what is read here was seen
in records of 1.0.111 to 2.1.76 and in the code of other readers. Sub-agents come in
three generations: inline (``isSidechain``), as ``agent_progress`` records, and in
files of their own under ``subagents/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..events import Event, Kind, Outcome, Unread
from ..records_io import Records, decoded
from .telling import State, Teller, table_at, tables_at, text_at, texts_of
from .tools import tell_call

UNKNOWN_RECORD = "record of an unknown type"
_BOOKKEEPING = frozenset(
    (
        "agent-color",
        "agent-name",
        "agent-setting",
        "ai-title",
        "custom-title",
        "file-history-delta",
        "file-history-snapshot",
        "last-prompt",
        "mode",
        "permission-mode",
        "pr-link",
        "summary",
        "tag",
        "worktree-state",
    )
)
_REJECTIONS = ("The user doesn't want to", "User rejected", "Error: The user doesn't want to")
_INTERRUPTED = "[Request interrupted by user"


def read(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of the records; ``state`` is ready for the records after them."""
    tell = Teller(state, "claude-code", "claude-code")
    for item in decoded(records, _is_worthless):
        if isinstance(item, Unread):
            yield item
            continue
        position, record = item
        tell.at(position, record.get("timestamp"))
        if not _record(tell, record):
            yield Unread(position, UNKNOWN_RECORD)
        yield from tell.drain()


def _is_worthless(data: bytes) -> bool:
    """Tell from the bytes that a record holds neither produced text nor context."""
    head = data[:600]
    if b'"type":"progress","data":{' in head:
        return b'"agent_progress"' not in data
    return head.startswith(b'{"type":"file-history-snapshot"')


def _record(tell: Teller, record: dict[str, Any]) -> bool:
    match text_at(record, "type"):
        case "assistant":
            _locate(tell, record)
            _assistant(tell, table_at(record, "message"))
        case "user":
            _locate(tell, record)
            _user(tell, record)
        case "progress":
            _locate(tell, record)
            data = table_at(record, "data")
            if data.get("type") == "agent_progress":
                _agent_progress(tell, data)
        case "system" | "queue-operation":
            _locate(tell, record)
            tell.context(record.get("content"))
        case "attachment":
            _locate(tell, record)
            _attachment(tell, record.get("attachment"))
        case kind if kind in _BOOKKEEPING:
            pass
        case _:
            return False
    return True


def _locate(tell: Teller, record: dict[str, Any]) -> None:
    tell.agent = text_at(record, "agentId")
    place = (record.get("sessionId"), record.get("cwd"), record.get("version"))
    if place == tell.place:
        return
    tell.place = place
    tell.session(
        id=text_at(record, "sessionId", "session_id"),
        version=text_at(record, "version"),
        cwd=text_at(record, "cwd"),
    )


def _assistant(tell: Teller, message: dict[str, Any]) -> None:
    model = text_at(message, "model")
    if model == "<synthetic>":
        return  # an error message made up on the spot
    if model:
        tell.state["model"] = model
    content = message.get("content")
    if isinstance(content, str):
        tell.begin(None)
        tell.chat(content)
    for block in tables_at(message, "content"):
        match block.get("type"):
            case "text":
                tell.begin(None)
                tell.chat(text_at(block, "text") or "")
            case "thinking":
                tell.begin(None)
                tell.chat(text_at(block, "thinking") or "", Kind.REASONING)
            case "tool_use" | "server_tool_use":
                name = text_at(block, "name") or ""
                tell_call(tell, text_at(block, "id"), name, block.get("input"))


def _user(tell: Teller, record: dict[str, Any]) -> None:
    message = table_at(record, "message")
    if record.get("isSidechain") is not True:
        # A sub-agent's prompt was written by the assistant that started it.
        for text in texts_of(message.get("content")):
            tell.context(text)
    result = record.get("toolUseResult")
    for block in tables_at(message, "content"):
        if block.get("type") == "tool_result":
            _result(tell, block, result)


def _result(tell: Teller, block: dict[str, Any], result: object) -> None:
    call = text_at(block, "tool_use_id")
    texts = texts_of(block.get("content"))
    tell.settle(call, _outcome(block, texts, result))
    if not isinstance(result, dict):
        result = {}
    # One that was only launched has said nothing: the text is the program's own.
    launched = result.get("isAsync") is True and text_at(result, "status") == "async_launched"
    if not launched and ("agentId" in result or text_at(result, "agentType")):
        # A sub-agent's answer: what it says is the assistant's, too.
        tell.begin(None)
        for text in texts_of(result.get("content")) or texts:
            tell.chat(text)
        return
    tell.context(result.get("originalFile"), late_for=call)
    if result.get("userModified") is True:
        tell.context(text_at(result, "newString", "content"))
    file = text_at(table_at(result, "file"), "content")
    for text in [file] if file else texts:
        tell.context(text)


def _outcome(block: dict[str, Any], texts: list[str], result: object) -> Outcome:
    if block.get("is_error") is not True:
        return Outcome.APPLIED
    for text in [*texts, result]:
        if isinstance(text, str) and (text.startswith(_REJECTIONS) or _INTERRUPTED in text[:100]):
            return Outcome.REJECTED
    return Outcome.FAILED


def _agent_progress(tell: Teller, data: dict[str, Any]) -> None:
    tell.agent = text_at(data, "agentId")
    inner = table_at(data, "message")
    if inner.get("type") == "assistant":
        main_model = tell.state.get("model")
        _assistant(tell, table_at(inner, "message"))
        if main_model is not None:
            tell.state["model"] = main_model
    elif inner.get("type") == "user":
        _user(tell, {**inner, "isSidechain": True})


def _attachment(tell: Teller, attachment: object) -> None:
    """Tell the texts of an attached file, selection or reminder, however deep they lie."""
    waiting = [attachment]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            tell.context(value)
        elif isinstance(value, dict):
            keys = ("content", "file", "text", "snippet", "stdout")
            waiting.extend(value[key] for key in keys if key in value)
        elif isinstance(value, list):
            waiting.extend(value)
