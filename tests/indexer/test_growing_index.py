"""The index follows its files: append, truncate, rotate, compress, rename, delete."""

from __future__ import annotations

import json
import sqlite3
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_log import HOME, Log, found
from redline.detect.sessions import SessionDetector
from redline.indexer import export, import_, prune, status, update
from redline.matching.lookup import living_prints, runs_folder
from redline.matching.store import Store

GRADER = """\
def torches_left(answer, ideal, torches):
    burnt = sum(step.hours * torches.rate for step in answer.steps)
    if burnt > torches.stock:
        raise OutOfTorches(f"{burnt} of {torches.stock}")
    return clip(1 - (burnt - ideal) / torches.stock, low=0.0, high=1.0)
"""
HINTS = """\
def next_corridor(labyrinth, chamber, seen_before):
    ranked = sorted(labyrinth.doors(chamber), key=lambda door: door.draught)
    for door in reversed(ranked):
        if door.beyond not in seen_before:
            return door.compass_point
    return labyrinth.way_back(chamber)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sessions").mkdir()
    return tmp_path / "sessions"


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.db"


def content(index):
    """Everything that a search can see, without row numbers."""
    db = sqlite3.connect(index)
    pieces = {
        row[0]: row[1:]
        for row in db.execute(
            "SELECT piece.id, session.name, call, kind, outcome, model, time, path, position,"
            " digest, lines, shapes, line_tokens FROM piece JOIN session ON session.id = session"
        )
    }
    db.close()
    with Store(index) as store:
        prints = [
            (value, pieces[owner], place)
            for columns in living_prints(store)
            for value, owner, place in zip(*(column.tolist() for column in columns), strict=True)
        ]
    return sorted(pieces.values(), key=repr), sorted(prints, key=repr)


def evidence(index):
    """What lint would be told of both texts, wherever they lie."""
    with SessionDetector.open(index) as sessions:
        return [
            sessions.evidence(path, HOME, text.encode())
            for path in ("evals/grader.py", "evals/hints.py", "docs/other.py")
            for text in (GRADER, HINTS, GRADER + HINTS)
        ]


def talk(log):
    """A session with everything in it that spans records."""
    log.ask("Write a grader, please.")
    log.write("evals/grader.py", GRADER)
    log.read("evals/hints.py", "import compass\n" + GRADER)
    log.say(f"Like this:\n\n```python\n{HINTS}```\n")
    call = log.begin_write("evals/hints.py", GRADER + HINTS)
    log.applied(call, "evals/hints.py", GRADER + HINTS, before=GRADER)
    log.refused("evals/more.py", HINTS + "lamp = 3\n")


def test_a_session_read_record_by_record_is_the_same_as_read_at_once(tmp_path, folder, index):
    log = Log(tmp_path / "whole" / "one.jsonl")
    talk(log)
    growing = folder / "one.jsonl"
    for record in log.path.read_bytes().splitlines(keepends=True):
        with growing.open("ab") as file:
            file.write(record)
        update([folder], index)
    whole = tmp_path / "whole.db"
    update([tmp_path / "whole"], whole)
    assert content(index) == content(whole)
    strip = [[(e.span, e.strength, e.detail, e.bits) for e in es] for es in evidence(index)]
    assert strip == [[(e.span, e.strength, e.detail, e.bits) for e in es] for es in evidence(whole)]


@given(cuts=st.lists(st.integers(0, 12_000), max_size=4))
@settings(max_examples=12, deadline=None)
def test_a_session_cut_at_any_byte_is_the_same_as_read_at_once(tmp_path_factory, cuts):
    root = tmp_path_factory.mktemp("cut")
    log = Log(root / "whole" / "one.jsonl")
    talk(log)
    data = log.path.read_bytes()
    (root / "sessions").mkdir()
    for end in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        (root / "sessions" / "one.jsonl").write_bytes(data[:end])
        update([root / "sessions"], root / "index.db")
    update([root / "whole"], root / "whole.db")
    assert content(root / "index.db") == content(root / "whole.db")


def test_only_what_was_appended_is_read_again(folder, index):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER)
    before = log.path.stat().st_size
    assert update([folder], index).fresh_bytes == before
    assert update([folder], index).read == 0
    log.say(f"```python\n{HINTS}```")
    report = update([folder], index)
    assert report.fresh_bytes == log.path.stat().st_size - before
    assert (report.read, report.pieces) == (1, 1)


def test_the_outcome_of_a_call_may_come_with_the_next_reading(folder, index):
    log = Log(folder / "one.jsonl")
    call = log.begin_write("evals/grader.py", GRADER)
    update([folder], index)
    assert status(index).kinds == {"write": 1, "unknown": 1}
    log.applied(call, "evals/grader.py", GRADER)
    update([folder], index)
    assert status(index).kinds == {"write": 1, "applied": 1}


@pytest.mark.parametrize("change", ["truncated", "rotated"])
def test_another_file_under_the_old_name_is_read_whole(folder, index, change):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER)
    log.say("Now the hints.")
    update([folder], index)
    if change == "truncated":
        first = log.path.read_bytes().splitlines(keepends=True)[0]
        log.path.write_bytes(first)
    else:
        log.path.unlink()
    new = Log(log.path, session="77aa0001-0000-4000", cwd=HOME)
    new.count = 100
    new.write("evals/hints.py", HINTS)
    update([folder], index)
    assert found(index, "evals/hints.py", HINTS) == [("recorded", 1, 6)]
    assert found(index, "evals/grader.py", GRADER) == [("recorded", 1, 5)]


def test_a_file_rewritten_with_the_same_beginning_is_read_whole(folder, index):
    log = Log(folder / "one.jsonl")
    log.say("x" * 5000)
    log.write("evals/grader.py", GRADER)
    update([folder], index)
    beginning = log.path.read_bytes().splitlines(keepends=True)[0]
    log.path.write_bytes(beginning)
    log.count = 100
    log.write("evals/hints.py", HINTS)
    log.say("y" * 5000)
    update([folder], index)
    assert found(index, "evals/hints.py", HINTS) == [("recorded", 1, 6)]


def compress(path):
    """As Codex does with idle sessions."""
    if sys.version_info >= (3, 14):
        from compression import zstd

        packed = zstd.compress(path.read_bytes())
    else:
        import zstandard

        packed = zstandard.ZstdCompressor().compress(path.read_bytes())
    path.with_name(path.name + ".zst").write_bytes(packed)
    path.unlink()


def rename(path):
    path.rename(path.with_name("archived.jsonl"))


@pytest.mark.parametrize("move", [compress, rename])
def test_a_file_with_a_new_name_is_followed_and_survives_pruning(folder, index, move):
    log = Log(folder / "one.jsonl")
    talk(log)
    update([folder], index)
    before = content(index)
    move(log.path)
    report = update([folder], index)
    assert (report.pieces, report.gone) == (0, 0)
    assert prune(index) == 0
    assert content(index) == before
    assert status(index).files == 1


def test_a_deleted_file_is_known_until_it_is_pruned(folder, index):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER)
    update([folder], index)
    log.path.unlink()
    assert update([folder], index).gone == 1
    assert found(index, "evals/grader.py", GRADER) == [("recorded", 1, 5)]
    assert prune(index) == 1
    assert found(index, "evals/grader.py", GRADER) == []
    assert content(index) == ([], [])


def test_what_was_pruned_for_its_age_is_not_read_again_until_it_grows(folder, index):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER)
    update([folder], index)
    assert prune(index, before=2**42) == 1
    assert update([folder], index).read == 0
    assert found(index, "evals/grader.py", GRADER) == []
    log.say("I am back.")
    update([folder], index)
    assert found(index, "evals/grader.py", GRADER) == [("recorded", 1, 5)]


def test_a_session_resumed_in_a_second_file_counts_once_and_outlives_the_first(folder, index):
    log = Log(folder / "one.jsonl")
    talk(log)
    second = folder / "two.jsonl"
    second.write_bytes(log.path.read_bytes())
    resumed = Log(second)
    resumed.count = log.count
    resumed.write("evals/late.py", HINTS.replace("compass_point", "wind"))
    update([folder], index)
    texts = status(index).kinds
    assert texts["write"] == 4
    log.path.unlink()
    update([folder], index)
    prune(index)
    update([folder], index)
    assert status(index).kinds == texts
    assert found(index, "evals/grader.py", GRADER) == [("recorded", 1, 5)]


def test_records_that_cannot_be_read_are_counted_once(folder, index):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER)
    with log.path.open("ab") as file:
        file.write(b'{"type": "assistant", "message"\n[1, 2]\n\xff\xfe\n')
    log.say("Still here.")
    first = update([folder], index)
    assert update([folder], index).read == 0
    assert sum(count for _, _, count in status(index).unread) == sum(first.unread.values()) >= 3
    assert json.dumps(sorted(first.unread))


def manifest(index):
    with Store(index) as store:
        return store.runs(), store.dead(), store.generation()


def many_lines(seed):
    """Enough for a file of runs: no line like another."""
    return "".join(
        f"torch_{n * seed} = kindle({n * 7919}, wick={n * seed + 3})\n" for n in range(9000)
    )


def test_updating_twice_changes_nothing(folder, index):
    log = Log(folder / "one.jsonl")
    talk(log)
    log.write("evals/table.py", many_lines(7))
    update([folder], index)
    before, told = manifest(index), evidence(index)
    files = {path: path.read_bytes() for path in runs_folder(index).iterdir()}
    assert any(row.name for row in before[0])
    update([folder], index)
    assert prune(index) == 0
    assert (manifest(index), evidence(index)) == (before, told)
    assert {path: path.read_bytes() for path in runs_folder(index).iterdir()} == files


def test_a_large_session_is_found_exported_imported_and_forgotten(tmp_path, folder, index):
    key = bytes(range(16))
    log = Log(folder / "one.jsonl")
    log.write("evals/table.py", many_lines(7))
    update([folder], index)
    Log(folder / "two.jsonl", session="two").write("evals/other.py", many_lines(11))
    update([folder], index)
    export(index, tmp_path / "team.index", key)
    theirs = tmp_path / "theirs.db"
    assert import_(theirs, tmp_path / "team.index", key) == 2
    assert not runs_folder(tmp_path / "team.index").exists()
    text = many_lines(7)[-2000:]
    whole = found(index, "docs/copy.py", text)
    assert [strength for strength, _, _ in whole] == ["matched"]
    assert found(theirs, "docs/copy.py", text) == whole
    assert status(theirs).fingerprints == status(index).fingerprints
    log.path.unlink()
    update([folder], index)
    assert prune(index) == 1
    assert found(index, "docs/copy.py", text) == []
    assert found(index, "docs/copy.py", many_lines(11)[-2000:]) != []
    assert sorted(runs_folder(index).glob("*.run")) == sorted(
        runs_folder(index) / row.name for row in manifest(index)[0] if row.name
    )


def test_many_sessions_are_merged_while_they_are_read(folder, index):
    for number in range(150):
        log = Log(folder / f"{number}.jsonl", session=f"{number:08x}")
        log.write("evals/grader.py", GRADER.replace("torches", f"lamps_{number}"))
    update([folder], index)
    [row] = manifest(index)[0]
    assert row.id > 150
    assert found(index, "docs/x.py", GRADER.replace("torches", "lamps_149")) != []


def test_a_lint_that_has_begun_is_not_disturbed_by_what_is_forgotten(folder, index):
    log = Log(folder / "one.jsonl")
    log.write("evals/grader.py", GRADER + many_lines(7))
    update([folder], index)
    with SessionDetector.open(index) as sessions:
        log.path.unlink()
        update([folder], index)
        assert prune(index) == 1
        Log(folder / "two.jsonl", session="two").write("evals/other.py", many_lines(11))
        update([folder], index)
        [evidence] = sessions.evidence("docs/copy.py", HOME, GRADER.encode())
        assert evidence.session == log.session
        assert sessions.evidence("docs/copy.py", HOME, many_lines(11).encode()) == []
    assert found(index, "docs/copy.py", GRADER) == []
