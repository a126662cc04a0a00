"""What a rule file may hold, and what people are told when it holds something else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.policy import PolicyError, builtin_pack, check_bytes, raw, shapes
from redline.policy.problems import PolicyProblem


def said_about(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(PolicyError) as raised:
        check_bytes(data)
    return str(raised.value)


HEAD = "schema: policy/1\n"
BAD = {
    "empty": (
        "",
        """\
redline.yaml:1:1: a rule file lacks 'schema'
  help: schema: The format of this file: `policy/1`.""",
    ),
    "a list": (
        "- a\n",
        """\
redline.yaml:1:1: a rule file must be a table, and this is a list
  help: Its keys: schema, pack, extends, assistants, zones, rules, levels, tests.""",
    ),
    "another format": (
        "schema: policy/2\n",
        """\
redline.yaml:1:9: 'schema' cannot be 'policy/2'
  help: did you mean 'policy/1'?""",
    ),
    "an unknown key": (
        HEAD + "zonez: []\n",
        """\
redline.yaml:2:1: a rule file has no key 'zonez'
  help: did you mean 'zones'?""",
    ),
    "a key given twice": (
        HEAD + "rules: []\nschema: policy/1\n",
        """\
redline.yaml:2:8: 'rules' is an empty list
  help: Add a value, or remove the key.
redline.yaml:3:1: the key 'schema' is given twice
  help: The first is on line 1; keep one. YAML readers would silently drop the first.""",
    ),
    "a tab": (
        HEAD + "zones:\n\t- id: grader\n",
        """\
redline.yaml:3:1: a tab in the indentation
  help: YAML indents with spaces only.""",
    ),
    "a tag": (
        HEAD + "zones: !!python/object:os.system x\n",
        """\
redline.yaml:2:8: the tag 'tag:yaml.org,2002:python/object:os.system' is not supported
  help: Remove it; values are plain data.""",
    ),
    "a bare star": (
        HEAD + "zones: [{id: grader, globs: [*.py]}]\n",
        """\
redline.yaml:2:31: not valid YAML: did not find expected alphabetic or numeric character
  help: A glob that begins with '*', '!' or '&' must be quoted: "**/x".""",
    ),
    "an alias that is a glob": (
        HEAD + "zones: [{id: grader, globs: [ *rubric ]}]\n",
        """\
redline.yaml:2:31: '*rubric' is read as an alias, and no anchor has that name
  help: If it is a glob, quote it: "*rubric".""",
    ),
    "an alias inside its anchor": (
        HEAD + "zones: &a [ *a ]\n",
        """\
redline.yaml:2:13: the alias 'a' lies inside what it stands for
  help: Write the value out.""",
    ),
    "two documents": (
        HEAD + "---\nschema: policy/1\n",
        """\
redline.yaml:2:1: a second document begins here
  help: A rule file is one document; remove the '---' line.""",
    ),
    "not UTF-8": (
        b"schema: policy/1\n# caf\xe9\n",
        """\
redline.yaml:2:6: byte 0xe9 is not UTF-8
  help: Save the file as UTF-8.""",
    ),
    "UTF-16": (
        HEAD.encode("utf-16"),
        """\
redline.yaml:1:1: is UTF-16, not UTF-8
  help: Save the file as UTF-8.""",
    ),
    "NUL": (
        b"schema: policy/1\n\0",
        """\
redline.yaml:2:1: control character U+0000
  help: Delete it.""",
    ),
    "a large file": (
        "#" * (256 * 1024 + 1),
        """\
redline.yaml:1:1: is larger than 256 KiB, the limit for a rule file
  help: Split it with 'extends'.""",
    ),
    "deep nesting": (
        HEAD + "zones: " + "[" * 100_000,
        """\
redline.yaml:2:39: nested more than 32 levels deep
  help: A rule file needs six.""",
    ),
    "globs that mean something else": (
        HEAD
        + "zones:\n- id: grader\n"
        + "  globs: [./a, '!b', 'c{d,e}', '../f', 'g\\h', ' i', '[j', '#k', 'l//m']\n",
        """\
