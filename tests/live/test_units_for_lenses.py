"""What lenses stand above, and what they say."""

from __future__ import annotations

import pytest

from redline.live.analysis import Analysis
from redline.live.places import Extent, Place
from redline.live.units import MOST, protected_units, words_of
from redline.model import Evidence, EvidenceKind, Skip, Span, Strength, ZoneHit

WHOLE = ZoneHit("grader", "matches 'graders/'")
PYTHON = b"""\
import re

@scorer
def grade(answer):
    def clean(text):
        return text.strip()
    return clean(answer) == "4"


class Judge:
    def score(self):
        return 1
"""


def told(path, text, *zones):
    return [(unit.kind, unit.name, unit.zones) for unit in protected_units(path, text, zones)]


def lines(first, last):
    """Whole lines, from 0, ``last`` exclusive."""
    return Extent(Place(first, 0), Place(last, 0))


def piece(strength=Strength.RECORDED, assistant="codex", kind=EvidenceKind.SESSION, time=None):
    return Evidence(kind, strength, Span(0, 1), assistant, "detail", time=time)


def analysis(*found, skips=()):
    return Analysis(
        "graders/way.py",
        (WHOLE,),
        (),
        (),
        tuple(skips),
        tuple(one for one, _ in found),
        tuple(extent for _, extent in found),
        protected=True,
    )


def words(*found, unit=None, sessions=True, skips=()):
    (said,) = words_of((unit or lines(0, 20),), analysis(*found, skips=skips), sessions=sessions)
    return said


def test_a_file_that_is_protected_whole_and_its_functions_and_classes():
    assert told("graders/way.py", PYTHON, WHOLE) == [
        ("file", "", ("grader",)),
        ("function", "grade", ("grader",)),
        ("class", "Judge", ("grader",)),
        ("method", "Judge.score", ("grader",)),
    ]


def test_of_other_files_only_what_a_rule_picks():
    start = PYTHON.index(b"@scorer")
    span = Span(start, PYTHON.index(b"\n\n\nclass"))
    hit = ZoneHit("grader", "function grade is decorated @scorer", span)
    assert told("src/way.py", PYTHON, hit) == [("function", "grade", ("grader",))]
    assert told("src/way.py", PYTHON) == []


def test_a_unit_in_two_zones_is_told_once():
    span = Span(PYTHON.index(b"@scorer"), PYTHON.index(b"\n\n\nclass"))
    hit = ZoneHit("eval-task", "decorated", span)
    assert ("function", "grade", ("eval-task", "grader")) in told("a.py", PYTHON, WHOLE, hit)


def test_cells_of_a_notebook_are_its_units():
    text = (
        b'{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y = 2"]},'
        b' {"cell_type": "markdown", "source": []},'
        b' {"cell_type": "code", "source": "z"}], "nbformat": 4}'
    )
    assert told("graders/way.ipynb", text, WHOLE) == [
        ("file", "", ("grader",)),
        ("cell", "cell 1", ("grader",)),
        ("cell", "cell 3", ("grader",)),
    ]


@pytest.mark.parametrize("text", [b"", b"(" * 10_000, b"\xff\xfe def", b"x" * (9 << 20)])
def test_what_cannot_be_parsed_has_itself(text):
    assert told("graders/way.py", text, WHOLE) == [("file", "", ("grader",))]


def test_very_many_units_are_bounded():
    text = b"".join(b"def f%d():\n    pass\n" % number for number in range(MOST + 50))
    assert len(told("graders/way.py", text, WHOLE)) == MOST + 1


def test_silence_is_never_called_proof():
    assert words() == "no assistant text found"
    assert words(sessions=False) == "no assistant text found; no sessions are indexed"


def test_what_could_not_be_judged_is_not_called_free():
    skip = Skip("graders/way.py", "its history cannot be read", protected=True)
    assert words(skips=[skip]) == "not judged: its history cannot be read"


def test_lines_are_counted_by_assistant():
    assert words((piece(), lines(2, 14))) == "12 lines from Codex"
    assert words((piece(), Extent(Place(3, 4), Place(3, 9)))) == "1 line from Codex"
    both = (piece(), lines(0, 5)), (piece(assistant="claude-code"), lines(5, 6))
    assert words(*both) == "1 line from Claude Code, 5 lines from Codex"
    assert words(*both, unit=lines(4, 6)) == "1 line from Claude Code, 1 line from Codex"


def test_a_line_counts_once_for_its_strongest_evidence():
    weak = piece(Strength.SUSPECTED, "copilot")
    assert words((weak, lines(0, 9)), (piece(), lines(0, 9)), (weak, lines(3, 4))) == (
        "9 lines from Codex"
    )


def test_words_are_no_stronger_than_the_evidence():
    commit = piece(Strength.DECLARED, kind=EvidenceKind.COMMIT)
    assert words((commit, lines(0, 3))) == "3 lines of a commit that names Codex"
    weak = piece(Strength.SUSPECTED, kind=EvidenceKind.MARKER)
    assert words((weak, lines(0, 1))) == "1 line that may come from Codex"
    unknown = piece(Strength.SUSPECTED, "undeclared", EvidenceKind.EDIT)
    assert words((unknown, lines(0, 7))) == "7 lines of unknown origin"
    assert words((unknown, lines(0, 7)), (piece(), lines(8, 9))) == (
        "1 line from Codex, 7 lines of unknown origin"
    )
