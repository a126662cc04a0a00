"""Whatever happens to a project, what is told of it adds up to what a lint of it finds."""

from __future__ import annotations

import asyncio
import random
import shutil
from contextlib import aclosing

import pytest

from redline.live.following import Followed, Follower
from redline.project import LintOptions, lint
from repositories import Sample

pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
pytestmark = pytest.mark.asyncio
PATIENCE = 120
MARK = "# Generated with [Claude Code](https://claude.com/claude-code)\n"
FOLDERS = ("graders", "graders/deep", "graders/deep/er", "evals/a", "src", "build")
NAMES = ("a.py", "b.py", "c.md")


def act(sample, choice):
    """One thing that a person, an agent or git may do to a project."""
    folder, name = choice.choice(FOLDERS), choice.choice(NAMES)
    place = sample.root / folder / name
    match choice.randrange(9):
        case 0 | 1 | 2:
            marks = MARK * choice.randrange(3) + f"x = {choice.randrange(9)}\n"
            sample.write(f"{folder}/{name}", marks)
        case 3 if place.is_file():
            place.unlink()
        case 4 if place.is_file():
            target = sample.root / choice.choice(FOLDERS) / choice.choice(NAMES)
            target.parent.mkdir(parents=True, exist_ok=True)
            place.rename(target)
        case 5 if place.parent.is_dir():
            target = sample.root / choice.choice(("moved", "graders/new", "evals/new"))
            if not target.exists() and not target.is_relative_to(place.parent):
                target.parent.mkdir(parents=True, exist_ok=True)
                place.parent.rename(target)
        case 6 if place.parent.is_dir():
            shutil.rmtree(place.parent)
        case 7:
            sample.commit("work")
        case 8:
            branch = choice.choice(("main", "other"))
            sample.git("checkout", "-q", "-f", "-B", branch, choice.choice(("HEAD", "main")))


@pytest.mark.parametrize("seed", range(4))
async def test_news_add_up_to_what_lint_finds(tmp_path, monkeypatch, seed):
    monkeypatch.setenv("REDLINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REDLINE_INDEX", str(tmp_path / "index"))
    choice = random.Random(seed)
    sample = Sample.new(tmp_path / "project")
    sample.commit("begun", {".gitignore": "build/\n", "graders/a.py": MARK})
    followed = Followed(sample.root, tmp_path / "index", sessions=False)
    follower = Follower(followed)
    async with asyncio.timeout(PATIENCE), aclosing(follower.news()) as coming:
        async for news in coming:
            if any(one.path == "graders/last.py" for one in follower.standing.findings):
                break
            if news.result is not None and not (sample.root / "graders/last.py").exists():
                for _ in range(choice.randrange(1, 60)):
                    act(sample, choice)
                    await asyncio.sleep(0)
                sample.write("graders/last.py", MARK)
        found = lint(LintOptions(root=sample.root, index=None, cache=False)).findings
    assert {(one.path, one.fingerprint) for one in follower.standing.findings} == {
        (one.path, one.fingerprint) for one in found
    }
