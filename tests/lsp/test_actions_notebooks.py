"""Quick fixes in the cells of a notebook, each a document of its own."""

from __future__ import annotations

import pytest

from .assisted import HUMAN, THEIRS, assist
from .test_actions import FULL, Editor, actions, by_kind, resolved
from .test_notebooks import SYNC, Book

ABLE = {**FULL, "notebookDocument": SYNC}


@pytest.fixture
def book(maze, start):
    """A notebook with a cell that a person and an assistant wrote, open in an editor."""
    assist(maze, THEIRS)
    client = start(ABLE)
    made = Book(client, maze, [("own", "lamp = 1\n"), ("both", HUMAN + THEIRS.rstrip("\n"))])
    client.until(
        lambda one: (
            one.get("method") == "textDocument/publishDiagnostics"
            and one["params"]["uri"] == made.key("both")
            and one["params"]["diagnostics"]
        )
    )
    return made


def test_what_an_assistant_wrote_in_a_cell_goes(book):
    uri = book.key("both")
    found = by_kind(actions(book.client, uri, line=8))
    assert list(found) == ["blank-body", "remove"]
    assert found["blank-body"]["title"] == "Keep the signature of shortest_way and blank its body"
    editor = Editor({uri: HUMAN + THEIRS.rstrip("\n")}, {uri: 1})
    editor.apply(resolved(book.client, found["blank-body"])["edit"])
    assert editor.texts[uri] == HUMAN + THEIRS.split("\n")[0] + "\n    raise NotImplementedError"
    editor = Editor({uri: HUMAN + THEIRS.rstrip("\n")}, {uri: 1})
    editor.apply(resolved(book.client, found["remove"])["edit"])
    assert editor.texts[uri] == HUMAN.rstrip("\n") + "\n"
    assert actions(book.client, book.key("own"), line=0) == []


def test_a_cell_is_never_fixed_as_a_whole_document(book):
    uri = book.key("both")
    assert actions(book.client, uri, line=0, only=["source.fixAll"]) == []
    assert actions(book.client, uri, line=0, only=["notebook.source.fixAll"]) == []
