"""Which files and which bytes ``--staged``, ``--since`` and paths select."""

from __future__ import annotations

import os
import sys

import pytest
from marked import HUMAN, MARKED

from repositories import Sample, environment


def test_staged_text_is_judged_never_the_working_tree(project):
    project.write("graders/score.py", MARKED)
    assert project.judged("--staged") == (0, [], {})
    project.repository.git("add", ".")
    project.write("graders/score.py", HUMAN)
    assert project.judged("--staged") == (1, [("graders/score.py", 1)], {})
    assert "2 | | def score(answer):\n3 | |     return 1" in project.lint("--staged").stdout


def test_a_part_of_a_file_is_staged(project):
    text = HUMAN * 3
    project.repository.commit("Thrice", {"graders/score.py": text.decode()})
    project.write("graders/score.py", MARKED + text)
    project.repository.git("add", ".")
    project.write("graders/score.py", b"x = 1\n" + MARKED + text + MARKED)
    assert project.judged("--staged") == (1, [("graders/score.py", 1)], {})


def test_deleted_renamed_and_mode_changes(project):
    project.repository.commit(
        "More",
        {"graders/gone.py": MARKED.decode(), "src/moved.py": MARKED.decode(), "graders/run": "x\n"},
    )
    project.repository.git("rm", "-q", "graders/gone.py")
    project.repository.git("mv", "src/moved.py", "graders/moved.py")
    (project.root / "graders" / "run").chmod(0o755)
    project.repository.git("add", ".")
    assert project.judged("--staged") == (1, [("graders/moved.py", 1)], {})
    assert project.judged("--since", "HEAD") == (1, [("graders/moved.py", 1)], {})


def test_staged_links(project):
    project.write("src/tool.py", MARKED)
    graders = project.root / "graders"
    for name, target in {
        "inside.py": "../src/tool.py",
        "twice.py": "inside.py",
        "outside.py": "../../elsewhere.py",
        "absolute.py": "/etc/hostname",
        "loop.py": "loop.py",
        "folder": "../src",
    }.items():
        (graders / name).symlink_to(target)
    project.repository.git("add", ".")
    nowhere = "it is a link to no file that is staged"
    expected = {
        "graders/absolute.py": "it is a link that leaves the project",
        "graders/folder": nowhere,
        "graders/loop.py": nowhere,
        "graders/outside.py": "it is a link that leaves the project",
    }
    found = [("graders/inside.py", 1), ("graders/twice.py", 1)]
    assert project.judged("--staged") == (3, found, expected)


def test_a_file_in_conflict_is_not_judged(project):
    project.repository.git("checkout", "-q", "-b", "other")
    project.repository.commit("Other", {"graders/score.py": "other = 1\n"})
    project.repository.git("checkout", "-q", "main")
    project.repository.commit("Main", {"graders/score.py": "main = 1\n"})
    with pytest.raises(AssertionError):
        project.repository.git("merge", "-q", "other")
    expected = {"graders/score.py": "git has nothing staged under this name"}
    assert project.judged("--staged") == (3, [], expected)


@pytest.mark.parametrize("where", ["", "graders"])
def test_the_hook_of_commit_all_sees_what_will_be_committed(project, where):
    hook = project.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    command = f"{sys.executable} -m redline lint --staged -q {where}"
    hook.write_text(f"#!/bin/sh\nexec {command} >{project.home}/said 2>&1\n")
    hook.chmod(0o755)
    project.write("graders/score.py", MARKED)
    done = commit(project, "-a")
    assert done.returncode == 1
    assert "graders/score.py:1:1" in (project.home / "said").read_text()
    done = commit(project, "--", "graders/score.py")
    assert done.returncode == 1
    project.write("graders/score.py", HUMAN + b"\n")
    assert commit(project, "-a").returncode == 0


