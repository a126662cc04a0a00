"""Codex: the four homes of an edit, several metas, and the older forms."""

from __future__ import annotations

import json

import pytest
from session_samples import CODEX_SESSION, PATCH, codex, codex_meta, patched

from redline.origins.events import Session
from redline.origins.sessions.reading import open_session


def call(name, arguments, call_id="c", **fields):
    item = {"type": "function_call", "name": name, "call_id": call_id, **fields}
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return codex("response_item", {**item, "arguments": text})


def output(text, call_id="c"):
    item = {"type": "custom_tool_call_output", "call_id": call_id, "output": text}
    return codex("response_item", item)


PATCHED = [
    ("patch", "/w/p/evals/t.py", "X = 1\n"),
    ("patch", "/w/p/new.py", "come = 1\nmore = 2\n"),
    ("patch", "/w/p/new.py", "last = 3\n"),
]
SMALL = "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y = 1\n*** End Patch"
SMALL_PATCHED = [("patch", "/w/p/a.py", "y = 1\n")]


def test_a_whole_rollout(told):
    session = told(*CODEX_SESSION)

    assert session.pieces == [*PATCHED, *SMALL_PATCHED, ("chat", None, "z = 9\n")]
    assert session.outcomes == {"c1": "applied", "c2": "applied"}
    assert session.context == ["You are a coding agent.", "kept = True\ngone = 1\n\n", "x\n", "x\n"]
    assert session.unread == []
    assert {piece.model for piece in session.produced} == {"gpt-5.5"}
    assert session.sessions == [
        Session(
            "C",
            "codex",
            "codex 0.142.2",
            cwd=cwd,
            commit="abc",
            repository="https://host/o/r.git",
            time=1782476700000,
        )
        for cwd in ("/w/p", "/w/q")
    ]


@pytest.mark.parametrize(
    ("record", "pieces"),
    [
        (patched("c", PATCH), PATCHED),
        (call("functions.apply_patch", {"input": SMALL}), SMALL_PATCHED),
        (call("apply_patch", {"patch": SMALL}), SMALL_PATCHED),
        (call("apply_patch", SMALL), SMALL_PATCHED),
        (call("shell", {"command": ["apply_patch", SMALL]}), SMALL_PATCHED),
        (
            call("shell", {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{SMALL}\nEOF"]}),
            SMALL_PATCHED,
        ),
        (
            call("exec_command", {"cmd": f"cd sub && apply_patch <<EOF\n{SMALL}\nEOF\n"}),
            [("patch", "/w/p/sub/a.py", "y = 1\n")],
        ),
        (
            call("exec_command", {"cmd": "cat >f.py <<'E'\nq\nE\n", "workdir": "/w/z"}),
            [("shell", "/w/z/f.py", "q\n")],
        ),
        (call("write_stdin", {"chars": "cat >f <<E\nq\nE\n"}), [("shell", "/w/p/f", "q\n")]),
        (
            call(
                "multi_tool_use.parallel",
                {
                    "tool_uses": [
                        {"recipient_name": "functions.apply_patch", "parameters": {"input": SMALL}},
                        {"recipient_name": "x", "parameters": {"cmd": "cat >f <<E\nq\nE\n"}},
                    ]
                },
            ),
            [*SMALL_PATCHED, ("shell", "/w/p/f", "q\n")],
        ),
        (
            codex(
                "response_item",
                {
                    "type": "local_shell_call",
                    "call_id": "c",
                    "action": {"type": "exec", "command": ["python", "-c", "a = 1\nb = 2"]},
                },
            ),
            [("shell", None, "a = 1\nb = 2")],
        ),
        (call("update_plan", {"plan": [{"step": "x", "status": "done"}]}), []),
        (call("exec_command", "not json at all"), []),
    ],
)
def test_calls(told, record, pieces):
    assert told(codex_meta(), record).pieces == pieces


@pytest.mark.parametrize(
    "script",
    [
        f"const r = await tools.apply_patch({json.dumps(SMALL)}); text(r);",
        f"await tools.apply_patch(`{SMALL}`)",
        f"await tools.apply_patch(String.raw`{SMALL}`)",
        "tools.apply_patch(["
        + ", ".join(json.dumps(x) for x in SMALL.split("\n"))
        + '].join("\\n"))',
        "tools.exec_command({cmd: " + json.dumps(f"apply_patch <<'E'\n{SMALL}\nE") + "})",
    ],
)
def test_code_mode(told, script):
    item = {"type": "custom_tool_call", "name": "exec", "call_id": "c", "input": script}

    assert told(codex_meta(), codex("response_item", item)).pieces == SMALL_PATCHED


def test_events_alone_tell_a_patch(told):
    changes = {
        "/w/p/n.py": {"type": "add", "content": "one\ntwo\n"},
        "/w/p/d.py": {"type": "delete", "content": "old\n"},
        "/w/p/u.py": {
            "type": "update",
            "unified_diff": "@@ -1 +1 @@\n-p\n+q\n",
            "move_path": "/w/p/v.py",
        },
    }
    end = {"type": "patch_apply_end", "call_id": "c", "status": "declined", "changes": changes}
    session = told(codex_meta(), codex("event_msg", end))

    assert session.pieces == [("patch", "/w/p/n.py", "one\ntwo\n"), ("patch", "/w/p/v.py", "q\n")]
    assert session.context == ["old\n", "p\n"]
    assert session.outcomes == {"c": "rejected"}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.", "applied"),
        ("Exit code: 1\nOutput:\nno", "failed"),
        ("Chunk ID: 1\nWall time: 1\nProcess exited with code 2\nOutput:\n", "failed"),
        ('{"output":"Success.","metadata":{"exit_code":0}}', "applied"),
        ('{"output":"bad","metadata":{"exit_code":1}}', "failed"),
        ("apply_patch verification failed: Failed to find expected lines in a.py", "failed"),
        ("patch rejected by user", "rejected"),
    ],
)
def test_outcomes(told, text, outcome):
    assert told(codex_meta(), patched("c", SMALL), output(text)).outcomes == {"c": outcome}


