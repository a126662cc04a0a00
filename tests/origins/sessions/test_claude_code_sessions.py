"""Claude Code: what was written, by whom, and what became of it."""

from __future__ import annotations

import pytest
from session_samples import CLAUDE_SESSION, claude, result, says, uses

from redline.origins.events import Kind, Outcome, Produced, Session


def test_a_write_is_told_with_its_place_model_and_time(told):
    call = uses("t1", "Write", file_path="evals/g.py", content="def g(): ...\n")

    assert told(claude("assistant", says(call))).events == [
        Session("S", "claude-code", "claude-code 2.1.76", cwd="/w/p", time=1772359205000),
        Produced(
            session="S",
            kind=Kind.WRITE,
            text="def g(): ...\n",
            position=0,
            path="/w/p/evals/g.py",
            call="t1",
            model="claude-opus-4-6",
            time=1772359205000,
            outcome=Outcome.UNKNOWN,
        ),
    ]


def test_a_whole_session(told):
    session = told(*CLAUDE_SESSION)

    assert session.pieces == [
        ("chat", None, "def one(): ...\n"),
        ("write", "/w/p/g.py", "def g(): ...\n"),
        ("edit", "/w/other/g.py", "c = 3"),
    ]
    assert session.outcomes == {"t1": "applied", "t2": "failed"}
    assert session.context == ["write a grader", "File created", "a = 1\nb", "no match"]
    assert [event.cwd for event in session.sessions] == ["/w/p", "/w/other", "/w/p"]
    assert session.unread == []


@pytest.mark.parametrize(
    ("call", "pieces"),
    [
        (
            uses(
                "t", "MultiEdit", file_path="/a", edits=[{"old_string": "x", "new_string": "y"}, 3]
            ),
            [("edit", "/a", "y")],
        ),
        (
            uses("t", "NotebookEdit", notebook_path="/n.ipynb", new_source="p()", cell_id="1"),
            [("notebook", "/n.ipynb", "p()")],
        ),
        (
            uses("t", "NotebookEdit", notebook_path="/n.ipynb", new_source="p", edit_mode="delete"),
            [],
        ),
        (uses("t", "ExitPlanMode", plan="# Plan\nDo."), [("plan", None, "# Plan\nDo.")]),
        (
            uses("t", "mcp__files__save", path="/m", text="saved"),
            [("write", "/m", "saved")],
        ),
        (
            uses("t", "Bash", command="cat > out.py <<'EOF'\nprint(1)\nEOF\n"),
            [("shell", "/w/p/out.py", "print(1)\n")],
        ),
        (
            uses(
                "t",
                "Bash",
                command="apply_patch <<E\n*** Begin Patch\n*** Add File: n\n+v\n*** End Patch\nE",
            ),
            [("patch", "/w/p/n", "v\n")],
        ),
        (uses("t", "Read", file_path="/a"), []),
        (uses("t", "Task", prompt="```\nx\n```", description="d"), []),
        (uses("t", "Edit", file_path="/a", old_string="x", new_string=""), []),
    ],
)
def test_tools(told, call, pieces):
    assert told(claude("assistant", says(call))).pieces == pieces


def test_thinking_counts_only_where_it_holds_code(told):
    thought = {"type": "thinking", "thinking": "Let me see.\n```\nx = 1\n```\nGood."}

    assert told(claude("assistant", says(thought))).pieces == [("reasoning", None, "x = 1\n")]


def test_error_texts_of_the_program_itself_are_nobodys(told):
    block = {"type": "text", "text": "```\nAPI error\n```"}

    assert told(claude("assistant", says(block, model="<synthetic>"))).pieces == []


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "applied"),
        ({"is_error": True}, "failed"),
        ({"is_error": True, "content": "The user doesn't want to proceed with this"}, "rejected"),
        ({"is_error": True, "content": "[Request interrupted by user for tool use]"}, "rejected"),
    ],
)
def test_outcomes(told, fields, outcome):
    session = told(
        claude("assistant", says(uses("t", "Write", file_path="/a", content="x"))),
        claude("user", result("t", "ok") | {"content": [result("t", "ok")["content"][0] | fields]}),
    )

    assert session.outcomes == {"t": outcome}


def test_the_original_file_is_late_context_of_its_edit(told):
    session = told(
        claude(
            "assistant", says(uses("t", "Edit", file_path="/a", old_string="x", new_string="y"))
        ),
        claude("user", result("t", "ok"), toolUseResult={"originalFile": "x\nother\n"}),
    )

    assert session.late == [("t", "x\nother\n")]


def test_what_the_user_changed_before_accepting_is_context(told):
    landed = {"newString": "y  # mine", "userModified": True, "originalFile": None}
    session = told(
        claude(
            "assistant", says(uses("t", "Edit", file_path="/a", old_string="x", new_string="y"))
        ),
        claude("user", result("t", "ok"), toolUseResult=landed),
    )

    assert session.pieces == [("edit", "/a", "y")]
    assert session.context == ["x", "y  # mine", "ok"]


def test_reads_are_context_without_line_numbers(told):
    session = told(
        claude("user", result("r1", "    1→import os\n    2→\n")),
        claude("user", result("r2", "ignored"), toolUseResult={"file": {"content": "raw\n"}}),
    )

    assert session.context == ["import os\n\n", "raw\n"]


def test_inline_sub_agents_write_but_their_prompts_are_no_context(told):
    write = uses("t", "Write", file_path="/a", content="x")
    session = told(
        claude("user", {"role": "user", "content": "write x"}, isSidechain=True, agentId="A"),
        claude("assistant", says(write), isSidechain=True, agentId="A"),
    )

    assert session.context == []
    assert [(piece.text, piece.agent) for piece in session.produced] == [("x", "A")]


def test_sub_agents_told_as_progress(told):
    inner = {"type": "assistant", "message": says(uses("t", "Write", file_path="/a", content="x"))}
    answer = {"type": "user", "message": result("t", "created")}
    session = told(
        claude("progress", data={"type": "agent_progress", "agentId": "A", "message": inner}),
        claude("progress", data={"type": "agent_progress", "agentId": "A", "message": answer}),
        claude("progress", data={"type": "bash_progress", "output": "x"}),
    )

    assert [(piece.text, piece.agent) for piece in session.produced] == [("x", "A")]
    assert session.outcomes == {"t": "applied"}


def test_a_sub_agents_answer_is_the_assistants(told):
    answer = {
        "agentId": "A",
        "status": "completed",
        "content": [{"type": "text", "text": "```\nq\n```"}],
    }

    assert told(claude("user", result("t", "done"), toolUseResult=answer)).pieces == [
        ("chat", None, "q\n")
    ]


def test_records_of_unknown_types_are_counted(told):
    assert told(claude("user", {"content": "hi"}), {"type": "novelty"}).unread == [
        "record of an unknown type"
    ]
