"""Shop ledgers: read the entries, name the balance."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import exact
from inspect_ai.solver import generate

OPENING = 40


def entries(day: int) -> list[tuple[str, int]]:
    """What was bought and sold on one day."""
    sold = ("apples", 3 * day)
    bought = ("crates", -day // 2)
    return [sold, bought]


@task
def ledger() -> Task:
    """Ask for the balance after a week of trade."""
    samples = []
    for week in range(1, 5):
        balance = OPENING
        lines = [f"opening balance {balance}"]
        for name, amount in entries(week):
            balance += amount
            lines.append(f"{name}: {amount:+d}")
        samples.append(Sample(id=f"week-{week}", input="\n".join(lines), target=str(balance)))
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=exact())
