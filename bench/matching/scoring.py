"""From claims to figures: what was found, what was claimed wrongly, how near the edges are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cases import PLAIN, Case
from .intervals import poisson, resampled, wilson
from .tools import Claim

Counts = NDArray[np.float64]
"""Sums over cases, one column for each thing counted."""


@dataclass(frozen=True, slots=True)
class Region:
    """Claims of one asked file that overlap or touch, as one range of lines."""

    first: int
    """Line from 0."""
    last: int
    """Inclusive."""
    sure: bool
    """One of the claims at least was no suspicion."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value and the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """One tool on one row; shares are 0 to 1."""

    copies: int
    found: int
    recall: Figure
    """Copies of which half of the lines, at least, lie in regions."""
    sure: Figure
    """Of those found: with a region that is no suspicion."""
    lines: Figure
    """Share of all copied lines that lie in regions."""
    precision: Figure
    """Regions with a copied line in them, of all regions in copies' files and untouched ones."""
    line_precision: Figure
    f1: Figure
    edge_error: Figure
    """Mean distance of the two edges from those of the copy, in lines, where it was found."""
    edges: Figure
    """Share of found copies with both edges within one line."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Regions in files that have nothing to do with what was told."""

    lines: int
    count: int
    per_100k: Figure
    sure: int
    sure_per_100k: Figure


# Columns of the counts of one case; a row's figures are ratios of their sums.
_CASE, _FOUND, _SURE, _LINES, _COVERED, _TRUE = range(6)
_FALSE, _CLAIMED, _CLAIMED_TRUE, _EDGE, _NEAR = range(6, 11)


def regions(claims: Iterable[Claim], least: float = 0.0) -> dict[str, list[Region]]:
    """Path to its regions in order: claims of ``least`` and more, merged where they meet."""
    by_path: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.score >= least:
            by_path[claim.path].append(claim)
    merged: dict[str, list[Region]] = {}
    for path, found in by_path.items():
        found.sort(key=lambda claim: (claim.first, claim.last))
        runs: list[Region] = []
        for claim in found:
            if runs and claim.first <= runs[-1].last + 1:
                before = runs.pop()
                last, sure = max(before.last, claim.last), before.sure or claim.sure
                runs.append(Region(before.first, last, sure))
            else:
                runs.append(Region(claim.first, claim.last, claim.sure))
        merged[path] = runs
    return merged


def is_found(case: Case, claimed: Sequence[Region]) -> bool:
    """At least half of the copied lines that are not blank lie in regions."""
    copied = _copied(case)
    return 2 * len(copied & _lines_of(claimed)) >= len(copied)


def wrong(case: Case, claimed: Sequence[Region]) -> list[Region]:
    """The regions without a line of the copy."""
    return [one for one in claimed if one.last < case.first or one.first > case.last]


def score(
    cases: Sequence[Case], untouched: Sequence[Case], claimed: Mapping[str, Sequence[Region]]
) -> Score:
    """Score one row: its cases and as many files without a copy."""
    table = [_counted(case, claimed.get(case.path, ())) for case in cases]
    for number, plain in enumerate(untouched[: len(table)]):
        row, wrongly = table[number], claimed.get(plain.path, ())
        row[_FALSE] += len(wrongly)
        row[_CLAIMED] += len(_lines_of(wrongly))
    counts = np.array(table, dtype=np.float64).reshape(len(table), 11)
    total = counts.sum(axis=0)
    copies, found = int(total[_CASE]), int(total[_FOUND])
    return Score(
        copies=copies,
        found=found,
        recall=_share(found, copies),
        sure=_share(int(total[_SURE]), found),
        lines=_ratio(counts, _COVERED, (_LINES,)),
        precision=_share(int(total[_TRUE]), int(total[_TRUE] + total[_FALSE])),
        line_precision=_ratio(counts, _CLAIMED_TRUE, (_CLAIMED,)),
        f1=_f1_figure(counts),
        edge_error=_ratio(counts, _EDGE, (_FOUND,)),
        edges=_share(int(total[_NEAR]), found),
    )


