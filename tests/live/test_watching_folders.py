"""What happens below watched folders is heard, whatever comes, goes, links or floods."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import aclosing

import pytest

from redline.live.folders import Root, touched
from redline.live.mailbox import MOST_TOLD

pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
pytestmark = pytest.mark.asyncio
PATIENCE = 30


class Ear:
    """Gathers what is heard until it is what was waited for."""

    def __init__(self, heard, top):
        self.heard, self.top = heard, str(top)
        self.much = False
        self.notes = ()

    async def until(self, *paths):
        """Wait until all of these paths were told; return all that were."""
        told = set()
        async with asyncio.timeout(PATIENCE):
            while not set(paths) <= told and not self.much:
                one = await anext(self.heard)
                told |= {os.path.relpath(path, self.top) for path in one.paths}
                self.much |= one.much
                self.notes += one.notes
        return told


def listening(top, *roots, prune=lambda folders: set(), **how):
    found = [Root(str(top / root)) if isinstance(root, str) else root for root in roots]
    return aclosing(touched(lambda: found or [Root(str(top))], prune, **how))


async def begun(heard, top):
    await anext(heard)
    return Ear(heard, top)


async def test_files_in_folders_that_have_just_come_are_heard(tmp_path):
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "a/b/c").mkdir(parents=True)
        (tmp_path / "a/b/c/new.py").write_text("x")
        await ear.until("a/b/c/new.py")
        (tmp_path / "a/b/c/later.py").write_text("x")
        assert await ear.until("a/b/c/later.py") == {"a/b/c/later.py"}


async def test_a_folder_that_is_renamed_stays_heard(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/f.py").write_text("x")
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "a").rename(tmp_path / "z")
        await ear.until("a", "z", "z/b/f.py")
        (tmp_path / "z/b/g.py").write_text("x")
        await ear.until("z/b/g.py")


async def test_a_folder_that_is_made_anew_is_another_one(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        shutil.rmtree(tmp_path / "a")
        (tmp_path / "a/b").mkdir(parents=True)
        (tmp_path / "a/b/f.py").write_text("x")
        await ear.until("a/b/f.py")
        (tmp_path / "a/b/g.py").write_text("x")
        await ear.until("a/b/g.py")


async def test_links_are_heard_of_and_never_followed(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "loop").symlink_to(inside)
    (inside / "root").symlink_to("/")
    async with listening(inside) as heard:
        ear = await begun(heard, inside)
        (inside / "out").symlink_to(outside)
        await ear.until("out")
        (outside / "f.py").write_text("x")
        (inside / "g.py").write_text("x")
        assert await ear.until("g.py") == {"g.py"}


async def test_what_is_pruned_is_not_heard(tmp_path):
    (tmp_path / "node_modules/deep").mkdir(parents=True)

    def prune(folders):
        return {folder for folder in folders if os.path.basename(folder) == "node_modules"}

    async with listening(tmp_path, prune=prune) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "node_modules/deep/f.py").write_text("x")
        (tmp_path / "new/node_modules").mkdir(parents=True)
        (tmp_path / "new/node_modules/g.py").write_text("x")
        (tmp_path / "new/h.py").write_text("x")
        told = await ear.until("new/h.py")
        assert not {path for path in told if path.endswith((".py",))} - {"new/h.py"}


async def test_a_root_may_come_later_go_and_come_again(tmp_path):
    async with listening(tmp_path, "late") as heard:
        ear = await begun(heard, tmp_path)
        for name in ("f.py", "g.py"):
            (tmp_path / "late/x").mkdir(parents=True)
            (tmp_path / "late/x" / name).write_text("x")
            await ear.until(f"late/x/{name}")
            (tmp_path / "late/x" / f"more-{name}").write_text("x")
            await ear.until(f"late/x/more-{name}")
            shutil.rmtree(tmp_path / "late")


async def test_of_a_root_that_is_not_deep_only_the_folder_itself_counts(tmp_path):
    (tmp_path / "below").mkdir()
    root = Root(str(tmp_path), deep=False)
    async with listening(tmp_path, root) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "below/f.py").write_text("x")
        (tmp_path / "g.py").write_text("x")
        assert await ear.until("g.py") == {"g.py"}


async def test_thousands_at_once_are_one_word(tmp_path):
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        for number in range(3 * MOST_TOLD):
            (tmp_path / f"f{number}").touch()
        await ear.until("never")
        assert ear.much


async def test_what_happens_while_nobody_listens_is_kept_and_bounded(tmp_path):
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "first").touch()
        await ear.until("first")
        for number in range(10):
            (tmp_path / f"f{number}").touch()
        told = await ear.until(*(f"f{number}" for number in range(10)))
        assert len(told) == 10


async def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("needs an ordinary user: root reads every folder")
    (tmp_path / "closed").mkdir(mode=0o000)
    async with listening(tmp_path) as heard:
        ear = await begun(heard, tmp_path)
        (tmp_path / "f.py").touch()
        await ear.until("f.py")


LIMITED = """
import asyncio, os, sys
from contextlib import aclosing
from redline.live.folders import Root, touched

async def main(top):
    async with aclosing(touched(lambda: [Root(top)], lambda folders: set())) as heard:
        first = await anext(heard)
        print(*first.notes)
        os.mkdir(os.path.join(top, "d7", "new"))
        open(os.path.join(top, "d7", "new", "f.py"), "w").close()
        told = set()
        async with asyncio.timeout(30):
            while not any(path.endswith("f.py") for path in told):
                told |= (await anext(heard)).paths
        print("heard")

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
@pytest.mark.parametrize(
    "limit", ["max_inotify_watches", "max_inotify_instances"], ids=["watches", "instances"]
)
async def test_at_the_systems_limits_it_looks_for_itself_and_says_so(tmp_path, limit):
    for number in range(40):
        (tmp_path / f"d{number}").mkdir()
    setting = f"/proc/sys/user/{limit}"
    probe = ["unshare", "-Ur", "sh", "-c", f"echo 0 > {setting}"]
    try:
        possible = subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        pytest.skip("needs unshare (util-linux) and user namespaces, to set a limit of its own")
    amount = "20" if "watches" in limit else "0"
    as_other = ["unshare", "-Ur", "sh", "-c", f'echo {amount} > {setting} && exec "$@"', "sh"]
    done = subprocess.run(
        [*as_other, sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said, heard = done.stdout.splitlines()
    assert said.startswith("looking every 2 seconds instead of being told: the system's limit")
    assert heard == "heard"
