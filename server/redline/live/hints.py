"""What an editor's plugin says about an edit: the notification ``redline/editOrigin``.

It comes from a client and is untrusted: every part is checked, unknown parts are let go, sizes
are bounded, and what it says may name an edit, never clear one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from redline.live.landing import Kind
from redline.origins.records.names import UNKNOWN, assistant_id, assistant_in

_LONGEST_URI: Final = 8_192
_LONGEST_WORD: Final = 200
_MOST_MIMES: Final = 50
_LARGEST: Final = 2**31 - 1

_EXTENSIONS: Final = {
    "amazonwebservices.amazon-q-vscode": "amazon-q",
    "anthropic.claude-code": "claude-code",
    "augment.vscode-augment": "augment",
    "codeium.codeium": "windsurf",
    "continue.continue": "continue",
    "github.copilot": "copilot",
    "github.copilot-chat": "copilot",
    "google.geminicodeassist": "gemini",
    "kilocode.kilo-code": "kilo-code",
    "openai.chatgpt": "codex",
    "rooveterinaryinc.roo-cline": "roo-code",
    "saoudrizwan.claude-dev": "cline",
    "sourcegraph.amp": "amp",
    "sourcegraph.cody-ai": "cody",
    "supermaven.supermaven": "supermaven",
    "tabnine.tabnine-vscode": "tabnine",
}
"""Extensions of VS Code that write, by their identifiers in lower case."""

_PLUGINS: Final = {
    "amazonq": "amazon-q",
    "augment": "augment",
    "avante": "avante",
    "claudecode": "claude-code",
    "cmp-tabnine": "tabnine",
    "codecompanion": "codecompanion",
    "codeium": "windsurf",
    "copilotchat": "copilot",
    "minuet": UNKNOWN,
    "minuet-ai": UNKNOWN,
    "neocodeium": "windsurf",
    "sidekick": "copilot",
    "supermaven": "supermaven",
    "tabnine": "tabnine",
}
"""Plugins of Vim and Neovim that write and do not bear an assistant's name as a word.

In lower case, without the ``.nvim``, ``-nvim``, ``.vim`` or ``.lua`` that many end in.
"""
_PLUGIN_ENDING: Final = re.compile(r"[.-](?:nvim|vim|lua)$")
_CURSOR: Final = re.compile(r"(?:anysphere\.)?cursor(?![a-z])")
"""The assistant; ``smear-cursor`` and ``multi-cursor`` are about the editor's own."""

_CHATS: Final = ("chat.", "inlinechat.")
"""How the sources of edits begin that VS Code applies for a chat with an assistant."""


class HintError(ValueError):
    """A notification that is not what it should be; the message says what is wrong, safely."""


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """One hint."""

    uri: str
    version: int
    """Of the document after the edit."""
    kind: Kind
    via: str = ""
    """How the plugin knows."""
    after: int | None = None
    """It covers the versions behind this one, up to ``version``; None: ``version`` alone."""
    source: str = ""
    """The editor's own word for the reason, such as ``inlineCompletionAccept``."""
    extension: str = ""
    """Identifier of the extension or plugin that made the edit, in lower case."""
    model: str | None = None
    exact: bool | None = None
    """The text is what the clipboard held; None where no paste was seen."""
    pasted_from: str | None = None
    """URI of the document that a pasted text was copied from, where the editor knows."""

    def covers(self, version: int) -> bool:
        """It speaks about the change that led to ``version``."""
        return version == self.version or (
            self.after is not None and self.after < version < self.version
        )

    @property
    def assistant(self) -> str | None:
        """The assistant that made the edit, if the hint names one.

        ``unknown`` where it must have been one that nothing names; None where nothing says so.
        """
        if self.kind not in _BY_ASSISTANTS:
            return None
        known = _assistant_of(self.extension)
        if known:
            return known
        if self.source.lower().startswith(_CHATS):
            vendor, slash, _ = (self.model or "").partition("/")
            return assistant_id(vendor) if slash else UNKNOWN
        return None


def _assistant_of(extension: str) -> str | None:
    known = _EXTENSIONS.get(extension) or _PLUGINS.get(_PLUGIN_ENDING.sub("", extension))
    if known:
        return known
    named = assistant_in(extension)
    return None if named == "cursor" and not _CURSOR.match(extension) else named


_BY_ASSISTANTS: Final = frozenset(
    {
        Kind.INLINE_COMPLETION,
        Kind.COMPLETION,
        Kind.APPLY_EDIT,
        Kind.CODE_ACTION,
        Kind.PROGRAM,
        Kind.UNKNOWN,
    }
)


def parse(params: object) -> EditOrigin:
    """Read the parameters of a notification as decoded from JSON; raise ``HintError``."""
    told = _mapping(params, "the parameters")
    document = _mapping(told.get("textDocument"), "textDocument")
    uri = _word(document, "uri", _LONGEST_URI)
    if not uri:
        raise HintError("textDocument.uri is missing")
    version = _number(document, "version")
    if version is None:
        raise HintError("textDocument.version is missing")
    after = _number(told, "after")
    if after is not None and after >= version:
        raise HintError("after is not before the version")
    try:
        kind = Kind(_word(told, "kind"))
    except ValueError:
        raise HintError("kind is none of the known words") from None
    for count in ("ins", "del", "n"):
        _number(told, count)
    detailed = _mapping(told.get("detailed") or {}, "detailed")
    paste = told.get("paste")
    exact = pasted_from = None
    if paste is not None:
        pasted = _mapping(paste, "paste")
        exact = _flag(pasted, "exact")
        mimes = pasted.get("mimes", [])
        if not isinstance(mimes, list) or len(mimes) > _MOST_MIMES:
            raise HintError(f"paste.mimes is not a list of at most {_MOST_MIMES}")
        source = pasted.get("source")
        if source is not None:
            source = source if isinstance(source, Mapping) else {"uri": source}
            pasted_from = _word(source, "uri", _LONGEST_URI) or None
    return EditOrigin(
        uri,
        version,
        kind,
        via=_word(told, "via"),
        after=after,
        source=_word(detailed, "source"),
        extension=_word(detailed, "extensionId").lower(),
        model=_word(detailed, "modelId") or None,
        exact=exact,
        pasted_from=pasted_from,
    )


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise HintError(f"{name} is not an object")
    return value


def _word(told: Mapping[str, object], name: str, longest: int = _LONGEST_WORD) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise HintError(f"{name} is not a text of at most {longest} characters")
    return value


def _number(told: Mapping[str, object], name: str) -> int | None:
    value = told.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise HintError(f"{name} is not a number from 0 to {_LARGEST}")
    return value


def _flag(told: Mapping[str, object], name: str) -> bool | None:
    value = told.get(name)
    if value is not None and not isinstance(value, bool):
        raise HintError(f"{name} is neither true nor false")
    return value
