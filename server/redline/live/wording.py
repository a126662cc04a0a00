"""What a hover tells of a rule beyond its findings: why it is there, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from redline.live.workroom import Workroom


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The words of one rule."""

    id: str
    title: str
    why: str
    origin: str
    """The rule file and its line: ``redline.yaml:12`` or ``builtin:evals-default:40``."""


def rule_words(room: Workroom) -> tuple[str, dict[str, RuleWords]]:
    """The words of all rules in force, by id, and the SHA-256 of the policy that they are of."""
    policy = room.policy
    return policy.sha256, {
        rule.id: RuleWords(rule.id, rule.title, rule.why, rule.origin) for rule in policy.rules
    }
