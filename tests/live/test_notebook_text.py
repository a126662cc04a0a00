"""A notebook's live cells are written as its file would hold them, and found again in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.live.notebook_text import Cell, written
from redline.live.places import Extent, Place
from redline.model import Span

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Maze\n", "A task."]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "id": "b",
            "metadata": {"tags": ["x"]},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["42\n"]}],
            "source": ["def walk(maze):\n", '    return "grüße 😀"\n'],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def on_disk(indent=1, ascii_only=False) -> bytes:
    return (json.dumps(NOTEBOOK, indent=indent, ensure_ascii=ascii_only) + "\n").encode()


def cells_of(notebook=NOTEBOOK) -> list[Cell]:
    return [
        Cell(f"cell:{number}", one["cell_type"] == "code", "".join(one["source"]))
        for number, one in enumerate(notebook["cells"])
    ]


def sources(text: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_what_nobody_touched_is_the_file_byte_for_byte(indent, ascii_only):
    base = on_disk(indent, ascii_only)
    assert written(base, cells_of()).text == base


def test_an_edited_cell_keeps_its_outputs_and_all_other_lines():
    first, second = cells_of()
    edited = Cell(second.key, True, second.text + "# more\n")
    text = written(on_disk(), [first, edited]).text
    assert sources(text) == [first.text, edited.text]
    now, before = json.loads(text), json.loads(on_disk())
    assert now["cells"][1]["outputs"] == before["cells"][1]["outputs"]
    gone = set(on_disk().splitlines()) - set(text.splitlines())
    assert gone == {'    "    return \\"grüße 😀\\"\\n"'.encode()}


def test_cells_that_change_places_take_their_outputs_along():
    text = written(on_disk(), cells_of()[::-1]).text
    assert json.loads(text)["cells"] == NOTEBOOK["cells"][::-1]


def test_a_new_cell_and_a_deleted_one():
    fresh = Cell("cell:new", True, "print(1)")
    text = written(on_disk(), [fresh, cells_of()[1]]).text
    told = json.loads(text)["cells"]
    assert sources(text) == ["print(1)", cells_of()[1].text]
    assert told[0]["outputs"] == []
    assert told[1] == NOTEBOOK["cells"][1]


@pytest.mark.parametrize(
    "base", [None, b"", b"[]", b"{", b'{"cells": 3}', b'{"cells": [{}]}', b"\xff", b"[" * 99_999]
)
def test_a_file_that_is_no_notebook_is_written_anew(base):
    text = written(base, cells_of()).text
    assert sources(text) == [cell.text for cell in cells_of()]
    assert json.loads(text)["nbformat"] == 4


def test_a_span_is_found_in_every_cell_that_it_covers():
    notebook = written(on_disk(), cells_of())
    start = notebook.text.index(b"A task.")
    end = notebook.text.index(b"    return") + len("    return")
    assert notebook.places(Span(start, end)) == [
        ("cell:0", Extent(Place(1, 0), Place(1, 7))),
        ("cell:1", Extent(Place(0, 0), Place(1, 10))),
    ]


def test_escapes_and_wide_letters_count_as_the_characters_that_they_are():
    for ascii_only in (False, True):
        notebook = written(on_disk(ascii_only=ascii_only), cells_of())
        end = notebook.text.index(b'\\"\\n"')
        start = notebook.text.index(b'\\"gr')
        extent = Extent(Place(1, 11), Place(1, 19))
        assert notebook.places(Span(start, end)) == [("cell:1", extent)]
        assert notebook.span("cell:1", extent) == Span(start, end)


def test_what_lies_in_an_output_is_told_at_its_cell_and_metadata_at_the_first():
    notebook = written(on_disk(), cells_of())
    here = Extent(Place(0, 0), Place(0, 0))
    output = notebook.text.index(b"42")
    assert notebook.places(Span(output, output + 2)) == [("cell:1", here)]
    kernel = notebook.text.index(b"python3")
    assert notebook.places(Span(kernel, kernel + 7)) == [("cell:0", here)]


def test_an_empty_notebook_has_no_place():
    assert written(None, []).places(Span(0, 5)) == []
    assert json.loads(written(on_disk(), []).text)["cells"] == []


texts = st.text(st.sampled_from('ab\n\r"\\ü😀\t\x00\u2028'), max_size=30)


@given(st.lists(st.tuples(st.booleans(), texts), max_size=5), st.data())
def test_any_cells_come_back_and_every_place_maps_both_ways(told, data):
    cells = [Cell(f"cell:{number}", *one) for number, one in enumerate(told)]
    base = data.draw(st.sampled_from([None, on_disk(), on_disk(None, True), on_disk(4)]))
    notebook = written(base, cells)
    assert sources(notebook.text) == [cell.text for cell in cells]
    # Written again upon itself, nothing moves.
    assert written(notebook.text, cells).text == notebook.text
    for cell in cells:
        if cell.text:
            first = data.draw(st.integers(0, len(cell.text) - 1))
            last = data.draw(st.integers(first + 1, len(cell.text)))
            extent = Extent(place(cell.text, first), place(cell.text, last))
            span = notebook.span(cell.key, extent)
            assert notebook.places(span) == [(cell.key, extent)]


def place(text: str, offset: int) -> Place:
    """The place of a code point; one between CR and LF is on the line that they end."""
    lines = text[:offset].replace("\r\n", "\n")
    if text[offset - 1 : offset + 1] == "\r\n":
        lines = lines[:-1] + "x"
    line = lines.count("\n") + lines.count("\r")
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    if text[offset - 1 : offset + 1] == "\r\n":
        start = max(text.rfind("\n", 0, offset - 1), text.rfind("\r", 0, offset - 1)) + 1
    return Place(line, offset - start)
