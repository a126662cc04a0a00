"""Each preset on the layout of its framework, rebuilt in small."""

from __future__ import annotations

import pytest

from redline.model import Effect, Strength
from redline.policy import Policy, builtin_names, builtin_pack, check_bytes, raw

INSPECT_TASK = """\
from inspect_ai import Task, task
from inspect_ai.dataset import Sample

@task
def riddles():
    return Task(dataset=[Sample(input="1+1?", target="2")], scorer=exact())

@scorer(metrics=[accuracy(), stderr()])
def exact():
    async def score(state, target):
        return Score(value=1)
    return score

@score_reducer(name="best")
def best():
    pass

@solver
def think():
    pass
"""
VERIFIERS_V1 = """\
import verifiers.v1 as vf

class SumTask(vf.Task[SumData]):
    @vf.reward(weight=1.0)
    async def correct(self, trace):
        return 1.0

class SumTaskset(vf.Taskset[SumTask, SumConfig]):
    pass
"""
VERIFIERS_0 = """\
import verifiers as vf

class Marks(vf.Rubric):
    pass

def load_environment(**kwargs):
    rubric = vf.Rubric(funcs=[right])
    return vf.SingleTurnEnv(dataset=data, rubric=rubric)
"""
LM_EVAL = """\
task: riddles
dataset_path: org/riddles
doc_to_text: "Q: {{question}}"
doc_to_target: "{{answer}}"
metric_list:
  - metric: exact_match
process_results: !function utils.process_results
"""
LM_EVAL_UTILS = "def process_docs(d):\n    return d\n\ndef process_results(doc, out):\n    pass\n"
SWE = '{"instance_id": "a__b-1", "problem_statement": "x", "patch": "p", "test_patch": "t"}\n'
PROMPTFOO = """\
prompts:
  - Translate to {{language}}
providers: [openai:x]
tests:
  - vars: {language: French}
    assert:
      - type: contains
        value: Bonjour
"""
OPENAI_EVAL = "import evals\n\nclass Match(evals.Eval):\n    def eval_sample(self, s, r): pass\n"

LAYOUTS = {
    "inspect": {
        "src/riddles.py": (
            INSPECT_TASK,
            "eval-task 4-6, eval-task 6, grader 8-12, grader 14-16, scaffolding 18-20",
        ),
        "examples/bridge/dataset.json": ("[]", "eval-task"),
        "examples/ctf/compose.yaml": ("services: {}", "model-accessible"),
        "examples/ctf/Dockerfile": ("FROM x", "model-accessible"),
        "src/inspect_ai/log/_file.py": ("x = 1\n", ""),
    },
    "verifiers": {
        "environments/sums/sums/taskset.py": (
            VERIFIERS_V1,
            "eval-task, eval-task 3-6, grader 4-6, eval-task 8-9",
        ),
        "environments/old/old.py": (
            VERIFIERS_0,
            "grader 3-4, eval-task 6-8, grader 7",
        ),
        "environments/sums/sums/verify.py": ("x = 1\n", "grader"),
        "environments/sums/sums/servers/facts.json": ("{}", "eval-task"),
        "environments/sums/pyproject.toml": ("[project]\n", ""),
        "verifiers/utils/text.py": ("x = 1\n", ""),
    },
    "lm-eval-harness": {
        "lm_eval/tasks/riddles/riddles.yaml": (
            LM_EVAL,
            "eval-task, eval-task, grader 4, grader 5-6, grader 7",
        ),
        "lm_eval/tasks/riddles/utils.py": (LM_EVAL_UTILS, "eval-task, grader 4-5"),
        "own/riddles.yaml": (LM_EVAL, "eval-task"),
        "own/docker.yaml": ("task: x\nimage: y\n", ""),
        "lm_eval/models/hf.py": ("x = 1\n", ""),
    },
    "terminal-bench": {
        "maze/task.toml": ('version = "1.0"\n', "eval-task"),
        "maze/instruction.md": ("Find the way.\n", "eval-task, model-accessible"),
        "maze/environment/Dockerfile": ("FROM x\n", "model-accessible, model-accessible"),
        "maze/environment/data.csv": ("1\n", "model-accessible"),
        "maze/tests/test.sh": ("pytest\n", "grader"),
        "maze/tests/test_outputs.py": ("x = 1\n", "grader"),
        "maze/solution/solve.sh": ("echo\n", "calibration, calibration"),
        "tasks/maze/task.yaml": ("instruction: x\n", "eval-task, eval-task"),
        "tasks/maze/run-tests.sh": ("pytest\n", "eval-task, grader"),
        "tasks/maze/tests/helper.py": ("x = 1\n", "eval-task, grader"),
        "tasks/maze/solution.sh": ("echo\n", "calibration"),
        "tasks/maze/docker-compose.yaml": ("services: {}\n", "eval-task, model-accessible"),
    },
    "swe-bench": {
        "data/verified.jsonl": (SWE * 2, "eval-task, grader 1, grader 2"),
        "data/other.jsonl": ('{"id": 1}\n', ""),
        "swebench/harness/grading.py": ("x = 1\n", "scaffolding, grader"),
        "swebench/harness/dockerfiles/python.py": ("x = 1\n", "scaffolding, model-accessible"),
        "fixed/astropy-1_test_patch.diff": ("+x\n", "grader"),
        "fixed/astropy-1_gold_patch.diff": ("+x\n", "calibration"),
        "swebench/cli/infer.py": ("x = 1\n", ""),
    },
    "openai-evals": {
        "evals/registry/data/riddles/samples.jsonl": ("{}\n", "eval-task, eval-task"),
        "mine/registry/evals/riddles.yaml": ("riddles: {}\n", "eval-task, eval-task"),
        "mine/registry/modelgraded/fact.yaml": ("fact: {}\n", "grader"),
        "mine/registry/solvers/cot.yaml": ("cot: {}\n", "scaffolding"),
        "mine/match.py": (OPENAI_EVAL, "grader 3-4"),
    },
    "promptfoo": {
        "examples/a/promptfooconfig.yaml": (
            PROMPTFOO,
            "eval-task, eval-task, model-accessible 1-2, grader 6-8",
        ),
        "suite/french.yaml": (PROMPTFOO, "eval-task"),
        "examples/a/prompt1.txt": ("Be brief.\n", "model-accessible"),
        "examples/a/prompts/system.md": ("Be brief.\n", "model-accessible"),
        "examples/a/boundary-assert.cjs": ("x\n", "grader"),
        "examples/a/check.py": ("def get_assert(output, context):\n    pass\n", "grader 1-2"),
        "examples/a/provider.py": ("x = 1\n", ""),
    },
}


