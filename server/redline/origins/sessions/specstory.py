"""SpecStory's Markdown histories: ``.specstory/history/*.md``, one session each.

Written by specstoryai/getspecstory ``pkg/session/markdown.go`` ("Markdown v2.1.0") for
several assistants. The text of Claude's edits is not in it, only that they happened;
what survives are whole writes, patches, commands and the fences of answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from ..events import Event, Kind, Outcome, Unread
from ..fences import fences
from ..patches import unified
from ..records_io import INVALID_UTF8, Records
from .telling import State, Teller

_HEADER = re.compile(r"<!-- (.+?) Session (\S+)(?: \(([^)\n]*)\))? -->")
_ROLE = re.compile(
    r"^_\*\*(User|Agent|Assistant)( - sidechain)?(?: \(([^)\n]*)\))?\*\*_", re.MULTILINE
)
_STAMP = re.compile(
    r"^(.*?) ?(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
)
_END_OF_TOOL = r"^</details>\s{0,4}</tool-use>"
_TOOL = re.compile(
    r"^<tool-use(?: data-tool-type=\"(\w+)\")?(?: data-tool-name=\"([^\"\n]*)\")?>(.*?)"
    + _END_OF_TOOL,
    re.MULTILINE | re.DOTALL,
)
_THOUGHT = re.compile(r"<think>(.*?)</think>", re.DOTALL)
_NAMED_FILE = re.compile(
    r"\*\*(?:Add|Update|Write|Create|Edit):? ?`([^`\n]+)`"
    r"|<summary>Tool use: \*\*[^\n]+?\*\* • Edit file: ([^<\n]+)</summary>"
)
_DONE = re.compile(
    r"File created successfully at: (.+?)(?: \(file state\b.*)?$"
    r"|The file (.+?) has been (?:updated|overwritten)\b",
    re.MULTILINE,
)
_REJECTION = "The user doesn't want to"
_COMMAND = re.compile(r"^`([^`\n]+)`$", re.MULTILINE)
_ASSISTANTS = {
    "claude code": "claude-code",
    "codex cli": "codex",
    "copilot": "copilot",
    "cursor": "cursor",
    "cursor cli": "cursor",
    "cursor ide": "cursor",
    "droid cli": "droid",
    "gemini cli": "gemini-cli",
    "vs code copilot": "copilot",
    "vs code copilot ide": "copilot",
    "vscode": "copilot",
}


def read_document(records: Records, state: State) -> Iterator[Event]:
    """Yield the events of one history."""
    for record in records:
        if isinstance(record, Unread):
            yield record
            continue
        text = record.data.decode("utf-8", "replace").replace("\r\n", "\n")
        if "�" in text and "�".encode() not in record.data:
            yield Unread(record.position, INVALID_UTF8)
        yield from _history(text, state)


def _history(text: str, state: State) -> Iterator[Event]:
    header = _HEADER.search(text[:4096])
    provider = header[1].lower() if header else ""
    state["assistant"] = _ASSISTANTS.get(provider, provider.replace(" ", "-") or "unknown")
    tell = Teller(state, state["assistant"], "specstory")
    tell.at(0, header[3] if header else None)
    tell.session(id=header[2] if header else None)
    yield from tell.drain()
    roles = list(_ROLE.finditer(text))
    position, counted = 0, 0
    time = header[3] if header else None
    for role, following in zip_longest(roles, roles[1:]):
        body = text[role.end() : following.start() if following else len(text)]
        position += len(text[counted : role.start()].encode())
        counted = role.start()
        model, stamp = _stamp(role[3])
        time = stamp or time  # a turn without one is no older than what came before
        tell.at(position, time)
        if model:
            state["model"] = model
        if role[1] == "User":
            if not role[2]:
                tell.context(body)
        else:
            _turn(tell, body, position)
        yield from tell.drain()


def _stamp(label: str | None) -> tuple[str | None, str | None]:
    """Split ``model 2026-02-20 23:42:22Z`` into model and time."""
    match = _STAMP.match(label or "")
    return (match[1] or None, match[2]) if match else (label, None)


def _turn(tell: Teller, body: str, start: int) -> None:
    """Tell what an assistant said and did; ``start`` is where in the file, in bytes from 0."""
    position = 0
    for number, tool in enumerate(_TOOL.finditer(body, 0, _end_of_last(body, _END_OF_TOOL))):
        _prose(tell, body[position : tool.start()])
        if tool[1] == "write" and tool[2] in ("Write", "Edit", "MultiEdit"):
            _claude_write(tell, tool[3], whole=tool[2] == "Write", call=f"{start}.{number}")
        else:
            _tool(tell, tool[1] or "unknown", tool[3])
        position = tool.end()
    _prose(tell, body[position:])


def _prose(tell: Teller, text: str) -> None:
    end = _end_of_last(text, "</think>")
    for thought in _THOUGHT.finditer(text, 0, end):
        tell.chat(thought[1], Kind.REASONING)
    tell.chat(_THOUGHT.sub("", text[:end]) + text[end:])


def _tool(tell: Teller, kind: str, body: str) -> None:
    if kind == "write":
        _write(tell, body)
    elif kind == "shell":
        for command in _COMMAND.finditer(body):
            tell.shell(command[1])
        for fence in fences(body):
            if fence.info in ("bash", "sh", "shell", "zsh", "powershell"):
                tell.shell(_plain(fence.text))
            else:
                tell.context(fence.text)
    else:
        tell.context(body)


def _claude_write(tell: Teller, body: str, whole: bool, call: str) -> None:
    """Tell Claude's own tools: what it wrote is fenced first, if at all, then the answer.

    The file is named by the answer alone; one that names none says why nothing was written.
    """
    blocks = list(fences(body))
    answers = blocks[1:] if whole else blocks
    done = next((found for answer in answers if (found := _DONE.match(answer.text))), None)
    if whole and blocks:
        if answers and not done:
            tell.begin(call)
        tell.write(Kind.WRITE, _plain(blocks[0].text), (done[1] or done[2]) if done else None)
        if answers and not done:
            refused = any(answer.text.startswith(_REJECTION) for answer in answers)
            tell.settle(call, Outcome.REJECTED if refused else Outcome.FAILED)
            tell.begin(None)
    for answer in answers:
        if not _DONE.match(answer.text):
            tell.context(answer.text)


def _write(tell: Teller, body: str) -> None:
    named = list(_NAMED_FILE.finditer(body))
    patched = False
    for fence in fences(body):
        names = [match[1] or match[2] for match in named if match.end() <= fence.start]
        path = names[-1] if names else None
        if fence.info == "diff":
            patched = True
            for file in unified(_plain(fence.text)):
                tell.context(file.before)
                for run in file.added:
                    tell.write(Kind.PATCH, run, file.path or path)
        elif fence.info == "text" or (patched and not fence.info):
            tell.context(fence.text)  # what the tool answered
        else:
            tell.write(Kind.WRITE, _plain(fence.text), path)


def _end_of_last(text: str, closing: str) -> int:
    """Return where the last match of a pattern ends: behind it openings are sought in vain."""
    end = 0
    for found in re.finditer(closing, text, re.MULTILINE):
        end = found.end()
    return end


def _plain(text: str) -> str:
    return text.replace("\\```", "```")  # fences inside a fence are written so
