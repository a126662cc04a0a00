"""The main job end to end over the sample repository: what is due is reported, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sample:
    """The sample on disk, and folders of its own for what Redline keeps."""

    repository: Path
    sessions: Path
    expected: dict
    home: Path

    def redline(self, *arguments, cwd=None, index=None):
        """Run the real command in the repository."""
        clean = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {"HOME": self.home, "REDLINE_CACHE": self.home / "cache"}
        own["REDLINE_INDEX"] = index or self.home / "origins.db"
        return subprocess.run(
            [sys.executable, "-m", "redline", *map(str, arguments)],
            cwd=cwd or self.repository,
            env=clean | {name: str(value) for name, value in own.items()},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, CHECKOUT / "scripts" / "sample.py", folder], check=True)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    home = tmp_path_factory.mktemp("home")
    built = Sample(folder / "maze-evals", folder / "sessions", expected, home)
    done = built.redline("index", "update", "--root", built.sessions)
    assert (done.returncode, done.stderr) == (0, "")
    return built


def reported(finding):
    start, end = finding["region"]["start"], finding["region"]["end"]
    # Ends are exclusive: a region of whole lines ends at column 1 of the line after it.
    last = end["line"] - (end["column"] == 1)
    place = {"path": finding["path"], "first": start["line"], "last": last}
    return place | {name: finding[name] for name in ("rule", "strength", "assistant")}


def lint(sample, *arguments):
    done = sample.redline("lint", "--format", "json", *arguments)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def test_every_region_is_reported_and_nothing_else(sample):
    code, result = lint(sample)
    assert [reported(finding) for finding in result["findings"]] == sample.expected["findings"]
    assert code == 1


def test_files_that_must_stay_silent_are_silent(sample):
    _, result = lint(sample, *sample.expected["silent"])
    assert result["findings"] == []


def test_the_expectations_cover_every_file_of_the_repository(sample):
    listed = subprocess.run(
        ["git", "-C", sample.repository, "ls-files"], capture_output=True, text=True, check=True
    )
    spoken_of = {one["path"] for one in sample.expected["findings"]} | {*sample.expected["silent"]}
    assert sorted(spoken_of) == listed.stdout.splitlines()


def test_the_same_findings_come_back_from_a_clone_at_another_place(sample, tmp_path):
    clone = tmp_path / "elsewhere"
    notes = "+refs/notes/*:refs/notes/*"
    quiet = ["git", "-c", "advice.detachedHead=false"]
    subprocess.run([*quiet, "clone", "-q", sample.repository, clone], check=True)
    subprocess.run([*quiet, "-C", clone, "fetch", "-q", "origin", notes], check=True)
    done = sample.redline("lint", "--format", "json", cwd=clone)
    found = [reported(finding) for finding in json.loads(done.stdout)["findings"]]
    assert found == sample.expected["findings"]


def test_reading_the_sessions_again_changes_nothing(sample):
    _, before = lint(sample)
    sample.redline("index", "update", "--root", sample.sessions)
    _, after = lint(sample)
    assert after["findings"] == before["findings"]


def test_without_sessions_only_what_git_and_the_text_say_remains(sample, tmp_path):
    done = sample.redline("lint", "--format", "json", index=tmp_path / "none.db")
    found = [reported(finding) for finding in json.loads(done.stdout)["findings"]]
    told = {"data/train/lessons.jsonl", "rubrics/clarity.md", "tasks/ledger.py"}
    assert found == [one for one in sample.expected["findings"] if one["path"] in told]


def test_the_index_holds_no_text(sample):
    kept = b"".join(path.read_bytes() for path in sample.home.glob("origins.db*"))
    for word in (b"ordered_overlap", b"tidy_amount", b"normalize_answer", b"back-off", b"junction"):
        assert word not in kept


def test_two_builds_are_the_same_to_the_last_commit_id(tmp_path):
    heads = []
    for name in ("one", "two"):
        script = CHECKOUT / "scripts" / "sample.py"
        subprocess.run([sys.executable, script, tmp_path / name], check=True)
        refs = ["for-each-ref", "--format=%(objectname) %(refname)"]
        git = ["git", "-C", tmp_path / name / "maze-evals", *refs]
        heads.append(subprocess.run(git, capture_output=True, text=True, check=True).stdout)
    assert heads == [
        "cba91ff7d176b553cc424b2a21975f461d3d871a refs/heads/main\n"
        "562f631b25c6e36da7645ebb109b3f96fe82b804 refs/notes/ai\n"
    ] * len(heads)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep\n")
    script = CHECKOUT / "scripts" / "sample.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        f"error: {tmp_path} is not empty; name a new folder\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
