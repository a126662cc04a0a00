from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.origins.records.identities import Identity, Weight, identify
from redline.origins.records.trailers import Mark, Marks, read_commit, read_message

S, M, W = Weight.STRONG, Weight.MEDIUM, Weight.WEAK
GITHUB = "users.noreply.github.com"


@pytest.mark.parametrize(
    ("name", "email", "assistant", "weight"),
    [
        ("Claude Opus 4.6 (1M context)", "noreply@anthropic.com", "claude-code", S),
        ("Claude", "NoReply@Anthropic.com", "claude-code", S),
        ("claude[bot]", f"209825114+claude[bot]@{GITHUB}", "claude-code", S),
        ("claude[bot]", f"41898282+claude[bot]@{GITHUB}", "claude-code", S),
        ("Codex", "noreply@openai.com", "codex", S),
        ("Codex", "codex@example.com", "codex", W),
        ("copilot-swe-agent[bot]", f"198982749+Copilot@{GITHUB}", "copilot", S),
        ("Copilot", f"223556219+Copilot@{GITHUB}", "copilot", S),
        ("Copilot", "copilot@github.com", "copilot", W),
        ("Cursor Agent", "cursoragent@cursor.com", "cursor", S),
        ("x", f"158243242+devin-ai-integration[bot]@{GITHUB}", "devin", S),
        ("x", f"161369871+google-labs-jules[bot]@{GITHUB}", "jules", S),
        ("Ada Example (aider)", "ada@example.org", "aider", S),
        ("Amp", "amp@ampcode.com", "amp", S),
        ("openhands", "openhands@all-hands.dev", "openhands", S),
    ],
)
def test_an_assistant_is_known_by_its_address(name, email, assistant, weight):
    assert identify(name, email) == Identity(assistant, weight)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude Monet", "claude@example.org"),
        ("claude", f"1234+claude@{GITHUB}"),
        ("Devin Smith", "devin@example.com"),
        ("Jules", "jules@verne.example"),
        ("dependabot[bot]", f"49699333+dependabot[bot]@{GITHUB}"),
        ("github-actions[bot]", f"41898282+github-actions[bot]@{GITHUB}"),
        ("renovate[bot]", f"29139614+renovate[bot]@{GITHUB}"),
        ("Someone", "r.someone+copilot@example.com"),
        ("Cody Amp", "cody@anthropic.com.example"),
    ],
)
def test_people_and_other_bots_are_no_assistants(name, email):
    assert identify(name, email) is None


SQUASH = """\
Add the grader (#12)\r
\r
* First step\r
\r
Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>\r
\r
* > Claude-Session: https://claude.ai/code/session_0001\r
\r
🤖 Generated with [Claude Code](https://claude.com/claude-code)\r
\r
---------\r
\r
Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>\r
Co-authored-by: Devin Human <devin@example.org>\r
Entire-Checkpoint: a3b2c4d5e6f7\r
Trailing prose, which hides all of the above from git's own parser.\r
"""


def test_each_line_of_a_squash_body_counts():
    assert read_message(SQUASH) == Marks(
        (
            Mark("claude-code", S, "co-author", "Claude Opus 4.6"),
            Mark("claude-code", S, "trailer claude-session"),
            Mark("claude-code", M, "footer"),
            Mark("copilot", S, "co-author"),
        ),
        ("a3b2c4d5e6f7",),
    )


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("Assisted-by: Acme:m-1 sparse", Mark("acme", S, "trailer assisted-by", "m-1")),
        ("Assisted-by: Claude:c-4", Mark("claude-code", S, "trailer assisted-by", "c-4")),
        ("Assisted-by: generic LLM chatbot", Mark("unknown", S, "trailer assisted-by")),
        ("assisted-by: ChatGPTv5", Mark("chatgpt", S, "trailer assisted-by")),
        ("Assisted-by: Jane Doe <jane@example.org>", None),
        ("Assisted-by: a colleague: thanks", None),
        ("Generated-By: PostHog Code", Mark("posthog-code", S, "trailer generated-by")),
        ("Generated-by: protoc 3.21", None),
        ("Generated-by: https://example.org/agenda", None),
        ("Replit-Commit-Author: Agent", Mark("replit", S, "trailer replit-commit-author")),
        ("Replit-Commit-Author: Deployment", None),
        ("Agent-Logs-Url: https://github.com/x/y", Mark("copilot", S, "trailer agent-logs-url")),
        ("Made-with: Cursor", Mark("cursor", S, "trailer made-with")),
        ("Amp-Thread-ID: https://ampcode.com/threads/T-1", Mark("amp", S, "trailer amp-thread-id")),
        ("Merge pull request #3 from octo/claude/fix-it", Mark("claude-code", W, "branch")),
        ("aider: rename the scorer", Mark("aider", M, "subject")),
        ("We forbid the line 'Generated with Claude Code' here", None),
        ("Thanks to Claude and Devin for the review", None),
    ],
)  # fmt: skip
def test_a_line_names_an_assistant_or_not(line, mark):
    assert read_message(line).marks == ((mark,) if mark else ())


def test_author_and_committer_are_read():
    told = read_commit(("Claude", "noreply@anthropic.com"), ("GitHub", "noreply@github.com"), "x")
    assert told == Marks((Mark("claude-code", S, "author"),))


@given(st.text())
def test_any_message_is_read(text):
    read_message(text)
    read_commit((text, text), (text, text), f"Co-authored-by: {text}\nAssisted-by: {text}")
