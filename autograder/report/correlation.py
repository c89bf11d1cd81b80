"""Correlation of two columns of numbers, with what chance leaves open, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist, StatisticsError, correlation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FEWEST", "Correlation", "correlate"]

FEWEST = 10  # pairs: with fewer, chance alone goes almost anywhere
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's r of ``n`` pairs and its 95 % interval, or ``why`` it cannot be computed."""

    n: int
    r: float | None = None
    low: float = -1.0
    high: float = 1.0
    why: str = ""


def correlate(pairs: Sequence[tuple[float, float]]) -> Correlation:
    """Return the correlation of pairs; if one side is 0 or 1 it is the point-biserial correlation.

    Parameters
    ----------
    pairs : sequence of (float, float)
        Both numbers of each pair.

    Returns
    -------
    Correlation
        Its interval is Fisher's.
    """
    n = len(pairs)
    if n < FEWEST:
        return Correlation(n, why=f"fewer than {FEWEST} answers")
    left, right = zip(*pairs, strict=True)
    try:
        r = max(-1.0, min(1.0, correlation(left, right)))
    except StatisticsError:
        return Correlation(n, why="all answers alike" if len(set(left)) == 1 else "all others' points alike")
    if abs(r) == 1.0:
        return Correlation(n, r, r, r)
    middle, width = math.atanh(r), _Z / math.sqrt(n - 3)
    return Correlation(n, r, math.tanh(middle - width), math.tanh(middle + width))
