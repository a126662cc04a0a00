"""What people paste into a report."""

from __future__ import annotations

import logging
import re

from redline import __version__
from redline.lsp.debug import RecentErrors, shortened

from .assisted import HUMAN, THEIRS, assist, command, open_grader

TELL = "redline.debugInformation"


def test_the_report_tells_what_there_is(start, maze):
    assist(maze)
    client = start(delay=250)
    open_grader(client, maze)
    shown = command(client, TELL)
    head, project, documents, errors, *rest = shown.split("\n\n")
    assert rest == []
    assert head.startswith(f"redline {__version__}\npython 3.")
    assert "position encoding: utf-16" in head
    assert "setting delay: 250" in head
    lines = project.splitlines()
    assert lines[0] == f"project {maze.root}"
    assert lines[1] == "  rule files: builtin:evals-default"
    assert re.fullmatch(r"  policy: [0-9a-f]{64} \(\d+ rules, \d+ zones\)", lines[2])
    assert "  git: yes" in lines
    (count,) = [line for line in lines if "session," in line]
    assert re.search(r"claude-code \(.*\): 1 session, 1 piece of text, up to 2026-03-01", count)
    assert documents.splitlines()[0] == "open documents: 1"
    assert "version 1, python, 18 lines: protected, 1 finding" in documents
    assert errors == "recent warnings and errors:\n  none\n"


def test_no_text_and_no_session_is_named(start, maze):
    session = assist(maze)
    client = start()
    open_grader(client, maze)
    shown = command(client, TELL)
    assert session.stem not in shown
    for word in ("shortest_way", "visited", "neighbours", "queue", "strip"):
        assert word in HUMAN + THEIRS
        assert word not in shown


def test_broken_rules_and_a_broken_index_are_told(start, maze, tmp_path):
    maze.write("redline.yaml", "schema: policy/1\nzoness: []\n")
    index = tmp_path / "state" / "index.sqlite"
    index.parent.mkdir()
    index.write_bytes(b"no index at all" * 999)
    shown = command(start(), TELL)
    assert "  problem: redline.yaml:2:1: " in shown
    assert "index.sqlite" in shown
    assert "  fault: " in shown or "no index" in shown or "cannot be read" in shown


def test_home_is_shortened(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert shortened("/home/ada/maze file:///home/ada/maze") == "~/maze file://~/maze"
    monkeypatch.setenv("HOME", "/")
    assert shortened("/home/ada") == "/home/ada"


def test_the_last_warnings_are_kept_each_on_one_line_and_without_words_of_errors():
    errors = RecentErrors()
    log = logging.getLogger("redline.test_debug")
    log.addHandler(errors)
    log.propagate = False
    try:
        log.info("not this")
        log.warning("line\nbreak %s", "x" * 1000)
        try:
            raise ValueError("secret words of a document")
        except ValueError:
            log.exception("it failed")
        for number in range(100):
            log.warning("number %d", number)
        assert len(errors.lines) == 30
        assert errors.lines[-1].endswith("warning number 99")
        errors.lines.clear()
        try:
            raise ValueError("secret words of a document")
        except ValueError:
            log.exception("it failed")
        log.warning("line\nbreak %s", "x" * 1000)
        failed, long = errors.lines
        assert "it failed (ValueError in test_debug.py:" in failed
        assert "secret" not in failed
        assert "\n" not in long
        assert len(long) < 400
    finally:
        log.removeHandler(errors)


def test_a_report_with_nothing_open(start):
    shown = command(start(folders=[]), TELL)
    assert "open documents: 0" in shown
    assert "project " not in shown
