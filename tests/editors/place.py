"""A repository of evals on disk, and an assistant's session on the same machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant_log import Log
from maze import FERRY, TIDES, WALK
from repositories import HUMAN, Sample

GRADERS = "paste keys look fix undo reload picture moves offer asks lens".split()
"""One for each test: an editor stays open over all of them."""
GREETING = """\
def greeting(name):
    return f"hello, {name}"


"""
"""What a person wrote and committed; it ends where text is put, at its fourth line."""


@dataclass(frozen=True)
class Place:
    """The folder, and the environment in which editors and servers run."""

    root: Path
    environment: dict[str, str]

    def read(self, path: str) -> str:
        """A file as it lies on disk; empty as long as there is none."""
        file = self.root / path
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def write(self, path: str, text: str) -> None:
        """Change a file behind every editor's back."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def made(folder: Path, more: Mapping[str, str] | None = None) -> Place:
    """Build it below ``folder``: graders and tools of a person, one session, its index.

    ``more`` are further files that the person committed.
    """
    sample = Sample.new(folder / "evals")
    files = {"redline.yaml": "schema: policy/1\n", "README.md": "# Evals of mazes\n"}
    for name in GRADERS:
        files[f"graders/{name}.py"] = GREETING
    files["tools/greeting.py"] = GREETING
    files |= more or {}
    sample.commit("Grade mazes", files)
    # Whoever answers for a text signs with a name.
    sample.git("config", "user.name", HUMAN[0])
    sample.git("config", "user.email", HUMAN[1])
    sessions = folder / "home" / ".claude" / "projects" / "-maze"
    log = Log(sessions / "5d1f0c52.jsonl", cwd=str(sample.root))
    log.ask("Write a shortest walk, the spring tides and the cancelled ferries.")
    for path, text in (("walk.py", WALK), ("tides.py", TIDES), ("ferry.py", FERRY)):
        log.write(path, text)
    environment = _environment(folder)
    index = [sys.executable, "-m", "redline", "index", "update", "--quiet"]
    subprocess.run([*index, "--root", str(sessions)], env=environment, check=True)
    return Place(sample.root, environment)


def _environment(folder: Path) -> dict[str, str]:
    """A user of its own: home, caches, state and index below ``folder``."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    home = folder / "home"
    own = {
        "HOME": str(home),
        "REDLINE_CACHE": str(folder / "cache"),
        "REDLINE_INDEX": str(folder / "index.db"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
    }
    # `redline` is found as a user's shell finds it.
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | own | {"PATH": path}
