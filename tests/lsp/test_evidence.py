"""The evidence side by side with the session's text: on request, for the one who asked."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from referencing import Registry, Resource

from redline.lsp.evidence import Pages, sweep

from .assisted import HUMAN, THEIRS, assist, command, open_grader
from .client import Refused
from .conftest import PUSH

DOCS = Path(__file__).parents[2] / "docs"
SHOWS = PUSH | {"window": {"showDocument": {"support": True}}}
THERE = {"range": {"start": {"line": 5, "character": 0}, "end": {"line": 17, "character": 0}}}
SHOW = "redline.showEvidence"


def fingerprint(client):
    told = [one for one in client.seen if one.get("method") == "textDocument/publishDiagnostics"]
    return told[-1]["params"]["diagnostics"][0]["data"]["fingerprint"]


def documented(record):
    """Check a record against the schema of explanations."""
    schemas = {
        name: json.loads((DOCS / name).read_text(encoding="utf-8"))
        for name in ("explanation.schema.json", "findings.schema.json")
    }
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    schema = schemas["explanation.schema.json"]
    jsonschema.Draft202012Validator(schema, registry=registry).validate(record)


def test_the_record_is_that_of_explain_with_the_page_beside_it(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    told = command(client, SHOW, {"uri": uri, "fingerprint": fingerprint(client)})
    page, shown = told.pop("markdown"), told.pop("shown")
    (place,) = told.pop("locations")
    assert told.pop("names") == {"claude-code": "Claude Code"}
    documented(told)
    session = Path(unquote(urlsplit(place["uri"]).path)).read_text(encoding="utf-8")
    assert "def shortest_way" in session.splitlines()[place["range"]["start"]["line"]]
    assert shown is False
    assert told["lines"] == {"first": 6, "last": 17}
    assert [one["rule"] for one in told["findings"]] == ["grader-external"]
    (comparison,) = told["comparisons"]
    assert comparison["tokens"]["all"] == comparison["tokens"]["equal"] > 50
    assert page.startswith("# graders/way.py, lines 6 to 17\n\n## **error**: These 12 lines")
    assert "def shortest_way(cave, start, goal):" in page.partition("## Side by side")[2]


def test_a_range_tells_the_lines_that_it_touches(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    assert command(client, SHOW, {"uri": uri, **THERE})["lines"] == {"first": 6, "last": 17}
    place = {"line": 0, "character": 0}
    told = command(client, SHOW, {"uri": uri, "range": {"start": place, "end": place}})
    assert told["evidence"] == []
    assert (
        "Nothing speaks of an assistant here. That is not proof of human work."
        in (told["markdown"])
    )


def test_what_is_not_saved_is_what_is_compared(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    client.change(uri, 2, (5, 0, 5, 0, "x = 1\n\n"))
    there = {"start": {"line": 7, "character": 0}, "end": {"line": 8, "character": 0}}
    told = command(client, SHOW, {"uri": uri, "range": there})
    rows = [row for row in told["comparisons"][0]["rows"] if row["kind"] == "same"]
    assert rows[0]["file"][0]["line"] == 8
    assert not (maze.root / "graders/way.py").read_text(encoding="utf-8").startswith("x")


def test_a_client_that_can_shows_a_private_file_that_goes_with_the_server(start, maze, tmp_path):
    assist(maze)
    client = start(SHOWS)
    client.answers["window/showDocument"] = {"success": True}
    uri = open_grader(client, maze)
    told = command(client, SHOW, {"uri": uri, **THERE})
    assert told["shown"] is True
    asked = next(one for one in client.seen if one.get("method") == "window/showDocument")
    file = Path(unquote(urlsplit(asked["params"]["uri"]).path))
    assert file.is_relative_to(tmp_path / "cache")
    assert file.read_text(encoding="utf-8") == told["markdown"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    client.shut_down()
    client.wait()
    assert not file.parent.exists()


def test_a_client_that_reads_our_documents_is_served_without_a_file(start, maze, tmp_path):
    assist(maze)
    able = SHOWS | {"workspace": {"textDocumentContent": {"dynamicRegistration": False}}}
    client = start(able)
    client.answers["window/showDocument"] = {"success": True}
    uri = open_grader(client, maze)
    told = command(client, SHOW, {"uri": uri, **THERE})
    asked = next(one for one in client.seen if one.get("method") == "window/showDocument")
    page = asked["params"]["uri"]
    assert page.startswith("redline-evidence:/")
    content = client.request("workspace/textDocumentContent", {"uri": page})
    assert content["text"] == told["markdown"]
    assert not (tmp_path / "cache" / "evidence").exists()
    with pytest.raises(Refused, match="no longer kept"):
        client.request("workspace/textDocumentContent", {"uri": "redline-evidence:/other.md"})


def test_who_wants_the_record_alone_is_shown_nothing(start, maze):
    assist(maze)
    client = start(SHOWS)
    uri = open_grader(client, maze)
    assert command(client, SHOW, {"uri": uri, **THERE, "show": False})["shown"] is False
    assert not any(one.get("method") == "window/showDocument" for one in client.seen)


def test_a_session_that_has_gone_is_told_as_such(start, maze):
    assist(maze).unlink()
    client = start()
    uri = open_grader(client, maze)
    told = command(client, SHOW, {"uri": uri, **THERE})
    assert told["comparisons"][0]["unknown"] == "the session file is no longer there"
    assert "its text cannot be shown: the session file is no longer there" in told["markdown"]


@pytest.mark.parametrize(
    "argument",
    [
        None,
        7,
        "text",
        {},
        {"uri": 3},
        {"uri": "file:///etc/passwd", **THERE},
        {"uri": "URI"},
        {"uri": "URI", "fingerprint": "0" * 32},
        {"uri": "URI", "range": {"start": 1}},
        {"uri": "URI", "range": {"start": {"line": "x", "character": 0}, "end": None}},
    ],
)
def test_a_place_that_is_none_is_refused(start, maze, argument):
    client = start()
    uri = open_grader(client, maze, "# Generated by Claude Code\n")
    if isinstance(argument, dict) and argument.get("uri") == "URI":
        argument = argument | {"uri": uri}
    with pytest.raises(Refused):
        command(client, SHOW, argument)


def test_no_text_of_a_session_is_logged(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    command(client, SHOW, {"uri": uri, **THERE})
    client.shut_down()
    assert "visited" not in client.errors()
    assert "visited" in HUMAN + THEIRS


def test_what_a_killed_server_left_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("REDLINE_CACHE", str(tmp_path))
    dead = tmp_path / "evidence" / "99999999-left"
    dead.mkdir(parents=True)
    (dead / "evidence-way-py.md").write_text("theirs", encoding="utf-8")
    living = tmp_path / "evidence" / f"{os.getppid()}-other"
    living.mkdir()
    sweep()
    pages = Pages()
    pages.write("evidence-way-py", "text")
    assert not dead.exists()
    assert living.exists()
    pages.close()
    assert [one.name for one in (tmp_path / "evidence").iterdir()] == [living.name]
