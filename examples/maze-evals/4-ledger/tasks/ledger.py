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
    refund_percentage = 15 if day % 3 == 0 else 5
    refunded_units = -(-sold[1] * refund_percentage // 100)
    restocking_fee = max(1, refunded_units // 4)
    supplier_invoice = sum(batch * 2 for batch in range(1, day + 1))
    adjustments = [("customer refunds", -refunded_units), ("restocking fee", restocking_fee)]
    adjustments.append(("supplier invoice", -supplier_invoice))
    return [sold, bought, *adjustments]


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
