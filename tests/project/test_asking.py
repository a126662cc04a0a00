"""``explain``, ``zones`` and ``init`` on trees that are not as one expects."""

from __future__ import annotations

import os

import pytest
from marked import HUMAN, MARKED


@pytest.fixture
def odd(project):
    project.write("graders/paste.py", MARKED)
    project.write("graders/table.dat", b"\0\1")
    project.write(b"graders/line\nfeed \x1b[31m.py", MARKED)
    project.write("graders/12:34", b"x = 1\n" * 50)
    project.write("graders/empty.py", b"")
    (project.root / "graders" / "out.py").symlink_to("/etc/hostname")
    (project.root / "graders" / "circle").symlink_to(".")
    os.mkfifo(project.root / "graders" / "pipe.py")
    return project


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("graders/paste.py:2", "graders/paste.py, line 2\n"),
        ("graders/paste.py", "declared, claude-code: the file says so"),
        ("graders/score.py:1-9", "graders/score.py, lines 1-2\n"),
        ("graders/12:34", "graders/12:34"),
        ("graders/12:34:5", "graders/12:34, line 5\n"),
        ("graders/empty.py", "graders/empty.py"),
        ("graders/table.dat", "it is binary"),
        ("graders/out.py", "it is a link that leaves the project"),
        ("graders/pipe.py", "it is no regular file"),
        ("graders/line\nfeed \x1b[31m.py:1", "graders/line\\x0afeed \\x1b[31m.py"),
    ],
)
def test_a_place_is_explained(odd, place, words):
    done = odd.redline("explain", place, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("graders", "is not one file"),
        ("graders/nope.py:3", "there is no 'graders/nope.py'"),
        ("graders/paste.py:0", "graders/paste.py:0 names no lines"),
        ("graders/paste.py:9-3", "graders/paste.py:9-3 names no lines"),
        ("graders/paste.py:99", "graders/paste.py has 3 lines; 99 to 99 are not among them"),
        ("../x.py", "there is no '../x.py'"),
    ],
)
def test_a_place_that_is_none(odd, place, said):
    done = odd.redline("explain", place)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "\nhelp: " in done.stderr


def test_zones_of_a_whole_odd_tree(odd):
    done = odd.redline("zones", ".", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "graders/line\\nfeed \\x1b[31m.py" in done.stdout
    assert "graders/table.dat" in done.stdout


def test_zones_of_what_is_not_there(odd):
    done = odd.redline("zones", "graders/nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no 'graders/nope'\nhelp: the nearest folder")


def test_init_looks_at_an_odd_tree_and_what_it_writes_is_right(odd):
    done = odd.redline("init", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert odd.redline("policy", "check").returncode == 0
    again = odd.redline("init")
    assert (again.returncode, again.stdout) == (2, "")
    assert "is there already" in again.stderr


def test_init_without_git_and_in_a_bare_repository(folder, tmp_path):
    folder.write("graders/score.py", HUMAN)
    assert folder.redline("init", PATH=str(tmp_path)).returncode == 0
    assert folder.redline("policy", "check").returncode == 0


def test_init_in_an_empty_folder(folder):
    assert folder.redline("init").returncode == 0
    assert folder.redline("lint").returncode == 0
