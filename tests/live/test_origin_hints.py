"""What an editor's plugin says of an edit names it and never clears it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typist import BLOCK, Typist

from redline.live.hints import EditOrigin, HintError, parse
from redline.live.landing import Basis, Kind
from redline.live.places import Extent

COPILOT = {"source": "inlineCompletionAccept", "extensionId": "GitHub.copilot"}


@pytest.fixture
def editor():
    return Typist()


def test_a_hint_before_its_change_names_it(editor):
    assert editor.hint("paste", version=2) == ()
    landing = editor.put("def second", BLOCK)
    assert (landing.kind, landing.basis) == (Kind.PASTE, Basis.TOLD)
    assert landing.blocks


def test_a_hint_behind_its_change_names_it(editor):
    first = editor.put("def second", BLOCK)
    [landing] = editor.hint("insert_file")
    assert (landing.version, landing.kind) == (first.version, Kind.INSERT_FILE)
    assert landing.blocks == first.blocks


def test_blocks_of_a_late_hint_are_where_they_lie_now(editor):
    editor.put("def second", BLOCK)
    editor.put("import os", "# typed\n" * 2)
    [landing] = editor.hint("paste", version=2)
    assert editor.blocks(landing) == [BLOCK]


def test_a_hint_may_cover_several_changes(editor):
    editor.type("import os\n", "abc")
    landings = editor.hint("replay", after=1)
    assert [landing.version for landing in landings] == [2, 3, 4]


def test_a_hint_speaks_of_no_other_version(editor):
    editor.put("def second", BLOCK)
    assert editor.hint("undo", version=1) == ()


def test_a_hint_for_a_version_that_never_comes_is_let_go(editor):
    editor.hint("paste", version=2)
    editor.wait(6)
    assert editor.put("def second", BLOCK).kind is Kind.UNKNOWN


@pytest.mark.parametrize("kind", ["type", "undo", "redo", "format", "move"])
def test_a_hint_never_clears_a_block(editor, kind):
    editor.hint(kind, version=2)
    landing = editor.put("def second", BLOCK)
    assert (landing.kind, landing.basis) == (Kind.UNKNOWN, Basis.GUESSED)
    assert landing.blocks
    assert landing.assistant is None


def test_a_hint_does_not_speak_against_what_is_proven(editor):
    whole = str(editor.text)
    editor.hint("paste", version=2)
    assert editor.replace(whole, whole.replace("    ", "  ")).kind is Kind.FORMAT


def test_an_accepted_completion_names_its_assistant(editor):
    editor.hint("inline_completion", version=2, detailed=COPILOT)
    landing = editor.put("def second", BLOCK)
    assert (landing.kind, landing.assistant) == (Kind.INLINE_COMPLETION, "copilot")
    assert landing.blocks


def test_a_short_completion_of_a_named_assistant_is_kept(editor):
    text = "checked = validate(x)\n    "
    editor.hint("inline_completion", version=2, detailed=COPILOT)
    landing = editor.put("return x", text)
    assert editor.blocks(landing) == ["checked = validate(x)\n"]


def test_a_completion_taken_word_by_word_is_one(editor):
    words = ["total", " =", " gather(", "every_path)"]
    for row, word in enumerate(words):
        editor.wait(1)
        editor.hint("inline_completion", version=row + 2, detailed=COPILOT)
        place = editor.extent("import os\n" + "".join(words[:row])).end
        landing = editor.notify((Extent(place, place), word))
    assert editor.blocks(landing) == ["total = gather(every_path)"]


def test_a_chat_names_its_assistant_and_model(editor):
    detailed = {"source": "Chat.applyEdits", "modelId": "copilot/gpt-5", "extensionId": ""}
    editor.hint("apply_edit", version=2, detailed=detailed)
    landing = editor.put("def second", BLOCK)
    assert (landing.assistant, landing.model) == ("copilot", "copilot/gpt-5")


def test_a_chat_without_a_name_is_an_unknown_assistant(editor):
    editor.hint("apply_edit", version=2, detailed={"source": "Chat.applyEdits"})
    assert editor.put("def second", BLOCK).assistant == "unknown"


@pytest.mark.parametrize(
    ("plugin", "assistant"),
    [
        ("copilot.lua", "copilot"),
        ("copilot.vim", "copilot"),
        ("copilot", "copilot"),
        ("copilot_ls", "copilot"),
        ("CopilotChat.nvim", "copilot"),
        ("blink-cmp-copilot", "copilot"),
        ("sidekick.nvim", "copilot"),
        ("avante.nvim", "avante"),
        ("codecompanion.nvim", "codecompanion"),
        ("supermaven-nvim", "supermaven"),
        ("codeium.vim", "windsurf"),
        ("codeium", "windsurf"),
        ("neocodeium", "windsurf"),
        ("windsurf.nvim", "windsurf"),
        ("cursor-agent.nvim", "cursor"),
        ("anysphere.cursor-always-local", "cursor"),
        ("claudecode.nvim", "claude-code"),
        ("claude-code.nvim", "claude-code"),
        ("ChatGPT.nvim", "chatgpt"),
        ("opencode.nvim", "opencode"),
        ("augment.vim", "augment"),
        ("tabnine-nvim", "tabnine"),
        ("minuet-ai.nvim", "unknown"),
        ("smear-cursor.nvim", None),
        ("cardinal90.multi-cursor-case-preserve", None),
        ("multicursor.nvim", None),
        ("LuaSnip", None),
        ("nvim-autopairs", None),
    ],
)
def test_plugins_of_vim_and_neovim_name_their_assistants(plugin, assistant):
    told = {
        "textDocument": {"uri": "file:///one.py", "version": 2},
        "kind": "program",
        "detailed": {"source": "no key", "extensionId": plugin},
    }
    assert parse(told).assistant == assistant


def test_an_extension_that_nobody_knows_names_nobody(editor):
    detailed = {"source": "inlineCompletionAccept", "extensionId": "acme.words"}
    editor.hint("inline_completion", version=2, detailed=detailed)
    landing = editor.put("def second", BLOCK)
    assert landing.blocks
    assert landing.assistant is None


def test_typing_is_no_assistants_whatever_a_hint_says(editor):
    editor.hint("inline_completion", version=2, detailed=COPILOT)
    [landing] = editor.type("import os\n", "x")
    assert (landing.assistant, landing.blocks) == (None, ())


GOOD = {"textDocument": {"uri": "file:///x.py", "version": 3}, "kind": "paste", "via": "key"}


def test_all_parts_are_read():
    told = parse(
        {
            **GOOD,
            "after": 1,
            "ins": 270,
            "del": 0,
            "n": 1,
            "detailed": {"source": "cursor", "kind": "paste", "modelId": "x", "nes": False},
            "paste": {"mimes": ["text/plain"], "source": {"uri": "file:///y.py"}, "exact": True},
            "register": "+",
            "later": "unknown parts are let go",
        }
    )
    assert told == EditOrigin(
        "file:///x.py",
        3,
        Kind.PASTE,
        "key",
        after=1,
        source="cursor",
        model="x",
        exact=True,
        pasted_from="file:///y.py",
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (None, "the parameters is not an object"),
        ({}, "textDocument is not an object"),
        ({**GOOD, "textDocument": {"version": 3}}, "uri is missing"),
        ({**GOOD, "textDocument": {"uri": "file:///x.py"}}, "version is missing"),
        ({**GOOD, "textDocument": {"uri": "file:///x.py", "version": True}}, "version is not"),
        ({**GOOD, "kind": "harmless"}, "none of the known words"),
        ({**GOOD, "kind": None}, "none of the known words"),
        ({**GOOD, "after": 3}, "after is not before"),
        ({**GOOD, "after": -1}, "after is not a number"),
        ({**GOOD, "ins": "many"}, "ins is not a number"),
        ({**GOOD, "via": "x" * 300}, "via is not a text"),
        ({**GOOD, "detailed": []}, None),
        ({**GOOD, "detailed": ["x"]}, "detailed is not an object"),
        ({**GOOD, "paste": {"exact": "yes"}}, "exact is neither"),
        ({**GOOD, "paste": {"mimes": "text/plain"}}, "mimes is not a list"),
        ({**GOOD, "paste": {"source": {"uri": 5}}}, "uri is not a text"),
    ],
)
def test_wrong_hints_are_told(wrong, message):
    if message is None:
        assert parse(wrong).source == ""
    else:
        with pytest.raises(HintError, match=message):
            parse(wrong)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NAMES = st.sampled_from("textDocument uri version kind via after ins detailed paste".split())


@given(st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON)))
def test_whatever_a_client_sends_is_a_hint_or_an_error(params):
    with suppress(HintError):
        assert parse(params).version >= 0
