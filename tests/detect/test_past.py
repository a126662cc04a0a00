"""What stood anywhere in the repository before a message is not the assistant's."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager

import pytest

from assistant_log import WROTE_AT, Log, indexed
from maze import FERRY, TIDES
from redline.detect.history import History
from redline.detect.past import Past
from redline.detect.sessions import SessionDetector
from redline.git import Repository
from repositories import Sample, environment

MESSAGE = WROTE_AT // 1000
BEFORE, AFTER = MESSAGE - 5_000_000, MESSAGE + 100_000

OTHER = "import math\n\n\ndef area(radius):\n    return math.pi * radius**2\n"
RENAMES = {
    "harbour": "lake", "almanac": "calendar", "margin": "slack", "flooded": "drowned",
    "day": "date", "moon": "orb", "swell": "level", "entry": "row", "spring_tides": "wet_days",
}  # fmt: skip
RENAMED = re.sub(rf"(?<!\.)\b({'|'.join(RENAMES)})\b", lambda name: RENAMES[name[0]], TIDES)


class Quay:
    """A repository, a session that worked in it, and what is found in its files."""

    def __init__(self, folder):
        self.folder = folder
        self.sample = Sample.new(folder / "work")
        self.sample.time = BEFORE
        self.log = Log(folder / "sessions" / "one.jsonl", cwd=str(self.sample.root))

    def later(self):
        """From now on commits are made after the session."""
        self.sample.time = AFTER

    @contextmanager
    def asked(self, root=None, cache=None):
        index = indexed(self.folder / "sessions", self.folder / "index.db")
        repository = Repository.find(root or self.sample.root)
        with (
            SessionDetector.open(index) as sessions,
            History(repository, cache) as history,
            Past(history, cache) as past,
        ):

            def found(path, text=None):
                data = (repository.root / path).read_bytes() if text is None else text.encode()
                times = history.line_times(path, data)
                evidence = past.settle(
                    path, data, times,
                    lambda some: sessions.evidence(path, str(repository.root), data, some),
                )  # fmt: skip
                return [
                    (
                        str(item.strength),
                        data.count(b"\n", 0, item.span.start) + 1,
                        data.count(b"\n", 0, max(0, item.span.end - 1)) + 1,
                    )
                    for item in evidence
                ]

            found.past = past
            yield found

    def found(self, path, text=None, root=None):
        with self.asked(root) as found:
            return found(path, text)


@pytest.fixture
def quay(tmp_path):
    return Quay(tmp_path)


def size(text):
    return text.count("\n")


def test_a_copy_of_what_only_the_assistant_wrote_is_found(quay):
    quay.sample.commit(files={"other.py": OTHER})
    quay.log.write("tides.py", TIDES)
    quay.later()
    quay.sample.commit(files={"copy.py": OTHER + TIDES})
    [(strength, first, last)] = quay.found("copy.py")
    assert (strength, first, last) == ("matched", size(OTHER) + 1, size(OTHER + TIDES))


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "untracked"])
def test_a_persons_function_stays_a_persons_wherever_it_moves(quay, committed):
    quay.sample.commit(files={"tides.py": OTHER + TIDES})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    (quay.sample.root / "tides.py").write_text(OTHER)
    quay.sample.write("moved.py", FERRY + "\n\n" + TIDES)
    if committed:
        quay.sample.commit()
    assert quay.found("moved.py") == []


def test_a_persons_function_stays_a_persons_in_the_file_the_assistant_wrote(quay):
    quay.sample.commit(files={"tides.py": OTHER + TIDES})
    quay.log.write("moved.py", FERRY + "\n\n" + TIDES)
    quay.later()
    quay.sample.commit(files={"moved.py": FERRY + "\n\n" + TIDES, "tides.py": OTHER})
    assert quay.found("moved.py") == [("recorded", 1, size(FERRY))]


def test_what_had_been_deleted_before_the_session_is_not_compared(quay):
    quay.sample.commit(files={"tides.py": TIDES})
    quay.sample.commit(files={"tides.py": OTHER})
    quay.sample.time = MESSAGE - 100_000
    quay.sample.commit(files={"tides.py": OTHER + "\n"})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"again.py": TIDES})
    assert [found[0] for found in quay.found("again.py")] == ["matched"]


def test_it_may_have_been_committed_the_day_before(quay):
    quay.sample.time = MESSAGE - 80_000
    quay.sample.commit(files={"tides.py": TIDES})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"moved.py": TIDES})
    assert quay.found("moved.py") == []


def test_a_likeness_to_what_stood_there_under_other_names_is_no_evidence(quay):
    quay.sample.commit(files={"tides.py": TIDES})
    quay.log.write("sketch.py", RENAMED)
    quay.later()
    more = re.sub(r"\b(lake|calendar|drowned|orb|level)\b", r"\1s", RENAMED)
    quay.sample.commit(files={"more.py": more})
    assert quay.found("more.py") == []


def test_the_assistants_own_names_tell_though_the_pattern_stood_there(quay):
    quay.sample.commit(files={"tides.py": TIDES})
    quay.log.write("sketch.py", RENAMED)
    quay.later()
    quay.sample.commit(files={"copy.py": RENAMED})
    [(strength, first, last)] = quay.found("copy.py")
    assert (strength, first, last) == ("matched", 1, size(RENAMED))


def test_committing_it_launders_nothing(quay):
    quay.log.write("tides.py", TIDES)
    quay.sample.time = MESSAGE + 10
    quay.sample.commit("what the assistant wrote", {"tides.py": TIDES})
    quay.log.count += 5_000
    quay.log.write("again.py", OTHER + TIDES)
    quay.later()
    quay.sample.commit(files={"copy.py": TIDES})
    assert [found[0] for found in quay.found("copy.py")] == ["matched"]
    assert quay.found("again.py", OTHER + TIDES)[-1][2] == size(OTHER + TIDES)


def test_the_richer_later_message_does_not_hide_the_one_that_was_first(quay):
    quay.log.write("tides.py", TIDES)
    quay.sample.time = MESSAGE + 60
    quay.sample.commit("what the assistant wrote", {"tides.py": TIDES})
    other = Log(quay.folder / "sessions" / "two.jsonl", "another", cwd=str(quay.sample.root))
    other.count = 7_000
    other.write("both.py", FERRY + "\n\n" + TIDES)
    quay.later()
    quay.sample.commit(files={"copy.py": FERRY + "\n\n" + TIDES})
    lines = {row for _, first, last in quay.found("copy.py") for row in range(first, last + 1)}
    assert len(lines) >= size(FERRY + TIDES)


def test_a_forged_date_reaches_back_no_further_than_its_parent(quay):
    quay.log.write("tides.py", TIDES)
    quay.later()
    quay.sample.commit(files={"other.py": OTHER})
    quay.sample.time = BEFORE - 1_000_000
    quay.sample.commit("dated long ago", {"copy.py": TIDES, "older.py": TIDES})
    assert [found[0] for found in quay.found("copy.py")] == ["matched"]


def test_a_rebase_makes_lines_young_and_the_authors_date_says_nothing(quay):
    quay.sample.commit(files={"other.py": OTHER})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    told = environment(time=AFTER) | {"GIT_AUTHOR_DATE": f"{BEFORE} +0000"}
    quay.sample.write("tides.py", TIDES)
    for words in (["add", "-A"], ["commit", "-q", "-m", "rebased"]):
        subprocess.run(["git", *words], cwd=quay.sample.root, env=told, check=True)
    assert [found[0] for found in quay.found("tides.py")] == ["matched"]


def test_what_a_branch_held_before_the_message_stood_there_once_it_is_merged(quay):
    quay.sample.commit(files={"other.py": OTHER})
    quay.sample.git("switch", "-q", "-c", "side")
    quay.sample.commit(files={"tides.py": TIDES})
    quay.sample.git("switch", "-q", "main")
    quay.sample.commit(files={"ferry.py": FERRY})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.git("merge", "-q", "--no-edit", "side")
    quay.sample.commit(files={"moved.py": TIDES, "tides.py": OTHER})
    assert quay.found("moved.py") == []


def test_a_text_of_another_language_is_not_compared(quay):
    quay.sample.commit(files={"tides.txt": TIDES})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"moved.py": TIDES})
    assert [found[0] for found in quay.found("moved.py")] == ["matched"]


def test_a_history_that_is_cut_off_is_told(quay):
    quay.sample.commit(files={"tides.py": TIDES})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"tides.py": OTHER})
    quay.sample.commit(files={"moved.py": TIDES})
    clone = quay.folder / "clone"
    told = ["git", "clone", "-q", "--depth", "1", f"file://{quay.sample.root}", str(clone)]
    subprocess.run(told, env=environment(), check=True)
    with quay.asked(clone) as found:
        assert [one[0] for one in found("moved.py")] == ["matched"]
        [skip] = found.past.skips("moved.py", protected=True)
        assert (skip.protected, skip.advice) == (True, "run git fetch --unshallow")
        assert found.past.skips("other.py", protected=True) == []


def test_files_that_are_too_large_are_counted(quay):
    quay.sample.commit(files={"large.py": "x = 1\n" * 200_000})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"copy.py": TIDES})
    with quay.asked() as found:
        assert found("copy.py")
        [skip] = found.past.skips("copy.py", protected=True)
        assert (skip.protected, skip.reason[:7]) == (False, "1 older")


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100, None])
def test_the_cache_may_be_damaged_or_impossible(quay, damage):
    quay.sample.commit(files={"tides.py": TIDES})
    quay.log.write("sketch.py", TIDES)
    quay.later()
    quay.sample.commit(files={"moved.py": TIDES})
    cache = quay.folder / "cache"
    if damage is None:
        cache.write_bytes(b"a file where a folder should be")
    for _ in range(3):
        with quay.asked(cache=cache) as found:
            assert found("moved.py") == []
        for file in cache.rglob("past-*.sqlite") if damage is not None else ():
            file.write_bytes(damage)


def test_an_object_that_is_missing_is_counted_and_hides_no_other(quay):
    quay.sample.commit(files={"tides.py": TIDES, "lost.py": FERRY})
    lost = quay.sample.git("rev-parse", "HEAD:lost.py")
    quay.log.write("sketch.py", TIDES + FERRY)
    quay.later()
    quay.sample.commit(files={"moved.py": TIDES, "lost.py": OTHER})
    file = quay.sample.root / ".git" / "objects" / lost[:2] / lost[2:]
    os.chmod(file, 0o600)
    file.unlink()
    with quay.asked() as found:
        assert found("moved.py") == []
        assert len(found.past.skips("moved.py", protected=True)) == 1
