"""The marks that assistants leave in text: pattern, maker, and how much each means where.

Patterns are RE2. Collected from chaoss/disclosure, block/aittributor, Wikipedia's "Signs of AI
writing" and samples of public code, and tried on 5.7 million lines older than assistants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from redline.syntax.contexts import Context


class Grade(IntEnum):
    """How much a marker means in one sort of place."""

    HINT = 0
    """Nothing is said."""
    WEAK = 1
    """Said only where a different weak marker stands within ten lines."""
    STRONG = 2
    """A warning."""
    CERTAIN = 3
    """No human origin is plausible there."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One kind of mark."""

    id: str
    what: str
    """What it is, as a phrase that follows "holds"; it names the mark and quotes nothing."""
    pattern: str
    assistant: str
    """Who leaves it; empty: named by the mark itself, or unknown."""
    grades: Mapping[Context, Grade]


_LETTERS = {"H": Grade.HINT, "W": Grade.WEAK, "S": Grade.STRONG, "C": Grade.CERTAIN}


def _marker(id: str, assistant: str, grades: str, what: str, pattern: str, **where: str) -> Marker:
    """Spell a marker; ``grades`` are for comment, prose, data value and bare code, in letters.

    Other places follow: quoted text (strings, inline code, block quotes, fences) is one grade
    lower than where it stands, and no string literal holds a certain mark.
    """
    comment, prose, value, code = (_LETTERS[letter] for letter in grades)
    table = {
        Context.HEADER: comment,
        Context.COMMENT: comment,
        Context.DOCSTRING: comment,
        Context.PROSE: prose,
        Context.VALUE: value,
        Context.KEY: min(value, Grade.WEAK),
        Context.CODE: code,
        Context.STRING: Grade.WEAK if comment >= Grade.STRONG else Grade.HINT,
        Context.REGEX: Grade.HINT,
        Context.FENCE: lowered(prose),
        Context.INLINE_CODE: lowered(prose),
        Context.QUOTE: lowered(prose),
    }
    table |= {Context[name.upper()]: _LETTERS[letter] for name, letter in where.items()}
    return Marker(id, what, pattern, assistant, table)


def lowered(grade: Grade) -> Grade:
    """One grade less, never below a hint."""
    return Grade(max(grade - 1, 0))


_TOOL = (
    r"(?:github\s+copilot|copilot\s+(?:chat|agent|sdk|workspace)|chat-?gpt(?:[- ]?\d[\w.]*)?"
    r"|gpt-[345][\w.-]*|openai\s+codex|codex\s+cli"
    r"|claude[- ](?:code|opus|sonnet|haiku|desktop|\d)[\w.]*|anthropic\s+claude|google\s+gemini"
    r"|gemini[- ](?:cli|pro|flash|code|\d)[\w.]*|google\s+bard|cursor\s+(?:ai|agent|composer)"
    r"|windsurf|aider|amazon\s+q|codewhisperer|tabnine|codeium|deepseek|perplexity|lovable\.dev"
    r"|bolt\.new|replit\s+agent)\b"
)
_MADE = (
    r"(?i)\b(?:generated|written|authored|created|produced|drafted|refactored|translated|suggested)"
    r"\s+(?:entirely\s+|mostly\s+|partly\s+|automatically\s+)?(?:by|with|using|via)\s+"
    r"(?:the\s+help\s+of\s+)?"
)
_LEADER = r"(?im)^[ \t]*(?:/{2,4}|#{1,3}|--|;{1,3}|/\*|<!--|\{/\*|\*)[ \t]*[(\[]?[ \t]*"
_CITED = r"(?:cite|entity|navlist|image_group|turn\d)"

