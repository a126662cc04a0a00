"""Which zones a place lies in, by path, by content and by unit, and what holds there."""

from __future__ import annotations

import pickle

import pytest

from redline.model import Effect, Level, Strength, ZoneHit
from redline.policy import Policy, PolicyError, builtin_pack, check_bytes
from redline.policy.table import dump, restore

DEFAULT = check_bytes(builtin_pack("evals-default"), "evals-default.yaml")


def policy_of(body: str) -> Policy:
    return check_bytes(("schema: policy/1\n" + body).encode())


def zones(policy: Policy, path: str) -> list[str]:
    return [hit.zone for hit in policy.zones_of(path)]


def units(policy: Policy, path: str, text: str) -> list[tuple[str, str, str]]:
    """Each unit as (zone, reason, its text)."""
    data = text.encode()
    assert policy.wants_text(path)
    hits = policy.unit_zones(path, data)
    assert policy.may_have_units(path, data) or not hits
    return [
        (hit.zone, hit.reason, data[hit.span.start : hit.span.end].decode() if hit.span else "")
        for hit in hits
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("evals/maze/task.yaml", ["eval-task"]),
        ("packages/app/evals/suite.yaml", ["eval-task"]),
        ("tasks/maze/task.toml", ["eval-task"]),
        ("tasks/maze/solution/solve.sh", ["calibration"]),
        ("tasks/maze/Dockerfile", ["eval-task", "model-accessible"]),
        ("src/graders/exact.py", ["grader"]),
        ("src/math_grader.ts", ["grader"]),
        ("rubrics/tone.md", ["grader"]),
        ("data/train/a.jsonl", ["training-data"]),
        ("prompts/system.md", ["model-accessible"]),
        ("harness/run.py", ["scaffolding"]),
        ("tests/test_x.py", ["scaffolding"]),
        ("solutions/maze.py", ["calibration"]),
        (".github/workflows/ci.yml", ["workflow"]),
        ("src/app.py", []),
        ("src/tests/test_x.py", []),
        ("src/upgrader.py", []),
        ("docs/images/logo.png", []),
    ],
)
def test_the_default_pack_knows_the_usual_folders(path, expected):
    assert zones(DEFAULT, path) == expected


def test_a_hit_says_why_and_where_it_is_written():
    policy = policy_of("zones:\n- id: grader\n  globs:\n  - src/marking/\n  not: ['*.md']\n")
    assert policy.zones_of("src/marking/a.py") == (
        ZoneHit("grader", "matches 'src/marking/'", None, "redline.yaml:5"),
    )
    assert policy.zones_of("src/marking/README.md") == ()


def test_not_narrows_its_own_entry_alone():
    policy = policy_of("zones:\n- {id: grader, globs: [marking/], not: ['graders/', '*.md']}\n")
    assert zones(policy, "graders/a.md") == ["grader"]
    assert zones(policy, "marking/a.md") == []


DECORATED = [
    "@task\ndef maze():\n    pass",
    "@task(name='x')\ndef maze():\n    pass",
    "@inspect_ai.task\ndef maze():\n    pass",
    "@a.b.task(1)\nasync def maze():\n    pass",
    "@other\n@task\n@third(3)\ndef maze():\n    pass",
    "@task\nclass maze:\n    pass",
]


@pytest.mark.parametrize("unit", DECORATED)
def test_a_decorated_unit_is_found_however_it_is_written(unit):
    found = units(DEFAULT, "src/app.py", f"import x\n\n{unit}\n\nx = 1\n")
    assert found == [("eval-task", "'maze' is decorated @task", unit)]


def test_a_decorated_method_is_found():
    text = "class A:\n    @scorer\n    def mark(self):\n        return 1\n"
    assert units(DEFAULT, "a.py", text) == [
        ("grader", "'mark' is decorated @scorer", "@scorer\n    def mark(self):\n        return 1")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "@tasks\ndef maze(): ...\n",
        "@celery.task_like\ndef maze(): ...\n",
        "# @task\ndef maze(): ...\n",
        "'''\n@task\ndef maze(): ...\n'''\n",
        "@wrap(task)\ndef maze(): ...\n",
        "task = 1\n",
    ],
)
def test_what_only_looks_like_a_decorator_is_not_a_unit(text):
    assert units(DEFAULT, "a.py", text) == []


