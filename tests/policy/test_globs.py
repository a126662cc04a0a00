"""Globs mean what git says they mean."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from redline.policy.globs import GlobError, compiled, path_bytes, translate
from redline.policy.names import overlap

PATHS = [
    "a",
    "a.py",
    "ab",
    "b/a",
    "b/a.py",
    "b/c/a.py",
    "b/c/d/a.py",
    "graders/x.py",
    "src/graders/x.py",
    "src/graders/deep/er/x.py",
    "graders.py",
    "x/Dockerfile",
    "x/Dockerfile.gpu",
    "[x]/y",
    "sp ace/y",
    "é/ü.md",
]
GLOBS = [
    "a",
    "/a",
    "a.py",
    "*.py",
    "/*.py",
    "b/*.py",
    "b/**/a.py",
    "b/**",
    "**/a.py",
    "**/c/*",
    "b/",
    "/b/",
    "c/",
    "b/c",
    "**",
    "*",
    "a?",
    "?.py",
    "[ab].py",
    "[!b].py",
    "[^b].py",
    "[a-c]",
    "graders/",
    "graders/**",
    "src/graders",
    "Dockerfile*",
    "**/graders/**/x.py",
    "\\[x\\]/",
    "[[]x]/",
    "sp ace/",
    "b/**/**/a.py",
    "x/**/",
]


def matched(glob: str, paths: list[str]) -> list[str]:
    matcher = compiled((translate(glob),))
    return [path for path in paths if matcher.fullmatch(path_bytes(path))]


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def ignored_by_git(root: Path, glob: str, paths: list[str]) -> list[str]:
    (root / ".git/info/exclude").write_text(glob + "\n", encoding="utf-8")
    names = "\0".join(paths)
    done = subprocess.run(
        ["git", "-c", "core.ignoreCase=false", "check-ignore", "-z", "--stdin", "--no-index"],
        cwd=root,
        input=names.encode(),
        capture_output=True,
        check=False,
    )
    return [name for name in done.stdout.decode().split("\0") if name]


@pytest.mark.parametrize("glob", GLOBS)
def test_a_glob_matches_what_git_would_ignore(repository, glob):
    assert matched(glob, PATHS) == ignored_by_git(repository, glob, PATHS)


SEGMENTS = st.text("ab*?.", min_size=1, max_size=4).filter(lambda s: s not in (".", ".."))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(SEGMENTS | st.just("**"), min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "/"]),
    st.lists(
        st.text("ab.", min_size=1, max_size=3).filter(lambda s: s.strip(".")),
        min_size=1,
        max_size=4,
    ),
)
def test_any_glob_agrees_with_pathspec(segments, front, back, parts):
    glob = front + "/".join(segments) + back
    if back and segments[-1] == "**":
        return  # git matches folders inside alone, pathspec files too; the table above has it
    path = "/".join(parts)
    try:
        found = matched(glob, [path]) == [path]
    except GlobError:
        return
    assert found == GitIgnoreSpec.from_lines([glob]).match_file(path)


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=10))
def test_any_text_is_a_glob_or_refused(glob, path):
    try:
        pattern = translate(glob)
    except GlobError:
        return
    compiled((pattern,)).fullmatch(path_bytes(path))


def test_globs_of_a_folder_stay_in_it():
    matcher = compiled((translate("graders/", "team [a]"),))
    assert matcher.fullmatch(b"team [a]/x/graders/y.py")
    assert not matcher.fullmatch(b"graders/y.py")
    assert not matcher.fullmatch(b"team a/graders/y.py")


def test_a_question_mark_is_one_character_where_git_takes_one_byte():
    assert matched("é/?.md", PATHS) == ["é/ü.md"]


def test_names_that_are_not_text_can_be_asked_for():
    import os

    path = os.fsdecode(b"graders/\xff\n.py")
    assert matched("graders/*.py", [path]) == [path]
    assert matched("graders/??.py", [path]) == [path]


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("claude*", "*", True),
        ("claude*", "c*", True),
        ("claude*", "*code", True),
        ("claude*", "acme-*", False),
        ("gpt*", "GPT-5", True),
        ("o1*", "o3*", False),
        ("a*b*c", "a*c", True),
        ("amp", "ample-coder", False),
    ],
)
def test_whether_two_name_patterns_can_mean_the_same_word(first, second, meet):
    assert overlap(first, second) is meet
    assert overlap(second, first) is meet
