"""The origin index and the caches: missing, damaged, shut; the verdict stays or the run fails."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time

import pytest
from marked import HUMAN, MARK, MARKED

CLAUDE = ("Claude", "noreply@anthropic.com")
SCORER = b"""\
from inspect_ai.scorer import scorer


@scorer(metrics=[])
def mine():
    return 1
"""


def told(done):
    """A report without what differs between any two runs."""
    value = json.loads(done.stdout)
    value["summary"].pop("seconds", None)
    return done.returncode, value


def lint(project, *words, **how):
    return told(project.lint("--format", "json", *words, **how))


@pytest.fixture
def indexed(project):
    """A project and an index that holds one session."""
    said = {"role": "assistant", "model": "claude-opus-4"}
    body = "".join(f"def grade_{n}(answer):\n    return answer * {n} + 7\n\n" for n in range(12))
    target = str(project.root / "graders" / "made.py")
    call = {"type": "tool_use", "id": "t1", "name": "Write"}
    call |= {"input": {"file_path": target, "content": body}}
    record = {"type": "assistant", "uuid": "u1", "sessionId": "s1", "cwd": str(project.root)}
    record |= {"timestamp": "2026-01-01T00:00:00.000Z", "message": said | {"content": [call]}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "File created successfully"}
    answer = {"type": "user", "uuid": "u2", "sessionId": "s1", "cwd": str(project.root)}
    answer |= {"timestamp": "2026-01-01T00:00:01.000Z"}
    answer |= {"message": {"role": "user", "content": [result]}}
    log = project.home / "logs" / "s1.jsonl"
    log.parent.mkdir()
    log.write_text("".join(json.dumps(one) + "\n" for one in (record, answer)))
    assert project.redline("index", "update", "--root", log.parent).returncode == 0
    project.write("graders/made.py", body.encode())
    return project


def test_the_session_is_found(indexed):
    assert indexed.judged() == (1, [("graders/made.py", 1)], {})


def test_an_index_that_is_not_there(project):
    done = project.lint("--index", "nope.sqlite")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: there is no index 'nope.sqlite'\nhelp: make it with `redline index update`\n"
    )


@pytest.mark.parametrize("content", [b"", b"garbage " * 1000, b"SQLite format 3\0" + b"\xff" * 999])
def test_a_file_that_is_no_index(project, content):
    project.write("odd.sqlite", content)
    done = project.lint("--index", "odd.sqlite")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: cannot open the index odd.sqlite: ")
    assert "move the file away and run `redline index update`" in done.stderr


def test_a_folder_in_the_place_of_the_index(project):
    project.index.mkdir()
    done = project.lint()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: cannot open the index ")


def test_an_index_of_a_newer_version(indexed):
    with sqlite3.connect(indexed.index) as database:
        database.execute("UPDATE meta SET value = 99 WHERE key = 'version'")
    database.close()
    done = indexed.lint()
    assert (done.returncode, done.stdout) == (2, "")
    assert "has version 99, this Redline reads " in done.stderr


def test_an_index_that_is_damaged_inside_is_no_pass(indexed):
    size = indexed.index.stat().st_size
    with indexed.index.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    indexed.index.with_name("index.sqlite.lookup").unlink(missing_ok=True)
    done = indexed.lint("--no-cache")
    assert done.returncode in (2, 3)
    assert done.stderr.startswith("error: ")


def test_an_index_in_use_is_read(indexed):
    before = lint(indexed)
    writer = sqlite3.connect(indexed.index, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert lint(indexed, "--no-cache") == before
    finally:
        writer.execute("ROLLBACK")
        writer.close()


@pytest.fixture
def warm(indexed):
    """A project of many kinds of files, linted so long after that everything is remembered."""
    indexed.repository.commit(
        "By Claude",
        {"graders/by.py": HUMAN.decode(), "graders/paste.py": MARKED.decode()},
        author=CLAUDE,
    )
    indexed.write("src/mine.py", SCORER + MARK)
    indexed.write("graders/chart.png", b"\x89PNG\0")
    indexed.repository.commit("More")
    indexed.write("graders/new.py", MARKED)
    settle(indexed)
    return indexed, lint(indexed)


def settle(project):
    """Wait until what was just written counts as settled: the rule of two seconds."""
    newest = max(
        path.lstat().st_ctime_ns
        for folder in (project.root, project.home)
        for path in folder.rglob("*")
        if ".git" not in path.parts and "cache" not in path.parts
    )
    time.sleep(max(0.0, newest / 1e9 + 2.1 - time.time()))


def facts_of(project):
    return list((project.home / "cache" / "facts").glob("*.json"))


def test_the_verdict_is_the_same_with_and_without_what_is_remembered(warm):
    project, first = warm
    assert first[0] == 1
    (kept,) = facts_of(project)
    before = kept.read_bytes()
    assert lint(project) == first
    assert kept.read_bytes() == before
    assert lint(project, "--no-cache") == first
    for words in (["graders"], ["--since", "HEAD~1"], ["src/mine.py"], ["--jobs", "1"]):
        assert lint(project, *words) == lint(project, "--no-cache", *words)
    assert kept.read_bytes() == before


def test_what_is_remembered_is_of_use(warm):
    project, (_, first) = warm
    (kept,) = facts_of(project)
    body = json.loads(kept.read_bytes().partition(b"\n")[2])
    assert {"graders/score.py", "graders/paste.py", "src/mine.py"} <= body["files"].keys()
    # Git's index decides who wrote what is not committed, and can change without the file.
    assert "graders/new.py" not in body["files"]
    # Only one who knows the digest can make a run believe something else.
    body["files"]["graders/paste.py"][-1] = []
    text = json.dumps(body).encode()
    kept.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
    _, second = lint(project)
    gone = [one for one in first["findings"] if one not in second["findings"]]
    assert [one["path"] for one in gone] == ["graders/paste.py"]


def test_no_text_is_kept(warm):
    project, _ = warm
    (kept,) = facts_of(project)
    assert b"return" not in kept.read_bytes()


def changes(project):
    yield "an edit of the same size", lambda: project.write("graders/by.py", MARKED[:33])
    yield "a file made clean", lambda: project.write("graders/paste.py", HUMAN)
    yield "a new file", lambda: project.write("graders/another.py", MARKED)
    yield "a file less", lambda: (project.root / "graders" / "paste.py").unlink()
    yield "a commit", lambda: project.repository.commit("Mine", {"graders/by.py": "a = 1\n"})
    yield (
        "a rule file",
        lambda: project.write(
            "redline.yaml",
            b"schema: policy/1\nzones:\n  - id: grader\n    title: G\n    globs: ['src/**']\n",
        ),
    )
    yield "no index", lambda: project.index.unlink()
    note = "graders/score.py\n  s1 1-2\n---\n{}"
    yield "a note", lambda: project.repository.note("HEAD~1", note)
    yield "a trace", lambda: project.write(".agent-trace/traces.jsonl", b"{}\n")


def test_every_change_is_seen(warm):
    project, _ = warm
    for what, change in changes(project):
        change()
        assert lint(project) == lint(project, "--no-cache"), what
        assert lint(project) == lint(project, "--no-cache"), what


def test_a_change_that_hides_its_time_is_seen(warm):
    project, _ = warm
    file = project.root / "graders" / "score.py"
    info = file.stat()
    file.write_bytes(MARK[: info.st_size - 1] + b"\n")
    os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert lint(project) == lint(project, "--no-cache")


def test_a_file_written_just_now_is_not_remembered(warm):
    project, _ = warm
    project.write("graders/score.py", HUMAN + b"\n")
    lint(project)
    (kept,) = facts_of(project)
    stamp = json.loads(kept.read_bytes().partition(b"\n")[2])["files"].get("graders/score.py")
    assert stamp is None or stamp[0] != len(HUMAN) + 1


def cut(content):
    return content[: len(content) // 2]


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def emptied(_):
    return b""


def lying(_):
    return b'{"key": 3, "files": [[]], "state": [], "made_of": 1}'


def test_damaged_caches_are_done_without(warm):
    project, first = warm
    for damage in (cut, flipped, emptied, lying):
        for file in files_of(project):
            file.write_bytes(damage(file.read_bytes()))
        assert lint(project) == first, damage
        assert lint(project) == first, damage
    for file in files_of(project):
        file.unlink()
        file.mkdir()
    assert lint(project) == first


def files_of(project):
    return [path for path in (project.home / "cache").rglob("*") if path.is_file()]


def test_a_cache_folder_that_cannot_be_one(warm, tmp_path):
    project, first = warm
    (tmp_path / "file").write_text("mine\n")
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(0o500)
    for place in (tmp_path / "file", shut, tmp_path / "file" / "below", "/dev/null"):
        assert lint(project, REDLINE_CACHE=str(place)) == first
    assert (tmp_path / "file").read_text() == "mine\n"


def test_two_projects_do_not_share_facts(warm, tmp_path):
    project, first = warm
    other = tmp_path / "other"
    shutil.copytree(project.root, other, symlinks=True)
    code, value = lint(project, cwd=other)
    assert code == 1
    assert value["root"] == str(other)
    assert len(facts_of(project)) in (1, 2)
    assert lint(project) == first
