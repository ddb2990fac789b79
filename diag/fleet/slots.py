"""The starts that the database has granted this worker: the engine's pace where many workers share one limit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from diag.fleet.state import Grant

_STALE = 1.0  # seconds after its time at which a start is forfeited: caught up later it would be a burst


class Slots:
    """Never invents a start: where nothing was granted, nothing starts. Times are monotonic, in seconds."""

    not_before = 0.0

    def __init__(self, wake: Callable[[], object]) -> None:
        self.needed = asyncio.Event()
        """Set while the engine wants a start and has none."""
        self._wake = wake
        self._slots: deque[tuple[float, int]] = deque()
        self._numbers: dict[int, int] = {}
        self._turns = 0

    def turn(self, now: float) -> float | None:
        """As the engine asks."""
        while self._slots and now - self._slots[0][0] > _STALE:
            self._slots.popleft()
        if not self._slots:
            self.needed.set()
            return None
        start, number = self._slots.popleft()
        self._turns += 1
        self._numbers[self._turns] = number
        if not self._slots and start > now:
            self.needed.set()  # the rate is what the engine waits for: the next starts are asked for while it does
        return max(0.0, start - now)

    async def one(self, now: Callable[[], float], give_up: Callable[[], bool]) -> bool:
        """Wait for a start and its time, for a probe's call. False where ``give_up`` says so meanwhile."""
        while (wait := self.turn(now())) is None:
            if give_up():
                return False
            await asyncio.sleep(0.05)
        await asyncio.sleep(wait)
        return True

    def add(self, grant: Grant, now: float) -> None:
        """What was granted just now."""
        self._slots.extend(
            (now + grant.delay + place * grant.gap, grant.first + place) for place in range(grant.granted)
        )
        self.needed.clear()
        self._wake()

    def forfeit(self) -> None:
        """What was granted in an earlier epoch must not be started."""
        self._slots.clear()

    def number(self, call: int) -> int:
        """The shared number behind this worker's own ``call``. Where a granted start came to nothing it is that of an
        earlier start: then a success clears a little less than it might."""
        return self._numbers.pop(call, 0)

    def throttled(self, now: float, retry_after: float | None) -> None:
        """Nothing: the shared limiter hears of it by the report."""

    def set_rate(self, rate: float) -> None:
        """Nothing: the rate is everybody's (``Queue.control``)."""

    def expect(self, limit: float) -> None:
        """Nothing: whoever filled the queue has told the shared limiter."""
