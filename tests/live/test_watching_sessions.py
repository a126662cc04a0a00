"""What assistants write is in the index within a second, and nothing else is read for it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant_log import Log, found
from maze import TIDES, WALK
from redline.indexer import update
from redline.live.analyst import Analyst
from redline.live.sessions_watch import SessionsBatch, watch_sessions
from redline.live.workroom import Project, Workroom
from redline.origins.homes import session_file_of

pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
pytestmark = pytest.mark.asyncio
PATIENCE = 60
WRITTEN = [("recorded", 1, WALK.count("\n"))]


class Sessions:
    """A folder of sessions, the index of it, and what was told."""

    def __init__(self, folder):
        self.folder = folder
        self.homes = folder / "homes"
        self.index = folder / "index.sqlite"
        self.first = SessionsBatch(changed=False)

    def log(self, name="a"):
        return Log(self.homes / f"project/{name}.jsonl", session=f"session-{name}")

    async def next(self):
        async with asyncio.timeout(PATIENCE):
            return await anext(self.coming)

    async def changed(self):
        while not (batch := await self.next()).changed:
            pass
        return batch


@asynccontextmanager
async def watched(folder, roots=None):
    here = Sessions(folder)
    analyst = Analyst(Project(folder, here.index))
    here.coming = watch_sessions(analyst.ask, here.index, roots or [here.homes])
    try:
        here.first = await here.next()
        yield here
    finally:
        await here.coming.aclose()
        analyst.close()
        await analyst.closed()


async def test_all_that_is_there_is_read_at_first(tmp_path):
    Sessions(tmp_path).log().write("graders/walk.py", WALK)
    async with watched(tmp_path) as here:
        assert (here.first.changed, here.first.files, here.first.pieces) == (True, 1, 1)
        assert found(here.index, "graders/walk.py", WALK) == WRITTEN


async def test_what_another_process_was_quicker_to_read_is_told_too(tmp_path):
    async with watched(tmp_path) as here:
        log = here.log()
        log.write("graders/walk.py", WALK)
        assert (await here.changed()).read == 1
        # A file that nobody watches, read by someone else into the same index.
        Log(tmp_path / "export" / "b.jsonl", session="session-b").write("b.py", TIDES)
        update([tmp_path / "export"], here.index)
        # Touched, and yet the same: nothing in it is new.
        before = log.path.stat().st_mtime_ns
        log.path.touch()
        os.utime(log.path, ns=(before, before))
        batch = await here.next()
        assert (batch.changed, batch.read) == (True, 0)


async def test_a_line_that_lands_is_known_and_no_other_file_is_looked_at(tmp_path):
    for name in "abc":
        Sessions(tmp_path).log(name).ask("Good morning")
    async with watched(tmp_path) as here:
        assert here.first.files == 3
        here.log("b").write("graders/walk.py", WALK)
        batch = await here.changed()
        assert (batch.files, batch.read) == (1, 1)
        assert found(here.index, "graders/walk.py", WALK) == WRITTEN


async def test_a_home_that_comes_later_is_watched(tmp_path):
    (tmp_path / "homes").mkdir()
    late = tmp_path / "late" / "deep"
    async with watched(tmp_path, [tmp_path / "homes", late]) as here:
        Log(late / "x/s.jsonl").write("graders/walk.py", WALK)
        await here.changed()
        assert found(here.index, "graders/walk.py", WALK) == WRITTEN


async def test_a_single_file_may_be_followed_and_its_neighbours_are_not_read(tmp_path):
    one = Sessions(tmp_path).log("one")
    one.ask("Good morning")
    async with watched(tmp_path, [one.path]) as here:
        here.log("other").write("graders/other.py", WALK)
        one.say("Good morning to you")
        one.write("graders/walk.py", WALK)
        await here.changed()
        with sqlite3.connect(here.index) as database:
            paths = [row[0] for row in database.execute("SELECT path FROM source")]
        assert [Path(path).name for path in paths] == ["one.jsonl"]


async def test_a_home_that_is_a_link_is_followed_and_keeps_its_name(tmp_path):
    (tmp_path / "elsewhere/project").mkdir(parents=True)
    (tmp_path / "homes").symlink_to(tmp_path / "elsewhere")
    async with watched(tmp_path) as here:
        Log(tmp_path / "elsewhere/project/s.jsonl").write("graders/walk.py", WALK)
        await here.changed()
        with sqlite3.connect(here.index) as database:
            paths = [row[0] for row in database.execute("SELECT path FROM source")]
        assert paths == [str(here.homes / "project/s.jsonl")]


async def test_many_lines_are_few_readings(tmp_path):
    async with watched(tmp_path) as here:
        log = here.log()
        for number in range(300):
            log.say(f"Line number {number}")
        log.write("graders/walk.py", WALK)
        readings = 0
        while not here.index.exists() or found(here.index, "graders/walk.py", WALK) != WRITTEN:
            await here.changed()
            readings += 1
        assert readings < 30


async def test_a_busy_index_is_told_and_tried_again(tmp_path, monkeypatch):
    Sessions(tmp_path).log().write("graders/walk.py", WALK)
    (tmp_path / "index.sqlite").write_bytes(b"this is no database, and long enough to say so" * 99)
    async with watched(tmp_path) as here:
        assert not here.first.changed
        assert here.first.notes[0].endswith("it is tried again")
        here.index.unlink()
        await here.changed()
        assert found(here.index, "graders/walk.py", WALK) == WRITTEN


def _ask_that_dies(analyst, victim):
    async def ask(function, *arguments, background=False):
        files = arguments[1]
        if files is not None and Path(victim) in files:
            return await analyst.ask(_die, background=background)
        return await analyst.ask(function, *arguments, background=background)

    return ask


def _die(_room: Workroom):
    os._exit(11)


async def test_a_file_that_ends_the_reading_process_costs_no_other_file(tmp_path):
    here = Sessions(tmp_path)
    here.homes.mkdir()
    good, bad = here.log("good"), here.log("bad")
    analyst = Analyst(Project(tmp_path, here.index))
    ask = _ask_that_dies(analyst, bad.path)
    coming = watch_sessions(ask, here.index, [here.homes])
    try:
        async with asyncio.timeout(PATIENCE):
            await anext(coming)
            bad.ask("Good morning")
            good.write("graders/walk.py", WALK)
            notes = ()
            while not notes or found(here.index, "graders/walk.py", WALK) != WRITTEN:
                batch = await anext(coming)
                notes += batch.notes
    finally:
        await coming.aclose()
        analyst.close()
        await analyst.closed()
    assert str(bad.path) in notes[0]
    assert "could not be read" in notes[0]


async def test_what_is_written_beside_a_session_leads_to_it(tmp_path):
    for name in ("a.jsonl", "b.jsonl", "state.vscdb", "opencode.db", "c.jsonl.zst", "shot.png"):
        (tmp_path / name).touch()
    led = {
        "a.jsonl": "a.jsonl",
        "a.jsonl.001": "a.jsonl",
        "b.jsonl.zst": "b.jsonl",
        "c.jsonl.zst": "c.jsonl.zst",
        "state.vscdb-wal": "state.vscdb",
        "opencode.db-journal": "opencode.db",
        "shot.png": None,
        "gone.jsonl": None,
        "gone.jsonl.002": None,
    }
    for name, wanted in led.items():
        file = session_file_of(tmp_path / name)
        assert (file and file.name) == wanted
