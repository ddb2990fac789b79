"""Wilson's score interval: for display, never for decisions (repeated looks break its coverage)."""

from __future__ import annotations

from math import sqrt

Z_90 = 1.6449
"""Each side alone holds with 95 % confidence."""


def wilson(successes: int, trials: int, z: float = Z_90) -> tuple[float, float]:
    """Lower and upper bound of the success rate behind ``successes`` of ``trials``; (0, 1) without a trial."""
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    spread = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    middle, scale = rate + z * z / (2 * trials), 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