def best_threshold(
    rows: Mapping[str, Sequence[Case]], untouched: Sequence[Case], claims: Sequence[Claim]
) -> float:
    """The least score at which the mean F1 over the rows is highest.

    Chosen with the answers at hand, which flatters the tool: no user could choose so well.
    """
    values = np.unique([claim.score for claim in claims])
    if len(values) > 40:
        values = np.unique(np.quantile(values, np.linspace(0, 1, 41), method="nearest"))
    best, chosen = -1.0, 0.0
    for least in values:
        claimed = regions(claims, float(least))
        false = [len(claimed.get(case.path, ())) for case in untouched]
        total = 0.0
        for cases in rows.values():
            table = [_counted(case, claimed.get(case.path, ())) for case in cases]
            sums = np.array(table, dtype=np.float64).sum(axis=0)
            sums[_FALSE] += sum(false[: len(table)])
            total += float(_f1(sums[None])[0])
        if total > best:
            best, chosen = total, float(least)
    return chosen


def rate(claims: Iterable[Claim], lines: int, least: float = 0.0) -> Rate:
    """Regions in 100,000 lines of strangers; every one of them is counted as false."""
    found = [one for runs in regions(claims, least).values() for one in runs]
    sure = sum(one.sure for one in found)
    each = 100_000 / max(1, lines)

    def figure(count: int) -> Figure:
        low, high = poisson(count)
        return Figure(count * each, low * each, high * each)

    return Rate(lines, len(found), figure(len(found)), sure, figure(sure))


def by_row(cases: Iterable[Case]) -> tuple[dict[str, list[Case]], list[Case]]:
    """Cases by mutation, and the untouched ones."""
    rows: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        rows[case.mutation].append(case)
    return rows, rows.pop(PLAIN, [])


def _counted(case: Case, claimed: Sequence[Region]) -> list[float]:
    copied, covered = _copied(case), _lines_of(claimed)
    within = range(case.first, case.last + 1)
    true = [one for one in claimed if one.first <= case.last and one.last >= case.first]
    found = 2 * len(copied & covered) >= len(copied)
    row = [0.0] * 11
    row[_CASE], row[_LINES], row[_COVERED] = 1, len(copied), len(copied & covered)
    row[_TRUE], row[_FALSE] = len(true), len(claimed) - len(true)
    row[_CLAIMED] = len(covered)
    row[_CLAIMED_TRUE] = sum(line in within for line in covered)
    if found:
        off = [abs(true[0].first - case.first), abs(true[-1].last - case.last)]
        row[_FOUND], row[_SURE] = 1, any(one.sure for one in true)
        row[_EDGE], row[_NEAR] = sum(off) / 2, max(off) <= 1
    return row


def _copied(case: Case) -> set[int]:
    lines = case.text.split("\n")
    return {row for row in range(case.first, case.last + 1) if lines[row].strip()}


def _lines_of(claimed: Iterable[Region]) -> set[int]:
    return {line for one in claimed for line in range(one.first, one.last + 1)}


def _share(hits: int, total: int) -> Figure:
    return Figure(hits / total if total else 0.0, *wilson(hits, total))


def _ratio(counts: Counts, top: int, under: tuple[int, ...]) -> Figure:
    def value(sums: Counts) -> Counts:
        whole = sums[:, list(under)].sum(axis=1)
        return _divided(sums[:, top], whole, np.nan)

    one = float(value(counts.sum(axis=0)[None])[0])
    return Figure(0.0 if np.isnan(one) else one, *resampled(counts, value))


def _f1_figure(counts: Counts) -> Figure:
    total = counts.sum(axis=0)
    low, high = resampled(counts, _f1)
    if low == high:  # all or none: resampling cannot know what thirty more cases would bring
        recall = wilson(int(total[_FOUND]), int(total[_CASE]))
        precision = wilson(int(total[_TRUE]), int(total[_TRUE] + total[_FALSE]))
        low, high = (
            2 * p * r / (p + r) if p + r else 0.0 for p, r in zip(precision, recall, strict=True)
        )
    return Figure(float(_f1(total[None])[0]), low, high)


def _f1(sums: Counts) -> Counts:
    precision = _divided(sums[:, _TRUE], sums[:, _TRUE] + sums[:, _FALSE])
    recall = _divided(sums[:, _FOUND], sums[:, _CASE])
    return _divided(2 * precision * recall, precision + recall)


def _divided(above: Counts, under: Counts, else_: float = 0.0) -> Counts:
    done = np.full(len(above), else_)
    np.divide(above, under, out=done, where=under > 0)
    return done
