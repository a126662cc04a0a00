"""Links from what was found to what says so."""

from __future__ import annotations

from .assisted import HUMAN, assist, open_grader

RULES = "schema: policy/1\nzones:\n  - {id: grader, globs: [marks/]}\n"


def links(client, uri):
    found = client.request("textDocument/documentLink", {"textDocument": {"uri": uri}})
    return [client.request("documentLink/resolve", link) for link in found]


def test_a_region_leads_to_the_record_of_its_session(start, maze):
    session = assist(maze)
    client = start()
    uri = open_grader(client, maze)
    (link,) = links(client, uri)
    line = HUMAN.count("\n")
    assert link["range"]["start"] == {"line": line, "character": 0}
    assert link["range"]["end"]["line"] == line
    assert link["target"] == f"{session.as_uri()}#L2"
    assert link["tooltip"] == "The session in which Claude Code wrote this"


def test_a_session_that_has_gone_is_not_led_to(start, maze):
    assist(maze).unlink()
    client = start()
    uri = open_grader(client, maze)
    assert links(client, uri) == []


def test_without_a_session_the_line_of_the_rule_file_is_led_to(start, maze):
    maze.write("redline.yaml", RULES)
    assist(maze, path="marks/way.py").unlink()
    client = start()
    uri = open_grader(client, maze, path="marks/way.py")
    (link,) = links(client, uri)
    assert link["target"] == (maze.root / "redline.yaml").as_uri() + "#L3"


def test_a_session_that_was_cut_since_has_no_line(start, maze):
    session = assist(maze)
    client = start()
    uri = open_grader(client, maze)
    session.write_text("{}\n", encoding="utf-8")
    (link,) = links(client, uri)
    assert link["target"] == session.as_uri()


def test_a_link_goes_with_its_finding(start, maze):
    assist(maze)
    client = start()
    uri = open_grader(client, maze)
    (link,) = client.request("textDocument/documentLink", {"textDocument": {"uri": uri}})
    client.change(uri, 2, "x = 1\n")
    client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert "target" not in client.request("documentLink/resolve", link)


def test_what_a_client_made_up_leads_nowhere(start, maze):
    client = start()
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    for data in (None, [], {"redline": "redline-session", "uri": "file:///etc/passwd"}):
        assert "target" not in client.request(
            "documentLink/resolve", {"range": place, "data": data}
        )
