"""Codex's rollouts: ``sessions/**/rollout-*.jsonl`` (also ``.zst``) below its home.

The forms are those of openai/codex, ``codex-rs/protocol/src/{protocol,models}.rs`` and
``codex-rs/rollout``: wrapped lines since autumn 2025, bare response items before, and
one JSON document from the TypeScript command line of spring 2025. An edit may stand in
``patch_apply_end``, in ``item_completed``/``FileChange``, in a call, or in a heredoc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..events import Event, Kind, Outcome, Unread
from ..patches import BEGIN, envelope, split_hunk, unified
from ..records_io import Records, decoded, load
from . import code_mode
from .claude_code import UNKNOWN_RECORD
from .telling import State, Teller, table_at, tables_at, text_at, texts_of
from .tools import tell_argv, tell_call

_CALLS = ("function_call", "custom_tool_call", "local_shell_call", "mcp_tool_call")
_OUTPUTS = ("function_call_output", "custom_tool_call_output", "mcp_tool_call_output")
_NO_TEXT = frozenset(
    (
        "compaction",
        "compaction_summary",
        "compaction_trigger",
        "context_compaction",
        "ghost_snapshot",
        "image_generation_call",
        "other",
        "tool_search_call",
        "tool_search_output",
        "web_search_call",
    )
)
_IGNORED_RECORDS = frozenset(
    (
        "compacted",
        "inter_agent_communication",
        "inter_agent_communication_metadata",
        "realtime_item",
        "security_risk_score",
        "world_state",
    )
)
_EXIT = re.compile(r"^(?:Exit code: |Process exited with code )(-?\d+)", re.MULTILINE)
_HEAD = 400  # characters of an output that tell its outcome, bytes of a record that tell its type
_EVENT = re.compile(rb'"type":"event_msg","payload":\{"type":"(\w+)"')
_TOLD_EVENTS = (b"patch_apply_end", b"item_completed", b"agent_message", b"agent_reasoning")


def read(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of a rollout's lines; ``state`` is ready for the lines after them."""
    tell = Teller(state, "codex", "codex")
    for item in decoded(records, _is_worthless):
        if isinstance(item, Unread):
            yield item
            continue
        position, record = item
        tell.at(position, record.get("timestamp"))
        if not _record(tell, record):
            yield Unread(position, UNKNOWN_RECORD)
        yield from tell.drain()


