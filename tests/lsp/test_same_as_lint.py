"""The editor and the command line say the same of the same text on the same machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant_log import Log
from maze import FERRY, OWN, PENALTY, TIDES, WALK
from redline.indexer import update
from redline.indexer.edits import LiveEdit, learn
from redline.ledger import Answer, Declaration, declare
from redline.live.analyse import analyse
from redline.live.workroom import Project, Workroom
from redline.model import UNDECLARED, Span, Strength

CLAUDE = ("Claude", "noreply@anthropic.com")
ESTUARY = TIDES.replace("harbour", "estuary")
CANAL = FERRY.replace("captain", "lock_keeper")
TASK = f"from inspect_ai import task\n\n\n@task\n{PENALTY}"
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": WALK.splitlines(keepends=True),
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
LANDED = 1_772_400_000_000


@pytest.fixture
def index():
    return Path(os.environ["REDLINE_INDEX"])


@pytest.fixture
def room(maze, index):
    """A room that was open before anything happened."""
    room = Workroom(Project(maze.root.resolve(), index))
    room.judge()
    yield room
    room.close()


def linted(root, *words):
    """What lint finds in each file, as JSON."""
    command = [sys.executable, "-m", "redline", "lint", "--format", "json", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found = {}
    for one in json.loads(done.stdout)["findings"]:
        told = (
            one["rule"],
            one["level"],
            one["region"]["byte_start"],
            one["region"]["byte_end"],
            one["assistant"],
            one["strength"],
            one["message"],
            one["fingerprint"],
        )
        found.setdefault(one["path"], []).append(told)
    return found


def analysed(room, paths):
    """The same by the editor's analysis, of the texts as they lie on disk."""
    found = {}
    for path in paths:
        text = (room.root / path).read_bytes()
        for one in analyse(room, path, text).findings:
            best, span = one.region.best, one.region.span
            told = (
                one.rule,
                str(one.level),
                span.start,
                span.end,
                one.assistant,
                str(best.strength),
                one.message,
                one.fingerprint,
            )
            found.setdefault(path, []).append(told)
    return found


def happen(maze, index):
    """A session, live edits, answers, moves, copies, a rule file in a folder, odd bytes."""
    root = maze.root
    maze.commit("by hand", {"src/own.py": OWN})
    maze.commit("by Claude", {"src/moved.py": FERRY, "src/copied.py": TIDES}, author=CLAUDE)
    maze.git("mv", "src/moved.py", "graders/moved.py")
    maze.write("graders/copied.py", TIDES.replace("return sorted", "return list"))
    log = Log(root.parent / "sessions" / "one.jsonl", cwd=str(root))
    log.write("graders/walk.py", WALK)
    log.say(f"Here you are:\n\n```python\n{PENALTY}```\n")
    update([root.parent / "sessions"], index)
    files = {
        "graders/walk.py": f"{OWN}\n\n{WALK}",
        "graders/windows.py": WALK.replace("\n", "\r\n"),
        "graders/latin.py": f"# caf\xe9\n{WALK}".encode("latin-1"),
        "graders/notebook.ipynb": json.dumps(NOTEBOOK, indent=1),
        "graders/score.py": f"{OWN}\n\n{ESTUARY}",
        "graders/asked.py": f"{OWN}\n\n{CANAL}",
        "graders/answered.py": f"{CANAL}\n\n{OWN}",
        "graders/named.py": f"{CANAL}\n\n\n{OWN}",
        "src/tasks.py": TASK,
        "lab/way.py": WALK,
        "lab/redline.yaml": "schema: policy/1\nzones:\n- {id: grader, globs: ['way.py']}\n",
        "graders/header.py": WALK[: WALK.index('    """')] + '    raise ValueError("by hand")\n',
    }
    for path, text in files.items():
        maze.write(path, text)
    edits = [
        ("graders/score.py", ESTUARY, "copilot", "completion", Strength.RECORDED),
        ("graders/asked.py", CANAL, UNDECLARED, "paste", Strength.SUSPECTED),
        ("graders/answered.py", CANAL, UNDECLARED, "paste", Strength.SUSPECTED),
        ("graders/walk.py", WALK, "codex", "copy", Strength.SUSPECTED),
    ]
    learn(
        index,
        [
            LiveEdit(f"{root}/{path}", text, who, kind, LANDED, strength=strength)
            for path, text, who, kind, strength in edits
        ],
    )
    for path, answer, who in [
        ("graders/answered.py", Answer.MINE, None),
        ("graders/named.py", Answer.ASSISTANT, "gemini-cli"),
        ("graders/score.py", Answer.MINE, None),
    ]:
        text = (root / path).read_bytes()
        block = ESTUARY if path == "graders/score.py" else CANAL
        start = text.index(block.encode())
        about = Declaration.about(
            text,
            Span(start, start + len(block)),
            path=path,
            zone="grader",
            answer=answer,
            by="Ada",
            at=LANDED,
            assistant=who,
        )
        declare(root, about)


def test_every_file_is_judged_alike(maze, index, room, start):
    happen(maze, index)
    everything = maze.git("ls-files", "-co", "--exclude-standard").splitlines()
    everything = [path for path in everything if (maze.root / path).exists()]
    found = linted(maze.root)
    assert sorted(found) == [
        "graders/asked.py",
        "graders/copied.py",
        "graders/latin.py",
        "graders/moved.py",
        "graders/named.py",
        "graders/notebook.ipynb",
        "graders/score.py",
        "graders/walk.py",
        "graders/windows.py",
        "lab/way.py",
        "src/tasks.py",
    ]
    # From what earlier runs found, from nothing, and of one file alone.
    assert linted(maze.root) == found
    assert linted(maze.root, "--no-cache") == found
    for path in ("graders/copied.py", "graders/walk.py"):
        assert linted(maze.root, path) == {path: found[path]}
    assert analysed(room, everything) == found
    fresh = Workroom(Project(maze.root.resolve(), index))
    assert analysed(fresh, reversed(everything)) == found
    fresh.close()

    client = start()
    for path in sorted(found):
        if path.endswith((".ipynb", "latin.py")):
            # A notebook is told by its cells, and an editor reads other encodings its own way.
            continue
        text = (maze.root / path).read_bytes().decode()
        uri = (maze.root / path).as_uri()
        client.open(uri, text)
        told = client.until(
            lambda one, uri=uri: (
                one.get("method", "").endswith("publishDiagnostics") and one["params"]["uri"] == uri
            )
        )["params"]["diagnostics"]
        assert sorted((one["code"], one["range"]["start"]["line"]) for one in told) == sorted(
            (rule, text.encode().count(b"\n", 0, start)) for rule, _, start, *_ in found[path]
        )
        assert [one[6].split(". ")[0] in told[row]["message"] for row, one in
                enumerate(found[path])] == [True] * len(told)  # fmt: skip
