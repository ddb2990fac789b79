"""How fast calls start, and how many may be in flight: pure state, time is passed in.

The start rate is controlled (additive increase, multiplicative decrease); in-flight is only a ceiling. Control of
the concurrency alone is too slow to find a limit when one call takes 5 to 10 seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_START = 20.0  # calls per second, before anything is known
_SLOW_START = 0.15  # per second, until the first refusal
_STEP = 0.05  # calls per second per second, after it
_LEAST_STEP = 0.3  # of it, for low rates
_CUT = 0.7
_NUDGE = 0.82  # instead, where the rate had crept over a limit that it had found: ends just below the limit
_CALM = 20.0  # seconds without a cut, after which a refusal means no more than that
_EPOCH = 5.0  # seconds: the answers of calls that were under way at a cut tell nothing new
_LOWEST = 0.1
_KNOWN = 0.95  # of a limit that is known
_BURST = 0.1  # seconds of starts that may be caught up on


@dataclass
class RateLimiter:
    """Spaces the starts of calls. ``most`` is a limit that is known (calls per second), or None."""

    most: float | None = None
    rate: float = 0.0
    not_before: float = 0.0
    _next: float = 0.0
    _grown: float | None = None
    _cut: float | None = None
    _expected: float = math.inf

    def __post_init__(self) -> None:
        self.rate = self.rate or (self.most * _KNOWN if self.most else _START)

    def turn(self, now: float) -> float:
        """Reserve the next start; seconds to wait until it. ``now`` is a monotonic time."""
        start = max(self._next, now - _BURST, self.not_before)
        if start > now:
            self._grow(now)
        self._next = start + 1 / self.rate
        return max(0.0, start - now)

    def throttled(self, now: float, retry_after: float | None) -> None:
        """An answer said that we are too fast."""
        if retry_after:
            self.not_before = max(self.not_before, now + retry_after)
        if self._cut is None or now - self._cut >= _EPOCH:
            crept = self._cut is not None and now - self._cut >= _CALM
            self.rate = max(_LOWEST, self.rate * (_NUDGE if crept else _CUT))
            self._cut = self._grown = now

    def set_rate(self, rate: float) -> None:
        """Somebody wants exactly so many calls per second."""
        self.most, self.rate, self._next = rate / _KNOWN, rate, 0.0

    def expect(self, limit: float) -> None:
        """A provider names a limit (calls per second): begin no faster than just below it, and from there on only feel
        the way. It is no fence: it may be that of another model, or a row may take two requests. A limit that
        somebody gave stays."""
        if self.most is None:
            self._expected = limit * _KNOWN
            self.rate = min(self.rate, self._expected)

    def _grow(self, now: float) -> None:
        """Only called where the rate was what made a call wait: a limit that is not reached must not drift up."""
        elapsed = min(1.0, now - self._grown) if self._grown is not None else 0.0
        self._grown = now
        if self._cut is None and self.rate < self._expected:
            self.rate = min(self._expected, self.rate * (1 + _SLOW_START) ** elapsed)
        else:
            self.rate += _STEP * max(_LEAST_STEP, self.rate / 10) * elapsed
        if self.most is not None:
            self.rate = min(self.rate, self.most * _KNOWN)
