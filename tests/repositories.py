"""Build small real repositories with the git command, the same ids on every machine."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HUMAN = ("Ada Example", "ada@example.org")
START = 1_750_000_000


def environment(author=HUMAN, committer=None, time=START):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    name, email = author
    by, address = committer or author
    return clean | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_AUTHOR_DATE": f"{time} +0000",
        "GIT_COMMITTER_NAME": by,
        "GIT_COMMITTER_EMAIL": address,
        "GIT_COMMITTER_DATE": f"{time} +0000",
    }


@dataclass
class Sample:
    """A repository to write in; each commit is a minute later than the one before."""

    root: Path
    time: int = field(default=START)

    @staticmethod
    def new(root: Path) -> Sample:
        root.mkdir(parents=True, exist_ok=True)
        sample = Sample(root)
        sample.git("init", "-q", "-b", "main")
        return sample

    def git(self, *arguments, author=HUMAN, committer=None, stdin=None):
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=environment(author, committer, self.time),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message="work", files=None, author=HUMAN, committer=None):
        """Commit the given files, or what is staged; returns the id."""
        self.time += 60
        for path, text in (files or {}).items():
            self.write(path, text)
        self.git("add", "-A")
        self.git(
            "commit", "-q", "--allow-empty", "-F", "-",
            author=author, committer=committer, stdin=message.encode(),
        )  # fmt: skip
        return self.git("rev-parse", "HEAD")

    def note(self, commit, text, ref="ai"):
        self.git("notes", f"--ref={ref}", "add", "-f", "-F", "-", commit, stdin=text.encode())
