"""What lands in an editor is learnt as fingerprints, and found again wherever it stands."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from assistant_log import Log, indexed
from maze import FERRY, PENALTY, TIDES, WALK
from redline.detect.sessions import SessionDetector
from redline.indexer import export, import_, prune, status, update
from redline.indexer.edits import LiveEdit, learn
from redline.matching.store import Store
from redline.model import UNDECLARED, EvidenceKind, Strength

ROOT = "/home/ada/maze"
LANDED = 1_772_400_000_000
KEY = b"sixteen bytes ok"


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.db"


def edit(text=WALK, path="graders/walk.py", assistant="copilot", kind="completion", **more):
    return LiveEdit(f"{ROOT}/{path}", text, assistant, kind, LANDED, **more)


def pasted(text=WALK, path="graders/walk.py", **more):
    return edit(text, path, UNDECLARED, "paste", **more)


def evidence(index, path, text, times=None):
    with SessionDetector.open(index) as detector:
        return detector.evidence(path, ROOT, text.encode(), times)


def found(index, path, text, times=None):
    """Who, how sure, and the lines (from 1, inclusive) of each piece of evidence."""
    data = text.encode()
    return [
        (
            one.assistant,
            str(one.strength),
            data.count(b"\n", 0, one.span.start) + 1,
            data.count(b"\n", 0, one.span.end - 1) + 1,
        )
        for one in evidence(index, path, text, times)
    ]


def pieces(index):
    with closing(sqlite3.connect(index)) as database:
        return database.execute("SELECT count(*) FROM piece").fetchone()[0]


def test_an_accepted_completion_is_recorded_where_it_landed(index):
    assert learn(index, [edit(model="gpt-5", via="vscode")]) == 1
    text = f"import os\n\n\n{WALK}"
    assert found(index, "graders/walk.py", text) == [("copilot", "recorded", 4, 16)]
    (one,) = evidence(index, "graders/walk.py", text)
    assert one.kind is EvidenceKind.EDIT
    assert one.detail == "this text was accepted from GitHub Copilot in the editor"
    assert (one.model, one.session, one.time) == ("gpt-5", None, LANDED)


def test_it_is_matched_in_a_file_of_another_name(index):
    learn(index, [edit()])
    assert found(index, "graders/moved.py", WALK) == [("copilot", "matched", 1, 13)]
    (one,) = evidence(index, "graders/moved.py", WALK)
    assert one.detail == (
        "the same text was accepted from GitHub Copilot into walk.py in the editor;"
        " the text is the same, line by line"
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("agent-edit", "this text was put in by Cursor in the editor"),
        ("paste", "this text was pasted from Cursor in the editor"),
        ("copy", "this text was copied from text of Cursor in the editor"),
        ("inline_completion", "this text was accepted from Cursor in the editor"),
        ("snippet", "this text was put in from Cursor in the editor"),
        ("write", "this text was put in from Cursor in the editor"),
    ],
)
def test_each_way_to_land_has_its_words(index, kind, words):
    learn(index, [edit(assistant="cursor", kind=kind)])
    assert [one.detail for one in evidence(index, "graders/walk.py", WALK)] == [words]


def test_what_a_person_has_rewritten_ends(index):
    learn(index, [edit()])
    assert found(index, "graders/walk.py", TIDES) == []


def test_lines_that_a_person_has_changed_are_theirs(index):
    learn(index, [edit()])
    lines = WALK.splitlines(keepends=True)
    lines[4:8] = ["    return harbour.tides.spring(moon=almanac.phase, quay=margin)\n"]
    told = evidence(index, "graders/walk.py", text := "".join(lines))
    sure = [one for one in told if one.strength is Strength.RECORDED]
    assert [text[one.span.start : one.span.end] for one in sure] == [
        "".join(lines[:4]),
        "".join(lines[5:]),
    ]
    # Around it the text is alike all the same, but not all of it is the assistant's.
    assert all(one.share < 1 for one in told if one.strength is Strength.MATCHED)


def test_a_paste_of_unknown_origin_is_suspected_wherever_it_stands(index):
    learn(index, [pasted()])
    for path in ("graders/walk.py", "graders/moved.py"):
        assert found(index, path, WALK) == [(UNDECLARED, "suspected", 1, 13)]
    (one,) = evidence(index, "graders/walk.py", WALK)
    assert one.detail == "this text was pasted in the editor; nothing tells where it is from"


def test_new_names_are_no_trace_of_a_paste(index):
    learn(index, [pasted()])
    other = WALK
    for old, new in {"labyrinth": "graph", "frontier": "queue", "visited": "known",
                     "chamber": "node", "torches": "trail", "corridor": "edge",
                     "entrance": "begin", "treasure": "finish"}.items():  # fmt: skip
        other = other.replace(old, new)
    assert found(index, "graders/other.py", other) == []


def test_a_few_lines_that_are_also_in_a_paste_are_everybodys(index):
    learn(index, [pasted(f"{WALK}\n\n{TIDES}\n\n{PENALTY}")])
    few = "".join(WALK.splitlines(keepends=True)[:4])
    assert not found(index, "graders/walk.py", f"import os\n\n\n{few}")
    assert found(index, "graders/walk.py", f"import os\n\n\n{WALK}\n\n{TIDES}\n\n{PENALTY}")


def test_a_question_never_stands_before_an_answer(index, tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.say(f"Here you are:\n\n```python\n{WALK}```\n")
    indexed(tmp_path / "sessions", index)
    learn(index, [pasted()])
    told = found(index, "graders/walk.py", WALK)
    assert ("claude-code", "matched", 1, 13) in told
    # And of the same kind of match the known author's alone is told.
    assert found(index, "graders/moved.py", WALK) == [("claude-code", "matched", 1, 13)]


def test_the_same_text_again_is_no_second_piece(index):
    assert learn(index, [edit(), edit()]) == 1
    assert learn(index, [edit()]) == 0
    assert learn(index, [edit(path="other.py")]) == 1
    assert pieces(index) == 2


def test_text_that_says_nothing_is_left_out(index):
    assert learn(index, [edit("\n\n    \n"), edit("")]) == 0
    assert learn(index, []) == 0
    assert not index.exists()


def test_half_a_line_is_learnt_whole_where_most_of_it_landed(index):
    rest = "chamber, torches = frontier.popleft(); visited.add((chamber, torches))"
    learn(index, [edit(rest, before="        if x: ")])
    text = f"while frontier:\n        if x: {rest}\n"
    assert found(index, "graders/walk.py", text) == [("copilot", "recorded", 2, 2)]


def test_a_line_that_is_mostly_a_persons_stays_theirs(index):
    mine = "surplus = len(answer.torches) - len(ideal.torches_of(labyrinth, entrance)) + "
    learn(index, [edit("margin", before=mine)])
    if index.exists():
        assert found(index, "graders/walk.py", f"{mine}margin\n") == []


def test_lines_that_stood_there_before_stay_whose_they_were(index):
    new = WALK.replace("return torches", "return tuple(reversed(torches))")
    learn(index, [edit(new, kind="agent-edit", replaced=WALK)])
    line = new.split("return tuple")[0].count("\n") + 1
    assert found(index, "graders/walk.py", new) == [("copilot", "recorded", line, line)]
    assert found(index, "graders/walk.py", WALK) == []


def test_a_copy_counts_for_no_more_than_what_was_copied(index):
    learn(index, [edit(kind="copy", strength=Strength.DECLARED)])
    assert found(index, "graders/walk.py", WALK) == [("copilot", "declared", 1, 13)]


@pytest.mark.parametrize("doubt", [UNDECLARED, "copilot"])
def test_a_crowd_of_doubtful_pieces_hides_no_session(index, tmp_path, doubt):
    crowd = [
        edit(path=f"graders/walk_{n}.py", assistant=doubt, strength=Strength.SUSPECTED)
        for n in range(300)
    ]
    assert learn(index, crowd) == 300
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.say(f"Here you are:\n\n```python\n{WALK}```\n")
    indexed(tmp_path / "sessions", index)
    assert found(index, "graders/moved.py", WALK) == [("claude-code", "matched", 1, 13)]


def test_a_copy_that_only_makes_suspect_hides_no_session(index, tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.say(f"Here you are:\n\n```python\n{WALK}```\n")
    indexed(tmp_path / "sessions", index)
    learn(index, [edit(kind="copy", strength=Strength.SUSPECTED)])
    assert ("claude-code", "matched", 1, 13) in found(index, "graders/walk.py", WALK)
    # Nor where it is no more than alike.
    assert found(index, "graders/moved.py", WALK) == [("claude-code", "matched", 1, 13)]


def test_a_line_older_than_the_edit_is_not_the_editors(index):
    learn(index, [edit()])
    times = [LANDED - 10_000_000] * 13
    assert found(index, "graders/walk.py", WALK, times) == []


def test_values_in_data_are_learnt_as_values(index):
    quest = WALK.replace("\n", "\\n").replace('"', '\\"')
    learn(index, [edit(f'{{"solution": "{quest}"}}\n', path="data/rows.jsonl")])
    assert [row[:2] for row in found(index, "graders/walk.py", WALK)] == [("copilot", "matched")]


def test_an_update_does_not_take_it_for_a_file_that_is_gone(index, tmp_path):
    learn(index, [edit()])
    Log(tmp_path / "sessions" / "one.jsonl").write("solver.py", TIDES)
    report = update([tmp_path / "sessions"], index)
    assert (report.gone, report.files) == (0, 1)
    assert prune(index) == 0
    known = status(index)
    assert (known.files, known.gone, known.complaint) == (1, 0, None)
    assert known.live == [("copilot", 1, LANDED)]
    assert found(index, "graders/walk.py", WALK) == [("copilot", "recorded", 1, 13)]


def test_prune_forgets_what_landed_long_ago(index):
    learn(index, [edit(), replace(edit(TIDES, "tides.py"), time=LANDED + 1000)])
    assert prune(index, before=LANDED + 500) == 1
    assert found(index, "graders/walk.py", WALK) == []
    assert found(index, "tides.py", TIDES) == [("copilot", "recorded", 1, 10)]
    assert status(index).complaint is None


def test_an_export_holds_nothing_of_unknown_origin(index, tmp_path):
    learn(index, [edit(), pasted(TIDES, "tides.py")])
    assert export(index, tmp_path / "team.index", KEY) == 1
    other = tmp_path / "other.db"
    assert import_(other, tmp_path / "team.index", KEY) == 1
    assert found(other, "graders/else.py", WALK) == [("copilot", "matched", 1, 13)]
    assert found(other, "tides.py", TIDES) == []
    with Store(other) as store:
        assert UNDECLARED not in [row[0] for row in store.live_tally()]


def test_many_commits_of_one_piece_leave_few_runs(index):
    for number in range(40):
        text = WALK.replace("frontier", f"frontier_{number}").replace("torches", f"coal{number}")
        learn(index, [edit(text, f"walk_{number}.py")])
    with Store(index) as store:
        assert len(store.runs()) <= 9
    assert status(index).complaint is None


def test_the_index_holds_no_text(index):
    learn(index, [edit("secret_treasure_chamber = 'the password is lantern-bearer'\n" + WALK)])
    held = b"".join(path.read_bytes() for path in index.parent.glob("index.db*"))
    for word in (b"lantern", b"password", b"secret_treasure", b"labyrinth"):
        assert word not in held


def test_odd_names_and_texts_are_taken(index):
    strange = edit(FERRY, "\ud800/\0.py", "\x1b]0;evil\x07 \u202e Assistant", via="\ud801" * 999)
    learn(index, [replace(strange, model="\ud800\x1b[31m")])
    assert [row[0] for row in found(index, "other.py", FERRY)] == ["0-evil-assistant"]
    odd = os.fsdecode(b"/tmp/\xff\xfe name\n.py")
    learn(index, [LiveEdit(odd, WALK + "\ud800\0", "copilot", "paste", LANDED)])
    learn(index, [LiveEdit("", TIDES, "copilot", "insert", LANDED)])
    assert [row[1] for row in found(index, "any.py", TIDES)] == ["matched"]
    assert status(index).complaint is None


WRITER = """\
import sys
from pathlib import Path
from redline.indexer.edits import LiveEdit, learn
body = Path(sys.argv[2]).read_text()
number = int(sys.argv[3])
print("ready", flush=True)
while True:
    number += 10
    text = body.replace("torches", f"coal_{number}")
    learn(Path(sys.argv[1]), [LiveEdit(f"/w/{number}.py", text, "copilot", "paste", number)])
    print("learnt", flush=True)
