"""When a row is called again: full jitter, the answer's own wish first, and a budget for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

_BASE = 1.0
_THROTTLED_BASE = 2.0
_CAP = 60.0

Uniform = Callable[[float, float], float]


def delay(attempt: int, *, throttled: bool, retry_after: float | None, uniform: Uniform) -> float:
    """Seconds until the next call of a row. Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter");
    a ``Retry-After`` is honoured whole, however long, with jitter on top so that not all come back at once."""
    if retry_after is not None:
        return retry_after + uniform(0, 1 + retry_after * 0.1)
    base = _THROTTLED_BASE if throttled else _BASE
    return uniform(0, min(_CAP, base * 2.0 ** min(attempt, 10)))


@dataclass
class RetryBudget:
    """The AWS SDK's retry quota, shared by the run: with everything failing, only 500/14 = 35 retries are sent, and
    then failures are final for this pass. A retry that succeeds gives its price back, any other success 1. After a
    refusal for our speed a retry costs 1 and not AWS's 5: no storm comes of it, for the limiter slows down."""

    capacity: float = 500.0
    left: float = field(init=False)
    transient: float = 14.0
    throttled: float = 1.0

    def __post_init__(self) -> None:
        self.left = self.capacity

    def take(self, *, throttled: bool) -> bool:
        """Whether one more retry is allowed; if so it is paid for."""
        price = self.throttled if throttled else self.transient
        if self.left < price:
            return False
        self.left -= price
        return True

    def succeeded(self, *, was_retry: bool) -> None:
        """A call went well."""
        self.left = min(self.capacity, self.left + (self.transient if was_retry else 1.0))
