"""An index that cannot be used says why, and what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from test_growing_index import GRADER

from assistant_log import Log, found
from redline.indexer import export, import_, prune, status, update
from redline.matching.lookup import runs_folder
from redline.matching.runs.layout import digest_of
from redline.matching.runs.run import Run
from redline.matching.schema import IndexFault
from redline.matching.tidy import tidy
from redline.matching.writer import Writer

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


# The files of runs


@pytest.fixture
def large(index):
    """An index with so many fingerprints that they lie in a file."""
    fill(index)
    return index


def fill(index, seed=3, count=40_000):
    """Add fingerprints of pieces that nobody asks about."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(1, 2**64, count, dtype=np.uint64)
    with Writer(index) as store:
        with store.writing():
            store.add_prints(hashes, np.full(count, 10**6 + seed), np.arange(count))
        tidy(store)


def run_files(index):
    return sorted(runs_folder(index).glob("*.run"))


def changed_at(place):
    def change(path):
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return change


def truncated(path):
    path.write_bytes(path.read_bytes()[:-8])


def emptied(path):
    path.write_bytes(b"")


def another_run(path):
    with Writer(path.parent.parent / "other.db") as store, store.writing():
        store.add_prints(np.arange(1, 9), np.ones(8), np.arange(8))
        [row] = store.runs()
        path.write_bytes(store.run_data(row.id))


@pytest.mark.parametrize("damage", [truncated, emptied, changed_at(8), changed_at(30), another_run])
@pytest.mark.parametrize("use", ["look", "update", "status", "prune", "export"])
def test_a_damaged_run_is_named_and_nothing_is_overlooked(large, tmp_path, damage, use):
    [run] = run_files(large)
    damage(run)
    uses = {
        "look": lambda: found(large, "evals/grader.py", GRADER),
        "update": lambda: fill(large, seed=4),
        "status": lambda: status(large),
        "prune": lambda: prune(large, before=2**42),
        "export": lambda: export(large, tmp_path / "team.index", KEY),
    }
    with pytest.raises(IndexFault, match=rf"(?s)index\.db.*{run.name}"):
        uses[use]()


def test_a_run_that_is_missing_is_named_with_the_folder_to_bring_back(large):
    [run] = run_files(large)
    run.unlink()
    with pytest.raises(IndexFault) as fault:
        found(large, "evals/grader.py", GRADER)
    assert str(fault.value) == (
        f"the index {large} lacks the file {run}; copy the folder {run.parent} with it, "
        "or move both away and run `redline index update`"
    )


