from __future__ import annotations

import hashlib
import json

import pytest

from redline.detect.history import History, line_offsets
from redline.git import Repository
from redline.model import Evidence, EvidenceKind, Span, Strength
from repositories import START, Sample


@pytest.fixture
def sample(tmp_path):
    return Sample.new(tmp_path / "work")


def told(sample, path, text=None):
    if text is None:
        text = (sample.root / path).read_bytes()
    with History(Repository.find(sample.root)) as history:
        return history.evidence(path, text)


def note(path, entries):
    metadata = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "",
        "prompts": {},
        "sessions": {"s_1": {"agent_id": {"tool": "claude", "id": "conv-42", "model": "m-1"}}},
    }
    return f"{path}\n{entries}---\n{json.dumps(metadata)}\n"


BODY = "".join(f"statement number {n}\n" for n in range(1, 11))


def test_a_note_names_its_lines_wherever_they_stand_today(sample):
    commit = sample.commit(files={"evals/old.py": BODY})
    sample.note(commit, note("evals/old.py", "  s_1::t_1 2-4\n  h_1 1-10\n"))
    sample.git("mv", "evals/old.py", "evals/new.py")
    sample.commit("move")
    text = ("# head\n" + BODY.replace("number 3", "changed")).encode()
    offsets = line_offsets(text)

    def evidence(line):
        return Evidence(
            kind=EvidenceKind.RECORD,
            strength=Strength.RECORDED,
            span=Span(offsets[line], offsets[line + 1]),
            assistant="claude-code",
            detail=f"the git-ai note of commit {commit[:7]} names these lines",
            model="m-1",
            session="conv-42",
            time=(START + 60) * 1000,
            commit=commit,
            source="refs/notes/ai",
        )

    assert told(sample, "evals/new.py", text) == [evidence(2), evidence(4)]


def test_neighbouring_lines_of_a_session_are_one_piece(sample):
    commit = sample.commit(files={"a.py": BODY})
    sample.note(commit, note("a.py", "  s_1::t_1 1-2\n  s_1::t_2 3-5\n  s_2::t_1 6\n"))
    offsets = line_offsets(BODY.encode())
    assert [(e.span, e.assistant) for e in told(sample, "a.py")] == [
        (Span(0, offsets[5]), "claude-code"),
        (Span(offsets[5], offsets[6]), "unknown"),
    ]


def test_notes_are_found_below_any_fan_out(sample):
    commit = sample.commit(files={"a.py": BODY})
    sample.note(commit, note("a.py", "  s_1::t_1 1\n"))
    blob = sample.git("rev-parse", f"refs/notes/ai:{commit}")
    path = f"{commit[:2]}/{commit[2:4]}/{commit[4:]}"
    stream = f"commit refs/notes/ai\ncommitter A <a@b> {START} +0000\ndata 0\n"
    stream += f"M 100644 {blob} {path}\n"
    sample.git("update-ref", "-d", "refs/notes/ai")
    sample.git("fast-import", "--quiet", stdin=stream.encode())
    assert len(told(sample, "a.py")) == 1


def test_a_note_that_came_later_is_seen_with_a_cache(sample, tmp_path):
    commit = sample.commit(files={"a.py": BODY})
    for expected in (0, 1):
        with History(Repository.find(sample.root), tmp_path / "cache") as history:
            assert len(history.evidence("a.py", BODY.encode())) == expected
            assert history.concerns("a.py") is bool(expected)
        sample.note(commit, note("a.py", "  s_1::t_1 1\n"))


def trace(path, start, end, revision=None, text=None):
    span = {"start_line": start, "end_line": end}
    if text is not None:
        span["content_hash"] = "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:16]
    return json.dumps(
        {
            "version": "0.1.0",
            "id": "trace-1",
            "timestamp": "2026-09-01T10:00:00Z",
            "vcs": {"type": "git", "revision": revision} if revision else None,
            "tool": {"name": "cursor"},
            "files": [{"path": path, "conversations": [
                {"contributor": {"type": "ai", "model_id": "acme/m-1"}, "ranges": [span]}]}],
        }
    )  # fmt: skip


def traced(sample, *records):
    sample.write(".agent-trace/traces.jsonl", "\n".join(records) + "\n")
    found = told(sample, "a.py")
    return [(e.span.start, e.span.end, str(e.strength), e.assistant, e.detail) for e in found]


HINT = "an Agent Trace record of Cursor names about these lines; its range is a hint"
CERTAIN = "an Agent Trace record of Cursor names these lines and their hash agrees"


def test_a_trace_counts_for_its_commit_and_its_child(sample):
    parent = sample.commit(files={"b.py": "b\n"})
    child = sample.commit(files={"a.py": "one\ntwo\nthree\n"})
    hint = [(0, 8, "declared", "cursor", HINT)]
    assert traced(sample, trace("a.py", 1, 2, parent)) == hint
    assert traced(sample, trace("a.py", 1, 2, child[:12])) == hint
    assert traced(sample, trace("a.py", 1, 2, "0" * 40)) == []
    assert traced(sample, trace("other.py", 1, 2, child)) == []


def test_a_hash_makes_a_trace_certain_even_after_a_rebase(sample):
    child = sample.commit(files={"a.py": "one\ntwo\nthree\n"})
    certain = [(0, 8, "recorded", "cursor", CERTAIN)]
    assert traced(sample, trace("a.py", 1, 2, child, "one\ntwo")) == certain
    assert traced(sample, trace("a.py", 1, 2, "0" * 40, "one\ntwo\n")) == certain
    assert traced(sample, trace("a.py", 1, 2, None, "other")) == []


def test_uncommitted_lines_have_head_for_parent(sample):
    head = sample.commit(files={"b.py": "b\n"})
    sample.write("a.py", "one\n")
    assert traced(sample, trace("a.py", 1, 1, head), "{") == [(0, 4, "declared", "cursor", HINT)]


def test_a_trace_file_that_leads_outside_is_not_read(sample, tmp_path):
    head = sample.commit(files={"a.py": "one\n"})
    (tmp_path / "outside.jsonl").write_text(trace("a.py", 1, 1, head))
    (sample.root / ".agent-trace").mkdir()
    (sample.root / ".agent-trace" / "traces.jsonl").symlink_to(tmp_path / "outside.jsonl")
    assert told(sample, "a.py") == []


def test_a_note_that_cannot_be_read_leaves_its_file_unjudged(sample):
    commit = sample.commit(files={"evals/grader.py": BODY})
    sample.note(commit, "evals/grader.py\n  s_1::t_1 2-x\n")
    text = BODY.encode()
    with History(Repository.find(sample.root)) as history:
        assert history.evidence("evals/grader.py", text) == []
        (skip,) = history.skips("evals/grader.py", text, protected=True)
    assert skip.protected
    assert skip.reason.startswith(
        f"the git-ai note of commit {commit[:7]}, which brought lines, cannot be read whole: "
    )
