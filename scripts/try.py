"""Show what Redline does: on a sample repository, or on one that is named.

``python scripts/try.py`` builds the sample in a temporary folder and leaves it there to look
around; ``python scripts/try.py REPOSITORY`` lints that repository and writes nothing into it: the
index and every cache lie in a temporary folder, which is removed. The exit code is 0 when the
commands did what they should, whatever they found.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sample

REDLINE = Path(sys.executable).with_name("redline")
LESSONS = """\
What you saw
  recorded   a session wrote these very lines: graders/steps.py, harness/retry.py, prompts/hints.md;
             or a git-ai note names them: data/train/lessons.jsonl
  matched    pasted from an answer, every name changed: graders/answers.py
  declared   only the commit, or a token left behind, says so: tasks/ledger.py, rubrics/clarity.md
  silent     what people wrote, even where an assistant had read and repeated it; and what
             assistants wrote where they may: tools/

Next
  make try REPO=path/to/yours   lint a repository of yours; nothing is written into it
  redline init                  propose zones and write a first redline.yaml (the command lies
                                beside the Python that make installed: .venv/bin/redline)
"""


def main() -> int:
    """Give the tour, or lint the repository named on the command line; return an exit code."""
    if len(sys.argv) > 2:
        print("usage: python scripts/try.py [REPOSITORY]", file=sys.stderr)
        return 2
    return _visit(Path(sys.argv[1])) if sys.argv[1:] else _tour()


def _tour() -> int:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="redline-try-"))
    _head("1", "A small evaluation repository, and what three assistants recorded meanwhile")
    repository, sessions, _ = sample.build(folder)
    print(f"  {repository}\n  {sessions}\n", flush=True)
    own = _own_folders(folder)
    index = ["--index", "../origins.db"]
    _head("2", "Read the sessions: fingerprints are kept, never text")
    codes = [_redline(["index", "update", "--root", "../sessions", *index], repository, own)]
    _head("3", "Lint: which of it lies where no assistant may write?")
    codes.append(_redline(["lint", *index], repository, own))
    _head("4", "Why that line?")
    codes.append(_redline(["explain", "graders/answers.py:17", *index], repository, own))
    print(LESSONS)
    print(f"The sample stays in {folder}; it took {time.monotonic() - started:.0f} s.")
    # Findings are what the tour is for: only 1 from lint shows that it works.
    if codes != [0, 1, 0]:
        print(f"error: the commands ended with {codes}, not with [0, 1, 0]", file=sys.stderr)
        return 1
    return 0


def _visit(repository: Path) -> int:
    if not repository.is_dir():
        print(f"error: there is no folder {repository}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="redline-try-") as scratch:
        own = _own_folders(Path(scratch))
        index = ["--index", str(Path(scratch) / "origins.db")]
        _head("1", "Read the sessions of the assistants on this machine, into a temporary index")
        read = _redline(["index", "update", *index], repository, own)
        _head("2", f"Lint {repository}")
        code = _redline(["lint", "--no-cache", *index], repository, own)
    if code == 3:
        print("Exit code 3: something in a protected place could not be judged; see above.")
    return 0 if read in (0, 3) and code in (0, 1, 3) else 2


def _own_folders(folder: Path) -> dict[str, str]:
    # Index and caches of a tour must not mix with those of daily work.
    places = {"REDLINE_INDEX": "origins.db", "REDLINE_CACHE": "cache"}
    return os.environ | {name: str(folder / place) for name, place in places.items()}


def _head(number: str, words: str) -> None:
    print(f"{number}. {words}", flush=True)


def _redline(arguments: list[str], cwd: Path, environment: dict[str, str]) -> int:
    print(f"$ redline {shlex.join(arguments)}\n", flush=True)
    code = subprocess.run([REDLINE, *arguments], cwd=cwd, env=environment, check=False).returncode
    print(flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
