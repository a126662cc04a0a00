"""``redline watch`` beside an agent that works outside any editor, as real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant_log import Log
from maze import WALK
from repositories import Sample

pytest.importorskip("watchfiles", reason="needs watchfiles: pip install 'redline-lint[lsp]'")
if sys.platform == "win32":
    pytest.skip("needs signals as POSIX has them, to end the command", allow_module_level=True)

PATIENCE = 120
MARKED = "# Generated with [Claude Code](https://claude.com/claude-code)\nx = 1\n"
HUMAN = "def score(answer):\n    return 0\n"


@dataclass
class Desk:
    """A project, an agent's home and what Redline keeps."""

    root: Path
    home: Path
    sample: Sample
    log: Log = field(init=False)

    def __post_init__(self):
        self.log = Log(self.home / ".claude/projects/p/s.jsonl", cwd=str(self.root))

    @property
    def environment(self):
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.home), "NO_COLOR": "1"}
        kept |= {"REDLINE_INDEX": str(self.home / "index.sqlite"), "GIT_CONFIG_NOSYSTEM": "1"}
        return kept | {"REDLINE_CACHE": str(self.home / "cache")}

    def write(self, path, text):
        self.sample.write(path, text)

    @contextmanager
    def watch(self, *words, environment=()):
        """Run the command; end it for good if a test waits for ever."""
        process = subprocess.Popen(
            [sys.executable, "-m", "redline", "watch", *words],
            cwd=self.root,
            env=self.environment | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        guard = threading.Timer(PATIENCE, process.kill)
        guard.start()
        try:
            yield Watch(process)
        finally:
            guard.cancel()
            process.kill()
            process.communicate()

    def run(self, *words, environment=()):
        done = subprocess.run(
            [sys.executable, "-m", "redline", "watch", *words],
            cwd=self.root,
            env=self.environment | dict(environment),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done


@dataclass
class Watch:
    """The running command, read line by line."""

    process: subprocess.Popen[str]
    read: list[str] = field(default_factory=list)

    def line(self):
        line = self.process.stdout.readline()
        assert line, f"it ended: {self.process.stderr.read()}"
        self.read.append(line)
        return line

    def until(self, words):
        """Read lines until one holds these words; return all that were read for it."""
        told = []
        while not told or words not in told[-1]:
            told.append(self.line())
        return "".join(told)

    def event(self, kind):
        """Read objects until one of this kind comes."""
        while (told := json.loads(self.line()))["type"] != kind:
            pass
        return told

    def end(self, number=signal.SIGINT):
        """End it; return the exit code and what it still said."""
        self.process.send_signal(number)
        rest, errors = self.process.communicate()
        assert "Traceback" not in errors
        self.read += rest.splitlines(keepends=True)
        return self.process.returncode, rest


@pytest.fixture
def desk(tmp_path) -> Desk:
    sample = Sample.new(tmp_path / "project")
    sample.commit("A grader", {"graders/score.py": HUMAN, ".gitignore": "build/\n"})
    (tmp_path / "home").mkdir()
    return Desk(sample.root, tmp_path / "home", sample)


def test_an_agents_write_is_told_and_told_once_more_when_it_is_gone(desk):
    desk.log.ask("Write a grader for mazes")
    with desk.watch("--format", "jsonl") as watch:
        begun = watch.event("watching")
        assert (begun["root"], begun["session_files"]) == (str(desk.root), 1)
        assert (begun["files_seen"], begun["files_protected"]) == (2, 1)
        desk.log.write("graders/walk.py", WALK)
        desk.write("graders/walk.py", WALK)
        finding = watch.event("finding")
        assert finding["rule"] == "grader-external"
        assert (finding["path"], finding["strength"]) == ("graders/walk.py", "recorded")
        (desk.root / "graders/walk.py").unlink()
        gone = watch.event("gone")
        assert gone["fingerprint"] == finding["fingerprint"]
        code, rest = watch.end()
    assert code == 0
    summary = json.loads(rest.splitlines()[-1])
    assert (summary["came"], summary["went"]) == (1, 1)
    assert summary["standing"] == {"errors": 0, "warnings": 0, "notes": 0}
    assert summary["complete"]
    kinds = [json.loads(line)["type"] for line in watch.read]
    assert kinds == ["watching", "finding", "gone", "summary"]


def test_in_text_it_is_the_excerpt_that_lint_prints(desk):
    with desk.watch() as watch:
        assert watch.until("\n").startswith(f"Watching {desk.root}: 2 files, 1 in zones; ")
        watch.until("Nothing found so far.")
        desk.log.write("graders/walk.py", WALK)
        desk.write("graders/walk.py", WALK)
        told = watch.until("help:")
        code, rest = watch.end()
    assert "error[grader-external]: These 13 lines were written by Claude Code." in told
    linted = subprocess.run(
        [sys.executable, "-m", "redline", "lint"],
        cwd=desk.root, env=desk.environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert told.strip() in linted.stdout
    assert code == 1
    assert re.search(r"Watched for \d+ s: 1 came, 0 went; 1 finding stands: 1 error\.", rest)
    assert "\x1b" not in "".join(watch.read)


def test_a_file_may_land_before_its_session_tells_of_it(desk):
    desk.log.ask("Good morning")
    with desk.watch("--format", "jsonl") as watch:
        watch.event("watching")
        desk.write("graders/walk.py", WALK)
        desk.write("graders/marked.py", MARKED)
        assert watch.event("finding")["path"] == "graders/marked.py"
        desk.log.write("graders/walk.py", WALK)
        assert watch.event("finding")["path"] == "graders/walk.py"


def test_what_stands_is_told_at_first_and_never_repeated(desk):
    desk.write("graders/old.py", MARKED)
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        assert watch.event("watching")["session_files"] is None
        assert watch.event("finding")["path"] == "graders/old.py"
        desk.write("graders/old.py", MARKED)
        desk.write("graders/old.py", "import sys\n\n\n" + MARKED)
        desk.write("graders/new.py", MARKED)
        told = [watch.event("finding")["path"]]
        while told[-1] != "graders/new.py":
            told.append(watch.event("finding")["path"])
        code, _ = watch.end()
    assert code == 1
    assert "gone" not in [json.loads(line)["type"] for line in watch.read]
    assert told.count("graders/old.py") <= 1


def test_without_sessions_none_is_read(desk):
    desk.log.write("graders/walk.py", WALK)
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("watching")
        desk.write("graders/walk.py", WALK)
        desk.write("graders/zz.py", MARKED)
        assert watch.event("finding")["path"] == "graders/zz.py"
    assert not (desk.home / "index.sqlite").exists()


def test_sessions_in_a_folder_of_ones_own(desk, tmp_path):
    desk.log.write("graders/other.py", HUMAN * 5)
    log = Log(tmp_path / "export/s.jsonl", cwd=str(desk.root))
    log.write("graders/walk.py", WALK)
    with desk.watch("--format", "jsonl", "--root", str(tmp_path / "export")) as watch:
        assert watch.event("watching")["session_files"] == 1
        desk.write("graders/walk.py", WALK)
        assert watch.event("finding")["strength"] == "recorded"


def test_only_what_lies_below_the_path_is_told(desk):
    desk.write("evals/deep/task.py", HUMAN)
    with desk.watch("--format", "jsonl", "--no-sessions", "evals/deep") as watch:
        assert watch.event("watching")["files_seen"] == 1
        desk.write("graders/marked.py", MARKED)
        desk.write("evals/deep/marked.py", MARKED)
        assert watch.event("finding")["path"] == "evals/deep/marked.py"


def test_a_folder_that_goes_takes_its_findings_along(desk):
    desk.write("evals/deep/marked.py", MARKED)
    with desk.watch("--format", "jsonl", "--no-sessions", "evals/deep") as watch:
        assert watch.event("finding")["path"] == "evals/deep/marked.py"
        (desk.root / "evals").rename(desk.root / "elsewhere")
        assert watch.event("gone")["path"] == "evals/deep/marked.py"


def test_a_project_may_be_named_by_a_link(desk, tmp_path):
    (tmp_path / "link").symlink_to(desk.root)
    with desk.watch("--format", "jsonl", "--no-sessions", str(tmp_path / "link")) as watch:
        assert watch.event("watching")["root"] == str(desk.root)
        desk.write("graders/marked.py", MARKED)
        assert watch.event("finding")["path"] == "graders/marked.py"


def test_what_was_never_judged_is_not_called_free_of_findings(desk):
    desk.write("graders/marked.py", MARKED)
    desk.write("redline.yaml", "schema: policy/1\nzone: []\n")
    with desk.watch("--no-sessions") as watch:
        watch.until("The rule files are not in force; nothing is judged until they are mended.")
        code, rest = watch.end()
    assert code == 3
    assert "nothing was judged" in rest
    assert "nothing stands" not in rest


def test_an_index_that_is_none_is_told_once(desk):
    (desk.home / "index.sqlite").write_bytes(b"this is no database" * 99)
    with desk.watch("--no-sessions") as watch:
        watch.until("note: cannot open the index")
        desk.write("graders/marked.py", MARKED)
        desk.write("redline.yaml", "schema: policy/1\nzone: []\n")
        told = watch.until("nothing is judged")
        code, _ = watch.end()
    assert "cannot open" not in told
    assert code == 3


def test_what_changed_since_the_rules_broke_is_not_called_judged(desk):
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("watching")
        desk.write("redline.yaml", "schema: policy/1\nzone: []\n")
        watch.event("policy-problem")
        code, rest = watch.end()
    assert code == 3
    assert json.loads(rest.splitlines()[-1])["complete"] is False


def test_a_finding_that_only_changes_is_counted_once(desk):
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("watching")
        desk.write("graders/a.py", MARKED)
        watch.event("finding")
        desk.write("graders/a.py", "# Generated with [Codex](https://openai.com/codex)\n" + MARKED)
        desk.write("graders/b.py", MARKED)
        while watch.event("finding")["path"] != "graders/b.py":
            pass
        (desk.root / "graders/b.py").unlink()
        watch.event("gone")
        _, rest = watch.end()
    summary = json.loads(rest.splitlines()[-1])
    standing = sum(summary["standing"].values())
    assert summary["came"] - summary["went"] == standing


def test_a_rule_file_that_breaks_is_told_and_what_stands_stays(desk):
    desk.write("graders/marked.py", MARKED)
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("finding")
        desk.write("redline.yaml", "schema: policy/1\nzone: []\n")
        problem = watch.event("policy-problem")
        assert (problem["path"], problem["line"]) == ("redline.yaml", 2)
        zone = "{id: mine, title: mine, globs: [mine/]}"
        rule = (
            "{id: mine, title: t, zones: [mine], by: [external], effect: forbid, "
            "message: m, help: h, why: w}"
        )
        desk.write("mine/a.py", MARKED)
        desk.write("redline.yaml", f"schema: policy/1\nzones: [{zone}]\nrules: [{rule}]\n")
        assert watch.event("finding")["path"] == "mine/a.py"
        code, _ = watch.end()
    assert code == 1
    assert "gone" not in [json.loads(line)["type"] for line in watch.read]


def test_another_branch_brings_and_takes_findings(desk):
    desk.sample.git("checkout", "-q", "-b", "other")
    desk.sample.commit("More", {"graders/more.py": MARKED})
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        assert watch.event("finding")["path"] == "graders/more.py"
        desk.sample.git("checkout", "-q", "main")
        assert watch.event("gone")["path"] == "graders/more.py"
        desk.sample.git("checkout", "-q", "other")
        assert watch.event("finding")["path"] == "graders/more.py"


def test_what_cannot_be_judged_in_a_protected_place_ends_with_3(desk):
    desk.write("graders/table.dat", b"\0")
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("watching")
        code, _ = watch.end(signal.SIGTERM)
    assert code == 3


def test_a_reader_that_has_had_enough_ends_it(desk):
    with desk.watch("--format", "jsonl", "--no-sessions") as watch:
        watch.event("watching")
        watch.process.stdout.close()
        desk.write("graders/marked.py", MARKED)
        assert watch.process.wait(PATIENCE) == 1
        assert "Traceback" not in watch.process.stderr.read()
        watch.process.stdout = None


def test_colour_where_it_is_asked_for(desk):
    desk.write("graders/marked.py", MARKED)
    with desk.watch("--no-sessions", "--color", "always") as watch:
        assert "\x1b[" in watch.until("help")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "error: there is no nowhere"),
        (["--root", "nowhere"], "error: there is no nowhere"),
        (["--root", ".", "--no-sessions"], "not allowed with argument"),
        (["--policy", "nowhere.yaml"], "error: there is no rule file 'nowhere.yaml'"),
        (["--index", "nowhere", "--no-sessions"], "error: there is no index 'nowhere'"),
        (["--format", "sarif"], "'sarif' is no value of --format"),
    ],
)
def test_wrong_usage(desk, words, said):
    done = desk.run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "help: " in done.stderr


def test_without_the_library_it_says_what_to_install(desk, tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "watchfiles.py").write_text("raise ImportError('not installed')\n")
    source = str(Path(__file__).resolve().parents[2] / "server")
    done = desk.run(environment={"PYTHONPATH": f"{shadow}{os.pathsep}{source}"})
    assert done.returncode == 2
    assert done.stderr == (
        "error: watching needs the library watchfiles\nhelp: pip install 'redline-lint[lsp]'\n"
    )
