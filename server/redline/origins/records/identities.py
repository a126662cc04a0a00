"""Whom a commit's name and e-mail give away: assistants, by address first, never by a bare name.

Sources: chaoss/disclosure, git-ai's agent detection, block/aittributor, commit-check, the
assistants' own issue trackers and commits in public repositories. People are called Claude,
Devin, Jules and Cody, so a display name alone tells nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """How much a mark on a commit is worth, least first."""

    WEAK = 1
    """Often false or set without use: VS Code's default trailer, a branch's name."""
    MEDIUM = 2
    """Seen in practice, but not told by the vendor, or prose rather than a field."""
    STRONG = 3
    """Set by the assistant itself."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An assistant known by an address."""

    assistant: str
    weight: Weight


_S, _M, _W = Weight.STRONG, Weight.MEDIUM, Weight.WEAK

_ADDRESSES = {
    "noreply@anthropic.com": ("claude-code", _S),
    "noreply@openai.com": ("codex", _S),
    "codex@openai.com": ("codex", _S),
    # Codex's placeholder identity is the address of an unrelated person.
    "codex@example.com": ("codex", _W),
    # VS Code added this one unasked (microsoft/vscode#313064).
    "copilot@github.com": ("copilot", _W),
    "cursoragent@cursor.com": ("cursor", _S),
    "gemini-cli-agent@google.com": ("gemini", _M),
    "gemini-cli@google.com": ("gemini", _M),
    "noreply@aider.chat": ("aider", _S),
    "amp@ampcode.com": ("amp", _S),
    "noreply@ampcode.com": ("amp", _S),
    "noreply@opencode.ai": ("opencode", _S),
    "qwen-coder@alibabacloud.com": ("qwen-code", _S),
    "crush@charm.land": ("crush", _S),
    "agent@warp.dev": ("warp", _S),
    "oz-agent@warp.dev": ("warp", _S),
    "junie@jetbrains.com": ("junie", _S),
    "openhands@all-hands.dev": ("openhands", _S),
    "roomote@roocode.com": ("roo-code", _S),
    "noreply@cline.bot": ("cline", _S),
    "opensource@block.xyz": ("goose", _M),
    "noreply@codeium.com": ("windsurf", _M),
    "noreply@pi.dev": ("pi", _M),
}

_DOMAINS = {"devin.ai": ("devin", _S)}

# GitHub logins: of <id>+<login>@users.noreply.github.com, and of bot authors.
_LOGINS = {
    "claude[bot]": ("claude-code", _S),
    "anthropic-claude[bot]": ("claude-code", _S),
    "claude-code-action[bot]": ("claude-code", _S),
    "chatgpt-codex-connector[bot]": ("codex", _S),
    "openai-codex[bot]": ("codex", _S),
    "copilot": ("copilot", _S),
    "copilot[bot]": ("copilot", _S),
    "copilot-swe-agent[bot]": ("copilot", _S),
    "cursor[bot]": ("cursor", _S),
    "cursoragent[bot]": ("cursor", _S),
    "devin-ai-integration[bot]": ("devin", _S),
    "google-labs-jules[bot]": ("jules", _S),
    "gemini-code-assist[bot]": ("gemini", _S),
    "gemini-cli": ("gemini", _M),
    "factory-droid[bot]": ("droid", _S),
    "openhands-ai[bot]": ("openhands", _S),
    "cline[bot]": ("cline", _S),
    "continue[bot]": ("continue", _S),
    "sourcegraph-cody[bot]": ("cody", _S),
    "amazon-q-developer[bot]": ("amazon-q", _S),
    "jetbrains-ai[bot]": ("jetbrains-ai", _S),
    # A reviewer that sometimes commits what it proposed.
    "coderabbitai[bot]": ("coderabbit", _M),
    "lovable-dev[bot]": ("lovable", _S),
    "gpt-engineer-app[bot]": ("lovable", _S),
    "v0[bot]": ("v0", _S),
    "sweep-ai[bot]": ("sweep", _S),
    "codegen-sh[bot]": ("codegen", _S),
}

_NOT_ASSISTANTS = frozenset(
    {
        "allcontributors[bot]",
        "codecov[bot]",
        "dependabot-preview[bot]",
        "dependabot[bot]",
        "github-actions[bot]",
        "github-merge-queue[bot]",
        "imgbot[bot]",
        "mergify[bot]",
        "pre-commit-ci[bot]",
        "release-please[bot]",
        "renovate[bot]",
        "semantic-release-bot",
        "snyk-bot",
        "weblate",
    }
)

_NOREPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com\Z")


def identify(name: str, email: str) -> Identity | None:
    """Tell which assistant an author, committer or co-author is; None for people and other bots."""
    address = email.strip().lower()
    person = name.strip().lower()
    found = _ADDRESSES.get(address)
    if found is None and (noreply := _NOREPLY.match(address)):
        login = noreply[1]
        found = _LOGINS.get(login)
        if found is None and login in _NOT_ASSISTANTS:
            return None
    if found is None:
        found = _DOMAINS.get(address.rpartition("@")[2])
    if found is None and person.endswith("[bot]"):
        # Brackets cannot occur in a person's login: such a name is an app's.
        found = _LOGINS.get(person)
    if found is None and person.endswith(" (aider)"):
        found = ("aider", _S)
    return Identity(*found) if found else None


def is_other_bot(name: str) -> bool:
    """Tell whether a login belongs to automation that writes no text of its own."""
    return name.strip().lower() in _NOT_ASSISTANTS
