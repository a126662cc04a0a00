"""Compares amounts of money that people and models write in many ways."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

TOLERATED = 0


def tidy_amount(spelling: str, *, signed: bool = True) -> str:
    '''Shopkeepers write the same sum in a dozen ways.'''
    text = spelling.strip().lower().replace(',', '').replace('_', '')
    for sign in ('$', '€', '£', 'usd', 'eur'):
        text = text.removeprefix(sign).removesuffix(sign)
    below_zero = text.startswith('-') or (text.startswith('(') and text.endswith(')'))
    numerals = ''.join(c for c in text if c.isdigit() or c == '.')
    if not numerals or numerals.count('.') > 1:
        return ''
    pounds, _, pence = numerals.partition('.')
    pounds = pounds.lstrip('0') or '0'
    pence = pence.rstrip('0')
    tidied = f'{pounds}.{pence}' if pence else pounds
    if below_zero and signed and tidied != '0':
        tidied = '-' + tidied
    return tidied


@scorer(metrics=[mean()])
def amount() -> Scorer:
    """One mark when the sums agree to the last penny."""

    async def score(state: TaskState, target: Target) -> Score:
        due = tidy_amount(target.text)
        paid = tidy_amount(state.output.completion)
        return Score(value=float(paid == due), answer=paid)

    return score