"""


def test_several_may_learn_at_once_and_be_killed(index, tmp_path):
    body = tmp_path / "body.txt"
    body.write_text(WALK + FERRY + PENALTY)
    words = [sys.executable, "-c", WRITER, str(index), str(body)]
    writers = [
        subprocess.Popen([*words, str(number)], stdout=subprocess.PIPE, text=True)
        for number in (1, 2)
    ]
    for writer in writers:
        for _ in range(6):
            assert writer.stdout.readline()
    # And an update goes on meanwhile.
    for number in range(5):
        Log(tmp_path / "sessions" / f"{number}.jsonl", f"s{number}").write("solver.py", TIDES)
    assert update([tmp_path / "sessions"], index).failures == []
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    assert status(index).complaint is None
    assert pieces(index) >= 10
    learn(index, [edit(TIDES, "tides.py")])
    assert found(index, "tides.py", TIDES) == [("copilot", "recorded", 1, 10)]


def test_status_tells_what_landed(index):
    learn(index, [edit(), pasted(TIDES, "tides.py")])
    done = subprocess.run(
        [sys.executable, "-m", "redline", "index", "status", "--index", str(index)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "2 pieces of text landed in an editor: copilot 1, undeclared 1\n" in done.stdout
    assert "0 session files read\n" in done.stdout
