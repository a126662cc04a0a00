"""No commit is older than those it stands on."""

from __future__ import annotations

import pytest

from redline.git import Repository
from redline.git.ages import read_ages
from repositories import START, Sample


@pytest.fixture
def sample(tmp_path):
    return Sample.new(tmp_path / "work")


def ages(sample, now=None):
    return read_ages(Repository.find(sample.root), now)


def commit_at(sample, time):
    sample.time = time - 60
    return sample.commit()


def test_a_repository_without_commits_has_no_past(sample):
    assert ages(sample).before(START * 1000) == ()
    assert not ages(sample).cut


def test_what_came_before_a_moment_is_before_its_second(sample):
    first, second = commit_at(sample, START), commit_at(sample, START + 10)
    found = ages(sample)
    at = START * 1000
    assert found.before(at) == found.before(at + 999) == ()
    assert found.before(at + 1000) == found.before(at + 10_999) == (first,)
    assert found.before(at + 11_000) == (second,)


def test_a_date_before_the_parents_is_the_parents(sample):
    commit_at(sample, START)
    forged = commit_at(sample, START - 9_999)
    after = commit_at(sample, START - 5)
    found = ages(sample)
    assert found.times[forged] == found.times[after] == START * 1000
    assert found.before(START * 1000) == ()


def test_a_date_that_has_not_come_yet_is_not_handed_on(sample):
    first = commit_at(sample, START)
    broken = commit_at(sample, START + 1_000_000)
    after = commit_at(sample, START + 50)
    found = ages(sample, now=(START + 100) * 1000)
    assert found.times[first] == START * 1000
    assert found.times[broken] == (START + 1_000_000) * 1000
    assert found.times[after] == (START + 50) * 1000


def test_each_open_branch_has_its_last_commit(sample):
    base = commit_at(sample, START)
    sample.git("switch", "-q", "-c", "side")
    side = commit_at(sample, START + 20)
    sample.git("switch", "-q", "main")
    main = commit_at(sample, START + 30)
    sample.time = START + 60
    sample.git("merge", "-q", "--no-ff", "--no-edit", "side")
    found = ages(sample)
    assert found.before((START + 10) * 1000) == (base,)
    assert found.before((START + 40) * 1000) == (main, side)
    assert found.before((START + 99) * 1000) == (sample.git("rev-parse", "HEAD"),)


def test_a_history_that_is_cut_off_says_so(sample, tmp_path):
    commit_at(sample, START)
    commit_at(sample, START + 10)
    sample.git("clone", "-q", "--depth", "1", f"file://{sample.root}", str(tmp_path / "clone"))
    assert read_ages(Repository.find(tmp_path / "clone")).cut
    assert not ages(sample).cut
