"""Score how many of the reference steps an explanation mentions, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState

STEP_PATTERN = re.compile(r"^\s*(?:step\s+)?(\d+)[.):]\s+(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
FILLER_WORDS = frozenset({"then", "next", "finally", "afterwards", "please", "now", "the", "a"})


def extract_steps(explanation: str) -> list[str]:
    """Pull the numbered steps out of a free-form explanation."""
    numbered = {int(number): body for number, body in STEP_PATTERN.findall(explanation)}
    return [numbered[key] for key in sorted(numbered)]


def canonical(step: str) -> frozenset[str]:
    """Reduce one step to its set of meaningful lowercase words."""
    words = re.findall(r"[a-z]+", step.lower())
    return frozenset(word for word in words if word not in FILLER_WORDS)


def ordered_overlap(candidate: Iterable[str], reference: Iterable[str], threshold: float) -> int:
    """Count reference steps that are matched in the order in which they occur."""
    remaining = [canonical(step) for step in candidate]
    matched = 0
    for wanted in map(canonical, reference):
        for position, offered in enumerate(remaining):
            union = len(wanted | offered) or 1
            if len(wanted & offered) / union >= threshold:
                matched += 1
                remaining = remaining[position + 1 :]
                break
    return matched


@scorer(metrics=[accuracy(), stderr()])
def step_coverage(threshold: float = 0.6) -> Scorer:
    """Create a scorer that rewards explanations covering every reference step."""

    async def score(state: TaskState, target: Target) -> Score:
        reference_steps = extract_steps(target.text)
        candidate_steps = extract_steps(state.output.completion)
        covered = ordered_overlap(candidate_steps, reference_steps, threshold)
        coverage = covered / max(len(reference_steps), 1)
        summary = f"{covered} of {len(reference_steps)} reference steps covered"
        return Score(value=coverage, answer=state.output.completion, explanation=summary)

    return score
