"""A block that was put in is traced to the project's own text, and its taint comes with it."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import CLAUDE, Desk

from maze import FERRY, OWN, PENALTY, TIDES, WALK
from redline.live.analyse import analyse
from redline.live.arrivals import arrived
from redline.live.places import Extent, Place
from redline.live.remembering import remember
from redline.live.tracing import Copy, trace
from redline.live.workroom import Project, Workroom
from redline.matching.prints import INFORMATIVE, take
from redline.model import EvidenceKind, Strength

MADE = f"{PENALTY}\n\n{WALK}"
HEAD = PENALTY.count("\n") + 2


@pytest.fixture
def desk(tmp_path):
    """A file by Claude, one by a person, and a grader to put something into."""
    desk = Desk(tmp_path)
    desk.sample.commit("by hand", {"src/tides.py": f"{TIDES}\n\n{FERRY}", "graders/score.py": OWN})
    desk.sample.commit("by Claude", {"src/walk.py": MADE}, author=CLAUDE)
    yield desk
    desk.room.close()


def test_a_copy_of_a_tainted_text_is_tainted(desk):
    found = trace(desk.room, "graders/score.py", WALK, {"graders/score.py": OWN})
    last = HEAD + WALK.count("\n")
    assert found.copies == (Copy("src/walk.py", HEAD + 1, last, committed=False, clean=False),)
    (mark,) = found.marks
    assert mark.extent == Extent(Place(0, 0), Place(WALK.count("\n"), 0))
    assert (mark.evidence.kind, mark.evidence.assistant) == (EvidenceKind.EDIT, "claude-code")
    assert mark.evidence.strength is Strength.DECLARED
    assert mark.evidence.detail.startswith(f"copied from src/walk.py:{HEAD + 1}-{last}, commit ")


def test_marks_lie_where_the_block_was_put(desk):
    found = trace(desk.room, "graders/score.py", WALK)
    (mark,) = found.at(Place(7, 4))
    assert mark.extent == Extent(Place(7, 4), Place(7 + WALK.count("\n"), 0))


def test_a_copy_of_a_clean_text_needs_no_question(desk):
    found = trace(desk.room, "graders/score.py", TIDES)
    assert found.known
    assert found.marks == ()
    assert str(found) == f"from this repository, src/tides.py:1-{TIDES.count(chr(10))}"


def test_a_text_that_stands_nowhere_is_unknown(desk):
    block = TIDES.replace("harbour", "estuary")
    found = trace(desk.room, "graders/score.py", block)
    assert not found.known
    assert found.complete
    assert str(found) == "nothing in this repository tells where it is from"


def test_only_the_copied_lines_carry_taint(desk):
    commit = desk.sample.commit("with a note", {"src/noted.py": f"{TIDES}\n\n{FERRY}\n{OWN}"})
    note = (
        "src/noted.py\n  s_1::t_1 3-4\n---\n"
        '{"schema_version": "authorship/3.0.0", "base_commit_sha": "", "prompts": {}, "sessions":'
        ' {"s_1": {"agent_id": {"tool": "codex", "id": "c-1", "model": "m"}}}}\n'
    )
    desk.sample.note(commit, note)
    os.unlink(desk.sample.root / "src/tides.py")
    block = "".join(TIDES.splitlines(keepends=True)[1:])
    found = trace(desk.room, "graders/score.py", block)
    (mark,) = found.marks
    assert mark.extent == Extent(Place(1, 0), Place(3, 0))
    assert mark.evidence.strength is Strength.RECORDED
    assert mark.evidence.assistant == "codex"


def test_where_the_text_stands_clean_too_it_only_makes_suspect(desk):
    desk.sample.commit("by hand", {"src/mine.py": f"{OWN}\n\n{WALK}"})
    found = trace(desk.room, "graders/score.py", WALK)
    assert [copy.clean for copy in found.copies] == [False, True]
    assert [mark.evidence.strength for mark in found.marks] == [Strength.SUSPECTED]


def test_a_selection_may_begin_inside_a_word_and_be_indented_anew(desk):
    lines = WALK.splitlines(keepends=True)[3:9]
    block = "".join(f"        {line.strip()}\r\n" for line in lines)[8 + 3 :]
    assert trace(desk.room, "graders/score.py", block).known


def test_what_was_cut_and_saved_is_in_the_last_commit_still(desk):
    desk.sample.write("src/walk.py", PENALTY)
    found = trace(desk.room, "graders/score.py", WALK)
    assert [(copy.path, copy.committed, copy.clean) for copy in found.copies] == [
        ("src/walk.py", True, False)
    ]
    assert found.marks[0].evidence.assistant == "claude-code"


def test_open_texts_count_as_they_are_not_as_they_were_saved(desk):
    held = {"src/new.py": f"{OWN}\n\n{FERRY.replace('captain', 'pilot')}"}
    block = FERRY.replace("captain", "pilot")
    found = trace(desk.room, "graders/score.py", block, held)
    assert [copy.path for copy in found.copies] == ["src/new.py"]
    assert not trace(desk.room, "graders/score.py", block).known


def test_a_move_inside_the_file_is_known_by_what_stood_there_before(desk):
    before = f"{OWN}\n\n{FERRY.replace('captain', 'pilot')}"
    block = FERRY.replace("captain", "pilot")
    assert trace(desk.room, "graders/score.py", block, {"graders/score.py": before}).known


def test_the_saved_file_itself_is_no_source_of_what_was_just_put_into_it(desk):
    block = FERRY.replace("captain", "pilot")
    desk.sample.write("graders/score.py", OWN + block)
    assert not trace(desk.room, "graders/score.py", block).known


def test_attributes_of_the_repository_hide_no_text(desk):
    desk.sample.write(".gitattributes", "* binary\n")
    assert trace(desk.room, "graders/score.py", WALK).marks


def test_untracked_files_count_and_ignored_ones_do_not(desk):
    block = FERRY.replace("captain", "pilot")
    desk.sample.write(".gitignore", "build/\n")
    desk.sample.write("build/out.py", block)
    assert not trace(desk.room, "graders/score.py", block).known
    desk.sample.write("src/untracked.py", block)
    assert trace(desk.room, "graders/score.py", block).known


@pytest.mark.parametrize(
    "block",
    [
        "--open-files-in-pager=touch pwned\n-e --untracked ; rm -rf lantern\n",
        "-f/etc/passwd and other words of note\n",
        "(((unbalanced [regular expression of a lantern\n\\1\\2 and more words\n",
        "\0 zero bytes and some words of note \0\n",
        "\ud800 lone surrogates and some words of note\n",
        "x" * 5000 + "\n",
        "\n\n   \n",
        "",
        ":(exclude)* HEAD -- lantern and chamber\n",
    ],
)
def test_hostile_blocks_are_only_looked_for(desk, block):
    found = trace(desk.room, "graders/score.py", block)
    assert not found.known
    assert not (desk.sample.root / "pwned").exists()
    if "\0" not in block and block.strip():
        name = os.fsdecode(b"--src\xff\n-e/od d.py")
        data = (FERRY + block + TIDES).encode("utf-8", "surrogatepass")
        desk.sample.write(name, data)
        assert [copy.path for copy in trace(desk.room, "graders/score.py", block).copies] == [name]


def test_a_folder_without_git_is_walked(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "tides.py").write_text(TIDES)
    (tmp_path / "src" / "blob.bin").write_bytes(b"\0" + TIDES.encode())
    os.symlink("/etc/hostname", tmp_path / "src" / "link.py")
    room = Workroom(Project(tmp_path.resolve(), None))
    try:
        found = trace(room, "score.py", TIDES)
        assert [copy.path for copy in found.copies] == ["src/tides.py"]
        assert not trace(room, "score.py", FERRY).known
    finally:
        room.close()


def test_what_was_copied_is_remembered_when_all_is_closed(desk):
    """Blame forgets a copy once it is committed by a person; the index does not."""
    text = f"{OWN}\n\n{WALK}"
    start = Place(OWN.count("\n") + 2, 0)
    marks = trace(desk.room, "graders/score.py", WALK).at(start)
    assert remember(desk.room, "graders/score.py", text.encode(), marks, "copy", "vim", 10**12) == 1
    desk.sample.write("graders/score.py", text)
    desk.sample.commit("by hand")
    evidence = analyse(desk.room, "graders/score.py", text.encode()).evidence
    assert [(one.kind, one.assistant, one.strength) for one in evidence] == [
        (EvidenceKind.EDIT, "claude-code", Strength.DECLARED)
    ]
    assert arrived(desk.room, "graders/score.py", text.encode()) == ()


WORDS = ["lantern", "chamber_of_echoes", "x", "=", "(", ")", '"', "'", ",", ";", "\\", "\t", " "]
WORDS += ["\n", "\r\n", "\r", "\0", "é", "\ud800", "𝔘nicode", "0.5", "return", "-e", "--"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    room = Workroom(Project(tmp_path_factory.mktemp("bare").resolve(), None))
    yield room
    room.close()


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join), st.data())
def test_any_part_of_an_open_text_is_found_in_it(bare, text, data):
    start = data.draw(st.integers(0, len(text)))
    block = text[start : data.draw(st.integers(start, len(text)))]
    prints = take(block.encode("utf-8", "surrogatepass"), abstract=False)
    telling = any(weight >= INFORMATIVE for weight in prints.weights)
    found = trace(bare, "here.py", block, {"there.py": text})
    if telling and len(prints.hashes) > 5:
        assert found.known
    for copy in found.copies:
        assert 1 <= copy.first_line <= copy.last_line <= text.count("\n") + 1