def test_damage_inside_a_run_is_told_by_status_and_never_merged(large):
    [run] = run_files(large)
    changed_at(run.stat().st_size // 2)(run)
    assert status(large).complaint == f"{run.name}: its content is damaged"
    before = sorted(path.name for path in run_files(large))
    with pytest.raises(
        IndexFault, match=f"{run.name}: its content is damaged; it is complete, but"
    ):
        fill(large, seed=4)
    assert set(before) < {path.name for path in run_files(large)}


def test_an_index_names_no_file_but_its_own(large):
    with closing(sqlite3.connect(large)) as db, db:
        db.execute("UPDATE run SET name = '../other.run'")
    db.close()
    with pytest.raises(IndexFault, match="a file that is none of its own"):
        found(large, "evals/grader.py", GRADER)


def test_a_lost_index_leaves_no_files_behind_for_ever(large, tmp_path):
    [old] = run_files(large)
    (tmp_path / "index.db.lookup").write_bytes(b"of version 1")
    for leftover in tmp_path.glob("index.db*"):
        if leftover.is_file():
            leftover.unlink()
    update([tmp_path / "sessions"], large)
    assert found(large, "evals/grader.py", GRADER) == FOUND
    assert not old.exists()
    fill(large)
    assert found(large, "evals/grader.py", GRADER) == FOUND


def test_an_index_that_is_copied_with_its_folder_works(large, tmp_path):
    (tmp_path / "copy").mkdir()
    for path in (large, runs_folder(large)):
        target = tmp_path / "copy" / path.name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
    assert found(tmp_path / "copy" / "index.db", "evals/grader.py", GRADER) == FOUND


def test_files_of_an_index_are_for_its_owner_only(large):
    paths = [large, *run_files(large)]
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
        assert runs_folder(large).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has limits on the size of files")
def test_a_disk_that_takes_no_more_leaves_the_index_as_it_was(index):
    fill(index, count=100_000)
    code = (
        "import resource, sys; from pathlib import Path; import numpy as np\n"
        "from redline.matching.schema import IndexFault\n"
        "from redline.matching.tidy import tidy\n"
        "from redline.matching.writer import Writer\n"
        "store = Writer(Path(sys.argv[1]))\n"
        "hashes = np.random.default_rng(5).integers(1, 2**64, 40_000, dtype=np.uint64)\n"
        "with store.writing(): store.add_prints(hashes, np.full(40_000, 9), np.arange(40_000))\n"
        # Enough for the new ones, too little for all of them in one file.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_400_000, resource.RLIM_INFINITY))\n"
        "try: tidy(store)\n"
        "except IndexFault as fault: print(fault)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, index], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == (
        f"the runs of the index {index} cannot be merged: [Errno 27] File too large; it is "
        "complete, but grows slower until `redline index update` can finish this\n"
    )
    assert len(run_files(index)) == 2
    assert found(index, "evals/grader.py", GRADER) == FOUND
    before = status(index)
    assert (before.runs, before.complaint) == (2, None)
    with Writer(index) as store:
        tidy(store)
    after = status(index)
    assert (after.runs, after.fingerprints) == (1, before.fingerprints)
    assert len(run_files(index)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
def test_an_index_in_a_folder_that_cannot_be_written_is_read(index):
    # Not below tmp_path, which nobody else may enter: root itself heeds no permissions.
    root = Path(tempfile.mkdtemp())
    try:
        copy = root / "index.db"
        fill(index)
        shutil.copy(index, copy)
        shutil.copytree(runs_folder(index), runs_folder(copy))
        for path in (copy, *run_files(copy)):
            path.chmod(0o444)
        for path in (runs_folder(copy), root):
            path.chmod(0o555)
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
        for path in (root, runs_folder(copy)):
            path.chmod(0o755)
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


def with_run(path, change):
    """Change the only run of an export, header and digests set right: a stranger's work."""
    with closing(sqlite3.connect(path)) as db, db:
        run = Run(db.execute("SELECT data FROM run").fetchone()[0])
        sections = run.layout.sections()
        data = bytearray(run.data)
        change(data, sections)
        digests = b"".join(digest_of(data[s.start : s.end]) for s in sections.values())
        header = run.layout.header(digest_of(digests))
        data[: len(header)] = header
        db.execute("UPDATE run SET data = ?, digest = ?", (data, header[-16:]))
    db.close()


def out_of_order(data, sections):
    heads = sections["heads"]
    data[heads.start : heads.end] = data[heads.start : heads.end][::-1]


def endless_buckets(data, sections):
    offsets = sections["offsets"]
    data[offsets.start + 4 : offsets.end] = b"\xff" * (offsets.end - offsets.start - 4)


def places_of_nobody(data, sections):
    positions = sections["positions"]
    data[positions.start : positions.end] = b"\xff" * (positions.end - positions.start)


@pytest.mark.parametrize("change", [out_of_order, endless_buckets, places_of_nobody])
def test_a_strangers_run_with_impossible_content_is_refused(export_file, tmp_path, change):
    theirs = tmp_path / "theirs.db"
    update([], theirs)
    with_run(export_file, change)
    with pytest.raises(IndexFault, match=r"team\.index"):
        import_(theirs, export_file, KEY)
    assert found(theirs, "docs/copy.py", GRADER) == []
    assert status(theirs).runs == 0


def test_an_export_can_be_opened_and_says_nothing_without_its_key(export_file):
    assert found(export_file, "docs/copy.py", GRADER) == []
    assert status(export_file).fingerprints > 0


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
