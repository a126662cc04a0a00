"""95 % confidence intervals: shares, counts, and anything that is counted over cases."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054
"""Of the standard normal distribution, 97.5 % lie below."""
_RESAMPLES = 1000


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Bounds of a share, 0 to 1 (E. B. Wilson, JASA 22, 1927); (0, 1) where nothing was tried."""
    if not total:
        return 0.0, 1.0
    share, squared = hits / total, _Z * _Z
    middle = share + squared / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + squared / (4 * total * total))
    scale = 1 + squared / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def poisson(count: int) -> tuple[float, float]:
    """Exact bounds of the mean behind a count (F. Garwood, Biometrika 28, 1936)."""

    def solved(seen: int, tail: float) -> float:
        low, high = 0.0, 10.0 + 3 * seen
        while high - low > 1e-9 * high:
            mean = (low + high) / 2
            if _at_most(seen, mean) > tail:
                low = mean
            else:
                high = mean
        return (low + high) / 2

    lower = solved(count - 1, 0.975) if count else 0.0
    return lower, solved(count, 0.025)


def resampled(
    counts: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> tuple[float, float]:
    """Percentile bootstrap (B. Efron, Annals of Statistics 7, 1979) over the rows of ``counts``.

    ``statistic`` maps sums of shape (resamples, columns) to one value each. The seed is
    fixed: the same counts give the same bounds.
    """
    if not len(counts):
        return 0.0, 1.0
    rng = np.random.default_rng(7)
    chosen = rng.integers(0, len(counts), (_RESAMPLES, len(counts)))
    values = statistic(counts[chosen].sum(axis=1))
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _at_most(count: int, mean: float) -> float:
    """The probability of ``count`` or fewer."""
    if mean <= 0:
        return 1.0
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    return math.fsum(math.exp(one) for one in logs)
