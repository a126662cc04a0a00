"""Quick fixes as an editor asks for them, applied as an editor applies them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from repositories import Sample

from .assisted import HUMAN, PATH, THEIRS, assist, command, open_grader
from .client import Refused
from .conftest import PUSH

FULL = {
    "textDocument": {
        **PUSH["textDocument"],
        "codeAction": {
            "dataSupport": True,
            "isPreferredSupport": True,
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
        },
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "applyEdit": True,
    },
}
EAGER = {
    **FULL,
    "textDocument": {
        **FULL["textDocument"],
        "codeAction": {**FULL["textDocument"]["codeAction"], "resolveSupport": None},
    },
}
PLAIN = {
    **EAGER,
    "workspace": {"workspaceEdit": {"documentChanges": False}, "applyEdit": True},
}
COMMANDS = {**PLAIN, "textDocument": PUSH["textDocument"]}
TEXT = HUMAN + THEIRS
RAISES = HUMAN + THEIRS.split("\n")[0] + "\n    raise NotImplementedError\n"


@dataclass
class Editor:
    """The texts that an editor holds, and how it applies what a server wants."""

    texts: dict[str, str]
    versions: dict[str, int] = field(default_factory=dict)
    encoding: str = "utf-16"

    def apply(self, edit) -> None:
        for change in edit.get("documentChanges") or ():
            if change.get("kind") == "create":
                assert change["uri"] not in self.texts
                self.texts[change["uri"]] = ""
                continue
            told = change["textDocument"]
            assert told["version"] == self.versions.get(told["uri"])
            self._apply(told["uri"], change["edits"])
        for uri, edits in (edit.get("changes") or {}).items():
            self._apply(uri, edits)

    def _apply(self, uri: str, edits) -> None:
        lines = [*self.texts[uri].splitlines(keepends=True), ""]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        text = self.texts[uri]

        def offset(place) -> int:
            line = lines[place["line"]]
            head = line.encode("utf-16-le")[: 2 * place["character"]].decode("utf-16-le")
            return starts[place["line"]] + len(head)

        places = [
            (offset(one["range"]["start"]), offset(one["range"]["end"]), one["newText"])
            for one in edits
        ]
        places.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(places))
        for start, end, new in reversed(places):
            text = text[:start] + new + text[end:]
        self.texts[uri] = text


def actions(client, uri, line=8, only=None, diagnostics=(), end=None):
    """What is offered at a line, as a table by kind."""
    place = {"line": line, "character": 0}
    last = {"line": line if end is None else end, "character": 0}
    context = {"diagnostics": list(diagnostics)}
    if only is not None:
        context["only"] = only
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": last},
        "context": context,
    }
    return client.request("textDocument/codeAction", params)


def by_kind(found) -> dict:
    return {one["kind"].rpartition(".")[2]: one for one in found}


def resolved(client, action) -> dict:
    return client.request("codeAction/resolve", action)


@pytest.fixture
def theirs(maze) -> Sample:
    """The project, with a session in which an assistant wrote part of a grader."""
    assist(maze)
    return maze


def test_the_fixes_of_the_rule_are_offered_in_its_order(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    found = actions(client, uri)
    assert [(one["kind"], one["title"]) for one in found] == [
        (
            "quickfix.redline.blank-body",
            "Keep the signature of shortest_way and blank its body",
        ),
        ("quickfix.redline.remove", "Remove these 12 lines"),
    ]
    assert [one.get("isPreferred", False) for one in found] == [True, False]
    assert not any("edit" in one or "disabled" in one for one in found)
    assert actions(client, uri, line=1) == []


def test_a_fix_that_was_chosen_is_worked_out_and_ends_the_finding(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    editor = Editor({uri: TEXT}, {uri: 1})
    chosen = by_kind(actions(client, uri))["blank-body"]
    editor.apply(resolved(client, chosen)["edit"])
    assert editor.texts[uri] == RAISES
    client.change(uri, 2, editor.texts[uri])
    told = client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and one["params"]["version"] == 2
            and not one["params"]["diagnostics"]
        )
    )
    assert told["params"]["uri"] == uri
    assert actions(client, uri) == []


def test_a_fix_is_worked_out_for_the_text_as_it_is_when_it_is_chosen(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    chosen = by_kind(actions(client, uri))["remove"]
    client.change(uri, 2, (0, 0, 0, 0, "# 𝔄 begins\n"))
    editor = Editor({uri: "# 𝔄 begins\n" + TEXT}, {uri: 2})
    editor.apply(resolved(client, chosen)["edit"])
    assert editor.texts[uri] == "# 𝔄 begins\n" + HUMAN.rstrip("\n") + "\n"


def test_what_is_gone_is_not_fixed_again(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    chosen = by_kind(actions(client, uri))["remove"]
    client.change(uri, 2, HUMAN)
    assert "edit" not in resolved(client, chosen)
    shown = client.seen
    assert any(
        one.get("method") == "window/showMessage" and "nothing was done" in one["params"]["message"]
        for one in shown
    )


def test_what_stood_there_before_comes_back(theirs, start):
    client = start(FULL)
    old = HUMAN + "def lamp():\n    return 1\n"
    theirs.commit("Lamp", {PATH: old})
    uri = open_grader(client, theirs)
    editor = Editor({uri: TEXT}, {uri: 1})
    editor.apply(resolved(client, by_kind(actions(client, uri))["restore"])["edit"])
    assert editor.texts[uri] == old


@pytest.mark.parametrize("able", [EAGER, PLAIN], ids=["versioned", "plain"])
def test_a_client_that_resolves_nothing_gets_edits_at_once(theirs, start, able):
    client = start(able)
    uri = open_grader(client, theirs)
    found = by_kind(actions(client, uri))
    assert all("edit" in one for one in found.values())
    editor = Editor({uri: TEXT}, {uri: 1})
    editor.apply(found["blank-body"]["edit"])
    assert editor.texts[uri] == RAISES
    assert ("changes" in found["remove"]["edit"]) == (able is PLAIN)


def test_a_client_that_knows_commands_only_has_fixes_applied(theirs, start):
    client = start(COMMANDS)
    client.answers["workspace/applyEdit"] = {"applied": True}
    uri = open_grader(client, theirs)
    found = actions(client, uri)
    assert [one["command"] for one in found] == ["redline.fix"] * len(found)
    (chosen,) = [one for one in found if one["title"].startswith("Remove")]
    assert command(client, chosen["command"], *chosen["arguments"]) is True
    (asked,) = [one for one in client.seen if one.get("method") == "workspace/applyEdit"]
    editor = Editor({uri: TEXT}, {uri: 1})
    editor.apply(asked["params"]["edit"])
    assert editor.texts[uri] == HUMAN.rstrip("\n") + "\n"


ONLY = [
    (["quickfix"], {"blank-body", "remove"}),
    (["quickfix.redline.remove"], {"remove"}),
    (["quickfix.redline"], {"blank-body", "remove"}),
    (["quickfix.redlines", "refactor"], set()),
    (["quickfix.redline.declare"], set()),
    ([""], {"blank-body", "remove", "redline"}),
]


def test_only_the_kinds_that_are_asked_for(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    for only, names in ONLY:
        assert set(by_kind(actions(client, uri, only=only))) == names, only


def test_the_diagnostic_that_an_action_belongs_to_goes_back_with_it(theirs, start):
    client = start(FULL)
    uri = (theirs.root / PATH).as_uri()
    client.open(uri, TEXT)
    told = client.notification("textDocument/publishDiagnostics")["diagnostics"]
    found = actions(client, uri, line=0, diagnostics=told)
    assert {one["kind"] for one in found} >= {"quickfix.redline.remove"}
    assert all(one["diagnostics"] == told for one in found)


HOSTILE = [
    {"redline": 1, "fingerprint": 7},
    {"redline": 1, "fingerprint": "0" * 32},
    {"fingerprint": {"a": [1]}},
    [1, 2],
    "text",
    None,
    {"redline": 1, "fingerprint": "../../etc", "fixes": ["rm"]},
]


def test_data_that_is_not_ours_means_nothing(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    for data in HOSTILE:
        strange = {"range": place, "message": "x", "source": "redline", "data": data}
        assert actions(client, uri, line=0, diagnostics=[strange]) == []
        assert by_kind(actions(client, uri, diagnostics=[strange]))["remove"]
        action = {"title": "Remove", "kind": "quickfix.redline.remove", "data": data}
        assert "edit" not in resolved(client, action)


def test_a_fix_that_no_rule_lists_is_not_planned(theirs, start):
    client = start(FULL)
    uri = open_grader(client, theirs)
    chosen = by_kind(actions(client, uri))["remove"]
    for name in ("quarantine", "declare", "", "__class__"):
        strange = json.loads(json.dumps(chosen))
        strange["data"]["fix"] = name
        assert "edit" not in resolved(client, strange)


def test_a_document_of_nobody_has_no_fixes(theirs, start, tmp_path):
    client = start(FULL)
    assert actions(client, (tmp_path / "stranger.py").as_uri()) == []
    uri = (theirs.root / "notes.py").as_uri()
    client.open(uri, THEIRS)
    assert actions(client, uri) == []


QUARANTINE = """\
schema: policy/1
zones:
  - {id: lessons, title: Lessons, globs: [lessons/]}
  - {id: drafts, title: Drafts, globs: [drafts/]}
