"""Rule files that are wrong stop the run: where, what, and the nearest right word."""

from __future__ import annotations

import os

import pytest
from marked import HUMAN, MARK

HEAD = b"schema: policy/1\n"
ZONE = HEAD + b"zones:\n  - id: mine\n    title: Mine\n"
BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (99 + i, 99 + i, b", ".join([b"*%c" % (97 if not i else 98 + i)] * 9))
    for i in range(8)
)
WRONG = {
    "twice": (HEAD + b"zones: [a]\nzones: [b]\n", "the key 'zones' is given twice", "3:1"),
    "tab": (HEAD + b"zones:\n\t- id: x\n", "a tab in the indentation", "3:1"),
    "key": (HEAD + b"zonez: []\n", "a rule file has no key 'zonez'", "2:1"),
    "glob": (ZONE + b'    globs: ["a[b"]\n', "the '[' of the glob is never closed", "5:13"),
    "query": (ZONE + b'    units:\n      - {lang: python, query: "(f"}\n', "( is never", "6:31"),
    "regex": (ZONE + b'    globs: [x]\n    content: ["(a"]\n', "RE2 syntax", "6:15"),
    "type": (HEAD + b"zones: 3\n", "'zones' must be a list", "2:8"),
    "number": (b"schema: .nan\n", "'schema' cannot be '.nan'", "1:9"),
    "binary": (b"\0\1\2\xff", "byte 0xff is not UTF-8", "1:4"),
    "wide": ("schema: policy/1\n".encode("utf-16"), "is UTF-16, not UTF-8", "1:1"),
    "empty": (b"", "a rule file lacks 'schema'", "1:1"),
    "text": (b"hello\n", "a rule file must be a table", "1:1"),
    "huge": (b"# padding\n" * 100_000, "is larger than 256 KiB", "1:1"),
    "deep": (b"[" * 100_000, "nested more than 32 levels deep", "1:33"),
    "bomb": (BOMB, "holds more than 50,000 values", ""),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("place", ["redline.yaml", "graders/redline.yaml"])
def test_a_wrong_rule_file_gives_2_and_its_place(project, place, what):
    text, message, position = WRONG[what]
    project.write(place, text)
    for words in (["lint"], ["lint", "--staged"], ["zones", "graders"]):
        project.repository.git("add", "-A")
        done = project.redline(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
        assert f" --> {place}:{position}" in done.stderr
        assert done.stderr.endswith("in the rule files; nothing was judged.\n")


def test_the_nearest_name_is_offered(project):
    project.write("redline.yaml", b"schema: policy/1\nzonez: []\n")
    done = project.lint()
    assert done.stderr == (
        "error: a rule file has no key 'zonez'\n"
        " --> redline.yaml:2:1\n"
        "  |\n"
        "2 | zonez: []\n"
        "  | ^\n"
        "help: did you mean 'zones'?\n"
        "\n"
        "1 problem in the rule files; nothing was judged.\n"
    )


@pytest.mark.parametrize("place", ["redline.yaml", "src/redline.yaml"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "broken", "outside"])
def test_no_rule_file_lies_in_its_place(project, place, kind):
    project.write("src/tool.py", HUMAN)
    file = project.root / place
    if kind == "folder":
        file.mkdir()
        (file / "kept").touch()
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        target = {"loop": "redline.yaml", "broken": "nowhere", "outside": "/etc/passwd"}[kind]
        file.symlink_to(target)
    done = project.lint(timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert place in done.stderr
    assert done.stderr.startswith("error: ")
    assert "root:" not in done.stderr


def test_a_nested_rule_file_holds_wherever_it_is_asked_from(project):
    project.write("src/redline.yaml", ZONE + b"    globs: ['*.cfg']\nrules: []\n")
    project.write("src/deep/er/tool.py", HUMAN)
    for words in ([], ["src/deep"], ["src/deep/er/tool.py"]):
        done = project.lint(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert " --> src/redline.yaml:6:8" in done.stderr
    assert project.lint("graders").returncode == 0


def test_a_rule_file_that_is_not_there(project):
    done = project.lint("--policy", "nope.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no such rule file\n --> nope.yaml")


def test_a_rule_file_may_quote_the_marks_it_speaks_of(project):
    rules = b"schema: policy/1\nzones:\n  - id: grader\n    title: All\n    globs: ['**']\n"
    project.write("redline.yaml", MARK + rules)
    assert project.judged() == (0, [], {})
    project.write("graders/other.yaml", MARK + rules)
    assert project.judged() == (1, [("graders/other.yaml", 1)], {})
