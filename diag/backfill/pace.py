"""What tells the engine when the next call may start: this process's own limiter, or one that many processes share."""

from __future__ import annotations

from typing import Protocol


class Pace(Protocol):
    """What the engine asks before each start. Times are monotonic."""

    @property
    def not_before(self) -> float:
        """Nothing may start before this time."""

    def turn(self, now: float) -> float | None:
        """Reserve the next start; seconds to wait until it. None: there is none to be had just now, and the engine is
        woken once there is."""

    def answered(self, now: float) -> None:
        """A call went well."""

    def throttled(self, now: float, retry_after: float | None, call: int, started: int) -> None:
        """Call number ``call`` was answered with: too fast; ``started`` calls have begun by now."""

    def set_rate(self, rate: float) -> None:
        """Somebody wants exactly so many calls per second."""

    def expect(self, limit: float) -> None:
        """A provider names a limit (calls per second)."""