def read_document(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of a TypeScript session: ``{"session": ..., "items": [...]}``."""
    tell = Teller(state, "codex", "codex-typescript")
    for item in decoded(records):
        if isinstance(item, Unread):
            yield item
            continue
        position, document = item
        session = table_at(document, "session")
        tell.at(position, session.get("timestamp"))
        _meta(tell, session)
        for entry in tables_at(document, "items"):
            tell.at(position, entry.get("timestamp") or session.get("timestamp"))
            _item(tell, entry)
        yield from tell.drain()


def _is_worthless(data: bytes) -> bool:
    """Tell from the bytes that a record repeats others, or holds no text.

    ``compacted`` records hold whole histories with their images, up to gigabytes.
    """
    if event := _EVENT.search(data, 0, _HEAD):
        return event[1] not in _TOLD_EVENTS
    head = data[:_HEAD]
    if b'"payload":{"type":"reasoning"' in head:
        return b'"summary":[]' in data and b'"content":[' not in data
    return b'"type":"compacted"' in head


def _record(tell: Teller, record: dict[str, Any]) -> bool:
    payload = record.get("payload")
    if not isinstance(payload, dict):
        return _bare(tell, record)
    match text_at(record, "type"):
        case "session_meta":
            _meta(tell, payload)
        case "turn_context":
            if model := text_at(payload, "model"):
                tell.state["model"] = model
            tell.session(cwd=text_at(payload, "cwd"))
        case "response_item":
            return _item(tell, payload)
        case "event_msg":
            _event(tell, payload)
        case kind:
            return kind in _IGNORED_RECORDS
    return True


def _bare(tell: Teller, record: dict[str, Any]) -> bool:
    """Read a line of mid-2025: the meta object first, then response items as they are."""
    if "type" in record:
        return _item(tell, record)
    if "id" in record and "timestamp" in record:
        _meta(tell, record)
        return True
    return "record_type" in record or text_at(record, "type") in _IGNORED_RECORDS


def _meta(tell: Teller, meta: dict[str, Any]) -> None:
    git = table_at(meta, "git")
    first = "id" not in tell.state
    source = meta.get("source")
    if first and (isinstance(source, dict) or meta.get("thread_source") == "subagent"):
        tell.state["subagent"] = True
    tell.session(
        # Resumed and forked rollouts repeat the meta of others; the first one is the file's.
        id=text_at(meta, "id", "session_id") if first else None,
        parent=text_at(meta, "parent_thread_id", "forked_from_id") if first else None,
        version=text_at(meta, "cli_version"),
        cwd=text_at(meta, "cwd"),
        commit=text_at(git, "commit_hash"),
        repository=text_at(git, "repository_url"),
    )
    if first:
        instructions = meta.get("base_instructions") or meta.get("instructions")
        if isinstance(instructions, dict):
            instructions = instructions.get("text")
        tell.context(instructions)


def _item(tell: Teller, item: dict[str, Any]) -> bool:
    kind = text_at(item, "type")
    if kind == "message":
        _message(tell, item)
    elif kind == "reasoning":
        for text in texts_of(item.get("summary")) + texts_of(item.get("content")):
            tell.chat(text, Kind.REASONING)
    elif kind in _CALLS:
        _call(tell, item)
    elif kind in _OUTPUTS:
        _output(tell, item)
    else:
        return kind in _NO_TEXT
    return True


def _message(tell: Teller, item: dict[str, Any]) -> None:
    texts = texts_of(item.get("content"))
    if item.get("role") == "assistant":
        for text in texts:
            tell.chat(text)
    elif not (tell.state.get("subagent") and item.get("role") == "user"):
        # A sub-agent's prompt was written by the assistant that started it.
        for text in texts:
            tell.context(text)


def _call(tell: Teller, item: dict[str, Any]) -> None:
    call = text_at(item, "call_id", "id")
    name = (text_at(item, "name") or "").removeprefix("functions.")
    if item.get("type") == "local_shell_call":
        action = table_at(item, "action")
        argv = action.get("command")
        if isinstance(argv, list) and tell.begin(call, text_at(action, "working_directory")):
            tell_argv(tell, [word for word in argv if isinstance(word, str)])
        return
    script = text_at(item, "input")
    if name == "exec" and script is not None:
        if tell.begin(call):
            _code_mode(tell, call or "", script)
        return
    arguments: object = script
    if script is None:
        arguments = item.get("arguments")
        if isinstance(arguments, str):
            # Not JSON after all: a patch may still stand in it.
            arguments = load(arguments.encode("utf-8", "replace"))[0] or arguments
    tell_call(tell, call, name, arguments)


def _code_mode(tell: Teller, call: str, script: str) -> None:
    for patch in code_mode.patches(script):
        for file in envelope(patch):
            for run in file.added:
                # The event that tells the outcome may bear another id: it finds the text.
                tell.remember_call(run, call)
            tell.patch((file,))
    for command in code_mode.commands(script):
        if not (BEGIN in command and BEGIN in script and "apply_patch(" in script):
            tell.shell(command)


def _output(tell: Teller, item: dict[str, Any]) -> None:
    output = item.get("output")
    if isinstance(output, dict):
        texts = texts_of(output.get("content")) or texts_of(output.get("output"))
    else:
        texts = texts_of(output)
    code: int | None = None
    for index, text in enumerate(texts):
        if text.startswith('{"output":') and isinstance(inner := load(text.encode())[0], dict):
            texts[index] = text_at(inner, "output") or ""
            number = table_at(inner, "metadata").get("exit_code")
            code = number if isinstance(number, int) else None
    if texts:
        tell.settle(text_at(item, "call_id"), _outcome(texts[0][:_HEAD], code))
    for text in texts:
        tell.context(text)


def _outcome(head: str, code: int | None) -> Outcome:
    if "rejected by user" in head or "rejected by the user" in head:
        return Outcome.REJECTED
    if "verification failed" in head or "Failed to find expected lines" in head:
        return Outcome.FAILED
    if code is None and (match := _EXIT.search(head)):
        code = int(match[1][:9])
    if code is not None:
        return Outcome.APPLIED if code == 0 else Outcome.FAILED
    return Outcome.APPLIED if head.startswith("Success.") else Outcome.UNKNOWN


def _event(tell: Teller, event: dict[str, Any]) -> None:
    match event.get("type"):
        case "patch_apply_end":
            _changes(tell, event, text_at(event, "call_id"))
        case "item_completed":
            item = table_at(event, "item")
            match item.get("type"):
                case "FileChange":
                    _changes(tell, item, text_at(item, "id"))
                case "AgentMessage":
                    for text in texts_of(item.get("content")):
                        tell.chat(text)
                case "Plan":
                    tell.write(Kind.PLAN, text_at(item, "text") or "")
        case "agent_message":
            tell.chat(text_at(event, "message") or "")
        case "agent_reasoning":
            tell.chat(text_at(event, "text") or "", Kind.REASONING)


def _changes(tell: Teller, end: dict[str, Any], call: str | None) -> None:
    """Tell the changes of a patch, unless its call told them; settle the call either way."""
    outcome = _patch_outcome(end)
    if tell.begin(call):
        for path, change in table_at(end, "changes").items():
            if isinstance(change, dict):
                _change(tell, path, change, outcome)
    tell.settle(call, outcome)


def _change(tell: Teller, path: str, change: dict[str, Any], outcome: Outcome) -> None:
    path = text_at(change, "move_path") or path
    content = text_at(change, "content") or ""
    if change.get("type") == "delete":
        tell.context(content)
        return
    if diff := text_at(change, "unified_diff"):
        files = list(unified(diff))
        runs = [run for file in files for run in file.added]
        before = "".join(file.before for file in files)
    else:
        runs, before = list(split_hunk("+" + line for line in content.splitlines())[0]), ""
    tell.context(before)
    for run in runs:
        told_by = tell.call_of(run)
        if told_by is None:
            tell.write(Kind.PATCH, run, path)
        else:
            tell.settle(told_by, outcome)


def _patch_outcome(end: dict[str, Any]) -> Outcome:
    status = str(end.get("status", "")).lower()
    if status == "declined":
        return Outcome.REJECTED
    if status == "completed" or end.get("success") is True:
        return Outcome.APPLIED
    return Outcome.FAILED if status == "failed" or end.get("success") is False else Outcome.UNKNOWN
