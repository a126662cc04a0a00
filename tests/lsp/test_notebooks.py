"""Notebooks by cell, judged as the file that they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .assisted import HUMAN, MARKDOWN, THEIRS, assist, at, command
from .conftest import PUSH

SYNC = {"synchronization": {"dynamicRegistration": False, "executionSummarySupport": False}}
ABLE = {
    "textDocument": PUSH["textDocument"] | MARKDOWN["textDocument"],
    "notebookDocument": SYNC,
}
MARKED = """\
def weigh(tokens, limits):
    total = sum(limits.get(token, 1.5) for token in tokens)
    spread = max(limits.values()) - min(limits.values())
    if spread > total / len(tokens):
        raise ValueError(f"uneven limits: {spread} of {total}")
    return [round(limits[token] / total, 6) for token in tokens]
"""
"""What an assistant wrote, too: the fixture indexes its session."""
NEW = """\
def parse_scores(document):
    rows = document.partition("SCORES")[2].splitlines()
    pairs = [row.split("=", 1) for row in rows if "=" in row]
    cleaned = {name.strip(): float(score) for name, score in pairs}
    return dict(sorted(cleaned.items(), key=lambda pair: -pair[1]))
"""
PATH = "graders/way.ipynb"


@pytest.fixture
def maze(maze):
    """The project, with an index of what an assistant wrote in it."""
    assist(maze, THEIRS)
    assist(maze, MARKED, "graders/weigh.py", session="88aa1b2c-0d3e-4f50")
    return maze


def cell_uri(sample, name, path=PATH):
    return f"vscode-notebook-cell:{sample.root}/{path}#{name}"


class Book:
    """A notebook open in an editor."""

    def __init__(self, client, sample, cells, path=PATH, uri=None):
        """``cells`` are ``(name, text)`` or ``(name, text, language)``."""
        self.client, self.sample, self.path = client, sample, path
        self.uri = uri or (sample.root / path).as_uri()
        self.version = 1
        document = {
            "uri": self.uri,
            "notebookType": "jupyter-notebook",
            "version": 1,
            "cells": [self._cell(one) for one in cells],
        }
        params = {"notebookDocument": document, "cellTextDocuments": list(map(self._item, cells))}
        client.notify("notebookDocument/didOpen", params)

    def key(self, name):
        return cell_uri(self.sample, name, self.path)

    def edit(self, name, version, *changes):
        content = [
            {"text": one} if isinstance(one, str) else {
                "range": {
                    "start": {"line": one[0], "character": one[1]},
                    "end": {"line": one[2], "character": one[3]},
                },
                "text": one[4],
            }
            for one in changes
        ]  # fmt: skip
        told = {"document": {"uri": self.key(name), "version": version}, "changes": content}
        self.change(textContent=[told])

    def splice(self, start, count, *cells, closes=()):
        """Take ``count`` cells out at ``start`` and put ``cells`` there."""
        opened = [one for one in cells if len(one) > 1]
        structure = {
            "array": {"start": start, "deleteCount": count, "cells": list(map(self._cell, cells))},
            "didOpen": list(map(self._item, opened)),
            "didClose": [{"uri": self.key(name)} for name in closes],
        }
        self.change(structure=structure)

    def change(self, **cells):
        self.version += 1
        params = {
            "notebookDocument": {"uri": self.uri, "version": self.version},
            "change": {"cells": cells},
        }
        self.client.notify("notebookDocument/didChange", params)

    def close(self, *names):
        params = {
            "notebookDocument": {"uri": self.uri},
            "cellTextDocuments": [{"uri": self.key(name)} for name in names],
        }
        self.client.notify("notebookDocument/didClose", params)

    def told(self, name, wanted=None):
        """The first diagnostics of a cell for which ``wanted`` holds, of those to come."""
        wanted = wanted or (lambda one: True)
        message = self.client.until(
            lambda one: (
                one.get("method") == "textDocument/publishDiagnostics"
                and one["params"]["uri"] == self.key(name)
                and wanted(one["params"])
            )
        )
        return message["params"]

    def _cell(self, cell):
        code = len(cell) < 3 or cell[2] != "markdown"
        return {"kind": 2 if code else 1, "document": self.key(cell[0])}

    def _item(self, cell):
        language = cell[2] if len(cell) > 2 else "python"
        return {
            "uri": self.key(cell[0]),
            "languageId": language,
            "version": 1,
            "text": cell[1],
        }


def lines(params):
    return [(one["range"]["start"]["line"], one["range"]["end"]["line"])
            for one in params["diagnostics"]]  # fmt: skip


def some(params):
    return bool(params["diagnostics"])


def none(params):
    return not params["diagnostics"]


def on_disk(*sources):
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{number}",
            "metadata": {},
            "outputs": [],
            "source": text.splitlines(keepends=True),
        }
        for number, text in enumerate(sources)
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1) + "\n"


def test_the_server_asks_for_notebooks(start):
    assert start(ABLE).able["notebookDocumentSync"]["notebookSelector"] == [
        {"notebook": {"notebookType": "jupyter-notebook"}}
    ]


def test_each_cell_is_told_of_its_own_lines(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", HUMAN), ("b", "y = 2\n" + THEIRS), ("c", MARKED)])
    theirs = book.told("b", some)
    assert lines(theirs) == [(1, 13)]
    assert theirs["version"] == 1
    assert lines(book.told("c", some)) == [(0, 6)]
    told = [one["params"] for one in client.seen if one.get("method", "").endswith("Diagnostics")]
    assert not any(one["diagnostics"] for one in told if one["uri"] == book.key("a"))


def test_the_findings_are_those_of_the_file(start, maze):
    texts = [HUMAN, THEIRS.rstrip("\n"), MARKED]
    maze.write(PATH, on_disk(*texts))
    client = start(ABLE)
    book = Book(client, maze, [(f"c{number}", text) for number, text in enumerate(texts)])
    found = [one["data"]["fingerprint"]
             for name in ("c1", "c2") for one in book.told(name, some)["diagnostics"]]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "redline", "lint", "--format", "json", "--no-cache", PATH],
        cwd=maze.root,
        env=os.environ,
        capture_output=True,
        check=False,
    )
    linted = json.loads(done.stdout)["findings"]
    assert sorted(found) == sorted(one["fingerprint"] for one in linted)


def test_a_key_moves_what_was_found_in_its_cell(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", MARKED), ("b", MARKED)])
    book.told("a", some)
    book.told("b", some)
    book.edit("a", 2, (0, 0, 0, 0, "\n"))
    moved = book.told("a", lambda one: one.get("version") == 2)
    assert lines(moved) == [(1, 7)]


def test_a_mark_that_goes_clears_its_cell(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", MARKED), ("b", MARKED)])
    book.told("a", some)
    book.edit("a", 2, "x = 1\n")
    assert book.told("a", none)["version"] == 2


def test_cells_come_and_go_and_change_places(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", "x = 1\n")])
    book.splice(1, 0, ("b", MARKED))
    assert lines(book.told("b", some)) == [(0, 6)]
    # Moved to the top: out and in again, its document stays open.
    book.splice(0, 2, ("b",), ("a",))
    book.edit("b", 2, (0, 0, 0, 0, "\n"))
    assert lines(book.told("b", lambda one: one.get("version") == 2)) == [(1, 7)]
    book.splice(0, 1, closes=["b"])
    assert book.told("b")["diagnostics"] == []


def test_a_cell_that_turns_from_code_to_prose_and_back(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", MARKED)])
    book.told("a", some)
    for language in ("markdown", "python"):
        book.splice(0, 1, ("a", MARKED, language), closes=["a"])
        assert book.told("a", none)["diagnostics"] == []
        assert lines(book.told("a", some)) == [(0, 6)]


def test_a_region_over_two_cells_is_told_in_both(start, maze):
    middle = THEIRS.index("    while queue")
    client = start(ABLE)
    book = Book(client, maze, [("a", THEIRS[:middle]), ("b", THEIRS[middle:])])
    assert lines(book.told("a", some)) == [(0, 3)]
    assert lines(book.told("b", some)) == [(0, 9)]


def test_a_cell_that_is_out_of_the_notebook_for_a_moment_fails_nothing(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", HUMAN), ("b", MARKED)])
    book.told("b", some)
    book.splice(1, 1)
    assert none(book.told("b", none))
    book.splice(0, 0, ("b",))
    assert lines(book.told("b", some)) == [(0, 6)]
    told = client.request("workspace/executeCommand", {"command": "redline.debugInformation"})
    assert told.endswith("recent warnings and errors:\n  none\n")


def test_a_block_pasted_into_a_cell_is_asked_about(start, maze):
    client = start(ABLE, delay=20)
    book = Book(client, maze, [("a", HUMAN), ("b", "y = 2\n")])
    book.edit("b", 2, (1, 0, 1, 0, NEW))
    told = book.told("b", some)
    assert [one["code"] for one in told["diagnostics"]] == ["paste-of-unknown-origin"]
    assert lines(told) == [(1, 6)]
    # What is typed in another cell takes nothing from it.
    book.edit("a", 2, (0, 0, 0, 0, "#"))
    book.edit("b", 3, (0, 0, 0, 0, "\n"))
    assert lines(book.told("b", lambda one: one.get("version") == 3)) == [(2, 7)]


def test_closing_clears_every_cell(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", MARKED), ("b", MARKED)])
    book.told("a", some)
    book.told("b", some)
    book.close("a", "b")
    assert book.told("a")["diagnostics"] == []
    assert book.told("b")["diagnostics"] == []


def test_hover_and_evidence_work_in_a_cell(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", HUMAN), ("b", THEIRS)])
    book.told("b", some)
    hover = client.request("textDocument/hover", at(book.key("b"), 3))
    assert hover["contents"]["value"].startswith("**error**")
    place = {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}}
    told = command(client, "redline.showEvidence", {"uri": book.key("b"), "range": place})
    assert told["path"] == PATH
    assert "visited" in told["comparisons"][0]["rows"][0]["session"][0]["text"] or any(
        "visited" in line["text"] for row in told["comparisons"][0]["rows"] for line in row["file"]
    )


def test_one_lens_stands_above_a_cell(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", HUMAN), ("b", THEIRS)])
    book.told("b", some)
    for name, words in (("a", "no assistant text found"), ("b", "12 lines from Claude Code")):
        (lens,) = client.request("textDocument/codeLens", {"textDocument": {"uri": book.key(name)}})
        assert client.request("codeLens/resolve", lens)["command"]["title"] == words


def test_the_raw_file_opened_as_text_is_told_where_the_json_says(start, maze):
    client = start(ABLE)
    uri = (maze.root / PATH).as_uri()
    text = on_disk("x = 1\n", MARKED)
    client.open(uri, text, language="json")
    told = client.notification("textDocument/publishDiagnostics")
    first = text[: text.index("def weigh")].count("\n")
    assert lines(told)[0][0] == first


def test_what_makes_no_sense_ends_nothing(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", MARKED)])
    book.told("a", some)
    book.edit("nowhere", 5, "text")
    book.splice(99, 99, closes=["nowhere"])
    book.change(data=[{"kind": 1, "document": "nowhere:"}])
    params = {"notebookDocument": {"uri": "file:///other.ipynb", "version": 3}, "change": {}}
    client.notify("notebookDocument/didChange", params)
    client.notify("notebookDocument/didClose", {
        "notebookDocument": {"uri": "file:///other.ipynb"}, "cellTextDocuments": []})  # fmt: skip
    book.edit("a", 2, "x = 1\n")
    assert book.told("a", none)["version"] == 2


def test_a_notebook_outside_the_project_and_an_untitled_one(start, maze, tmp_path):
    client = start(ABLE)
    other = (tmp_path / "elsewhere" / PATH).as_uri()
    outside = Book(client, maze, [("x", MARKED)], uri=other)
    Book(client, maze, [("y", MARKED)], uri="untitled:Untitled-1.ipynb?jupyter-notebook")
    inside = Book(client, maze, [("a", MARKED)])
    inside.told("a", some)
    told = [one for one in client.seen if one.get("method") == "textDocument/publishDiagnostics"]
    assert outside.key("x") not in [one["params"]["uri"] for one in told]


def test_a_save_judges_again(start, maze):
    client = start(ABLE)
    book = Book(client, maze, [("a", HUMAN), ("b", MARKED), ("c", NEW)])
    book.told("b", some)
    assist(maze, NEW, "graders/new.py", session="late")
    client.notify("notebookDocument/didSave", {"notebookDocument": {"uri": book.uri}})
    assert lines(book.told("c", some)) == [(0, 5)]
