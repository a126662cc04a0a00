"""Synthetic sessions, one of each format that grows; shapes as recorded, text made up."""

from __future__ import annotations

import json

WRITE_RESULT = {"type": "create", "filePath": "/w/p/g.py", "structuredPatch": [], "content": "x"}


def claude(kind, message=None, **fields):
    """One record of a Claude Code session."""
    envelope = {
        "parentUuid": "u0",
        "isSidechain": False,
        "cwd": "/w/p",
        "sessionId": "S",
        "version": "2.1.76",
        "type": kind,
        "timestamp": "2026-03-01T10:00:05.000Z",
        "uuid": "u1",
    }
    return {**envelope, **({"message": message} if message is not None else {}), **fields}


def says(*blocks, model="claude-opus-4-6"):
    """An assistant's message."""
    return {"role": "assistant", "model": model, "content": list(blocks)}


def uses(call, name, **arguments):
    """A tool call block."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def result(call, text, **fields):
    """A user message that carries a tool's result."""
    block = {"type": "tool_result", "tool_use_id": call, "content": text, **fields}
    return {"role": "user", "content": [block]}


def codex(kind, payload):
    """One record of a Codex rollout."""
    return {"timestamp": "2026-06-26T12:25:00.000Z", "type": kind, "payload": payload}


def codex_meta(**fields):
    """A rollout's first record."""
    git = {"commit_hash": "abc", "branch": "main", "repository_url": "https://host/o/r.git"}
    payload = {"id": "C", "cwd": "/w/p", "cli_version": "0.142.2", "git": git, **fields}
    return codex("session_meta", payload)


def patched(call, patch):
    """Codex's own call of apply_patch."""
    item = {"type": "custom_tool_call", "call_id": call, "name": "apply_patch", "input": patch}
    return codex("response_item", item)


def copilot(kind, **data):
    """One record of a Copilot event log."""
    stamp = "2026-06-25T02:01:42.664Z"
    return {"type": kind, "data": data, "id": "e1", "timestamp": stamp, "parentId": None}


def copilot_start(**fields):
    """A log's first record."""
    context = {"cwd": "/w/p", "headCommit": "abc", "repository": "o/r"}
    data = {"sessionId": "P", "producer": "copilot-agent", "copilotVersion": "1.0.64"}
    return copilot("session.start", **data, context=context, **fields)


PATCH = """*** Begin Patch
*** Add File: evals/t.py
+X = 1
*** Update File: /w/p/old.py
*** Move to: new.py
@@ def grade(x):
 kept = True
-gone = 1
+come = 1
+more = 2

+last = 3
*** End of File
*** Delete File: dead.py
*** End Patch"""

CLAUDE_SESSION = (
    {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}},
    claude("user", {"role": "user", "content": "write a grader"}),
    claude("assistant", says({"type": "text", "text": "Here:\n```python\ndef one(): ...\n```\n"})),
    claude("assistant", says(uses("t1", "Write", file_path="/w/p/g.py", content="def g(): ...\n"))),
    claude("user", result("t1", "File created"), toolUseResult=WRITE_RESULT),
    claude(
        "assistant",
        says(
            uses("t2", "Edit", file_path="g.py", old_string="a = 1\nb", new_string="a = 1\nc = 3")
        ),
        cwd="/w/other",
    ),
    claude("user", result("t2", "no match", is_error=True), toolUseResult="Error: no match"),
    claude("assistant", says(uses("t1", "Write", file_path="/w/p/g.py", content="def g(): ...\n"))),
)

CODEX_SESSION = (
    codex_meta(base_instructions={"text": "You are a coding agent."}),
    codex("turn_context", {"cwd": "/w/p", "model": "gpt-5.5"}),
    patched("c1", PATCH),
    codex(
        "event_msg",
        {
            "type": "patch_apply_end",
            "call_id": "c1",
            "success": True,
            "status": "completed",
            "changes": {"/w/p/evals/t.py": {"type": "add", "content": "X = 1\n"}},
        },
    ),
    codex(
        "response_item",
        {
            "type": "custom_tool_call",
            "call_id": "c2",
            "name": "exec",
            "input": "await tools.apply_patch(`*** Begin Patch\n*** Update File: a.py\n"
            "@@\n-x\n+y = ` + `1\n*** End Patch`);",
        },
    ),
    codex("turn_context", {"cwd": "/w/q", "model": "gpt-5.5"}),
    codex(
        "event_msg",
        {
            "type": "item_completed",
            "item": {
                "type": "FileChange",
                "id": "inner",
                "status": "completed",
                "changes": {
                    "/w/q/a.py": {"type": "update", "unified_diff": "@@ -1 +1 @@\n-x\n+y = 1\n"}
                },
            },
        },
    ),
    codex("event_msg", {"type": "agent_message", "message": "```py\nz = 9\n```"}),
    codex(
        "response_item",
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "```py\nz = 9\n```"}],
        },
    ),
)

COPILOT_SESSION = (
    copilot_start(),
    copilot("session.model_change", newModel="claude-sonnet-4.6"),
    copilot("user.message", content="fix it"),
    copilot(
        "assistant.message",
        content="",
        toolRequests=[
            {
                "toolCallId": "t1",
                "name": "edit",
                "arguments": json.dumps({"path": "a.py", "old_str": "x = 1", "new_str": "x = 2"}),
            }
        ],
    ),
    copilot(
        "tool.execution_start",
        toolCallId="t1",
        toolName="edit",
        arguments={"path": "a.py", "old_str": "x = 1", "new_str": "x = 2"},
    ),
    copilot("tool.execution_complete", toolCallId="t1", success=True, result={"content": "done"}),
)

SESSIONS = {"claude-code": CLAUDE_SESSION, "codex": CODEX_SESSION, "copilot": COPILOT_SESSION}