def found(policy: Policy, path: str, text: str) -> str:
    data = text.encode()
    out = [hit.zone for hit in policy.zones_of(path)]
    assert policy.wants_text(path) or not policy.unit_zones(path, data)
    for hit in policy.unit_zones(path, data):
        if hit.span is None:
            out.append(hit.zone)
            continue
        first = data.count(b"\n", 0, hit.span.start) + 1
        last = data.count(b"\n", 0, hit.span.end - 1) + 1
        out.append(f"{hit.zone} {first}" + (f"-{last}" if last > first else ""))
    return ", ".join(out)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_preset_knows_the_layout_of_its_framework(name):
    policy = check_bytes(builtin_pack(name), f"{name}.yaml")
    layout = LAYOUTS[name]
    assert {path: found(policy, path, text) for path, (text, _) in layout.items()} == {
        path: expected for path, (_, expected) in layout.items()
    }


def test_every_preset_has_a_layout():
    assert {*LAYOUTS, "evals-default"} == set(builtin_names())


@pytest.mark.parametrize("name", builtin_names())
def test_a_shipped_pack_says_what_it_is(name):
    problems = []
    pack = raw.read_raw(builtin_pack(name), name, problems)
    assert problems == []
    assert pack is not None
    assert pack.pack is not None
    assert pack.pack.id.text == name
    assert pack.pack.sources


def test_every_shipped_rule_can_fire():
    policy = check_bytes(builtin_pack("evals-default"))
    fired = {
        decision.rule.id
        for zone in policy.table.zones
        for assistant in ("codex", "undeclared")
        if (decision := policy.decide([zone.id], assistant, None, Strength.SUSPECTED))
        and decision.effect > Effect.ALLOW
    }
    assert fired == {rule.id for rule in policy.rules}
    assert all(rule.message and rule.help and rule.why and rule.fixes for rule in policy.rules)


def test_all_presets_together_load():
    extends = ", ".join(f"builtin:{name}" for name in builtin_names())
    policy = check_bytes(f"schema: policy/1\nextends: [{extends}]\n".encode())
    assert len(policy.files) == len(builtin_names()) + 1
