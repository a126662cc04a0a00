"""Declarations in whole runs of the command: found, believed, kept out of stale caches, told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from redline.indexer.edits import LiveEdit, learn
from redline.ledger import Answer, Declaration, LedgerError, author_of, declare
from redline.live.analyse import analyse
from redline.live.workroom import Project, Workroom
from redline.model import Span
from repositories import Sample

DOCS = Path(__file__).resolve().parents[2] / "docs"
PATH = "graders/score.py"
HEAD = b"import math\n\n\n"
BODY = b"def score(answer, target):\n    return float(answer.strip() == target.strip())\n"


@dataclass
class Place:
    """A repository with a grader that nobody's sessions speak of."""

    root: Path
    home: Path

    def redline(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "NO_COLOR": "1"}
        environment |= {"REDLINE_CACHE": str(self.home / "cache")}
        environment |= {"REDLINE_INDEX": str(self.home / "index.sqlite")}
        done = subprocess.run(
            [sys.executable, "-m", "redline", *words],
            cwd=self.root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done

    def lint(self):
        done = self.redline("lint", "--format", "json")
        return done.returncode, json.loads(done.stdout)

    def declare(self, answer, assistant=None):
        text = (self.root / PATH).read_bytes()
        start = text.index(BODY)
        return declare(
            self.root,
            Declaration.about(
                text,
                Span(start, start + len(BODY)),
                path=PATH,
                zone="grader",
                answer=answer,
                by=author_of(self.root),
                at=1_772_359_200_000,
                assistant=assistant,
                reason="from the hackathon",
            ),
        )

    def settle(self):
        """Make all files older than what a cache takes for settled."""
        then = time.time() - 3600
        for path in self.root.rglob("*"):
            if ".git" not in path.parts:
                os.utime(path, (then, then))


@pytest.fixture
def place(tmp_path) -> Place:
    sample = Sample.new(tmp_path / "project")
    sample.git("config", "user.name", "Ada Example")
    sample.git("config", "user.email", "ada@example.org")
    sample.commit("A grader", {PATH: (HEAD + BODY).decode()})
    (tmp_path / "home").mkdir()
    return Place(sample.root, tmp_path / "home")


def test_text_declared_to_be_an_assistants_is_found_where_nobody_has_its_session(place):
    code, before = place.lint()
    assert (code, before["findings"]) == (0, [])
    assert "declarations" not in [source["name"] for source in before["sources"]]
    place.declare(Answer.ASSISTANT, "codex")
    code, after = place.lint()
    (finding,) = after["findings"]
    assert code == 1
    assert (finding["rule"], finding["strength"]) == ("grader-external", "declared")
    assert finding["region"]["start"]["line"] == 4
    assert [piece["kind"] for piece in finding["evidence"]] == ["declaration"]
    assert "Ada Example" in finding["evidence"][0]["detail"]
    source = next(one for one in after["sources"] if one["name"] == "declarations")
    assert (source["consulted"], source["count"]) == (True, 1)
    jsonschema.validate(after, json.loads((DOCS / "findings.schema.json").read_text()))


def test_an_editor_is_told_the_same_once(place, monkeypatch):
    monkeypatch.setenv("REDLINE_CACHE", str(place.home / "cache"))
    room = Workroom(Project(place.root, None))
    text = (place.root / PATH).read_bytes()
    assert analyse(room, PATH, text).findings == ()
    place.declare(Answer.ASSISTANT, "codex")
    told = analyse(room, PATH, text)
    room.close()
    assert [finding.rule for finding in told.findings] == ["grader-external"]
    assert len(told.evidence) == 1


def test_what_is_kept_of_earlier_runs_does_not_outlive_a_declaration(place):
    place.settle()
    assert place.lint()[0] == 0
    assert place.lint()[0] == 0
    file = place.declare(Answer.ASSISTANT, "codex")
    assert place.lint()[0] == 1
    assert place.lint()[0] == 1
    file.unlink()
    assert place.lint()[0] == 0


def test_a_damaged_entry_is_told_and_counts_for_nothing(place):
    file = place.declare(Answer.ASSISTANT, "codex")
    file.write_bytes(file.read_bytes().replace(b"codex", b"amped"))
    for _ in range(2):
        code, told = place.lint()
        assert (code, told["findings"]) == (0, [])
        (skip,) = told["skipped"]
        assert skip["path"] == file.relative_to(place.root).as_posix()
        assert "it was changed" in skip["reason"]


NEW = "graders/pasted.py"
BLOCK = b"""def partial_credit(answer, target, tolerance):
    # Relative error, as the rubric of the course asks for it.
    if target == 0:
        return float(abs(answer) <= tolerance)
    return max(0.0, 1.0 - abs(answer - target) / abs(target) / tolerance)
"""


def test_a_paste_is_asked_about_until_somebody_answers_and_again_when_it_changes(place):
    (place.root / NEW).write_bytes(HEAD + BLOCK + b"\n\nLIMIT = 3\n")
    pasted = LiveEdit(
        path=str(place.root / NEW),
        text=BLOCK.decode(),
        assistant="undeclared",
        kind="paste",
        time=1_772_359_200_000,
    )
    assert learn(place.home / "index.sqlite", [pasted])
    code, told = place.lint()
    (finding,) = told["findings"]
    assert (code, finding["rule"], finding["level"]) == (0, "paste-of-unknown-origin", "note")
    assert finding["message"].startswith("Nobody has told where these 5 lines are from.")

    text = (place.root / NEW).read_bytes()
    region = Span(finding["region"]["byte_start"], finding["region"]["byte_end"])
    about = Declaration.about(
        text, region, path=NEW, zone=finding["zone"], answer=Answer.MINE, by="Ada", at=5
    )
    declare(place.root, about)
    assert place.lint()[1]["findings"] == []

    # A copy in another file is another question.
    (place.root / "graders/copy.py").write_bytes(BLOCK)
    assert [one["path"] for one in place.lint()[1]["findings"]] == ["graders/copy.py"]
    (place.root / "graders/copy.py").unlink()

    (place.root / NEW).write_bytes(text.replace(b"tolerance)\n\n", b"tolerance * 2)\n\n"))
    (finding,) = place.lint()[1]["findings"]
    assert finding["rule"] == "paste-of-unknown-origin"


def test_explain_tells_who_answered_what_and_when_it_stopped_to_hold(place):
    file = place.declare(Answer.MINE)
    entry = file.relative_to(place.root).as_posix()
    told = place.redline("explain", f"{PATH}:4").stdout
    assert (
        "Declarations, newest first\n  lines 4-5: written by whoever declares it, says Ada Example "
        f"<ada@example.org> on 2026-03-01: from the hackathon [{entry}]\n"
    ) in told
    assert "Declarations" not in place.redline("explain", f"{PATH}:1").stdout

    (place.root / PATH).write_bytes(HEAD + BODY.replace(b"float", b"int"))
    told = place.redline("explain", PATH).stdout
    assert "2 lines of then, no longer in force as its text was changed: written by" in told


def test_explain_tells_declarations_as_json(place):
    place.declare(Answer.ASSISTANT, "codex")
    told = json.loads(place.redline("explain", "--format", "json", PATH).stdout)
    (declared,) = told["declarations"]
    assert (declared["answer"], declared["assistant"], declared["ended"]) == (
        "assistant",
        "codex",
        None,
    )
    assert [region["start"]["line"] for region in declared["regions"]] == [4]
    schemas = [
        (name, Resource.from_contents(json.loads((DOCS / name).read_text())))
        for name in ("findings.schema.json", "explanation.schema.json")
    ]
    registry = Registry().with_resources(schemas)
    schema = schemas[1][1].contents
    jsonschema.Draft202012Validator(schema, registry=registry).validate(told)


def test_the_author_is_whom_git_names(place, monkeypatch):
    assert author_of(place.root) == "Ada Example <ada@example.org>"
    monkeypatch.setenv("HOME", str(place.home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    Sample(place.root).git("config", "--unset", "user.email")
    with pytest.raises(LedgerError, match="git does not know who you are"):
        author_of(place.root)
