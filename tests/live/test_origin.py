"""What an edit was, told from the changes."""

from __future__ import annotations

import pytest
from typist import BLOCK, OTHER, Typist

from redline.live.landing import Basis, Kind
from redline.live.places import Extent, Place
from redline.live.removals import Removals


@pytest.fixture
def editor():
    return Typist()


LONG = "\n".join(f"value_{row} = compute(value_{row - 1}, {row})" for row in range(20))


@pytest.mark.parametrize("pause", [0.05, 0.1, 0.4, 3.0])
def test_typing_is_never_a_block(editor, pause):
    landings = editor.type("import os\n", LONG, pause)
    assert {landing.kind for landing in landings} == {Kind.TYPE}
    assert not any(landing.blocks for landing in landings)


def test_a_batch_of_keys_after_a_pause_is_typing():
    """Neovim gathers 150 ms of keys, Emacs all until a pause."""
    editor = Typist()
    keys = editor.keys(editor.extent("import os\n").end, LONG)
    for row in range(0, len(keys), 6):
        editor.wait(0.4)
        landing = editor.notify(*keys[row : row + 6])
        assert landing.kind is Kind.TYPE
        assert not landing.blocks


def test_a_minute_of_typing_in_one_notification_is_typing():
    editor = Typist()
    editor.type("import os\n", "x")
    editor.wait(60)
    assert not editor.notify(*editor.keys(editor.extent("import os\n").end, LONG)).blocks


def test_a_block_that_lands_is_one(editor):
    landing = editor.put("def second", BLOCK)
    assert (landing.kind, landing.basis) == (Kind.UNKNOWN, Basis.GUESSED)
    assert editor.blocks(landing) == [BLOCK]
    assert landing.assistant is None


def test_a_block_goes_without_the_lines_that_rode_along(editor):
    """Neovim takes the end of the neighbouring line with it."""
    landing = editor.notify((Extent(Place(0, 9), Place(1, 0)), f"\n{BLOCK}\n"))
    assert editor.blocks(landing) == [BLOCK]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nimport pandas as pd\nfrom pathlib import Path\n",
        "compute_the_average_of_rows(first_rows, other)",
        "\n\n    \n",
        "if x:\n    pass\n",
        "()",
        "yes\nno\n",
    ],
)
def test_little_is_never_asked_about(editor, text):
    assert not editor.put("def second", text).blocks


def test_pasted_letters_faster_than_hands_are_a_block():
    """A terminal without bracketed paste sends keys."""
    editor = Typist()
    keys = editor.keys(editor.extent("import os\n").end, BLOCK)
    editor.wait(0.15)
    editor.notify(keys[0])
    landing = editor.notify(*keys[1:])
    assert landing.kind is Kind.BURST
    assert editor.blocks(landing) == [BLOCK]


def test_repeated_keys_are_no_block():
    """A macro types again what hands typed before."""
    editor = Typist()
    editor.type("import os\n", LONG[:200])
    editor.wait(0.2)
    editor.notify((editor.before("import os"), "\n"))
    editor.wait(0.2)
    landing = editor.notify(*editor.keys(editor.extent("def second").start, LONG[:200]))
    assert not landing.blocks
    assert landing.kind is Kind.REPLAY


def test_undo_of_a_deletion_is_no_block(editor):
    editor.put("def second", BLOCK)
    there = editor.extent(BLOCK)
    editor.replace(BLOCK, "")
    landing = editor.notify((Extent(there.start, there.start), BLOCK))
    assert (landing.kind, landing.basis, landing.blocks) == (Kind.REDO, Basis.PROVEN, ())


def test_undo_of_what_was_there_is_no_block(editor):
    start = editor.extent("def first").start
    body = "def first(rows):\n    total = sum(rows)\n    return total\n"
    editor.replace(body, "")
    landing = editor.notify((Extent(start, start), body))
    assert (landing.kind, landing.blocks) == (Kind.UNDO, ())


