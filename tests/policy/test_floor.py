"""A file may tighten what it extends, and cannot loosen it."""

from __future__ import annotations

import pytest

from redline.model import Effect, Level, Strength
from redline.policy import PolicyError, check_bytes

NEW = "title: t, message: m, help: h, why: w"
ATTACKS = {
    "a lower effect under the same id": (
        "rules:\n- {id: grader-external, effect: review}\n",
        "redline.yaml:3:33: 'grader-external' is forbid in builtin:evals-default:LINE and cannot "
        "become review\n  help: A base is a floor: a file may only make it stricter.",
    ),
    "other zones under the same id": (
        "rules:\n- {id: grader-external, effect: forbid, zones: [workflow]}\n",
        "redline.yaml:3:49: 'grader-external' is a rule of builtin:evals-default:LINE; its zones "
        "cannot change\n  help: Write a rule with an id of its own for the rest.",
    ),
    "a milder rule for one tool": (
        f"rules:\n- {{id: mine, effect: allow, zones: [grader], by: [claude-code], {NEW}}}\n",
        "redline.yaml:3:8: the rule 'mine' can never apply\n  help: grader-external "
        "(builtin:evals-default:LINE) says forbid there, and the strictest rule decides: a base is "
        "a floor. Remove this rule, or make it stricter.",
    ),
    "a lower level": (
        "levels: {forbid: {declared: note}}\n",
        "redline.yaml:2:29: forbid x declared is error already; note would lower it\n"
        "  help: A file may raise levels, never lower them.",
    ),
    "places taken out of a zone": (
        "zones:\n- {id: grader, not: [graders/legacy/]}\n",
        "redline.yaml:3:22: 'not' cannot take places out of a zone that another entry or file "
        "defines\n  help: It narrows the globs beside it. Zones only grow; to be asked less, "
        "extend less.",
    ),
    "a rival's tool called in-house": (
        "assistants:\n- {class: in-house, names: [claude-code]}\n",
        "redline.yaml:3:29: 'claude-code' cannot be in-house: 'claude*' is external\n"
        "  help: builtin:evals-default:LINE says so. Name only your own names, with the letters "
        "that tell them apart before any '*'.",
    ),
    "every model called in-house": (
        "assistants:\n- {class: in-house, models: ['*']}\n",
        "redline.yaml:3:30: '*' cannot be in-house: 'claude*' is external\n"
        "  help: builtin:evals-default:LINE says so. Name only your own models, with the letters "
        "that tell them apart before any '*'.",
    ),
    "signatures that are let pass": (
        "rules:\n- {id: eval-task-external, effect: forbid, fixes: [blank-body]}\n",
        "redline.yaml:3:52: 'eval-task-external' finds signatures in builtin:evals-default:LINE\n"
        "  help: With blank-body it would let them pass: leave that out.",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_cannot_loosen_its_base(attack):
    import re

    body, said = ATTACKS[attack]
    with pytest.raises(PolicyError) as raised:
        check_bytes(b"schema: policy/1\n" + body.encode())
    assert re.sub(r"(evals-default:)\d+", r"\1LINE", str(raised.value)) == said


def test_a_file_can_tighten_its_base():
    policy = check_bytes(
        b"schema: policy/1\n"
        b"rules:\n- {id: workflow-unreviewed, effect: forbid, help: Ask first.}\n"
        b"levels: {forbid: {suspected: error}}\n"
    )
    decision = policy.decide(["workflow"], "codex", None, Strength.SUSPECTED)
    assert decision is not None
    assert (decision.effect, decision.level) == (Effect.FORBID, Level.ERROR)
    assert (decision.rule.help, decision.rule.origin) == ("Ask first.", "redline.yaml:3")
    assert decision.rule.why.startswith("What runs in CI")


def test_starting_from_nothing_is_said_aloud():
    policy = check_bytes(b"schema: policy/1\nextends: []\n")
    assert (policy.rules, policy.zones_of("graders/a.py")) == ((), ())
