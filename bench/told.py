"""Tell texts to an index as an assistant would, and ask it about others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from redline.detect.sessions import SessionDetector
from redline.indexer import update
from redline.model import Evidence

BEGIN, END = "<!-- {}: begin -->", "<!-- {}: end -->"


def tell(folder: Path, texts: Iterable[tuple[str, str]]) -> Path:
    """Write a Claude Code session in which each (path, text) was written; return its index."""
    session = folder / "sessions" / "5d1f0c52-0000-4000-8000-000000000000.jsonl"
    session.parent.mkdir(parents=True)
    with session.open("w", encoding="utf-8", newline="\n") as file:
        for number, (path, text) in enumerate(texts):
            given = {"file_path": f"/home/dev/told/{path}", "content": text}
            call = {"type": "tool_use", "id": f"toolu_{number}", "name": "Write", "input": given}
            message = {"role": "assistant", "model": "claude-opus-4-6", "content": [call]}
            record = {"type": "assistant", "sessionId": session.stem, "cwd": "/home/dev/told"}
            record |= {"version": "2.1.76", "uuid": f"u{number}", "message": message}
            record |= {"isSidechain": False, "timestamp": "2026-05-01T10:00:00.000Z"}
            file.write(json.dumps(record) + "\n")
    index = folder / "index.db"
    report = update([session.parent], index)
    if report.failures or report.unread:
        raise RuntimeError(f"the session could not be read whole: {report}")
    return index


def ask(sessions: SessionDetector, path: str, text: str) -> list[Evidence]:
    """What the index accounts for in a text of another project."""
    return sessions.evidence(path, "/home/dev/other", text.encode())


def into_page(page: Path, name: str, measured: str) -> None:
    """Put ``measured`` between the page's markers of that name; raise ``ValueError`` without."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"{page} lacks the lines {begin} and {end}")
    page.write_text(f"{before}{begin}\n{measured}\n{end}{after}", encoding="utf-8")
