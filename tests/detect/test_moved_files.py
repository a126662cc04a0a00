"""A file that was moved or copied keeps what commits and records say, before it is committed."""

from __future__ import annotations

import json
import os

import pytest

from maze import FERRY, OWN, PENALTY, TIDES, WALK
from redline.detect.history import History
from redline.git import Repository
from repositories import Sample

CLAUDE = ("Claude", "noreply@anthropic.com")
MADE = WALK + "\n\n" + PENALTY


@pytest.fixture
def sample(tmp_path):
    """A repository with a file by Claude and one by a person."""
    sample = Sample.new(tmp_path / "work")
    sample.commit("by hand", {"src/tides.py": TIDES + FERRY, "src/empty.py": ""})
    sample.commit("by Claude", {"src/walk.py": MADE}, author=CLAUDE)
    return sample


def told(sample, path):
    """Who, how sure, and the lines (from 1, inclusive) of each piece of evidence."""
    text = (sample.root / path).read_bytes()
    with History(Repository.find(sample.root)) as history:
        found = history.evidence(path, text)
    return [
        (
            one.assistant,
            str(one.strength),
            text.count(b"\n", 0, one.span.start) + 1,
            text.count(b"\n", 0, one.span.end - 1) + 1,
        )
        for one in found
    ]


WHOLE = [("claude-code", "declared", 1, MADE.count("\n"))]


def test_git_mv(sample):
    (sample.root / "graders").mkdir()
    sample.git("mv", "src/walk.py", "graders/score.py")
    assert told(sample, "graders/score.py") == WHOLE


def test_a_move_by_the_shell(sample):
    (sample.root / "graders").mkdir()
    os.rename(sample.root / "src/walk.py", sample.root / "graders/score.py")
    assert told(sample, "graders/score.py") == WHOLE


def test_a_copy(sample):
    sample.write("graders/score.py", MADE)
    assert told(sample, "graders/score.py") == WHOLE


def test_a_copy_over_a_committed_file(sample):
    sample.write("src/tides.py", MADE)
    assert told(sample, "src/tides.py") == WHOLE


def test_the_old_name_is_told(sample):
    sample.write("graders/score.py", MADE)
    with History(Repository.find(sample.root)) as history:
        (one,) = history.evidence("graders/score.py", MADE.encode())
    assert one.detail.endswith("; the text came here from src/walk.py")


def test_a_move_with_some_edits_keeps_the_lines_that_stand(sample):
    os.unlink(sample.root / "src/walk.py")
    sample.write("graders/score.py", OWN + MADE.replace("return torches", "return tuple(torches)"))
    shift, changed = OWN.count("\n"), MADE.split("return torches")[0].count("\n") + 1
    end = shift + MADE.count("\n")
    assert told(sample, "graders/score.py") == [
        ("claude-code", "declared", shift + 1, shift + changed - 1),
        ("claude-code", "declared", shift + changed + 1, end),
    ]


def test_a_copy_with_some_edits(sample):
    edited = MADE.replace("return torches", "return tuple(torches)")
    sample.write("graders/score.py", edited)
    changed = MADE.split("return torches")[0].count("\n") + 1
    assert [row[2:] for row in told(sample, "graders/score.py")] == [
        (1, changed - 1),
        (changed + 1, MADE.count("\n")),
    ]


def test_a_text_is_looked_for_again_when_much_of_it_is_new(sample):
    with History(Repository.find(sample.root)) as history:
        mine = OWN.encode()
        assert history.evidence("graders/score.py", mine) == []
        edited = MADE.replace("return torches", "return tuple(torches)").encode()
        assert history.evidence("graders/score.py", edited)
        assert history.evidence("graders/score.py", mine) == []


def test_of_many_files_git_tells_which_have_the_lines(sample):
    many = {f"src/small_{number}.py": f"x = {number}\n" for number in range(501)}
    sample.commit("many by Claude", many, author=CLAUDE)
    sample.write("graders/score.py", MADE.replace("return torches", "return tuple(torches)"))
    assert len(told(sample, "graders/score.py")) == 2
    sample.write("graders/score.py", FERRY)
    assert told(sample, "graders/score.py") == []


def test_the_last_of_many_new_files_is_compared_as_the_first_is(sample):
    many = {f"src/small_{number}.py": f"x = {number}\n" for number in range(501)}
    sample.commit("many by Claude", many, author=CLAUDE)
    text = MADE.replace("return torches", "return tuple(torches)").encode()
    with History(Repository.find(sample.root)) as history:
        first = history.evidence("graders/score.py", text)
        for number in range(60):
            own = FERRY.replace("storm", f"gale_{number}").encode()
            assert history.evidence(f"graders/new_{number}.py", own) == []
        last = history.evidence("graders/last.py", text)
    assert len(first) == 2
    assert last == first


