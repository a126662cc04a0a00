"""``redline explain`` beside the sessions that are on this machine, as the command does it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from assistant_log import Log, indexed
from maze import WALK

DOCS = Path(__file__).resolve().parents[2] / "docs"
SECRET = "zanzibar_lantern_oil"


@dataclass
class Workplace:
    """A grader that a session wrote, the session, and the index of it."""

    root: Path
    log: Log
    index: Path

    def explain(self, *words: str):
        done = subprocess.run(
            [sys.executable, "-m", "redline", "explain", "graders/walk.py", *words],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    @property
    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        own = {"HOME": str(self.root), "REDLINE_INDEX": str(self.index), "NO_COLOR": "1"}
        return kept | own | {"REDLINE_CACHE": str(self.root / "cache")}

    def side_by_side(self, *words: str) -> str:
        told = self.explain(*words)
        return told.partition("Side by side with what the session wrote\n\n")[2].partition(
            "\n\nFindings"
        )[0]


@pytest.fixture
def workplace(tmp_path) -> Workplace:
    log = Log(tmp_path / "sessions" / "one.jsonl")
    log.ask("Write the walk.")
    log.write("graders/walk.py", WALK + f"\n\n{SECRET} = 40\n")
    root = tmp_path / "project"
    (root / "graders").mkdir(parents=True)
    (root / "graders" / "walk.py").write_text(WALK.replace("torches", "lamps"), "utf-8")
    return Workplace(root, log, indexed(tmp_path / "sessions", tmp_path / "index.db"))


def test_the_text_of_the_session_is_shown_beside_the_file(workplace):
    told = workplace.side_by_side("--context", "0")
    assert " =  1 def shortest_walk(labyrinth" in told
    assert "8             return lamps" in told
    assert "~  8             return torches" in told
    assert "written to /home/ada/maze/graders/walk.py" in told
    assert "+ only in the file, - only in the session" in told


def test_without_the_sessions_text_only_its_place_is_told(workplace):
    told = workplace.explain("--no-session-text")
    assert "torches" not in told
    assert "Side by side" not in told
    position = workplace.log.path.read_bytes().index(b"\n") + 1
    assert "Where the sessions say so\n  session 5d1f0c52-7a3e-4b6f, claude-code" in told
    assert f"byte {position} of {workplace.log.path}" in told


def why(told: str) -> str:
    return told.partition("its text cannot be shown: ")[2].partition("\n")[0]


def test_a_session_file_that_is_gone(workplace):
    workplace.log.path.unlink()
    told = workplace.side_by_side()
    assert why(told) == "the session file is no longer there"
    assert "session 5d1f0c52-7a3e-4b6f" in told
    assert "2026-03-01 10:00 UTC" in told


def test_a_session_file_that_is_another_now(workplace):
    workplace.log.path.write_text("nothing of that\n", "utf-8")
    assert why(workplace.side_by_side()) == "the session file has changed since it was indexed"
    workplace.log.path.unlink()
    other = Log(workplace.log.path)
    for count in range(3):
        other.ask(f"Something else {count}.")
    assert why(workplace.side_by_side()) == "the session file has changed since it was indexed"


def test_a_session_file_cut_short_at_the_record(workplace):
    whole = workplace.log.path.read_bytes()
    workplace.log.path.write_bytes(whole[: len(whole) // 2])
    assert why(workplace.side_by_side()) == "the session file has changed since it was indexed"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes, which Windows lacks")
def test_a_pipe_in_its_place_is_not_waited_for(workplace):
    workplace.log.path.unlink()
    os.mkfifo(workplace.log.path)
    assert why(workplace.side_by_side()) == "the session file is no file any more"


def test_a_folder_in_its_place(workplace):
    workplace.log.path.unlink()
    workplace.log.path.mkdir()
    assert why(workplace.side_by_side()) == "the session file is no file any more"


def test_a_session_of_another_machine(workplace, tmp_path):
    def run(*words):
        done = subprocess.run(
            [sys.executable, "-m", "redline", "index", *map(str, words)],
            env=workplace.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr

    key = tmp_path / "key"
    run("export", tmp_path / "team.db", "--key-file", key)
    workplace.index = tmp_path / "other.db"
    run("import", tmp_path / "team.db", "--key-file", key)
    assert (
        why(workplace.side_by_side())
        == "the session was indexed on another machine, which keeps its text"
    )


def test_nothing_of_a_session_is_kept(workplace, tmp_path):
    assert SECRET in workplace.explain("--context", "9")
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path != workplace.log.path]
    assert workplace.index in kept
    for path in kept:
        assert SECRET.encode() not in path.read_bytes(), path


def test_lint_reads_no_session(workplace):
    workplace.log.path.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "redline", "lint", "--format", "json"],
        cwd=workplace.root,
        env=workplace.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told = json.loads(done.stdout)
    assert {finding["rule"] for finding in told["findings"]} == {"grader-external"}
    assert "lamps" not in done.stdout


def test_json_gives_editors_pairs_of_lines_and_their_tokens(workplace):
    told = json.loads(workplace.explain("--format", "json", "--context", "0"))
    schemas = {
        name: json.loads((DOCS / name).read_text("utf-8"))
        for name in ("explanation.schema.json", "findings.schema.json")
    }
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    jsonschema.Draft202012Validator(schemas["explanation.schema.json"], registry=registry).validate(
        told
    )
    [comparison] = told["comparisons"]
    assert comparison["evidence"] == [*range(len(told["evidence"]))]
    row = comparison["rows"][7]
    assert row["kind"] == "changed"
    [ours], [theirs] = row["file"], row["session"]
    assert (ours["line"], ours["text"]) == (8, "            return lamps")
    assert (theirs["line"], theirs["text"]) == (8, "            return torches")
    assert ours["marks"] == [
        {"start": 13, "end": 19, "kind": "equal"},
        {"start": 20, "end": 25, "kind": "renamed"},
    ]


def test_a_narrow_terminal_shows_one_text_below_the_other(workplace):
    main, side = pty.openpty()
    with os.fdopen(main, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "redline", "explain", "graders/walk.py:8", "--context", "0"],
            cwd=workplace.root,
            env=workplace.environment | {"COLUMNS": "70", "TERM": "xterm"},
            stdout=side,
        )
        os.close(side)
        told = b""
        try:
            while part := screen.read(4096):
                told += part
        except OSError:  # how Linux says that the other end was closed
            pass
        assert process.wait() == 0
    shown = told.decode().replace("\r\n", "\n")
    assert "  ~ 8               return lamps\n" in shown
    assert "      8             return torches\n" in shown


def test_a_compressed_session_is_read_as_well(workplace):
    zstandard = pytest.importorskip("zstandard", reason="needs zstandard: pip install zstandard")
    path = workplace.log.path
    path.write_bytes(zstandard.ZstdCompressor().compress(path.read_bytes()))
    assert "~  8             return torches" in workplace.side_by_side("--context", "0")