def test_undo_of_small_replacements_in_several_places_is_no_block(editor):
    """Each is too short to be known again by itself."""
    past = []
    for words, fresh in (("sum(rows)", "a"), ("return x", "b"), ("import os", "c")):
        extent = editor.extent(words)
        past.append((extent.start, fresh, words))
    editor.notify(*((editor.extent(words), fresh) for _, fresh, words in past))
    back = [(Extent(start, Place(start.line, start.column + 1)), words) for start, _, words in past]
    landing = editor.notify(*back)
    assert (landing.kind, landing.blocks) == (Kind.UNDO, ())
    assert editor.notify(*((editor.extent(words), fresh) for _, fresh, words in past)).blocks == ()


def test_undo_of_a_hundred_deleted_keys_is_no_block(editor):
    editor.put("def second", BLOCK)
    there = editor.extent(BLOCK)
    for size in range(len(BLOCK), 0, -1):
        editor.wait(0.03)
        last = editor.extent(BLOCK[:size]).end
        before = editor.place(str(editor.text).index(BLOCK[:size]) + size - 1)
        editor.notify((Extent(before, last), ""))
    landing = editor.notify((Extent(there.start, there.start), BLOCK))
    assert not landing.blocks


def test_moved_lines_are_no_block(editor):
    body = "    total = sum(rows)\n    return total\n"
    editor.replace(body, "")
    editor.wait(30)
    landing = editor.put("import os", body)
    assert (landing.kind, landing.blocks) == (Kind.MOVE, ())


def test_lines_moved_in_one_notification_are_no_block(editor):
    body = "def first(rows):\n    total = sum(rows)\n    return total\n"
    taken = editor.extent(body)
    rows = body.count("\n")
    landing = editor.notify(
        (Extent(Place(0, 0), Place(0, 0)), body),
        (
            Extent(Place(taken.start.line + rows, 0), Place(taken.end.line + rows, 0)),
            "",
        ),
    )
    assert (landing.kind, landing.blocks) == (Kind.MOVE, ())


def test_a_move_between_documents_is_no_block():
    removals = Removals()
    source, target = Typist(removals=removals), Typist("# empty\n", removals=removals)
    body = "    total = sum(rows)\n    return total\n"
    source.replace(body, "")
    landing = target.put("# empty", body)
    assert (landing.kind, landing.blocks) == (Kind.MOVE, ())


def test_a_block_stays_a_block_when_it_is_moved_on():
    """It may land where nobody asks, and be moved from there to where somebody does."""
    removals = Removals()
    scratch, protected = Typist(removals=removals), Typist("# tests\n", removals=removals)
    scratch.put("def second", BLOCK)
    scratch.wait(600)
    scratch.replace(BLOCK, "")
    landing = protected.put("# tests", BLOCK)
    assert landing.kind is Kind.MOVE
    assert protected.blocks(landing) == [BLOCK]


def test_sorted_lines_are_no_block():
    lines = [f"value_{row} = compute(row_{row})\n" for row in range(9)]
    editor = Typist("".join(lines))
    landing = editor.replace("".join(lines), "".join(reversed(lines)))
    assert (landing.kind, landing.blocks) == (Kind.MOVE, ())


def test_keys_that_a_client_gathers_for_long_are_typing():
    """Neovim may send nothing while its own loop is busy."""
    editor = Typist()
    editor.type("import os\n", "#")
    editor.wait(6)
    landing = editor.notify(*editor.keys(editor.extent("import os\n").end, LONG[:140]))
    assert (landing.kind, landing.blocks) == (Kind.TYPE, ())


def test_what_is_new_beside_what_came_back_is_a_block(editor):
    body = "    total = sum(rows)\n    return total\n"
    editor.replace(body, "")
    landing = editor.put("import os", body + BLOCK)
    assert editor.blocks(landing) == [BLOCK]


def test_a_formatter_is_no_block(editor):
    whole = str(editor.text)
    landing = editor.replace(whole, whole.replace("    ", "\t"))
    assert (landing.kind, landing.basis, landing.blocks) == (Kind.FORMAT, Basis.PROVEN, ())


def test_a_formatter_that_wraps_and_quotes_is_no_block():
    editor = Typist(
        "call(first_argument, second_argument, 'third', 'fourth', fifth_argument)\n" * 3
    )
    whole = str(editor.text)
    pretty = (
        "call(\n    first_argument,\n    second_argument,\n"
        '    "third",\n    "fourth",\n    fifth_argument,\n)\n'
    ) * 3
    assert not editor.replace(whole, pretty).blocks