redline.yaml:4:11: a glob is relative to the folder of its file
  help: Write 'evals/**' rather than './evals/**'; a leading '/' anchors a plain name.
redline.yaml:4:16: a glob cannot begin with '!' here
  help: Write it under 'not' without it.
redline.yaml:4:22: braces mean nothing in a gitignore glob
  help: Write one glob for each alternative.
redline.yaml:4:32: a glob cannot leave its folder with '..'
  help: Put it in the root file.
redline.yaml:4:40: a backslash separates nothing in a glob
  help: Write '/'.
redline.yaml:4:47: the glob has blanks at an end
  help: Remove them; '[ ]' stands for a blank.
redline.yaml:4:53: the '[' of the glob is never closed
  help: Write '[[]' for a bracket itself.
redline.yaml:4:59: a glob cannot begin with '#'
  help: Write '[#]' for a name with a '#'.
redline.yaml:4:65: the glob holds an empty segment '//'
  help: Write a single '/'.""",
    ),
    "zones": (
        HEAD + "zones:\n- {id: Grader, globs: [a]}\n- {id: new, globs: [a]}\n- {id: grader}\n",
        """\
redline.yaml:3:8: 'id' 'Grader' is not words of small letters and digits joined by '-'
redline.yaml:4:8: the zone 'new' is new and has no title
  help: Give a new zone a title; the zones so far are: calibration, eval-task, grader, \
model-accessible, scaffolding, training-data, workflow""",
    ),
    "units": (
        HEAD
        + "zones:\n- id: grader\n  units:\n  - {lang: pyhton, named: [a]}\n  - {lang: python}\n"
        + "  - {lang: yaml, decorated: [a]}\n  - {lang: python, named: [a], calls: [b]}\n",
        """\
redline.yaml:5:12: the language 'pyhton' is not known
  help: did you mean 'python'?
redline.yaml:6:5: a unit needs a form
  help: Give one of: decorated, subclass-of, named, calls, query.
redline.yaml:7:12: 'decorated' is not for yaml
  help: Its forms are: keys, query.
redline.yaml:8:5: a unit takes one form, and this has named and calls
  help: Give one of: decorated, subclass-of, named, calls, query.""",
    ),
    "forms that a language lacks": (
        HEAD
        + "zones:\n- id: grader\n  units:\n  - {lang: sql, calls: [a]}\n"
        + "  - {lang: kt, keys: [a]}\n  - {lang: css, named: [a]}\n",
        """\
redline.yaml:5:12: 'calls' is not for sql
  help: Its forms are: named, query.
redline.yaml:6:12: 'keys' is not for kotlin
  help: Its forms are: decorated, subclass-of, named, calls, query.
redline.yaml:7:12: 'named' is not for css
  help: Its forms are: query.""",
    ),
    "names that could never be found": (
        HEAD
        + "zones:\n- id: grader\n  units:\n"
        + "  - {lang: java, decorated: [Test, org.junit.Test]}\n"
        + "  - {lang: cpp, named: ['Scorer::grade']}\n  - {lang: sql, named: [evals.runs]}\n"
        + "  - {lang: python, named: [grading.grade], files: ['*.py']}\n",
        """\
redline.yaml:5:36: 'org.junit.Test' is never found by 'decorated' in java
  help: The last part of what the code says is compared: write 'Test'.
redline.yaml:6:25: 'Scorer::grade' is never found by 'named' in cpp
  help: The last part of what the code says is compared: write 'grade'.
redline.yaml:7:25: 'evals.runs' is never found by 'named' in sql
  help: The last part of what the code says is compared: write 'runs'.
redline.yaml:8:28: 'grading.grade' is never found by 'named' in python
  help: The last part of what the code says is compared: write 'grade'.""",
    ),
    "a query whose predicate would not apply": (
        HEAD
        + "zones:\n- id: grader\n  units:\n  - lang: python\n    query: |\n"
        + "      ((identifier) @unit)\n      (#eq? @unit 'x')\n",
        """\
