"""The zones of a policy, told in plain words: what each protects, and where it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redline.model import UNDECLARED, Effect
from redline.policy.explain import holds_for
from redline.report.safe import one_line
from redline.report.summary import plural

if TYPE_CHECKING:
    from redline.live.workroom import Workroom
    from redline.policy import Policy

_SAID: Final = {
    Effect.FORBID: "{} may not write here",
    Effect.REVIEW: "what {} write here needs a human review",
    Effect.RECORD: "what {} write here is recorded",
    Effect.ALLOW: "{} may write here",
}


@dataclass(frozen=True, slots=True)
class ZoneWords:
    """One zone."""

    name: str
    title: str
    protects: str
    """What its rules say, in one sentence without a full stop."""
    origin: str
    """The rule file and its line: ``redline.yaml:12`` or ``builtin:evals-default:40``."""


@dataclass(frozen=True, slots=True)
class Zones:
    """What a project is judged by."""

    files: tuple[str, ...]
    """Its rule files, relative to the root; shipped packs left out."""
    zones: tuple[ZoneWords, ...]
    fault: str = ""
    """What is wrong with the rule files on disk; then the last good ones are in force."""


def zones_of(room: Workroom) -> Zones:
    """Tell of the zones in force, in the policy's order."""
    policy = room.policy
    error = room.policy_error
    problems = error.problems if error is not None else ()
    files = (*policy.files, *(problem.path for problem in problems))
    fault = ""
    if problems:
        first = problems[0]
        fault = one_line(f"{first.path}:{first.line}: {first.message}")
        if len(problems) > 1:
            fault += f"; and {plural(len(problems) - 1, 'more problem')}"
    return Zones(
        tuple(dict.fromkeys(name for name in files if ":" not in name)),
        tuple(
            ZoneWords(zone.id, one_line(zone.title), protects(policy, zone.id), zone.origin)
            for zone in policy.table.zones
        ),
        fault,
    )


def protects(policy: Policy, zone: str) -> str:
    """Say what the rules of a zone forbid."""
    external = holds_for(policy, (zone,), "external")
    in_house = holds_for(policy, (zone,), "in-house")
    if external is None and in_house is None:
        producers = {by for rule in policy.rules if zone in rule.zones for by in rule.by}
        others = sorted(producers - {UNDECLARED, "any", "external", "in-house"})
        if not others:
            return "nothing is said of assistants"
        return f"its rules speak of {', '.join(map(one_line, others))} alone"
    decided = {"external assistants": external, "in-house models": in_house}
    effects = {name: one.effect for name, one in decided.items() if one is not None}
    if len(effects) == 2 and len(set(effects.values())) == 1:
        effects = {"assistants": min(effects.values())}
    return "; ".join(_SAID[effect].format(name) for name, effect in effects.items())
