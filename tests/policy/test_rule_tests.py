"""Rule files carry their tests; each shipped rule and place has one that fails without it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from redline.check import check
from redline.policy import Policy, PolicyError, builtin_names, gather, load_policy
from redline.policy.load import gather_builtin
from redline.policy.rule_test_run import run_test, run_tests

HEAD = """\
schema: policy/1
extends: []
zones:
  - {id: grader, title: Graders, globs: [graders/], units: [{lang: python, decorated: [mark]}]}
rules:
  - id: no-graders
    title: No graders
    zones: [grader]
    by: [external]
    effect: forbid
    message: No.
    help: Delete it.
    why: They mark.
"""
TEST = """\
tests:
  - name: a grader
    files: {graders/a.py: "x = 1\\ny = 2\\n"}
    facts: [{path: graders/a.py, lines: 2, by: codex, strength: recorded}]
    expect: [{rule: no-graders, path: graders/a.py, lines: 2, level: error}]
    guarantee: true
"""


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def failures(root: Path, file: str | None = None, nested=()) -> list[tuple[str, str, str]]:
    report = run_tests(gather(root, root / file if file else None, nested=nested), check)
    return [
        (outcome.test.name, failure.kind, f"{failure.line}:{failure.column}: {failure.message}")
        for outcome in report.failed
        for failure in outcome.failures
    ]


def refusal(root: Path, text: str) -> str:
    with pytest.raises(PolicyError) as raised:
        load_policy(put(root, {"redline.yaml": text}))
    return str(raised.value)


@pytest.mark.parametrize("name", builtin_names())
def test_a_shipped_pack_passes_its_tests_and_leaves_nothing_untested(name):
    report = run_tests(gather_builtin(name), check)
    assert [(outcome.test.name, outcome.failures) for outcome in report.failed] == []
    assert report.unreached == ()


def lacking_one(table):
    """Each rule, glob, exception and name of a unit, with a table that lacks just that."""
    for n, rule in enumerate(table.rules):
        yield rule.origin, rule.id, replace(table, rules=without(table.rules, n))
    for n, place in enumerate(table.file_places):
        origin = place.globs[0][1]
        for m, (glob, _) in enumerate(place.globs):
            less = replace(place, globs=without(place.globs, m))
            kept = (less,) if less.globs else ()
            yield origin, glob, replace(table, file_places=without(table.file_places, n, kept))
        for m, glob in enumerate(place.exceptions):
            less = replace(place, exceptions=without(place.exceptions, m))
            yield origin, glob, replace(table, file_places=without(table.file_places, n, (less,)))
        for m, pattern in enumerate(place.content):
            less = replace(place, content=without(place.content, m))
            yield (
                origin,
                pattern,
                replace(table, file_places=without(table.file_places, n, (less,))),
            )
    for n, unit in enumerate(table.unit_places):
        for m, name in enumerate(unit.names):
            less = replace(unit, names=without(unit.names, m))
            kept = (less,) if less.names else ()
            yield unit.origin, name, replace(table, unit_places=without(table.unit_places, n, kept))


def without(rows, index, instead=()):
    return (*rows[:index], *instead, *rows[index + 1 :])


EQUALLY_STRICT = {
    "openai-evals": {"**/registry/evals/", "**/evals/elsuite/", "evals.Eval"},
    "terminal-bench": {
        "**/tasks/*/tests/",
        "instruction.md",
        "**/tasks/*/docker-compose.yaml",
        "**/tasks/*/compose.yaml",
        "solution/",
    },
    "verifiers": {"vf.metric", "verifiers.metric", "vf.Judge"},
}
"""What another place of the pack, or of the default, forbids to the same assistants as well."""


@pytest.mark.parametrize("name", builtin_names())
def test_each_shipped_rule_and_place_has_a_test_that_fails_without_it(name):
    gathered = gather_builtin(name)
    own = f"builtin:{name}"
    tests = [test for test in gathered.tests if test.file == own]
    unneeded = set()
    for origin, what, table in lacking_one(gathered.usable().table):
        if origin.rpartition(":")[0] == own:
            policy = Policy(table)
            if not any(run_test(test, policy, check).failures for test in tests):
                unneeded.add(what)
    assert unneeded == EQUALLY_STRICT.get(name, set())


def test_the_default_guarantees_each_of_its_rules_that_may_fail_a_run():
    gathered = gather_builtin("evals-default")
    sure = {one.rule for test in gathered.tests if test.guarantee for one in test.expected}
    assert sure == {rule.id for rule in gathered.usable().rules} - {"paste-of-unknown-origin"}


def test_a_test_that_comes_out_as_it_says(tmp_path):
    report = run_tests(gather(put(tmp_path, {"redline.yaml": HEAD + TEST})), check)
    assert report.failed == ()
    assert [(one.what, one.name, one.detail, one.line) for one in report.unreached] == [
        ("zone", "grader", "python decorated", 4)
    ]


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (
            ("level: error", "level: note"),
            "level",
            "no-graders is error in graders/a.py, and note is expected",
        ),
        (
            ("lines: 2, level", "lines: 1-2, level"),
            "lines",
            "no-graders covers line 2 of graders/a.py, and not lines 1-2",
        ),
        (
            ("facts: [{path: graders/a.py, lines: 2, by: codex, strength: recorded}]", "facts: []"),
            "missing",
            "expected but not found: no-graders (error) in graders/a.py, line 2; "
            "no fact speaks of that file",
        ),
        (
            ("graders/", "marks/"),
            "missing",
            "expected but not found: no-graders (error) in graders/a.py, line 2; "
            "the file lies in no zone",
        ),
        (
            ("by: [external]", "by: [copilot]"),
            "missing",
            "expected but not found: no-graders (error) in graders/a.py, line 2; "
            "the file lies in grader, and no rule objects",
        ),
        (
            ("expect: [{rule: no-graders, path: graders/a.py, lines: 2, level: error}]\n"
             "    guarantee: true", "expect: []"),
            "noisy",
            "found but not expected: no-graders (error) in graders/a.py, line 2; "
            "grader: matches 'graders/'",
        ),
    ],
)  # fmt: skip
def test_a_test_that_does_not(tmp_path, change, kind, said):
    head, tests = HEAD, TEST
    if change[0] in HEAD:
        head = HEAD.replace(*change, 1)
    else:
        tests = TEST.replace(*change, 1)
    assert (head, tests) != (HEAD, TEST)
    [(name, found, message)] = failures(put(tmp_path, {"redline.yaml": head + tests}))
    assert (name, found) == ("a grader", kind)
    assert message.partition(": ")[2] == said
    assert message.startswith("15:5: " if kind == "noisy" else "18:14: ")


def test_two_findings_need_two_expectations(tmp_path):
    tests = TEST.replace("x = 1\\ny = 2", "x = 1\\nhuman\\ny = 2").replace(
        "lines: 2, by: codex, strength: recorded}",
        "lines: 1, by: codex}, {path: graders/a.py, lines: 3, by: codex}",
    )
    tests = tests.replace("lines: 2, level", "level")
    root = put(tmp_path, {"redline.yaml": HEAD + tests})
    assert [kind for _, kind, _ in failures(root)] == ["noisy"]
    one = "{rule: no-graders, path: graders/a.py, level: error}"
    put(tmp_path, {"redline.yaml": HEAD + tests.replace(one, f"{one}, {one}")})
    assert failures(root) == []


def test_units_are_parsed_as_in_every_run(tmp_path):
    tests = """\
