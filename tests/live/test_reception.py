"""A block has landed: it is never let pass in silence, and nobody else's text is asked about."""

from __future__ import annotations

import asyncio
import logging
import os
import time

import pytest
from desktop import Office, Open
from rooms import Desk

from maze import FERRY, PENALTY, TIDES, WALK
from redline.indexer.edits import LiveEdit, learn
from redline.live.analyst import AnalystError
from redline.live.blocks import Block
from redline.matching.fault import IndexFault
from redline.matching.store import Store
from redline.model import UNDECLARED

PATH = "graders/tides.py"
HOURS = "def hours(maze):\n    return maze.walls_per_hour * 24\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("REDLINE_CACHE", str(tmp_path / "cache"))
    desk = Desk(tmp_path)
    desk.sample.commit("by hand", {PATH: TIDES, "src/ferry.py": FERRY})
    yield desk
    desk.room.close()


@pytest.fixture
def office(desk):
    return Office(desk.room)


def learnt(desk):
    """The assistants that the index names for what landed in an editor."""
    if not desk.index.exists():
        return []
    with Store(desk.index) as store:
        return [assistant for assistant, *_ in store.live_tally()]


def run(work):
    asyncio.run(work())


def test_a_block_of_unknown_origin_is_asked_about_and_learnt(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        grader.paste(0, WALK)
        assert await grader.asked_about() == [WALK]
        assert [one.finding.rule for one in grader.document.shown] == ["paste-of-unknown-origin"]

    run(work)
    assert learnt(desk) == [UNDECLARED]


def test_the_projects_own_text_is_not_asked_about(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        grader.paste(0, FERRY)
        assert await grader.asked_about() == []
        # Nor what stands in the very text.
        grader.paste(0, TIDES)
        assert await grader.asked_about() == []

    run(work)


def test_a_block_that_is_saved_at_once_is_asked_about(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        await grader.quiet()
        grader.paste(0, WALK)
        # As editors with autosave do, before anything was judged.
        desk.sample.write(PATH, str(grader.text))
        grader.document.saved()
        assert await grader.asked_about() == [WALK]

    run(work)


def test_a_block_that_is_saved_by_a_client_that_tells_nothing_is_asked_about(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        await grader.quiet()
        office.hold("trace")
        grader.paste(0, WALK)
        async with office.held_up("trace"):
            desk.sample.write(PATH, str(grader.text))
            later = time.time_ns() + 10**9
            os.utime(desk.sample.root / PATH, ns=(later, later))
        assert await grader.asked_about() == [WALK]

    run(work)


@pytest.mark.parametrize("via", ["unknown", "reload"])
def test_what_the_file_held_before_the_editor_is_not_asked_about(desk, office, via):
    async def work():
        grader = Open(office, PATH, TIDES)
        await grader.quiet()
        desk.sample.write(PATH, WALK + TIDES)
        extent = grader.edit(0, 0, WALK)
        grader.document.landed([Block(extent, "insert", via=via)])
        # Whoever reads a file again may type at once.
        grader.key(0, 0, "# ")
        assert await grader.asked_about() == []

    run(work)


def test_a_reload_that_is_none_is_asked_about(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        extent = grader.edit(0, 0, WALK)
        grader.document.landed([Block(extent, "insert", via="reload")])
        assert await grader.asked_about() == [WALK]

    run(work)


def test_a_hint_after_a_save_does_not_make_a_paste_a_reload(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        await grader.quiet()
        extent = grader.paste(0, WALK)
        desk.sample.write(PATH, str(grader.text))
        grader.document.saved()
        grader.document.landed([Block(extent, "paste", via="reload")])
        assert await grader.asked_about() == [WALK]
        grader.document.landed([Block(extent, "paste", via="reload")])
        assert await grader.asked_about() == [WALK]

    run(work)


def test_a_paste_undone_while_it_is_looked_up_is_asked_about_when_it_is_done_again(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        extent = grader.paste(0, WALK)
        async with office.held_up("trace"):
            grader.undo(extent)
        assert await grader.asked_about() == []
        grader.edit(0, 0, WALK)
        # A redo: whoever watches the edits sees nothing new in it.
        grader.document.landed([])
        assert await grader.asked_about() == [WALK]

    run(work)


def test_only_what_is_left_of_a_block_is_asked_about(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        grader.paste(0, WALK + PENALTY)
        async with office.held_up("trace"):
            grader.edit(WALK.count("\n"), (WALK + PENALTY).count("\n"), "")
            grader.document.landed([])
        # What stood behind it, a person's own text, is not taken in.
        assert await grader.asked_about() == [WALK]

    run(work)


def test_the_same_block_put_in_twice_at_once_is_no_copy_of_itself(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        first = grader.edit(0, 0, WALK)
        second = grader.edit(len(grader.text.lines) - 1, len(grader.text.lines) - 1, WALK)
        grader.document.landed([Block(first, "paste"), Block(second, "paste")])
        assert await grader.asked_about() == [WALK, WALK]

    run(work)


def test_a_block_put_into_two_documents_is_no_copy_of_the_other(office):
    async def work():
        one, other = Open(office, PATH, TIDES), Open(office, "graders/other.py", TIDES)
        texts = lambda: {open_one.path: open_one.reception.known_text() for open_one in both}  # noqa: E731 -- what both share
        both = (one, other)
        for open_one in both:
            open_one.reception.held = texts
            open_one.paste(0, WALK)
        assert await one.asked_about() == [WALK]
        assert await other.asked_about() == [WALK]

    run(work)


def test_keys_while_a_block_is_looked_up_do_not_make_two_questions_of_it(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        grader.paste(0, WALK)
        async with office.held_up("trace"):
            last = len(grader.text.lines) - 1
            grader.key(last, 0, "x")
            await grader.document.settled()
            grader.key(last, 0, "y")
            await grader.document.settled()
        assert await grader.asked_about() == [WALK]
        assert office.asked.count("trace") == 1

    run(work)


def test_what_cannot_be_looked_up_is_asked_about(office, caplog):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.faults["trace"] = [AnalystError("it died"), AnalystError("it died")]
        grader.paste(0, WALK)
        assert await grader.asked_about() == [WALK]

    run(work)
    assert "could not be looked up: it died" in caplog.text


def test_a_look_up_whose_process_is_lost_is_begun_again(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.faults["trace"] = [AnalystError("the project was closed")]
        grader.paste(0, FERRY)
        assert await grader.asked_about() == []

    run(work)


def test_an_index_that_cannot_be_written_is_told_of_once_and_hides_nothing(desk, office, caplog):
    desk.index.mkdir()

    async def work():
        grader = Open(office, PATH, TIDES)
        grader.paste(0, WALK)
        assert await grader.asked_about() == [WALK]
        grader.paste(0, PENALTY)
        assert await grader.asked_about() == [PENALTY, WALK]
        # A copy of what nobody could learn is no copy of known text.
        grader.paste(len(grader.text.lines) - 1, WALK)
        assert await grader.asked_about() == [PENALTY, WALK, WALK]

    run(work)
    faults = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage().count("is not in the index") for one in faults] == [1]


def test_what_was_accepted_just_before_the_document_is_closed_is_learnt(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("remember")
        grader.paste(0, WALK, assistant="copilot")
        async with office.held_up("remember"):
            grader.document.close()
        await grader.quiet()

    run(work)
    assert learnt(desk) == ["copilot"]


def test_what_was_pasted_just_before_the_document_is_closed_is_learnt(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        await grader.quiet()
        grader.paste(0, WALK)
        grader.document.close()
        await grader.quiet()

    run(work)
    assert learnt(desk) == [UNDECLARED]


def test_a_block_whose_look_up_is_cut_short_by_closing_is_learnt(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        grader.paste(0, WALK)
        async with office.held_up("trace"):
            grader.document.close()
        await grader.quiet()

    run(work)
    assert learnt(desk) == [UNDECLARED]


def test_a_question_goes_on_where_the_text_is_followed_elsewhere(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        grader.paste(0, WALK)
        async with office.held_up("trace"):
            grader.document.abandon()
        again = Open(office, PATH, str(grader.text), questions=grader.reception._questions)
        assert await again.asked_about() == [WALK]

    run(work)


def test_words_of_one_completion_are_one_piece_of_evidence(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        lines = WALK.splitlines(keepends=True)
        first = None
        for number, line in enumerate(lines):
            extent = grader.edit(number, number, line)
            first = first or extent.start
            whole = type(extent)(first, extent.end)
            grader.document.landed([Block(whole, "completion", "copilot")])
            # And a plugin that says everything twice.
            grader.document.landed([Block(whole, "completion", "copilot")])
        await grader.quiet()
        (mark,) = grader.marks.marks
        assert grader.text.slice(mark.extent) == WALK

    run(work)


def test_a_maker_that_is_told_late_takes_the_question_away(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        extent = grader.paste(0, WALK)
        assert await grader.asked_about() == [WALK]
        grader.document.landed([Block(extent, "agent-edit", "copilot")])
        await grader.quiet()
        assert {one.finding.rule for one in grader.document.shown} == {"grader-external"}

    run(work)


def test_a_maker_of_one_copy_says_nothing_about_the_other(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        extent = grader.paste(0, WALK)
        await grader.quiet()
        # Cut, and put in twice: both are the block that is asked about.
        grader.undo(extent)
        first = grader.edit(0, 0, WALK)
        grader.document.landed([])
        last = len(grader.text.lines) - 1
        grader.edit(last, last, WALK)
        grader.document.landed([])
        assert await grader.asked_about() == [WALK, WALK]
        grader.document.landed([Block(first, "agent-edit", "copilot")])
        assert await grader.asked_about() == [WALK]

    run(work)


def test_who_does_not_want_to_be_asked_is_not_asked(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        grader.reception.asks = False
        grader.paste(0, WALK)
        assert await grader.asked_about() == []

    run(work)


def test_outside_protected_places_nothing_is_looked_up(office):
    async def work():
        code = Open(office, "src/code.py", TIDES)
        code.paste(0, WALK)
        assert await code.asked_about() == []

    run(work)
    assert "trace" not in office.asked


def test_a_question_lies_where_its_text_lies_whatever_was_typed_meanwhile(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.hold("trace")
        grader.paste(0, WALK)
        async with office.held_up("trace"):
            grader.edit(0, 0, "# One.\n# Two.\n")
            grader.document.landed([])
        assert await grader.asked_about() == [WALK]

    run(work)


def test_what_the_index_knows_is_let_go_where_it_is_much(office):
    async def work():
        grader = Open(office, PATH, TIDES)
        for number in range(1_200):
            line = f"answer_{number} = weigh(lantern, {number})\n"
            grader.paste(0, line, assistant="copilot")
        await grader.quiet()
        assert len(grader.marks.marks) < 1_200
        assert len(grader.reception._unlearnt) == 0

    run(work)


@pytest.mark.parametrize("ends", ["\f", "\u2028", "\x1c"])
def test_lines_are_counted_as_editors_do(office, ends):
    async def work():
        grader = Open(office, PATH, TIDES)
        block = f"# A page{ends}" * 8 + "\n" + WALK
        grader.paste(0, block)
        assert await grader.asked_about() == [block]

    run(work)


@pytest.fixture
def recorded(desk):
    """A file that the index tells of under its own name only."""
    root = desk.sample.root.resolve()
    desk.sample.write("src/hours.py", HOURS)
    learn(desk.index, [LiveEdit(f"{root}/src/hours.py", HOURS, "copilot", "completion", 1)])


def test_a_copied_file_is_looked_up_again_where_that_failed(recorded, office):
    async def work():
        office.faults["arrival"] = [AnalystError("it died")]
        grader = Open(office, "graders/hours.py", HOURS)
        await grader.quiet()
        assert not grader.document.shown
        grader.document.judge_soon(0)
        await grader.quiet()
        assert [one.finding.rule for one in grader.document.shown] == ["grader-external"]

    run(work)


def test_a_copied_file_is_found_though_the_index_cannot_be_written(recorded, office):
    async def work():
        office.hold("arrival")
        office.faults["remember"] = [IndexFault("it is full")]
        grader = Open(office, "graders/hours.py", HOURS)
        async with office.held_up("arrival"):
            # Whoever opens it types at once.
            grader.edit(0, 0, "# Hours.\n")
            grader.document.landed([])
        await grader.quiet()
        (shown,) = grader.document.shown
        assert shown.extent.start.line == 1

    run(work)


def test_learning_is_not_lost_with_a_process(desk, office):
    async def work():
        grader = Open(office, PATH, TIDES)
        office.faults["remember"] = [AnalystError("the project was closed")]
        grader.paste(0, WALK, assistant="copilot")
        await grader.quiet()

    run(work)
    assert learnt(desk) == ["copilot"]
