"""What a person sees of a file's lines beside the session's text."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_log import WROTE_AT, Log
from redline.model import Evidence, EvidenceKind, Span, Strength
from redline.project.comparison import compare
from redline.project.comparison_rows import RowKind
from redline.report.cells import width
from redline.report.look import Look
from redline.report.side_by_side import render

WROTE = '''\
def shortest(maze, start):
    """Breadth first."""
    queue = [start]

    while queue:
        room = queue.pop(0)
        if room == maze.goal:
            return room
    return None
'''
STANDS = '''\
import maze


def shortest(cave, start):
    """Breadth first."""
    queue = [start]

    while queue:
        room = (
            queue.pop(0)
        )
        print("here", room)
        if room == cave.goal:
            return room


last = 1
'''


def seen(text: str) -> str:
    """What is printed, two cells from the edge."""
    return indent(dedent(text.removeprefix("\n")), "  ")


def evidence(source, text: str, part: str, **changes) -> Evidence:
    start = len(text[: text.index(part)].encode())
    span = Span(start, start + len(part.encode()))
    found = Evidence(
        EvidenceKind.SESSION,
        Strength.MATCHED,
        span,
        "claude-code",
        "the same",
        model="opus",
        session="5d1f0c52",
        time=WROTE_AT,
        source=str(source),
        position=0,
    )
    return replace(found, **changes)


def compared(folder, wrote=WROTE, stands=STANDS, *, lines=None, context=1, part=None):
    log = Log(folder / "one.jsonl", "5d1f0c52")
    log.write("maze.py", wrote)
    if part is None:
        part = stands[stands.index("def ") : stands.index("\n\n\nlast") + 1]
    piece = evidence(log.path, stands, part)
    lines = lines or (1, stands.count("\n"))
    return list(compare([piece], stands.encode(), lines, context, every=False))


def shown(folder, look=None, *, full=False, **how) -> str:
    text = "".join(render(compared(folder, **how), look or Look(), path="cave.py", full=full))
    return text.replace(str(folder), "~/.claude")


def rows(folder, look=None, **how) -> str:
    """The rows alone, without the head and the legend."""
    head, _, rest = shown(folder, look, **how).partition("maze.py\n")
    assert head
    return rest.partition("\n\n")[0] + "\n"


def test_two_columns_where_there_is_room(tmp_path):
    assert shown(tmp_path) == seen("""
          cave.py, lines 4-14
          session 5d1f0c52, claude-code (opus), 2026-03-01 10:00 UTC, byte 0 of ~/.claude/one.jsonl
          41 of 53 tokens are the same, 2 names changed; written to /home/ada/maze/maze.py
           3
           4 def shortest(cave, start):                   ~ 1 def shortest(maze, start):
             ^^^^^^^^^^^^^~~~~^^^^^^^^^                       ^^^^^^^^^^^^^~~~~^^^^^^^^^
           5     \"\"\"Breadth first.\"\"\"                     = 2     \"\"\"Breadth first.\"\"\"
           6     queue = [start]                          = 3     queue = [start]
           7                                              = 4
           8     while queue:                             = 5     while queue:
           9         room = (                             ~ 6         room = queue.pop(0)
                     ^^^^^^                                           ^^^^^^^^^^^^^^^^^^^
          10             queue.pop(0)
                         ^^^^^^^^^^^^
          11         )                                    +
          12         print("here", room)                  +
          13         if room == cave.goal:                ~ 7         if room == maze.goal:
                     ^^^^^^^^^^ ~~~~^^^^^^                            ^^^^^^^^^^ ~~~~^^^^^^
          14             return room                      = 8             return room
          15                                                9     return None

          = the same but for blanks, ~ changed: ^ under the same, ~ under another name,
          + only in the file, - only in the session

        """)


def test_one_below_the_other_where_it_is_narrow(tmp_path):
    assert rows(tmp_path, Look(width=60)) == seen("""
             3
          ~  4   def shortest(cave, start):
                 ^^^^^^^^^^^^^~~~~^^^^^^^^^
               1 def shortest(maze, start):
                 ^^^^^^^^^^^^^~~~~^^^^^^^^^
          =  5 2     \"\"\"Breadth first.\"\"\"
          =  6 3     queue = [start]
          =  7 4
          =  8 5     while queue:
          ~  9           room = (
                         ^^^^^^
            10               queue.pop(0)
                             ^^^^^^^^^^^^
               6         room = queue.pop(0)
                         ^^^^^^^^^^^^^^^^^^^
          + 11           )
          + 12           print("here", room)
          ~ 13           if room == cave.goal:
                         ^^^^^^^^^^ ~~~~^^^^^^
               7         if room == maze.goal:
                         ^^^^^^^^^^ ~~~~^^^^^^
          = 14 8             return room
            15
               9     return None
        """)


def test_on_a_terminal_marks_are_colours(tmp_path):
    bold, yellow, frame, end = "\x1b[1m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[0m"
    look = Look(colour=True, width=60)
    assert rows(tmp_path, look, lines=(12, 13), context=0) == (
        f'  {frame}+ 12  {end}         print("here", room)\n'
        f"  {frame}~ 13  {end}         {bold}if room =={end} {yellow}cave{end}{bold}.goal:{end}\n"
        f"  {frame}     7{end}         {bold}if room =={end} {yellow}maze{end}{bold}.goal:{end}\n"
    )


def test_wide_signs_tabs_and_controls_keep_the_columns(tmp_path):
    wrote = "name = '迷路' + treasure['gold']\n\tcount = 1  # x\n"
    stands = "name = '迷路' + chest['gold']\n\tcount = 1  # \x1b[31m\u202e\n"
    assert rows(tmp_path, wrote=wrote, stands=stands, part=stands) == seen("""
          1 name = '迷路' + chest['gold']                 ~ 1 name = '迷路' + treasure['gold']
            ^^^^^^^^^^^^^^^ ~~~~~^^^^^^^^                     ^^^^^^^^^^^^^^^ ~~~~~~~~^^^^^^^^
          2     count = 1  # \\x1b[31m\\u202e               ~ 2     count = 1  # x
                ^^^^^^^^^^^^                                      ^^^^^^^^^^^^
        """)


LONG = "total = " + " + ".join(f"torch_{n}" for n in range(60)) + "\n"


def test_long_lines_are_cut_unless_all_is_wanted(tmp_path):
    changed = LONG.replace("torch_59", "candle")
    for look in (Look(), Look(width=60)):
        cut = rows(tmp_path / str(look.width), look, wrote=LONG, stands=changed, part=changed)
        assert all("…" in line for line in cut.splitlines() if "torch" in line)
        whole = rows(tmp_path / "w", look, wrote=LONG, stands=changed, part=changed, full=True)
        assert "…" not in whole
        assert "candle" in whole
        assert "candle" not in cut


def test_a_line_is_cut_about_what_is_marked(tmp_path):
    stands = "x = '" + "a" * 500 + "'; y = shortest(maze, start=3, goal=4, torches=5)\n"
    wrote = "y = shortest(maze, start=3, goal=4, torches=5)\n"
    part = "y = shortest(maze, start=3, goal=4, torches=5)\n"
    assert "y = shortest(maze" in rows(tmp_path, wrote=wrote, stands=stands, part=part)


def test_many_rows_are_counted(tmp_path):
    wrote = "".join(f"torch_{n} = {n}\n" for n in range(300))
    cut = rows(tmp_path, wrote=wrote, stands=wrote, part=wrote)
    assert cut.endswith("  … 220 more rows (--full shows all)\n")
    assert "more rows" not in rows(tmp_path / "w", wrote=wrote, stands=wrote, part=wrote, full=True)


def test_only_the_lines_asked_for_and_some_about_them(tmp_path):
    [found] = compared(tmp_path, lines=(8, 8), context=1)
    assert [line.number for row in found.rows for line in row.file] == [7, 8, 9, 10]
    assert (found.first_line, found.last_line, found.tokens, found.equal) == (8, 8, 3, 3)


def test_lines_about_a_region_are_not_compared(tmp_path):
    [found] = compared(tmp_path, part="    queue = [start]\n", context=2)
    kinds = [row.kind for row in found.rows]
    assert kinds == [RowKind.CONTEXT] * 2 + [RowKind.SAME] + [RowKind.CONTEXT] * 2
    assert found.rows[0].file[0].number == 4
    assert found.rows[0].session[0].number == 1


def test_the_block_of_the_record_that_wrote_it_is_taken(tmp_path):
    log = Log(tmp_path / "one.jsonl", "5d1f0c52")
    log.say(f"```python\nprint('hello')\n```\nor\n```python\n{WROTE}```\n")
    piece = evidence(log.path, STANDS, STANDS[STANDS.index("def ") : STANDS.index("\n\nlast")])
    [found] = compare([piece], STANDS.encode(), (1, 99), 0, every=False)
    first = found.rows[0].session[0]
    assert (first.number, first.text) == (1, "def shortest(maze, start):")


def test_what_stronger_evidence_shows_is_not_shown_again(tmp_path):
    logs = [Log(tmp_path / f"{name}.jsonl", "5d1f0c52") for name in ("one", "two")]
    for log in logs:
        log.write("maze.py", WROTE)
    pieces = [evidence(log.path, WROTE, WROTE[:60]) for log in logs]
    for every, count in ((False, 1), (True, 2)):
        found = compare(pieces, WROTE.encode(), (1, 9), 0, every=every)
        assert len(list(found)) == count


def test_regions_of_one_text_that_stand_close_are_shown_together(tmp_path):
    log = Log(tmp_path / "one.jsonl", "5d1f0c52")
    log.write("maze.py", WROTE)
    parts = ("def shortest", "room = queue", "return None")
    pieces = [evidence(log.path, WROTE, part) for part in parts]
    [found] = compare(pieces, WROTE.encode(), (1, 9), 0, every=False)
    assert (found.first_line, found.last_line, found.evidence) == (1, 9, tuple(pieces))


def test_regions_of_one_text_that_stand_apart_are_shown_apart(tmp_path):
    own = "".join(f"own_{n} = {n}\n" for n in range(20))
    text = WROTE + own + WROTE.replace("maze", "cave")
    log = Log(tmp_path / "one.jsonl", "5d1f0c52")
    log.write("maze.py", WROTE)
    pieces = [evidence(log.path, text, WROTE), evidence(log.path, text, text[-len(WROTE) :])]
    found = compare(pieces, text.encode(), (1, 99), 0, every=False)
    assert [(one.first_line, one.last_line) for one in found] == [(1, 9), (30, 38)]


@pytest.mark.parametrize("look", [Look(), Look(width=60), Look(colour=True)])
def test_nothing_of_a_session_drives_the_terminal(tmp_path, look):
    evil = "x = '\x1b]0;owned\x07\x1b[2J'\r\n\x9b31m = 1\n\u2028y = '\u202e'\n"
    text = rows(tmp_path, look, wrote=evil, stands=evil, part=evil)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text) if look.colour else text
    assert not set(plain) & set("\x1b\x07\x9b\u202e\u2028\r")


LINES = st.lists(st.text("ab=()\t漢\u0301\x1b ", max_size=90), min_size=1, max_size=6)


@given(LINES, LINES, st.integers(40, 130), st.booleans())
def test_no_row_is_wider_than_the_terminal(tmp_path_factory, wrote, stands, cells, full):
    folder = tmp_path_factory.mktemp("rows")
    text = "\n".join(["same = 1", *stands]) + "\n"
    said = "\n".join(["same = 1", *wrote]) + "\n"
    for row in rows(folder, Look(width=cells), wrote=said, stands=text, part=text, full=full).split(
        "\n"
    ):
        assert width(row) <= cells
