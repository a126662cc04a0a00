"""A week is well kept if no evening closed below the float in the till."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

FLOAT = 25


def evenings(account: str) -> list[int]:
    """Till at closing time, one number for each line that ends in one."""
    tills = []
    for line in account.splitlines():
        last = line.rsplit(maxsplit=1)[-1:] or [""]
        if last[0].lstrip("+-").isdecimal():
            tills.append(int(last[0]))
    return tills


@scorer(metrics=[mean()])
def budget() -> Scorer:
    """Share of evenings on which the float was still there."""

    async def score(state: TaskState, target: Target) -> Score:
        kept = evenings(state.output.completion)
        if len(kept) != int(target.text):
            return Score(value=0.0, explanation=f"{len(kept)} evenings, {target.text} asked")
        good = [till for till in kept if till >= FLOAT]
        return Score(value=len(good) / len(kept))

    return score
