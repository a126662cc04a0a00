"""A file that comes to lie in a protected place brings along what is known of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from rooms import CLAUDE, Desk

from maze import FERRY, OWN, PENALTY, TIDES, WALK
from redline.indexer.edits import LiveEdit, learn
from redline.live.analyse import analyse
from redline.live.arrivals import arrived
from redline.live.carrying import carry_over
from redline.live.workroom import Project, Workroom
from redline.model import UNDECLARED, EvidenceKind

MADE = f"{WALK}\n\n{PENALTY}"
LANTERNS = """\
def lanterns_left(wharf, fog, keepers):
    \"\"\"How many lamps still burn when the last keeper has gone home.\"\"\"
    burning = sum(lamp.oil_pints for lamp in wharf.lamps if not lamp.broken)
    for keeper in sorted(keepers, key=lambda keeper: keeper.shift_ends):
        if fog.thickness_at(keeper.shift_ends) < keeper.patience_fathoms:
            burning -= keeper.habit_of_snuffing // 3
    return max(burning, wharf.beacon_pints)
"""
LANDED = 1_772_400_000_000


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.sample.commit("by hand", {"src/tides.py": f"{TIDES}\n\n{FERRY}"})
    desk.sample.commit("by Claude", {"src/walk.py": MADE}, author=CLAUDE)
    (desk.sample.root / "graders").mkdir()
    yield desk
    desk.room.close()


def who(marks):
    return [(mark.evidence.assistant, str(mark.evidence.strength)) for mark in marks]


def told(desk, path, text=None):
    """What an analysis finds: rule, first and last line (from 1), and how."""
    data = (desk.sample.root / path).read_bytes() if text is None else text.encode()
    return [
        (one.rule, one.start.line, str(one.region.best.strength), str(one.region.best.kind))
        for one in analyse(desk.room, path, data).findings
    ]


def test_a_file_that_the_shell_moves_into_the_graders_is_found_at_once(desk):
    os.rename(desk.sample.root / "src/walk.py", desk.sample.root / "graders/walk.py")
    assert told(desk, "graders/walk.py") == [("grader-external", 1, "declared", "commit")]
    # The analysis tells all of it: nothing need be carried over.
    assert arrived(desk.room, "graders/walk.py", MADE.encode()) == ()
    assert arrived(desk.room, "graders/walk.py", MADE.encode(), {}, "src/walk.py") == ()


def test_a_move_is_noticed_in_a_room_that_was_open_before(desk):
    assert told(desk, "src/walk.py") == []
    sample = desk.sample
    sample.write("graders/walk.py", MADE)
    assert told(desk, "graders/walk.py") == [("grader-external", 1, "declared", "commit")]


def test_a_copy_of_text_that_is_not_committed(desk):
    learn(desk.index, [edit(desk, "src/new.py", TIDES.replace("harbour", "estuary"))])
    text = TIDES.replace("harbour", "estuary")
    desk.sample.write("src/new.py", text)
    desk.sample.write("graders/new.py", text)
    # The index knows the text wherever it stands; where it stood it is recorded.
    assert told(desk, "graders/new.py") == [("grader-external", 1, "matched", "edit")]
    assert who(arrived(desk.room, "graders/new.py", text.encode())) == [("copilot", "recorded")]


def test_a_rename_that_the_editor_tells_keeps_what_was_recorded(desk):
    text = "def hours(maze):\n    return maze.walls_per_hour * 24\n"
    learn(desk.index, [edit(desk, "src/hours.py", text)])
    assert told(desk, "graders/hours.py", text) == []
    marks = arrived(desk.room, "graders/hours.py", text.encode(), {}, "src/hours.py")
    assert who(marks) == [("copilot", "recorded")]
    assert marks[0].evidence.kind is EvidenceKind.EDIT
    assert marks[0].evidence.detail == (
        "moved here from src/hours.py, where this text was accepted from GitHub Copilot in the"
        " editor"
    )
    found = analyse(desk.room, "graders/hours.py", text.encode(), marks).findings
    assert [one.rule for one in found] == ["grader-external"]


@pytest.mark.parametrize(("head", "carried"), [("@task\n", ("src/tasks.py",)), ("", ())])
def test_a_copy_is_looked_at_where_what_stands_in_it_is_protected(desk, head, carried):
    text = f"import inspect_ai\n\n\n{head}{LANTERNS}"
    desk.sample.write("src/new.py", text)
    learn(desk.index, [edit(desk, "src/new.py", text)])
    desk.sample.write("src/tasks.py", text)
    assert carry_over(desk.room, ("src/tasks.py",)) == carried


def test_a_persons_file_brings_nothing(desk):
    text = f"{TIDES}\n\n{FERRY}"
    os.rename(desk.sample.root / "src/tides.py", desk.sample.root / "graders/tides.py")
    assert told(desk, "graders/tides.py") == []
    assert arrived(desk.room, "graders/tides.py", text.encode()) == ()
    assert arrived(desk.room, "graders/tides.py", text.encode(), {}, "src/tides.py") == ()


@pytest.mark.parametrize("text", [b"", b"\n\n", b"\xff\xfe not UTF-8 \xff\n", b"\0\0"])
def test_odd_texts_bring_nothing(desk, text):
    assert arrived(desk.room, "graders/odd.py", text) == ()
    assert arrived(desk.room, "graders/odd.py", text, {}, "../outside.py") == ()


def edit(desk, path, text, assistant="copilot", kind="completion"):
    place = (desk.sample.root.resolve() / path).as_posix()
    return LiveEdit(place, text, assistant, kind, LANDED)


ASK = """\
import sys
from pathlib import Path
from redline.live.analyse import analyse
from redline.live.workroom import Project, Workroom
room = Workroom(Project(Path(sys.argv[1]), Path(sys.argv[2])))
for one in analyse(room, sys.argv[3], sys.stdin.buffer.read()).findings:
    print(one.rule, one.start.line, one.end.line, one.region.best.assistant, one.fingerprint)