def test_dotted_names_are_compared_whole_and_generic_bases_count():
    policy = policy_of(
        "zones:\n- id: grader\n  units:\n"
        "  - {lang: python, decorated: [vf.reward]}\n"
        "  - {lang: python, subclass-of: [Taskset, vf.Task]}\n"
        "  - {lang: python, calls: [Rubric]}\n  - {lang: typescript, calls: [defineGrader]}\n"
        "  - {lang: python, named: [get_assert]}\n"
    )
    text = (
        "@vf.reward(weight=1)\ndef a(): pass\n"
        "@reward\ndef b(): pass\n"
        "class C(vf.Taskset[T, U]): pass\n"
        "class D(Task): pass\n"
        "class E(vf.Task): pass\n"
        "r = vf.Rubric(funcs=[f])\n"
        "def get_assert(): pass\n"
    )
    assert [reason for _, reason, _ in units(policy, "a.py", text)] == [
        "'a' is decorated @vf.reward",
        "'C' derives from Taskset",
        "'E' derives from vf.Task",
        "this is a call of Rubric",
        "'get_assert' has a name that the zone lists",
    ]
    assert units(policy, "a.ts", "export default defineGrader({a: 1});\n") == [
        ("grader", "this is a call of defineGrader", "defineGrader({a: 1})")
    ]


def test_units_can_be_bound_to_files_and_queries_do_the_rest():
    policy = policy_of(
        "extends: []\nzones:\n- id: z\n  title: Z\n  units:\n"
        "  - {lang: yaml, keys: [assert], files: ['promptfoo*']}\n"
        "  - lang: python\n    query: '((assignment left: (identifier) @name) @unit"
        ' (#eq? @name "GOLD"))\'\n'
    )
    text = "tests:\n  - vars: {a: 1}\n    assert:\n      - type: equals\n"
    assert units(policy, "promptfooconfig.yaml", text) == [
        ("z", "this is the value of 'assert'", "assert:\n      - type: equals\n")
    ]
    assert not policy.wants_text("other.yaml")
    assert policy.unit_zones("other.yaml", text.encode()) == ()
    assert units(policy, "a.py", "GOLD = 1\nLEAD = 2\n") == [
        ("z", "'GOLD' matches a query of the zone", "GOLD = 1")
    ]


def test_content_tells_formats_whose_paths_say_nothing():
    policy = policy_of(
        "zones:\n- id: eval-task\n  globs: ['*.yaml']\n"
        "  content: ['^task *:', '^dataset_path *:']\n"
    )
    assert policy.zones_of("conf/a.yaml") == ()
    assert policy.wants_text("conf/a.yaml")
    assert policy.unit_zones("conf/a.yaml", b"task: a\ndataset_path: b\n") == (
        ZoneHit("eval-task", "matches '*.yaml' and what is in it", None, "redline.yaml:4"),
    )
    assert not policy.may_have_units("conf/a.yaml", b"task: a\n# dataset_path: b\n")


def test_levels_of_the_default_pack():
    table = {
        (str(strength), zone): decision.level
        for strength in Strength
        for zone in ("grader", "scaffolding")
        if (decision := DEFAULT.decide([zone], "codex", None, strength))
    }
    assert table == {
        ("suspected", "grader"): Level.WARNING,
        ("declared", "grader"): Level.ERROR,
        ("matched", "grader"): Level.ERROR,
        ("recorded", "grader"): Level.ERROR,
        ("suspected", "scaffolding"): Level.NOTE,
        ("declared", "scaffolding"): Level.ERROR,
        ("matched", "scaffolding"): Level.ERROR,
        ("recorded", "scaffolding"): Level.ERROR,
    }


def test_the_strictest_rule_decides_and_the_first_zone_breaks_ties():
    def ruled(*zones: str, assistant: str = "codex") -> tuple[str, str, Effect] | None:
        decision = OURS.decide(zones, assistant, None, Strength.MATCHED)
        return decision and (decision.rule.id, decision.zone, decision.effect)

    assert ruled("scaffolding", "grader") == ("grader-external", "grader", Effect.FORBID)
    assert ruled("eval-task", "grader") == ("eval-task-external", "eval-task", Effect.FORBID)
    assert ruled("grader", "eval-task") == ("grader-external", "grader", Effect.FORBID)
    assert ruled("grader", assistant="acme-code") is None
    assert ruled("model-accessible", assistant="acme-code") == (
        "model-accessible-ai",
        "model-accessible",
        Effect.FORBID,
    )
    assert ruled() is None
    assert ruled("no-such-zone") is None


