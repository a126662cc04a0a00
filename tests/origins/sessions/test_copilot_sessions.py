"""Copilot: the command line's events, VS Code's chats as documents and as mutation logs."""

from __future__ import annotations

import json

import pytest
from session_samples import COPILOT_SESSION, copilot, copilot_start

from redline.origins.events import Session
from redline.origins.sessions.reading import open_session


def test_a_whole_log(told):
    session = told(*COPILOT_SESSION)

    assert session.pieces == [("edit", "/w/p/a.py", "x = 2")]
    assert session.outcomes == {"t1": "applied"}
    assert session.context == ["fix it", "x = 1", "done"]
    assert session.sessions == [
        Session(
            "P",
            "copilot",
            "copilot-events 1.0.64",
            cwd="/w/p",
            commit="abc",
            repository="o/r",
            time=1782352902664,
        )
    ]
    assert session.produced[0].model == "claude-sonnet-4.6"


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ({"success": False, "error": {"code": "failure", "message": "no"}}, "failed"),
        ({"success": False, "error": {"code": "denied"}}, "rejected"),
        ({"success": True, "result": {"result_type": "rejected"}}, "rejected"),
    ],
)
def test_outcomes(told, end, outcome):
    arguments = {"path": "/n.py", "file_text": "n = 1\n"}
    session = told(
        copilot_start(),
        copilot("tool.execution_start", toolCallId="t", toolName="create", arguments=arguments),
        copilot("tool.execution_complete", toolCallId="t", **end),
    )

    assert session.pieces == [("write", "/n.py", "n = 1\n")]
    assert session.outcomes == {"t": outcome}


def chat(**request):
    return {
        "version": 3,
        "sessionId": "V",
        "responderUsername": "GitHub Copilot",
        "creationDate": 1,
        "requests": [
            {"timestamp": 2, "modelId": "copilot/m", "message": {"text": "go"}, **request}
        ],
    }


def rounds(name, **arguments):
    tool_call = {"id": "k1__vscode-7", "name": name, "arguments": json.dumps(arguments)}
    results = {"k1__vscode-7": {"content": [{"value": "read text"}]}}
    metadata = {
        "toolCallRounds": [{"response": "Now.", "toolCalls": [tool_call]}],
        "toolCallResults": results,
    }
    return {"result": {"metadata": metadata}}


GROUP = {
    "kind": "textEditGroup",
    "uri": {"path": "/w/e.py", "scheme": "file"},
    "edits": [[{"text": "whole = 1\n", "range": {}}], []],
}


@pytest.mark.parametrize(
    ("request_", "pieces"),
    [
        (rounds("create_file", filePath="/n", content="c"), [("write", "/n", "c")]),
        (
            rounds("replace_string_in_file", filePath="/r", oldString="a", newString="b"),
            [("edit", "/r", "b")],
        ),
        (
            rounds(
                "insert_edit_into_file",
                filePath="/i",
                code="// ...existing code...\nnew = 1\n// ...existing code...\n",
            ),
            [("edit", "/i", "new = 1\n")],
        ),
        ({"response": [GROUP]}, [("edit", "/w/e.py", "whole = 1\n")]),
        (
            {"response": [GROUP], **rounds("create_file", filePath="/n", content="c")},
            [("write", "/n", "c")],
        ),
        (
            {"response": [{"value": "So:\n```py\nhalf = "}, {"value": "1\n```\n"}]},
            [("chat", None, "half = 1\n")],
        ),
    ],
)
def test_chat_requests(tmp_path, told_of, request_, pieces):
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(chat(**request_)))

    assert told_of(path).pieces == pieces


def test_calls_of_a_cancelled_turn_are_read_from_their_details(tmp_path, told_of):
    invocation = {
        "kind": "toolInvocationSerialized",
        "toolId": "copilot_createFile",
        "toolCallId": "k",
        "isConfirmed": {"type": 0},
        "resultDetails": {"input": json.dumps({"filePath": "/n", "content": "c"})},
    }
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(chat(response=[invocation])))
    session = told_of(path)

    assert session.pieces == [("write", "/n", "c")]
    assert session.outcomes == {"k": "rejected"}


def test_a_mutation_log_tells_what_its_final_object_tells(told):
    whole = chat(response=[{"value": "```\nx\n```"}])
    start = {**whole, "requests": []}
    session = told(
        {"kind": 0, "v": start},
        {"kind": 2, "k": ["requests"], "v": [{"message": {"text": "no"}}, {"message": {}}]},
        {"kind": 2, "k": ["requests"], "i": 1},
        {"kind": 1, "k": ["requests", 0, "message", "text"], "v": "go"},
        {"kind": 2, "k": ["requests", 0, "response"], "v": [{"value": "```\nx\n```"}]},
        {"kind": 3, "k": ["responderUsername"]},
        {"kind": 1, "k": ["nowhere", 3, "x"], "v": 1},
    )

    assert session.pieces == [("chat", None, "x\n")]
    assert session.context == ["go"]
    assert session.unread == ["change to a place that is not there"]


def test_unreadable_documents_are_told(tmp_path):
    path = tmp_path / "chat.json"
    path.write_bytes(json.dumps(chat()).encode()[:-3])

    assert [event.reason for event in open_session(path)] == ["not JSON"]
