"""The time rule in the whole command: what people moved is theirs, on every machine."""

from __future__ import annotations

import subprocess

import pytest

import maze
from assistant_log import WROTE_AT, Log, indexed
from repositories import environment

BEFORE, AFTER = WROTE_AT // 1000 - 5_000_000, WROTE_AT // 1000 + 100_000
TIDES, FERRY = maze.TIDES.encode(), maze.FERRY.encode()


@pytest.fixture
def quay(project):
    """A session has written down two functions; one of them stood in the repository before."""
    project.repository.time = BEFORE
    project.repository.commit("Tides", {"src/tides.py": TIDES})
    log = Log(project.home / "sessions" / "one.jsonl", cwd="/home/ben/elsewhere")
    log.write("sketch.py", (TIDES + b"\n\n" + FERRY).decode())
    indexed(project.home / "sessions", project.index)
    project.repository.time = AFTER
    return project


def test_what_a_person_moved_is_no_finding_and_what_the_assistant_wrote_is(quay):
    (quay.root / "src" / "tides.py").unlink()
    quay.repository.commit("Move", {"graders/tides.py": TIDES, "graders/ferry.py": FERRY})
    for run in range(2):
        assert quay.judged() == (1, [("graders/ferry.py", 1)], {}), run
    assert quay.judged("--no-cache") == (1, [("graders/ferry.py", 1)], {})


def test_an_untracked_copy_is_judged_alike(quay):
    quay.write("graders/tides.py", TIDES)
    quay.write("graders/ferry.py", FERRY)
    assert quay.judged() == (1, [("graders/ferry.py", 1)], {})


def test_a_staged_copy_is_judged_alike(quay):
    quay.write("graders/tides.py", TIDES)
    quay.write("graders/ferry.py", FERRY)
    quay.repository.git("add", "-A")
    assert quay.judged("--staged") == (1, [("graders/ferry.py", 1)], {})


def test_many_files_are_judged_in_processes_alike(quay):
    for number in range(70):
        quay.write(f"graders/tides_{number:02}.py", TIDES)
    quay.write("graders/zz_ferry.py", FERRY)
    assert quay.judged("--jobs", "2") == (1, [("graders/zz_ferry.py", 1)], {})


def test_an_exported_index_gives_the_same_in_a_clone(quay):
    quay.repository.commit("Move", {"graders/tides.py": TIDES, "graders/ferry.py": FERRY})
    export = quay.home / "team.index"
    key = quay.home / "key"
    key.write_text("6b" * 16)
    key.chmod(0o600)
    done = quay.redline("index", "export", export, "--key-file", key)
    assert done.returncode == 0, done.stderr
    quay.index.unlink()
    done = quay.redline("index", "import", export, "--key-file", key)
    assert done.returncode == 0, done.stderr
    assert quay.judged() == (1, [("graders/ferry.py", 1)], {})


def test_a_shallow_clone_accuses_but_says_that_it_cannot_know(quay, tmp_path):
    (quay.root / "src" / "tides.py").unlink()
    quay.repository.commit("Move", {"graders/tides.py": TIDES})
    quay.repository.commit("Go on", {"README.md": b"# Quay\n"})
    told = ["git", "clone", "-q", "--depth", "1", f"file://{quay.root}", str(tmp_path / "clone")]
    subprocess.run(told, env=environment(), check=True)
    quay.root = tmp_path / "clone"
    code, places, skipped = quay.judged()
    assert (code, places) == (3, [("graders/tides.py", 1)])
    assert skipped["graders/tides.py"].startswith("history is cut off")
