"""The command as people and CI run it: usage, errors, exit codes, where output goes."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from redline import __version__
from redline.cli import failure, output
from redline.cli.explain import place_of
from redline.cli.failure import Failure
from redline.cli.lint import exit_code
from redline.cli.parser import COMMANDS, build
from redline.model import LintResult, Skip
from redline.policy.problems import PolicyError, PolicyProblem

HELP = Path(__file__).resolve().parents[2] / "docs" / "help"


def redline(*words: object, cwd: Path | None = None, **environ: str):
    """Run the command in a process of its own, in an environment that alters nothing."""
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "redline", *map(str, words)],
        cwd=cwd,
        env={**clean, "NO_COLOR": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def every_parser() -> dict[str, argparse.ArgumentParser]:
    parsers = {"redline": build()}
    for name in list(parsers):
        _collect(parsers[name], name, parsers)
    return parsers


def _collect(parser, name, parsers):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, sub in action.choices.items():
                parsers[f"{name}-{word}"] = sub
                _collect(sub, f"{name}-{word}", parsers)


def test_help_texts_are_those_in_the_documentation(monkeypatch):
    """Set REDLINE_WRITE_HELP=1 to write them anew."""
    monkeypatch.setenv("NO_COLOR", "1")
    texts = {f"{name}.txt": parser.format_help() for name, parser in every_parser().items()}
    if os.environ.get("REDLINE_WRITE_HELP"):
        for name, words in texts.items():
            (HELP / name).write_text(words, "utf-8")
    assert {path.name: path.read_text("utf-8") for path in HELP.glob("*.txt")} == texts


def test_help_fits_a_terminal_and_names_every_command():
    for name, parser in every_parser().items():
        assert max(map(len, parser.format_help().splitlines())) <= 100, name
    assert all(f"\n    {name} " in build().format_help() for name in COMMANDS)


def test_version():
    done = redline("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"redline {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lnt"], "error: 'lnt' is no command\nhelp: did you mean 'lint'?\n"),
        (["lint", "--format", "jsn"], "error: 'jsn' is no value of --format\n"
         "help: did you mean 'json'?\n"),
        (["lint", "--jobs", "0"], "error: --jobs: 0 is no number from 1 to 1024\n"
         "help: redline lint --help lists what there is\n"),
        ([], "error: COMMAND is missing\nhelp: redline --help lists what there is\n"),
        (["lint", "--output", "a", "--output", "b"],
         "error: --output: each --output needs a --format before it\n"
         "help: redline lint --help lists what there is\n"),
        (["lint", "--format", "json", "--format", "text"],
         "error: two formats for one standard output\n"
         "help: put --output FILE behind all but one --format\n"),
        (["lint", "--\x1b[2J"], "error: redline does not know --\\x1b[2J\n"
         "help: redline --help lists what there is\n"),
    ],
)  # fmt: skip
def test_wrong_usage_says_what_and_what_to_do(words, said):
    done = redline(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_completion_knows_commands_and_formats():
    for shell in ("bash", "zsh", "fish"):
        done = redline("completion", shell)
        assert done.returncode == 0
        assert {"explain", "sarif-upload"} <= set(re.findall(r"[a-z-]+", done.stdout))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a.py", ("a.py", None)),
        ("a.py:3", ("a.py", (3, 3))),
        ("a:b.py:3-9", ("a:b.py", (3, 9))),
        ("a.py:", ("a.py:", None)),
        ("a.py:3-", ("a.py:3-", None)),
        ("there:12", ("there:12", None)),
    ],
)
def test_a_place_is_a_path_and_lines(text, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("there:12").touch()
    path, lines = place_of(text)
    assert (str(path), lines) == place


@pytest.mark.parametrize("text", ["a.py:0", "a.py:9-3"])
def test_lines_that_cannot_be_are_refused(text):
    with pytest.raises(Failure, match="names no lines"):
        place_of(text)


def result_of(*, skipped: tuple[Skip, ...] = (), findings: tuple = ()) -> LintResult:
    return LintResult("/p", "", (), findings, skipped, (), 1, 1, 1)


def test_incomplete_beats_everything():
    broken = result_of(skipped=(Skip("a", "is binary", protected=True),))
    harmless = result_of(skipped=(Skip("a", "is binary", protected=False),))
    assert [exit_code(broken, "error"), exit_code(broken, "never")] == [3, 3]
    assert [exit_code(harmless, "error"), exit_code(harmless, "never")] == [0, 0]


def told(error: Exception, capsys, **args: object) -> tuple[int, str]:
    code = failure.report(error, argparse.Namespace(**args))
    return code, capsys.readouterr().err


def test_a_wrong_rule_file_is_shown_with_a_caret(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "redline.yaml").write_text("schema: policy/1\n\tzonez: 'é' # x\n", "utf-8")
    problem = PolicyProblem("redline.yaml", 2, 2, "'zonez' is no key", "did you mean 'zones'?")
    elsewhere = PolicyProblem("missing.yaml", 0, 0, "there is no such file")
    assert told(PolicyError([problem, elsewhere]), capsys) == (
        2,
        "error: there is no such file\n"
        " --> missing.yaml\n"
        "\n"
        "error: 'zonez' is no key\n"
        " --> redline.yaml:2:2\n"
        "  |\n"
        "2 |     zonez: 'é' # x\n"
        "  |     ^\n"
        "help: did you mean 'zones'?\n"
        "\n"
        "2 problems in the rule files; nothing was judged.\n",
    )


def test_a_bug_is_told_in_two_lines_and_fails_closed(capsys):
    def raised() -> Exception:
        try:
            output.write_file(None, ())  # type: ignore[arg-type]
        except Exception as error:
            return error
        raise AssertionError

    code, said = told(raised(), capsys, verbose=False)
    assert code == 3
    first, place, advice = said.splitlines()
    assert first.startswith("error: this is a bug in Redline: AttributeError: ")
    assert re.fullmatch(r" --> redline/cli/output\.py:\d+ in write_file", place)
    assert advice.startswith("help: nothing was decided (exit code 3). Please report")
    assert "Traceback" not in said
    assert "Traceback" in told(raised(), capsys, verbose=True)[1]


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    def broken():
        yield "half"
        raise RuntimeError

    target = tmp_path / "report.json"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        output.write_file(target, broken())
    assert target.read_text() == "old"
    output.write_file(target, ["neu\udcff", "é"])
    assert target.read_text("utf-8") == "neu\\udcffé"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_report_goes_through_a_link_and_to_a_device(tmp_path):
    target, link = tmp_path / "a", tmp_path / "b"
    link.symlink_to(target)
    output.write_file(link, ["x"])
    output.write_file(Path(os.devnull), ["x"])
    assert (link.is_symlink(), target.read_text()) == (True, "x")


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(Failure) as caught:
        output.write_file(tmp_path / "no" / "a", ["x"])
    assert caught.value.what.endswith("no/a: No such file or directory")