def test_a_resumed_rollout_keeps_its_first_name_and_takes_the_newest_commit(told):
    later = codex_meta(id="other", cwd="/w/p", git={"commit_hash": "def"})

    assert [(s.id, s.commit) for s in told(codex_meta(), later).sessions] == [
        ("C", "abc"),
        ("C", "def"),
    ]


def test_the_prompt_of_a_sub_agent_is_no_context(told):
    meta = codex_meta(thread_source="subagent", parent_thread_id="P")
    prompt = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "do"}]}
    session = told(meta, codex("response_item", prompt))

    assert session.context == []
    assert session.sessions[0].parent == "P"


def test_compacted_histories_are_not_even_decoded(told):
    assert (
        told(codex_meta(), b'{"timestamp":"t","type":"compacted","payload":{broken\n').unread == []
    )


def test_bare_lines_of_mid_2025(told):
    session = told(
        {"id": "B", "timestamp": "2025-06-01T00:00:00Z", "instructions": None, "git": {}},
        {"record_type": "state"},
        {"type": "function_call", "name": "shell", "call_id": "c",
         "arguments": json.dumps({"command": ["apply_patch", SMALL]})},
        {"type": "function_call_output", "call_id": "c",
         "output": '{"output":"Success.","metadata":{"exit_code":0}}'},
    )  # fmt: skip

    assert session.pieces == [("patch", "a.py", "y = 1\n")]
    assert session.outcomes == {"c": "applied"}
    assert [s.id for s in session.sessions] == ["B"]


def test_the_typescript_document(tmp_path):
    items = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "function_call", "name": "shell", "call_id": "c",
         "arguments": json.dumps({"command": ["apply_patch", SMALL]})},
    ]  # fmt: skip
    path = tmp_path / "rollout.json"
    path.write_text(json.dumps({"session": {"id": "T", "cwd": "/w/p"}, "items": items}, indent=2))
    events = list(open_session(path))

    assert [type(event).__name__ for event in events] == [
        "Session",
        "Context",
        "Context",
        "Produced",
    ]
    assert events[-1].path == "/w/p/a.py"