CATALOGUE = (
    _marker(
        "A01",
        "claude-code",
        "CSSW",
        "the footer of Claude Code",
        r"(?i)generated with \[?claude code\b",
    ),
    _marker(
        "A02",
        "",
        "SSSW",
        "a co-author trailer with an assistant's address",
        r"(?im)\bco-authored-by:\s*[^<\n]{0,80}<(?:noreply@anthropic\.com|cursoragent@cursor\.com"
        r"|(?:noreply|aider)@aider\.chat|copilot@github\.com|(?:codex|noreply)@openai\.com"
        r"|amp@ampcode\.com|noreply@opencode\.ai|gemini-cli-agent@google\.com|noreply@codeium\.com"
        r"|(?:\d+\+)?(?:copilot|claude|cursor|devin-ai-integration|openai-codex"
        r"|google-labs-jules|gemini-code-assist|chatgpt-codex-connector)(?:\[bot\])?"
        r"@users\.noreply\.github\.com)>",
    ),
    _marker(
        "A03",
        "",
        "SSSS",
        "a link to a conversation with an assistant",
        r"https?://(?:www\.)?claude\.(?:ai|com)/(?:code/session_\w+|share/[0-9a-f-]{8,})"
        r"|https?://(?:chat\.openai|chatgpt)\.com/(?:share|c|codex/tasks)/[\w-]{8,}"
        r"|https?://(?:g\.co/gemini/share|gemini\.google\.com/share)/\w{6,}",
    ),
    _marker("A04", "", "SWWW", "a statement that an assistant made it", _MADE + _TOOL),
    _marker(
        "A04w",
        "",
        "WWHH",
        "a statement that an assistant, or someone of its name, made it",
        _MADE + r"(?:(?-i:Copilot|Claude|Gemini|Cursor|Devin|Grok|Codex|Kimi|Qwen|Mistral|Llama)"
        r"|(?:an?\s+)?(?:ai|llm)(?:\s+(?:assistant|model|tool|agent|chatbot))?)\b",
        header="S",
    ),
    _marker(
        "A05",
        "",
        "SWWW",
        "a tag that discloses an assistant",
        r"(?im)^[ \t]*(?:[#/*;!-]+[ \t]*|<!--[ \t]*)?(?:ai[-_ ]?generated(?:[-_ ]by)?"
        r"|ai[-_ ]assisted(?:[-_ ]by)?|assisted-by|ai[-_ ](?:model|tool|agent|assistant))"
        r"[ \t]*[:=][ \t]*[^\s][^\n]{0,40}",
        header="C",
    ),
    _marker(
        "A06",
        "",
        "CCWW",
        "the headings of an exported conversation",
        r"(?m)<!-- Generated by SpecStory|^# aider chat started at \d{4}-\d\d-\d\d"
        r"|^_\*\*(?:User|Assistant|Agent)(?: \([^)]*\))?\*\*_$",
    ),
    _marker(
        "A07",
        "",
        "SSSW",
        "a link or an attribute of an app builder",
        r"lovable\.dev/projects/|data-lov-id=|lovable-tagger|\bv0\.(?:dev|app)/(?:chat|t)/"
        r"|bolt\.new/~/",
    ),
    _marker(
        "B01",
        "chatgpt",
        "CCCC",
        "a citation token that ChatGPT leaves in pasted answers (`oaicite`)",
        r"contentReference\[oaicite:\d+\]|\boaicite\b|\boai_citation\b",
    ),
    _marker(
        "B02",
        "chatgpt",
        "CCCC",
        "a search reference that ChatGPT leaves in pasted answers",
        r"turn\d{1,3}(?:search|view|news|image|file|fetch|academia|reddit|finance|sports|product"
        r"|maps|forecast|click|business|video)\d{1,3}(?:\b|turn|\x{E201}|\x{E202})",
    ),
    _marker(
        "B03",
        "chatgpt",
        "CCCC",
        "the invisible delimiters of ChatGPT's citations",
        rf"[\x{{E200}}-\x{{E206}}][^\n]{{0,8}}{_CITED}|{_CITED}[^\n]{{0,8}}[\x{{E200}}-\x{{E206}}]",
    ),
    _marker(
        "B04",
        "chatgpt",
        "CCCS",
        "a citation in lenticular brackets, as retrieval answers have",
        r"【\d{1,4}(?::\d{1,4})?†[^】\n]{0,80}】",
    ),
    _marker(
        "B05",
        "chatgpt",
        "CCSW",
        "a link into ChatGPT's sandbox",
        r"\bsandbox:/mnt/data/",
    ),
    _marker(
        "B06",
        "",
        "SSSW",
        "a link that was copied out of a chat product",
        r"[?&](?:amp;)?(?:utm_source=(?:chatgpt\.com|openai|copilot\.com|perplexity(?:\.ai)?"
        r"|claude\.ai|gemini\.google\.com|deepseek)|referrer=grok\.com)\b",
    ),
    _marker(
        "B07",
        "gemini",
        "CCCC",
        "a citation tag of Gemini",
        r"\[cite_start\]|\[span_\d+\]\((?:start|end)_span\)",
    ),
    _marker("B07n", "gemini", "SSSS", "a numbered citation of Gemini", r"\[cite: ?\d[\d, -]*\]"),
    _marker(
        "B08",
        "grok",
        "CCCC",
        "a citation card of Grok",
        r"grok[_-]card\b|grok_render_citation|<grok:render\b",
    ),
    _marker(
        "B09",
        "perplexity",
        "CCCS",
        "a link to a file kept by Perplexity",
        r"\bppl-ai-(?:file-upload|code-interpreter-files)\b",
    ),
    _marker(
        "B09a",
        "perplexity",
        "SSSW",
        "a citation of an attached file, as Perplexity writes it",
        r"\[(?:attached_file|code_file|generated_image|conversation_history):\d{1,3}\]",
    ),
    _marker("B09w", "perplexity", "WWWW", "a numbered web citation", r"\[web:\d{1,3}\]"),
    _marker(
        "B10",
        "chatgpt",
        "CCCC",
        "the attribution data of a ChatGPT answer",
        r'"attributableIndex"\s*:\s*"\d+-\d+"|:::writing\{variant=',
    ),
    _marker(
        "B11",
        "claude",
        "CSSS",
        "a tag of Claude's artifacts or tool calls",
        r"</?(?:antArtifact|antThinking)\b|</?antml:[a-z_]+",
    ),
    _marker(
        "B12",
        "",
        "WSSW",
        "a reasoning tag alone on its line",
        r"(?m)^[ \t]*</?(?:think|thinking|reasoning|scratchpad)>[ \t]*\r?$",
    ),
    _marker(
        "B13",
        "",
        "WWWW",
        "a control token of a chat template",
        r"<\|(?:im_start|im_end|im_sep|start_header_id|end_header_id|eot_id|begin_of_text"
        r"|endofprompt)\|>|<start_of_turn>|<｜[^｜\n]{1,40}｜>",
    ),
    _marker(
        "B14",
        "",
        "CCSC",
        "the line above an answer that was copied out of a chat page",
        r"(?im)^[ \t]*(?:[#*_> ]*)(?:chatgpt|copilot|gemini|claude|grok) said:[ \t]*\**\r?$",
    ),
    _marker(
        "B14y",
        "",
        "SSWS",
        "the line above a question that was copied out of a chat page",
        r"(?im)^[ \t]*(?:[#*_> ]*)you said:[ \t]*\**\r?$",
    ),
    _marker(
        "B15",
        "chatgpt",
        "CCHC",
        "the caption of a code block that was copied out of a chat page",
        r"(?m)^(?:python|bash|sh|shell|javascript|typescript|json|html|css|java|cpp|c|sql|yaml|go"
        r"|rust|php|jsx|tsx|text|plaintext|csharp|ruby)[ \t]*\r?\nCopy(?: code)?[ \t]*\r?$",
    ),
    _marker(
        "C01",
        "codex",
        "SSSS",
        "lines of a patch in the format of OpenAI's agents",
        r"(?m)^[ \t]*\*\*\* (?:Begin Patch|End Patch|End of File)[ \t]*\r?$"
        r"|^[ \t]*\*\*\* (?:Add|Update|Delete) File: \S",
    ),
    _marker(
        "C02",
        "",
        "SSSC",
        "the fence of a search-and-replace edit",
        r"(?m)^<{5,9} (?:SEARCH|ORIGINAL)>?[ \t]*\r?$|^>{5,9} (?:REPLACE|UPDATED)[ \t]*\r?$"
        r"|^-{5,9} SEARCH>?[ \t]*\r?$|^\+{5,9} REPLACE>?[ \t]*\r?$",
    ),
    _marker(
        "C03",
        "claude-code",
        "CCSC",
        "line numbers with arrows, as an agent sees a file",
        r"(?m)^ {0,6}\d{1,6}→[^\n]*(?:\n {0,6}\d{1,6}→[^\n]*){2,}",
    ),
    _marker(
        "C04",
        "",
        "WSSW",
        "a tag of an agent's prompt or tools",
        r"<(?:system-reminder|user_query|attached_files|environment_details|write_to_file"
        r"|replace_in_file|apply_diff|execute_command|str_replace_editor|boltArtifact|boltAction"
        r"|lov-write|dyad-write|function_calls|tool_use_error)\b",
    ),
    _marker(
        "C05",
        "cursor",
        "SSSS",
        "a code fence with a line range, as editor chats write it",
        r"(?m)^[ \t]*```(?:\d+:\d+:\S+|[A-Za-z+#]{1,12}:[\w./\\-]+\.\w{1,6})[ \t]*\r?$",
        fence="S",
    ),
    _marker(
        "D01",
        "",
        "SWSS",
        "a comment that stands for code which was left out",
        _LEADER + r"(?:\.{3}|…)\s*\(?(?:the\s+|your\s+)?(?:existing|rest of|remaining|previous"
        r"|unchanged|other existing|same as before)\b",
        docstring="W",
    ),
    _marker(
        "D01b",
        "",
        "SWSS",
        "a line that stands for code which was left out",
        r"(?im)^[ \t]*(?:\{\{ \.\.\. \}\}"
        r"|\[(?:\.{3}|…) ?(?:existing|rest|remaining|unchanged)[^\]\n]{0,40}\])[ \t]*\r?$",
        docstring="W",
    ),
    _marker(
        "D02",
        "",
        "SWSS",
        "a comment that says the rest of the code stays",
        _LEADER + r"(?:\.{3}|…)?\s*(?:the\s+)?(?:rest|remainder) of "
        r"(?:the |your |this |existing )*(?:code|file|function|class|component|implementation"
        r"|method|script|logic|imports?|routes?|module)s?\b[^\n]{0,40}"
        r"\b(?:remains?|stays?|unchanged|same|here|goes)\b",
        docstring="W",
    ),
    _marker(
        "D03",
        "",
        "WWWW",
        "a comment that stands for existing code",
        _LEADER + r"(?:\.{3}|…)?\s*(?:keep|your|other|all)?\s*existing (?:code|imports?|methods?"
        r"|functions?|routes?|logic|implementation|styles?|tests?|fields?|content)\b[^\n]{0,20}"
        r"(?:\.{3}|…|remains?|unchanged|here|\*/|-->)",
    ),
    _marker(
        "D04",
        "",
        "WWWW",
        "a remark that something was left out for brevity",
        r"(?i)\b(?:omitted|truncated|shortened|abbreviated) for brevity\b",
    ),
    _marker(
        "E01",
        "",
        "SSSS",
        "an assistant speaking of itself as a model",
        r"(?i)\bas an? (?:ai|artificial intelligence)(?: language)? (?:model|assistant)\b"
        r"|\bas a large language model\b",
    ),
    _marker(
        "E02",
        "",
        "SSSW",
        "an assistant speaking of its knowledge cut-off",
        r"(?i)\b(?:as of|based on|up to) my (?:last|latest|most recent)?\s*(?:knowledge|training)"
        r"(?: data)?\s*(?:update|cut-?off)\b|\bmy knowledge cut-?off\b",
    ),
    _marker(
        "E03",
        "",
        "SWWS",
        "the opening of an assistant's answer",
        r"(?im)^[\s#/*>\"'-]*(?:certainly|sure(?: thing)?|absolutely|of course|great question"
        r"|perfect)[ \t]*[!,.]\s+(?:here(?:'|’)?s|here is|here are|i(?:'|’)ll|i(?:'|’)ve"
        r"|let(?:'|’)?s|let me|below is)\b",
    ),
    _marker(
        "E04",
        "",
        "SWWW",
        "the announcement of reworked code",
        r"(?im)^[\s#/*>\"'-]*here(?:'|’| i)s (?:the|an?|your) (?:updated|revised|refactored"
        r"|modified|corrected|complete|improved|fixed|rewritten|optimi[sz]ed|enhanced) "
        r"(?:and \w+ )?(?:version|code|script|file|implementation|function|class|component|test)",
        docstring="W",
    ),
    _marker(
        "E05",
        "",
        "SWWH",
        "the closing of an assistant's answer",
        r"(?i)\b(?:let me know if you(?:(?:'|’)d| would)? (?:like|need|have|want)"
        r"|i hope this helps|would you like me to"
        r"|do you want me to (?:also )?(?:add|implement|create|generate|proceed))\b",
        docstring="W",
    ),
    _marker(
        "E06",
        "claude",
        "WWWW",
        "a phrase of agreement that assistants use",
        r"(?i)\byou(?:'|’)re absolutely right\b",
    ),
    _marker(
        "E07",
        "",
        "WWSH",
        "an assistant's refusal",
        r"(?i)\bi(?:'|’)m sorry,? but i can(?:'|’|no)t (?:assist|help|fulfill|provide)"
        r"|\bi can(?:not|(?:'|’)t) (?:assist|help) with that\b",
    ),
    _marker(
        "E08",
        "",
        "WWHH",
        "a remark on what a real implementation would do",
        r"(?i)\bin a (?:real|production)(?:[- ]world)? (?:application|implementation|environment"
        r"|system|scenario|app|setup|deployment)\b",
    ),
    _marker(
        "E09",
        "",
        "WHHH",
        "a comment that narrates a change",
        r"(?m)^[ \t]*(?://|#)[ \t]*(?:NEW|CHANGED|UPDATED|FIXED|MODIFIED|ADDED|REMOVED|ENHANCED"
        r"|IMPROVED)[ \t]*:\s",
    ),
    _marker(
        "G01",
        "",
        "CHHC",
        "a Markdown fence around a whole source file",
        r"(?:\A\s*|\n)```[A-Za-z0-9_+#-]{0,12}[ \t]*(?:\r?\n|\z)",
        string="C",
        regex="C",
        docstring="H",
    ),
    _marker(
        "H01",
        "",
        "SSCS",
        "the id of an object of an assistant's API",
        r"\bchatcmpl-[A-Za-z0-9]{20,}\b|\bmsg_(?:01|bdrk_)[A-Za-z0-9]{20,}\b"
        r"|\btoolu_(?:01|bdrk_)[A-Za-z0-9]{20,}\b|\bresp_[0-9a-f]{40,}\b",
    ),
    _marker(
        "H01c",
        "",
        "WWWH",
        "what may be the id of a tool call",
        r"\bcall_[A-Za-z0-9]{24}\b",
    ),
    _marker(
        "H02",
        "",
        "HHWH",
        "a key that names a language model as the maker",
        r'"(?:model|model_name|generator|generated_by|source_model|engine)"\s*:\s*"(?:[\w-]+/)?'
        r'(?:gpt-|chatgpt|claude-|gemini-|o[134](?:-mini)?"|text-davinci|deepseek-|qwen|llama-'
        r"|mistral|grok-)",
    ),
    _marker("H03", "", "HHWH", "a message in the role of assistant", r'"role"\s*:\s*"assistant"'),
)

SET_ASIDE = {
    "E10": "a remark that something is for demonstration: people write it too",
    "F01": "zero-width spaces: copied web text holds them whoever wrote it",
    "F02": "narrow no-break spaces: French typography",
    "F03": "Unicode tag characters: a security finding, not a question of origin",
    "F04": "non-breaking hyphens: typeset text holds them",
    "F05": "em dashes: 418 files of evaluation repositories written by people hold them",
    "F06": "emoji as status marks",
    "G02": "comments that count steps",
}
"""Known and not used: alone or together these say nothing about one file."""
