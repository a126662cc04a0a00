"""What an assistant wrote is found elsewhere: copied, reformatted, renamed, in part."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from assistant_log import WROTE_AT, Log, found, indexed
from maze import OWN, PENALTY, RENAMED, WALK, lines, renamed

BEFORE = lines(OWN) + 1
COPY = [("matched", BEFORE, BEFORE + lines(WALK) - 1)]


def beside(text):
    """The text between lines of somebody else's."""
    return OWN + text + "\n\ndef test_oil(lantern):\n    assert lantern.read_text() == 'full'\n"


@pytest.fixture
def walk(workshop):
    """A workshop whose assistant wrote one function to a file that is not in the tree."""
    workshop.log.write("scratch/walk.py", WALK)
    return workshop


def test_a_pasted_function_is_found_to_the_line(walk):
    assert walk.found("evals/grader.py", beside(WALK)) == COPY


def test_an_indented_paste_is_found(walk):
    inside = "".join(f"        {line}" for line in WALK.splitlines(keepends=True))
    assert walk.found("evals/grader.py", beside(inside)) == COPY


def test_other_quotes_and_line_ends_change_nothing(walk):
    text = beside(WALK).replace('"""', "'''").replace("\n", "\r\n")
    assert walk.found("evals/grader.py", text) == COPY


def test_a_reformatted_function_is_found_within_a_line(walk):
    plain = ast.unparse(ast.parse(WALK)) + "\n"
    [(strength, first, last)] = walk.found("evals/grader.py", beside(plain))
    assert strength == "matched"
    assert abs(first - BEFORE) <= 1
    assert abs(last - (BEFORE + lines(plain) - 1)) <= 1


def test_a_renamed_function_is_found_within_a_line(walk):
    [(strength, first, last)] = walk.found("evals/grader.py", beside(renamed(WALK)))
    assert strength == "matched"
    assert abs(first - BEFORE) <= 1
    assert abs(last - (BEFORE + lines(WALK) - 1)) <= 1


def test_a_table_of_names_is_no_renamed_function(walk):
    table = "NAMES = {\n" + "".join(f"    {a!r}: {b!r},\n" for a, b in RENAMED.items()) + "}\n"
    assert walk.found("evals/names.py", OWN + table) == []


def test_four_rare_lines_are_found(walk):
    start = WALK.index("        for corridor")
    four = WALK[start : WALK.index("    return None")]
    [(_, first, last)] = walk.found("evals/grader.py", beside(four))
    assert (first, last) == (BEFORE, BEFORE + 3)


def test_one_common_line_is_not(walk):
    assert walk.found("evals/grader.py", beside("    return None\n")) == []


def test_code_that_was_only_answered_in_chat_is_found(workshop):
    workshop.log.say(f"Try this:\n\n```python\n{WALK}```\n")
    assert workshop.found("evals/grader.py", beside(WALK)) == COPY


def test_two_functions_of_one_session_are_two_regions_around_a_humans_lines(workshop):
    workshop.log.write("scratch/walk.py", WALK + "\n" + PENALTY)
    between = "\n".join(f"assert lamp_{n}({n * 7}) == {n * 13 % 11}" for n in range(40)) + "\n"
    text = WALK + between + PENALTY
    second = lines(WALK) + 41
    assert workshop.found("evals/grader.py", text) == [
        ("matched", 1, lines(WALK)),
        ("matched", second, second + lines(PENALTY) - 1),
    ]


def test_a_region_is_whole_bytes_of_whole_lines(walk):
    from redline.detect.sessions import SessionDetector

    data = beside(WALK).encode()
    walk.found("evals/grader.py", data)
    with SessionDetector.open(walk.index) as sessions:
        [evidence] = sessions.evidence("evals/grader.py", "/home/ada/maze", data)
    assert data[evidence.span.start : evidence.span.end].decode() == WALK
    assert evidence.detail == "wrote the same text to walk.py; the text is the same, line by line"


# Without the mail and FTP clients, whose authors did copy from each other.
STABLE = (
    "argparse bisect calendar cmd code codeop colorsys configparser contextlib copy csv "
    "dataclasses difflib fileinput filecmp fnmatch fractions functools getopt getpass "
    "gettext glob graphlib gzip heapq hmac html.parser inspect ipaddress json.decoder "
    "json.encoder linecache locale mailbox mimetypes netrc numbers operator optparse pdb "
    "pickle plistlib pprint profile quopri random sched secrets selectors shelve shlex "
    "shutil socketserver statistics string tabnanny tarfile tempfile textwrap "
    "threading timeit tokenize trace traceback types uuid wave weakref webbrowser zipapp "
    "zipfile "
).split()


