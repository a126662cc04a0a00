"""An index that is being made is not there yet, or whole: nobody finds half of one."""

from __future__ import annotations

import subprocess
import sys

from redline.matching.store import Store
from redline.matching.writer import Writer

MAKER = """
import sys
from pathlib import Path
from redline.matching.writer import Writer
sys.stdin.readline()
for number in range(40):
    Writer(Path(sys.argv[1]) / f"{number}.db").close()
"""


def test_a_reader_finds_no_index_or_a_whole_one(tmp_path):
    start = {"stdin": subprocess.PIPE, "text": True}
    makers = [
        subprocess.Popen([sys.executable, "-c", MAKER, str(tmp_path)], **start) for _ in range(2)
    ]
    for maker in makers:
        maker.stdin.write("\n")
        maker.stdin.close()
    for number in range(40):
        path = tmp_path / f"{number}.db"
        while not path.exists():
            assert any(maker.poll() is None for maker in makers)
        with Store(path) as store:
            assert store.sources() == []
    assert [maker.wait() for maker in makers] == [0, 0]
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_index_that_stands_is_kept(tmp_path):
    path = tmp_path / "index.db"
    with Writer(path) as first:
        made = first.generation()
    with Writer(path) as again:
        assert again.generation() == made


def test_an_empty_file_becomes_an_index(tmp_path):
    path = tmp_path / "index.db"
    path.touch()
    with Writer(path) as index:
        assert index.sources() == []
