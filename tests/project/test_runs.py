"""Runs as such: the same twice over, ended by Ctrl-C, with nobody to read or no place to write."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from marked import HUMAN, MARKED

SECONDS = re.compile(r'"seconds": [0-9.e-]+')


@pytest.fixture
def large(project):
    """Enough files that several processes share them."""
    for number in range(150):
        text = MARKED if number % 7 == 0 else HUMAN
        project.write(f"graders/part{number % 5}/m{number:03}.py", text)
    project.write("graders/table.dat", b"\0")
    return project


@pytest.mark.parametrize("format", ["json", "jsonl", "sarif", "github", "text"])
def test_any_number_of_processes_gives_the_same_bytes(large, format):
    said = [
        SECONDS.sub("", large.lint("--format", format, "--jobs", jobs, *cache).stdout)
        for jobs in ("1", "4")
        for cache in ([], ["--no-cache"])
    ]
    assert len(said[0]) > 1000
    assert said == [said[0]] * 4


def test_ctrl_c_ends_all_processes_quietly_and_leaves_no_half_report(project):
    for number in range(400):
        project.write(f"graders/m{number}.py", b"x = 1\n" * 3000 + MARKED)
    report = project.home / "report.json"
    report.write_text("before\n")
    words = ["lint", "--jobs", "2", "--no-cache", "--format", "json", "--output", str(report)]
    interrupted = 0
    for delay in (0.05, 0.3, 0.6, 0.9, 1.5, 3.0, 6.0):
        with subprocess.Popen(
            [sys.executable, "-m", "redline", *words],
            cwd=project.root,
            env=project.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as run:
            time.sleep(delay)
            ended = run.poll() is not None
            if not ended:
                # As a terminal does: the whole group is told.
                os.killpg(run.pid, signal.SIGINT)
            out, err = run.communicate(timeout=60)
        if ended or run.returncode == -signal.SIGINT:
            # Before Redline runs at all the interpreter answers by its own rules.
            continue
        interrupted += 1
        assert (run.returncode, out, err) == (130, "", "")
        assert report.read_text() == "before\n"
        assert [path.name for path in project.home.iterdir() if "report" in path.name] == [
            "report.json"
        ]
        if interrupted == 2:
            break
    assert interrupted


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_ctrl_c_while_the_processes_are_started_leaves_none_of_them(project):
    for number in range(100):
        project.write(f"graders/m{number}.py", MARKED)
    at_each_fork = (
        "import os, signal, sys\n"
        "os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "from redline.cli import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", at_each_fork, "lint", "--jobs", "2", "--no-cache"],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_reader_that_goes_away(large):
    for format in ("text", "json", "jsonl", "github", "sarif"):
        with subprocess.Popen(
            [sys.executable, "-m", "redline", "lint", "--format", format],
            cwd=large.root,
            env=large.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            run.stdout.close()
            err = run.stderr.read()
        assert run.returncode == 3
        assert "Traceback" not in err
        assert "Broken" not in err


@pytest.mark.parametrize("place", ["nowhere/report.json", "file/report.json", "."])
def test_a_report_that_cannot_be_written(project, place):
    project.write("file", b"mine\n")
    done = project.lint("--format", "json", "--output", place)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: cannot write {place}: ")
    assert "help: name a file in a folder that exists and that you may write to\n" in done.stderr


def test_a_full_disk_is_told(project):
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    done = project.redline("lint", before=("sh", "-c", 'exec "$@" >/dev/full', "sh"))
    assert done.returncode == 3
    assert done.stderr.startswith("error: cannot write the report: No space left on device\n")


def test_a_file_that_goes_while_others_are_judged(project):
    """A formatter, a checkout, an editor: files come and go while a run lasts."""
    for number in range(300):
        project.write(f"graders/m{number:03}.py", b"x = 1\n" * 500)
    with subprocess.Popen(
        [sys.executable, "-m", "redline", "lint", "--jobs", "1", "--format", "json"],
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        for number in reversed(range(300)):
            file = project.root / "graders" / f"m{number:03}.py"
            if number % 2:
                file.unlink()
            else:
                file.write_bytes(MARKED)
        out, err = run.communicate(timeout=120)
    assert run.returncode in (0, 1, 3)
    assert out.startswith('{"version": 1')
    assert "Traceback" not in err
