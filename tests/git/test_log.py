from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.git import Blames, Repository, read_log
from redline.git.blame import count_lines, parse_incremental, unquote
from repositories import Sample


def wanted(commit):
    return "robot" if "robot" in commit.message else None


@pytest.fixture
def sample(tmp_path):
    return Sample.new(tmp_path / "work")


def log_of(sample, cached=None, extra=()):
    return read_log(Repository.find(sample.root), wanted, "1", extra, cached)


BODY = "".join(f"some line {n}\n" for n in range(20))


def test_touched_files_bear_their_names_of_today(sample):
    robot = sample.commit("robot", {"a.py": BODY, "b.py": "b\n"})
    sample.git("mv", "a.py", "c.py")
    sample.commit("rename", {"c.py": BODY + "more\n"})
    sample.git("mv", "c.py", "line\nfeed.py")
    sample.commit("rename again")
    sample.commit("other", {"d.py": "d\n"})
    log = log_of(sample)
    assert log.digests == {robot: "robot"}
    assert log.touched([robot]) == {"a.py", "b.py", "c.py", "line\nfeed.py"}


def test_a_merge_touches_what_it_resolved(sample):
    sample.commit(files={"a.py": "1\n", "b.py": "1\n"})
    sample.git("checkout", "-q", "-b", "topic")
    sample.commit(files={"a.py": "2\n", "b.py": "2\n"})
    sample.git("checkout", "-q", "main")
    sample.commit(files={"a.py": "3\n"})
    sample.git("merge", "-q", "-s", "ours", "--no-commit", "topic")
    merge = sample.commit("robot merges", {"a.py": "4\n", "b.py": "2\n"})
    assert log_of(sample).touched([merge]) == {"a.py"}


def test_the_kept_log_grows_with_history_and_survives_damage(sample, tmp_path):
    kept = tmp_path / "cache"
    first = sample.commit("robot", {"a.py": "1\n"})
    assert set(log_of(sample, kept).digests) == {first}
    plain = sample.commit("plain", {"p.py": "1\n"})
    second = sample.commit("robot", {"b.py": "1\n"})
    assert log_of(sample, kept) == log_of(sample)
    assert log_of(sample, kept, [plain]).touched([plain]) == {"p.py"}
    (file,) = kept.rglob("log.json")
    for damage in (b"", b"[]", b"\xff{", b'{"state": 1}', b"[" * 100_000):
        file.write_bytes(damage)
        assert set(log_of(sample, kept).digests) == {first, second}
    sample.git("reset", "-q", "--hard", plain)
    assert set(log_of(sample, kept).digests) == {first}


def test_kept_blame_stands_until_a_commit_touches_the_file(sample, tmp_path, monkeypatch):
    first = sample.commit(files={"a.py": "1\n"})
    asked = []
    plain = Repository.blame
    monkeypatch.setattr(
        Repository, "blame", lambda self, path, text: asked.append(path) or plain(self, path, text)
    )

    def commits():
        blame = Blames(Repository.find(sample.root), tmp_path / "cache").of("a.py", b"1\n")
        return [hunk.commit for hunk in blame.hunks]

    assert commits() == [first]
    assert commits() == [first]
    sample.commit(files={"b.py": "1\n"})
    assert commits() == [first]
    assert asked == ["a.py"]
    sample.commit(files={"a.py": "2\n"})
    back = sample.commit(files={"a.py": "1\n"})
    assert commits() == [back]
    for file in (tmp_path / "cache").rglob("*.json"):
        file.write_bytes(b"{")
    assert commits() == [back]
    assert asked == ["a.py"] * 3


@given(st.binary(), st.integers(0, 50))
def test_any_output_gives_hunks_without_gaps(output, lines):
    hunks = parse_incremental(output.split(b"\n"), "p", frozenset(), lines).hunks
    assert [hunk.start for hunk in hunks] == [0, *(hunk.end for hunk in hunks)][: len(hunks)]
    assert sum(hunk.count for hunk in hunks) == lines


@given(st.binary())
def test_lines_are_counted_as_git_does(text):
    assert count_lines(text) == len(text.split(b"\n")) - (text.endswith(b"\n") or not text)


def test_quoted_names_are_read():
    assert unquote(rb'"a\n\"\\\303\274.py"') == 'a\n"\\ü.py'.encode()
    assert unquote(b"plain") == b"plain"