rules:
  - id: no-lessons
    title: No assistant writes lessons
    zones: [lessons]
    by: [external]
    effect: forbid
    message: No assistant may write lessons.
    help: Write it yourself.
    why: They are to be learnt from.
    fixes: [move, quarantine]
"""


@pytest.fixture
def lessons(maze) -> Sample:
    """A project whose rule has lines taken to other files."""
    maze.commit("Rules", {"redline.yaml": QUARANTINE})
    assist(maze, path="lessons/way.py")
    return maze


def open_lesson(client, sample) -> str:
    return open_grader(client, sample, path="lessons/way.py")


def test_lines_are_moved_in_one_step_with_the_new_file(lessons, start):
    client = start(FULL)
    uri = open_lesson(client, lessons)
    found = by_kind(actions(client, uri))
    assert found["move"]["title"] == "Move these 12 lines to drafts/way.py"
    editor = Editor({uri: TEXT}, {uri: 1})
    editor.apply(resolved(client, found["move"])["edit"])
    assert editor.texts == {
        uri: HUMAN.rstrip("\n") + "\n",
        (lessons.root / "drafts/way.py").as_uri(): THEIRS,
    }
    other = Editor({uri: TEXT}, {uri: 1})
    other.apply(resolved(client, found["quarantine"])["edit"])
    (new,) = set(other.texts) - {uri}
    assert new.startswith((lessons.root / "quarantine/way-").as_uri())
    assert other.texts[new] == THEIRS


def test_lines_go_to_the_end_of_what_the_editor_holds_of_the_other_file(lessons, start):
    client = start(FULL)
    draft = lessons.root / "drafts/way.py"
    draft.parent.mkdir()
    draft.write_text("saved = 1\n", encoding="utf-8")
    uri = open_lesson(client, lessons)
    editor = Editor({uri: TEXT, draft.as_uri(): "saved = 1\n"}, {uri: 1})
    action = by_kind(actions(client, uri))["move"]
    editor.apply(resolved(client, action)["edit"])
    assert editor.texts[draft.as_uri()] == "saved = 1\n\n" + THEIRS

    client.open(draft.as_uri(), "unsaved = 2\nmore = 3\n", version=5)
    editor = Editor(
        {uri: TEXT, draft.as_uri(): "unsaved = 2\nmore = 3\n"}, {uri: 1, draft.as_uri(): 5}
    )
    editor.apply(resolved(client, action)["edit"])
    assert editor.texts[draft.as_uri()] == "unsaved = 2\nmore = 3\n\n" + THEIRS


def test_no_file_is_made_outside_the_project_or_by_a_client_that_cannot(lessons, start, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (lessons.root / "drafts").symlink_to(tmp_path / "elsewhere")
    client = start(FULL)
    uri = open_lesson(client, lessons)
    assert set(by_kind(actions(client, uri))) == {"quarantine"}
    unable = start(PLAIN)
    uri = open_lesson(unable, lessons)
    assert actions(unable, uri) == []


def test_all_safe_fixes_of_a_document_at_once(theirs, start):
    client = start(FULL)
    # What a session wrote to this very file is recorded; so it is on disk and in the editor.
    uri = open_grader(client, theirs)
    (action,) = actions(client, uri, line=0, only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.redline"
    editor = Editor({uri: TEXT}, {uri: 1})
    editor.apply(action["edit"])
    assert editor.texts[uri] == RAISES
    assert actions(client, uri, line=0, only=["source.organizeImports"]) == []
    assert not any(one["kind"].startswith("source") for one in actions(client, uri))


def test_a_fix_of_a_text_with_other_line_ends_keeps_them(theirs, start):
    client = start(FULL)
    text = TEXT.replace("\n", "\r\n")
    uri = open_grader(client, theirs, text)
    editor = Editor({uri: text}, {uri: 1})
    editor.apply(resolved(client, by_kind(actions(client, uri))["blank-body"])["edit"])
    assert editor.texts[uri] == RAISES.replace("\n", "\r\n")


def test_commands_refuse_what_makes_no_sense(theirs, start):
    client = start(COMMANDS)
    uri = open_grader(client, theirs)
    for arguments in ([], [7], [{"uri": uri}], [{"uri": 1, "fingerprint": 2, "fix": 3}]):
        with pytest.raises(Refused):
            command(client, "redline.fix", *arguments)
    told = {"uri": uri, "fingerprint": "0" * 32, "fix": "remove"}
    assert command(client, "redline.fix", told) is False
