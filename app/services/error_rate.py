"""How sure a share is that was counted on a sample: what it says of all, not only of those drawn.

The interval is Wilson's score interval (E. B. Wilson, Journal of the American Statistical
Association 22, 1927) at 95 %, which stays right for few cases and for none, with the correction for
a sample that is a good part of all (n of N, without replacement; Cochran, Sampling Techniques).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: 97.5 % of a normal distribution lie below.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """Of a hundred, to a tenth: what was counted, and between which two it is for all of them."""

    percent: float
    low: float
    high: float


def share(found: int, looked_at: int, of: int) -> Share | None:
    """The share `found` of those `looked_at`, who were drawn by lot from `of`; None of nobody."""
    if looked_at <= 0:
        return None
    counted = found / looked_at
    if looked_at >= of:
        exact = round(100 * counted, 1)
        return Share(exact, exact, exact)
    # A sample of half the households says as much as twice as many of a crowd.
    size = looked_at * (of - 1) / (of - looked_at)
    square = _Z * _Z
    middle = (counted + square / (2 * size)) / (1 + square / size)
    half = _Z / (1 + square / size) * sqrt(counted * (1 - counted) / size + square / (4 * size**2))
    low = 0.0 if found == 0 else max(0.0, middle - half)
    high = 1.0 if found == looked_at else min(1.0, middle + half)
    return Share(round(100 * counted, 1), round(100 * low, 1), round(100 * high, 1))