def source(module):
    """A module of the standard library."""
    path = importlib.util.find_spec(module).origin
    return Path(path).read_text(encoding="utf-8")


def test_no_module_of_the_standard_library_is_taken_for_another(tmp_path):
    log = Log(tmp_path / "sessions" / "one.jsonl")
    for module in STABLE[::2]:
        log.write(f"scratch/{module}_of_mine.py", source(module))
    index = indexed(tmp_path / "sessions", tmp_path / "index.db")
    sure = {
        module: regions
        for module in STABLE[1::2]
        if (
            regions := [
                r for r in found(index, f"lib/{module}.py", source(module)) if r[0] == "matched"
            ]
        )
    }
    assert sure == {}


# Time: what is older than the message cannot come from it.


@pytest.mark.parametrize("text", [WALK, renamed(WALK)], ids=["verbatim", "renamed"])
@pytest.mark.parametrize(
    ("age", "is_found"),
    [
        pytest.param(-3_600_000, False, id="an hour older"),
        pytest.param(-1_001, False, id="the second before"),
        pytest.param(-999, True, id="committed in the same second"),
        pytest.param(3_600_000, True, id="an hour younger"),
        pytest.param(None, True, id="not committed"),
    ],
)
def test_only_lines_no_older_than_the_message_are_found(walk, text, age, is_found):
    committed = None if age is None else WROTE_AT + age
    regions = walk.found("evals/grader.py", text, [committed] * lines(text))
    assert bool(regions) is is_found


@pytest.mark.parametrize("text", [WALK, renamed(WALK)], ids=["verbatim", "renamed"])
def test_old_lines_inside_a_young_paste_stay_with_their_author(walk, text):
    old = WROTE_AT - 86_400_000
    times = [old] * BEFORE + [None] * lines(text) + [old] * 10
    regions = walk.found("evals/grader.py", beside(text), times[1:])
    assert regions
    assert all(first >= BEFORE and last < BEFORE + lines(text) for _, first, last in regions)


# Human first: what the assistant had read is not its own.


def test_text_that_the_assistant_had_read_is_nobodys_find(workshop):
    workshop.log.read("evals/walk.py", WALK)
    workshop.log.write("scratch/copy.py", WALK)
    assert workshop.found("evals/walk.py", WALK) == []


def test_text_from_the_prompt_is_nobodys_find(workshop):
    workshop.log.ask(f"Move this to a file:\n{WALK}")
    workshop.log.write("scratch/copy.py", WALK)
    assert workshop.found("evals/walk.py", WALK) == []


def test_three_lines_echoed_in_chat_are_nobodys_find(workshop):
    workshop.log.read("evals/walk.py", WALK)
    echoed = "".join(WALK.splitlines(keepends=True)[8:11])
    workshop.log.say(f"The trouble is here:\n\n```python\n{echoed}```\n")
    assert workshop.found("evals/walk.py", WALK) == []


def test_a_moved_function_is_not_the_movers_but_the_lines_around_it_are(workshop):
    workshop.log.read("evals/walk.py", WALK)
    workshop.log.write("evals/moved.py", PENALTY + "\n\n" + WALK)
    after = PENALTY + "\n\n" + WALK
    assert workshop.found("evals/moved.py", after) == [("recorded", 1, lines(PENALTY))]


def test_what_the_assistant_wrote_first_stays_its_own_when_read_back(workshop):
    workshop.log.write("scratch/walk.py", WALK)
    workshop.log.read("scratch/walk.py", WALK)
    workshop.log.write("scratch/again.py", WALK)
    assert workshop.found("evals/grader.py", beside(WALK)) == COPY


def test_what_is_told_late_to_have_stood_there_is_not_the_assistants(workshop):
    call = workshop.log.begin_write("evals/walk.py", WALK + PENALTY)
    workshop.log.applied(call, "evals/walk.py", WALK + PENALTY, before=WALK)
    first = lines(WALK) + 1
    assert workshop.found("evals/walk.py", WALK + PENALTY) == [
        ("recorded", first, first + lines(PENALTY) - 1)
    ]
