"""Files of a project as they land, sorted by what git and the ledger make of them."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import asynccontextmanager

import pytest

from redline.ledger import FOLDER
from redline.live.watching import WorkspaceBatch, watch_workspace
from repositories import Sample

pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
pytestmark = pytest.mark.asyncio
PATIENCE = 30


class Watched:
    """All batches since they were last asked for, put together."""

    def __init__(self, coming):
        self.coming = coming

    async def until(self, wanted):
        """Take batches until ``wanted`` holds of all of them together; return them so."""
        sum_ = WorkspaceBatch()
        async with asyncio.timeout(PATIENCE):
            while not wanted(sum_):
                one = await anext(self.coming)
                sum_ = WorkspaceBatch(
                    tuple(sorted({*sum_.changed, *one.changed})),
                    tuple(sorted({*sum_.gone, *one.gone})),
                    *(
                        getattr(sum_, name) or getattr(one, name)
                        for name in ("rescan", "switched", "refs", "staged", "records")
                    ),
                    (*sum_.notes, *one.notes),
                )
        return sum_

    async def changed(self, *paths):
        return await self.until(lambda batch: set(paths) <= set(batch.changed))


@asynccontextmanager
async def watched(root):
    coming = watch_workspace(root)
    try:
        assert await anext(coming) == WorkspaceBatch()
        yield Watched(coming)
    finally:
        await coming.aclose()


@pytest.fixture
def sample(tmp_path) -> Sample:
    sample = Sample.new(tmp_path / "project")
    sample.commit("A grader", {"graders/score.py": "x = 1\n", ".gitignore": "build/\n*.log\n"})
    return sample


async def test_files_that_land_change_and_go(sample):
    async with watched(sample.root) as here:
        sample.write("graders/new.py", "y = 2\n")
        assert await here.changed("graders/new.py") == WorkspaceBatch(("graders/new.py",))
        (sample.root / "graders/new.py").rename(sample.root / "graders/other.py")
        told = await here.until(lambda batch: batch.changed and batch.gone)
        assert (told.changed, told.gone) == (("graders/other.py",), ("graders/new.py",))


async def test_a_folder_that_goes_is_told_as_one(sample):
    async with watched(sample.root) as here:
        (sample.root / "graders/score.py").unlink()
        (sample.root / "graders").rmdir()
        told = await here.until(lambda batch: "graders" in batch.gone)
        assert told.gone[0] == "graders"
        assert told.changed == ()


async def test_what_git_ignores_is_not_told(sample):
    (sample.root / "build/deep").mkdir(parents=True)
    async with watched(sample.root) as here:
        sample.write("build/deep/out.py", "x")
        sample.write("run.log", "x")
        sample.write(":(top)*.log", "x")
        sample.write("graders/a.py", "x")
        assert await here.changed("graders/a.py") == WorkspaceBatch(("graders/a.py",))


async def test_what_is_no_longer_ignored_is_looked_at_and_watched(sample):
    (sample.root / "build").mkdir()
    async with watched(sample.root) as here:
        sample.write(".gitignore", "*.log\n")
        assert (await here.until(lambda batch: batch.rescan)).changed == ()
        sample.write("build/out.py", "x")
        await here.changed("build/out.py")


async def test_a_link_is_told_and_its_target_is_not_watched(sample, tmp_path):
    (tmp_path / "outside").mkdir()
    async with watched(sample.root) as here:
        (sample.root / "graders/link.py").symlink_to("score.py")
        (sample.root / "out").symlink_to(tmp_path / "outside")
        told = await here.changed("graders/link.py", "out")
        (tmp_path / "outside/f.py").write_text("x")
        sample.write("graders/b.py", "x")
        assert (await here.changed("graders/b.py")).changed == ("graders/b.py",)
        assert told.gone == ()


async def test_a_branch_switch_is_told_with_the_files_it_brings(sample):
    sample.git("checkout", "-q", "-b", "other")
    sample.commit("More", {"graders/more.py": "z = 3\n"})
    async with watched(sample.root) as here:
        sample.git("checkout", "-q", "main")
        told = await here.until(lambda batch: batch.switched and batch.staged and batch.gone)
        assert told.gone == ("graders/more.py",)
        sample.git("checkout", "-q", "other")
        told = await here.until(lambda batch: batch.switched and batch.changed)
        assert told.changed == ("graders/more.py",)
        assert not told.refs


async def test_a_commit_moves_a_ref_and_switches_nothing(sample):
    async with watched(sample.root) as here:
        sample.write("graders/c.py", "x")
        told = await here.changed("graders/c.py")
        assert not told.refs
        sample.commit("c")
        told = await here.until(lambda batch: batch.refs and batch.staged)
        assert not told.switched
        assert told.changed == ()


async def test_notes_and_packed_refs_are_records_of_git(sample):
    head = sample.git("rev-parse", "HEAD")
    async with watched(sample.root) as here:
        sample.note(head, "written by somebody")
        await here.until(lambda batch: batch.refs)
        sample.git("pack-refs", "--all")
        await here.until(lambda batch: batch.refs)


async def test_a_linked_working_tree_has_its_own_head_and_the_others_refs(sample, tmp_path):
    linked = tmp_path / "linked"
    sample.git("worktree", "add", "-q", str(linked), "-b", "side")
    async with watched(linked) as here:
        Sample(linked).git("checkout", "-q", "--detach")
        await here.until(lambda batch: batch.switched)
        sample.commit("On main", {"graders/d.py": "x"})
        told = await here.until(lambda batch: batch.refs)
        assert told.changed == ()


async def test_repositories_inside_are_their_owners(sample):
    inner = Sample.new(sample.root / "vendor/lib")
    async with watched(sample.root) as here:
        inner.write("f.py", "x")
        sample.write("graders/e.py", "x")
        assert (await here.changed("graders/e.py")).changed == ("graders/e.py",)


async def test_thousands_of_files_are_one_rescan(sample):
    async with watched(sample.root) as here:
        for number in range(2_500):
            sample.write(f"many/{number % 50}/f{number}.py", "x")
        told = await here.until(lambda batch: batch.rescan)
        assert len(told.changed) <= 2_500


async def test_the_ledger_and_agent_traces_are_records(sample):
    async with watched(sample.root) as here:
        sample.write(f"{FOLDER}/ab/entry.json", "{}")
        await here.until(lambda batch: batch.records)
        sample.write(".agent-trace/traces.jsonl", "{}")
        await here.until(lambda batch: batch.records)


async def test_a_folder_becomes_a_repository(tmp_path):
    root = tmp_path / "plain"
    (root / "graders").mkdir(parents=True)
    async with watched(root) as here:
        (root / "graders/a.py").write_text("x")
        await here.changed("graders/a.py")
        sample = Sample.new(root)
        sample.git("checkout", "-q", "-b", "other")
        await here.until(lambda batch: batch.switched)


async def test_names_that_are_no_utf_8_lead_to_a_look_at_everything(sample):
    name = os.fsdecode(b"graders/\xff.py")
    async with watched(sample.root) as here:
        try:
            (sample.root / name).touch()
        except OSError:
            pytest.skip("needs a file system that takes any bytes as names")
        await here.until(lambda batch: batch.rescan or name in batch.changed)
        (sample.root / name).unlink()
        await here.until(lambda batch: batch.rescan or name in batch.gone)
        sample.write("graders/f.py", "x")
        await here.changed("graders/f.py")


async def test_a_project_that_goes_away_is_told(tmp_path):
    root = tmp_path / "brief"
    root.mkdir()
    (root / "a.py").touch()
    async with watched(root) as here:
        (root / "a.py").unlink()
        root.rmdir()
        await here.until(lambda batch: batch.rescan)


async def test_closing_ends_the_thread(sample):
    before = set(threading.enumerate())
    async with watched(sample.root):
        (watch,) = [one for one in threading.enumerate() if one.name == "redline-watch"][-1:]
        assert watch not in before
    await asyncio.to_thread(watch.join, PATIENCE)
    assert not watch.is_alive()
