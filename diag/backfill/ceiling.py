"""How many calls may be in flight: pure state, time is passed in.

Both kinds start small, so that an early break costs a dozen calls and not hundreds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

_FIRST = 16  # up to here it grows with each success, without a look at the throughput
_GAIN = 1.2  # twice the calls in flight must bring so much more throughput to be worth it
_LOOK_AGAIN = 60.0  # seconds after which a level that brought nothing is tried again


class Ceiling(Protocol):
    """What the engine asks. ``level``: calls that may be in flight just now."""

    level: int

    def has_room(self, in_flight: int) -> bool:
        """Whether one more call may start."""

    def succeeded(self, now: float) -> None:
        """A call went well; ``now`` is monotonic."""

    def reset(self) -> None:
        """Back to the small beginning (after a pause)."""


@dataclass
class FixedCeiling:
    """Grows to ``most``: one more for each success, so that it doubles once as many calls went well as are in
    flight."""

    most: int
    start: int = 8
    level: int = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def has_room(self, in_flight: int) -> bool:
        """Whether one more call may start."""
        return in_flight < self.level

    def succeeded(self, now: float) -> None:
        """One more."""
        self.level = min(self.most, self.level + 1)

    def reset(self) -> None:
        """Back to the small beginning."""
        self.level = min(self.start, self.most)


@dataclass
class AutoCeiling:
    """Doubles as long as that brings more throughput, and goes back where it does not: beyond the point where the
    function or its database is saturated, more calls in flight only make each of them slower.

    A level is judged over a round of successes after a round of settling, and only if it was really used: where
    the start rate is what limits, the ceiling learns nothing. Throughput is compared and not latency, because the
    latency here is the model's own time.
    """

    most: int = 256
    start: int = 8
    level: int = field(init=False)
    _count: int = field(init=False)
    _since: float = field(init=False)
    _full: bool = field(init=False)
    _best: float = field(init=False)
    _held_until: float = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def has_room(self, in_flight: int) -> bool:
        """Whether one more call may start."""
        self._full = self._full or in_flight >= self.level
        return in_flight < self.level

    def succeeded(self, now: float) -> None:
        """One more at first; from then on a count towards the level's throughput."""
        if self.level < min(_FIRST, self.most):
            self.level += 1
            return
        self._count += 1
        if self._count == self.level:
            self._since, self._full = now, False
        if self._count == 2 * self.level:
            self._judge(now)

    def reset(self) -> None:
        """Back to the small beginning."""
        self.level = min(self.start, self.most)
        self._best, self._held_until = 0.0, 0.0
        self._begin()

    def _begin(self) -> None:
        self._count, self._since, self._full = 0, 0.0, False

    def _judge(self, now: float) -> None:
        throughput = self.level / max(1e-9, now - self._since)
        if self._full and now >= self._held_until:
            if throughput >= self._best * _GAIN:
                if self.level < self.most:  # the highest level is judged against the one below it, not against itself
                    self._best, self.level = throughput, min(self.most, self.level * 2)
            elif self._best:
                self.level, self._best = max(min(_FIRST, self.most), self.level // 2), 0.0
                self._held_until = now + _LOOK_AGAIN
        self._begin()
