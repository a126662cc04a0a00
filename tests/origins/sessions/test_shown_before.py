"""Whatever an assistant was shown before it wrote is not the assistant's, however it was shown."""

from __future__ import annotations

import json

import pytest
from session_samples import claude, codex, codex_meta, copilot, copilot_start, patched, says, uses
from session_samples import result as answer

from assistant_log import found, indexed
from maze import TIDES as CODE

ROWS = CODE.splitlines()
HEAD = "Wall time: 0.1 seconds\nOutput:\n"


def rows(form):
    return "".join(form.format(number, row) + "\n" for number, row in enumerate(ROWS, 31))


DIFF = "diff --git a/t.py b/t.py\n--- a/t.py\n+++ b/t.py\n@@ -1,2 +1,12 @@\n import x\n"
SHOWN = {
    "plain": CODE,
    "in words": f"Please move this:\n\n```python\n{CODE}```\n\nto another file.",
    "numbered by cat": rows("{:6}\t{}"),
    "numbered by Claude": rows("{:6}→{}"),
    "numbered by Copilot": rows("{}. {}"),
    "numbered by an editor": rows("{:4} | {}"),
    "grep of one file": rows("{}:{}"),
    "grep of many": HEAD + rows("src/tides.py:{}:{}"),
    "lines around a match": HEAD + rows("src/tides.py-{}-{}"),
    "added by a diff": DIFF + rows("+{1}"),
    "removed by a diff": DIFF + rows("-{1}"),
    "context of a diff": DIFF + rows(" {1}"),
    "a numbered diff": HEAD + rows("    {} +{}"),
    "inside JSON": json.dumps({"path": "t.py", "content": CODE}, indent=1),
    "inside JSON, numbered": json.dumps([{"text": rows("{:6}\t{}")}]),
}


def told_claude(text, way):
    match way:
        case "prompt":
            yield claude("user", {"role": "user", "content": text})
        case "prompt in blocks":
            yield claude("user", {"role": "user", "content": [{"type": "text", "text": text}]})
        case "output":
            yield claude("assistant", says(uses("r", "Bash", command="show")))
            block = [{"type": "text", "text": text}]
            yield claude("user", answer("r", block), toolUseResult={"stdout": "", "stderr": ""})
        case "attachment":
            held = {"type": "file", "content": {"type": "text", "file": {"content": text}}}
            yield claude("attachment", attachment=held)
        case "selection":
            held = {"type": "selected_lines_in_ide", "content": text}
            yield claude("attachment", attachment=held)
        case "old text":
            edit = uses("e", "Edit", file_path="/w/p/a.py", old_string=text, new_string="pass\n")
            yield claude("assistant", says(edit))
    yield claude("assistant", says(uses("w", "Write", file_path="/w/p/t.py", content=CODE)))


def told_codex(text, way):
    yield codex_meta()
    match way:
        case "prompt":
            block = {"type": "input_text", "text": text}
            told = {"type": "message", "role": "user", "content": [block]}
            yield codex("response_item", told)
        case "output":
            given = {"name": "shell", "arguments": '{"command": ["show"]}', "call_id": "r"}
            yield codex("response_item", {"type": "function_call", **given})
            told = {"type": "function_call_output", "call_id": "r", "output": text}
            yield codex("response_item", told)
        case "output with its exit code":
            told = json.dumps({"output": text, "metadata": {"exit_code": 0}})
            told = {"type": "function_call_output", "call_id": "r", "output": told}
            yield codex("response_item", told)
        case "old text":
            gone = "".join(f"-{row}\n" for row in text.splitlines())
            head = "*** Begin Patch\n*** Update File: a.py\n@@\n"
            yield patched("e", f"{head}{gone}+pass\n*** End Patch")
    added = "".join(f"+{row}\n" for row in ROWS)
    yield patched("w", f"*** Begin Patch\n*** Add File: t.py\n{added}*** End Patch")


def told_copilot(text, way):
    yield copilot_start()
    match way:
        case "prompt":
            yield copilot("user.message", content=text)
        case "prompt with what the program adds":
            yield copilot("user.message", content="see", transformedContent=f"<file>\n{text}")
        case "attachment":
            held = [{"type": "selection", "text": text}]
            yield copilot("user.message", content="see", attachments=held)
        case "output":
            given = {"toolCallId": "r", "toolName": "view", "arguments": {"path": "a.py"}}
            yield copilot("tool.execution_start", **given)
            told = {"success": True, "result": {"content": text}}
            yield copilot("tool.execution_complete", toolCallId="r", **told)
        case "old text":
            given = {"path": "a.py", "old_str": text, "new_str": "pass\n"}
            given = {"toolCallId": "e", "toolName": "edit", "arguments": given}
            yield copilot("tool.execution_start", **given)
    given = {"toolCallId": "w", "toolName": "create"}
    given["arguments"] = {"path": "/w/p/t.py", "file_text": CODE}
    yield copilot("tool.execution_start", **given)


