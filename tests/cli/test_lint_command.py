"""``redline lint`` on a small project, as a process: exit codes, formats, files, errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .test_command_line import redline

MARKED = (
    "# Generated with [Claude Code](https://claude.com/claude-code)\ndef score(a):\n    return 1\n"
)


@pytest.fixture
def project(tmp_path) -> Path:
    """A repository with a grader that people wrote."""
    root = tmp_path / "project"
    (root / "graders").mkdir(parents=True)
    (root / "graders" / "score.py").write_text("def score(a):\n    return 0\n", "utf-8")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def lint(project: Path, *words: object, **environ: str):
    own = project.parent
    return redline(
        "lint",
        *words,
        cwd=project,
        REDLINE_INDEX=str(own / "index.sqlite"),
        REDLINE_CACHE=str(own / "cache"),
        **environ,
    )


def mark(project: Path) -> None:
    (project / "graders" / "score.py").write_text(MARKED, "utf-8")


def test_a_clean_project_gives_0_and_claims_no_more(project):
    done = lint(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No findings. Looked at 1 protected file (2 lines) of 1 file.\n")
    assert "run `redline index update`" in done.stdout
    assert "That is not proof of human work" in done.stdout


def test_a_finding_gives_1_from_its_level_on(project):
    mark(project)
    assert lint(project).returncode == 1
    assert lint(project, "--fail-level", "never").returncode == 0
    assert "error[grader-external]: " in lint(project).stdout


def test_what_cannot_be_judged_gives_3_even_with_findings(project):
    mark(project)
    (project / "graders" / "table.dat").write_bytes(b"\0\1\2")
    done = lint(project, "--fail-level", "never")
    assert done.returncode == 3
    assert "Not judged (the run is incomplete):\n  graders/table.dat: " in done.stdout
    quiet = lint(project, "--format", "json")
    assert quiet.returncode == 3
    assert quiet.stderr.startswith("error: incomplete: ")


def test_a_wrong_rule_file_gives_2(project):
    (project / "redline.yaml").write_text("schema: policy/1\nzonez: []\n", "utf-8")
    done = lint(project)
    assert (done.returncode, done.stdout) == (2, "")
    assert " --> redline.yaml:2:1\n  |\n2 | zonez: []\n  | ^\nhelp: did you mean" in done.stderr


def test_a_path_that_is_not_there_gives_2_and_the_nearest(project):
    done = lint(project, "graders/no/such.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[1].endswith("project/graders'")


def test_several_formats_at_once(project):
    mark(project)
    done = lint(
        project,
        *("--format", "json", "--output", "a.json", "--format", "sarif", "--output", "a.sarif"),
        *("--format", "github"),
    )
    assert done.returncode == 1
    assert done.stdout.startswith("::error title=redline%3A grader-external,file=graders/score.py,")
    found = json.loads((project / "a.json").read_text("utf-8"))["findings"]
    run = json.loads((project / "a.sarif").read_text("utf-8"))["runs"][0]
    assert [f["rule"] for f in found] == [r["ruleId"] for r in run["results"]]
    assert run["invocations"][0]["exitCode"] == 1


def test_the_upload_is_cut_to_what_is_staged(project):
    mark(project)
    assert lint(project, "--staged", "--format", "sarif-upload").returncode == 0
    subprocess.run(["git", "-C", project, "add", "graders"], check=True)
    run = json.loads(lint(project, "--staged", "--format", "sarif-upload").stdout)["runs"][0]
    assert [r["ruleId"] for r in run["results"]] == ["grader-external"]


def test_the_job_summary_is_written_where_github_wants_it(project, tmp_path):
    mark(project)
    summary = tmp_path / "summary.md"
    done = lint(project, "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert "| error | grader\\-external | graders/score.py:" in summary.read_text("utf-8")


def test_a_reader_that_goes_away_leaves_the_verdict(project):
    mark(project)
    with subprocess.Popen(
        [sys.executable, "-m", "redline", "lint", "--format", "jsonl"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None
        command.stdout.close()
        assert command.stderr is not None
        said = command.stderr.read()
    assert (command.returncode, said) == (1, "")
