"""An upstream with a limit that it does not tell, simulated: calls take 5 to 10 s."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

from diag.backfill.limiter import RateLimiter


@dataclass
class Upstream:
    """A token bucket that holds a second's worth of calls, one at least. A strict function hands a refusal on at
    once, a lenient one (``late``) says so only after its usual time. ``drop``: from when on which limit holds."""

    limit: float
    late: bool = False
    drop: tuple[float, float] | None = None
    retry_after: float | None = None
    seed: int = 1
    limiter: RateLimiter = field(default_factory=RateLimiter)

    def __post_init__(self) -> None:
        self.good: list[float] = []
        self.refused: list[float] = []
        self.calls = 0
        self._random = random.Random(self.seed)
        self._answers: list[tuple[float, int, bool]] = []
        self._tokens, self._filled = max(1.0, self.limit), 0.0

    def run(self, seconds: float) -> Upstream:
        """Calls without an end, as fast as the limiter lets them start."""
        now = 0.0
        while now < seconds:
            now = self._wait(now, now + self.limiter.turn(now))
            self._call(now)
        return self

    def used(self, start: float, end: float) -> float:
        """Useful answers between two times, as a share of what the (last) limit allows."""
        limit = self.drop[1] if self.drop else self.limit
        return sum(start <= time < end for time in self.good) / (limit * (end - start))

    def refusals(self, start: float, end: float) -> int:
        """How many calls were refused between two times."""
        return sum(start <= time < end for time in self.refused)

    def refusals_per_answer(self, start: float, end: float) -> float:
        """Of the useful ones, between two times."""
        return self.refusals(start, end) / sum(start <= time < end for time in self.good)

    def _wait(self, now: float, start: float) -> float:
        while now < (until := max(start, self.limiter.not_before)):
            now = min(until, self._answers[0][0] if self._answers else until)
            while self._answers and self._answers[0][0] <= now:
                at, call, good = heapq.heappop(self._answers)
                if good:
                    self.limiter.answered(at)
                else:
                    self.limiter.throttled(at, self.retry_after, call, self.calls)
        return now

    def _call(self, now: float) -> None:
        self.calls += 1
        limit = self.drop[1] if self.drop and now >= self.drop[0] else self.limit
        self._tokens = min(max(1.0, limit), self._tokens + (now - self._filled) * limit)
        self._filled = now
        taken = self._tokens >= 1
        self._tokens -= taken
        ends = now + (self._random.uniform(5, 10) if taken or self.late else 0.3)
        (self.good if taken else self.refused).append(ends)
        heapq.heappush(self._answers, (ends, self.calls, taken))