room.close()
"""


def elsewhere(desk, path, text):
    """What another process finds in the project, one that has seen nothing land."""
    words = [sys.executable, "-c", ASK, desk.sample.root.resolve(), desk.index, path]
    done = subprocess.run(words, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    ("assistant", "kind", "rule"),
    [
        ("copilot", "completion", "grader-external"),
        (UNDECLARED, "paste", "paste-of-unknown-origin"),
    ],
)
def test_what_landed_is_known_after_a_restart(desk, assistant, kind, rule):
    block = LANTERNS
    text = f"{OWN}\n\n{block}"
    learn(desk.index, [edit(desk, "graders/score.py", block, assistant, kind)])
    now = [
        f"{one.rule} {one.start.line} {one.end.line} {assistant} {one.fingerprint}"
        for one in analyse(desk.room, "graders/score.py", text.encode()).findings
    ]
    assert [line.split()[0] for line in now] == [rule]
    assert elsewhere(desk, "graders/score.py", text) == now
    # Moved by whatever means, it is found under its new name.
    moved = elsewhere(desk, "graders/other.py", text)
    assert [line.split()[:4] for line in moved] == [now[0].split()[:4]]
    # Rewritten by hand, it is gone.
    assert elsewhere(desk, "graders/score.py", f"{OWN}\n\n{TIDES}") == []


def test_lint_says_the_same_as_the_editor(desk):
    block = LANTERNS
    desk.sample.write("graders/score.py", f"{OWN}\n\n{block}")
    learn(desk.index, [edit(desk, "graders/score.py", block)])
    paste = TIDES.replace("harbour", "estuary")
    desk.sample.write("graders/pasted.py", paste)
    learn(desk.index, [replace(edit(desk, "graders/pasted.py", paste), assistant=UNDECLARED)])
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(desk.folder),
        "REDLINE_INDEX": str(desk.index),
        "REDLINE_CACHE": str(desk.folder / "cache"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "redline", "lint", "graders"],
        cwd=desk.sample.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "error[grader-external]" in done.stdout
    assert "note[paste-of-unknown-origin]" in done.stdout
    assert "recorded, copilot: this text was accepted from GitHub Copilot in the editor" in (
        done.stdout
    )
    for path in ("graders/score.py", "graders/pasted.py"):
        text = (desk.sample.root / path).read_bytes()
        for one in analyse(desk.room, path, text).findings:
            assert one.message in done.stdout
            assert f"{path}:{one.start.line}:{one.start.column}" in done.stdout


def test_without_an_index_nothing_is_lost_but_memory(tmp_path):
    desk = Desk(tmp_path)
    desk.sample.commit("by hand", {"src/tides.py": TIDES})
    room = Workroom(Project(desk.sample.root.resolve(), None))
    try:
        assert arrived(room, "graders/tides.py", TIDES.encode()) == ()
    finally:
        room.close()
        desk.room.close()
