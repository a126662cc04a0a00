from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from redline.git import (
    BareRepository,
    Files,
    GitError,
    GitMissing,
    NoMergeBase,
    Repository,
    UnknownRevision,
)
from repositories import START, Sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names that Windows refuses")


def found(sample) -> Repository:
    repository = Repository.find(sample.root)
    assert repository is not None
    return repository


@pytest.fixture
def sample(tmp_path):
    return Sample.new(tmp_path / "work")


def test_a_folder_without_git_lies_in_no_repository(tmp_path):
    assert Repository.find(tmp_path) is None


def test_find_climbs_from_a_file_that_is_not_there(sample):
    assert Repository.find(sample.root / "a" / "b.py").root == sample.root


def test_no_git_program_is_said(sample, monkeypatch):
    monkeypatch.setenv("PATH", str(sample.root))
    with pytest.raises(GitMissing, match="install git"):
        Repository.find(sample.root)


def test_bare_repositories_and_git_folders_are_refused(sample, tmp_path):
    sample.git("init", "-q", "--bare", str(tmp_path / "bare"))
    for place in (tmp_path / "bare", sample.root / ".git"):
        with pytest.raises(BareRepository):
            Repository.find(place)


def test_a_git_file_that_leads_nowhere_is_an_error(tmp_path):
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(GitError, match="worktree repair"):
        Repository.find(tmp_path)


def test_inherited_git_variables_do_not_redirect(sample, tmp_path, monkeypatch):
    other = Sample.new(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    assert found(sample).root == sample.root


def test_an_empty_repository_has_files_but_no_head(sample):
    sample.write("a.py", "x\n")
    repository = found(sample)
    assert repository.head is None
    assert repository.files() == Files(("a.py",), ())
    assert repository.staged_paths() == []
    sample.git("add", "a.py")
    assert repository.staged_paths() == ["a.py"]
    assert repository.blame("a.py", b"x\ny\n").times() == [None, None]
    assert repository.blame("a.py").times() == [None]


def test_files_of_all_names_each_once(sample):
    odd = [
        "line\nfeed.py",
        'quo"te.py',
        "ümläut.py",
        os.fsdecode(b"latin\xff.py"),
        "-dash",
        ":(top)x",
    ]
    sample.commit(files=dict.fromkeys(odd, "x\n"))
    sample.write(".gitignore", "*.log\n")
    sample.write("new.py", "y\n")
    sample.write("noise.log", "z\n")
    assert found(sample).files() == Files(tuple(sorted([*odd, ".gitignore", "new.py"])), ())
    assert found(sample).files(":(top)x").paths == (":(top)x",)
    with found(sample).objects() as objects:
        assert [objects.read(f"HEAD:{name}") for name in odd] == [b"x\n"] * len(odd)
    assert [found(sample).blame(name).hunks[0].path for name in odd] == odd


def test_submodules_and_nested_repositories_stand_apart(sample, tmp_path):
    inner = Sample.new(tmp_path / "inner")
    inner.commit(files={"i.py": "i\n"})
    sample.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "sub")
    sample.commit()
    Sample.new(sample.root / "nest").commit(files={"n.py": "n\n"})
    assert found(sample).files() == Files((".gitmodules",), ("sub",), ("nest",))
    submodule = Repository.find(sample.root / "sub")
    assert submodule.root == sample.root / "sub"
    assert submodule.files().paths == ("i.py",)


def test_a_worktree_has_its_own_head(sample, tmp_path):
    first = sample.commit(files={"a.py": "1\n"})
    sample.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    sample.commit(files={"a.py": "2\n"})
    tree = Repository.find(tmp_path / "tree")
    assert (tree.head, tree.common_dir) == (first, sample.root / ".git")


def test_staged_content_is_the_index_not_the_disk(sample):
    sample.commit(files={"a.py": "1\n", "gone.py": "g\n"})
    sample.write("a.py", "2\n")
    sample.git("add", "a.py")
    sample.write("a.py", "3\n")
    sample.git("rm", "-q", "gone.py")
    repository = found(sample)
    assert repository.staged_paths() == ["a.py"]
    with repository.objects() as objects:
        assert objects.read(":a.py") == b"2\n"
        assert objects.read(":nothing.py") is None
        assert b"".join(objects.stream("HEAD:a.py")) == b"1\n"
        with pytest.raises(GitError, match="exceeds the limit"):
            objects.read(":a.py", 1)
        assert objects.read("HEAD:a.py") == b"1\n"


