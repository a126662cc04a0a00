"""The problem matchers of VS Code's package read what the real commands print."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CONTRIBUTES = json.loads(
    (CHECKOUT / "editors" / "vscode" / "package.json").read_text(encoding="utf-8")
)["contributes"]
MATCHERS = {one["name"]: one for one in CONTRIBUTES["problemMatchers"]}
SEVERITIES = {"error", "warning", "note"}
"""Those that VS Code knows by these words; a note is an information."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, CHECKOUT / "scripts" / "sample.py", folder], check=True)
    return folder / "maze-evals"


@pytest.fixture(scope="module")
def redline(project):
    """Start the real command in the sample, with folders of its own for what Redline keeps."""
    home = project.parent / "home"
    home.mkdir()
    own = {"HOME": home, "REDLINE_CACHE": home / "cache", "REDLINE_INDEX": home / "origins.db"}
    environment = dict(os.environ) | {name: str(value) for name, value in own.items()}

    def start(*words, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "redline", *words],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            **more,
        )

    return start


@pytest.fixture(scope="module")
def due(redline):
    """What must be listed, as VS Code would: the findings that the command gives to programs."""
    report, _ = redline("lint", "--format", "json").communicate()
    found = {
        (
            one["path"],
            one["region"]["start"]["line"],
            one["region"]["start"]["column"],
            *(one[part] for part in ("level", "rule", "message")),
        )
        for one in json.loads(report)["findings"]
    }
    assert found
    return found


def problems(lines):
    """Yield what the patterns find: file, line, column, severity, code, message."""
    (pattern,) = CONTRIBUTES["problemPatterns"]
    assert {one["pattern"] for one in MATCHERS.values()} == {f"${pattern['name']}"}
    first, second = pattern["patterns"]
    for one, other in pairwise(lines):
        told, place = re.search(first["regexp"], one), re.search(second["regexp"], other)
        if told and place:
            yield (
                place[second["file"]],
                int(place[second["line"]]),
                int(place[second["column"]]),
                *(told[first[part]] for part in ("severity", "code", "message")),
            )


def test_each_finding_of_a_run_is_a_problem_at_its_place(redline, due):
    printed, _ = redline("lint").communicate()
    assert set(problems(printed.splitlines())) == due
    assert {severity for *_, severity, _, _ in due} <= SEVERITIES


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT, to end the command")
def test_a_watch_begins_and_settles_once_and_lists_the_same(redline, due):
    pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
    background = MATCHERS["redline-watch"]["background"]
    begins, ends = (re.compile(background[name]) for name in ("beginsPattern", "endsPattern"))
    lines = []
    # In a terminal both streams are one.
    with redline("watch", "--no-sessions", stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if sum(bool(ends.search(one)) for one in lines) == len(due):
                process.send_signal(signal.SIGINT)
    assert sum(bool(begins.search(one)) for one in lines) == 1
    assert set(problems(lines)) == due
