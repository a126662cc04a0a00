"""Write down, in the assistants' own formats, how the texts of the sample came about.

The records have the fields that Claude Code 2.1 and Codex 0.142 write; the words are ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


def sessions(text: dict[str, str], ada: str, ben: str, commit: str) -> dict[str, str]:
    """Session files by their path, as text.

    ``text`` holds what was written, by its path in the repository, and under ``said`` what was
    only answered; ``ada`` and ``ben`` are the working folders, ``commit`` is where Codex began.
    """
    home = "claude-code/projects/-home-ada-maze-evals"
    first = "5d1f0c52-7a3e-4b6f-9a43-2f60a1c0e901"
    second = "b0c7e3a4-18d5-4f0b-8e52-7710dd4c92aa"
    codex = "019cd6f0-4a10-7c31-b8de-0c5b7f0e2d11"
    return {
        f"{home}/{first}.jsonl": _steps(text, Chat(first, ada, "2026-03-09T09")),
        f"{home}/{first}/subagents/agent-a1b2c3d.jsonl": _hints(
            text, Chat(first, ada, "2026-03-09T10", agent="a1b2c3d")
        ),
        f"{home}/{second}.jsonl": _plot(text, Chat(second, ada, "2026-03-12T17")),
        f"codex/sessions/2026/03/10/rollout-2026-03-10T14-00-00-{codex}.jsonl": _retry(
            text, codex, ben, commit
        ),
    }


@dataclass
class Chat:
    """One Claude Code session under way; every act adds its record."""

    session: str
    cwd: str
    hour: str
    agent: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, words: str) -> None:
        """A prompt that a person typed."""
        self._add("user", {"role": "user", "content": words})

    def say(self, words: str) -> None:
        """A block of the answer."""
        self._answer({"type": "text", "text": words})

    def read(self, path: str, content: str) -> None:
        """A file that the assistant looked at: its lines come back with numbers."""
        numbered = "\n".join(f"{n:6}→{line}" for n, line in enumerate(content.splitlines(), 1))
        shown = {
            "type": "text",
            "file": {
                "filePath": f"{self.cwd}/{path}",
                "content": content,
                "numLines": len(content.splitlines()),
                "startLine": 1,
                "totalLines": len(content.splitlines()),
            },
        }
        self._use("Read", {"file_path": f"{self.cwd}/{path}"}, numbered, shown)

    def write(self, path: str, content: str) -> None:
        """A whole new file."""
        target = f"{self.cwd}/{path}"
        done: dict[str, Any] = {
            "type": "create",
            "filePath": target,
            "content": content,
            "structuredPatch": [],
            "originalFile": None,
        }
        given = {"file_path": target, "content": content}
        self._use("Write", given, f"File created successfully at: {target}", done)

    def delegate(self, agent: str, prompt: str, answer: str) -> None:
        """A task handed to a sub-agent, which has a file of its own."""
        given = {"description": prompt, "prompt": prompt, "subagent_type": "general-purpose"}
        done = {"status": "completed", "prompt": prompt, "agentId": agent, "content": []}
        self._use("Task", given, answer, done)

    def _use(self, name: str, given: dict[str, Any], result: str, done: dict[str, Any]) -> None:
        # Ids differ between the sub-agent and its parent, as Anthropic's do.
        call = f"toolu_{self.agent or self.session[:7]}{len(self.records):04}"
        self._answer({"type": "tool_use", "id": call, "name": name, "input": given})
        block = {"type": "tool_result", "tool_use_id": call, "content": result}
        self._add("user", {"role": "user", "content": [block]}, toolUseResult=done)

    def _answer(self, block: dict[str, Any]) -> None:
        message = {
            "id": f"msg_{self.agent or self.session[:7]}{len(self.records):04}",
            "type": "message",
            "role": "assistant",
            "model": "claude-opus-4-6",
            "content": [block],
            "stop_reason": None,
            "usage": {"input_tokens": 900, "output_tokens": 400},
        }
        self._add("assistant", message)

    def _add(self, kind: str, message: dict[str, Any], **more: object) -> None:
        number = len(self.records)
        own = f"{self.agent or self.session[:8]}-{{:04}}"
        record = {
            "type": kind,
            "uuid": own.format(number),
            "parentUuid": own.format(number - 1) if number else None,
            "isSidechain": self.agent is not None,
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session,
            "version": "2.1.76",
            "gitBranch": "main",
            "timestamp": f"{self.hour}:{number // 4:02}:{number % 4 * 15:02}.000Z",
            "message": message,
        }
        self.records.append(record | ({"agentId": self.agent} if self.agent else {}) | more)


def _steps(text: dict[str, str], chat: Chat) -> str:
    chat.ask("Read graders/parity.py, then write a scorer for the steps of an explanation.")
    chat.read("graders/parity.py", text["graders/parity.py"])
    chat.say(f"Your draft stands like this:\n\n```python\n{text['graders/parity.py']}```\n")
    walk = text["graders/path_length.py"]
    chat.say(f"I will keep to the style of path_length:\n\n```python\n{walk}```\n")
    chat.write("graders/steps.py", text["graders/steps.py"])
    chat.ask("Thanks. Now a table of the results for our meeting, and hints for the model.")
    chat.write("tools/report.py", text["tools/report.py"])
    chat.delegate("a1b2c3d", "Write navigation hints to prompts/hints.md", "The hints are there.")
    return _lines(chat.records)


def _hints(text: dict[str, str], chat: Chat) -> str:
    chat.ask("Write navigation hints to prompts/hints.md")
    chat.write("prompts/hints.md", text["prompts/hints.md"])
    chat.say("The hints are there.")
    return _lines(chat.records)


def _plot(text: dict[str, str], chat: Chat) -> str:
    chat.ask("Draw the averages as bars, in plain text.")
    chat.write("tools/plot.py", text["tools/plot.py"])
    chat.say("The chart scales to the width that you ask for.")
    # The machine went down while the last record was being written.
    return _lines(chat.records)[:-120]


def _retry(text: dict[str, str], session: str, cwd: str, commit: str) -> str:
    target = f"{cwd}/harness/retry.py"
    content = text["harness/retry.py"]
    added = "".join(f"+{line}\n" for line in content.splitlines())
    patch = f"*** Begin Patch\n*** Add File: {target}\n{added}*** End Patch"
    success = f"Success. Updated the following files:\nA {target}\n"
    answer = "A helper for the amounts, to paste where you need it:\n\n```python\n"
    answer += f"{text['said']}```\n"
    payloads: list[tuple[str, dict[str, Any]]] = [
        (
            "session_meta",
            {
                "id": session,
                "timestamp": "2026-03-10T14:00:00.000Z",
                "cwd": cwd,
                "originator": "codex-tui",
                "cli_version": "0.142.2",
                "source": "cli",
                "thread_source": "user",
                "model_provider": "openai",
                "git": {"commit_hash": commit, "branch": "main"},
            },
        ),
        (
            "turn_context",
            {"turn_id": "t1", "cwd": cwd, "approval_policy": "never", "model": "gpt-5.5"},
        ),
        ("response_item", _message("user", "input_text", "Start-up fails at times: retry it.")),
        (
            "response_item",
            {
                "type": "custom_tool_call",
                "status": "completed",
                "call_id": "call_1",
                "name": "apply_patch",
                "input": patch,
            },
        ),
        (
            "event_msg",
            {
                "type": "patch_apply_end",
                "call_id": "call_1",
                "turn_id": "t1",
                "stdout": success,
                "stderr": "",
                "success": True,
                "changes": {target: {"type": "add", "content": content}},
                "status": "completed",
            },
        ),
        (
            "response_item",
            {
                "type": "custom_tool_call_output",
                "call_id": "call_1",
                "output": f"Exit code: 0\nWall time: 0 seconds\nOutput:\n{success}",
            },
        ),
        ("response_item", _message("user", "input_text", "And how do I compare sums of money?")),
        ("response_item", _message("assistant", "output_text", answer)),
    ]
    return _lines(
        {"timestamp": f"2026-03-10T14:{n:02}:00.000Z", "type": kind, "payload": payload}
        for n, (kind, payload) in enumerate(payloads)
    )


def _message(role: str, kind: str, words: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": kind, "text": words}]}


def _lines(records: Iterable[dict[str, Any]]) -> str:
    # Without spaces, as both assistants write: readers may look for bytes before they decode.
    compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    return "".join(compact.encode(record) + "\n" for record in records)
