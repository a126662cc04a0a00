"""One id per assistant, whatever a record calls it."""

from __future__ import annotations

import re

UNKNOWN = "unknown"

_IDS = {
    "aider": "aider",
    "amazon q": "amazon-q",
    "amp": "amp",
    "chatgpt": "chatgpt",
    "claude": "claude-code",
    "claude code": "claude-code",
    "cline": "cline",
    "codegen": "codegen",
    "codex": "codex",
    "codex cli": "codex",
    "continue": "continue",
    "copilot": "copilot",
    "copilot cli": "copilot",
    "crush": "crush",
    "cursor": "cursor",
    "cursor agent": "cursor",
    "devin": "devin",
    "droid": "droid",
    "factory droid": "droid",
    "gemini": "gemini",
    "gemini cli": "gemini",
    "github copilot": "copilot",
    "github copilot tab": "copilot",
    "goose": "goose",
    "jules": "jules",
    "junie": "junie",
    "openai codex": "codex",
    "opencode": "opencode",
    "openhands": "openhands",
    "pi": "pi",
    "posthog code": "posthog-code",
    "qwen code": "qwen-code",
    "qwen coder": "qwen-code",
    "replit": "replit",
    "roo code": "roo-code",
    "vscode copilot": "copilot",
    "warp": "warp",
    "windsurf": "windsurf",
}

_TITLES = {
    "amazon-q": "Amazon Q",
    "chatgpt": "ChatGPT",
    "claude-code": "Claude Code",
    "codecompanion": "CodeCompanion",
    "copilot": "GitHub Copilot",
    "droid": "Factory Droid",
    "opencode": "OpenCode",
    "openhands": "OpenHands",
    "posthog-code": "PostHog Code",
    "qwen-code": "Qwen Code",
    "roo-code": "Roo Code",
    UNKNOWN: "an unknown assistant",
}

# Words that name an assistant or its model wherever they open a policy trailer's value.
_WORDS = (
    ("claude", "claude-code"),
    ("anthropic", "claude-code"),
    ("chatgpt", "chatgpt"),
    ("codex", "codex"),
    ("copilot", "copilot"),
    ("cursor", "cursor"),
    ("gemini", "gemini"),
    ("opencode", "opencode"),
    ("windsurf", "windsurf"),
    ("aider", "aider"),
    ("crush", "crush"),
    ("posthog code", "posthog-code"),
    ("gpt", "chatgpt"),
)


def assistant_id(name: object) -> str:
    """Give the id of an assistant by the name a tool uses; an unknown name as a safe slug."""
    if not isinstance(name, str):
        return UNKNOWN
    words = re.sub(r"[^a-z0-9.]+", " ", name[:80].lower()).strip()
    return _IDS.get(words) or words.replace(" ", "-").replace(".", "-")[:40] or UNKNOWN


def assistant_in(text: str) -> str | None:
    """Find an assistant named by a whole word of a short free text."""
    lowered = text[:200].lower()
    for word, known in _WORDS:
        if re.search(rf"(?<![a-z0-9]){re.escape(word)}(?:v?\d|(?![a-z]))", lowered):
            return known
    return None


def title(assistant: str) -> str:
    """Name an assistant for people."""
    return _TITLES.get(assistant) or assistant.replace("-", " ").title()
