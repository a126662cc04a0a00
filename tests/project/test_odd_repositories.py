"""Repositories of unusual shapes: each is judged, or said to be incomplete, never passed over."""

from __future__ import annotations

import os
import subprocess

import pytest
from marked import HUMAN, MARKED

from repositories import Sample

CLAUDE = ("Claude", "noreply@anthropic.com")


def git(*words, cwd):
    subprocess.run(["git", *map(str, words)], cwd=cwd, check=True, capture_output=True)


def test_without_a_git_program_the_files_are_judged_and_the_run_is_incomplete(project, tmp_path):
    project.write("graders/paste.py", MARKED)
    for cwd in (project.root, project.root / "graders"):
        code, places, skipped = project.judged(PATH=str(tmp_path), cwd=cwd)
        assert (code, places) == (3, [("graders/paste.py", 1)])
        assert skipped == {".git": "the history cannot be asked: there is no git program"}


def test_without_a_repository_nothing_is_missing(folder):
    folder.write("graders/paste.py", MARKED)
    assert folder.judged() == (1, [("graders/paste.py", 1)], {})
    done = folder.lint()
    assert "git: this is no git repository: no commit, note or blame was asked" in done.stdout


def test_a_change_is_asked_of_a_folder_that_is_no_repository(folder):
    for words in (["--staged"], ["--since", "main"]):
        done = folder.lint(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "error: --staged and --since need a git repository: this is no git repository\n"
            "help: run inside a git checkout\n"
        )


def test_a_bare_repository_has_nothing_to_judge(project):
    bare = project.home / "bare"
    git("clone", "-q", "--bare", project.root, bare, cwd=project.home)
    for cwd in (bare, project.root / ".git"):
        done = project.lint(cwd=cwd)
        assert (done.returncode, done.stdout) == (2, "")
        assert "the repository has no working tree here" in done.stderr
        assert done.stderr.endswith("help: use a clone\n")


def test_before_the_first_commit_everything_is_new(folder):
    sample = Sample.new(folder.root)
    folder.write("graders/paste.py", MARKED)
    found = [("graders/paste.py", 1)]
    assert folder.judged() == (1, found, {})
    assert folder.judged("--staged") == (0, [], {})
    sample.git("add", ".")
    assert folder.judged("--staged") == (1, found, {})
    done = folder.lint("--since", "HEAD")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "help: commit something first")


def test_a_detached_head_and_a_linked_worktree_are_ordinary(project):
    project.repository.commit("By Claude", {"graders/new.py": HUMAN.decode()}, author=CLAUDE)
    project.repository.git("checkout", "-q", "--detach")
    found = (1, [("graders/new.py", 1)], {})
    assert project.judged() == found
    tree = project.root.parent / "linked"
    project.repository.git("worktree", "add", "-q", "--detach", str(tree))
    assert project.judged(cwd=tree) == found
    assert project.judged(cwd=tree / "graders") == found


def test_a_worktree_whose_repository_moved_is_incomplete(project):
    tree = project.root.parent / "linked"
    project.repository.git("worktree", "add", "-q", "--detach", str(tree))
    project.root.rename(project.root.parent / "moved")
    done = project.lint(cwd=tree / "graders")
    assert done.returncode == 3
    assert (
        "  .git: the history cannot be asked: the .git file points to a repository that is not "
        "there (run git worktree repair in the main working tree)\n"
    ) in done.stdout


def test_a_submodule_in_a_protected_folder_is_not_judged_from_outside(project, tmp_path):
    inner = Sample.new(tmp_path / "inner")
    inner.commit("Inner", {"score.py": MARKED.decode()})
    allow = ("-c", "protocol.file.allow=always")
    project.repository.git(*allow, "submodule", "--quiet", "add", str(inner.root), "graders/sub")
    reason = {"graders/sub": "it is a repository of its own"}
    assert project.judged() == (3, [], reason)
    assert project.judged("--staged") == (3, [], reason)
    assert "run `redline lint graders/sub` as well" in project.lint().stdout
    project.repository.commit("Add it")
    assert project.judged("--staged") == (0, [], {})
    # Below the submodule its own paths count, and there it lies in no zone.
    assert project.judged("graders/sub") == (0, [], {})


