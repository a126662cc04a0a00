"""Lines that a session wrote to this very file: which path is meant, and which line."""

from __future__ import annotations

import pytest

from maze import OWN, PENALTY, WALK, lines
from redline.matching.written import same_file

ALL = [("recorded", 1, lines(WALK))]


@pytest.mark.parametrize(
    ("recorded", "cwd", "same"),
    [
        pytest.param("/home/ada/maze/evals/walk.py", "/home/ada/maze", True, id="the same root"),
        pytest.param("/tmp/wt-7/evals/walk.py", "/tmp/wt-7", True, id="a worktree"),
        pytest.param("C:\\src\\maze\\evals\\walk.py", "C:\\src\\maze", True, id="Windows"),
        pytest.param("evals/walk.py", None, True, id="relative"),
        pytest.param("/elsewhere/evals/walk.py", "/home/ben", False, id="a tail elsewhere"),
        pytest.param("/w/maze/evals/swim.py", "/w/maze", None, id="another file"),
    ],
)
def test_which_recorded_path_means_this_file(recorded, cwd, same):
    assert same_file("evals/walk.py", "/home/ada/maze", recorded, cwd) is same


def test_a_long_tail_in_a_renamed_clone_means_this_file():
    path = "packages/core/evals/walk.py"
    assert same_file(path, "/home/ada/maze", f"/srv/clone-of-maze/{path}", "/srv") is True


@pytest.mark.parametrize("recorded", ["/w/maze/docs/README.md", "/w/other/README.md"])
def test_a_roots_readme_is_not_that_of_another_folder(recorded):
    assert same_file("README.md", "/home/ada/maze", recorded, "/w/maze") is None


def test_what_failed_first_takes_no_line_from_what_landed(workshop):
    twice = "brass_lamp = polish(lamp, soot=0.25)\n"
    for part in ("one", "two"):
        workshop.log.refused("evals/lamps.py", f"# {part}\n{twice}")
    for part in ("one", "two"):
        workshop.log.write("evals/lamps.py", f"# {part}\n{twice}")
    text = twice + OWN + twice
    recorded = [found for found in workshop.found("evals/lamps.py", text) if "recorded" in found]
    assert recorded == [("recorded", 1, 1), ("recorded", lines(text), lines(text))]


def test_a_rejected_write_is_matched_for_it_can_still_be_pasted(workshop):
    workshop.log.refused("evals/walk.py", WALK)
    assert workshop.found("evals/walk.py", WALK) == [("matched", 1, lines(WALK))]


def test_a_written_file_is_recorded_whole(workshop):
    workshop.log.write("evals/walk.py", WALK)
    assert workshop.found("evals/walk.py", WALK) == ALL


def test_a_humans_lines_in_the_middle_stay_the_humans(workshop):
    workshop.log.write("evals/walk.py", WALK)
    rows = WALK.splitlines(keepends=True)
    mine = ["    if not labyrinth.open_on(weekday()):\n", "        raise ClosedToday(weekday())\n"]
    assert workshop.found("evals/walk.py", "".join([*rows[:4], *mine, *rows[4:]])) == [
        ("recorded", 1, 4),
        ("recorded", 7, len(rows) + 2),
    ]


def test_a_moved_block_is_still_recorded(workshop):
    workshop.log.write("evals/walk.py", WALK + "\n\n" + PENALTY)
    size = lines(PENALTY)
    assert workshop.found("evals/walk.py", PENALTY + "\n\n" + WALK) == [
        ("recorded", size + 3, size + 2 + lines(WALK)),
        ("recorded", 1, size),
    ]


def test_deleted_lines_and_blank_ones_claim_nothing(workshop):
    workshop.log.write("evals/walk.py", WALK)
    assert workshop.found("evals/walk.py", "\n\n\n)\n") == []


def test_imports_are_recorded_in_the_file_they_were_written_to_only(workshop):
    head = "from labyrinths.cartography import TorchBudget\n"
    workshop.log.write("evals/walk.py", head)
    assert workshop.found("evals/walk.py", head + OWN) == [("recorded", 1, 1)]
    assert workshop.found("evals/swim.py", head + OWN) == []


def test_of_twin_lines_the_one_in_the_written_run_is_meant(workshop):
    twin = "    torches.light(count=3)\n"
    human = "def dusk(torches):\n" + twin + "\n\n"
    written = "def dawn_over_the_labyrinth(torches):\n" + twin
    workshop.log.write("evals/walk.py", written)
    assert workshop.found("evals/walk.py", human + written) == [("recorded", 5, 6)]


def test_a_line_that_stood_in_the_file_before_is_not_recorded(workshop):
    call = workshop.log.begin_write("evals/walk.py", OWN + WALK)
    workshop.log.applied(call, "evals/walk.py", OWN + WALK, before=OWN)
    first = lines(OWN) + 1
    assert workshop.found("evals/walk.py", OWN + WALK) == [
        ("recorded", first, first + lines(WALK) - 1)
    ]


def test_old_lines_of_a_written_file_are_not_recorded(workshop):
    from assistant_log import WROTE_AT

    workshop.log.write("evals/walk.py", WALK)
    half = lines(WALK) // 2
    times = [WROTE_AT - 86_400_000] * half + [None] * (lines(WALK) - half)
    assert workshop.found("evals/walk.py", WALK, times) == [("recorded", half + 1, lines(WALK))]
