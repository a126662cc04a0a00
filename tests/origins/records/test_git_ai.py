from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from redline.origins.records.git_ai import NOTE_LIMIT, Author, Note, parse, parse_legacy

CONV = Author("claude-code", "m-1", "conv-42")
NOTE = """\
evals/tasks/two_sum/grader.py
  77bf09e27f552540 3
  s_77bf09e27f5525::t_0a1b2c3d4e5f60 10-14,21
  h_9932664aca6405 12-40
"evals/data/odd name.jsonl"
  s_00000000000000::t_ffee00112233aa 1-2
  ai_agent 2-3
  human 1-9
---
{"schema_version":"authorship/3.0.0","base_commit_sha":"x","logical_commit_id":1,
 "prompts":{"77bf09e27f552540":{"agent_id":{"tool":"github-copilot","id":"p-1","model":"default"},
   "messages":[{"text":"secret"}],"messages_url":"https://example.org"}},
 "humans":{"h_9932664aca6405":{"author":"Ada Example <ada@example.org>"}},
 "sessions":{"s_77bf09e27f5525":{"agent_id":{"tool":"claude","id":"conv-42","model":"m-1"}}}}
"""


def test_sessions_and_prompts_are_both_read_and_people_clear_nothing():
    note = parse(NOTE.encode())
    prompt = Author("copilot", None, "p-1")
    assert note.authors("evals/tasks/two_sum/grader.py", 1, 4) == [None, None, prompt, None]
    assert note.authors("evals/tasks/two_sum/grader.py", 9, 7) == [None, *[CONV] * 5, None]
    assert note.authors("evals/tasks/two_sum/grader.py", 20, 3) == [None, CONV, None]
    assert note.unread == {}


def test_an_entry_without_record_is_an_unknown_assistants_and_the_last_wins():
    foreign = Author("unknown", None, "s_00000000000000")
    word = Author("unknown", None, "ai_agent")
    note = parse(NOTE.encode())
    assert note.authors("evals/data/odd name.jsonl", 1, 4) == [foreign, word, word, None]
    assert note.authors("another.py", 1, 2) == [None, None]


def test_nothing_of_a_transcript_is_kept():
    assert "secret" not in repr(parse(NOTE.encode()))
    assert "example.org" not in repr(parse(NOTE.encode()))


def test_what_cannot_be_read_is_counted():
    assert parse(b"  k 1\nf\n  k\n  k 1-\n  k 0\n  k 5-2\n---\n[]").unread == {
        "an entry without a path": 1,
        "an entry without ranges": 2,
        "the metadata is not an object": 1,
    }
    assert parse(b"f\n  k 1\n").unread == {"the note has no divider": 1}
    assert parse(b"f\n  k 1\n---\n{").authors("f", 1, 1) == [Author("unknown", None, "k")]
    assert parse(b"---\n" + b'{"a":' * 100_000).unread == {"the metadata is not JSON": 1}
    assert parse(b" " * (NOTE_LIMIT + 1)) == Note({}, {"the note is too large": 1})


def test_huge_ranges_cost_nothing():
    note = parse(b"f\n  k " + b",".join([b"1-999999999"] * 50_000) + b"\n---\n{}")
    assert note.authors("f", 500, 2) == [Author("unknown", None, "k")] * 2


def test_the_older_blobs_are_read():
    blob = b"""{"schema_version":"authorship/0.0.1","files":{"a.py":{"file":"a.py","authors":[
      {"author":"Ada","lines":[1,[2,3]]},
      {"author":"claude","lines":[[4,5],7,[9],"x",[true,2]],"agent_metadata":{"model":"m"}}]}}}"""
    agent = Author("claude-code", "m")
    assert parse_legacy(blob).authors("a.py", 1, 8) == [
        *[None] * 3,
        agent,
        agent,
        None,
        agent,
        None,
    ]


@given(st.binary() | st.text().map(str.encode))
def test_any_note_is_read(data):
    for text in (data, b"f\n  " + data, b"f\n  k 1\n---\n" + data):
        parse(text).authors("f", 1, 3)
        parse_legacy(text)


def test_real_notes_are_read_wholly(shared_data):
    totals, tools, unread = Counter(), Counter(), Counter()
    for file in sorted((shared_data / "git-ai-notes").glob("*.note")):
        note = parse(file.read_bytes())
        entries = [entry for held in note.files.values() for entry in held]
        totals["notes"] += 1
        totals["notes naming an assistant"] += note.names_assistant
        totals["files"] += len(note.files)
        totals["entries"] += len(entries)
        totals["lines"] += sum(h - low + 1 for e in entries for low, h in e.ranges)
        tools.update(entry.author.assistant if entry.author else "human" for entry in entries)
        unread.update(note.unread)
    assert unread == {}
    assert totals == {
        "notes": 300,
        "notes naming an assistant": 299,
        "files": 1063,
        "entries": 3582,
        "lines": 74748,
    }
    assert tools == {"codex": 2637, "claude-code": 934, "devin": 8, "human": 2, "unknown": 1}
