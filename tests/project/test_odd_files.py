"""Files that are no plain text with a plain name: judged exactly, or counted as not judged."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
from marked import HUMAN, MARK, MARKED

NAMES = [
    b"graders/line\nfeed.py",
    b"graders/quotes\"'`.py",
    b"graders/-q.py",
    b"graders/--policy.py",
    b"graders/not utf\xff\xfe8.py",
    b"graders/::error file=x::boo.py",
    b"graders/\n::error::boo.py",
    b"graders/##[error]boo.py",
    b"graders/\x1b[31mred.py",
    b"graders/%0A::warning::boo.py",
    b"graders/a,b:c.py",
    "graders/‮gnp.py".encode(),
    b"::error::top/graders/a.py",
]


@pytest.fixture
def named(project):
    for name in NAMES:
        project.write(name, MARKED)
    return project


def test_every_name_is_judged_and_told_exactly(named):
    code, places, skipped = named.judged()
    assert (code, skipped) == (1, {})
    assert sorted(os.fsencode(path) for path, _ in places) == sorted(NAMES)


@pytest.mark.parametrize("words", [[], ["--staged"], ["--since", "HEAD"]])
def test_names_go_through_git_unharmed(named, words):
    named.repository.git("add", "-A")
    code, places, _ = named.judged(*words)
    assert (code, sorted(os.fsencode(path) for path, _ in places)) == (1, sorted(NAMES))


def test_each_name_can_be_given_itself(named):
    for name in NAMES:
        code, places, _ = named.judged("--", os.fsdecode(name))
        assert (code, [os.fsencode(path) for path, _ in places]) == (1, [name])


def test_no_name_writes_to_the_terminal_or_runs_in_a_ci_log(named):
    for words in ([], ["--color", "always"], ["--statistics"], ["--format", "github"]):
        done = named.lint(*words)
        assert done.returncode == 1
        assert "\x1b[31mred" not in done.stdout
        lines = done.stdout.splitlines()
        commands = [line for line in lines if line.lstrip().startswith("::")]
        # GitHub shows ten errors of a step.
        assert len(commands) == (10 if "github" in words else 0)
        ours = ("::error title=redline%3A grader-external,file=", "::notice title=Redline::")
        assert all(line.startswith(ours) for line in commands)
        # A runner that has read a line as one command does not look for another in it.
        assert not any("##[" in line for line in lines if line not in commands)
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in done.stdout


def test_links(project):
    project.write("src/tool.py", MARKED)
    graders = project.root / "graders"
    for name, target in {
        "inside.py": "../src/tool.py",
        "outside.py": "/etc/hostname",
        "loop.py": "loop.py",
        "one.py": "two.py",
        "two.py": "one.py",
        "broken.py": "nowhere.py",
        "folder": "../src",
        "circle": ".",
    }.items():
        (graders / name).symlink_to(target)
    nowhere = "it is a link that leads nowhere or in a circle"
    expected = {
        "graders/broken.py": nowhere,
        "graders/circle": "it is a link to a folder",
        "graders/folder": "it is a link to a folder",
        "graders/loop.py": nowhere,
        "graders/one.py": nowhere,
        "graders/outside.py": "it is a link that leaves the project",
        "graders/two.py": nowhere,
    }
    assert project.judged() == (3, [("graders/inside.py", 1)], expected)


def test_a_folder_that_became_a_link_is_not_read_through_it(project, tmp_path):
    outside = tmp_path / "outside"
    (project.root / "graders").rename(outside)
    (outside / "score.py").write_bytes(MARKED)
    (project.root / "graders").symlink_to(outside)
    code, places, skipped = project.judged()
    assert (code, places) == (3, [])
    assert skipped["graders/score.py"] == "it lies behind a link"


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_a_pipe_in_a_protected_folder_is_not_waited_for(folder, kind, monkeypatch):
    folder.write("graders/score.py", HUMAN)
    if kind == "pipe":
        os.mkfifo(folder.root / "graders" / "odd.py")
    else:
        # The name of a socket may not be longer than some hundred bytes.
        monkeypatch.chdir(folder.root / "graders")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("odd.py")
    expected = {"graders/odd.py": "it is no regular file"}
    assert folder.judged(timeout=60) == (3, [], expected)


def test_a_tracked_file_that_became_a_pipe(project):
    (project.root / "graders" / "score.py").unlink()
    os.mkfifo(project.root / "graders" / "score.py")
    assert project.judged(timeout=60) == (3, [], {"graders/score.py": "it is no regular file"})


def test_bytes_that_are_no_text(project):
    project.write("graders/table.dat", b"\0\1\2")
    project.write("graders/wide.py", MARKED.decode().encode("utf-16"))
    project.write("graders/chart.png", b"\x89PNG\r\n\0")
    project.write("src/table.dat", b"\0\1\2")
    expected = {"graders/table.dat": "it is binary", "graders/wide.py": "it is UTF-16 text"}
    assert project.judged() == (3, [], expected)


def places_of(project):
    done = project.lint("--format", "json")
    told = json.loads(done.stdout)
    assert told["skipped"] == []
    regions = {one["path"]: one["region"] for one in told["findings"]}
    return {
        path: (
            (region["start"]["line"], region["start"]["column"]),
            (region["end"]["line"], region["end"]["column"]),
            (region["byte_start"], region["byte_end"]),
        )
        for path, region in regions.items()
    }


def test_line_ends_and_odd_bytes_do_not_move_a_region(project):
    texts = {
        "graders/bom.py": b"\xef\xbb\xbf" + MARKED,
        "graders/cr.py": MARKED.replace(b"\n", b"\r"),
        "graders/crlf.py": MARKED.replace(b"\n", b"\r\n"),
        "graders/empty.py": b"",
        "graders/feeds.py": b"\n\n\n",
        "graders/late_nul.py": b"x = 1\n" * 4000 + b"\0\n" + MARK + b"y = 2\n",
        "graders/no_end.py": MARKED.rstrip(),
        "graders/not_utf8.py": b"# \xff\xfe\xc3\n" + MARK + b"y = 2\n",
    }
    for path, text in texts.items():
        project.write(path, text)
    mark = len(MARK)
    assert places_of(project) == {
        "graders/bom.py": ((1, 1), (4, 1), (0, len(MARKED) + 3)),
        "graders/cr.py": ((1, 1), (1, len(MARKED)), (0, len(MARKED) - 1)),
        "graders/crlf.py": ((1, 1), (4, 1), (0, len(MARKED) + 3)),
        "graders/late_nul.py": ((4002, 1), (4003, 1), (24_002, 24_002 + mark)),
        "graders/no_end.py": ((1, 1), (3, 13), (0, len(MARKED) - 1)),
        "graders/not_utf8.py": ((1, 1), (4, 1), (0, 6 + mark + 6)),
    }


def test_fifty_megabytes_in_one_line_and_two_hundred_thousand_lines(project):
    project.write("graders/long.py", b'x = "' + b"ab " * (50_000_000 // 3) + b'"\n' + MARK)
    project.write("graders/many.py", b"x = 1\n" * 200_000 + MARK)
    code, places, skipped = project.judged(timeout=300)
    assert (code, skipped) == (1, {})
    assert places == [("graders/long.py", 2), ("graders/many.py", 200_001)]


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def unprivileged(folder, tmp_path_factory):
    """How to run the command as somebody whom permissions stop; and everything is theirs."""

    base = tmp_path_factory.getbasetemp().parent
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of several processes each has a folder of its own inside

    def give():
        for place, folders, files in os.walk(folder.root.parent):
            for name in (".", *folders, *files):
                os.lchown(os.path.join(place, name), 65534, 65534)
        # Of the folders above only pytest's own are opened to others.
        for parent in folder.root.parents:
            if not parent.is_relative_to(base) or parent.stat().st_mode & 0o005 == 0o005:
                break
            parent.chmod(parent.stat().st_mode | 0o005)

    if os.getuid() != 0:
        return (), lambda: None
    if not os.path.exists("/usr/bin/setpriv"):
        pytest.skip("needs setpriv(1) to be somebody else than root")
    if subprocess.run([*NOBODY, sys.executable, "-c", ""], capture_output=True).returncode:
        pytest.skip("needs a Python that others than root may run")
    return NOBODY, give


def test_what_may_not_be_read_is_not_judged(project, unprivileged):
    before, give = unprivileged
    project.repository.commit("Old", {"evals/shut/old.py": "old = 1\n"})
    for path in ("graders/secret.py", "graders/shut/new.py", "src/shut/new.py"):
        project.write(path, MARKED)
    give()
    for path in ("graders/secret.py", "graders/shut", "src/shut", "evals/shut"):
        (project.root / path).chmod(0)
    folder = "the folder cannot be read: git could not open it"
    expected = {
        "evals/shut": folder,
        "evals/shut/old.py": "it cannot be read: Permission denied",
        "graders/secret.py": "it cannot be read: Permission denied",
        "graders/shut": folder,
        "src/shut": folder,
    }
    try:
        assert project.judged(before=before) == (3, [], expected)
        code, _, skipped = project.judged("--since", "HEAD~1", before=before)
        assert (code, skipped["evals/shut"]) == (3, folder)
        assert project.judged("src", before=before) == (0, [], {"src/shut": folder})
    finally:
        for path in ("graders/shut", "src/shut", "evals/shut"):
            (project.root / path).chmod(0o755)


def test_without_a_repository_a_shut_folder_is_told_too(folder, unprivileged):
    before, give = unprivileged
    folder.write("graders/shut/new.py", MARKED)
    give()
    (folder.root / "graders" / "shut").chmod(0)
    expected = {"graders/shut": "the folder cannot be read: Permission denied"}
    assert folder.judged(before=before) == (3, [], expected)
    (folder.root / "graders" / "shut").chmod(0o755)