def test_changes_count_from_where_the_branches_parted(sample):
    sample.commit(files={"a.py": "1\n", "b.py": "1\n"})
    sample.git("checkout", "-q", "-b", "topic")
    sample.commit(files={"b.py": "2\n"})
    sample.git("checkout", "-q", "main")
    sample.commit(files={"a.py": "2\n"})
    sample.git("checkout", "-q", "topic")
    sample.write("new.py", "n\n")
    assert found(sample).changed_paths("main") == ["b.py", "new.py"]
    assert found(sample).changed_paths("main", committed_only=True) == ["b.py"]


def test_an_unknown_revision_comes_with_the_line_to_fetch_it(sample):
    sample.commit(files={"a.py": "1\n"})
    with pytest.raises(UnknownRevision) as error:
        found(sample).changed_paths("origin/main")
    assert error.value.advice == ("run: git fetch origin +refs/heads/main:refs/remotes/origin/main")


def test_a_shallow_clone_says_so(sample, tmp_path):
    sample.commit(files={"a.py": "1\n"})
    sample.git("branch", "old")
    last = sample.commit(files={"a.py": "1\n2\n"})
    sample.git(
        "clone",
        "-q",
        "--depth=1",
        "--no-single-branch",
        f"file://{sample.root}",
        str(tmp_path / "c"),
    )
    clone = Repository.find(tmp_path / "c")
    assert (clone.is_shallow, last in clone.shallow_commits) == (True, True)
    assert [hunk.boundary for hunk in clone.blame("a.py").hunks] == [True]
    with pytest.raises(NoMergeBase, match="git fetch --unshallow"):
        clone.changed_paths("origin/old")
    assert found(sample).is_shallow is False


def test_blame_follows_renames_moves_and_unsaved_text(sample):
    long = "".join(f"line number {n} of the file\n" for n in range(12))
    first = sample.commit(files={"old.py": long})
    sample.git("mv", "old.py", "new.py")
    sample.commit("rename")
    second = sample.commit(files={"new.py": long + "tail\n"})
    hunks = found(sample).blame("new.py", (f"top\n{long}tail\nend").encode()).hunks
    assert [(h.start, h.count, h.commit, h.line, h.path, h.time) for h in hunks] == [
        (0, 1, None, 1, "new.py", None),
        (1, 12, first, 1, "old.py", (START + 60) * 1000),
        (13, 1, second, 13, "new.py", (START + 180) * 1000),
        (14, 1, None, 15, "new.py", None),
    ]
    assert found(sample).blame("new.py", b"").hunks == ()
    assert found(sample).blame("no such.py", b"a\nb").times() == [None, None]


def test_a_damaged_object_is_explained(sample):
    sample.commit(files={"a.py": "1\n"})
    blob = sample.git("rev-parse", "HEAD:a.py")
    file = sample.root / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"damage")
    with found(sample).objects() as objects:
        with pytest.raises(GitError, match="git fsck"):
            objects.read(blob)
        assert objects.read("HEAD") is not None
    with pytest.raises(GitError, match="git fsck"):
        found(sample).blame("a.py", revision="HEAD")


def test_nothing_that_the_repository_configures_is_run(sample, tmp_path):
    ran = tmp_path / "ran"
    script = sample.root / "evil"
    sample.write("evil", f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    script.chmod(0o755)
    sample.commit(files={".gitattributes": "*.py filter=evil diff=evil\n", "a.txt": "1\n"})
    for key in ("filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "core.fsmonitor",
                "diff.evil.command", "diff.external", "core.pager", "gpg.program"):  # fmt: skip
        sample.git("config", key, str(script))
    sample.git("config", "filter.evil.required", "true")
    sample.git("config", "log.showSignature", "true")
    sample.write("b.py", "1\n")
    repository = found(sample)
    repository.files()
    repository.staged_paths()
    repository.changed_paths("HEAD")
    repository.blame("b.py", b"1\n")
    repository.blame("a.txt")
    assert not ran.exists()


def test_a_working_tree_elsewhere_is_refused(sample, tmp_path):
    Path(tmp_path / "victim").mkdir()
    sample.git("config", "core.worktree", str(tmp_path / "victim"))
    with pytest.raises(GitError):
        Repository.find(sample.root)


def test_a_missing_object_only_costs_the_rename(sample):
    body = "".join(f"line number {n} of the file\n" for n in range(12))
    sample.commit(files={"gone.py": body, "kept.py": "k\n", "third.py": "3\n"})
    blob = sample.git("rev-parse", "HEAD:gone.py")
    sample.git("rm", "-q", "gone.py", "third.py")
    second = sample.commit(files={"new.py": body + "tail\n"})
    (sample.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    blame = found(sample).blame("new.py")
    assert [(hunk.commit, hunk.count) for hunk in blame.hunks] == [(second, 13)]
    assert blame.complete is False