def test_a_submodule_elsewhere_is_told_and_no_more(project, tmp_path):
    inner = Sample.new(tmp_path / "inner")
    inner.commit("Inner", {"a.py": "a = 1\n"})
    allow = ("-c", "protocol.file.allow=always")
    project.repository.git(*allow, "submodule", "--quiet", "add", str(inner.root), "third/sub")
    assert project.judged() == (0, [], {"third/sub": "it is a repository of its own"})


def test_a_shallow_clone_cannot_vouch_for_protected_lines(project):
    project.repository.commit("More", {"src/tool.py": "tool = 1\n"})
    clone = project.root.parent / "clone"
    git("clone", "-q", "--depth=1", f"file://{project.root}", clone, cwd=project.home)
    done = project.lint(cwd=clone)
    assert done.returncode == 3
    assert (
        "  graders/score.py: history is cut off: 2 lines may be older than this clone tells "
        "(run git fetch --unshallow)\n"
    ) in done.stdout
    assert project.judged("src", cwd=clone) == (0, [], {})
    git("fetch", "-q", "--unshallow", cwd=clone)
    assert project.judged(cwd=clone) == (0, [], {})


def test_a_change_since_a_commit_that_a_shallow_clone_lacks(project):
    first = project.repository.git("rev-parse", "HEAD")
    project.repository.commit("More", {"src/tool.py": "tool = 1\n"})
    clone = project.root.parent / "clone"
    git("clone", "-q", "--depth=1", f"file://{project.root}", clone, cwd=project.home)
    done = project.lint("--since", first, cwd=clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"help: run: git fetch origin {first}"
    done = project.lint("--since", "origin/develop", cwd=clone)
    assert done.stderr.splitlines()[-1] == (
        "help: run: git fetch origin +refs/heads/develop:refs/remotes/origin/develop"
    )


def test_what_a_sparse_checkout_leaves_out_is_judged_as_it_is_staged(project):
    project.repository.commit("By hand", {"graders/paste.py": MARKED.decode(), "src/a.py": "a\n"})
    project.repository.git("sparse-checkout", "set", "--no-cone", "/src/")
    assert not (project.root / "graders").exists()
    found = (1, [("graders/paste.py", 1)], {})
    assert project.judged() == found
    assert project.judged("--since", "HEAD~1") == found
    assert "2 |" in project.lint().stdout


def test_a_deleted_file_is_no_file(project):
    project.repository.commit("Paste", {"graders/paste.py": MARKED.decode()})
    (project.root / "graders" / "paste.py").unlink()
    assert project.judged() == (0, [], {})


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root to be another user")
def test_a_repository_of_another_user_is_not_asked(project):
    for place, folders, files in os.walk(project.root.parent):
        for name in (".", *folders, *files):
            os.lchown(os.path.join(place, name), 65534, 65534)
    project.write("graders/paste.py", MARKED)
    done = project.lint(cwd=project.root / "graders")
    assert done.returncode == 3
    assert "graders/paste.py: 1 error" in done.stdout
    assert (
        "git refuses to read a repository of another user (if you trust it, run: git config "
        f"--global --add safe.directory '{project.root / 'graders'}')"
    ) in done.stdout


def test_the_repository_cannot_make_git_run_a_program(project):
    trap = project.home / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {project.home}/sprung\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "filter.x.clean",
        "core.sshCommand",
    ):
        project.repository.git("config", key, str(trap))
    project.repository.git("config", "diff.x.textconv", str(trap))
    project.write(".gitattributes", b"*.py filter=x diff=x\n")
    project.write("graders/score.py", MARKED)
    for words in ([], ["--staged"], ["--since", "HEAD"], ["--format", "sarif-upload", "--staged"]):
        project.lint(*words)
    assert not (project.home / "sprung").exists()
