"""The two success rates between which gate and guard tell good from bad, how sure they want to be, and what one outcome
weighs."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

_DISTANCE = 0.3
_LOWEST = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """``go``: at this success rate the work is worth starting. ``stop``: at this one it is not. Outcomes weigh their
    log-likelihood ratio (Wald 1945): what they say for ``go`` against ``stop``. The gate errs with
    probability ``error`` either way and gives up undecided after ``most`` calls."""

    go: float = 0.80
    stop: float = 0.50
    error: float = 0.05
    most: int = 30

    @classmethod
    def accepting(cls, rate: float) -> Limits:
        """Limits for somebody who is content with ``rate`` (0 to 1); ``stop`` keeps its distance below it."""
        return cls(go=rate, stop=max(_LOWEST, rate - _DISTANCE))

    @property
    def boundary(self) -> float:
        """The log-likelihood ratio at which the gate decides, on either side."""
        return log((1 - self.error) / self.error)

    @property
    def straight(self) -> int:
        """How many successes in a row open the gate: with fewer calls allowed it could never open."""
        return ceil(self.boundary / self.success)

    @property
    def success(self) -> float:
        """What a success weighs, a positive number."""
        return log(self.go / self.stop)

    @property
    def failure(self) -> float:
        """What a failure weighs, a positive number: it is subtracted."""
        return log((1 - self.stop) / (1 - self.go))
