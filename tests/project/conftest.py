"""A project with a marked grader, and the real command run in it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from marked import HUMAN

from repositories import Sample


def path_of(told):
    """The path of a finding or skip as it is on disk, whatever its bytes."""
    raw = told.get("path_base64")
    return os.fsdecode(base64.b64decode(raw)) if raw else told["path"]


@dataclass
class Project:
    """A folder, and a home of its own for what Redline keeps."""

    root: Path
    home: Path
    repository: Sample | None = None

    @property
    def index(self) -> Path:
        """Where the origin index would be; none is there at first."""
        return self.home / "index.sqlite"

    def environment(self, **more):
        clean = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {"HOME": str(self.home), "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1"}
        own |= {"REDLINE_CACHE": str(self.home / "cache"), "REDLINE_INDEX": str(self.index)}
        return clean | own | more

    def write(self, path, data):
        file = Path(os.fsdecode(os.path.join(os.fsencode(self.root), os.fsencode(path))))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return file

    def redline(self, *words, cwd=None, before=(), timeout=120, **environ):
        """Run the command; no run, whatever lies in the tree, may end in a traceback."""
        done = subprocess.run(
            [*before, sys.executable, "-m", "redline", *map(os.fspath, words)],
            cwd=cwd or self.root,
            env=self.environment(**environ),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert "this is a bug" not in done.stderr
        return done

    def lint(self, *words, **how):
        return self.redline("lint", *words, **how)

    def judged(self, *words, **how):
        """Lint; give the exit code, the places with findings, and what was not judged."""
        done = self.lint("--format", "json", *words, **how)
        assert done.stdout, done.stderr
        told = json.loads(done.stdout)
        places = [(path_of(one), one["region"]["start"]["line"]) for one in told["findings"]]
        skipped = {path_of(one): one["reason"] for one in told["skipped"]}
        return done.returncode, places, skipped


@pytest.fixture
def folder(tmp_path) -> Project:
    """A folder that is no repository."""
    (tmp_path / "home").mkdir()
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", tmp_path / "home")


@pytest.fixture
def project(folder) -> Project:
    """A repository with a grader that people wrote, committed."""
    folder.repository = Sample.new(folder.root)
    folder.repository.commit("A grader", {"graders/score.py": HUMAN.decode()})
    return folder
