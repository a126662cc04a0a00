"""What clients send as parameters, made into the types of the protocol or refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from redline.lsp.wire import MessageFault

if TYPE_CHECKING:
    from cattrs import Converter

_MOST_REPAIRS = 50

_log = logging.getLogger(__name__)


def read_params(converter: Converter, method: str, told: object) -> Any:  # noqa: ANN401 -- by method
    """Return the parameters of ``method`` as its type; those of a method of ours as they came.

    Raises ``MessageFault`` for what is not of that type.
    """
    known = types.METHOD_TO_TYPES.get(method)
    if known is None:
        return told
    kind: Any = known[2]
    if kind is None:
        return None
    try:
        reader = _READERS.get(method)
        if reader is not None:
            return reader(told)
        return converter.structure({} if told is None else told, kind)
    except Exception as error:
        if method == types.INITIALIZE and isinstance(told, dict):
            return _repaired(converter, told)
        raise MessageFault(f"the parameters of {method} are not what they must be") from error


def _changes(told: Any) -> types.DidChangeTextDocumentParams:  # noqa: ANN401 -- from a client
    """Read what comes with every key, in a third to a half of the general way's time."""
    document = told["textDocument"]
    uri, version, changes = document["uri"], document["version"], told["contentChanges"]
    if type(uri) is not str or type(version) is not int or type(changes) is not list:
        raise TypeError
    return types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(version, uri), tuple(map(_change, changes))
    )


def _change(told: Any) -> types.TextDocumentContentChangeEvent:  # noqa: ANN401 -- from a client
    text, extent = told["text"], told.get("range")
    if type(text) is not str:
        raise TypeError
    if extent is None:
        return types.TextDocumentContentChangeWholeDocument(text)
    start, end = extent["start"], extent["end"]
    return types.TextDocumentContentChangePartial(
        types.Range(
            types.Position(start["line"], start["character"]),
            types.Position(end["line"], end["character"]),
        ),
        text,
    )


_READERS: Final[dict[str, Callable[[Any], object]]] = {types.TEXT_DOCUMENT_DID_CHANGE: _changes}


def _repaired(converter: Converter, told: dict[str, Any]) -> types.InitializeParams:
    """Leave out what a client says wrongly of itself: newer clients know words that we do not."""
    params = deepcopy(told)
    params.setdefault("capabilities", {})
    params.setdefault("processId", None)
    params.setdefault("rootUri", None)
    for _ in range(_MOST_REPAIRS):
        try:
            return converter.structure(params, types.InitializeParams)
        except Exception as error:
            path = _path(error)
            if not _leave_out(params, path):
                break
            _log.warning("left out of what the client can do: %s", ".".join(path))
    raise MessageFault("the parameters of initialize are not what they must be")


def _path(error: BaseException) -> list[str]:
    """Return the names that lead to the first thing that could not be read."""
    path: list[str] = []
    current: BaseException | None = error
    while isinstance(current, BaseExceptionGroup) and current.exceptions:
        current = current.exceptions[0]
        for note in getattr(current, "__notes__", ()):
            name = getattr(note, "name", None) or getattr(note, "index", None)
            if name is not None:
                path.append(str(name))
    return path


def _leave_out(params: dict[str, Any], path: list[str]) -> bool:
    """Delete the innermost value on ``path`` that is there; tell whether there was one."""
    above: list[tuple[dict[str, Any], str]] = []
    current: Any = params
    for name in path:
        key = name if isinstance(current, dict) and name in current else _camel(name)
        if not isinstance(current, dict) or key not in current:
            break
        above.append((current, key))
        current = current[key]
    if not above:
        return False
    table, key = above[-1]
    if len(above) == 1 and key in ("capabilities", "processId", "rootUri"):
        table[key] = {} if key == "capabilities" else None
        return current not in ({}, None)
    del table[key]
    return True


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
