"""A grader of which an assistant wrote a part, the session that tells, and its index."""

from __future__ import annotations

import os
from pathlib import Path

from assistant_log import Log, indexed

HUMAN = """def load(path):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


"""
THEIRS = """def shortest_way(cave, start, goal):
    queue = [(start, [start])]
    visited = {start}
    while queue:
        place, way = queue.pop(0)
        if place == goal:
            return way
        for step in neighbours(cave, place):
            if step not in visited:
                visited.add(step)
                queue.append((step, [*way, step]))
    return None
"""
PATH = "graders/way.py"
ALLOWED = """\
schema: policy/1
extends: []
zones:
  - {id: free, title: Free, globs: [graders/]}
rules:
  - id: welcome
    title: Welcome
    zones: [free]
    by: [external]
    effect: allow
    message: Fine.
    help: Nothing.
    why: It is fine.
"""
MARKDOWN = {"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}}}


def assist(sample, text: str = THEIRS, path: str = PATH, session: str = "5d1f0c52-7a3e-4b6f"):
    """Have an assistant write ``text`` in a session of this project, and index it."""
    home = Path(os.environ["HOME"]) / ".claude" / "projects" / "maze"
    file = home / f"{session}.jsonl"
    log = Log(file, session, cwd=str(sample.root))
    log.ask("Find the shortest way.")
    log.write(path, text)
    index = Path(os.environ["REDLINE_INDEX"])
    index.parent.mkdir(parents=True, exist_ok=True)
    indexed(home, index)
    return file


def open_grader(client, sample, text: str = HUMAN + THEIRS, path: str = PATH) -> str:
    """Open a file in an editor, not on disk, and wait until something was found in it."""
    uri = (sample.root / path).as_uri()
    client.open(uri, text)
    client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics" and one["params"]["uri"] == uri
        )
    )
    return uri


def at(uri: str, line: int, character: int = 4) -> dict:
    """A place in a document, from 0."""
    position = {"line": line, "character": character}
    return {"textDocument": {"uri": uri}, "position": position}


def command(client, name: str, *arguments):
    """Run a command of the server."""
    params = {"command": name, "arguments": list(arguments)}
    return client.request("workspace/executeCommand", params)
