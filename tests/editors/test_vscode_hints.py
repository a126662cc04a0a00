"""What the extension for VS Code tells of edits, read by the server's own parser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from redline.live.hints import parse
from redline.live.landing import Kind

from .code_server import node
from .editor import TOOLS, needed

EXTENSION = Path(__file__).resolve().parents[2] / "editors" / "vscode"
GRADER = "file:///maze/graders/way.py"
SOLVER = "file:///maze/solver.py"
BLOCK = "def shortest(maze):\n    queue = [maze.start]\n    return walk(queue)\n"
COPILOT = {
    "source": "inlineCompletionAccept",
    "metadata": {"$extensionId": "GitHub.copilot", "$nes": False, "$$requestUuid": "icr-1"},
}
CHAT = {
    "source": "Chat.applyEdits",
    "metadata": {"$modelId": "copilot/gpt-4.1", "$$sessionId": "a" * 5_000},
}
TELL = """
const { Teller } = require('./teller.js');
const { imprint } = require('./imprint.js');
const { mimesOf } = require('./hint.js');
const { edit, paste } = JSON.parse(process.argv[1]);
const teller = new Teller();
if (paste) {
  const { uri, version, mimes, source, text } = paste;
  teller.offered({ uri, version, mimes: mimesOf(mimes), source, held: imprint(text) }, 0);
}
process.stdout.write(JSON.stringify(teller.tell(edit, 10, true)));
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The part of the extension that says what edits are, without an editor around it."""
    program = TOOLS / "extension" / "node_modules" / "esbuild" / "bin" / "esbuild"
    esbuild = needed(program, "what VS Code's package is built with", "make test gets it")
    folder = tmp_path_factory.mktemp("bundle")
    parts = [
        str(EXTENSION / "src" / "origin" / f"{name}.ts") for name in ("teller", "imprint", "hint")
    ]
    options = ["--bundle", "--platform=node", "--format=cjs", f"--outdir={folder}"]
    build = [str(esbuild), *parts, *options, "--log-level=error"]
    subprocess.run(build, check=True)
    return folder


def told(bundle: Path, text: str = BLOCK, paste: dict | None = None, **more: object):
    """What the extension says of a text that comes in at the end of a grader."""
    caret = {"line": 4, "character": 0}
    change = {"range": {"start": caret, "end": caret}, "rangeLength": 0, "text": text}
    edit = {"uri": GRADER, "version": 7, "changes": [change]} | more
    run = [str(node()), "-e", TELL, json.dumps({"edit": edit, "paste": paste})]
    found = subprocess.run(run, cwd=bundle, check=True, capture_output=True, text=True)
    return parse(json.loads(found.stdout))


def test_an_edit_that_nothing_speaks_of_is_unknown(bundle):
    hint = told(bundle)
    assert (hint.uri, hint.version, hint.kind) == (GRADER, 7, Kind.UNKNOWN)
    assert hint.assistant is None


def test_an_undo_is_understood(bundle):
    assert told(bundle, reason="undo").kind is Kind.UNDO


def test_a_paste_names_where_it_is_from_but_not_its_text(bundle):
    mimes = ["text/plain", "x" * 300, *(f"a/{at}" for at in range(90))]
    paste = {"uri": GRADER, "version": 6, "mimes": mimes, "source": {"uri": SOLVER}}
    hint = told(bundle, paste=paste | {"text": BLOCK})
    assert hint.kind is Kind.PASTE
    assert hint.exact is True
    assert hint.pasted_from == SOLVER


def test_an_accepted_completion_names_its_assistant(bundle):
    hint = told(bundle, detailed=COPILOT)
    assert hint.kind is Kind.INLINE_COMPLETION
    assert hint.assistant == "copilot"


def test_an_edit_of_a_chat_names_its_model_and_no_session(bundle):
    hint = told(bundle, detailed=CHAT)
    assert hint.kind is Kind.APPLY_EDIT
    assert (hint.assistant, hint.model) == ("copilot", "copilot/gpt-4.1")


@pytest.mark.parametrize("name", ["x" * 300, 7, None, ["github.copilot"]])
def test_a_name_that_the_server_would_not_take_does_not_cost_the_hint(bundle, name):
    detailed = {"source": "inlineCompletionAccept", "metadata": {"$extensionId": name}}
    hint = told(bundle, detailed=detailed)
    assert hint.kind is Kind.INLINE_COMPLETION
    assert hint.extension == ""


def test_the_server_knows_every_kind_that_the_extension_tells():
    source = (EXTENSION / "src" / "origin" / "hint.ts").read_text(encoding="utf-8")
    kinds = source.split("export type Kind =")[1].split(";")[0]
    words = {word.strip().strip("'") for word in kinds.split("|") if word.strip()}
    assert words <= {str(kind) for kind in Kind}