def told_vscode(text, way):
    calls, results, request = [], {}, {"message": {"text": "go"}}
    metadata = {"toolCallRounds": [{"response": "", "toolCalls": calls}]}
    match way:
        case "prompt":
            request["message"]["text"] = text
        case "rendered prompt":
            node = {"type": 1, "children": [{"type": 2, "text": text}]}
            metadata["renderedUserMessage"] = [{"type": 0, "node": node}, {"text": text}]
        case "attachment":
            request["variableData"] = {"variables": [{"kind": "paste", "value": text}]}
        case "output":
            calls.append({"id": "r", "name": "read_file", "arguments": '{"filePath": "/a"}'})
            results["r"] = {"content": [{"value": text}]}
        case "old text":
            given = {"filePath": "/a", "oldString": text, "newString": "pass\n"}
            calls.append({"id": "e", "name": "replace", "arguments": json.dumps(given)})
    given = {"filePath": "/w/p/t.py", "content": CODE}
    calls.append({"id": "w", "name": "create_file", "arguments": json.dumps(given)})
    metadata["toolCallResults"] = results
    request |= {"timestamp": 2, "modelId": "copilot/m", "result": {"metadata": metadata}}
    yield {
        "version": 3,
        "sessionId": "V",
        "responderUsername": "GitHub Copilot",
        "creationDate": 1,
        "requests": [request],
    }


def told_specstory(text, way):
    told = "<!-- Generated by SpecStory, Markdown v2.1.0 -->\n\n# 2026-03-02 22:30:03Z\n\n"
    told += "<!-- Claude Code Session 4023 (2026-03-02 22:30:03Z) -->\n\n"
    body = text if way == "prompt" else "Please go on."
    told += f"_**User (2026-03-02 22:30:03Z)**_\n\n{body}\n\n"
    told += "_**Agent (claude-opus-4-6 2026-03-02 22:31:00Z)**_\n\n"
    kind = {"output": "shell", "file": "read", "match": "search"}.get(way)
    if kind:
        told += f'<tool-use data-tool-type="{kind}" data-tool-name="Any"><details>\n'
        told += f"<summary>Tool use</summary>\n\n```text\n{text}\n```\n</details></tool-use>\n\n"
    told += '<tool-use data-tool-type="write" data-tool-name="Write"><details>\n'
    told += f"<summary>Tool use</summary>\n\n```py\n{CODE}```\n</details></tool-use>\n"
    yield told


READERS = {
    "claude-code": (
        told_claude,
        ["prompt", "prompt in blocks", "output", "attachment", "selection", "old text"],
    ),
    "codex": (told_codex, ["prompt", "output", "output with its exit code", "old text"]),
    "copilot": (
        told_copilot,
        ["prompt", "prompt with what the program adds", "attachment", "output", "old text"],
    ),
    "vscode": (told_vscode, ["prompt", "rendered prompt", "attachment", "output", "old text"]),
    "specstory": (told_specstory, ["prompt", "output", "file", "match"]),
}


def found_after(folder, reader, way, text=""):
    """What is found in a copy of ``CODE`` after a session that was shown ``text`` that way."""
    records = list(READERS[reader][0](text, way))
    sessions = folder / "sessions"
    sessions.mkdir()
    if isinstance(records[0], str):
        (sessions / "one.md").write_text(records[0], "utf-8")
    elif reader == "vscode":
        (sessions / "one.json").write_text(json.dumps(records[0]), "utf-8")
    else:
        lines = [json.dumps(record) + "\n" for record in records]
        (sessions / "one.jsonl").write_text("".join(lines), "utf-8")
    return found(indexed(sessions, folder / "index.db"), "src/copy.py", CODE)


@pytest.mark.parametrize("reader", READERS)
def test_what_it_wrote_unseen_is_found(tmp_path, reader):
    assert found_after(tmp_path, reader, None) == [("matched", 1, len(ROWS))]


WAYS = [(reader, way) for reader, (_, ways) in READERS.items() for way in ways]


@pytest.mark.parametrize(("reader", "way"), WAYS, ids=[f"{one}: {way}" for one, way in WAYS])
def test_what_it_was_shown_is_not_its_own(tmp_path, reader, way):
    assert found_after(tmp_path, reader, way, CODE) == []


@pytest.mark.parametrize("form", SHOWN)
@pytest.mark.parametrize("reader", ["claude-code", "codex", "copilot", "vscode"])
def test_the_form_in_which_it_was_shown_does_not_matter(tmp_path, reader, form):
    assert found_after(tmp_path, reader, "output", SHOWN[form]) == []


def test_what_it_was_shown_only_afterwards_changes_nothing(tmp_path):
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    records = [*told_claude("", None), *told_claude(CODE, "output")]
    lines = [json.dumps(record) + "\n" for record in records[:-1]]
    (sessions / "one.jsonl").write_text("".join(lines), "utf-8")
    index = indexed(sessions, tmp_path / "index.db")
    assert found(index, "src/copy.py", CODE) == [("matched", 1, len(ROWS))]