redline.yaml:8:1: the query is refused: #eq? stands outside its pattern's parentheses and would \
not apply; write ((node) @unit (#eq? @unit ...)) (line 2, column 1 of the query)""",
    ),
    "content that is no RE2": (
        HEAD + "zones:\n- {id: grader, globs: [a], content: ['(?=a)']}\n",
        """\
redline.yaml:3:38: not a regex of the RE2 syntax: invalid perl operator: (?=
  help: RE2 has no look-around or backreference.""",
    ),
    "a rule that is not whole": (
        HEAD + "rules:\n- {id: grader-extrenal, effect: forbid, zones: [graders]}\n",
        """\
redline.yaml:3:8: the new rule 'grader-extrenal' lacks 'title' and 'by' and 'message' and 'help' \
and 'why'
  help: did you mean 'grader-external'?
redline.yaml:3:49: the zone 'graders' is not defined
  help: did you mean 'grader'?""",
    ),
    "columns count code points": (
        HEAD + "'日本': {𝒙: 1}\n",
        """\
redline.yaml:2:1: a rule file has no key '日本'
  help: its keys: assistants, extends, levels, pack, rules, schema, tests, zones""",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_what_where_and_what_to_do(case):
    text, said = BAD[case]
    assert said_about(text) == said


def test_many_aliases_do_not_grow_without_bound():
    rows = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 20)]
    assert "holds more than 50,000 values" in said_about(HEAD + "a0: &a0 [x]\n" + "\n".join(rows))


def test_more_globs_than_a_matcher_takes_are_refused_where_they_are_too_many():
    said = said_about(HEAD + "zones: [{id: grader, globs: [" + "a??c*d*e," * 20_000 + "]}]\n")
    assert said.endswith("Match folders rather than their files one by one.")
    assert said.count("too many or too long") == 1
    few = HEAD + "zones: [{id: grader, globs: [" + "a??c*d*e," * 1_500 + "]}]\n"
    assert check_bytes(few.encode()).zones_of("a" * 4_000) == ()


def test_words_stay_what_people_wrote():
    policy = check_bytes(
        b"schema: policy/1\nextends: []\nzones:\n- {id: z, title: no, globs: [off, 012]}\n"
    )
    assert policy.table.zones[0].title == "no"
    assert [hit.reason for path in ("off", "012") for hit in policy.zones_of(path)] == [
        "matches 'off'",
        "matches '012'",
    ]


def test_an_error_survives_a_worker_process():
    import pickle

    error = PolicyError([PolicyProblem("redline.yaml", 2, 1, "b"), PolicyProblem("a", 1, 1, "a")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
    assert str(error) == "a:1:1: a\nredline.yaml:2:1: b"


def load_or_refuse(data: bytes) -> None:
    try:
        check_bytes(data)
    except PolicyError as error:
        refused = error.problems
        assert refused
        assert all(problem.line >= 1 and problem.column >= 1 for problem in refused)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused(data):
    load_or_refuse(data)


TABLES = (raw.RawPolicy, raw.RawExtends, raw.RawZone, raw.RawUnit, raw.RawRule, raw.RawLevels)
WORDS = [field.rstrip("_") for table in TABLES for field in shapes.keys_of(table)]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(WORDS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(deadline=None)
@given(JSON)
def test_any_yaml_loads_or_is_refused(value):
    import yaml

    load_or_refuse(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace"))


@settings(deadline=None)
@given(st.data())
def test_a_damaged_pack_loads_or_is_refused(data):
    pack = builtin_pack("terminal-bench")
    start = data.draw(st.integers(0, len(pack)))
    end = data.draw(st.integers(start, min(len(pack), start + 40)))
    load_or_refuse(pack[:start] + data.draw(st.binary(max_size=10)) + pack[end:])
