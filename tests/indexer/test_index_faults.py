"""An index that cannot be used says why; a table beside it is only a help."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from test_growing_index import GRADER

from assistant_log import Log, found
from redline.detect.sessions import SessionDetector
from redline.indexer import export, import_, prune, status, update
from redline.matching.lookup import lookup_path
from redline.matching.schema import IndexFault

FOUND = [("recorded", 1, 5)]


@pytest.fixture
def index(tmp_path):
    Log(tmp_path / "sessions" / "one.jsonl").write("evals/grader.py", GRADER)
    update([tmp_path / "sessions"], tmp_path / "index.db")
    return tmp_path / "index.db"


def not_sqlite(path):
    path.write_bytes(b"Dear reader, this is no database.\n" * 200)


def newer(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE meta SET value = 99 WHERE key = 'version'")
    db.close()


def folder(path):
    path.unlink()
    path.mkdir()


def another_database(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE recipes (name)")
    db.close()


def overwritten(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def wrong_columns(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE piece SET lines = x'010203'")
    db.close()


@pytest.mark.parametrize("damage", [not_sqlite, newer, folder, overwritten, cut])
@pytest.mark.parametrize("use", ["look", "update", "status", "prune"])
def test_an_index_that_cannot_be_used_is_named_with_its_fault(index, tmp_path, damage, use):
    lookup_path(index).unlink()
    damage(index)
    uses = {
        "look": lambda: found(index, "evals/grader.py", GRADER),
        "update": lambda: update([tmp_path / "sessions"], index),
        "status": lambda: status(index),
        "prune": lambda: prune(index),
    }
    with pytest.raises(IndexFault, match=r"index\.db"):
        uses[use]()


@pytest.mark.parametrize("damage", [another_database, wrong_columns])
def test_a_database_with_other_content_is_no_index(index, damage):
    damage(index)
    with pytest.raises(IndexFault, match=r"index\.db"):
        found(index, "evals/grader.py", GRADER)


def test_the_fault_of_a_newer_index_says_what_to_do(index):
    newer(index)
    with pytest.raises(IndexFault) as fault:
        status(index)
    assert str(fault.value) == (
        f"the index {index} has version 99, this Redline reads 2; "
        "move it away and run `redline index update`"
    )


def truncated(table):
    table.write_bytes(table.read_bytes()[:-8])


def emptied(table):
    table.write_bytes(b"")


def of_another_generation(table):
    data = bytearray(table.read_bytes())
    data[8] ^= 1
    table.write_bytes(data)


def a_folder(table):
    table.unlink()
    table.mkdir()


@pytest.mark.parametrize(
    "damage", [Path.unlink, truncated, emptied, of_another_generation, a_folder]
)
def test_a_lost_or_foreign_lookup_table_is_made_anew_or_done_without(index, damage):
    damage(lookup_path(index))
    assert found(index, "evals/grader.py", GRADER) == FOUND


def test_the_table_of_an_index_that_was_deleted_is_not_taken_for_the_new_ones(index, tmp_path):
    for leftover in tmp_path.glob("index.db*"):
        if leftover != lookup_path(index):
            leftover.unlink()
    log = Log(tmp_path / "other" / "two.jsonl")
    log.say(f"```python\n{GRADER.replace('torches', 'candles')}```")
    update([tmp_path / "other"], index)
    with SessionDetector.open(index) as sessions:
        text = GRADER.replace("torches", "candles").encode()
        [evidence] = sessions.evidence("evals/other.py", "/home/ada/maze", text)
    assert evidence.session == log.session


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
def test_an_index_in_a_folder_that_cannot_be_written_is_read(index):
    # Not below tmp_path, which nobody else may enter: root itself heeds no permissions.
    root = Path(tempfile.mkdtemp())
    try:
        copy = root / "index.db"
        shutil.copy(index, copy)
        root.chmod(0o555)
        copy.chmod(0o444)
        # Root heeds no permissions, so the process becomes somebody else once it has its modules.
        code = (
            "import os, sys; from pathlib import Path\n"
            "from redline.indexer import status, update\n"
            "from redline.matching.schema import IndexFault\n"
            "os.geteuid() or (os.setgid(65534), os.setuid(65534))\n"
            "print(status(Path(sys.argv[1])).kinds)\n"
            "try: update([], Path(sys.argv[1]))\n"
            "except IndexFault as fault: print('fault:', 'index.db' in str(fault))\n"
        )
        done = subprocess.run([sys.executable, "-c", code, copy], capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("{'write': 1, 'applied': 1}\nfault: True\n", "")
    finally:
        root.chmod(0o755)
        shutil.rmtree(root)


# Sharing


KEY, OTHER = b"a team's secret.", b"another's secret"


@pytest.fixture
def export_file(index, tmp_path):
    assert export(index, tmp_path / "team.index", KEY) == 1
    return tmp_path / "team.index"


def test_an_import_finds_the_same_regions(index, export_file, tmp_path):
    theirs = tmp_path / "theirs.db"
    assert import_(theirs, export_file, KEY) == 1
    assert found(index, "docs/copy.py", GRADER) == [("matched", 1, 5)]
    assert found(theirs, "docs/copy.py", GRADER) == [("matched", 1, 5)]


def test_an_import_beside_own_sessions_keeps_both(index, export_file, tmp_path):
    mine = tmp_path / "mine.db"
    Log(tmp_path / "mine" / "m.jsonl", session="mine").say("```\n" + GRADER[::-1] + "```")
    update([tmp_path / "mine"], mine)
    import_(mine, export_file, KEY)
    assert found(mine, "docs/copy.py", GRADER) == [("matched", 1, 5)]
    assert status(mine).imported == 1


def test_importing_twice_adds_nothing(export_file, tmp_path):
    theirs = tmp_path / "theirs.db"
    assert [import_(theirs, export_file, KEY) for _ in range(2)] == [1, 0]
    assert found(theirs, "docs/copy.py", GRADER) == [("matched", 1, 5)]


def test_another_key_opens_no_export(export_file, tmp_path):
    with pytest.raises(IndexFault, match="another key"):
        import_(tmp_path / "theirs.db", export_file, OTHER)


def test_an_index_that_was_not_exported_is_not_imported(index, tmp_path):
    with pytest.raises(IndexFault, match="no export"):
        import_(tmp_path / "theirs.db", index, KEY)


@pytest.mark.parametrize("damage", [not_sqlite, overwritten, cut, wrong_columns])
def test_a_damaged_export_is_refused_and_changes_nothing(export_file, tmp_path, damage):
    theirs = tmp_path / "theirs.db"
    update([], theirs)
    damage(export_file)
    with pytest.raises(IndexFault, match=r"team\.index"):
        import_(theirs, export_file, KEY)
    assert found(theirs, "docs/copy.py", GRADER) == []


def test_no_text_is_in_the_index_and_no_path_in_an_export(tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    index, team = tmp_path / "index.db", tmp_path / "team.index"
    log.ask("Mind the zanzibar clause.")
    log.write("evals/secret_grader.py", GRADER)
    update([tmp_path / "sessions"], index)
    log.read("evals/secret_grader.py", GRADER + "vellichor = 1\n")
    log.say("Numinous petrichor:\n```python\nquixotic = petrichor(17)\n```\n")
    update([tmp_path / "sessions"], index)
    export(index, team, KEY)
    own = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("index.db*")))
    out = team.read_bytes()
    words = "zanzibar vellichor petrichor Numinous quixotic OutOfTorches burnt clip( answer.steps"
    assert [word for word in words.split() if word.encode() in own + out] == []
    # Paths and session ids are kept, to say where a text came from; an export names no places.
    assert b"secret_grader.py" in own
    assert log.session.encode() in own
    places = [b"secret_grader", b"/home/ada", os.fsencode(tmp_path), b"toolu_", KEY]
    assert [place for place in places if place in out] == []
    assert log.session.encode() in out
    assert sorted(path.name for path in tmp_path.glob("team.index*")) == ["team.index"]