OURS = policy_of("assistants:\n- {class: in-house, names: [acme-code*], models: [acme-*]}\n")


@pytest.mark.parametrize(
    ("assistant", "model", "expected"),
    [
        ("claude-code", None, "external"),
        ("claude-code", "claude-opus-5", "external"),
        ("claude-code", "acme-coder-2", "in-house"),
        ("acme-code", None, "in-house"),
        ("Acme-Code 2", "ACME-coder", "in-house"),
        ("acme-code", "gpt-6", "external"),
        ("acme-code", "some-new-model", "external"),
        ("some-new-tool", None, "external"),
        ("unknown", None, "external"),
        ("", None, "external"),
    ],
)
def test_whose_output_it_is(assistant, model, expected):
    assert OURS.assistant_class(assistant, model) == expected


def test_a_policy_travels_to_worker_processes_and_through_a_cache():
    import json

    again = pickle.loads(pickle.dumps(OURS))
    assert again.table == OURS.table
    assert again.zones_of("graders/a.py") == OURS.zones_of("graders/a.py")
    assert restore(json.loads(json.dumps(dump(OURS.table)))) == OURS.table


UNDECLARED_RULE = "paste-of-unknown-origin"
PROTECTED = ("eval-task", "grader", "training-data", "model-accessible")


def test_text_of_unknown_origin_is_asked_about_in_protected_zones_alone():
    asked = {
        zone.id: (decision.rule.id, decision.effect, decision.level)
        for zone in DEFAULT.table.zones
        if (decision := DEFAULT.decide([zone.id], "undeclared", None, Strength.SUSPECTED))
    }
    assert asked == dict.fromkeys(PROTECTED, (UNDECLARED_RULE, Effect.RECORD, Level.NOTE))


def test_text_of_unknown_origin_is_in_no_class_whatever_the_lists_say():
    policy = policy_of(
        "extends: []\nassistants:\n- {class: in-house, names: ['un*', '*']}\n"
        "zones:\n- {id: z, title: z, globs: [a]}\nrules:\n"
        "- {id: by-class, effect: forbid, zones: [z], by: [external, in-house, any], "
        "title: t, message: m, help: h, why: w}\n"
        "- {id: by-pattern, effect: forbid, zones: [z], by: ['*', 'und*'], "
        "title: t, message: m, help: h, why: w}\n"
    )
    assert policy.rules_for(["z"], "undeclared") == ()
    assert [rule.id for rule in policy.rules_for(["z"], "codex")] == ["by-class", "by-pattern"]


def test_a_team_may_refuse_text_of_unknown_origin_by_name():
    policy = policy_of(
        "rules:\n- {id: no-unknown-paste, effect: forbid, zones: [grader], by: [Undeclared], "
        "title: t, message: m, help: h, why: w}\n"
    )
    decision = policy.decide(["grader"], "undeclared", None, Strength.SUSPECTED)
    assert decision is not None
    assert (decision.rule.id, decision.level) == ("no-unknown-paste", Level.WARNING)
    codex = policy.decide(["grader"], "codex", None, Strength.MATCHED)
    assert codex is not None
    assert codex.rule.id == "grader-external"


@pytest.mark.parametrize("kind", ["in-house", "external"])
def test_text_of_unknown_origin_cannot_be_listed_as_an_assistant(kind):
    with pytest.raises(PolicyError, match="'undeclared' is no assistant"):
        policy_of(f"assistants:\n- {{class: {kind}, names: [Undeclared]}}\n")


def test_a_milder_rule_cannot_end_the_asking():
    with pytest.raises(PolicyError, match="can never apply"):
        policy_of(
            "rules:\n- {id: hush, effect: allow, zones: [grader], by: [undeclared], "
            "title: t, message: m, help: h, why: w}\n"
        )
