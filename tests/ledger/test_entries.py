"""Entries are written whole, once, and never believed when something about them is off."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.ledger.entries import (
    FOLDER,
    LARGEST,
    LedgerError,
    canonical,
    folder_stamps,
    read_entries,
    stamps,
    write_entry,
)

VALUE = {"v": 1, "kind": "thing", "path": "graders/é.py", "n": 3}
TEXTS = st.text(st.characters(), max_size=8)
VALUES = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


def put(root, data, name=None):
    """Place bytes in the ledger under their own hash, or a name that lies."""
    digest = name or hashlib.sha256(data).hexdigest()
    file = root / FOLDER / digest[:2] / f"{digest}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def reasons(root):
    read = read_entries(root)
    assert read.entries == ()
    return [damage.reason for damage in read.damaged]


def test_an_entry_is_named_by_the_hash_of_what_it_holds(tmp_path):
    file = write_entry(tmp_path, VALUE)
    body = '{"kind":"thing","n":3,"path":"graders/é.py","v":1}'.encode()
    assert file.read_bytes() == body + b"\n"
    digest = hashlib.sha256(body).hexdigest()
    assert file == tmp_path / ".redline" / "ledger" / digest[:2] / f"{digest}.json"
    (entry,) = read_entries(tmp_path).entries
    assert entry.value == VALUE
    assert entry.path == file.relative_to(tmp_path).as_posix()


@given(VALUES)
def test_every_value_comes_back_as_it_was(value):
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(json.loads(data)) == data


def test_a_path_that_is_no_utf_8_can_be_spoken_of(tmp_path):
    value = {"path": os.fsdecode(b"graders/\xff.py")}
    assert b"\\udcff" in write_entry(tmp_path, value).read_bytes()
    assert [entry.value for entry in read_entries(tmp_path).entries] == [value]


def test_without_a_ledger_there_is_nothing(tmp_path):
    read = read_entries(tmp_path)
    assert (read.entries, read.damaged, read.present) == ((), (), False)
    assert stamps(tmp_path) == []


def test_the_same_entry_again_changes_nothing(tmp_path):
    file = write_entry(tmp_path, VALUE)
    before = file.stat()
    assert write_entry(tmp_path, VALUE) == file
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_many_who_write_at_once_leave_whole_entries(tmp_path):
    values = [VALUE | {"n": number % 10} for number in range(80)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda value: write_entry(tmp_path, value), values))
    read = read_entries(tmp_path)
    assert sorted(entry.value["n"] for entry in read.entries) == list(range(10))
    assert read.damaged == ()
    assert not list((tmp_path / FOLDER).rglob(".*"))


def test_a_writer_that_is_killed_leaves_no_half_an_entry(tmp_path):
    program = (
        "import os, sys, pathlib\n"
        "from redline.ledger import entries\n"
        "def die(*_): os._exit(9)\n"
        "setattr(os, sys.argv[2], die)\n"
        "entries.write_entry(pathlib.Path(sys.argv[1]), {'v': 1})\n"
    )
    for step in ("fsync", "link", "unlink"):
        root = tmp_path / step
        root.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", program, str(root), step], check=False, env=os.environ
        )
        assert done.returncode == 9
        read = read_entries(root)
        assert read.damaged == ()
        assert [entry.value for entry in read.entries] in ([], [{"v": 1}])
        write_entry(root, {"v": 1})
        assert len(read_entries(root).entries) == 1


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_checkout_may_turn_the_line_end_over(tmp_path, ending):
    file = write_entry(tmp_path, VALUE)
    file.write_bytes(file.read_bytes()[:-1] + ending)
    assert len(read_entries(tmp_path).entries) == 1
    assert write_entry(tmp_path, VALUE) == file


def test_one_letter_changed_is_told(tmp_path):
    file = write_entry(tmp_path, VALUE)
    file.write_bytes(file.read_bytes().replace(b'"n":3', b'"n":4'))
    assert reasons(tmp_path) == ["it was changed: its name is not the hash of what it holds"]
    with pytest.raises(LedgerError, match="is there already and damaged"):
        write_entry(tmp_path, VALUE)
    assert b'"n":4' in file.read_bytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":2}', "it gives a key twice"),
        (b'{"a":{"b":1,"b":1}}', "it gives a key twice"),
        (b'{"a":1.5}', "it holds a number that is no integer"),
        (b'{"a":1e9}', "it holds a number that is no integer"),
        (b'{"a":NaN}', "it holds a number that is no integer"),
        (b'{"b":1, "a":2}', "it is not written in the canonical form"),
        (b'{"a":"\\u0041"}', "it is not written in the canonical form"),
        (b"[1]", "it is not written in the canonical form"),
        (b"{", "it is no JSON"),
        (b'{"a":"\xff"}', "it is no JSON"),
        (b"[" * 60_000, "it is no JSON"),
        (b'{"a":' + b"9" * 5_000 + b"}", "it is no JSON"),
        (b'{"a":"' + b"x" * LARGEST + b'"}', "it is larger than 64 KiB"),
        (b"", "it is no JSON"),
    ],
)
def test_what_is_no_entry_is_told_and_counts_for_nothing(tmp_path, data, reason):
    put(tmp_path, data)
    assert reasons(tmp_path) == [reason]


def test_names_and_folders_must_be_right(tmp_path):
    file = write_entry(tmp_path, VALUE)
    ledger = tmp_path / FOLDER
    other = "00" if not file.name.startswith("00") else "01"
    (ledger / other).mkdir()
    file.rename(ledger / other / file.name)
    (ledger / "stray.json").write_text("{}")
    (ledger / other / "short.json").write_text("{}")
    assert sorted(reasons(tmp_path)) == [
        "it lies in no folder of the ledger",
        "its name is no hash, or it lies in the wrong folder",
        "its name is no hash, or it lies in the wrong folder",
    ]


def test_files_of_others_beside_entries_are_left_alone(tmp_path):
    file = write_entry(tmp_path, VALUE)
    file.with_name(file.name + ".sig").write_text("signature")
    file.with_name(f".{file.name}.abcd").write_text("half")
    (tmp_path / FOLDER / ".gitattributes").write_text("* linguist-generated")
    read = read_entries(tmp_path)
    assert (len(read.entries), read.damaged) == (1, ())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes and links")
def test_links_and_pipes_are_never_opened(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    real = write_entry(outside, VALUE)
    root = tmp_path / "inside"
    fan = root / FOLDER / real.parent.name
    fan.mkdir(parents=True)
    (fan / real.name).symlink_to(real)
    pipe = hashlib.sha256(b"").hexdigest()
    (root / FOLDER / pipe[:2]).mkdir(exist_ok=True)
    os.mkfifo(root / FOLDER / pipe[:2] / f"{pipe}.json")
    assert reasons(root) == ["it is a link, or no regular file"] * 2

    for depth in (".redline", FOLDER, f"{FOLDER}/{real.parent.name}"):
        linked = tmp_path / f"linked-{depth.count('/')}"
        (linked / depth).parent.mkdir(parents=True)
        (linked / depth).symlink_to(outside / depth)
        assert len(reasons(linked)) == 1
        with pytest.raises(LedgerError, match="is a link, or no folder"):
            write_entry(linked, VALUE)
    assert len(read_entries(outside).entries) == 1


def test_an_entry_holds_no_fraction(tmp_path):
    with pytest.raises(ValueError, match="no number but integers"):
        write_entry(tmp_path, {"a": [{"b": 0.5}]})


def test_every_change_of_the_ledger_changes_its_stamps(tmp_path):
    seen = [(stamps(tmp_path), folder_stamps(tmp_path))]
    file = write_entry(tmp_path, VALUE)
    seen.append((stamps(tmp_path), folder_stamps(tmp_path)))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]
    file.write_bytes(file.read_bytes() + b" ")
    assert stamps(tmp_path) != seen[1][0]
    file.unlink()
    assert stamps(tmp_path) == []
