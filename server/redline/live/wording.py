"""Words that people are told by: of rules, and of whoever wrote a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redline.model import UNDECLARED
from redline.origins.records.names import title

if TYPE_CHECKING:
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


def who(assistant: str) -> str:
    """Name an assistant in the middle of a sentence."""
    return "an unknown origin" if assistant == UNDECLARED else title(assistant)
