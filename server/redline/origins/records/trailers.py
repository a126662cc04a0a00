"""What a commit says about assistants: author, committer and every line of its message.

Git's own trailer parser sees the last paragraph only, and nothing if prose follows it; the body
of a squash merge carries the trailers of many commits in its middle. So each line counts
(git-interpret-trailers(1); keys: the assistants' documentation, the kernel's coding-assistants
page, Fedora's and Apache's policies, whogitit, Entire).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from redline.origins.records.identities import Weight, identify, is_other_bot
from redline.origins.records.names import UNKNOWN, assistant_id, assistant_in
from redline.origins.records.values import model_name

MESSAGE_LIMIT = 1 << 20
"""Bytes of a message that are read; the longest squash bodies seen have 200 KB."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on a commit that names an assistant."""

    assistant: str
    weight: Weight
    how: str
    """``author``, ``committer``, ``co-author``, ``trailer <key>``, ``footer``, ``branch``."""
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """All that one commit says."""

    marks: tuple[Mark, ...] = ()
    checkpoints: tuple[str, ...] = ()
    """Ids of Entire checkpoints."""

    def __bool__(self) -> bool:
        return bool(self.marks or self.checkpoints)


_S, _M, _W = Weight.STRONG, Weight.MEDIUM, Weight.WEAK
_LINE = re.compile(r"[ \t>*\-]*([A-Za-z][A-Za-z0-9-]{2,40})[ \t]*:[ \t]*(\S.*)")
_PERSON = re.compile(r"(.{0,200}?)[ \t]*<([^<>\s]{3,254})>")
_CHECKPOINT = re.compile(r"(?:[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26})(?![0-9A-Za-z])")
_FOOTERS = (
    (re.compile(r"(?:generated|made|created|written) with \[?claude code\b"), "claude-code"),
    (re.compile(r"(?:generated|made|created|written) with \[?opencode\b"), "opencode"),
    (re.compile(r"(?:generated|made|created|written) with \[?(?:openai )?codex\b"), "codex"),
    (re.compile(r"(?:generated|made|created|written) with \[?crush\b"), "crush"),
    (re.compile(r"(?:generated|made|created|written) with \[cursor\]"), "cursor"),
    (re.compile(r"<!-- cursor -->"), "cursor"),
)
_LEAD = re.compile(r"[^a-z<]*")
_BRANCH = re.compile(
    r"Merge (?:pull request #\d+ from [^/\s]+/|(?:remote-tracking )?branch '(?:origin/)?)"
    r"(claude|codex|copilot|cursor|devin|cline|aider|gemini)/"
)
_CLAUDE_MODEL = re.compile(r"(?i)claude[ -]([a-z]+ ?[\d.]*[\d.]|[\d.]+ ?[a-z]+)(?: \(.*\))?\Z")
_MACHINE = re.compile(r"(?i)(?<![a-z])(?:ai|llm|language model|chatbot|gpt|agent)(?![a-z])")

# Keys that only one assistant writes, with what their value must look like.
_OWN_KEYS = {
    "claude-session": ("claude-code", re.compile(r"")),
    "claude-workflow": ("claude-code", re.compile(r"")),
    "agent-logs-url": ("copilot", re.compile(r"https://github\.com/")),
    "made-with": ("cursor", re.compile(r"(?i)cursor\b")),
    "amp-thread": ("amp", re.compile(r"")),
    "amp-thread-id": ("amp", re.compile(r"")),
    "replit-commit-author": ("replit", re.compile(r"(?i)(?:agent|assistant)\b")),
    "replit-commit-session-id": ("replit", re.compile(r"")),
}


def read_commit(author: tuple[str, str], committer: tuple[str, str], message: str) -> Marks:
    """Read a commit: names with e-mails, and the whole message. Each mark is given once."""
    marks: list[Mark] = []
    for how, (name, email) in (("author", author), ("committer", committer)):
        if found := identify(name, email):
            marks.append(Mark(found.assistant, found.weight, how, _model_of(name)))
    told = read_message(message)
    return Marks(tuple(dict.fromkeys((*marks, *told.marks))), told.checkpoints)


def read_message(message: str) -> Marks:
    """Read each line of a message, also behind ``* `` and ``> `` and with CR LF."""
    marks: list[Mark] = []
    checkpoints: list[str] = []
    lines = message[:MESSAGE_LIMIT].splitlines()
    if lines:
        if branch := _BRANCH.match(lines[0]):
            marks.append(Mark(assistant_id(branch[1]), _W, "branch"))
        if lines[0].startswith("aider: "):
            marks.append(Mark("aider", _M, "subject"))
    for line in lines:
        if field := _LINE.match(line):
            key, value = field[1].lower(), field[2].strip()
            if key == "entire-checkpoint":
                if found := _CHECKPOINT.match(value):
                    checkpoints.append(found[0])
            elif mark := _field(key, value):
                marks.append(mark)
        if (" with " in line or "<!--" in line) and (mark := _footer(line)):
            marks.append(mark)
    return Marks(tuple(dict.fromkeys(marks)), tuple(dict.fromkeys(checkpoints)))


def _field(key: str, value: str) -> Mark | None:
    if key in ("co-authored-by", "signed-off-by"):
        if not (person := _PERSON.match(value)) or not (found := identify(person[1], person[2])):
            return None
        how = "co-author" if key == "co-authored-by" else "trailer Signed-off-by"
        return Mark(found.assistant, found.weight, how, _model_of(person[1]))
    if own := _OWN_KEYS.get(key):
        return Mark(own[0], _S, f"trailer {key}") if own[1].match(value) else None
    if key in ("assisted-by", "generated-by"):
        return _policy(key, value)
    if key == "ai-assisted" and value.lower().startswith(("true", "yes")):
        return Mark(UNKNOWN, _M, "trailer ai-assisted")
    if key == "entire-agent":
        return Mark(assistant_id(value), _S, "trailer entire-agent")
    if key in ("ai-session", "ai-model"):
        model = model_name(value) if key == "ai-model" else None
        return Mark(assistant_in(value) or UNKNOWN, _M, f"trailer {key}", model)
    return None


def _policy(key: str, value: str) -> Mark | None:
    """Read ``Assisted-by`` and ``Generated-by``: an agent, a model, free text, or a person."""
    how = f"trailer {key}"
    if person := _PERSON.match(value):
        if found := identify(person[1], person[2]):
            return Mark(found.assistant, found.weight, how, _model_of(person[1]))
        return None
    if is_other_bot(value):
        return None
    agent, _, model = value.partition(":")
    named = assistant_in(value)
    if named is None and not _MACHINE.search(value):
        # "Generated-by: protoc 3.2" and "Assisted-by: a colleague" name no assistant; the kernel's
        # AGENT:MODEL form does, whoever the agent is.
        if key == "generated-by" or " " in agent or not model or model[:1].isspace():
            return None
        named = assistant_id(agent)
    words = model.split()
    return Mark(named or UNKNOWN, _S, how, model_name(words[0]) if words else None)


def _footer(line: str) -> Mark | None:
    text = line[:300].lower()
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    for pattern, assistant in _FOOTERS:
        if pattern.match(text, start):
            return Mark(assistant, _M, "footer")
    return None


def _model_of(name: str) -> str | None:
    """Take the model from a co-author's name: ``Claude Opus 4.6 (1M context)``."""
    name = name.strip()
    found = _CLAUDE_MODEL.match(name) if name.isascii() else None
    return model_name(f"Claude {found[1]}") if found else None