tests:
  - name: a function that marks
    files:
      src/a.py: |
        import os

        @mark
        def score():
            return 1
    facts: [{path: src/a.py, by: gemini-cli, model: gemini-3, strength: declared}]
    expect: [{rule: no-graders, path: src/a.py, lines: 3-5, level: error}]
"""
    assert failures(put(tmp_path, {"redline.yaml": HEAD + tests})) == []


CHILD = "schema: policy/1\nextends: ['file:base.yaml']\n"


def test_a_guarantee_holds_in_what_extends_it_and_may_be_outdone(tmp_path):
    stricter = CHILD + (
        "zones: [{id: all, title: Everything, globs: ['*']}]\n"
        "rules:\n"
        "  - {id: nothing, title: t, zones: [all], by: [any], effect: forbid, message: No.,"
        " help: h, why: w}\n"
    )
    base = HEAD.replace("effect: forbid", "effect: review") + TEST
    root = put(tmp_path, {"base.yaml": base, "redline.yaml": stricter})
    report = run_tests(gather(root), check)
    assert report.failed == ()
    assert [outcome.inherited for outcome in report.outcomes] == [True]


def test_a_guarantee_catches_what_no_floor_sees(tmp_path):
    ours = "assistants: [{class: in-house, names: [cod*]}]\n"
    root = put(tmp_path, {"base.yaml": HEAD + TEST, "redline.yaml": CHILD + ours})
    [(name, kind, message)] = failures(root)
    assert (name, kind) == ("a grader", "missing")
    assert "no rule objects" in message
    # A test that guarantees nothing is the base's own affair.
    put(root, {"base.yaml": HEAD + TEST.replace("    guarantee: true\n", "")})
    assert failures(root) == []


def test_a_rule_file_in_a_folder_has_tests_of_its_own_folder(tmp_path):
    inner = (
        "schema: policy/1\n"
        "zones: [{id: grader, globs: [marks/]}]\n"
        "tests:\n"
        "  - name: marks\n"
        "    files: {marks/a.py: 'x', other/marks.py: 'x'}\n"
        "    facts: [{path: marks/a.py, by: codex}, {path: other/marks.py, by: codex}]\n"
        "    expect: [{rule: no-graders, path: marks/a.py, level: error}]\n"
    )
    root = put(tmp_path, {"redline.yaml": HEAD + TEST, "team/redline.yaml": inner})
    assert failures(root, nested=["team/redline.yaml"]) == []
    report = run_tests(gather(root, nested=["team/redline.yaml"]), check)
    assert [outcome.test.texts[0][0] for outcome in report.outcomes] == [
        "graders/a.py",
        "team/marks/a.py",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("rule: no-graders", "rule: no-grader"),
            "redline.yaml:18:21: the rule 'no-grader' is not defined\n"
            "  help: did you mean 'no-graders'?",
        ),
        (
            ("{path: graders/a.py, lines: 2, by", "{path: graders/b.py, lines: 2, by"),
            "redline.yaml:17:20: the test has no file 'graders/b.py'\n"
            "  help: did you mean 'graders/a.py'?",
        ),
        (
            ("lines: 2, by", "lines: 3, by"),
            "redline.yaml:17:41: 'graders/a.py' has 2 lines in this test\n"
            "  help: Lines count from 1.",
        ),
        (
            ("lines: 2, by", "lines: 2-1, by"),
            "redline.yaml:17:41: the lines 2-1 are out of order or too many\n"
            "  help: Write 3, or 3-5.",
        ),
        (
            ("lines: 2, by", "lines: two, by"),
            "redline.yaml:17:41: 'lines' 'two' is not a line or two joined by '-': 3-5",
        ),
        (
            ("{graders/a.py:", "{../a.py:"),
            "redline.yaml:16:13: the path of a test's file is not plain\n"
            "  help: Write 'graders/score.py'.",
        ),
        (
            ("guarantee: true", "guarantee: maybe"),
            "redline.yaml:19:16: 'guarantee' cannot be 'maybe'\n  help: it is one of: false, true",
        ),
        (
            ("expect: [{rule: no-graders, path: graders/a.py, lines: 2, level: error}]",
             "expect: []"),
            "redline.yaml:19:16: a guarantee must expect a finding\n"
            "  help: Files that extend this one may always find more.",
        ),
        (
            ("strength: recorded", "strength: sure"),
            "redline.yaml:17:65: 'strength' cannot be 'sure'\n"
            "  help: it is one of: declared, matched, recorded, suspected",
        ),
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_meant(tmp_path, change, said):
    text = HEAD + TEST.replace(*change, 1)
    assert text != HEAD + TEST
    assert refusal(tmp_path, text).startswith(said)


def test_names_are_given_once(tmp_path):
    again = TEST + TEST.removeprefix("tests:\n")
    assert refusal(tmp_path, HEAD + again) == (
        "redline.yaml:20:11: two tests are named 'a grader'\n  help: The first is on line 15."
    )


def redline(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "redline", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_tells_what_failed_and_what_no_test_reaches(tmp_path):
    bad = TEST.replace("level: error", "level: note")
    root = put(tmp_path, {"redline.yaml": HEAD + bad})
    run = redline(root, "policy", "test")
    assert run.stdout == (
        "test failed: a grader\n"
        " --> redline.yaml:18:14\n"
        "     no-graders is error in graders/a.py, and note is expected\n"
        "\n"
        "not reached by any test: zone grader (globs graders/) redline.yaml:4\n"
        "not reached by any test: zone grader (python decorated) redline.yaml:4\n"
        "not reached by any test: rule no-graders (No graders) redline.yaml:6\n"
        "1 test: 0 passed, 1 failed, 3 places not reached\n"
    )
    assert (run.returncode, run.stderr) == (1, "")


def test_the_command_counts_and_can_ask_for_coverage(tmp_path):
    root = put(tmp_path, {"redline.yaml": HEAD + TEST, "packs/bad.yaml": "schema: policy/2\n"})
    run = redline(root, "policy", "test", "redline.yaml")
    assert run.returncode == 0
    assert run.stdout.endswith("1 test: 1 passed, 0 failed, 1 place not reached\n")
    assert redline(root, "policy", "test", "--require-coverage").returncode == 1
    assert redline(root, "policy", "test", "packs/bad.yaml").returncode == 2
    assert redline(root, "policy", "test", "packs/gone.yaml").returncode == 2


def test_the_command_tells_machines_the_same(tmp_path):
    root = put(tmp_path, {"redline.yaml": HEAD + TEST.replace("level: error", "level: note")})
    run = redline(root, "policy", "test", "--format", "json")
    told = json.loads(run.stdout)
    assert told["summary"] == {"passed": 0, "failed": 1}
    [file] = told["files"]
    assert file["files"] == ["redline.yaml"]
    [test] = file["tests"]
    assert (test["name"], test["path"], test["line"], test["passed"]) == (
        "a grader",
        "redline.yaml",
        15,
        False,
    )
    assert [failure["kind"] for failure in test["failures"]] == ["level"]
    assert {one["what"] for one in file["unreached"]} == {"rule", "zone"}
