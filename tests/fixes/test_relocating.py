"""What is moved lies where the policy allows it, or in no zone at all."""

from __future__ import annotations

import pytest
from judged import after, case_of, policy_of, refused, shipped, undone

from redline.fixes import applied, plan
from redline.fixes.edits import NoFixError

RULES = """\
schema: policy/1
zones:
  - id: drafts
    title: Drafts
    globs: [drafts/, "*.draft.*"]
"""
GRADER = b"""\
@scorer
def torch(a, torch=1):
    return torch
"""


def test_lines_move_to_a_zone_that_allows_them():
    text = b"own = 1\n\ntorch = 2\n\nown = 3\n"
    case = case_of("evals/maze.py", text, policy_of(RULES))
    fix = plan("move", case)
    assert fix.title == "Move this line to drafts/maze.py"
    assert [(new.path, new.content) for new in fix.new_files] == [
        ("drafts/maze.py", b"torch = 2\n")
    ]
    assert after(case, fix) == b"own = 1\n\nown = 3\n"
    assert undone(case, fix) == text


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (b"lamp = 1\n", b"lamp = 1\n\ntorch = 2\n"),
        (b"lamp = 1", b"lamp = 1\n\ntorch = 2\n"),
        (b"lamp = 1\r\n", b"lamp = 1\r\n\r\ntorch = 2\r\n"),
        (b"", b"torch = 2\n"),
    ],
)
def test_a_file_that_is_there_gets_them_at_its_end(present, expected):
    case = case_of(
        "evals/maze.py",
        b"own = 1\ntorch = 2\n",
        policy_of(RULES),
        read={"drafts/maze.py": present}.get,
    )
    fix = plan("move", case)
    assert not fix.new_files
    assert applied(present, "drafts/maze.py", fix.edits) == expected
    assert applied(case.text, case.path, fix.edits) == b"own = 1\n"


def test_rows_go_to_the_rows_that_are_there():
    read = {"drafts/cases.csv": b"q,a\nlamp,1\n"}.get
    case = case_of("evals/cases.csv", b"q,a\ntorch,2\n", policy_of(RULES), read=read)
    fix = plan("move", case)
    text = applied(b"q,a\nlamp,1\n", "drafts/cases.csv", fix.edits)
    assert text == b"q,a\nlamp,1\ntorch,2\n"


def test_without_a_zone_that_allows_it_nothing_moves():
    case = case_of("evals/maze.py", b"torch = 2\n", shipped())
    assert "no zone" in refused(lambda: plan("move", case))


def test_a_scorer_is_a_grader_wherever_it_lies():
    text = b"own = 1\n\n\n" + GRADER.replace(b"@scorer", b"@scorer  # torch")
    case = case_of("graders/maze.py", text, policy_of(RULES))
    assert "no zone" in refused(lambda: plan("move", case))


def test_what_does_not_stand_on_its_own_does_not_move():
    text = b"def own():\n    own = 1\n    torch = 2\n"
    case = case_of("evals/maze.py", text, policy_of(RULES))
    assert "on their own" in refused(lambda: plan("move", case))


def quarantined(path: str, text: bytes, **more):
    case = case_of(path, text, shipped(), **more)
    object.__setattr__(case.finding, "fixes", ("quarantine",))
    fix = plan("quarantine", case)
    (new,) = fix.new_files
    assert not shipped().zones_of(new.path)
    assert not shipped().unit_zones(new.path, new.content)
    return new, fix


def test_quarantine_keeps_the_bytes_in_a_file_of_no_zone():
    new, fix = quarantined("evals/maze.py", b"own = 1\r\n\ttorch = 'x'\r\n".replace(b"\t", b""))
    assert new.path.startswith("quarantine/maze-")
    assert new.path.endswith(".py")
    assert new.content == b"torch = 'x'\r\n"
    assert fix.title.startswith("Quarantine this line in quarantine/maze-")


def test_a_quarantined_scorer_is_plain_text():
    new, _ = quarantined("graders/maze.py", GRADER.replace(b"@scorer", b"@scorer  # torch"))
    assert new.path.endswith(".py.txt")


def test_a_grader_by_name_is_quarantined_under_a_name_of_no_zone():
    new, _ = quarantined("graders/grader_maze.py", b"torch = 1\n")
    assert new.path.startswith("quarantine/")
    assert "grader" not in new.path


def test_half_a_function_is_plain_text():
    new, _ = quarantined("evals/maze.py", b"def own():\n    own = 1\n    torch = 2\n")
    assert new.path.endswith(".py.txt")
    assert new.content == b"    torch = 2\n"


def test_a_name_that_is_taken_is_left_alone():
    first, _ = quarantined("evals/maze.py", b"torch = 1\n")
    again, _ = quarantined("evals/maze.py", b"torch = 1\n", read={first.path: b"old"}.get)
    assert again.path != first.path


def test_the_same_lines_get_the_same_name_every_time():
    first, _ = quarantined("evals/maze.py", b"own = 1\ntorch = 1\n")
    again, _ = quarantined("evals/maze.py", b"own = 2\n\n\ntorch = 1\n")
    assert first == again


def test_where_every_file_lies_in_a_zone_nothing_is_quarantined():
    rules = "schema: policy/1\nzones:\n  - {id: all, title: All, globs: ['**']}\n"
    case = case_of("evals/maze.py", b"torch = 1\n", policy_of(rules))
    object.__setattr__(case.finding, "fixes", ("quarantine",))
    assert "every file" in refused(lambda: plan("quarantine", case))


def test_a_place_that_cannot_be_written_to_is_passed_over():
    def read(path: str) -> bytes | None:
        raise NoFixError("it is a folder")

    case = case_of("evals/maze.py", b"torch = 1\n", policy_of(RULES), read=read)
    assert "no zone" in refused(lambda: plan("move", case))