def test_a_formatter_that_changes_every_line_of_a_large_file_is_no_block():
    editor = Typist("".join(f"call(value_{row}, 'name_{row}')\n" for row in range(9_000)))
    whole = str(editor.text)
    landing = editor.replace(whole, whole.replace("'", '"').replace(")", ",)"))
    assert (landing.kind, landing.blocks) == (Kind.COMMAND, ())


def test_a_rename_in_many_places_is_no_block():
    editor = Typist("".join(f"total_{row} = rows[{row}]\n" for row in range(40)))
    spans = [(Extent(Place(row, 0), Place(row, 6)), "grand_sum_") for row in reversed(range(40))]
    landing = editor.notify(*spans)
    assert (landing.kind, landing.blocks) == (Kind.COMMAND, ())


def test_an_edit_in_many_small_parts_is_judged_as_a_whole(editor):
    """Editors make an agent's edit smaller: what stays is not sent."""
    landing = editor.notify(
        (editor.before("return x"), "checked = validate(x)\n    "),
        (editor.before("return total"), "logger.debug(total)\n    "),
        (editor.before("import os"), "logger = make_logger(__name__)\n"),
    )
    assert len(landing.blocks) == 3


@pytest.mark.parametrize("kind", [Kind.CODE_ACTION, Kind.APPLY_EDIT])
def test_the_servers_own_edit_is_no_block(editor, kind):
    editor.classifier.offered(kind, [("", BLOCK)], editor.time)
    editor.wait(4)
    landing = editor.put("def second", BLOCK)
    assert (landing.kind, landing.basis, landing.blocks) == (kind, Basis.PROVEN, ())


def test_the_servers_own_edit_is_known_when_the_editor_made_it_smaller(editor):
    editor.classifier.offered(Kind.CODE_ACTION, [("    return total\n", BLOCK)], editor.time)
    old = editor.extent("    return total\n")
    head = editor.text.apply(old.start, old.start, BLOCK[:20])
    landing = editor.classifier.observe(
        2,
        [head, editor.text.apply(head.new_end, editor.extent("total\n").end, BLOCK[20:])],
        editor.time,
    )
    assert landing.kind is Kind.CODE_ACTION


def test_an_old_offer_proves_nothing(editor):
    editor.classifier.offered(Kind.CODE_ACTION, [("", BLOCK)], editor.time)
    editor.wait(3600)
    assert editor.put("def second", BLOCK).blocks


def test_a_reload_is_told_and_looked_up(editor):
    landing = editor.put("def second", BLOCK, reload=True)
    assert landing.kind is Kind.RELOAD
    assert editor.blocks(landing) == [BLOCK]


def test_chunks_of_one_paste_are_one_block(editor):
    place = editor.before("def second")
    half = BLOCK.index("sorted")
    editor.notify((place, BLOCK[:half]))
    editor.wait(0.15)
    landing = editor.notify((editor.behind(BLOCK[:half]), BLOCK[half:]))
    assert editor.blocks(landing) == [BLOCK]


def test_a_paste_where_another_ended_before_it_was_taken_out_is_one_by_itself(editor):
    first = editor.put("import os", BLOCK)
    editor.replace(BLOCK, "")
    editor.notify((Extent(Place(0, 0), Place(0, 0)), "\n" * 3))
    landing = editor.notify((Extent(Place(3, 0), Place(3, 0)), OTHER))
    assert first.blocks
    assert editor.blocks(landing) == [OTHER]


def test_a_paste_among_keys_of_one_notification_is_a_block(editor):
    place = editor.extent("import os\n").end
    landing = editor.notify(
        (Extent(place, place), "#"),
        (Extent(Place(1, 1), Place(1, 1)), "\n"),
        (Extent(Place(2, 0), Place(2, 0)), BLOCK),
        (Extent(Place(5, 0), Place(5, 0)), "y"),
    )
    assert editor.blocks(landing) == [BLOCK]
