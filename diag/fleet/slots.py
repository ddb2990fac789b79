"""The starts that the database has granted this worker: the engine's pace where many workers share one limit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from diag.fleet.state import Grant

_STALE = 1.0  # seconds after its time at which a start is forfeited: caught up later it would be a burst
_GOOD = 1.5  # seconds after the question at which its starts are forfeited: by then all may have been told to stop
_ANYHOW = 0.25  # seconds that a question's first start is good in any case: a slow database makes slow, not idle


class _Slot(NamedTuple):
    start: float
    until: float
    number: int


class Slots:
    """Never invents a start: where nothing was granted, nothing starts. Times are monotonic, in seconds.

    However slow the database and busy the machine: 1.5 s after the last question that was answered with a grant nothing
    starts any more, but for one call where the answer itself took as long.
    """

    not_before = 0.0

    def __init__(self, wake: Callable[[], object]) -> None:
        self.needed = asyncio.Event()
        """Set while the engine wants a start and has none."""
        self._wake = wake
        self._slots: deque[_Slot] = deque()
        self._numbers: dict[int, int] = {}
        self._turns = 0

    def turn(self, now: float) -> float | None:
        """As the engine asks."""
        while self._slots and now > self._slots[0].until:
            self._slots.popleft()
        if not self._slots:
            self.needed.set()
            return None
        slot = self._slots.popleft()
        self._turns += 1
        self._numbers[self._turns] = slot.number
        if not self._slots and slot.start > now:
            self.needed.set()  # the rate is what the engine waits for: the next starts are asked for while it does
        return max(0.0, slot.start - now)

    async def one(self, now: Callable[[], float], give_up: Callable[[], bool]) -> bool:
        """Wait for a start and its time, for a probe's call. False where ``give_up`` says so meanwhile."""
        while (wait := self.turn(now())) is None:
            if give_up():
                return False
            await asyncio.sleep(0.05)
        await asyncio.sleep(wait)
        return True

    def add(self, grant: Grant, now: float, asked: float | None = None) -> None:
        """What was granted just now, by the answer to a question that was ``asked`` then."""
        last = (now if asked is None else asked) + _GOOD
        for place in range(grant.granted):
            start = now + grant.delay + place * grant.gap
            until = max(min(start + _STALE, last), start + _ANYHOW if place == 0 else 0.0)
            if start <= until:
                self._slots.append(_Slot(start, until, grant.first + place))
        self.needed.clear()
        self._wake()

    def forfeit(self) -> None:
        """What was granted in an earlier epoch must not be started."""
        self._slots.clear()

    def number(self, call: int) -> int:
        """The shared number behind this worker's own ``call``. Where a granted start came to nothing it is that of an
        earlier start: then a success clears a little less than it might."""
        return self._numbers.pop(call, 0)

    def answered(self, now: float) -> None:
        """Nothing: the shared limiter hears of it by the report."""

    def throttled(self, now: float, retry_after: float | None, call: int, started: int) -> None:
        """Nothing, as above."""

    def set_rate(self, rate: float) -> None:
        """Nothing: the rate is everybody's (``Queue.control``)."""

    def expect(self, limit: float) -> None:
        """Nothing: whoever filled the queue has told the shared limiter."""
