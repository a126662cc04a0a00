"""What an assistant's text replaced in the editor comes back, though git has never seen it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .assisted import HUMAN, PATH, THEIRS, open_grader
from .test_actions import FULL, Editor, actions, by_kind, resolved, theirs  # noqa: F401 -- fixture

MINE = """\
def grope_along(cave, start, goal):
    lantern = brighten(cave)
    return lantern.walk_home(start, goal)
"""
END = "\n\nLIMIT = 3\n"


FIRST = HUMAN.count("\n")


def over(first: int, last: int, text: str) -> tuple[int, int, int, int, str]:
    """A change that puts ``text`` where some whole lines stood, from 0."""
    return first, 0, last, 0, text


def over_mine(text: str) -> tuple[int, int, int, int, str]:
    return over(FIRST, FIRST + MINE.count("\n"), text)


@pytest.fixture
def opened(theirs, start):  # noqa: F811 -- the fixture
    """An editor with a grader that a person has just written, and nothing of it committed."""
    client = start(FULL)
    uri = (theirs.root / PATH).as_uri()
    client.open(uri, HUMAN + MINE + END)
    return client, uri


def restored(client, uri: str, text: str, version: int, line: int = 8) -> str:
    """The text after the fix, once the client was told what is wrong with this version."""
    client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and one["params"]["diagnostics"]
            and one["params"]["version"] == version
        )
    )
    editor = Editor({uri: text}, {uri: version})
    found = by_kind(actions(client, uri, line))
    assert "restore" in found, found
    editor.apply(resolved(client, found["restore"])["edit"])
    return editor.texts[uri]


def test_what_was_pasted_over_comes_back(opened):
    client, uri = opened
    client.change(uri, 2, over_mine(THEIRS))
    assert restored(client, uri, HUMAN + THEIRS + END, 2) == HUMAN + MINE + END


def test_what_was_written_elsewhere_since_stays(opened):
    client, uri = opened
    client.change(uri, 2, over_mine(THEIRS))
    client.change(uri, 3, over(0, 0, "import os\n"))
    text = "import os\n" + HUMAN + THEIRS + END
    assert restored(client, uri, text, 3, 9) == "import os\n" + HUMAN + MINE + END


def test_what_was_cut_before_the_paste_comes_back(opened):
    client, uri = opened
    client.change(uri, 2, over_mine(""))
    client.change(uri, 3, over(FIRST, FIRST, THEIRS))
    assert restored(client, uri, HUMAN + THEIRS + END, 3) == HUMAN + MINE + END


def test_what_a_client_of_whole_texts_replaced_comes_back(opened):
    client, uri = opened
    client.change(uri, 2, HUMAN + THEIRS + END)
    assert restored(client, uri, HUMAN + THEIRS + END, 2) == HUMAN + MINE + END


def test_what_an_agent_wrote_over_comes_back_after_the_reload(opened):
    client, uri = opened
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.open(uri, HUMAN + THEIRS + END, 7)
    assert restored(client, uri, HUMAN + THEIRS + END, 7) == HUMAN + MINE + END


def test_a_paste_that_was_done_again_is_still_known(opened):
    client, uri = opened
    client.change(uri, 2, over_mine(THEIRS))
    client.change(uri, 3, over(FIRST, FIRST + THEIRS.count("\n"), MINE))
    client.change(uri, 4, over_mine(THEIRS))
    assert restored(client, uri, HUMAN + THEIRS + END, 4) == HUMAN + MINE + END


def test_what_only_came_in_replaced_nothing(theirs, start):  # noqa: F811 -- the fixture
    client = start(FULL)
    uri = open_grader(client, theirs)
    assert "restore" not in by_kind(actions(client, uri))


def test_the_index_holds_nothing_of_it(opened):
    client, uri = opened
    client.change(uri, 2, over_mine(THEIRS))
    restored(client, uri, HUMAN + THEIRS + END, 2)
    client.shut_down()
    index = Path(os.environ["REDLINE_INDEX"])
    for file in index.parent.glob(f"{index.name}*"):
        assert b"brighten" not in file.read_bytes()
        assert b"walk_home" not in file.read_bytes()
