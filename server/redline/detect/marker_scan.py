"""Run the catalogue's patterns over a text in one pass, and name the assistant of a mark."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from redline.detect.marker_catalogue import CATALOGUE

_NAMES = re.compile(
    rb"(?P<copilot>copilot)|(?P<cursor>cursor)|(?P<aider>aider)|(?P<codex>codex)"
    rb"|(?P<claude_code>claude[- ]code|noreply@anthropic\.com|claude\.(?:ai|com)/code)"
    rb"|(?P<claude>claude|anthropic)|(?P<gemini>gemini|google bard)"
    rb"|(?P<windsurf>windsurf|codeium)|(?P<devin>devin)|(?P<jules>jules)|(?P<amp>ampcode)"
    rb"|(?P<opencode>opencode)|(?P<chatgpt>chat-?gpt|openai|gpt-|chatcmpl|resp_)"
    rb"|(?P<grok>grok)|(?P<perplexity>perplexity)|(?P<deepseek>deepseek|\xef\xbd\x9c)"
    rb"|(?P<amazon_q>amazon\s+q|codewhisperer)|(?P<tabnine>tabnine)"
    rb"|(?P<lovable>lovable|data-lov|lov-)"
    rb"|(?P<bolt>bolt)|(?P<v0>\bv0\b)|(?P<replit>replit)|(?P<specstory>specstory)"
    rb"|(?P<qwen>qwen)|(?P<kimi>kimi)|(?P<mistral>mistral)|(?P<llama>llama)"
    rb"|(?P<anthropic>msg_|toolu_)",
    re.IGNORECASE,
)
_IDS = {"specstory": "unknown", "anthropic": "claude"}


def named(mark: bytes) -> str:
    """Read the assistant out of the mark itself; ``unknown`` where it names none."""
    found = _NAMES.search(mark)
    name = str(found.lastgroup) if found else "unknown"
    return _IDS.get(name, name.replace("_", "-"))


@cache
def _options() -> object:
    import re2  # a run whose policy has no use for markers never loads it

    options = re2.Options()
    options.log_errors = False
    # The automaton grows with what it meets; out of memory it would see nothing at all.
    options.max_mem = 256 << 20
    return options


@cache
def _set(anchored: bool) -> tuple[Any, tuple[int, ...]]:
    import re2

    chosen = re2.Set.SearchSet(_options())
    indices = []
    for index, marker in enumerate(CATALOGUE):
        if not anchored or (")^" in marker.pattern and marker.id != "C03"):
            chosen.Add(marker.pattern.encode())
            indices.append(index)
    chosen.Compile()
    return chosen, tuple(indices)


def present(text: bytes, *, anchored: bool) -> list[int]:
    """Which markers of the catalogue occur at all, in one pass over the text."""
    chosen, indices = _set(anchored)
    return sorted(indices[index] for index in chosen.Match(text) or ())


@cache
def regex(pattern: str) -> re.Pattern[bytes]:
    """Compile one pattern, with what re2 and ``re`` have in common as its interface."""
    import re2

    compiled: re.Pattern[bytes] = re2.compile(pattern.encode(), _options())
    return compiled
