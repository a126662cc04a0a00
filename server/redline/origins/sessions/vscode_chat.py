"""VS Code's Copilot chats: ``chatSessions/*.json`` (version 3), and ``.jsonl`` mutation logs.

The log's operations are those of microsoft/vscode ``objectMutationLog.ts``. Both forms
are read whole: a mutation may change any part of what stood before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..events import Event, Kind, Outcome, Unread
from ..records_io import Records, decoded, load
from .telling import State, Teller, path_of_uri, table_at, tables_at, text_at
from .tools import tell_call

MISPLACED = "change to a place that is not there"
_LARGEST_INDEX = 1 << 20
_REFUSALS = (0, 5)
"""``ToolConfirmKind`` of VS Code: denied, skipped."""
_MOST_NODES = 200_000


def read_document(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of a session kept as one JSON object."""
    for item in decoded(records):
        if isinstance(item, Unread):
            yield item
        else:
            yield from _session(item[0], item[1], state)


def read_log(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of a session kept as a log of mutations of one object.

    Positions are those of the log's first line: the object has no others.
    """
    root: dict[str, Any] = {}
    for item in decoded(records):
        if isinstance(item, Unread):
            yield item
            continue
        position, change = item
        value = change.get("v")
        if change.get("kind") == 0 and isinstance(value, dict):
            root = value
        elif not _apply(root, change):
            yield Unread(position, MISPLACED)
    yield from _session(0, root, state)


def _apply(root: dict[str, Any], change: dict[str, Any]) -> bool:
    path = change.get("k")
    if not isinstance(path, list) or not path:
        return False
    parent: object = root
    for key in path[:-1]:
        parent = _child(parent, key)
    last = path[-1]
    match change.get("kind"):
        case 1:
            return _set(parent, last, change.get("v"))
        case 2:
            items = _child(parent, last)
            if items is None and _set(parent, last, []):
                items = _child(parent, last)
            if not isinstance(items, list):
                return False
            if isinstance(cut := change.get("i"), int):
                del items[max(cut, 0) :]
            if isinstance(more := change.get("v"), list):
                items.extend(more)
            return True
        case 3 if isinstance(parent, dict) and isinstance(last, str):
            parent.pop(last, None)
            return True
    return False


def _child(parent: object, key: object) -> object:
    if isinstance(parent, dict) and isinstance(key, str):
        return parent.get(key)
    if isinstance(parent, list) and isinstance(key, int) and 0 <= key < len(parent):
        return parent[key]
    return None


def _set(parent: object, key: object, value: object) -> bool:
    if isinstance(parent, dict) and isinstance(key, str):
        parent[key] = value
        return True
    if isinstance(parent, list) and isinstance(key, int) and 0 <= key < _LARGEST_INDEX:
        if key >= len(parent):
            parent.extend([None] * (key + 1 - len(parent)))
        parent[key] = value
        return True
    return False


def _session(position: int, session: dict[str, Any], state: State) -> Iterator[Event]:
    tell = Teller(state, "copilot", "vscode-chat")
    version = session.get("version")
    tell.at(position, session.get("creationDate"))
    tell.session(
        id=text_at(session, "sessionId"),
        version=str(version) if isinstance(version, int) else None,
    )
    for request in tables_at(session, "requests"):
        tell.at(position, request.get("timestamp"))
        _request(tell, request)
        yield from tell.drain()
    yield from tell.drain()


def _request(tell: Teller, request: dict[str, Any]) -> None:
    metadata = table_at(table_at(request, "result"), "metadata")
    parts = tables_at(request, "response")
    tell.state["model"] = text_at(request, "modelId")
    tell.context(text_at(table_at(request, "message"), "text"))
    for key in ("renderedUserMessage", "renderedGlobalContext"):
        for text in _leaves(metadata.get(key)):
            tell.context(text)
    for variable in tables_at(table_at(request, "variableData"), "variables"):
        tell.context(variable.get("value"))
    results = table_at(metadata, "toolCallResults")
    written = False
    for round_ in tables_at(metadata, "toolCallRounds"):
        tell.begin(None)
        tell.chat(text_at(round_, "response") or "")
        for call in tables_at(round_, "toolCalls"):
            written |= _call(tell, call, results)
    _parts(tell, parts, written)


def _call(tell: Teller, call: dict[str, Any], results: dict[str, Any]) -> bool:
    """Tell one call and its result; true if it may have written to a file."""
    name = text_at(call, "name") or ""
    arguments = call.get("arguments")
    if isinstance(arguments, str):
        arguments = load(arguments.encode("utf-8", "replace"))[0] or arguments
    full_id = text_at(call, "id") or ""
    tell_call(tell, full_id.partition("__vscode")[0] or None, name, arguments)
    tell.context("\n".join(_leaves(results.get(full_id))))
    return any(word in name for word in ("edit", "create", "replace", "patch"))


def _parts(tell: Teller, parts: list[dict[str, Any]], written: bool) -> None:
    tell.begin(None)
    # A fence may begin in one part and end in another.
    tell.chat("".join(text_at(part, "value") or "" for part in parts if "kind" not in part))
    for part in parts:
        match part.get("kind"):
            case "thinking":
                tell.chat(text_at(part, "value") or "", Kind.REASONING)
            case "toolInvocationSerialized":
                _invocation(tell, part)
            case "textEditGroup" if not written:
                # With calls at hand these repeat them, widened by text that stood there.
                _edit_group(tell, part)


def _invocation(tell: Teller, part: dict[str, Any]) -> None:
    confirmed = part.get("isConfirmed")
    kind = confirmed.get("type") if isinstance(confirmed, dict) else None
    call = text_at(part, "toolCallId")
    details = part.get("resultDetails")
    if isinstance(details, dict) and isinstance(text := details.get("input"), str):
        # Cancelled turns keep the arguments only here.
        tell_call(
            tell, call, text_at(part, "toolId") or "", load(text.encode("utf-8", "replace"))[0]
        )
    if confirmed is False or kind in _REFUSALS:
        tell.settle(call, Outcome.REJECTED)
    elif part.get("isComplete") is True:
        tell.settle(call, Outcome.APPLIED)


def _edit_group(tell: Teller, part: dict[str, Any]) -> None:
    uri = table_at(part, "uri")
    path = text_at(uri, "fsPath", "path")
    if path is None and (external := text_at(uri, "external")):
        path = path_of_uri(external)
    batches = part.get("edits")
    for batch in batches if isinstance(batches, list) else ():
        for edit in batch if isinstance(batch, list) else (batch,):
            if isinstance(edit, dict):
                tell.write(Kind.EDIT, text_at(edit, "text") or "", path)


def _leaves(node: object) -> list[str]:
    """Return the texts of a rendered prompt tree, in order, however deep it is."""
    texts: list[str] = []
    waiting = [node]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(text := value.get("text"), str):
                texts.append(text)
            # Last in, first out: what comes first is pushed last.
            waiting.extend(
                child
                for key in ("children", "content", "value", "node")
                if isinstance(child := value.get(key), dict | list | str)
            )
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, str):
            texts.append(value)
    return texts