def commit(project, *words):
    import subprocess

    return subprocess.run(
        ["git", "commit", "-q", "-m", "try", *words],
        cwd=project.root,
        env=environment() | project.environment() | {"GIT_AUTHOR_NAME": "Ada"},
        capture_output=True,
    )


def test_since_counts_from_where_the_branches_parted(project):
    project.repository.git("checkout", "-q", "-b", "work")
    project.repository.commit("Mine", {"graders/mine.py": MARKED.decode()})
    project.repository.git("checkout", "-q", "main")
    project.repository.commit("Theirs", {"graders/theirs.py": MARKED.decode()})
    project.repository.git("checkout", "-q", "work")
    project.write("graders/new.py", MARKED)
    found = [("graders/mine.py", 1), ("graders/new.py", 1)]
    assert project.judged("--since", "main") == (1, found, {})
    assert project.judged("--since", "main", "graders/new.py") == (1, found[1:], {})


@pytest.mark.parametrize("revision", ["nowhere", "--help", "HEAD:graders", "", "a\nb"])
def test_a_revision_that_is_none(project, revision):
    done = project.lint(f"--since={revision}")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")


def test_histories_that_share_nothing(project):
    project.repository.git("checkout", "-q", "--orphan", "other")
    project.repository.commit("Apart", {"a.py": "a = 1\n"})
    done = project.lint("--since", "main")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'main' and 'HEAD' share no commit" in done.stderr
    assert "name a revision that this one started from" in done.stderr


def test_one_file_by_many_names(project, tmp_path):
    project.write("graders/paste.py", MARKED)
    (tmp_path / "door").symlink_to(project.root)
    found = (1, [("graders/paste.py", 1)], {})
    root = project.root
    for words in (
        ["graders/paste.py", "graders/paste.py", "graders"],
        [root / "graders" / "paste.py"],
        [tmp_path / "door" / "graders" / "paste.py"],
        [tmp_path / "door"],
        ["graders/../graders/./paste.py"],
        ["graders/.."],
        [".", "src/.."],
    ):
        project.write("src/tool.py", HUMAN)
        assert project.judged(*words) == found
    assert project.judged("..", cwd=root / "graders") == found
    assert project.judged(".", cwd=root / "graders") == found
    assert project.judged("paste.py", cwd=root / "graders") == found
    # Without a path the whole project is meant, wherever one stands.
    assert project.judged(cwd=root / "src") == found


def test_a_path_outside_the_project_is_refused(project, tmp_path):
    (tmp_path / "other.py").write_bytes(MARKED)
    for words in (["graders", tmp_path / "other.py"], ["graders", ".."]):
        done = project.lint(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "lies outside the project" in done.stderr
        assert done.stderr.endswith("help: run Redline once for each project\n")


def test_an_ignored_file_is_judged_when_it_is_named(project):
    project.write(".gitignore", b"graders/local*\n")
    project.write("graders/local.py", MARKED)
    assert project.judged() == (0, [], {})
    assert project.judged("graders/local.py") == (1, [("graders/local.py", 1)], {})


def test_an_ignored_folder_is_judged_when_it_is_named(project):
    project.write(".gitignore", b"graders/local/\n")
    project.write("graders/local/deep/one.py", MARKED)
    assert project.judged() == (0, [], {})
    assert project.judged("graders/local") == (1, [("graders/local/deep/one.py", 1)], {})


def test_a_named_link_is_judged_as_it_would_be_in_the_tree(project):
    (project.root / "graders" / "out.py").symlink_to("/etc/hostname")
    expected = {"graders/out.py": "it is a link that leaves the project"}
    assert project.judged("graders/out.py") == (3, [], expected)


def test_files_of_two_repositories_are_two_runs(project, tmp_path):
    other = Sample.new(tmp_path / "other")
    other.commit("Other", {"a.py": "a = 1\n"})
    done = project.lint(project.root, other.root)
    assert done.returncode == 2
    assert f"{os.fspath(other.root)!r} lies outside the project" in done.stderr