def test_a_name_that_many_files_had_is_found_among_all_that_are_gone(sample):
    many = {f"src/{number:03}/file.py": f"{TIDES}\n# {number}\n" for number in range(501)}
    many["src/zebra/walk.py"] = MADE.replace("torches", "lanterns")
    sample.commit("many by Claude", many, author=CLAUDE)
    for path in many:
        (sample.root / path).unlink()
    text = MADE.replace("torches", "lanterns").replace("return lanterns", "return tuple(lanterns)")
    sample.write("graders/walk.py", text)
    with History(Repository.find(sample.root)) as history:
        details = {one.detail for one in history.evidence("graders/walk.py", text.encode())}
    assert [one.endswith("came here from src/zebra/walk.py") for one in details] == [True]


def test_attributes_of_the_repository_hide_no_copy(sample):
    many = {f"src/small_{number}.py": f"x = {number}\n" for number in range(501)}
    many[".gitattributes"] = "* binary\n"
    sample.commit("many by Claude", many, author=CLAUDE)
    sample.write("graders/score.py", MADE.replace("return torches", "return tuple(torches)"))
    assert len(told(sample, "graders/score.py")) == 2


def test_text_from_elsewhere_does_not_hide_what_the_files_own_history_tells(sample):
    # A person committed Claude's text under another name; Claude wrote a line of that file, too.
    sample.commit("by Claude", {"src/other.py": "lamp = 'oil'\n"}, author=CLAUDE)
    text = f"{TIDES}{FERRY}{WALK}lamp = 'oil'\n"
    sample.commit("by hand", {"src/other.py": text})
    sample.write("src/walk.py", text)
    last = text.count("\n")
    assert sorted(told(sample, "src/walk.py")) == [
        ("claude-code", "declared", last - WALK.count("\n"), last - 1),
        ("claude-code", "declared", last, last),
    ]


def test_a_file_is_judged_alike_in_a_run_over_few_files_and_over_many(sample):
    sample.commit("by Claude", {"src/other.py": "lamp = 'oil'\n"}, author=CLAUDE)
    text = f"{MADE}lamp = 'oil'\n"
    sample.commit("by hand", {"src/other.py": text})
    sample.write("src/walk.py", text)
    others = {f"src/new_{number}.py": f"{FERRY}# {number}\n" for number in range(20)}
    with History(Repository.find(sample.root)) as history:
        alone = history.evidence("src/walk.py", text.encode())
    with History(Repository.find(sample.root)) as history:
        for path, other in others.items():
            assert history.evidence(path, other.encode()) == []
        assert history.evidence("src/walk.py", text.encode()) == alone


def test_a_file_made_from_a_persons_template_is_no_copy_of_an_assistants(sample):
    sample.commit("by hand", {"src/template.py": TIDES + PENALTY + FERRY})
    made = (TIDES + PENALTY + FERRY).replace("margin", "slack")
    sample.commit("by Claude", {"src/third.py": made}, author=CLAUDE)
    sample.write("graders/mine.py", (TIDES + PENALTY + FERRY).replace("captain", "pilot"))
    assert told(sample, "graders/mine.py") == []


def test_a_file_that_is_rewritten_by_hand_is_nobodys_copy(sample):
    os.unlink(sample.root / "src/walk.py")
    sample.write("graders/walk.py", TIDES + FERRY)
    assert told(sample, "graders/walk.py") == []


def test_a_copy_of_a_persons_file_is_clean(sample):
    sample.write("graders/score.py", TIDES + FERRY)
    sample.write("graders/empty.py", "")
    assert told(sample, "graders/score.py") == []
    assert told(sample, "graders/empty.py") == []


def test_a_text_that_a_person_has_committed_as_well_may_be_theirs(sample):
    sample.commit("by hand", {"src/mine.py": MADE})
    sample.write("graders/score.py", MADE)
    assert told(sample, "graders/score.py") == []
    # But whose file is gone has been moved.
    os.unlink(sample.root / "src/walk.py")
    assert told(sample, "graders/score.py") == WHOLE
    os.unlink(sample.root / "src/mine.py")
    sample.write("src/walk.py", MADE)
    assert told(sample, "graders/score.py") == []


def test_lines_of_a_note_move_with_the_file(sample):
    commit = sample.commit("with a note", {"src/noted.py": TIDES + FERRY + PENALTY})
    metadata = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "",
        "prompts": {},
        "sessions": {"s_1": {"agent_id": {"tool": "codex", "id": "c-1", "model": "m"}}},
    }
    sample.note(commit, f"src/noted.py\n  s_1::t_1 3-5\n---\n{json.dumps(metadata)}\n")
    (sample.root / "graders").mkdir()
    os.rename(sample.root / "src/noted.py", sample.root / "graders/ours.py")
    assert told(sample, "graders/ours.py") == [("codex", "recorded", 3, 5)]


def test_names_that_git_would_take_for_options(sample):
    odd = os.fsdecode(b"-e\xff\n*.py")
    sample.commit("odd", {odd: FERRY + PENALTY}, author=CLAUDE)
    sample.write("graders/--score.py", FERRY + PENALTY)
    assert [row[0] for row in told(sample, "graders/--score.py")] == ["claude-code"]
    text = (FERRY + PENALTY).encode()
    with History(Repository.find(sample.root)) as history:
        assert history.evidence(odd, text)


def test_a_repository_without_commits(tmp_path):
    sample = Sample.new(tmp_path / "new")
    sample.write("score.py", MADE)
    assert told(sample, "score.py") == []
