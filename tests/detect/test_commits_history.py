from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.detect.commits import marks_of
from redline.detect.history import History, line_offsets
from redline.git import Repository
from redline.model import Evidence, EvidenceKind, Skip, Source, Span, Strength
from redline.origins.records import entire
from repositories import START, Sample

CLAUDE = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"


@pytest.fixture
def sample(tmp_path):
    return Sample.new(tmp_path / "work")


def told(sample, path, text=None):
    if text is None:
        text = (sample.root / path).read_bytes()
    with History(Repository.find(sample.root)) as history:
        return history.evidence(path, text)


def details(found):
    return [(str(e.strength), e.assistant, e.detail) for e in found]


def test_a_trailer_speaks_of_the_commit_and_says_so(sample):
    sample.commit(files={"a.py": "human\nend\n"})
    commit = sample.commit(f"Grade\n\n{CLAUDE}\n\nprose", {"a.py": "human\none\ntwo\nend\n"})
    assert told(sample, "a.py", b"human\none\ntwo\nnew\nend\n") == [
        Evidence(
            kind=EvidenceKind.COMMIT,
            strength=Strength.DECLARED,
            span=Span(6, 14),
            assistant="claude-code",
            detail=(
                f"commit {commit[:7]} names Claude Code as co-author; "
                "the commit says so, not each line"
            ),
            model="Claude Opus 4.6",
            time=(START + 120) * 1000,
            commit=commit,
            source="commit co-author",
        )
    ]


def test_an_amended_commit_keeps_what_it_says(sample):
    sample.commit(f"x\n\n{CLAUDE}", {"a.py": "one\n"})
    sample.write("a.py", "one\ntwo\n")
    sample.git("commit", "-q", "--amend", "-a", "--no-edit")
    assert [e.span for e in told(sample, "a.py")] == [Span(0, 8)]


def test_a_weak_mark_only_raises_suspicion(sample):
    body = "x\n\nCo-authored-by: Copilot <copilot@github.com>"
    commit = sample.commit(body, {"a.py": "one\n"})
    assert details(told(sample, "a.py")) == [
        (
            "suspected",
            "copilot",
            f"commit {commit[:7]} names GitHub Copilot as co-author; "
            "the commit says so, not each line",
        )
    ]


def test_authors_committers_and_trailers_have_their_own_words(sample):
    bot = ("Cursor Agent", "cursoragent@cursor.com")
    a = sample.commit("x", {"a.py": "1\n"}, author=bot)[:7]
    b = sample.commit("x", {"b.py": "1\n"}, committer=("Claude", "noreply@anthropic.com"))[:7]
    c = sample.commit("x\n\nClaude-Session: https://claude.ai/code/session_1", {"c.py": "1\n"})[:7]
    d = sample.commit("x\n\nGenerated with Claude Code", {"d.py": "1\n"})[:7]
    ends = "; the commit says so, not each line"
    assert [told(sample, f"{name}.py")[0].detail.removesuffix(ends) for name in "abcd"] == [
        f"commit {a} was authored by Cursor",
        f"commit {b} was committed by Claude Code",
        f"commit {c} names Claude Code in its Claude-Session trailer",
        f"the message of commit {d} says it was made with Claude Code",
    ]


def checkpoint(sample, id, files):
    """Store a checkpoint as Entire's branch backend does."""
    metadata = {"session_id": "0000-1111", "agent": "Codex", "model": "m-1", "files_touched": files}
    stream = f"commit refs/heads/entire/checkpoints/v1\ncommitter A <a@b> {START} +0000\ndata 0\n"
    for path, text in {
        "metadata.json": json.dumps({"checkpoint_id": id, "sessions": [{}]}),
        "0/metadata.json": json.dumps(metadata),
        "0/full.jsonl": '{"part": 1}\n',
        "0/full.jsonl.001": '{"part": 2}\n',
    }.items():
        stream += f"M 100644 inline {id[:2]}/{id[2:]}/{path}\ndata {len(text)}\n{text}\n"
    sample.git("fast-import", "--quiet", stdin=stream.encode())


def test_a_checkpoint_declares_for_the_files_it_touched(sample):
    id = "a3b2c4d5e6f7"
    commit = sample.commit(f"x\n\nEntire-Checkpoint: {id}", {"a.py": "1\n", "b.py": "2\n"})[:7]
    assert details(told(sample, "a.py")) == [
        (
            "suspected",
            "unknown",
            f"commit {commit} points to an Entire checkpoint that is not in this clone",
        )
    ]
    checkpoint(sample, id, ["a.py"])
    assert details(told(sample, "a.py") + told(sample, "b.py")) == [
        (
            "declared",
            "codex",
            f"the Entire checkpoint of commit {commit} says that Codex touched this file; "
            "it names no lines",
        ),
        (
            "suspected",
            "codex",
            f"the Entire checkpoint of commit {commit} names Codex, but not this file",
        ),
    ]
    repository = Repository.find(sample.root)
    with repository.objects() as objects:
        held = {t.name: b"".join(t.read(objects)) for t in entire.transcripts(repository)}
    assert held == {f"{id}/0": b'{"part": 1}\n{"part": 2}\n'}


def test_files_of_no_concern_are_not_blamed(sample):
    sample.commit(files={"plain.py": "1\n"})
    sample.commit(f"x\n\n{CLAUDE}", {"a.py": "1\n"})
    with History(Repository.find(sample.root)) as history:
        assert [history.concerns(path) for path in ("plain.py", "a.py")] == [False, True]
        assert history.evidence("plain.py", b"1\n") == []
        assert history.line_times("plain.py", b"0\n1\n") == [None, (START + 60) * 1000]
        assert history.sources() == [
            Source(
                "git-ai notes",
                False,
                "there is no refs/notes/ai in this clone; clones do not fetch notes: "
                "git fetch origin 'refs/notes/*:refs/notes/*'",
            ),
            Source(
                "commit trailers",
                True,
                "1 of 2 commits name an assistant",
                1,
                (START + 120) * 1000,
            ),
            Source("agent trace", False, "there are no Agent Trace records"),
        ]


def test_where_history_is_cut_off_nothing_is_claimed_and_that_is_told(sample, tmp_path):
    sample.commit(files={"a.py": "human\n"})
    sample.commit(f"x\n\n{CLAUDE}", {"a.py": "human\nrobot\n"})
    sample.git("clone", "-q", "--depth=1", f"file://{sample.root}", str(tmp_path / "clone"))
    with History(Repository.find(tmp_path / "clone")) as history:
        text = b"human\nrobot\nnew\n"
        assert history.evidence("a.py", text) == []
        assert history.skips("a.py", text, protected=True) == [
            Skip(
                "a.py",
                "history is cut off: 2 lines may be older than this clone tells",
                True,
                "run git fetch --unshallow",
            )
        ]
        assert history.skips("new.py", b"new\n", protected=True) == []


def test_a_repository_without_commits_gives_nothing(sample):
    sample.write("a.py", "1\n")
    with History(Repository.find(sample.root)) as history:
        assert history.evidence("a.py", b"1\n") == []
        assert history.line_times("a.py", b"1\n") == [None]
        assert [source.consulted for source in history.sources()] == [False, False, False]


@given(st.binary())
def test_offsets_cut_a_text_into_gits_lines(text):
    offsets = line_offsets(text)
    lines = [text[a:b] for a, b in pairwise(offsets)]
    assert b"".join(lines) == text
    assert all(line.endswith(b"\n") for line in lines[:-1])


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_a_damaged_digest_says_nothing(value):
    marks_of(value)
