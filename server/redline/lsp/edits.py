"""Fixes as edits of the workspace: versioned where the client can, in its own encoding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lsprotocol import types

from redline.fixes.edits import FileEdit, Fix
from redline.live.spans import ByteMap
from redline.live.text import LiveText

if TYPE_CHECKING:
    from redline.lsp.session import OpenDocument, Session

_Change: TypeAlias = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


@dataclass(frozen=True, slots=True)
class Target:
    """One text that fixes change, as it was when they were planned."""

    uri: str
    text: bytes
    version: int | None
    """None for a file that is not open."""


def possible(fix: Fix, session: Session) -> bool:
    """Tell whether the client can apply a fix: not all can create files."""
    client = session.capabilities
    return not fix.new_files or (client.document_changes and client.creates_files)


def workspace_edit(
    fixes: Sequence[Fix], targets: Mapping[str, Target], root: Path, session: Session
) -> types.WorkspaceEdit:
    """Build one edit of several fixes that can be applied together.

    ``targets`` has each path that the fixes change; new files' paths are relative to ``root``.
    They are made and filled first: where that fails nothing has been taken away.
    """
    changes: list[_Change] = []
    for fix in fixes:
        for new in fix.new_files:
            uri = (root / new.path).as_uri()
            options = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
            changes.append(types.CreateFile(uri, options=options))
            start = types.Position(0, 0)
            filled = types.TextEdit(types.Range(start, start), text_of(new.content))
            changes.append(_versioned(uri, None, [filled]))
    by_path: dict[str, list[FileEdit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            by_path.setdefault(edit.path, []).append(edit)
    # What is added elsewhere comes before what is taken away here.
    ordered = sorted(by_path, key=lambda path: any(not e.replacement for e in by_path[path]))
    plain = {
        targets[path].uri: text_edits(targets[path].text, by_path[path], session.encoding)
        for path in ordered
    }
    if not session.capabilities.document_changes:
        return types.WorkspaceEdit(changes=plain)
    for path in ordered:
        target = targets[path]
        changes.append(_versioned(target.uri, target.version, plain[target.uri]))
    return types.WorkspaceEdit(document_changes=changes)


def text_edits(text: bytes, edits: Iterable[FileEdit], encoding: str) -> list[types.TextEdit]:
    """Edits of one text as the client counts; in order and apart from each other."""
    places = ByteMap(text)
    live = LiveText(text_of(text))
    made = []
    for edit in sorted(edits, key=lambda edit: edit.span):
        extent = places.extent(edit.span)
        start = types.Position(*live.units(extent.start, encoding))
        end = types.Position(*live.units(extent.end, encoding))
        made.append(types.TextEdit(types.Range(start, end), text_of(edit.replacement)))
    return made


def target_of(document: OpenDocument) -> Target:
    """A document as it is now."""
    return Target(document.uri, document.text.to_bytes(), document.version)


def _versioned(
    uri: str, version: int | None, edits: list[types.TextEdit]
) -> types.TextDocumentEdit:
    document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    return types.TextDocumentEdit(document, list(edits))


def text_of(data: bytes) -> str:
    """The text of bytes that came from one."""
    return data.decode("utf-8", "surrogatepass")
